# Avisos recibidos (src/inbox).
inbox-intro = Lo que las tiendas nos avisan. Cada aviso solo dice que algo cambió: después lo leemos en la tienda, y eso es lo que vale.
inbox-one = Aviso n.º { $id }
inbox-newest-first = Los más recientes primero
inbox-attention = Necesita tu atención
inbox-todo-quarantined = { $n ->
    [one] { $count } aviso en cuarentena
   *[other] { $count } avisos en cuarentena
}
inbox-todo-quarantined-text = Llevan la firma de la tienda, pero no se entienden. Una revisión recoge lo que pudiera faltar.
inbox-todo-failed = { $n ->
    [one] { $count } aviso no se pudo procesar
   *[other] { $count } avisos no se pudieron procesar
}
inbox-todo-failed-text = Se intentó varias veces. Cuando la causa esté resuelta, procésalos otra vez.
inbox-todo-look = Mirar
inbox-state = Estado
inbox-about = Sobre qué
inbox-about-all = Todo
inbox-shop-all = Todas
inbox-number = Número
inbox-shop = Tienda
inbox-chip-number = Número { $number }
inbox-caption = Avisos, del más reciente al más antiguo
inbox-col-what = Aviso
inbox-col-times = Veces
inbox-col-received = Recibido
inbox-none = Todavía no ha llegado ningún aviso
inbox-none-text = Llegan cuando en una tienda conectada cambia un pedido, un cliente, un producto o un cupón.
inbox-see-shops = Ver las tiendas
inbox-no-match = Ningún aviso con estos filtros
inbox-no-topic = Aviso sin asunto
inbox-state-pending = Pendiente
inbox-state-processed = Procesado
inbox-state-quarantined = En cuarentena
inbox-state-failed = Falló
inbox-state-discarded = Apartado
inbox-resource-order = Pedido
inbox-resource-customer = Cliente
inbox-resource-product = Producto
inbox-resource-coupon = Cupón
inbox-event-created = es nuevo
inbox-event-updated = cambió
inbox-event-deleted = se borró
inbox-event-restored = se recuperó
inbox-outcome-no-topic = No dice de qué trata
inbox-outcome-not-json = No es JSON
inbox-outcome-shop-error = La tienda firmó un error suyo
inbox-outcome-no-id = No dice qué número
inbox-outcome-unknown-topic = De algo que no usamos
inbox-outcome-new = Era nuevo aquí
inbox-outcome-changed = Ha cambiado
inbox-outcome-same = Ya estaba igual
inbox-outcome-stale = Aquí ya había algo más reciente
inbox-outcome-gone = La tienda ya no lo tiene
inbox-outcome-unknown = No lo teníamos
inbox-how = Cómo está
inbox-text-pending = Está guardado. Una tarea va a leer en la tienda lo que ha cambiado.
inbox-text-processed = Se leyó en la tienda y se aplicó.
inbox-text-quarantined = Lleva la firma de la tienda, pero no se entiende. No ha cambiado nada aquí.
inbox-text-failed = No se pudo leer en la tienda, y ya no se repite solo.
inbox-text-discarded = Está apartado: no hace falta hacer nada.
inbox-replay = Procesar otra vez
inbox-replay-text = Se lee otra vez en la tienda. Repetirlo no da nada dos veces.
inbox-replayed = <strong>En cola.</strong> Se leerá otra vez en la tienda enseguida.
inbox-set-aside = Dar por visto
inbox-set-aside-text = Deja de contar como pendiente. El aviso se conserva.
inbox-set-aside-done = <strong>Visto.</strong> Ya no cuenta como pendiente.
inbox-not-now = Su estado no lo permite, o ha cambiado mientras tanto. No se ha hecho nada.
inbox-body = Contenido
inbox-body-cut = Solo se muestra el principio.
inbox-body-empty = Llegó vacío.
inbox-bytes = { $n ->
    [one] { $count } byte
   *[other] { $count } bytes
}
inbox-headers = Cabeceras
inbox-headers-none = No se guardó ninguna.
inbox-facts = Datos
inbox-topic = Asunto
inbox-delivery-id = Número de entrega
inbox-copies = { $n ->
    [one] { $count } vez
   *[other] { $count } veces, y contó una
}
inbox-processed = Procesado
inbox-attempts = Intentos
inbox-open-order = Ver el pedido
inbox-others = Otros sobre lo mismo
inbox-others-none = No ha llegado ninguno más.
