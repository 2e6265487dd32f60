# Cuentas
list-note = { $count } por página, por { $order }
list-from = Desde
list-to = Hasta
list-to-short = a
accounts-title = Cuentas
accounts-intro = Una por persona, aunque compre como invitada, con otro correo o en varias tiendas.
accounts-order = antigüedad
accounts-filter-person = Persona
accounts-filter-hint = Nombre, correo o número
accounts-filter-role = Papel
accounts-filter-test = De prueba
accounts-test-yes = Solo de prueba
accounts-test-no = Sin las de prueba
accounts-none = Todavía no hay cuentas
accounts-none-text = Aparecerán con los clientes y los pedidos de la primera tienda que conectes.
accounts-none-filtered = Ninguna cuenta con estos filtros
accounts-none-filtered-text = Busca por el principio del nombre, del apellido o del correo.
accounts-col-person = Persona
accounts-col-number = Número
accounts-col-since = Desde
account-nameless = Sin nombre
account-test = De prueba
account-role-customer = Cliente
account-role-partner = Comercio
account-role-institution-manager = Gestión de institución
account-role-distributor = Distribuidor
account-role-technician = Técnico
account-since = { $roles }, desde el { $day }
account-check-orders = Revisar sus pedidos
account-checking = Estamos pidiendo sus pedidos a la tienda. El resultado aparecerá en el historial.
account-fig-available = { $n ->
    [one] disponible
   *[other] disponibles
}
account-fig-blocked = Bloqueadas por un reembolso
account-fig-expiring = { $n ->
    [one] { $count } caduca el { $day }
   *[other] { $count } caducan el { $day }
}
account-fig-no-expiry = Sin nada que caduque
account-fig-orders = Pedidos
account-fig-orders-unit = { $n ->
    [one] pedido
   *[other] pedidos
}
account-fig-last-order = El último, el { $day }
account-fig-no-orders = Ninguno todavía
account-fig-spent = Compras
account-fig-nothing = Nada
account-fig-net = Pagado menos reembolsado
account-fig-expired = Caducadas
account-fig-sessions = { $n ->
    [one] sesión
   *[other] sesiones
}
account-fig-expired-text = Sin usar a tiempo
account-why = { $n ->
    [0] Por qué no le quedan sesiones
    [one] Por qué le queda { $count } sesión
   *[other] Por qué le quedan { $count } sesiones
}
account-why-nothing = Nunca se le ha asignado ninguna.
account-why-caption = Suma de movimientos de sesiones
account-why-concept = Concepto
account-why-now = Disponibles ahora
account-sum-purchased = Compradas
account-sum-orders = { $n ->
    [one] De { $count } compra
   *[other] De { $count } compras
}
account-sum-free = Gratuitas
account-sum-used = Usadas
account-sum-voided = Retiradas sin usar
account-sum-restored = Devueltas
account-sum-settled = Descontadas por reembolsos de sesiones ya usadas
account-sum-expired = Caducadas sin usar
account-burn = Se gastarán en este orden
account-burn-order = pedido { $number }
account-burn-expires = caduca el { $day }
account-burn-never = sin caducidad
account-orders = Pedidos
account-orders-none = No tiene pedidos en ninguna tienda conectada.
account-order = Pedido
account-order-state = Estado
account-order-day = Fecha
account-order-net = Neto
account-history = Historial
account-history-none = Todavía no ha pasado nada.
account-history-audit = Ver todos los cambios de la cuenta
account-event-grant = { $n ->
    [one] Recibió { $count } sesión
   *[other] Recibió { $count } sesiones
}
account-event-consume = { $n ->
    [one] Usó { $count } sesión
   *[other] Usó { $count } sesiones
}
account-event-void = { $n ->
    [one] Se le retiró { $count } sesión por un reembolso
   *[other] Se le retiraron { $count } sesiones por un reembolso
}
account-event-restore = { $n ->
    [one] Se le devolvió { $count } sesión
   *[other] Se le devolvieron { $count } sesiones
}
account-event-settle = { $n ->
    [one] Se descontó { $count } sesión por un reembolso anterior
   *[other] Se descontaron { $count } sesiones por un reembolso anterior
}
account-aside = Acciones e identidad
account-actions = Acciones
account-edit = Papeles y cuenta de prueba
account-merge = Unir con otra cuenta
account-identity = Identidad
account-number = Número de cuenta
account-id-user = Usuario de WordPress
account-id-user-in = { $user } en { $shop }
account-id-email = Correo
account-id-billing = Otro correo
account-id-former = Correo anterior
account-id-since = Desde el { $day }
account-edit-title = Papeles de { $name }
account-edit-roles = Además de cliente, es
account-edit-test = Pruebas
account-edit-test-hint = No cuenta en las estadísticas.
account-edit-save = Guardar los papeles
account-saved = <strong>Guardado.</strong> Los papeles valen desde ahora.
account-merge-title = Unir otra cuenta con la de { $name }
account-merge-intro = Todo lo de la otra pasa a esta: sesiones, pedidos, correos y usuarios. Queda escrito qué se movió.
account-merge-other = La otra cuenta
account-merge-other-hint = Su correo o su número.
account-merge-reason = Motivo
account-merge-reason-hint = Lo verá tu equipo en la auditoría.
account-merge-review = Revisar la unión
account-merge-sure = ¿Unir { $from } con { $into }?
account-merge-sure-text = La cuenta de { $from } desaparece y todo lo suyo será de { $into }. No se puede deshacer.
account-merge-do = Unir las cuentas
account-merge-unknown = No hay ninguna cuenta con ese correo o número.
account-merge-same = Es la misma cuenta. Escribe la otra.
account-merge-two-users = Las dos son usuarios de la misma tienda: son dos personas. Únelas primero en la tienda.
account-merge-test = Una es de prueba y la otra no. Cambia primero la marca de prueba.
account-merged = <strong>Unidas.</strong> Todo lo de { $from } es ahora de { $into }.
account-shortfall = Reembolso pendiente
account-shortfall-title = { $n ->
    [one] Se le reembolsó { $count } sesión que ya había usado.
   *[other] Se le reembolsaron { $count } sesiones que ya había usado.
}
account-shortfall-block = No puede usar más hasta que lo cierres.
account-shortfall-debt = Se descontarán de su próxima compra.
account-shortfall-see = Ver la asignación
account-shortfall-close = Dar por saldado
account-shortfall-closed = <strong>Saldado.</strong> Puede volver a usar sus sesiones.
account-reference = Nombra la cuenta con uno solo de id, email o wp_user_id
problem-account-not-found = No hay tal cuenta
problem-account-not-found-text = Nadie con esa referencia, o nadie de quien esta clave pueda hablar.
form-unreadable = Este valor no se puede leer.
account-event-bought = { $n ->
    [one] Compró { $count } sesión
   *[other] Compró { $count } sesiones
}
account-sum-adjusted = Corregidas a mano
account-event-adjust = { $n ->
    [one] Se corrigió { $count } sesión a mano
   *[other] Se corrigieron { $count } sesiones a mano
}
account-event-expire = { $n ->
    [one] Caducó { $count } sesión sin usar
   *[other] Caducaron { $count } sesiones sin usar
}
account-event-hold = { $n ->
    [one] Se reservó { $count } sesión
   *[other] Se reservaron { $count } sesiones
}
account-event-release = { $n ->
    [one] Volvió { $count } sesión reservada
   *[other] Volvieron { $count } sesiones reservadas
}
