# Accounts
list-note = { $count } per page, by { $order }
list-from = From
list-to = To
list-to-short = to
accounts-title = Accounts
accounts-intro = One per person, even if they buy as a guest, with another e-mail or in several shops.
accounts-order = age
accounts-filter-person = Person
accounts-filter-hint = Name, e-mail or number
accounts-filter-role = Role
accounts-filter-test = Test
accounts-test-yes = Test accounts only
accounts-test-no = Without test accounts
accounts-none = No accounts yet
accounts-none-text = They appear with the customers and orders of the first shop you connect.
accounts-none-filtered = No account with these filters
accounts-none-filtered-text = Search by the beginning of the name, the surname or the e-mail.
accounts-col-person = Person
accounts-col-number = Number
accounts-col-since = Since
account-nameless = No name
account-test = Test
account-role-customer = Customer
account-role-partner = Business
account-role-institution-manager = Institution manager
account-role-distributor = Distributor
account-role-technician = Technician
account-since = { $roles }, since { $day }
account-check-orders = Check their orders
account-checking = We are asking the shop for their orders. The outcome will appear in the history.
account-fig-available = { $n ->
    [one] available
   *[other] available
}
account-fig-blocked = Blocked by a refund
account-fig-expiring = { $n ->
    [one] { $count } expires on { $day }
   *[other] { $count } expire on { $day }
}
account-fig-no-expiry = Nothing that expires
account-fig-orders = Orders
account-fig-orders-unit = { $n ->
    [one] order
   *[other] orders
}
account-fig-last-order = The last one on { $day }
account-fig-no-orders = None yet
account-fig-spent = Purchases
account-fig-nothing = Nothing
account-fig-net = Paid less refunded
account-fig-expired = Expired
account-fig-sessions = { $n ->
    [one] session
   *[other] sessions
}
account-fig-expired-text = Not used in time
account-why = { $n ->
    [0] Why no sessions are left
    [one] Why { $count } session is left
   *[other] Why { $count } sessions are left
}
account-why-nothing = None was ever granted.
account-why-caption = Sum of session movements
account-why-concept = Item
account-why-now = Available now
account-sum-purchased = Purchased
account-sum-orders = { $n ->
    [one] From { $count } purchase
   *[other] From { $count } purchases
}
account-sum-free = Free
account-sum-used = Used
account-sum-voided = Taken back unused
account-sum-restored = Given back
account-sum-settled = Deducted for refunded sessions already used
account-sum-expired = Expired unused
account-burn = They will be spent in this order
account-burn-order = order { $number }
account-burn-expires = expires on { $day }
account-burn-never = never expires
account-orders = Orders
account-orders-none = No orders in any connected shop.
account-order = Order
account-order-state = State
account-order-day = Date
account-order-net = Net
account-history = History
account-history-none = Nothing has happened yet.
account-history-audit = See all changes of the account
account-event-grant = { $n ->
    [one] Received { $count } session
   *[other] Received { $count } sessions
}
account-event-consume = { $n ->
    [one] Used { $count } session
   *[other] Used { $count } sessions
}
account-event-void = { $n ->
    [one] { $count } session was taken back unused
   *[other] { $count } sessions were taken back unused
}
account-event-restore = { $n ->
    [one] { $count } session was given back
   *[other] { $count } sessions were given back
}
account-event-settle = { $n ->
    [one] { $count } session was deducted for an earlier refund
   *[other] { $count } sessions were deducted for an earlier refund
}
account-aside = Actions and identity
account-actions = Actions
account-edit = Roles and test account
account-merge = Merge with another account
account-identity = Identity
account-number = Account number
account-id-user = WordPress user
account-id-user-in = { $user } in { $shop }
account-id-email = E-mail
account-id-billing = Another e-mail
account-id-former = Former e-mail
account-id-since = Since { $day }
account-edit-title = Roles of { $name }
account-edit-roles = Besides a customer, they are
account-edit-test = Tests
account-edit-test-hint = Not counted in statistics.
account-edit-save = Save the roles
account-saved = <strong>Saved.</strong> The roles count from now on.
account-merge-title = Merge another account with that of { $name }
account-merge-intro = Everything of the other one moves here: sessions, orders, e-mails and users. What was moved is written down.
account-merge-other = The other account
account-merge-other-hint = Its e-mail or its number.
account-merge-reason = Reason
account-merge-reason-hint = Your team will see it in the audit trail.
account-merge-review = Review the merge
account-merge-sure = Merge { $from } with { $into }?
account-merge-sure-text = The account of { $from } disappears and everything of it will belong to { $into }. This cannot be undone.
account-merge-do = Merge the accounts
account-merge-unknown = There is no account with that e-mail or number.
account-merge-same = That is the same account. Write the other one.
account-merge-two-users = Both are users of the same shop: they are two people. Merge them in the shop first.
account-merge-test = One is a test account and the other is not. Change the test mark first.
account-merged = <strong>Merged.</strong> Everything of { $from } now belongs to { $into }.
account-shortfall = Open refund
account-shortfall-title = { $n ->
    [one] { $count } session that had already been used was refunded.
   *[other] { $count } sessions that had already been used were refunded.
}
account-shortfall-block = They cannot use more until you close it.
account-shortfall-debt = They will be deducted from the next purchase.
account-shortfall-see = See the grant
account-shortfall-close = Close it
account-shortfall-closed = <strong>Closed.</strong> They may use their sessions again.
account-reference = Name the account by exactly one of id, email or wp_user_id
problem-account-not-found = No such account
problem-account-not-found-text = Nobody by that reference, or nobody this key may speak of.
form-unreadable = This value cannot be read.
account-event-bought = { $n ->
    [one] Bought { $count } session
   *[other] Bought { $count } sessions
}
account-sum-adjusted = Corrected by hand
account-event-adjust = { $n ->
    [one] { $count } session was corrected by hand
   *[other] { $count } sessions were corrected by hand
}
account-event-expire = { $n ->
    [one] { $count } session expired unused
   *[other] { $count } sessions expired unused
}
account-event-hold = { $n ->
    [one] { $count } session was reserved
   *[other] { $count } sessions were reserved
}
account-event-release = { $n ->
    [one] { $count } reserved session returned
   *[other] { $count } reserved sessions returned
}
