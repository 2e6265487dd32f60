# Tiendas: conexión, lectura, avisos
shops-title = Tiendas
shops-intro = Las tiendas de WooCommerce de las que Abono lee pedidos, clientes, productos y cupones.
shops-connect = Conectar la tienda
shops-caption = Tiendas conectadas
shops-col-shop = Tienda
shops-col-state = Estado
shops-col-last = Últimos datos
shops-col-hooks = Avisos activos
shops-of = de { $total }
shops-since = desde el { $day }
shops-none = Todavía no hay ninguna tienda
shops-none-text = Conecta la primera: necesitas su dirección y unas claves de la API REST de WooCommerce. Se tarda dos minutos.
shops-none-manager = Quien tiene el papel de Administración puede conectar la primera.
shop-state-connected = Conectada
shop-state-failing = No responde
shop-state-paused = En pausa

# Conectar
shop-new-title = Conectar una tienda
shop-new-intro = Probamos las claves antes de guardar nada. Después leeremos la tienda entera y le pediremos que nos avise de cada cambio.
shop-new-summary = { $n ->
    [one] No se ha conectado. Revisa un campo:
   *[other] No se ha conectado. Revisa { $count } campos:
}
shop-url = Dirección de la tienda
shop-url-hint = La de WordPress, por ejemplo https://tienda.example. Vale pegada desde el navegador.
shop-url-empty = Escribe la dirección de la tienda.
shop-url-unreadable = Eso no es una dirección web. Escríbela como https://tienda.example.
shop-url-plain-http = La dirección empieza por http: cualquiera en el camino podría leer los pedidos. Activa https en la tienda y escríbela con https://.
shop-url-credentials = La dirección lleva un usuario o una contraseña. Quítalos: para eso están las claves.
shop-url-too-long = La dirección es demasiado larga. Deja solo la de la tienda, sin la página.
shop-url-private = Esa dirección es privada o de este mismo equipo. Escribe la dirección pública de la tienda.
shop-url-taken = Esa tienda ya está conectada. Ábrela en la lista de tiendas.
shop-url-redirected = La tienda nos manda a { $to }. Escribe esa dirección, tal cual.
shop-key = Clave del cliente
shop-key-hint = Empieza por ck_. WooCommerce la llama «Consumer key».
shop-key-wrong = Pega la clave entera, la que empieza por ck_.
shop-secret = Clave secreta del cliente
shop-secret-hint = Empieza por cs_. Se guarda cifrada y no se vuelve a mostrar.
shop-secret-again = Empieza por cs_. Vuelve a pegarla: no guardamos nada hasta que funciona.
shop-secret-wrong = Pega la clave secreta entera, la que empieza por cs_.
shop-keys-swapped = Las dos claves están cambiadas: la que empieza por ck_ va aquí y la que empieza por cs_, debajo.
shop-keys-read-only = Estas claves solo pueden leer. Crea otras con el permiso «Lectura/Escritura»: lo necesitamos para pedir los avisos.
shop-name = Nombre
shop-name-hint = Cómo la llamas. Si lo dejas vacío, usamos el que dice la tienda.
shop-name-settings-hint = Cómo la llamas. También lo ven los clientes en Mi Cuenta.
shop-name-empty = Escribe cómo la llamas.
shop-default-products = Usar los productos 483, 486 y 487 como 1, 5 y 10 sesiones
shop-default-products-hint = Puedes cambiarlo después en Sesiones, Productos.
shop-connected = <strong>Tienda conectada.</strong> La estamos leyendo; puedes cerrar esta página.
shop-keys = Claves
shop-keys-end = La clave termina en { $last }
shop-keys-title = Cambiar las claves de { $shop }
shop-keys-intro = La actual termina en { $last } y vale hasta que las nuevas funcionen. Las probamos antes de guardarlas.
shop-keys-summary = { $n ->
    [one] No se han cambiado. Revisa un campo:
   *[other] No se han cambiado. Revisa { $count } campos:
}
shop-keys-change = Cambiar las claves
shop-keys-changed = <strong>Claves cambiadas.</strong> La nueva termina en { $last }. Estamos leyendo lo que haya cambiado.
shop-keys-help = Cómo conseguir las claves
shop-keys-help-1 = Entra en la administración de WordPress con una cuenta de administración.
shop-keys-help-2 = Abre <strong>WooCommerce, Ajustes, Avanzado, API REST</strong> y pulsa «Añadir clave».
shop-keys-help-3 = Elige el permiso <strong>Lectura/Escritura</strong> y genera la clave.
shop-keys-help-4 = Copia las dos claves aquí. WooCommerce no las vuelve a mostrar.
shop-keys-help-more = Si borras esa clave en la tienda, Abono deja de recibir datos y te avisa en el Resumen.

