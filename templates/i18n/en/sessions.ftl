# Sessions: back office
sessions-title = Sessions
sessions-intro = Each grant says how many sessions a person has, why, and until when.
sessions-nav-grants = Grants
sessions-nav-products = Products
sessions-grants = { $n ->
    [one] { $count } grant
   *[other] { $count } grants
}
sessions-more-than = More than { $count } grants
sessions-chip-from = Expires from { $day }
sessions-chip-to = Expires until { $day }
sessions-chip-never = Also without expiry
sessions-filter-person = Person
sessions-filter-person-hint = Name or e-mail
sessions-filter-kind = Kind
sessions-filter-state = State
sessions-filter-expires = Expires
sessions-filter-never = Also without expiry
sessions-sort-recent = Granted, latest first
sessions-sort-expiry = Expiry, soonest first
sessions-sort-left = Left, most first
sessions-sort-person = Person
sessions-caption = Session grants
sessions-col-person = Person
sessions-col-kind = Origin
sessions-col-state = State
sessions-col-left = Left
sessions-col-expires = Expires
sessions-col-granted = Granted
sessions-col-what = What happened
sessions-col-when = When
sessions-col-who = Who
sessions-col-change = Change
sessions-of = of { $total }
sessions-none = No sessions yet
sessions-none-text = They appear here when an order with a product that is worth sessions is completed.
sessions-none-products = See the products
sessions-none-filtered = No grant with these filters
sessions-none-filtered-text = Try another date or remove a filter.
sessions-grant-title = Grant no. { $id }
sessions-grant-heading = { $n ->
    [one] { $count } session left
   *[other] { $count } sessions left
}
sessions-grant-sub = { $n ->
    [one] Of { $count } granted to { $person }
   *[other] Of { $count } granted to { $person }
}
sessions-open-account = Open the account
sessions-ledger = Movements
sessions-ledger-text = What is left is always the sum of these changes.
sessions-facts = Facts
sessions-voided = Taken back by a refund
sessions-shortfall = Refunded but already used
sessions-order = Order
session-order = Order { $number }
session-never-expires = Never expires
session-kind-free = Free
session-kind-purchased = Purchased
session-state-active = Active
session-state-used = Used
session-state-expired = Expired
session-state-voided = Voided
session-move-grant = Granted
session-move-consume = Used
session-move-void = Taken back unused
session-move-restore = Given back
session-move-settle = Paid for refunded sessions that were already used
session-amount = Ask for between 1 and 100 sessions
session-duration = At most a day: 86400 seconds
actor-staff = the team
actor-app = the app
actor-customer = the person
actor-shop = the shop
actor-system = Abono

# Products that are worth sessions
sessions-products-title = Products that are worth sessions
sessions-products-intro = When an order is completed, each unit of these products gives its sessions to the buyer.
sessions-products-list = Products
sessions-products-none = No product is worth sessions yet
sessions-products-none-text = Search for the first one below and say how many it is worth. The product's field _mhtp_sessions_count in the shop counts too.
sessions-product = Product
sessions-product-count-wrong = Write a number between 1 and 1000.
sessions-product-unknown = Product that is not in the shop
sessions-product-saved = { $n ->
    [one] <strong>Saved.</strong> Each unit of product { $product } is worth { $count } session.
   *[other] <strong>Saved.</strong> Each unit of product { $product } is worth { $count } sessions.
}
sessions-product-removed = <strong>Removed.</strong> Product { $product } is no longer worth sessions. What was granted stays as it is.

