# Claves de licencia (src/licences/keys) y problemas de la API de licencias (src/licences/api).
licence-key-title = Claves de la licencia n.º { $id }
licence-key-intro = Con una clave, una aplicación demuestra que viene de quien tiene esta licencia.
licence-key-crumb-licences = Licencias
licence-key-crumb-licence = Licencia n.º { $id }
licence-key-crumb = Claves
licence-key-none = Esta licencia todavía no tiene claves
licence-key-none-text = Crea una y dásela a la persona: la pegará en su aplicación.
licence-key-col-key = Clave
licence-key-col-state = Estado
licence-key-col-made = Creada
licence-key-col-used = Último uso
licence-key-col-actions = Acciones
licence-key-col-person = De
licence-key-active = Activa
licence-key-over = Retirada
licence-key-new = Nueva clave
licence-key-create = Crear la clave
licence-key-note = Para qué es
licence-key-note-hint = Por ejemplo: el portátil de la tienda. Lo verá tu equipo.
licence-key-not-made = { $n ->
    [one] No se ha creado la clave:
   *[other] No se ha creado la clave. Revisa { $count } cosas:
}
licence-key-full = Esta licencia ya tiene todas las claves activas que puede tener. Retira una antes.
licence-key-full-of = Esta licencia ya tiene { $most } claves activas. Retira una antes.
licence-key-made = Clave creada
licence-key-made-text = Cópiala y dásela a la persona que tiene la licencia.
licence-key-once = Es la única vez que la verás. Si se pierde, crea otra en su lugar.
licence-key-old-over = La clave anterior ya no abre nada.
licence-key-kept = Ya la he guardado
licence-key-reissue-ask = Cambiar…
licence-key-reissue-title = ¿Cambiar la clave abl_{ $prefix } por otra?
licence-key-reissue-text = La clave de ahora deja de funcionar en este momento y verás la nueva una sola vez.
licence-key-reissue-act = Cambiar la clave
licence-key-revoke-ask = Retirar…
licence-key-revoke-title = ¿Retirar la clave abl_{ $prefix }?
licence-key-revoke-text = La aplicación que la usa dejará de entrar ahora mismo. La licencia no cambia. No se puede deshacer: tendrías que crear otra clave.
licence-key-revoke-act = Retirar la clave
licence-key-was-revoked = <strong>Clave abl_{ $prefix } retirada.</strong>
licence-key-length = Envía la clave entera, tal como se mostró.
audit-subject-licence-keys = Claves de la licencia
audit-action-licence-key-created = Se creó una clave de licencia
audit-action-licence-key-revoked = Se retiró una clave de licencia
audit-action-licence-key-reissued = Se cambió una clave de licencia por otra

# API
problem-licence-state = La licencia no lo permite
problem-licence-state-text = Tal como está la licencia, ese cambio no se puede hacer: ya está bloqueada o no lo está, no es de ese plan, hay créditos reservados o no cambiaría nada. El campo «detail» dice cuál de estas cosas es.
licence-api-plan = Es uno de: free_quantity, free_date, paid_quantity, paid_date.
licence-api-feature = No hay ninguna función con ese código, o está retirada.
licence-api-date-missing = Este plan necesita una fecha de vencimiento.
licence-api-date-past = La fecha tiene que ser hoy o posterior.
licence-api-date-far = Esa fecha está demasiado lejos.
licence-api-credits = Los créditos van de 0 a 1.000.000, y al añadir, de 1 a 1.000.000.
licence-api-state = Es uno de: active, used_up, expired, blocked, undated.
