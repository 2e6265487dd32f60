# Licencias que se venden en la tienda
licence-shop-title = Productos que dan licencias
licence-shop-intro = Al pagarse un pedido, cada unidad de estos productos crea o renueva la licencia de quien compra.
licence-shop-list = Productos que dan licencias
licence-shop-none = Ningún producto da licencias todavía
licence-shop-none-text = Busca abajo el primero y di qué da cada unidad.
licence-shop-product = Producto
licence-shop-gives = Cada unidad da
licence-shop-nothing = Nada
licence-shop-like-product = Como el producto: { $unit }
licence-shop-unknown = Producto que no está en la tienda
licence-shop-number = N.º { $id }
licence-shop-variation = Variación
licence-shop-link = Ver en la tienda
licence-shop-in-trash = En la papelera de la tienda
licence-shop-find = Buscar en la tienda
licence-shop-find-text = Abre un producto y di qué da. Vale para los pedidos que lleguen desde ahora; lo ya comprado no cambia.
licence-shop-find-what = Nombre, SKU o número
licence-shop-find-shop = Tienda
licence-shop-find-act = Buscar
licence-shop-find-caption = Productos de la tienda
licence-shop-find-more = Hay más: afina la búsqueda.
licence-shop-find-none = Ningún producto de esta tienda se llama así
licence-shop-find-none-text = Prueba con menos letras, con el SKU entero o con el número que tiene en la tienda.
licence-shop-find-empty = Todavía no conocemos ningún producto de esta tienda
licence-shop-find-empty-text = Aparecen aquí al leer la tienda. Puedes pedir una lectura en su página.
licence-shop-no-shop = Conecta primero una tienda
licence-shop-no-shop-text = Sus productos se eligen aquí.
licence-shop-free-quantity = Free (Cantidad)
licence-shop-free-quantity-hint = Créditos de una licencia gratuita.
licence-shop-free-date = Free (Fecha)
licence-shop-free-date-hint = Tiempo de una licencia gratuita.
licence-shop-paid-quantity = Pagado (Cantidad)
licence-shop-paid-quantity-hint = Créditos que se gastan, sin fecha.
licence-shop-paid-date = Pagado (Fecha)
licence-shop-paid-date-hint = Uso ilimitado hasta una fecha.
licence-shop-n-credits = { $n ->
    [one] { $count } crédito
   *[other] { $count } créditos
}
licence-shop-n-months = { $n ->
    [one] { $count } mes
   *[other] { $count } meses
}
licence-shop-n-days = { $n ->
    [one] { $count } día
   *[other] { $count } días
}
licence-shop-and = { $months } y { $days }

# El formulario de un producto
licence-shop-form-intro = Di qué da cada unidad que se venda.
licence-shop-form-own = Esta variación tiene su propio plan.
licence-shop-form-inherits = Ahora da lo mismo que su producto, { $unit }: { $plan }. Guarda aquí si debe dar otra cosa.
licence-shop-feature = Función
licence-shop-feature-hint = Para qué sirve la licencia.
licence-shop-plan = Plan
licence-shop-credits = Créditos por unidad
licence-shop-credits-hint = Se suman a los que queden.
licence-shop-months = Meses por unidad
licence-shop-months-hint = Se conserva el día: del 31 de enero al 28 de febrero, y de ahí al 31 de marzo.
licence-shop-days = Días por unidad
licence-shop-days-hint = Se suman después de los meses. Deja vacío lo que no uses.
licence-shop-span-empty = Escribe cuántos meses o cuántos días.
licence-shop-renewal = Al renovar, cuenta
licence-shop-renewal-smart = Desde el final, o desde el pago si ya venció
licence-shop-renewal-smart-hint = No se pierde ni se cobra dos veces ningún día.
licence-shop-renewal-expiry = Siempre desde el final
licence-shop-renewal-expiry-hint = También si venció hace tiempo: los días sin licencia cuentan.
licence-shop-renewal-now = Siempre desde el pago
licence-shop-renewal-now-hint = Lo que quedaba de antes se pierde.
licence-shop-kept = Lo ya comprado conserva lo que dio, también al reembolsarse.
licence-shop-save = Guardar el plan
licence-shop-saved = <strong>Guardado.</strong> Cada unidad del producto { $product } da { $unit }: { $plan }.
licence-shop-remove = Quitar el plan
licence-shop-remove-text = El producto dejará de dar licencias. Lo ya comprado no cambia.
licence-shop-remove-inherits = La variación dará lo mismo que su producto. Lo ya comprado no cambia.
licence-shop-remove-act = Quitar el plan de este producto
licence-shop-removed = <strong>Quitado.</strong> El producto { $product } ya no tiene un plan propio. Lo ya comprado no cambia.

# Registro de cambios
audit-action-licence-product-set = Plan de un producto cambiado
audit-action-licence-product-removed = Plan de un producto quitado
audit-action-licence-shortfall = Créditos usados de un pedido reembolsado
audit-field-unit-feature = Función
audit-field-unit-plan = Plan
audit-field-unit-credits = Créditos por unidad
audit-field-unit-months = Meses por unidad
audit-field-unit-days = Días por unidad
audit-field-renewal = Al renovar, cuenta
audit-field-used-credits = Créditos ya usados
audit-field-used-policy = Qué se hace con ellos
audit-value-from-expiry = Siempre desde el final
audit-value-from-now = Siempre desde el pago
audit-value-from-now-if-expired = Desde el final, o desde el pago si ya venció
audit-value-credits-forgive = perdonarlos
audit-value-credits-debt = descontarlos de los próximos
audit-value-credits-block = bloquear la licencia
audit-subject-licence = Licencia
audit-value-free-quantity = Free (Cantidad)
audit-value-free-date = Free (Fecha)
audit-value-paid-quantity = Pagado (Cantidad)
audit-value-paid-date = Pagado (Fecha)
