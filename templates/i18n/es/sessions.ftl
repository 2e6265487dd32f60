# Sesiones: páginas de la trastienda
sessions-title = Sesiones
sessions-intro = Cada asignación dice cuántas sesiones tiene una persona, por qué y hasta cuándo.
sessions-nav-grants = Asignaciones
sessions-nav-products = Productos
sessions-grants = { $n ->
    [one] { $count } asignación
   *[other] { $count } asignaciones
}
sessions-more-than = Más de { $count } asignaciones
sessions-chip-from = Caduca desde el { $day }
sessions-chip-to = Caduca hasta el { $day }
sessions-chip-never = También sin caducidad
sessions-filter-person = Persona
sessions-filter-person-hint = Nombre o correo
sessions-filter-kind = Tipo
sessions-filter-state = Estado
sessions-filter-expires = Caduca
sessions-filter-never = También sin caducidad
sessions-sort-recent = Asignada, la más reciente
sessions-sort-expiry = Caducidad, la más próxima
sessions-sort-left = Quedan, las que más
sessions-sort-person = Persona
sessions-caption = Asignaciones de sesiones
sessions-col-person = Persona
sessions-col-kind = Origen
sessions-col-state = Estado
sessions-col-left = Quedan
sessions-col-expires = Caduca
sessions-col-granted = Asignada
sessions-col-what = Qué ha pasado
sessions-col-when = Cuándo
sessions-col-who = Quién
sessions-col-change = Cambio
sessions-of = de { $total }
sessions-none = Todavía no hay sesiones
sessions-none-text = Aparecerán aquí cuando se complete un pedido con un producto que valga sesiones.
sessions-none-products = Ver los productos
sessions-none-filtered = Ninguna asignación con estos filtros
sessions-none-filtered-text = Prueba con otra fecha o quita algún filtro.
sessions-grant-title = Asignación n.º { $id }
sessions-grant-heading = { $n ->
    [one] Queda { $count } sesión
   *[other] Quedan { $count } sesiones
}
sessions-grant-sub = { $n ->
    [one] De { $count } asignada a { $person }
   *[other] De { $count } asignadas a { $person }
}
sessions-open-account = Abrir la cuenta
sessions-ledger = Movimientos
sessions-ledger-text = Lo que queda es siempre la suma de estos cambios.
sessions-facts = Datos
sessions-voided = Devueltas por reembolso
sessions-shortfall = Reembolsadas ya usadas
sessions-order = Pedido
session-order = Pedido { $number }
session-never-expires = Sin caducidad
session-kind-free = Gratuita
session-kind-purchased = Comprada
session-state-active = Activa
session-state-used = Usada
session-state-expired = Caducada
session-state-voided = Anulada
session-move-grant = Se asignaron
session-move-consume = Se usaron
session-move-void = Se retiraron sin usar
session-move-restore = Se devolvieron
session-move-settle = Pagaron un reembolso de sesiones ya usadas
session-amount = Pide entre 1 y 100 sesiones
session-duration = Como mucho un día: 86400 segundos
actor-staff = el equipo
actor-app = la aplicación
actor-customer = la persona
actor-shop = la tienda
actor-system = Abono

# Productos que valen sesiones
sessions-products-title = Productos que valen sesiones
sessions-products-intro = Al completarse un pedido, cada unidad de estos productos da sus sesiones a quien compra.
sessions-products-list = Productos
sessions-products-none = Ningún producto vale sesiones todavía
sessions-products-none-text = Busca abajo el primero y di cuántas vale. También sirve el campo _mhtp_sessions_count del producto en la tienda.
sessions-product = Producto
sessions-product-count-wrong = Escribe un número entre 1 y 1000.
sessions-product-unknown = Producto que no está en la tienda
sessions-product-saved = { $n ->
    [one] <strong>Guardado.</strong> Cada unidad del producto { $product } vale { $count } sesión.
   *[other] <strong>Guardado.</strong> Cada unidad del producto { $product } vale { $count } sesiones.
}
sessions-product-removed = <strong>Quitado.</strong> El producto { $product } ya no vale sesiones. Lo ya asignado no cambia.