# Qué significa cada error de una tienda, y cómo se arregla
shop-error-unreachable = No hemos podido llegar a la tienda. Comprueba que su dirección se abre en el navegador y que su cortafuegos deja pasar a este servidor.
shop-error-timeout = La tienda no contestó a tiempo. Suele ser carga del alojamiento: prueba dentro de unos minutos.
shop-error-tls = El certificado https de la tienda no vale: ha caducado, es de otro nombre o está incompleto. Renuévalo en tu alojamiento.
shop-error-private-address = La dirección de la tienda lleva a una red privada. Tiene que ser pública.
shop-error-plain-http = La tienda no usa https. Actívalo: sin él, cualquiera en el camino podría leer los pedidos.
shop-error-unauthorized = La tienda rechaza las claves. Comprueba que no falta ninguna letra y que siguen en WooCommerce, Ajustes, Avanzado, API REST; si no, crea otras.
shop-error-forbidden = Las claves no tienen permiso para ver pedidos o avisos. Créalas con un usuario administrador de la tienda.
shop-error-not-found = En esa dirección no encontramos WooCommerce. Comprueba que está activo y que la dirección es la de WordPress.
shop-error-rate-limited = La tienda pide menos peticiones seguidas. Esperaremos lo que ha pedido.
shop-error-server = La tienda ha tenido un error interno. Mira el registro de errores de tu alojamiento; suele ser un complemento.
shop-error-challenge = Un cortafuegos de la tienda nos pide demostrar que somos una persona. Permite el paso de este servidor a /wp-json/.
shop-error-not-json = La tienda contesta una página web en lugar de datos. Suele ser el modo de mantenimiento, un complemento de seguridad o los enlaces permanentes: en WordPress, Ajustes, Enlaces permanentes, no elijas «Simple».
shop-error-truncated = La respuesta de la tienda llegó cortada. Suele ser pasajero.
shop-error-too-large = La respuesta de la tienda es demasiado grande. Algún complemento añade muchísimos datos a los pedidos.
shop-error-refused = La tienda no aceptó la petición. Comprueba que WooCommerce está al día.
shop-error-redirected = La tienda nos manda a otra dirección. Conéctala con la dirección definitiva, con o sin www, tal como queda en el navegador.
shop-error-filter-ignored = La tienda no hizo caso de un filtro y contestó de más: por prudencia no usamos nada. Suele ser un complemento que cambia la API.
shop-error-malformed = La tienda envió algo que no tiene sentido. Lo demás se ha leído.
shop-error-other = Algo ha fallado con la tienda.

