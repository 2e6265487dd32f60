# Tareas: lo que Abono hace por su cuenta (src/jobs).
jobs-title = Tareas
jobs-intro = Lo que Abono hace por su cuenta: leer las tiendas, enviar correos, ordenar. Lo que falla se repite solo; lo que se detiene te espera aquí.
jobs-schedules-intro = Lo que se repite por sí solo, cuándo fue la última vez y cuándo será la próxima.
jobs-tab-list = Tareas
jobs-tab-schedules = Repeticiones
jobs-one = Tarea n.º { $id }
jobs-unit = { $n ->
    [one] tarea
   *[other] tareas
}
jobs-fig-dead = Detenidas
jobs-fig-dead-text = reintenta o descarta
jobs-fig-dead-none = nada espera a una persona
jobs-fig-due = En cola
jobs-fig-due-text = empiezan enseguida
jobs-fig-running = En marcha
jobs-fig-running-text = ahora mismo
jobs-fig-later = Para después
jobs-fig-later-text = tienen su hora, o se repetirán
jobs-newest-first = Las más recientes primero
jobs-state = Estado
jobs-kind = Qué hace
jobs-kind-all = Todo
jobs-caption = Tareas, de la más reciente a la más antigua
jobs-col-job = Tarea
jobs-col-attempts = Intentos
jobs-col-when = Cuándo
jobs-attempts = { $n } de { $most }
jobs-none = Todavía no hay tareas
jobs-none-text = Aparecen cuando hay algo que hacer: un aviso de una tienda, un correo, una repetición.
jobs-no-match = Ninguna tarea con estos filtros
jobs-see-schedules = Ver las repeticiones
job-state-due = En cola
job-state-later = Para después
job-state-again = Se repetirá
job-state-running = En marcha
job-state-done = Hecha
job-state-dead = Detenida
jobs-how = Cómo está
jobs-text-dead = { $n ->
    [one] Se detuvo en el primer intento y ya no se repite sola. Cuando la causa esté resuelta, reinténtala.
   *[other] Se detuvo tras { $count } intentos y ya no se repite sola. Cuando la causa esté resuelta, reinténtala.
}
jobs-text-done = Terminó bien.
jobs-text-running = Un proceso trabaja en ella ahora. Si se callara, otro la tomaría al caducar la reserva.
jobs-text-again = Falló, y se repetirá sola: { $when }.
jobs-text-later = Tiene su hora: { $when }.
jobs-text-due = Empezará en cuanto haya un proceso libre.
jobs-about = De qué trata
jobs-about-none = No lleva datos: su nombre lo dice todo.
jobs-about-what = Dato
jobs-about-value = Valor
jobs-facts = Datos
jobs-created = Creada
jobs-run-at = Empieza
jobs-started = Último intento
jobs-finished = Terminada
jobs-lease = Reservada hasta
jobs-lease-text = El proceso que la tiene renueva la reserva mientras trabaja.
jobs-internal = Nombre interno
jobs-retry = Reintentar ahora
jobs-retried = <strong>De nuevo en cola.</strong> Empieza enseguida y tiene otra vez todos sus intentos.
jobs-too-late = Su estado ha cambiado mientras tanto. No se ha hecho nada.
jobs-discard = Descartar la tarea
jobs-discard-ask = Descartar…
jobs-discard-title = ¿Descartar la tarea n.º { $id }?
jobs-discard-text = Se borra y no se hará: «{ $what }». No se puede deshacer; la auditoría conserva qué era y por qué se detuvo.
jobs-discarded = <strong>Tarea n.º { $id } descartada.</strong>
jobs-see-audit = Ver la auditoría
jobs-schedules-caption = Repeticiones
jobs-col-what = Qué hace
jobs-col-outcome = Resultado
jobs-col-last = Última vez
jobs-col-next = Próxima vez
jobs-col-action = Acción
jobs-run-ok = Bien
jobs-run-bad = Falló
jobs-run-none = Aún no
jobs-run-paused = En pausa
jobs-next-start = al arrancar un proceso de tareas
jobs-run-now = Ejecutar ahora
jobs-schedule-started = <strong>En cola:</strong> { $what }. Su hora de siempre no cambia.
jobs-schedule-waits = Ya estaba en cola: { $what }.
job-every-minutes = { $n ->
    [one] Cada minuto
   *[other] Cada { $count } minutos
}
job-every-hours = { $n ->
    [one] Cada hora
   *[other] Cada { $count } horas
}
job-every-day = Cada día a las { $time }

# Qué hace cada clase de tarea
job-kind-shop-refresh = Volver a leer una cosa de una tienda
job-kind-shop-sync = Leer una tienda
job-kind-shop-watch = Vigilar los avisos de una tienda
job-kind-shops-watch = Vigilar los avisos de todas las tiendas
job-kind-shops-sweep = Revisión de lo que ha cambiado en las tiendas
job-kind-shops-reread = Revisión nocturna de las tiendas
job-kind-account-orders = Revisar los pedidos de una persona
job-kind-mail-send = Enviar un correo
job-kind-auth-link = Preparar un enlace para entrar
job-kind-tidy-hourly = Ordenar, cada hora
job-kind-tidy-daily = Ordenar, cada día

# De qué trata
job-fact-shop = Tienda
job-fact-resource = Qué
job-fact-id = Número
job-fact-mode = Lectura
job-fact-account = Cuenta
job-fact-mail = Correo n.º
job-fact-email = Dirección
job-fact-locale = Idioma
job-fact-renew-secret = Cambiar también el secreto
job-fact-hidden = no se muestra aquí
job-resource-order = Pedido
job-resource-customer = Cliente
job-resource-product = Producto
job-resource-coupon = Cupón
job-mode-delta = lo que ha cambiado
job-mode-full = entera
job-mode-nightly = la de cada noche
job-locale-es = Español
job-locale-en = Inglés
job-about-account = Cuenta { $id }
job-about-mail = Correo n.º { $id }

# Por qué falló
job-error-unknown-kind = Esta versión no conoce esta clase de tarea
job-error-database = La base de datos no respondió
job-error-corrupt-row = Un dato guardado no tiene sentido
job-error-lease-lapsed = El proceso que la tenía dejó de responder
job-error-stopping = El proceso se estaba apagando
job-error-shop-unreachable = No se pudo conectar con la tienda
job-error-shop-timeout = La tienda no contestó a tiempo
job-error-shop-tls = La conexión segura con la tienda falló
job-error-shop-private-address = La tienda está en una dirección privada
job-error-shop-plain-http = La tienda no usa https
job-error-shop-unauthorized = La tienda rechaza la clave
job-error-shop-forbidden = La clave no tiene permiso en la tienda
job-error-shop-not-found = La tienda dice que no existe
job-error-shop-rate-limited = La tienda pide ir más despacio
job-error-shop-server-error = La tienda tuvo un error interno
job-error-shop-challenge = Un cortafuegos de la tienda no nos deja pasar
job-error-shop-not-json = La tienda contestó algo que no se entiende
job-error-shop-truncated = La respuesta de la tienda llegó cortada
job-error-shop-too-large = La respuesta de la tienda es demasiado grande
job-error-shop-refused = La tienda no aceptó la petición
job-error-shop-redirected = La tienda nos manda a otra dirección
job-error-filter-ignored = La tienda no hizo caso al filtro
job-error-shop-malformed = La tienda envió datos que no tienen sentido
job-error-mail = El correo no salió
job-error-mail-not-found = El correo ya no existe
job-error-bad-payload = A la tarea le faltan datos
job-error-sign-in-link = El enlace para entrar no se pudo preparar
