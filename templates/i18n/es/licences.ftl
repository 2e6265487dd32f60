# Licencias (src/licences)
nav-licences = Licencias
nav-my-licences = Mis licencias

# Planes. Los nombres son los del encargo: no se cambian.
licence-plan-free-quantity = Free (Cantidad)
licence-plan-free-date = { $n ->
    [one] Free (Fecha { $count } día)
   *[other] Free (Fecha { $count } días)
}
licence-plan-paid-quantity = Pagado (Cantidad)
licence-plan-paid-date = Pagado (Fecha)
licence-plan-free-quantity-hint = Unos usos contados, sin fecha
licence-plan-free-date-hint = { $n ->
    [one] Sin contar usos, durante { $count } día
   *[other] Sin contar usos, durante { $count } días
}
licence-plan-paid-quantity-hint = Los usos que ha contratado
licence-plan-paid-date-hint = Sin contar usos, hasta la fecha que pongas
licence-state-active = Vigente
licence-state-used-up = Agotada
licence-state-expired = Vencida
licence-state-blocked = Bloqueada
licence-state-undated = Sin fecha
licence-left = { $count } de { $total } { $unit }
licence-left-none = sin créditos
licence-until = hasta el { $day }
licence-until-past = venció el { $day }
licence-no-day = sin fecha: no abre nada

# Lo que pasó
licence-act-create-credits = { $n ->
    [0] Se dio sin créditos
    [one] Se dio con { $count } crédito
   *[other] Se dio con { $count } créditos
}
licence-act-create-date = Se dio hasta el { $day }
licence-act-create-undated = Se dio sin fecha
licence-act-renew-credits = { $n ->
    [one] Se renovó con { $count } crédito
   *[other] Se renovó con { $count } créditos
}
licence-act-renew-date = Se renovó hasta el { $day }
licence-act-renew-undated = Se renovó sin fecha
licence-act-revoke-credits = { $n ->
    [one] Se retiró { $count } crédito por un reembolso
   *[other] Se retiraron { $count } créditos por un reembolso
}
licence-act-revoke-part = { $n ->
    [one] Un reembolso no retiró su crédito, que ya no estaba libre
   *[other] Un reembolso retiró { $taken } de { $count } créditos: los demás ya no estaban libres
}
licence-act-revoke-date = Un reembolso la deja hasta el { $day }
licence-act-revoke-undated = Un reembolso la deja sin fecha
licence-act-restore-credits = { $n ->
    [one] Volvió { $count } crédito retirado
   *[other] Volvieron { $count } créditos retirados
}
licence-act-restore-date = Vuelve a valer hasta el { $day }
licence-act-restore-undated = Se deshizo el reembolso, sin fecha
licence-act-consume = { $n ->
    [one] { $count } uso
   *[other] { $count } usos
}
licence-act-credit = { $n ->
    [one] Se añadió { $count } crédito
   *[other] Se añadieron { $count } créditos
}
licence-act-extend = Nuevo último día: { $day }
licence-act-change = Cambió de plan a { $plan }
licence-act-block = Se bloqueó
licence-act-unblock = Se desbloqueó
licence-act-settle = { $n ->
    [one] { $count } crédito pagó un uso reembolsado
   *[other] { $count } créditos pagaron usos reembolsados
}
licence-act-hold = { $n ->
    [one] Se reservó { $count } crédito
   *[other] Se reservaron { $count } créditos
}
licence-act-release = { $n ->
    [one] Volvió { $count } crédito reservado
   *[other] Volvieron { $count } créditos reservados
}
licence-result = { $n ->
    [one] { $change } crédito
   *[other] { $change } créditos
}
licence-result-free = No gasta créditos
licence-after = { $n ->
    [0] No queda ninguno
    [one] Queda { $count }
   *[other] Quedan { $count }
}
licence-after-date = Hasta el { $day }
licence-after-undated = Sin fecha