# Una tienda
shop-aside = Acciones y datos
shop-actions = Acciones
shop-facts = Datos
shop-last-contact = Último contacto
shop-currency = Moneda
shop-timezone = Zona horaria
shop-since = Conectada desde
shop-admin-only = Para cambiar algo de esta tienda hace falta el papel de Administración.
shop-failing-since = Sin datos desde { $ago } ({ $moment }).
shop-failing-ever = Todavía no ha contestado nunca.
shop-failing-still = Lo ya leído sigue valiendo y volvemos a probar cada pocos minutos.
shop-paused-since = En pausa desde el { $day }.
shop-paused-text = No le preguntamos nada; los avisos que mande se guardan y esperan.
shop-paused-first = La tienda está en pausa. Reanúdala primero.
shop-pause = Poner en pausa
shop-paused = <strong>En pausa.</strong> No le preguntaremos nada hasta que la reanudes. Lo ya leído sigue valiendo.
shop-resume = Reanudar
shop-resumed = <strong>Reanudada.</strong> Estamos leyendo lo que ha cambiado mientras tanto.
shop-reading = Lectura
shop-reading-text = Cada cambio llega por aviso. Además, cada 15 minutos revisamos lo que ha cambiado, por si se perdió alguno.
shop-reading-now = Leyendo
shop-reading-now-text = Puedes cerrar esta página: la lectura sigue sola.
shop-reading-what = Qué
shop-reading-state = Estado
shop-reading-last = Última lectura
shop-reading-full-at = Completa
shop-reading-of = { $seen } de { $total }
shop-reading-starts = Empezando
shop-reading-broken-off = Se interrumpió: la próxima lectura sigue donde se quedó.
shop-reading-ok = Al día
shop-reading-warn = Con fallos
shop-reading-never = Sin leer
shop-reading-rows = { $n ->
    [0] nada nuevo
    [one] { $count } leído
   *[other] { $count } leídos
}
shop-read-changes = Leer los cambios ahora
shop-read-all = Leer todo de nuevo
shop-reading-changes = Vamos a leer lo que ha cambiado. Abajo ves cómo va.
shop-reading-full = Vamos a leer la tienda entera. Abajo ves cómo va; puedes cerrar esta página.
shop-list-customers = Clientes
shop-list-products = Productos
shop-list-coupons = Cupones
shop-list-orders = Pedidos
shop-hooks = Avisos
shop-hooks-awake = { $awake } de { $total } activos
shop-hooks-text = La tienda nos avisa de cada cambio. WooCommerce desactiva sin decir nada el que falla varias veces: lo miramos cada 5 minutos y lo reactivamos.
shop-hooks-none = Todavía no están registrados
shop-hooks-none-text = Los registramos al conectar la tienda. Si siguen sin aparecer, reactívalos aquí.
shop-hooks-what = Aviso
shop-hooks-last = Última entrega
shop-hooks-no-delivery = Ninguna aún
shop-hooks-mended = Reactivado
shop-hooks-times = { $n ->
    [0] nunca
    [one] { $count } vez
   *[other] { $count } veces
}
shop-hooks-wake = Reactivar ahora
shop-hooks-see = Ver los { $total } avisos
shop-hooks-check = Comprobar ahora
shop-hooks-inbox = Ver los avisos recibidos
shop-watching = Vamos a comprobar los avisos de la tienda y a reactivar los que falten. Recarga la página dentro de unos segundos.
shop-hook-wanted = Por registrar
shop-hook-active = Activo
shop-hook-paused = En pausa en la tienda
shop-hook-disabled = Desactivado
shop-hook-missing = Falta en la tienda
shop-topic-order-created = Pedido creado
shop-topic-order-updated = Pedido cambiado
shop-topic-order-deleted = Pedido borrado
shop-topic-order-restored = Pedido recuperado
shop-topic-product-created = Producto creado
shop-topic-product-updated = Producto cambiado
shop-topic-product-deleted = Producto borrado
shop-topic-customer-created = Cliente creado
shop-topic-customer-updated = Cliente cambiado
shop-topic-customer-deleted = Cliente borrado
shop-topic-coupon-created = Cupón creado
shop-topic-coupon-updated = Cupón cambiado
shop-topic-coupon-deleted = Cupón borrado
shop-hook-url = Dirección de los avisos
shop-old-secret = Firma anterior de los avisos
shop-old-secret-until = Vale hasta el { $moment }
shop-webhook-secret-new = Renovar la firma de los avisos
shop-webhook-secret-changed = <strong>Firma renovada.</strong> Se la estamos dando a la tienda. La anterior vale 24 horas más, para no perder ningún aviso.
shop-settings = Ajustes
shop-settings-save = Guardar los ajustes
shop-saved = <strong>Guardado.</strong> Los ajustes valen desde ahora.
shop-grant = Cuándo da sus sesiones un pedido
shop-grant-hint = Al elegir «Al pagarse», volvemos a leer los pedidos pagados que aún no se han completado. Lo que ya se dio, se queda.
shop-grant-completed = Al completarse
shop-grant-completed-text = Cuando la tienda lo marca como completado. Lo más seguro.
shop-grant-processing = Al pagarse
shop-grant-processing-text = Ya cuando está «en proceso». Para quien no completa los pedidos a mano.
shop-refunds = Si se reembolsan sesiones que ya se usaron
shop-refunds-forgive = Perdonarlas
shop-refunds-forgive-text = No pasa nada más. Queda escrito.
shop-refunds-debt = Descontarlas
shop-refunds-debt-text = Se quitan de las próximas que compre.
shop-refunds-block = Bloquear
shop-refunds-block-text = No puede usar ninguna hasta que alguien del equipo lo cierre.
shop-handoff = Entrada desde WordPress
shop-handoff-new = Secreto de la entrada desde WordPress
shop-handoff-text = Con este secreto el complemento de WordPress firma la entrada a Mi Cuenta. Solo se muestra al crearlo.
shop-handoff-sure = ¿Crear un secreto nuevo para { $shop }?
shop-handoff-sure-text = El actual deja de valer en el momento: los clientes no podrán entrar desde la tienda hasta que pegues el nuevo en el complemento.
shop-handoff-make = Crear un secreto nuevo
shop-handoff-made = Secreto creado
shop-handoff-made-text = Cópialo ahora: no se vuelve a mostrar. Si lo pierdes, crea otro.
shop-handoff-of = Secreto de { $shop }
shop-handoff-where = Dónde se pega
shop-handoff-where-text = En la configuración del complemento de Abono en WordPress, junto con estos dos datos.
shop-handoff-slug = Nombre de la tienda en Abono
shop-handoff-address = Dirección de entrada
shop-handoff-done = Ya lo he copiado

