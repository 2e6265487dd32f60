# Asignación Masiva (src/sessions/bulk).
bulk-title = Asignación Masiva
bulk-one = Asignación Masiva n.º { $id }
bulk-number = N.º { $id }
bulk-intro = Da sesiones gratuitas a muchas personas a la vez. Verás a quién y cuántas antes de que pase nada.
bulk-history = Asignaciones anteriores
bulk-new = Nueva asignación masiva
bulk-newest-first = Las más recientes primero
bulk-none = Todavía no hay ninguna asignación masiva
bulk-none-text = Cuando prepares la primera, quedará aquí con su resultado persona por persona.
bulk-each = { $n ->
    [one] { $count } sesión { $category } por persona
   *[other] { $count } sesiones { $category } por persona
}
bulk-people = { $n ->
    [one] { $count } persona
   *[other] { $count } personas
}
bulk-sessions = { $n ->
    [one] { $count } sesión
   *[other] { $count } sesiones
}
bulk-not-yet = Todavía nadie
bulk-by = por { $name }
bulk-col-what = Asignación masiva
bulk-col-state = Estado
bulk-col-source = De dónde
bulk-col-given = Recibieron
bulk-col-when = Cuándo
bulk-col-person = Persona
bulk-col-outcome = Resultado
bulk-col-grant = Asignación
bulk-col-time = Hora
bulk-state-draft = Por confirmar
bulk-state-scheduled = Programada
bulk-state-running = En marcha
bulk-state-done = Terminada
bulk-state-stopped = Parada
bulk-state-cancelled = Cancelada
bulk-state-undoing = Deshaciéndose
bulk-state-undone = Deshecha
bulk-source-filter = Filtros
bulk-source-app = Lista de una aplicación

# Pasos
bulk-stages = Pasos
bulk-stage-choose = Personas y sesiones
bulk-stage-review = Revisar
bulk-stage-result = Resultado

# Elegir
bulk-summary = { $n ->
    [one] No se puede revisar todavía. Corrige un campo:
   *[other] No se puede revisar todavía. Corrige { $count } campos:
}
bulk-who = A quién
bulk-by-filter = Buscar con filtros
bulk-by-filter-hint = Por rol, registro y compras
bulk-by-csv = Subir un CSV
bulk-by-csv-hint = Con una columna <span class="mono">email</span> o <span class="mono">user_id</span>
bulk-file = Archivo CSV
bulk-file-hint = Hasta 200.000 filas y 10 MB. Las que no coincidan con nadie saldrán al revisar.
bulk-file-kept = Si no eliges otro, vale la lista que ya tenías: { $name }.
bulk-file-example = Descargar un ejemplo
bulk-file-missing = Elige un archivo CSV.
bulk-file-empty = El archivo está vacío. Elige otro.
bulk-file-no-column = No hay ninguna columna llamada email, correo o user_id. Ponle ese nombre en la primera fila.
bulk-file-no-rows = El archivo solo tiene la cabecera. Añade una fila por persona.
bulk-file-too-many = El archivo tiene más de 200.000 filas. Divídelo en varios.
bulk-file-shop = Tienda
bulk-file-shop-hint = De qué tienda son los números de user_id.
bulk-file-shop-none = Ninguna
bulk-example-name = nombre
bulk-role = Rol
bulk-role-any = Cualquiera
bulk-role-wp = WordPress: { $role }
bulk-registered-from = Registrados desde
bulk-registered-to = Registrados hasta
bulk-purchases = Ha comprado
bulk-purchases-any = Da igual
bulk-purchases-yes = Sí
bulk-purchases-none = No
bulk-purchases-say = Elige Sí o No para que cuenten el producto, las fechas o el importe.
bulk-has-sessions = Le quedan sesiones
bulk-text = Nombre o correo
bulk-orders = Qué pedidos cuentan
bulk-product = Producto
bulk-product-any = Cualquiera
bulk-bought-from = Comprado desde
bulk-bought-to = Comprado hasta
bulk-days-turned = Tiene que ser el mismo día o uno posterior al primero.
bulk-at-least = Importe mínimo
bulk-at-least-hint = La suma de esos pedidos, sin lo reembolsado.
bulk-at-least-none = Quien no ha comprado no tiene importe. Déjalo vacío.
bulk-currency = Moneda
bulk-count = { $n ->
    [0] Nadie cumple estos filtros.
    [one] { $count } persona cumple estos filtros.
   *[other] { $count } personas cumplen estos filtros.
}
bulk-count-unknown = Corrige los filtros para saber cuántas personas los cumplen.
bulk-what = Qué reciben
bulk-quantity = Sesiones por persona
bulk-quantity-wrong = Escribe un número entre 1 y 1000.
bulk-category = Categoría
bulk-category-days = { $n ->
    [one] { $name } ({ $count } día)
   *[other] { $name } ({ $count } días)
}
bulk-category-never = { $name } (sin caducidad)
bulk-expiry = Caducan
bulk-expires-category = Según la categoría
bulk-expires-days = A los días
bulk-expires-date = En una fecha
bulk-expires-never = No caducan
bulk-days = Días hasta que caducan
bulk-date = Último día
bulk-expiry-hint = Los días se cuentan desde el día en que cada persona recibe las suyas. Caducan al terminar el último día.
bulk-expiry-never = No caducan.
bulk-expiry-on = Caducan el { $day } al terminar el día.
bulk-expiry-past = El último día ya ha pasado.
bulk-note = Nota
bulk-run-at = Cuándo
bulk-run-at-optional = (vacío: ahora mismo)
bulk-run-at-hint = La hora es la de { $zone }. Si el cambio de hora se la salta, empieza al terminar el salto.
bulk-run-at-wrong = Escribe un día y una hora que existan.
bulk-run-at-past = Esa hora ya ha pasado. Elige una posterior o déjalo vacío.
bulk-review = Revisar
bulk-review-safe = Todavía no se asigna nada.
bulk-one-source = Di a quién de una sola manera: emails, wp_user_ids o filter
bulk-named-range = Nombra entre 1 y 10000 personas