# Lista
licences-intro = Cuánto, o hasta cuándo, puede usar cada persona lo que cuentan tus aplicaciones.
licences-nav-all = Todas
licences-nav-settings = Ajustes
licences-n = { $n ->
    [one] { $count } licencia
   *[other] { $count } licencias
}
licences-more-than = Más de { $count } licencias
licences-person = Persona
licences-plan = Plan
licences-feature = Función
licences-all-features = Todas
licences-last-day = Último día
licences-col-plan = Plan
licences-col-state = Estado
licences-col-credits = Créditos
licences-col-left = Le queda
licences-col-given = Dada
licences-no-limit = Por fecha
licences-no-day = Sin vencimiento
licences-day-lacks = Falta la fecha
licences-chip-from = Vence desde el { $day }
licences-chip-to = Vence hasta el { $day }
licences-chip-soon = { $n ->
    [one] Caducan hoy o mañana
   *[other] Caducan pronto: { $count } días
}
licences-filter-soon = { $n ->
    [one] Solo las que caducan hoy o mañana
   *[other] Solo las que caducan pronto, en { $count } días
}
licences-sort-recent = Dada, la más reciente
licences-sort-expiry = Último día, el más próximo
licences-sort-person = Persona
licences-caption = Licencias
licences-none = Todavía no hay licencias
licences-none-text = Aparecerán aquí cuando des la primera, o cuando se venda una en la tienda.
licences-none-filtered = Ninguna licencia con estos filtros
licences-give = Dar una licencia
licences-give-first = Dar la primera
licences-has-none = No tiene ninguna licencia.
licences-export-file = licencias
licences-export-sheet = Licencias
licences-export-id = Licencia
licences-export-account = Cuenta
licences-export-person = Persona
licences-export-email = Correo
licences-export-feature = Función
licences-export-plan = Plan
licences-export-state = Estado
licences-export-granted = Concedidos
licences-export-used = Usados
licences-export-left = Quedan
licences-export-held = Reservados
licences-export-last-day = Último día
licences-export-blocked = Por qué se bloqueó
licences-export-note = Nota
licences-export-given-at = Dada
licences-export-given-by = Dada por

# Dar una
licences-new = Licencia nueva
licences-new-short = Nueva
licences-new-for = Licencia nueva para { $person }
licences-new-intro = Decide cuánto, o hasta cuándo, puede usar alguien una función. Vale desde ahora.
licences-person-email = Correo de la persona
licences-person-hint = O el número de su cuenta. Si no tiene cuenta, la crearemos con su correo.
licences-nobody = Escribe un correo como nombre@ejemplo.es, o el número de una cuenta.
licences-credits = Créditos Iniciales
licences-credits-hint = Un crédito es un uso, por ejemplo un catálogo generado. Volver a descargarlo no gasta otro.
licences-ends = Vence
licences-ends-hint = { $n ->
    [one] { $count } día desde hoy. Ese día todavía puede usarla.
   *[other] { $count } días desde hoy. Ese día todavía puede usarla.
}
licences-last-day-long = Fecha de vencimiento
licences-last-day-hint = Ese día todavía puede usarla; al siguiente se bloquea.
licences-note = Nota
licences-create = Crear la licencia
licences-which = Qué plan elegir
licences-which-free-quantity = Para dejar probar sin prisa
licences-which-free-date = Para una prueba con final
licences-which-paid-quantity = Para quien paga por usos
licences-which-paid-date = Para quien paga por tiempo
licences-which-note = Puedes cambiarlo después en Ajustes. El cambio vale al momento.
licences-which-more = Más sobre las licencias
licences-not-created = { $n ->
    [one] No se ha creado. Revisa un campo:
   *[other] No se ha creado. Revisa { $count } campos:
}
licences-day-missing = Plan { $plan } requiere una fecha de vencimiento
licences-day-past = El { $day } ya ha pasado. Elige hoy o un día posterior.
licences-day-far = Elige una fecha de los próximos cien años.
licences-no-feature = Esa función ya no se ofrece: elige otra.
licences-given-credits = { $n ->
    [0] <strong>Licencia creada.</strong> { $person } todavía no tiene créditos.
    [one] <strong>Licencia creada.</strong> { $person } tiene { $count } crédito.
   *[other] <strong>Licencia creada.</strong> { $person } tiene { $count } créditos.
}
licences-given-date = <strong>Licencia creada.</strong> { $person } puede usarla hasta el { $day }, al terminar el día.