# My account
my-sessions = My sessions
my-sessions-balance = Balance
my-sessions-available = { $n ->
    [one] session available
   *[other] sessions available
}
my-sessions-free = { $n ->
    [one] { $count } free
   *[other] { $count } free
}
my-sessions-purchased = { $n ->
    [one] { $count } purchased
   *[other] { $count } purchased
}
my-sessions-purchased-key = { $n ->
    [one] { $count } purchased, never expires
   *[other] { $count } purchased, never expire
}
my-sessions-first-expires = You will use the free one first: <strong>it expires on { $day }</strong>, at the end of the day.
my-sessions-buy-more = Buy more
my-sessions-buy = Buy sessions
my-sessions-none = You have no sessions left
my-sessions-none-yet = You have no sessions yet
my-sessions-none-used = You used the last one on { $day }. When you buy more, you will see them here at once.
my-sessions-none-ever = When you buy some, you will see them here at once.
my-sessions-none-gone = Those you had can no longer be used. Each is below, with the reason.
my-sessions-blocked = Your sessions are blocked
my-sessions-blocked-text = { $n ->
    [one] { $count } session that you had already used was refunded. Talk to the shop to unblock them.
   *[other] { $count } sessions that you had already used were refunded. Talk to the shop to unblock them.
}
my-sessions-from = Where they come from
my-sessions-expires = Expires on { $day }, { $in }
my-sessions-expired-on = Expired on { $day }
my-sessions-refunded = Refunded
my-sessions-order = Order { $number }, { $day }
my-sessions-received = Received on { $day }
my-sessions-voided = { $n ->
    [one] { $count } refunded
   *[other] { $count } refunded
}
my-sessions-expired-sum = { $n ->
    [0] You used none of { $left }
   *[other] You used { $count } and did not use { $left }
}
my-sessions-uses = Your uses
my-sessions-uses-none = You have not used any session yet.
my-sessions-uses-caption = Sessions used, latest first
my-sessions-with = With
my-sessions-date = Date
my-sessions-session = Session
my-sessions-duration = Duration
my-sessions-used-one = Session used
my-sessions-later = See later ones
my-sessions-earlier = See earlier ones
my-sessions-offer = { $n ->
    [one] { $count } session
   *[other] { $count } sessions
}
my-sessions-offer-each = { $price } each
my-sessions-offer-buy = Buy
my-sessions-buy-note = Purchased ones never expire. You pay in the shop and they appear here when the order is completed.

problem-insufficient-credits = Not enough left
problem-insufficient-credits-text = More was asked for than is left. Nothing was used.
problem-sessions-expired = The sessions have expired
problem-sessions-expired-text = Those that were left can no longer be used. None was spent.
problem-sessions-blocked = The sessions are blocked
problem-sessions-blocked-text = Sessions that were already used were refunded, and the shop blocks until that is settled. None was spent.
problem-idempotency-key-missing = The idempotency key is missing
problem-idempotency-key-missing-text = Every write carries the header Idempotency-Key: up to 255 visible ASCII characters, one for each intent.
problem-idempotency-key-reused = The key was used for another request
problem-idempotency-key-reused-text = A different request came before with the same Idempotency-Key. Use a new one for each intent.
problem-in-flight = The same request is still at work
problem-in-flight-text = Wait as long as Retry-After says and repeat it with the same key: you will get the answer of the first.
my-sessions-minutes = { $count } min
session-move-adjust = Corrected by hand
session-move-expire = Expired unused
session-move-hold = Reserved
session-move-release = Returned from a reservation
session-quantity = Give between 1 and 1000 sessions
session-more-than-held = It cannot be more than the reservation holds
session-correction = At most what was used can be given back, and at most what is left taken
session-category-unknown = There is no category with that code
session-category-is-retired = The category is retired: choose another
session-category-taken = There is a category of that name already
session-days-range = Write between 1 and 3650 days
session-day-past = The last day is over already: choose today or later
session-one-expiry = Say the expiry in one way only: a date, days, or never
session-ttl = A reservation lasts between 10 and 3600 seconds

problem-reservation-expired = The reservation expired
problem-reservation-expired-text = It was not started in time and the sessions returned by themselves. None was spent. Reserve again.
problem-reservation-state = The reservation does not allow that step
problem-reservation-state-text = It was started, finished or released already, or not started yet. Nothing changed.
problem-grant-fixed = This grant cannot be changed like that
problem-grant-fixed-text = Bought sessions are taken back by refunding their order in the shop, and do not expire. Of others only what is left unused is taken back.
sessions-nav-bulk = Bulk assignment
sessions-nav-categories = Categories
sessions-nav-report = Report
sessions-nav-settings = Settings