# Mi Cuenta
my-sessions = Mis Sesiones
my-sessions-balance = Saldo
my-sessions-available = { $n ->
    [one] sesión disponible
   *[other] sesiones disponibles
}
my-sessions-free = { $n ->
    [one] { $count } gratuita
   *[other] { $count } gratuitas
}
my-sessions-purchased = { $n ->
    [one] { $count } comprada
   *[other] { $count } compradas
}
my-sessions-purchased-key = { $n ->
    [one] { $count } comprada, sin caducidad
   *[other] { $count } compradas, sin caducidad
}
my-sessions-first-expires = Primero usarás la gratuita: <strong>caduca el { $day }</strong>, al terminar el día.
my-sessions-buy-more = Comprar más
my-sessions-buy = Comprar sesiones
my-sessions-none = No te quedan sesiones
my-sessions-none-yet = Aún no tienes sesiones
my-sessions-none-used = Usaste la última el { $day }. Cuando compres más, las verás aquí enseguida.
my-sessions-none-ever = Cuando compres, las verás aquí enseguida.
my-sessions-none-gone = Las que tenías ya no se pueden usar. Abajo está cada una, con el porqué.
my-sessions-blocked = Tus sesiones están bloqueadas
my-sessions-blocked-text = { $n ->
    [one] Se te reembolsó { $count } sesión que ya habías usado. Habla con la tienda para desbloquearlas.
   *[other] Se te reembolsaron { $count } sesiones que ya habías usado. Habla con la tienda para desbloquearlas.
}
my-sessions-from = De dónde vienen
my-sessions-expires = Caduca el { $day }, { $in }
my-sessions-expired-on = Caducada el { $day }
my-sessions-refunded = Reembolsada
my-sessions-order = Pedido { $number }, { $day }
my-sessions-received = Recibidas el { $day }
my-sessions-voided = { $n ->
    [one] { $count } reembolsada
   *[other] { $count } reembolsadas
}
my-sessions-expired-sum = { $n ->
    [0] No usaste ninguna de { $left }
   *[other] Usaste { $count } y no usaste { $left }
}
my-sessions-uses = Tus usos
my-sessions-uses-none = Aún no has usado ninguna sesión.
my-sessions-uses-caption = Sesiones usadas, de la más reciente a la más antigua
my-sessions-with = Con quién
my-sessions-date = Fecha
my-sessions-session = Sesión
my-sessions-duration = Duración
my-sessions-used-one = Uso de sesión
my-sessions-later = Ver los posteriores
my-sessions-earlier = Ver los anteriores
my-sessions-offer = { $n ->
    [one] { $count } sesión
   *[other] { $count } sesiones
}
my-sessions-offer-each = { $price } cada una
my-sessions-offer-buy = Comprar
my-sessions-buy-note = Las compradas no caducan. Pagas en la tienda y aparecen aquí al completarse el pedido.

problem-insufficient-credits = No queda bastante
problem-insufficient-credits-text = Se pidió más de lo que queda. No se ha gastado nada.
problem-sessions-expired = Las sesiones han caducado
problem-sessions-expired-text = Las que quedaban ya no se pueden usar. No se ha gastado ninguna.
problem-sessions-blocked = Las sesiones están bloqueadas
problem-sessions-blocked-text = Se reembolsaron sesiones que ya se habían usado, y la tienda bloquea hasta aclararlo. No se ha gastado ninguna.
problem-idempotency-key-missing = Falta la clave de idempotencia
problem-idempotency-key-missing-text = Cada escritura lleva la cabecera Idempotency-Key: hasta 255 caracteres ASCII visibles, una por intención.
problem-idempotency-key-reused = La clave ya se usó para otra petición
problem-idempotency-key-reused-text = Con la misma Idempotency-Key llegó antes una petición distinta. Usa una nueva para cada intención.
problem-in-flight = La misma petición todavía está en marcha
problem-in-flight-text = Espera lo que dice Retry-After y repítela con la misma clave: recibirás la respuesta de la primera.
my-sessions-minutes = { $count } min
session-move-adjust = Se corrigieron a mano
session-move-expire = Caducaron sin usar
session-move-hold = Se reservaron
session-move-release = Volvieron de una reserva
session-quantity = Da entre 1 y 1000 sesiones
session-more-than-held = No puede ser más de lo que la reserva guarda
session-correction = Se puede devolver hasta lo que se usó y quitar hasta lo que queda
session-category-unknown = No hay ninguna categoría con ese código
session-category-is-retired = La categoría está retirada: elige otra
session-category-taken = Ya hay una categoría con ese nombre
session-days-range = Escribe entre 1 y 3650 días
session-day-past = El último día ya ha pasado: elige hoy o uno posterior
session-one-expiry = Di la caducidad de una sola manera: fecha, días o sin caducidad
session-ttl = Una reserva dura entre 10 y 3600 segundos

problem-reservation-expired = La reserva ha caducado
problem-reservation-expired-text = No se empezó a tiempo y las sesiones volvieron solas. No se ha gastado ninguna. Reserva de nuevo.
problem-reservation-state = La reserva no admite ese paso
problem-reservation-state-text = Ya se empezó, se terminó o se devolvió, o todavía no se ha empezado. Nada ha cambiado.
problem-grant-fixed = Esta asignación no se puede cambiar así
problem-grant-fixed-text = Lo comprado se devuelve reembolsando su pedido en la tienda, y no caduca. De lo demás solo se retira lo que queda sin usar.
sessions-nav-bulk = Asignación Masiva
sessions-nav-categories = Categorías
sessions-nav-report = Informe
sessions-nav-settings = Ajustes