# Una licencia
licences-title = Licencia n.º { $id }
licences-sub = { $person } · { $plan } · { $feature }
licences-answer-left = { $n ->
    [one] Queda { $count } de { $total } { $unit }
   *[other] Quedan { $count } de { $total } { $unit }
}
licences-answer-until = Vigente hasta el { $day }
licences-answer-expired = Venció el { $day }
licences-answer-none = No tiene créditos
licences-answer-used-up = { $n ->
    [one] Agotada: usó { $count } de { $count } { $unit }
   *[other] Agotada: usó { $count } de { $count } { $unit }
}
licences-answer-blocked = Bloqueada
licences-answer-undated = Sin fecha de vencimiento
licences-why = Por qué
licences-why-left = Cada uso gasta un crédito. No vence.
licences-why-until = Puede usarla sin contar usos. Su último día es { $in }, al terminar el día.
licences-why-used-up = No puede usar nada más con ella. Añade créditos o cambia de plan en Ajustes.
licences-why-expired = Desde el día siguiente no abre nada. Ponle otro último día o cambia de plan en Ajustes.
licences-why-undated = Un plan por fecha sin fecha no abre nada. Ponle un último día en Ajustes.
licences-why-blocked = La bloqueó el equipo el { $day }: «{ $reason }». Conserva lo suyo: { $left }.
licences-history = Historial
licences-facts = Datos
licences-owed = Debe
licences-day-whole = { $day }, al terminar el día
licences-others = Otras licencias de { $person }
licences-adjust = Ajustes
licences-change-plan = Cambiar de plan
licences-change-day = Cambiar el último día
licences-add = Añadir créditos
licences-block = Bloquear la licencia
licences-unblock = Desbloquear la licencia

# Ajustes de una licencia
licences-adjust-title = Ajustes de la licencia de { $person }
licences-adjust-now = Ahora: { $now }
licences-reason = Motivo
licences-add-n = Cuántos más
licences-add-hint = Se suman a los que quedan.
licences-add-do = Añadir los créditos
licences-owed-text = { $n ->
    [one] Debe { $count } crédito de un pedido reembolsado: el primero que añadas lo pagará.
   *[other] Debe { $count } créditos de pedidos reembolsados: los primeros que añadas los pagarán.
}
licences-change-day-do = Cambiar el último día
licences-quick = O alarga de una vez:
licences-quick-do = { $n ->
    [one] { $count } mes más: { $day }
   *[other] { $count } meses más: { $day }
}
licences-change-plan-text = Vale al momento y queda en el historial. Del plan anterior no queda nada.
licences-change-plan-do = Cambiar de plan
licences-credits-after = Créditos que tendrá
licences-credits-after-hint = Los que le quedarán después del cambio.
licences-loses-credits = { $n ->
    [one] Pierde { $count } crédito que le queda: por fecha no se cuentan usos.
   *[other] Pierde los { $count } créditos que le quedan: por fecha no se cuentan usos.
}
licences-loses-held = { $n ->
    [one] El que está reservado se libera; su uso lo cubrirá la fecha.
   *[other] Los { $count } que están reservados se liberan; sus usos los cubrirá la fecha.
}
licences-loses-day = Pierde la fecha del { $day }: tendrá solo los créditos que pongas.
licences-loses-some = Acaba antes: hoy vence el { $day }, y con este plan el { $new }.
licences-held = Hay { $held } reservados ahora mismo: deja al menos esos.
licences-same = Es lo que ya tiene: no hay nada que cambiar.
licences-too-many = Son demasiados créditos para una licencia.
licences-not-by-quantity = Esta licencia es por fecha: no tiene créditos. Cambia antes de plan.
licences-not-by-date = Esta licencia es por cantidad: no tiene fecha. Cambia antes de plan.
licences-not-so = No se puede cambiar así.
licences-changed-meanwhile = Alguien ha cambiado esta licencia mientras la mirabas. Mira cómo está ahora y repite el cambio si aún hace falta.
licences-credited = { $n ->
    [one] <strong>Añadido.</strong> Tiene { $count } crédito más.
   *[other] <strong>Añadidos.</strong> Tiene { $count } créditos más.
}
licences-extended = <strong>Hecho.</strong> Vale hasta el { $day }, al terminar el día.
licences-changed = <strong>Plan cambiado.</strong> Ahora es { $plan }: { $left }.
licences-block-title = ¿Bloquear la licencia de { $person }?
licences-block-text = Dejará de abrir { $feature } ahora mismo. Conserva lo suyo: { $left }. Puedes desbloquearla cuando quieras.
licences-unblock-title = ¿Desbloquear la licencia de { $person }?
licences-unblock-text = Volverá a abrir { $feature } hasta donde llegue su plan: { $left }.
licences-blocked-done = <strong>Bloqueada.</strong> { $person } ya no puede usar esta licencia.
licences-unblocked-done = <strong>Desbloqueada.</strong> { $person } puede usarla hasta donde llegue su plan.
licences-already-blocked = Esta licencia ya está bloqueada.
licences-not-blocked = Esta licencia no está bloqueada.

