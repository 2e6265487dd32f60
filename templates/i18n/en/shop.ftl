# Shops: connection, reading, webhooks
shops-title = Shops
shops-intro = The WooCommerce shops Abono reads orders, customers, products and coupons from.
shops-connect = Connect the shop
shops-caption = Connected shops
shops-col-shop = Shop
shops-col-state = State
shops-col-last = Latest data
shops-col-hooks = Webhooks awake
shops-of = of { $total }
shops-since = since { $day }
shops-none = No shop yet
shops-none-text = Connect the first one: you need its address and keys of the WooCommerce REST API. It takes two minutes.
shops-none-manager = Someone with the Administration role can connect the first one.
shop-state-connected = Connected
shop-state-failing = Not answering
shop-state-paused = Paused

# Connecting
shop-new-title = Connect a shop
shop-new-intro = We try the keys before saving anything. Then we read the whole shop and ask it to tell us about every change.
shop-new-summary = { $n ->
    [one] Not connected. Check one field:
   *[other] Not connected. Check { $count } fields:
}
shop-url = Address of the shop
shop-url-hint = That of WordPress, for example https://shop.example. Pasting it from the browser is fine.
shop-url-empty = Write the address of the shop.
shop-url-unreadable = That is not a web address. Write it like https://shop.example.
shop-url-plain-http = The address starts with http: anyone on the way could read the orders. Turn https on in the shop and write it with https://.
shop-url-credentials = The address carries a user name or a password. Take them out: that is what the keys are for.
shop-url-too-long = The address is too long. Leave only the shop's, without the page.
shop-url-private = That address is private or of this very machine. Write the public address of the shop.
shop-url-taken = That shop is already connected. Open it in the list of shops.
shop-url-redirected = The shop sends us to { $to }. Write that address, exactly.
shop-key = Consumer key
shop-key-hint = Starts with ck_.
shop-key-wrong = Paste the whole key, the one that starts with ck_.
shop-secret = Consumer secret
shop-secret-hint = Starts with cs_. It is stored encrypted and never shown again.
shop-secret-again = Starts with cs_. Paste it again: we store nothing until it works.
shop-secret-wrong = Paste the whole secret, the one that starts with cs_.
shop-keys-swapped = The two are swapped: the one that starts with ck_ goes here, the one that starts with cs_ below.
shop-keys-read-only = These keys can only read. Make others with the permission “Read/Write”: we need it to ask for webhooks.
shop-name = Name
shop-name-hint = What you call it. If you leave it empty we use what the shop says.
shop-name-settings-hint = What you call it. Customers see it in My Account too.
shop-name-empty = Write what you call it.
shop-default-products = Use products 483, 486 and 487 as 1, 5 and 10 sessions
shop-default-products-hint = You can change it later in Sessions, Products.
shop-connected = <strong>Shop connected.</strong> We are reading it; you can close this page.
shop-keys = Keys
shop-keys-end = The key ends in { $last }
shop-keys-title = Change the keys of { $shop }
shop-keys-intro = The current one ends in { $last } and is valid until the new ones work. We try them before storing them.
shop-keys-summary = { $n ->
    [one] Not changed. Check one field:
   *[other] Not changed. Check { $count } fields:
}
shop-keys-change = Change the keys
shop-keys-changed = <strong>Keys changed.</strong> The new one ends in { $last }. We are reading what may have changed.
shop-keys-help = How to get the keys
shop-keys-help-1 = Sign in to WordPress with an administrator account.
shop-keys-help-2 = Open <strong>WooCommerce, Settings, Advanced, REST API</strong> and press “Add key”.
shop-keys-help-3 = Choose the permission <strong>Read/Write</strong> and generate the key.
shop-keys-help-4 = Copy both here. WooCommerce will not show them again.
shop-keys-help-more = If you delete that key in the shop, Abono stops receiving data and tells you on the Overview.

