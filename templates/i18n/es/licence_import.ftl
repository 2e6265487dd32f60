# Importación de licencias (src/licences/import).
licence-import-title = Importar licencias
licence-import-intro = Da o cambia muchas licencias con un archivo, también las de tu sistema anterior. Verás qué va a pasar antes de que pase.
licence-import-one = Importación n.º { $id }
licence-import-ledger = Importación de licencias n.º { $id }
licence-import-history = Importaciones anteriores
licence-import-newest-first = Las más recientes primero
licence-import-none = Todavía no hay ninguna importación
licence-import-none-text = Cuando subas el primer archivo, quedará aquí con su resultado fila por fila.
licence-import-stages = Pasos
licence-import-stage-file = Elegir el archivo
licence-import-stage-review = Revisar
licence-import-stage-result = Resultado

# Archivo
licence-import-file = Archivo CSV
licence-import-file-hint = Hasta 10 MB y 200.000 filas, con comas, puntos y coma o tabuladores. Los planes valen con su nombre de ahora o con el de antes.
licence-import-example = Descargar un ejemplo
licence-import-shop = Tienda de los números de usuario
licence-import-shop-hint = Solo si el archivo nombra a las personas por su número de usuario.
licence-import-shop-none = Elige una tienda
licence-import-columns = Qué columnas puede tener
licence-import-columns-person = Obligatoria. El correo de la persona; o «user_id», su número de usuario de la tienda. Quien no esté en Abono no se crea: sale como error.
licence-import-columns-plan = Obligatoria. Free (Cantidad), Free (Fecha), Pagado (Cantidad), Pagado (Fecha), o lo que usabas antes: Free, Premium, Cantidad, Tiempo… Con «Free» y «Premium» a secas decide si hay fecha.
licence-import-columns-credits = En los planes por cantidad, los créditos que le quedan. En los planes por fecha no cuenta.
licence-import-columns-date = En los planes por fecha, el último día: 2027-03-31 o 31/03/2027. Vale uno que ya pasó. En los planes por cantidad no cuenta.
licence-import-columns-feature = El código de la función. Sin esta columna, catalogue.
licence-import-columns-status = «active» o «blocked» (activo, bloqueado). Sin esta columna, no cambia.
licence-import-review = Revisar
licence-import-safe = Revisar no cambia nada.
licence-import-summary = { $n ->
    [one] No se ha podido leer. Revisa un campo:
   *[other] No se ha podido leer. Revisa { $count } campos:
}
licence-import-file-missing = Elige un archivo.
licence-import-file-empty = El archivo está vacío.
licence-import-file-no-person = Falta una columna «email», «correo» o «user_id» en la primera fila.
licence-import-file-no-plan = Falta una columna «plan» o «plan_type» en la primera fila.
licence-import-file-no-rows = El archivo solo tiene la primera fila, la de los nombres.
licence-import-file-too-many = El archivo tiene más de 200.000 filas. Repártelo en varios.

# Estados
licence-import-state-draft = Sin confirmar
licence-import-state-running = En marcha
licence-import-state-done = Terminada
licence-import-state-stopped = Parada
licence-import-state-cancelled = Descartada

# Filas
licence-import-col-person = Persona
licence-import-col-line = Línea
licence-import-col-says = Lo que dice la fila
licence-import-col-outcome = Resultado
licence-import-col-state = Estado
licence-import-col-when = Cuándo
licence-import-says-nothing = –
licence-import-row-empty = Fila sin persona
licence-import-by-date = { $plan }: hasta el { $day }
licence-import-by-credits = { $n ->
    [one] { $plan }: { $count } crédito
   *[other] { $plan }: { $count } créditos
}
licence-import-of-feature = Función { $feature }
licence-import-is-over = Ya vencida
licence-import-is-blocked = Bloqueada
licence-import-is-active = Sin bloquear
licence-import-would-give = Recibirá una licencia
licence-import-would-change = Cambiará su licencia
licence-import-would-same = Ya está así
licence-import-outcome-given = Recibió una licencia
licence-import-outcome-changed = Cambió su licencia
licence-import-outcome-same = Ya estaba así
licence-import-outcome-pending = Pendiente
licence-import-reason-unreadable = No es un correo ni un número de usuario
licence-import-reason-unknown = No hay nadie con ese correo o número
licence-import-reason-repeated = La misma persona y el mismo plan están más arriba
licence-import-reason-plan-missing = Falta el plan
licence-import-reason-plan-unknown = No hay ningún plan con ese nombre
licence-import-reason-date-missing = Este plan requiere una fecha de vencimiento
licence-import-reason-date-unreadable = La fecha no se entiende
licence-import-reason-date-far = La fecha es anterior al año 2000 o está demasiado lejos
licence-import-reason-credits-missing = Este plan requiere créditos
licence-import-reason-credits-unreadable = Los créditos no son un número entero
licence-import-reason-credits-range = Demasiados créditos: como mucho, 1.000.000
licence-import-reason-feature-unknown = No hay ninguna función con ese código
licence-import-reason-status-unreadable = El estado no se entiende
licence-import-reason-merged = Su cuenta se unió a otra después de leer el archivo
licence-import-reason-held = Tiene reservados más créditos de los que dice la fila
licence-import-reason-refused = La licencia no admite este cambio