# Ajustes de todas
licences-set-title = Ajustes de licencias
licences-set-intro = Qué se propone al dar una licencia, a quién escriben los clientes y si avisamos antes de que venza.
licences-set-free-days = Días de una licencia gratuita por fecha
licences-set-free-days-hint = Entre 1 y 365. El día en que se da es el día 0. Las ya dadas no cambian.
licences-set-credits = Créditos Iniciales que se proponen
licences-set-credits-hint = Al dar una licencia por cantidad puedes poner otros.
licences-set-soon-days = Días para «caducan pronto»
licences-set-soon-days-hint = Entre 1 y 90. Con esos días por delante, una licencia sale en el resumen.
licences-set-whatsapp = WhatsApp de ventas
licences-set-whatsapp-hint = Con el prefijo del país: +34 600 00 00 00. Sin número, los clientes no ven «Ampliar plan».
licences-set-whatsapp-wrong = Escribe entre 8 y 15 cifras, con el prefijo del país, como +34 600 00 00 00.
licences-set-whatsapp-try = Probar el enlace
audit-setting-licences = de licencias
audit-field-free-days = Días de una licencia gratuita por fecha
audit-field-credits = Créditos Iniciales
audit-field-whatsapp = WhatsApp de ventas
audit-field-soon-days = Días para «caducan pronto»

# Resumen y página de una persona
reports-todo-undated = { $n ->
    [one] { $count } licencia por fecha no tiene fecha
   *[other] { $count } licencias por fecha no tienen fecha
}
reports-todo-undated-text = Un plan por fecha sin fecha no abre nada. Falta ponerle un último día.
reports-todo-undated-act = Poner la fecha
reports-todo-soon = { $n ->
    [one] { $count } licencia caduca pronto
   *[other] { $count } licencias caducan pronto
}
reports-todo-soon-text = { $n ->
    [one] Su último día es hoy o mañana. Alarga la licencia o escribe a quien la tiene.
   *[other] Su último día está en los próximos { $count } días. Alarga la licencia o escribe a quien la tiene.
}
reports-todo-soon-act = Ver quién
account-fig-licence = Licencia
account-event-licence = Licencia: { $what }
account-fig-licence-none = Ninguna
account-fig-licence-more = { $n ->
    [0] { $left }
    [one] { $left }, y { $count } más
   *[other] { $left }, y { $count } más
}

# Mi Cuenta
my-licences-none = Aún no tienes ninguna licencia
my-licences-none-text = Cuando compres una en la tienda o te la den, la verás aquí enseguida.
my-licences-ask = Pedir un plan
my-licences-of = de { $total } { $unit }
my-licences-progress = Lo que te queda
my-licences-left = { $n ->
    [one] Te queda { $count } de { $total } { $unit }. No vence.
   *[other] Te quedan { $count } de { $total } { $unit }. No vencen.
}
my-licences-held = { $n ->
    [one] { $count } está reservado para un uso que va a empezar.
   *[other] { $count } están reservados para usos que van a empezar.
}
my-licences-until = Vigente hasta el { $day } ({ $in })
my-licences-until-text = Sin límite de usos. Ese día todavía vale entero.
my-licences-today = hoy es el último día
my-licences-days = { $n ->
    [one] { $count } día
   *[other] { $count } días
}
my-licences-used-up = Has agotado tus { $unit }
my-licences-used-up-text = { $n ->
    [one] Tu plan tenía { $count } { $unit } y lo has usado.
   *[other] Tu plan tenía { $count } { $unit } y los has usado todos.
}
my-licences-never = Tu plan todavía no tiene créditos
my-licences-never-text = Cuando te los den o los compres, los verás aquí.
my-licences-expired = Tu plan venció el { $day }
my-licences-expired-text = Para seguir usándolo, amplía el plan.
my-licences-blocked = Tu licencia está bloqueada
my-licences-blocked-text = Habla con la tienda para desbloquearla. Lo que te quedaba se conserva.
my-licences-undated = A tu plan le falta la fecha de vencimiento
my-licences-undated-text = Hasta que la tenga no se puede usar. La tienda ya lo ve; si te corre prisa, escríbele.
my-licences-more = Ampliar plan
my-licences-more-text = Se abre WhatsApp con el mensaje ya escrito.
my-licences-whatsapp = Hola, quiero ampliar mi plan. Mi correo es { $email }
my-licences-whatsapp-number = Hola, quiero ampliar mi plan. Mi número de cuenta es { $id }
my-licences-older = { $n ->
    [one] Ver { $count } anterior
   *[other] Ver { $count } anteriores
}
my-licences-history = Historial
my-licences-history-none = Todavía no ha pasado nada.
my-licences-history-caption = Usos y cambios de tus licencias, del más reciente al más antiguo
my-licences-what = Qué pasó
my-licences-when = Cuándo
my-licences-result = Resultado
my-licences-after = Después

help-licences = Las licencias
licences-keys = Claves para aplicaciones