# What each error of a shop means, and how to get it right
shop-error-unreachable = We could not reach the shop. Check that its address opens in a browser and that its firewall lets this server through.
shop-error-timeout = The shop did not answer in time. It is usually the host's load: try again in a few minutes.
shop-error-tls = The shop's https certificate is not valid: it has expired, is for another name or is incomplete. Renew it with your host.
shop-error-private-address = The shop's address leads into a private network. It has to be public.
shop-error-plain-http = The shop does not use https. Turn it on: without it, anyone on the way could read the orders.
shop-error-unauthorized = The shop refuses the keys. Check that no character is missing and that they are still in WooCommerce, Settings, Advanced, REST API; otherwise make new ones.
shop-error-forbidden = The keys may not see orders or webhooks. Make them with an administrator of the shop.
shop-error-not-found = We found no WooCommerce at that address. Check that it is active and that the address is that of WordPress.
shop-error-rate-limited = The shop asks for fewer requests. We will wait as long as it asked.
shop-error-server = The shop had an internal error. Look at your host's error log; it is usually a plugin.
shop-error-challenge = A firewall of the shop asks us to prove we are human. Let this server through to /wp-json/.
shop-error-not-json = The shop answers with a web page instead of data. It is usually maintenance mode, a security plugin or the permalinks: in WordPress, Settings, Permalinks, do not choose “Plain”.
shop-error-truncated = The shop's answer broke off. It usually passes.
shop-error-too-large = The shop's answer is too large. Some plugin adds a great deal of data to orders.
shop-error-refused = The shop did not accept the request. Check that WooCommerce is up to date.
shop-error-redirected = The shop sends us elsewhere. Connect it by its final address, with or without www, as the browser shows it.
shop-error-filter-ignored = The shop ignored a filter and answered too much: to be safe we used nothing of it. It is usually a plugin that changes the API.
shop-error-malformed = The shop sent something that makes no sense. Everything else was read.
shop-error-other = Something failed with the shop.

