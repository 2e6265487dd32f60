# Shared by every page: layouts, forms, lists.
nav-skip = Skip to content
nav-main = Main
nav-menu = Menu
nav-crumbs = Breadcrumbs
nav-search = Find a person
nav-search-short = Search
nav-sign-out = Sign out
nav-overview = Overview
nav-accounts = Accounts
nav-systems = Systems
nav-sessions = Sessions
nav-shop = Shop
nav-orders = Orders
nav-products = Products
nav-connections = Connections
nav-shops = Shops
nav-inbox = Webhooks received
nav-jobs = Jobs
nav-control = Control
nav-audit = Audit trail
nav-settings = Settings
nav-staff = Team
nav-keys = API keys
nav-help = Help
nav-my-sessions = My sessions
nav-badge-open = { $n ->
    [one] pending
   *[other] pending
}
nav-badge-problems = with problems
nav-badge-stopped = { $n ->
    [one] stopped
   *[other] stopped
}
account-menu = My account
account-back-to-shop = Back to the shop
role-stats = Reports
role-manager = Management
role-admin = Administration
pref-form = Theme and language
pref-theme-auto = System theme
pref-theme-light = Light theme
pref-theme-dark = Dark theme
form-summary = { $n ->
    [one] Not saved. Check one field:
   *[other] Not saved. Check { $count } fields:
}
form-saved = <strong>Saved.</strong>
form-save = Save
form-cancel = Cancel
form-no-back = No, go back
form-undo = Undo
form-optional = (optional)
form-optional-team = (optional, your team will see it)
form-required = Write something here.
form-choose = Choose an option.
form-too-long = Use { $max } characters at most.
form-too-short = Use { $min } characters at least.
form-email = Write an address like name@example.com.
form-number = Write a whole number.
form-amount = Write an amount like 12.50.
form-range = Write a number between { $min } and { $max }.
form-date = Choose a date that exists.
form-date-past = The date has to be after today.
form-url = Write an address that starts with https://.
form-taken = There already is another one with this value.
list-filters = Filters
list-filters-active = { $n ->
    [one] { $count } active
   *[other] { $count } active
}
list-filter = Filter
list-remove-filter = Remove filter:
list-remove-all = Remove all
list-remove-filters = Remove the filters
list-no-match = Try other values or remove a filter.
list-pages = Pages
list-previous = Previous
list-next = Next
list-per-page = { $count } per page
list-sort = Sort by
list-all = All
list-never = Never
list-none = None
list-yes = Yes
list-no = No
