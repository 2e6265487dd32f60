# Resumen de la trastienda
reports-lead = { $day } · { $shops } · hora de { $zone }
reports-shops = { $n ->
    [0] sin tiendas
    [one] { $count } tienda
   *[other] { $count } tiendas
}
reports-fig-available = { $n ->
    [one] disponible
   *[other] disponibles
}
reports-fig-expiring = { $n ->
    [0] ninguna caduca en 7 días
    [one] { $count } caduca en 7 días
   *[other] { $count } caducan en 7 días
}
reports-fig-used = Usadas
reports-fig-in-week = en 7 días
reports-fig-people = Personas
reports-fig-people-unit = con sesiones
reports-fig-people-mean = { $mean } cada una, de media
reports-fig-people-none = nadie tiene sesiones todavía
reports-fig-orders-none = ninguno pagado
reports-fig-orders-net = { $net } netos
reports-fig-shops = { $n ->
    [one] conectada
   *[other] conectadas
}
reports-fig-shops-none = falta la primera
reports-fig-shops-well = { $n ->
    [one] responde bien
   *[other] todas responden bien
}
reports-fig-shops-failing = { $n ->
    [one] { $count } no responde
   *[other] { $count } no responden
}
reports-fig-shops-paused = { $n ->
    [one] { $count } en pausa
   *[other] { $count } en pausa
}
reports-used-none = ninguna en las 2 últimas semanas
reports-used-none-before = ninguna en los 7 anteriores
reports-used-same = igual que en los 7 anteriores
reports-used-more = { $share } más que en los 7 anteriores
reports-used-less = { $share } menos que en los 7 anteriores
reports-todo = Necesita tu atención
reports-todo-count = { $n ->
    [one] { $count } asunto
   *[other] { $count } asuntos
}
reports-todo-none = Nada pendiente
reports-todo-none-text = Las tiendas responden, los avisos llegan y ninguna tarea está detenida.
reports-todo-first-shop = Conecta tu primera tienda
reports-todo-first-shop-text = Abono leerá sus pedidos y dará a cada persona las sesiones que ha comprado.
reports-todo-connect = Conectar
reports-todo-shop-act = Ver la tienda
reports-todo-failing = Sin datos de { $shop } desde { $ago }
reports-todo-failing-ever = { $shop } no ha contestado nunca
reports-todo-paused = { $shop } está en pausa desde el { $day }
reports-todo-hooks = { $n ->
    [one] { $shop } ha dejado de avisarnos de un tipo de cambio
   *[other] { $shop } ha dejado de avisarnos de { $count } tipos de cambio
}
reports-todo-hooks-text = Los cambios entran mientras tanto cada 15 minutos por la revisión.
reports-todo-hooks-act = Reactivar
reports-todo-jobs = { $n ->
    [one] Una tarea se ha detenido
   *[other] { $count } tareas se han detenido
}
reports-todo-jobs-text = Lo hemos intentado varias veces y no sale. Mira por qué y reinténtalo, o descártalo.
reports-todo-jobs-act = Ver las tareas
reports-todo-failed = { $n ->
    [one] No hemos podido procesar un aviso de la tienda
   *[other] No hemos podido procesar { $count } avisos de la tienda
}
reports-todo-failed-text = Está guardado tal como llegó. Cuando se arregle la causa, se puede volver a procesar.
reports-todo-quarantined = { $n ->
    [one] Un aviso está en cuarentena
   *[other] { $count } avisos están en cuarentena
}
reports-todo-quarantined-text = Viene firmado por la tienda, pero no tiene sentido. Por si acaso, hemos revisado la tienda.
reports-todo-inbox-act = Ver los avisos
reports-todo-owing = { $n ->
    [one] { $person } usó una sesión que después se le reembolsó
   *[other] { $person } usó { $count } sesiones que después se le reembolsaron
}
reports-todo-owing-debt = Se descontará de su próxima compra.
reports-todo-owing-act = Abrir la cuenta
reports-todo-owing-more = { $n ->
    [one] Y una persona más usó sesiones que después se le reembolsaron
   *[other] Y { $count } personas más usaron sesiones que después se les reembolsaron
}
reports-todo-owing-more-text = Aparecerán aquí cuando cierres las anteriores.
reports-chart = Sesiones usadas por día
reports-chart-news = { $n ->
    [0] En los últimos 7 días, ninguna: { $compared }.
    [one] En los últimos 7 días, { $count }: { $compared }.
   *[other] En los últimos 7 días, { $count }: { $compared }.
}
reports-chart-label = Sesiones usadas por día, del { $from } al { $to }: { $purchased } compradas y { $free } gratuitas. La tabla siguiente tiene las cifras.
reports-chart-none = Nadie ha usado sesiones en las últimas 4 semanas
reports-chart-none-text = Cuando alguien use la primera, aquí verás cómo va cada día.
reports-purchased = Compradas
reports-free = Gratuitas
reports-figures = Ver las cifras
reports-weeks = Sesiones usadas por semana
reports-week = Semana
reports-today = Hoy, { $day }
reports-total = Total
reports-moves = Últimos movimientos
reports-moves-all = Ver las sesiones
reports-moves-none = Todavía no ha pasado nada.
reports-moves-caption = Últimos movimientos de sesiones, el más reciente primero
reports-move-what = Qué ha pasado
reports-move-person = Persona
reports-move-who = Quién
reports-move-when = Hora
reports-move-with = con { $expert }
reports-move-used-purchased = { $n ->
    [one] Usó una sesión comprada
   *[other] Usó { $count } sesiones compradas
}
reports-move-used-free = { $n ->
    [one] Usó una sesión gratuita
   *[other] Usó { $count } sesiones gratuitas
}
