# Informe de sesiones (src/reports/sessions)
nav-reports = Informes
job-kind-sessions-rollup = Sumar las sesiones por día
sessions-report-title = Informe de sesiones
sessions-report-intro = Cuántas sesiones se asignan, se usan y se pierden, y quién compra después de probar.
sessions-report-lead = { $n ->
    [one] { $days }, hora de { $zone }. Se compara con el día anterior.
   *[other] { $days }, hora de { $zone }. Se compara con los { $count } días anteriores.
}
sessions-report-lead-all = { $days }, hora de { $zone }.
sessions-report-days = Del { $from } al { $to }
sessions-report-presets = Periodo
sessions-report-7d = Últimos 7 días
sessions-report-30d = 30 días
sessions-report-month = Este mes
sessions-report-last-month = Mes pasado
sessions-report-year = Este año
sessions-report-all = Todo
sessions-report-filters = Qué se cuenta
sessions-report-from = Desde
sessions-report-to = Hasta
sessions-report-kind = Origen
sessions-report-category = Categoría
sessions-report-show = Ver el informe
sessions-report-csv = Descargar CSV
sessions-report-xlsx = Descargar Excel
sessions-report-day-wrong = Elige un día, por ejemplo el 24 de noviembre de 2026.
sessions-report-day-future = Ese día no ha llegado todavía. Elige hoy o uno anterior.
sessions-report-days-turned = Este día es anterior al de «Desde». Dales la vuelta.
sessions-report-days-many = Son más de 20 años. Elige un periodo más corto.
sessions-report-figures = Cifras
sessions-report-fig-given = Asignadas
sessions-report-fig-given-unit = { $n ->
    [one] gratuita
   *[other] gratuitas
}
sessions-report-fig-bought = { $n ->
    [0] ninguna comprada
    [one] aparte, { $count } comprada
   *[other] aparte, { $count } compradas
}
sessions-report-fig-used = Usadas
sessions-report-fig-expired = Caducadas
sessions-report-fig-expired-unit = sin usar
sessions-report-fig-people = Personas
sessions-report-fig-people-unit = { $n ->
    [one] recibió sesiones
   *[other] recibieron sesiones
}
sessions-report-fig-conversion = Conversión
sessions-report-fig-conversion-of = { $n ->
    [one] { $used } usó su primera gratuita; { $bought } compró después
   *[other] { $used } usaron su primera gratuita; { $bought } compraron después
}
sessions-report-fig-conversion-none = nadie usó su primera sesión gratuita
sessions-report-more = { $share } más
sessions-report-less = { $share } menos
sessions-report-same = igual que antes
sessions-report-none-before = antes, ninguna
sessions-report-none-either = antes, tampoco
sessions-report-points-more = { $points } puntos más
sessions-report-points-less = { $points } puntos menos
sessions-report-trend = Asignadas y usadas
sessions-report-grains = Detalle
sessions-report-by-day = Por día
sessions-report-by-week = Por semana
sessions-report-by-month = Por mes
sessions-report-day = Día
sessions-report-week = Semana
sessions-report-of-month = Mes
sessions-report-news = { $n ->
    [0] No se usó ninguna sesión: { $compared }.
    [one] Se usó { $count } sesión: { $compared }.
   *[other] Se usaron { $count } sesiones: { $compared }.
}
sessions-report-news-all = { $n ->
    [0] No se usó ninguna sesión.
    [one] Se usó { $count } sesión.
   *[other] Se usaron { $count } sesiones.
}
sessions-report-chart-label = Del { $from } al { $to }: { $given } { $what } y { $used } usadas. La tabla siguiente tiene las cifras.
sessions-report-steps = Asignadas y usadas en cada tramo
sessions-report-reveal = Ver las cifras
sessions-report-total = Total
sessions-report-given = Gratuitas asignadas
sessions-report-given-both = Asignadas y compradas
sessions-report-assigned = Asignadas
sessions-report-bought = Compradas
sessions-report-used = Usadas
sessions-report-expired = Caducadas sin usar
sessions-report-people = Personas que recibieron sesiones
sessions-report-wait = De la asignación al uso, de media
sessions-report-wait-hours = De la asignación al uso, de media (horas)
sessions-report-first-uses = Personas que usaron su primera gratuita
sessions-report-bought-after = De ellas, compraron después
sessions-report-conversion = Conversión
sessions-report-conversion-percent = Conversión (%)
sessions-report-categories = Por categoría
sessions-report-categories-text = La parte es la de todas las asignadas o usadas del periodo.
sessions-report-percent = Parte (%)
sessions-report-comparison = Comparación
sessions-report-comparison-text = Una sesión asignada cuenta siempre, aunque ya se haya usado. Las personas y sus compras después de probar se cuentan por el día de su primera sesión gratuita usada; los reembolsos no son compras. La conversión no depende del origen ni de la categoría.
sessions-report-comparison-all = Una sesión asignada cuenta siempre, aunque ya se haya usado. La conversión cuenta a quien compró después de usar su primera sesión gratuita; los reembolsos no son compras. No depende del origen ni de la categoría.
sessions-report-measure = Medida
sessions-report-now = Este periodo
sessions-report-before = Periodo anterior
sessions-report-before-from = Periodo anterior, desde
sessions-report-before-to = Periodo anterior, hasta
sessions-report-exported = Exportado
sessions-report-zone = Zona horaria
sessions-report-sheet-figures = Cifras
sessions-report-file = informe-sesiones
sessions-report-none = Nada en este periodo
sessions-report-none-text = Nadie recibió, usó ni perdió sesiones en estos días. Prueba con un periodo más largo o quita los filtros.
sessions-report-none-all = Ver todo

# Exportación de asignaciones
sessions-export-file = asignaciones
sessions-export-sheet = Asignaciones
sessions-export-id = Asignación
sessions-export-account = Cuenta
sessions-export-person = Persona
sessions-export-email = Correo
sessions-export-kind = Origen
sessions-export-category = Categoría
sessions-export-state = Estado
sessions-export-quantity = Asignadas
sessions-export-left = Quedan
sessions-export-held = Reservadas
sessions-export-voided = Retiradas
sessions-export-written-off = Caducadas
sessions-export-last-day = Último día
sessions-export-given-at = Asignada el
sessions-export-given-by = Asignada por
sessions-export-order = Pedido