# Pedidos
orders-title = Pedidos
orders-intro = Los de todas las tiendas, tal como están allí. Se cambian en la tienda.
orders-caption = Pedidos, del más reciente al más antiguo
orders-order = fecha, el más reciente primero
orders-count = { $n ->
    [one] { $count } pedido
   *[other] { $count } pedidos
}
orders-more-than = Más de { $count } pedidos
orders-filter-text = Pedido o persona
orders-filter-hint = Número, nombre o correo
orders-filter-state = Estado
orders-filter-shop = Tienda
orders-filter-day = Fecha
orders-all-shops = Todas
orders-chip-from = Desde el { $day }
orders-chip-to = Hasta el { $day }
orders-col-order = Pedido
orders-col-person = Persona
orders-col-state = Estado
orders-col-net = Neto
orders-col-day = Fecha
orders-of = de { $total }
orders-none = Todavía no hay pedidos
orders-none-text = Aparecerán aquí en cuanto se lea la primera tienda.
orders-none-shops = Ver las tiendas
orders-none-filtered = Ningún pedido con estos filtros
order-title = Pedido { $number }
order-nobody = Sin nombre
order-read = Volver a leerlo de la tienda
order-reading = Se lo hemos pedido a la tienda. Recarga la página dentro de unos segundos.
order-deleted-short = Borrado en la tienda
order-deleted = Borrado en la tienda el { $day }.
order-deleted-text = Aquí se conserva para explicar lo que dio. No cuenta en ninguna suma.
order-lines = Qué se compró
order-lines-none = Este pedido no tiene líneas.
order-line-product = Producto
order-line-number = n.º { $id }
order-line-gone = Ya no está en la tienda
order-line-units = Unidades
order-line-back = Devueltas
order-line-back-none = —
order-line-total = Sin impuestos
order-sum = La tienda se quedó con { $net }
order-sum-caption = Suma del pedido
order-sum-concept = Concepto
order-sum-amount = Importe
order-sum-products = Productos
order-sum-shipping = Envío
order-sum-tax = Impuestos
order-sum-other = Otros cargos y descuentos
order-sum-total = Total
order-sum-refund = Reembolso del { $day }
order-sum-net = Neto
order-gave = Sesiones que dio
order-gave-none = Ninguna: no se ha completado o ninguno de sus productos vale sesiones.
order-gave-grant = Asignación
order-gave-state = Estado
order-gave-left = Quedan
order-gave-sessions = { $n ->
    [one] { $count } sesión
   *[other] { $count } sesiones
}
order-gave-voided = { $n ->
    [one] { $count } retirada por reembolso
   *[other] { $count } retiradas por reembolso
}
order-hooks = Avisos sobre este pedido
order-hooks-none = Ninguno: lo leímos en una revisión.
order-hooks-what = Aviso
order-hooks-at = Llegó
order-hooks-copies = { $n ->
    [one] una vez
   *[other] llegó { $count } veces y contó una
}
order-hook-pending = En espera
order-hook-processed = Hecho
order-hook-quarantined = En cuarentena
order-hook-failed = Ha fallado
order-hook-discarded = Descartado
order-facts = Datos
order-account = Cuenta
order-account-none = Sin cuenta: el pedido no tiene correo.
order-email = Correo de facturación
order-customer = Cliente de WooCommerce
order-guest = Compró sin registrarse
order-shop = Tienda
order-created = Creado
order-paid = Pagado
order-completed = Completado
order-modified = Cambiado en la tienda
order-seen = Leído por última vez
order-status-pending = Pendiente de pago
order-status-processing = En proceso
order-status-on-hold = En espera
order-status-completed = Completado
order-status-cancelled = Cancelado
order-status-refunded = Reembolsado
order-status-failed = Fallido
order-status-draft = Carrito
order-status-trash = En la papelera
order-status-other = Otro estado

# Productos
products-title = Productos
products-intro = Lo que venden las tiendas y cuántas sesiones da cada unidad.
products-worth = Productos que valen sesiones
products-caption = Productos de la tienda, por nombre
products-count = { $n ->
    [one] { $count } producto
   *[other] { $count } productos
}
products-first = Los primeros { $count } productos
products-more = Hay más. Busca por nombre, SKU o número.
products-filter-text = Producto
products-filter-hint = Nombre, SKU o número
products-col-product = Producto
products-col-kind = Tipo
products-col-price = Precio
products-col-sessions = Sesiones por unidad
products-variation-of = variación de n.º { $id }
products-no-sessions = Ninguna
products-no-price = Sin precio
products-none = Todavía no hay productos
products-none-text = Aparecerán aquí en cuanto se lea la tienda.
products-none-filtered = Ningún producto con estos filtros
product-kind-simple = Simple
product-kind-variable = Con variaciones
product-kind-variation = Variación
product-kind-subscription = Suscripción
product-kind-grouped = Grupo
product-kind-external = De otra web
product-kind-other = Otro
product-status-draft = Borrador
product-status-private = Privado
product-status-pending = Por revisar
product-status-future = Programado
product-status-hidden = Sin publicar