# One shop
shop-aside = Actions and facts
shop-actions = Actions
shop-facts = Facts
shop-last-contact = Last contact
shop-currency = Currency
shop-timezone = Time zone
shop-since = Connected since
shop-admin-only = Changing anything about this shop takes the Administration role.
shop-failing-since = The last data came { $ago } ({ $moment }).
shop-failing-ever = It has never answered yet.
shop-failing-still = What was read is still valid, and we try again every few minutes.
shop-paused-since = Paused since { $day }.
shop-paused-text = We ask it nothing; webhooks it sends are kept and wait.
shop-paused-first = The shop is paused. Resume it first.
shop-pause = Pause
shop-paused = <strong>Paused.</strong> We will ask it nothing until you resume it. What was read is still valid.
shop-resume = Resume
shop-resumed = <strong>Resumed.</strong> We are reading what changed meanwhile.
shop-reading = Reading
shop-reading-text = Every change comes by webhook. Besides, every 15 minutes we look at what changed, in case one was lost.
shop-reading-now = Reading
shop-reading-now-text = You can close this page: the reading goes on by itself.
shop-reading-what = What
shop-reading-state = State
shop-reading-last = Last reading
shop-reading-full-at = Complete
shop-reading-of = { $seen } of { $total }
shop-reading-starts = Starting
shop-reading-broken-off = It broke off: the next reading goes on where it stopped.
shop-reading-ok = Up to date
shop-reading-warn = With faults
shop-reading-never = Not read
shop-reading-rows = { $n ->
    [0] nothing new
    [one] { $count } read
   *[other] { $count } read
}
shop-read-changes = Read the changes now
shop-read-all = Read everything again
shop-reading-changes = We are going to read what changed. See below how it goes.
shop-reading-full = We are going to read the whole shop. See below how it goes; you can close this page.
shop-list-customers = Customers
shop-list-products = Products
shop-list-coupons = Coupons
shop-list-orders = Orders
shop-hooks = Webhooks
shop-hooks-awake = { $awake } of { $total } awake
shop-hooks-text = The shop tells us about every change. WooCommerce silently turns off one that fails several times: we look every 5 minutes and turn it on again.
shop-hooks-none = Not registered yet
shop-hooks-none-text = We register them when the shop is connected. If they still do not show, turn them on here.
shop-hooks-what = Webhook
shop-hooks-last = Last delivery
shop-hooks-no-delivery = None yet
shop-hooks-mended = Turned on again
shop-hooks-times = { $n ->
    [0] never
    [one] once
   *[other] { $count } times
}
shop-hooks-wake = Turn on now
shop-hooks-see = See the { $total } webhooks
shop-hooks-check = Check now
shop-hooks-inbox = See what was received
shop-watching = We are going to check the shop's webhooks and turn on those that are missing. Reload the page in a few seconds.
shop-hook-wanted = To be registered
shop-hook-active = Awake
shop-hook-paused = Paused in the shop
shop-hook-disabled = Turned off
shop-hook-missing = Missing in the shop
shop-topic-order-created = Order created
shop-topic-order-updated = Order changed
shop-topic-order-deleted = Order deleted
shop-topic-order-restored = Order restored
shop-topic-product-created = Product created
shop-topic-product-updated = Product changed
shop-topic-product-deleted = Product deleted
shop-topic-customer-created = Customer created
shop-topic-customer-updated = Customer changed
shop-topic-customer-deleted = Customer deleted
shop-topic-coupon-created = Coupon created
shop-topic-coupon-updated = Coupon changed
shop-topic-coupon-deleted = Coupon deleted
shop-hook-url = Address of the webhooks
shop-old-secret = Former signature of the webhooks
shop-old-secret-until = Valid until { $moment }
shop-webhook-secret-new = Renew the signature of the webhooks
shop-webhook-secret-changed = <strong>Signature renewed.</strong> We are giving it to the shop. The former one is valid for 24 more hours, so that nothing is lost.
shop-settings = Settings
shop-settings-save = Save the settings
shop-saved = <strong>Saved.</strong> The settings apply from now on.
shop-grant = When an order gives its sessions
shop-grant-hint = When you choose “When paid”, we read the paid orders that are not completed yet again. What was given stays.
shop-grant-completed = When completed
shop-grant-completed-text = When the shop marks it as completed. The safest.
shop-grant-processing = When paid
shop-grant-processing-text = As soon as it is “processing”. For those who do not complete orders by hand.
shop-refunds = If sessions already used are refunded
shop-refunds-forgive = Forgive them
shop-refunds-forgive-text = Nothing else happens. It is written down.
shop-refunds-debt = Take them off
shop-refunds-debt-text = They are taken from the next ones bought.
shop-refunds-block = Block
shop-refunds-block-text = None can be used until someone of the team closes it.
shop-handoff = Sign-in from WordPress
shop-handoff-new = Secret of the sign-in from WordPress
shop-handoff-text = With this secret the WordPress plugin signs the way into My Account. It is shown only when it is made.
shop-handoff-sure = Make a new secret for { $shop }?
shop-handoff-sure-text = The current one stops working at once: customers cannot come in from the shop until you paste the new one into the plugin.
shop-handoff-make = Make a new secret
shop-handoff-made = Secret made
shop-handoff-made-text = Copy it now: it is not shown again. If you lose it, make another.
shop-handoff-of = Secret of { $shop }
shop-handoff-where = Where it goes
shop-handoff-where-text = Into the settings of the Abono plugin in WordPress, with these two.
shop-handoff-slug = Name of the shop in Abono
shop-handoff-address = Address to sign in at
shop-handoff-done = I have copied it