# Quiénes
bulk-said-everybody = Todas las personas
bulk-said-role = Rol: { $role }
bulk-said-registered-from = Registradas desde el { $day }
bulk-said-registered-to = Registradas hasta el { $day }
bulk-said-bought = Han comprado
bulk-said-not-bought = No han comprado
bulk-said-product = Producto: { $product }
bulk-said-bought-from = Pedidos desde el { $day }
bulk-said-bought-to = Pedidos hasta el { $day }
bulk-said-at-least = Por { $amount } o más
bulk-said-has-sessions = Les quedan sesiones
bulk-said-no-sessions = No les quedan sesiones
bulk-said-text = Nombre o correo con «{ $text }»

# Revisar
bulk-draft-intro = Revisa a quién y cuántas. Hasta que confirmes no se asigna nada.
bulk-scheduled-intro = Confirmada. Empezará sola a su hora.
bulk-scheduled-for = Empezará el { $moment } ({ $zone }).
bulk-will-begin = Si la programas, empezará el { $moment } ({ $zone }).
bulk-list-later = La lista se hará en ese momento, con quien cumpla entonces los filtros.
bulk-review-title = { $n ->
    [0] Nadie recibirá sesiones
    [one] { $count } persona recibirá: { $each }
   *[other] { $count } personas recibirán: { $each }
}
bulk-total = { $n ->
    [one] { $count } sesión en total.
   *[other] { $count } sesiones en total.
}
bulk-fig-chosen = Elegidas
bulk-fig-chosen-filter = con tus filtros
bulk-fig-chosen-list = filas de la lista
bulk-fig-receive = Recibirán
bulk-fig-skipped = Se omiten
bulk-fig-skipped-text = ya tienen activas
bulk-fig-failed = Con error
bulk-fig-failed-text = no se pueden asignar
bulk-wont = No recibirán
bulk-wont-caption = Personas que no recibirán sesiones
bulk-wont-why = Por qué
bulk-wont-do = Qué puedes hacer
bulk-see-who = Ver quiénes son
bulk-has-active-of = Ya tienen { $category } activas
bulk-again = { $n ->
    [one] Dárselas igualmente: { $count } sesión a { $people }
   *[other] Dárselas igualmente: { $count } sesiones a { $people }
}
bulk-again-chosen = Se les darán igualmente
bulk-again-not-chosen = No se les darán
bulk-fix-file = Corregir la lista y subirla de nuevo
bulk-see-errors = { $n ->
    [one] Ver el error
   *[other] Ver los { $count }
}
bulk-give-act = { $n ->
    [0] Asignar sesiones
    [one] Asignar { $count } sesión a { $people }
   *[other] Asignar { $count } sesiones a { $people }
}
bulk-schedule-act = { $n ->
    [0] Programar la asignación
    [one] Programar { $count } sesión para { $people }
   *[other] Programar { $count } sesiones para { $people }
}
bulk-change = Cambiar algo
bulk-discard = Descartar
bulk-cancel-scheduled = Cancelar la asignación
bulk-see-list = Ver la lista
bulk-download-list = Descargar la lista
bulk-facts = Qué se pidió
bulk-fact-who = A quién
bulk-fact-what = Qué reciben
bulk-fact-when = Cuándo
bulk-fact-again = También a quien ya tiene
bulk-fact-note = Nota
bulk-fact-by = Preparada por
bulk-zone = Hora de { $zone }
bulk-refused-over = Esta asignación ya no está en ese punto. Mira abajo cómo está.
bulk-refused-late = La hora prevista ya ha pasado. Cámbiala antes de programarla.
bulk-refused-nobody = Nadie recibiría sesiones, así que no se ha asignado nada.
bulk-was-cancelled = <strong>Cancelada.</strong> No se ha asignado nada.
bulk-was-repeated = Lista para revisar, con las mismas personas y las mismas sesiones.