# Revisión
licence-import-draft-intro = Todavía no se ha cambiado ninguna licencia.
licence-import-review-title = { $n ->
    [one] Se puede usar { $count } de { $all }
   *[other] Se pueden usar { $count } de { $all }
}
licence-import-n-rows = { $n ->
    [one] { $count } fila
   *[other] { $count } filas
}
licence-import-n-changed = { $n ->
    [0] no ha cambiado ninguna
    [one] ha cambiado { $count }
   *[other] han cambiado { $count }
}
licence-import-n-same = { $n ->
    [0] ninguna estaba ya así
    [one] { $count } ya estaba así
   *[other] { $count } ya estaban así
}
licence-import-fig-give = Recibirán una licencia
licence-import-fig-give-text = no tenían ese plan
licence-import-fig-change = Cambiarán la suya
licence-import-fig-change-text = queda como dice la fila
licence-import-fig-same = Ya están así
licence-import-fig-same-text = no se tocan
licence-import-fig-given = Licencias dadas
licence-import-fig-changed = Licencias cambiadas
licence-import-fig-bad = Con error
licence-import-fig-bad-text = no se usan
licence-import-see = Ver cuáles
licence-import-see-all = Ver todas las filas
licence-import-see-rows = Resultado fila por fila
licence-import-act = { $n ->
    [one] Dar o cambiar { $count } licencia
   *[other] Dar o cambiar { $count } licencias
}
licence-import-nothing-to-do = No hay nada que hacer: todas las licencias están ya así.
licence-import-discard = Descartar
licence-import-bad-title = { $n ->
    [one] { $count } fila con error
   *[other] { $count } filas con error
}
licence-import-bad-text = Corrígelas y sube el archivo otra vez: las que ya estén bien no cambian.
licence-import-good-title = Lo que se va a hacer
licence-import-good-first = { $n ->
    [one] La primera fila.
   *[other] Las primeras { $count } filas.
}

# Marcha y resultado
licence-import-running-title = { $n ->
    [one] { $done } de { $count } fila
   *[other] { $done } de { $count } filas
}
licence-import-progress = Progreso
licence-import-close-page = Puedes cerrar esta página: sigue sola.
licence-import-stop = Parar
licence-import-resume = Continuar
licence-import-stuck = Nadie está trabajando en ella.
licence-import-stuck-text = Continúa desde donde se quedó: nada se hace dos veces.
licence-import-result = Resultado
licence-import-another = Importar otro archivo
licence-import-ended-done = { $n ->
    [0] Terminada. No se ha dado ninguna licencia nueva; { $changed } y { $same }.
    [one] Terminada. Se ha dado { $count } licencia; { $changed } y { $same }.
   *[other] Terminada. Se han dado { $count } licencias; { $changed } y { $same }.
}
licence-import-ended-stopped = { $n ->
    [0] Parada. No se ha dado ninguna licencia nueva; { $changed } y { $same }. Faltan { $left }.
    [one] Parada. Se ha dado { $count } licencia; { $changed } y { $same }. Faltan { $left }.
   *[other] Parada. Se han dado { $count } licencias; { $changed } y { $same }. Faltan { $left }.
}
licence-import-ended-cancelled = Descartada. No se cambió ninguna licencia.
licence-import-ended-failed = { $n ->
    [one] { $count } fila tenía un error.
   *[other] { $count } filas tenían errores.
}
licence-import-was-cancelled = <strong>Importación descartada.</strong> No se ha cambiado ninguna licencia.
licence-import-refused-over = Eso ya no se puede hacer: mira cómo está la importación.
licence-import-refused-nothing = Ninguna fila del archivo se puede usar.
licence-import-rows-title = Filas de la importación n.º { $id }
licence-import-rows-crumb = Filas
licence-import-rows-none = Ninguna fila con este resultado
licence-import-file-order = En el orden del archivo
licence-import-only = Mostrar
licence-import-only-failed = Filas con error

# Auditoría y tareas
audit-subject-licence-import = Importación de licencias
audit-system-licence-import = Al importar licencias
audit-action-licence-import-started = Empezó una importación de licencias
audit-action-licence-import-finished = Terminó una importación de licencias
audit-action-licence-import-stopped = Se paró una importación de licencias
audit-action-licence-import-cancelled = Se descartó una importación de licencias
audit-field-rows = Filas
audit-field-bad-rows = Filas con error
audit-field-rows-left = Filas pendientes
audit-field-licences-given = Licencias dadas
audit-field-licences-changed = Licencias cambiadas
job-kind-licences-import = Importar licencias