# Orders
orders-title = Orders
orders-intro = Those of all shops, as they stand there. They are changed in the shop.
orders-caption = Orders, the latest first
orders-order = date, the latest first
orders-count = { $n ->
    [one] { $count } order
   *[other] { $count } orders
}
orders-more-than = More than { $count } orders
orders-filter-text = Order or person
orders-filter-hint = Number, name or e-mail
orders-filter-state = State
orders-filter-shop = Shop
orders-filter-day = Date
orders-all-shops = All
orders-chip-from = From { $day }
orders-chip-to = To { $day }
orders-col-order = Order
orders-col-person = Person
orders-col-state = State
orders-col-net = Net
orders-col-day = Date
orders-of = of { $total }
orders-none = No orders yet
orders-none-text = They will be here as soon as the first shop is read.
orders-none-shops = See the shops
orders-none-filtered = No order with these filters
order-title = Order { $number }
order-nobody = Nameless
order-read = Read it from the shop again
order-reading = We have asked the shop for it. Reload the page in a few seconds.
order-deleted-short = Deleted in the shop
order-deleted = Deleted in the shop on { $day }.
order-deleted-text = It is kept here to explain what it gave. It counts in no sum.
order-lines = What was bought
order-lines-none = This order has no lines.
order-line-product = Product
order-line-number = no. { $id }
order-line-gone = No longer in the shop
order-line-units = Units
order-line-back = Returned
order-line-back-none = —
order-line-total = Without tax
order-sum = The shop kept { $net }
order-sum-caption = Sum of the order
order-sum-concept = Item
order-sum-amount = Amount
order-sum-products = Products
order-sum-shipping = Shipping
order-sum-tax = Tax
order-sum-other = Other charges and discounts
order-sum-total = Total
order-sum-refund = Refund of { $day }
order-sum-net = Net
order-gave = Sessions it gave
order-gave-none = None: it is not completed, or none of its products is worth sessions.
order-gave-grant = Grant
order-gave-state = State
order-gave-left = Left
order-gave-sessions = { $n ->
    [one] { $count } session
   *[other] { $count } sessions
}
order-gave-voided = { $n ->
    [one] { $count } taken back by a refund
   *[other] { $count } taken back by refunds
}
order-hooks = Webhooks about this order
order-hooks-none = None: we read it in a sweep.
order-hooks-what = Webhook
order-hooks-at = Came
order-hooks-copies = { $n ->
    [one] once
   *[other] came { $count } times and counted once
}
order-hook-pending = Waiting
order-hook-processed = Done
order-hook-quarantined = In quarantine
order-hook-failed = Failed
order-hook-discarded = Set aside
order-facts = Facts
order-account = Account
order-account-none = No account: the order has no e-mail.
order-email = Billing e-mail
order-customer = WooCommerce customer
order-guest = Bought without registering
order-shop = Shop
order-created = Created
order-paid = Paid
order-completed = Completed
order-modified = Changed in the shop
order-seen = Last read
order-status-pending = Pending payment
order-status-processing = Processing
order-status-on-hold = On hold
order-status-completed = Completed
order-status-cancelled = Cancelled
order-status-refunded = Refunded
order-status-failed = Failed
order-status-draft = Cart
order-status-trash = In the bin
order-status-other = Another state

# Products
products-title = Products
products-intro = What the shops sell, and how many sessions a unit gives.
products-worth = Products worth sessions
products-caption = Products of the shop, by name
products-count = { $n ->
    [one] { $count } product
   *[other] { $count } products
}
products-first = The first { $count } products
products-more = There are more. Search by name, SKU or number.
products-filter-text = Product
products-filter-hint = Name, SKU or number
products-col-product = Product
products-col-kind = Kind
products-col-price = Price
products-col-sessions = Sessions per unit
products-variation-of = variation of no. { $id }
products-no-sessions = None
products-no-price = No price
products-none = No products yet
products-none-text = They will be here as soon as the shop is read.
products-none-filtered = No product with these filters
product-kind-simple = Simple
product-kind-variable = With variations
product-kind-variation = Variation
product-kind-subscription = Subscription
product-kind-grouped = Group
product-kind-external = On another site
product-kind-other = Other
product-status-draft = Draft
product-status-private = Private
product-status-pending = To be reviewed
product-status-future = Scheduled
product-status-hidden = Not published