# En marcha
bulk-running-title = Asignando: { $done } de { $n ->
    [one] { $count } persona
   *[other] { $count } personas
}
bulk-running-lists = Preparando la lista
bulk-undoing-title = Deshaciendo: { $done } de { $n ->
    [one] { $count } sesión
   *[other] { $count } sesiones
}
bulk-progress = Progreso
bulk-seconds-left = Faltan unos { $time }.
bulk-close-page = Puedes cerrar esta página: seguirá sola.
bulk-stop = Parar aquí
bulk-latest = Últimos resultados
bulk-stuck = Se ha detenido por un error.
bulk-stuck-text = Lo ya asignado está bien y nada se asignará dos veces.
bulk-resume = Continuar
bulk-row = Fila { $row }
bulk-row-empty = Sin datos
bulk-grant = n.º { $id }
bulk-no-grant = Ninguna
bulk-outcome-pending = Pendiente
bulk-outcome-given = { $n ->
    [one] Asignada { $count }
   *[other] Asignadas { $count }
}
bulk-outcome-back = { $n ->
    [one] Retirada { $count }
   *[other] Retiradas { $count }
}
bulk-outcome-kept = { $n ->
    [one] Conserva { $count }, ya usada o reservada
   *[other] Conserva { $count }, ya usadas o reservadas
}
bulk-outcome-partly-back = Retiradas { $back }; conserva { $kept }, ya usadas o reservadas
bulk-reason-unreadable = No es un correo ni un número
bulk-reason-unknown = No hay nadie con ese dato
bulk-reason-repeated = Ya está más arriba en la lista
bulk-reason-has-active = Ya tiene activas de esta categoría
bulk-reason-merged = Su cuenta se unió a otra
bulk-reason-expiry-past = El último día ya había pasado
bulk-reason-category-retired = La categoría se había retirado

# Resultado
bulk-result = Resultado
bulk-ended-done = { $n ->
    [0] Terminada: nadie ha recibido sesiones.
    [one] Hecho. { $people } ha recibido { $count } sesión.
   *[other] Hecho. Se han asignado { $count } sesiones a { $people }.
}
bulk-ended-stopped = { $n ->
    [0] Parada antes de asignar nada. Falta por llegar a { $left }.
    [one] Parada. Se ha asignado { $count } sesión a { $people }. Falta por llegar a { $left }.
   *[other] Parada. Se han asignado { $count } sesiones a { $people }. Falta por llegar a { $left }.
}
bulk-ended-cancelled = Cancelada antes de empezar. No se asignó nada.
bulk-ended-undone = { $n ->
    [one] Deshecha. Se ha retirado { $count } sesión; no se ha podido retirar: { $kept }.
   *[other] Deshecha. Se han retirado { $count } sesiones; no se ha podido retirar: { $kept }.
}
bulk-ended-failed = { $n ->
    [one] Una fila no pudo recibirlas.
   *[other] { $count } filas no pudieron recibirlas.
}
bulk-fig-given = Recibieron
bulk-fig-were-skipped = Omitidas
bulk-fig-back = Retiradas
bulk-fig-back-text = nadie las había usado
bulk-fig-kept = Conservadas
bulk-fig-kept-text = usadas o reservadas
bulk-fig-took = Duración
bulk-see-grants = Ver las asignaciones
bulk-see-people = Resultado por persona
bulk-see-all = Ver todas
bulk-download-result = Descargar el resultado
bulk-repeat = Repetir
bulk-errors = No pudieron recibirlas
bulk-keepers = No se les pudo retirar todo
bulk-keepers-text = Habían usado o reservado sesiones de esta asignación.

