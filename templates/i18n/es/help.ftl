# Ayuda (src/help). Los textos largos están en templates/help/es.html.
help-intro = Cómo funciona Abono, en una página.
help-contents = En esta página
help-order = De un pedido pagado a las sesiones
help-free = Sesiones gratuitas
help-states = Qué significa cada estado
help-shop = Cuando una tienda deja de avisar
help-accounts = Quién es quién: cuentas
help-roles = Qué puede hacer cada papel
help-app = Conectar una aplicación
help-words = Palabras
