# Shared by every page: layouts, forms, lists.
nav-skip = Saltar al contenido
nav-main = Principal
nav-menu = Menú
nav-crumbs = Ruta
nav-search = Buscar persona
nav-search-short = Buscar
nav-sign-out = Salir
nav-overview = Resumen
nav-accounts = Cuentas
nav-systems = Sistemas
nav-sessions = Sesiones
nav-shop = Tienda
nav-orders = Pedidos
nav-products = Productos
nav-connections = Conexiones
nav-shops = Tiendas
nav-inbox = Avisos recibidos
nav-jobs = Tareas
nav-control = Control
nav-audit = Auditoría
nav-settings = Ajustes
nav-staff = Equipo
nav-keys = Claves de API
nav-help = Ayuda
nav-my-sessions = Mis Sesiones
nav-badge-open = { $n ->
    [one] pendiente
   *[other] pendientes
}
nav-badge-problems = con problemas
nav-badge-stopped = { $n ->
    [one] detenida
   *[other] detenidas
}
account-menu = Mi Cuenta
account-back-to-shop = Volver a la tienda
role-stats = Informes
role-manager = Gestión
role-admin = Administración
pref-form = Tema e idioma
pref-theme-auto = Tema del sistema
pref-theme-light = Tema claro
pref-theme-dark = Tema oscuro
form-summary = { $n ->
    [one] No se ha guardado. Revisa un campo:
   *[other] No se ha guardado. Revisa { $count } campos:
}
form-saved = <strong>Guardado.</strong>
form-save = Guardar
form-cancel = Cancelar
form-no-back = No, volver
form-undo = Deshacer
form-optional = (opcional)
form-optional-team = (opcional, lo verá tu equipo)
form-required = Escribe algo aquí.
form-choose = Elige una opción.
form-too-long = Usa { $max } caracteres como mucho.
form-too-short = Usa { $min } caracteres por lo menos.
form-email = Escribe un correo como nombre@ejemplo.es.
form-number = Escribe un número entero.
form-amount = Escribe un importe como 12,50.
form-range = Escribe un número entre { $min } y { $max }.
form-date = Elige una fecha que exista.
form-date-past = La fecha tiene que ser posterior a hoy.
form-url = Escribe una dirección que empiece por https://.
form-taken = Ya existe otro con este valor.
list-filters = Filtros
list-filters-active = { $n ->
    [one] { $count } activo
   *[other] { $count } activos
}
list-filter = Filtrar
list-remove-filter = Quitar filtro:
list-remove-all = Quitar todos
list-remove-filters = Quitar los filtros
list-no-match = Prueba con otros valores o quita algún filtro.
list-pages = Páginas
list-previous = Anteriores
list-next = Siguientes
list-per-page = { $count } por página
list-sort = Ordenar por
list-all = Todos
list-never = Nunca
list-none = Ninguno
list-yes = Sí
list-no = No
