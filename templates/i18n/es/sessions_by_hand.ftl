list-mark = Marcar
sessions-assign = Asignar sesiones
sessions-assign-to = Asignar sesiones a { $person }
sessions-assign-intro = Son gratuitas y valen desde ahora. Quien las recibe las ve en su cuenta al momento.
sessions-assign-person = Persona
sessions-assign-person-hint = Su correo, o el número de su cuenta.
sessions-assign-nobody = Nadie tiene ese correo ni ese número. Búscala en Cuentas.
sessions-assign-quantity = Sesiones
sessions-assigned = { $n ->
    [one] <strong>Asignada.</strong> { $person } tiene { $count } sesión más, hasta el { $day } al terminar el día.
   *[other] <strong>Asignadas.</strong> { $person } tiene { $count } sesiones más, hasta el { $day } al terminar el día.
}
sessions-assigned-never = { $n ->
    [one] <strong>Asignada.</strong> { $person } tiene { $count } sesión más, sin caducidad.
   *[other] <strong>Asignadas.</strong> { $person } tiene { $count } sesiones más, sin caducidad.
}
sessions-category = Categoría
sessions-note = Nota
sessions-days = { $n ->
    [one] { $count } día
   *[other] { $count } días
}
sessions-n = { $n ->
    [one] { $count } sesión
   *[other] { $count } sesiones
}
sessions-expiry = Caducidad
sessions-expiry-category = La de su categoría
sessions-expiry-in-days = Dentro de unos días
sessions-expiry-in-days-hint = Contados desde el día en que se dan, que es el día 0
sessions-expiry-on = En una fecha
sessions-expiry-on-hint = Ese día todavía se pueden usar
sessions-expiry-days = Días
sessions-expiry-date = Último día
sessions-expiry-date-hint = Caducan al terminar ese día.
sessions-expiry-title = Cambiar la caducidad de { $person }
sessions-expiry-now = { $n ->
    [0] No queda ninguna. Caducaban el { $day }.
    [one] Queda { $count }. Ahora caduca el { $day }.
   *[other] Quedan { $count }. Ahora caducan el { $day }.
}
sessions-expiry-now-never = { $n ->
    [one] Queda { $count }, sin caducidad.
   *[other] Quedan { $count }, sin caducidad.
}
sessions-expiry-returns = { $n ->
    [one] La que caducó sin usar volverá a valer.
   *[other] Las { $count } que caducaron sin usar volverán a valer.
}
sessions-expiry-do = Cambiar la caducidad
sessions-expiry-done = <strong>Hecho.</strong> Las sesiones de { $person } caducan el { $day }, al terminar el día.
sessions-expiry-never = <strong>Hecho.</strong> Las sesiones de { $person } ya no caducan.
sessions-export = Exportar
sessions-export-what = Lo que muestra este filtro: { $total }
sessions-export-csv = CSV, para otros programas
sessions-export-xlsx = Excel, para leer
sessions-from-run = Masiva n.º { $run }
sessions-run = N.º { $run }
sessions-mark = Marcar la asignación de { $person }, { $day }
sessions-marked = Con las marcadas
sessions-action = Acción
sessions-action-expiry = Cambiar la caducidad
sessions-action-category = Cambiar la categoría
sessions-action-void = Anular
sessions-review = Revisar los cambios
sessions-review-note = Aún no cambia nada.
sessions-review-none = <strong>No has marcado ninguna.</strong> Marca las asignaciones que quieres cambiar.
sessions-review-choose = Elige qué hacer con las marcadas.
sessions-review-wrong = Falta un dato
sessions-review-nothing = Nada que cambiar
sessions-review-expiry = { $n ->
    [0] No se puede cambiar la caducidad de ninguna
    [one] Vas a cambiar la caducidad de { $count } asignación
   *[other] Vas a cambiar la caducidad de { $count } asignaciones
}
sessions-review-category = { $n ->
    [0] No se puede cambiar la categoría de ninguna
    [one] Vas a cambiar la categoría de { $count } asignación
   *[other] Vas a cambiar la categoría de { $count } asignaciones
}
sessions-review-void = { $n ->
    [0] No se puede anular ninguna
    [one] Vas a anular lo que queda de { $count } asignación
   *[other] Vas a anular lo que queda de { $count } asignaciones
}
sessions-review-cannot = { $n ->
    [one] { $count } no se puede cambiar: abajo dice por qué.
   *[other] { $count } no se pueden cambiar: abajo dice por qué.
}
sessions-review-caption = Qué cambiará
sessions-review-now = Ahora
sessions-review-after = Después
sessions-review-result = Resultado
sessions-review-yes = Se cambia
sessions-review-do = { $n ->
    [one] Cambiar { $count } asignación
   *[other] Cambiar { $count } asignaciones
}
sessions-review-do-void = { $n ->
    [one] Anular { $count } asignación
   *[other] Anular { $count } asignaciones
}
sessions-review-back = Volver a la lista
sessions-review-reason = Anulada junto con otras
sessions-marked-changed = { $n ->
    [one] <strong>Hecho.</strong> Ha cambiado { $count } asignación.
   *[other] <strong>Hecho.</strong> Han cambiado { $count } asignaciones.
}
sessions-marked-voided = { $n ->
    [one] <strong>Hecho.</strong> Se ha anulado lo que quedaba de { $count } asignación.
   *[other] <strong>Hecho.</strong> Se ha anulado lo que quedaba de { $count } asignaciones.
}
sessions-marked-some = { $n ->
    [0] <strong>No ha cambiado ninguna.</strong> Alguien las cambió mientras mirabas la lista.
    [one] <strong>Ha cambiado { $count }.</strong> Con { $left } no se ha podido: alguien fue más rápido.
   *[other] <strong>Han cambiado { $count }.</strong> Con { $left } no se ha podido: alguien fue más rápido.
}
sessions-no-bought = No: es comprada, se devuelve reembolsando su pedido
sessions-no-expiry = No: es comprada, no caduca
sessions-no-category = No: es comprada
sessions-no-left = No: no queda nada sin usar
sessions-no-used-up = No: ya está usada
sessions-no-change = No se puede cambiar así
sessions-held = Reservadas ahora
sessions-written-off = Caducadas sin usar
sessions-reason = Motivo
sessions-reason-hint = Queda en el historial. Lo verá tu equipo.
sessions-void = Anular lo que queda
sessions-void-title = { $n ->
    [one] ¿Anular { $count } sesión de { $person }?
   *[other] ¿Anular { $count } sesiones de { $person }?
}
sessions-void-text = { $n ->
    [0] Dejarán de valer ahora mismo. No ha usado ninguna de esta asignación.
    [one] Dejarán de valer ahora mismo. La { $count } que ya usó no cambia.
   *[other] Dejarán de valer ahora mismo. Las { $count } que ya usó no cambian.
}
sessions-void-do = { $n ->
    [one] Anular { $count } sesión
   *[other] Anular { $count } sesiones
}
sessions-voided-done = { $n ->
    [one] <strong>Anulada.</strong> { $person } tiene { $count } sesión menos.
   *[other] <strong>Anuladas.</strong> { $person } tiene { $count } sesiones menos.
}
sessions-correct = Corregir lo que queda
sessions-correct-title = Corregir lo que le queda a { $person }
sessions-correct-left = { $n ->
    [0] No queda ninguna.
    [one] Queda { $count }.
   *[other] Quedan { $count }.
}
sessions-correct-down = { $n ->
    [0] No hay nada que quitar.
    [one] Puedes quitarla.
   *[other] Puedes quitar hasta { $count }.
}
sessions-correct-up = { $n ->
    [0] No se usó ninguna, así que no hay nada que devolver. Para dar más, asígnalas.
    [one] Se usó { $count }, que puedes devolver. Para dar más, asígnalas.
   *[other] Se usaron { $count }, que puedes devolver. Para dar más, asígnalas.
}
sessions-correct-change = Cambio
sessions-correct-change-hint = Por ejemplo 1 para devolver una, -1 para quitarla.
sessions-correct-number = Escribe un número entero, con un menos delante para quitar.
sessions-correct-range = Se pueden devolver { $up } como mucho, y quitar { $down }.
sessions-correct-do = Corregir
sessions-corrected = { $n ->
    [one] <strong>Corregido.</strong> A { $person } le queda { $count } de esta asignación.
   *[other] <strong>Corregido.</strong> A { $person } le quedan { $count } de esta asignación.
}
sessions-give-back = Devolver este uso
sessions-back-title = { $n ->
    [one] ¿Devolver { $count } sesión a { $person }?
   *[other] ¿Devolver { $count } sesiones a { $person }?
}
sessions-back-text = Podrá usarlas otra vez. El uso seguirá en el historial, con su devolución.
sessions-back-expired = La asignación ya ha caducado: lo devuelto tampoco se podrá usar. Cambia antes su caducidad.
sessions-back-do = { $n ->
    [one] Devolver { $count } sesión
   *[other] Devolver { $count } sesiones
}
sessions-back-done = { $n ->
    [one] <strong>Devuelta.</strong> { $person } tiene { $count } sesión más.
   *[other] <strong>Devueltas.</strong> { $person } tiene { $count } sesiones más.
}
sessions-back-already = Este uso ya se devolvió.
sessions-none-bulk = Asignar a muchas personas
session-category = Categoría
session-categories-intro = Dicen por qué se dan las sesiones gratuitas, y cuánto duran si no se dice otra cosa.
session-categories-none = Todavía no hay categorías
session-categories-none-text = Crea la primera para poder dar sesiones gratuitas.
session-categories-note = Quien las recibe ve solo «Gratuita». Con una categoría retirada no se asigna nada nuevo; lo asignado sigue igual.
session-category-new = Categoría nueva
session-category-new-text = Su código para las aplicaciones sale del nombre y no cambia después.
session-category-name = Nombre
session-category-tone = Color de la etiqueta
session-category-tone-hint = El verde azulado es siempre de las compradas.
session-category-lasts = Dura
session-category-days = Días que duran sus sesiones
session-category-days-hint = Vacío: no caducan.
session-category-code = Código
session-category-code-text = Las aplicaciones la conocen por su código: { $code }
session-category-save = Guardar la categoría
session-category-created = <strong>Creada.</strong> Ya se pueden dar sesiones { $name }.
session-category-saved = <strong>Guardado.</strong> { $name } cambia también en lo que ya se asignó.
session-category-retire = Retirar
session-category-restore = Volver a usar
session-category-retired = <strong>Retirada.</strong> Con { $name } ya no se asigna nada nuevo.
session-category-restored = <strong>Vuelve a usarse.</strong> Se pueden dar sesiones { $name }.
session-category-is-default = <strong>No se puede retirar:</strong> es la categoría por defecto. Elige antes otra en Ajustes.
session-category-state-used = En uso
session-category-state-default = Por defecto
session-category-state-retired = Retirada
session-tone-blue = Azul
session-tone-plum = Ciruela
session-tone-rose = Rosa
session-tone-plain = Sin color
sessions-set-title = Ajustes de sesiones
sessions-set-intro = Qué categoría se propone, y si avisamos antes de que algo caduque.
sessions-set-category = Categoría por defecto
sessions-set-category-hint = La que sale elegida al asignar, y la que usan las aplicaciones que no dicen otra.
sessions-set-notices = Avisar por correo antes de que caduquen
sessions-set-notices-hint = Cada asignación se avisa una sola vez, a las 9:00.
sessions-set-admin = Solo la administración puede cambiarlos.
job-kind-sessions-expire = Dar por caducadas las sesiones
job-kind-sessions-reservations = Cerrar reservas sin usar
job-kind-sessions-notices = Avisar de lo que caduca pronto
account-sum-held = Reservadas ahora mismo
account-sum-order-list = Pedidos { $numbers }
account-sum-last = La última, el { $day }
account-sum-last-with = La última, el { $day } con { $expert }
account-all-grants = Todas sus asignaciones
my-sessions-reserved = { $n ->
    [one] { $count } reservada para una consulta que va a empezar
   *[other] { $count } reservadas para una consulta que va a empezar
}
my-sessions-given-back = Devuelta
my-sessions-taken = Retirada
my-sessions-taken-some = { $n ->
    [one] { $count } retirada
   *[other] { $count } retiradas
}
my-sessions-older = { $n ->
    [one] Ver { $count } anterior
   *[other] Ver { $count } anteriores
}
