# El saldo en la ficha de cada usuario de la tienda
member-meta-title = Saldo en la tienda
member-meta-text = Cada usuario de la tienda lleva su saldo en este campo, para lo que allí lo muestre. Lo escribimos cuando cambia y comprobamos que se queda.
member-meta-off = No escribimos el saldo en los usuarios de esta tienda. Puedes activarlo en los ajustes.
member-meta-nobody = Todavía no hay nada que escribir: nadie con usuario en esta tienda ha tenido sesiones.
member-meta-pending = Por escribir
member-meta-written = Escrito
member-meta-dropped = Descartado
member-meta-overwritten = Cambiado
member-meta-failed = No aceptado
member-meta-dropped-title = La tienda descarta este campo.
member-meta-dropped-text = Lo acepta y no lo guarda: suele ser un complemento de seguridad o una lista de campos permitidos. Permite el campo o usa otro nombre en los ajustes, y escríbelo otra vez.
member-meta-overwritten-title = Otro complemento de la tienda lo cambia.
member-meta-overwritten-text = Seguramente cuenta las sesiones por su cuenta: desactívalo. No peleamos con él: volvemos a escribir cuando el saldo cambia, o ahora si lo pides.
member-meta-failed-title = La tienda no acepta a algunos usuarios.
member-meta-failed-text = Si el usuario ya no existe, no hay nada que hacer: lo escribiremos si vuelve. Los demás los probamos de nuevo, cada vez más espaciados.
member-meta-read-only = Las claves de la tienda solo pueden leer.
member-meta-read-only-text = Crea otras con el permiso «Lectura/Escritura» y cámbialas aquí. Nada se pierde: lo que falta se escribe entonces.
member-meta-failing = Ahora no podemos escribir.
member-meta-next-try = Volvemos a probar a las { $time }.
member-meta-caption = Usuarios cuyo saldo no se queda en la tienda
member-meta-person = Persona
member-meta-user = Usuario { $user } de la tienda
member-meta-ours = Su saldo
member-meta-theirs = La tienda dice
member-meta-since = Desde
member-meta-more = { $n ->
    [one] Y { $count } usuario más.
   *[other] Y { $count } usuarios más.
}
member-meta-again = Escribir otra vez
member-meta-again-started = { $n ->
    [0] Vamos a escribir lo que falta.
    [one] Vamos a escribir de nuevo el saldo de { $count } usuario.
   *[other] Vamos a escribir de nuevo el saldo de { $count } usuarios.
}
member-meta-off-first = El saldo no se escribe en esta tienda. Actívalo primero en los ajustes.
member-meta-says-gone = Ese usuario ya no existe en la tienda
member-meta-says-not-shown = La tienda lo aceptó, pero no lo muestra
member-meta-says-refused = No lo acepta: { $code }
member-meta-says-nothing = Nada
member-meta-person-in = Saldo en { $shop }
member-meta-person-first = Aún no se ha escrito
member-meta-person-written = La tienda dice { $says } · escrito { $ago }
member-meta-person-pending = La tienda dice { $says } · escrito { $ago } · lo actualizamos enseguida
member-meta-person-dropped = La tienda descartó lo escrito { $ago }
member-meta-person-overwritten = La tienda dice { $says }, y no es lo que escribimos { $ago }
shop-member-meta = Escribir el saldo en los usuarios de la tienda
shop-member-meta-hint = Solo para quien ha tenido sesiones. Si otro complemento de la tienda las cuenta por su cuenta, desactiva uno de los dos.
shop-member-meta-key = Campo del usuario
shop-member-meta-key-hint = El original es mhtp_available_sessions.
shop-member-meta-key-wrong = Usa entre 1 y 64 letras sin acentos, cifras, guiones y guiones bajos.
shop-member-meta-key-hidden = WooCommerce descarta sin avisar los campos de usuario que empiezan por un guion bajo. Quítalo del principio.
audit-action-shop-member-meta-again = Pidió escribir otra vez el saldo en la tienda
audit-field-writes-member-meta = Escribir el saldo en la tienda
audit-field-member-meta-key = Campo del usuario
audit-field-users = Usuarios
reports-todo-meta-dropped = { $n ->
    [one] { $shop } no guarda el saldo de { $count } persona
   *[other] { $shop } no guarda el saldo de { $count } personas
}
reports-todo-meta-dropped-text = Descarta el campo que escribimos en sus usuarios. Lo que allí muestre el saldo no lo ve.
reports-todo-meta-overwritten = { $n ->
    [one] { $shop } cambia por su cuenta el saldo de { $count } persona
   *[other] { $shop } cambia por su cuenta el saldo de { $count } personas
}
reports-todo-meta-overwritten-text = Otro complemento de la tienda escribe en el mismo campo. Allí se ve un número que no es el de verdad.
reports-todo-meta-act = Ver qué hacer
job-kind-shop-member-meta = Escribir saldos en una tienda
job-kind-shop-member-meta-all = Preparar los saldos de todos los usuarios de una tienda
job-kind-shop-member-meta-check = Comprobar los saldos escritos en una tienda
job-kind-shop-processing = Leer los pedidos pagados y sin completar de una tienda
job-kind-sessions-member-meta = Saldos que han cambiado, para las tiendas
job-kind-sessions-member-meta-check = Comprobación nocturna de los saldos en las tiendas
job-error-shop-read-only = Las claves de la tienda solo pueden leer

# Productos que valen sesiones, elegidos de lo que vende la tienda
sessions-worth-caption = Productos que valen sesiones
sessions-worth-in-trash = En la papelera de la tienda
sessions-worth-shop-link = Ver en la tienda
sessions-worth-per-unit = Vale
sessions-worth-new = Sesiones por unidad
sessions-worth-new-of = Sesiones por unidad de { $product }
sessions-worth-save = Guardar
sessions-worth-remove = Quitar
sessions-worth-none = Nada
sessions-worth-like-product = Como el producto
sessions-worth-like-product-n = Como el producto: { $count }
sessions-worth-by-table = Lo dice esta lista
sessions-worth-by-meta = Lo dice el producto
sessions-worth-number = N.º { $id }
sessions-worth-variation = Variación
sessions-find = Buscar en la tienda
sessions-find-text = Escribe cuántas sesiones vale una unidad y guarda. Vale para los pedidos que lleguen desde ahora; lo ya asignado no cambia.
sessions-find-what = Nombre, SKU o número
sessions-find-shop = Tienda
sessions-find-act = Buscar
sessions-find-caption = Productos de la tienda
sessions-find-none = Ningún producto de esta tienda se llama así
sessions-find-none-text = Prueba con menos letras, con el SKU entero o con el número que tiene en la tienda.
sessions-find-empty = Todavía no conocemos ningún producto de esta tienda
sessions-find-empty-text = Aparecen aquí al leer la tienda. Puedes pedir una lectura en su página.
sessions-find-more = Hay más: afina la búsqueda.
sessions-find-no-shop = Conecta primero una tienda
sessions-find-no-shop-text = Sus productos se eligen aquí.
sessions-product-gone = Ese producto ya no está en la tienda. Búscalo de nuevo.