# Deshacer
bulk-undo = Deshacer…
bulk-undo-now = { $n ->
    [one] Deshacer retira las sesiones que nadie ha usado: ahora, { $count } de { $all }. Puedes hacerlo cuando quieras.
   *[other] Deshacer retira las sesiones que nadie ha usado: ahora, { $count } de { $all }. Puedes hacerlo cuando quieras.
}
bulk-undo-title = ¿Deshacer la Asignación Masiva n.º { $id }?
bulk-undo-text = { $n ->
    [0] Ahora no queda ninguna sesión que se pueda retirar.
    [one] Se retirará { $count } sesión a { $people }. No se puede volver atrás.
   *[other] Se retirarán { $count } sesiones a { $people }. No se puede volver atrás.
}
bulk-undo-kept = { $n ->
    [one] Queda { $count } sesión ya usada o reservada, de { $people }: esa se conserva, y verás de quién es.
   *[other] Quedan { $count } sesiones ya usadas o reservadas, de { $people }: esas se conservan, y verás de quién son.
}
bulk-undo-act = { $n ->
    [0] Deshacer de todos modos
    [one] Retirar { $count } sesión
   *[other] Retirar { $count } sesiones
}
bulk-undo-reason = Asignación Masiva n.º { $id } deshecha
bulk-undone-by = La deshizo { $name } el { $moment }.

# Lista
bulk-people-title = Personas de la Asignación Masiva n.º { $id }
bulk-people-crumb = Personas
bulk-people-none = Nadie con este resultado
bulk-list-order = En el orden de la lista
bulk-only = Mostrar
bulk-only-all = Todas
bulk-only-receive = Recibirán sesiones
bulk-only-active = Ya tienen activas
bulk-only-given = Recibieron sesiones
bulk-only-skipped = Omitidas
bulk-only-failed = Con error
bulk-only-pending = Pendientes
bulk-only-kept = Conservan sesiones
bulk-csv-row = fila
bulk-csv-email = correo
bulk-csv-name = nombre
bulk-csv-account = cuenta
bulk-csv-outcome = resultado
bulk-csv-grant = asignación
bulk-csv-at = hora
bulk-csv-taken-back = retiradas
bulk-csv-kept = conservadas

# Auditoría y tareas
audit-system-bulk = Al asignar sesiones en masa
audit-action-session-bulk-scheduled = Se programó una asignación masiva
audit-action-session-bulk-started = Empezó una asignación masiva
audit-action-session-bulk-finished = Terminó una asignación masiva
audit-action-session-bulk-stopped = Se paró una asignación masiva
audit-action-session-bulk-cancelled = Se canceló una asignación masiva
audit-action-session-bulk-undone = Se deshizo una asignación masiva
audit-field-people = Personas
audit-field-sessions-each = Sesiones por persona
audit-field-run-at = Prevista para
audit-field-given = Recibieron
audit-field-skipped = Omitidas
audit-field-failed = Con error
audit-field-left = Faltan
audit-field-taken-back = Sesiones retiradas
audit-field-kept = Sesiones conservadas
job-kind-sessions-bulk = Asignar sesiones en masa
job-kind-sessions-bulk-undo = Deshacer una asignación masiva
bulk-ended-undone-all = { $n ->
    [one] Deshecha. Se ha retirado { $count } sesión.
   *[other] Deshecha. Se han retirado { $count } sesiones.
}
