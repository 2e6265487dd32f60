# Webhooks received (src/inbox).
inbox-intro = What the shops tell us. A webhook only says that something changed: we then read it from the shop, and that is what counts.
inbox-one = Webhook no. { $id }
inbox-newest-first = Newest first
inbox-attention = Needs your attention
inbox-todo-quarantined = { $n ->
    [one] { $count } webhook in quarantine
   *[other] { $count } webhooks in quarantine
}
inbox-todo-quarantined-text = They bear the shop's signature but make no sense. A check collects what may be missing.
inbox-todo-failed = { $n ->
    [one] { $count } webhook could not be processed
   *[other] { $count } webhooks could not be processed
}
inbox-todo-failed-text = It was tried several times. Once the cause is solved, process them again.
inbox-todo-look = Look
inbox-state = State
inbox-about = About what
inbox-about-all = Everything
inbox-shop-all = All
inbox-number = Number
inbox-shop = Shop
inbox-chip-number = Number { $number }
inbox-caption = Webhooks, newest first
inbox-col-what = Webhook
inbox-col-times = Times
inbox-col-received = Received
inbox-none = No webhook has arrived yet
inbox-none-text = They arrive when an order, a customer, a product or a coupon changes in a connected shop.
inbox-see-shops = See the shops
inbox-no-match = No webhook fits these filters
inbox-no-topic = Webhook without a topic
inbox-state-pending = Pending
inbox-state-processed = Processed
inbox-state-quarantined = In quarantine
inbox-state-failed = Failed
inbox-state-discarded = Set aside
inbox-resource-order = Order
inbox-resource-customer = Customer
inbox-resource-product = Product
inbox-resource-coupon = Coupon
inbox-event-created = is new
inbox-event-updated = changed
inbox-event-deleted = was deleted
inbox-event-restored = was restored
inbox-outcome-no-topic = Does not say what it is about
inbox-outcome-not-json = Is not JSON
inbox-outcome-shop-error = The shop signed an error of its own
inbox-outcome-no-id = Does not say which number
inbox-outcome-unknown-topic = Of something we do not use
inbox-outcome-new = It was new here
inbox-outcome-changed = It changed
inbox-outcome-same = It was the same already
inbox-outcome-stale = Something newer was here already
inbox-outcome-gone = The shop no longer has it
inbox-outcome-unknown = We did not have it
inbox-how = How it stands
inbox-text-pending = It is stored. A job is going to read from the shop what changed.
inbox-text-processed = It was read from the shop and applied.
inbox-text-quarantined = It bears the shop's signature but makes no sense. Nothing changed here.
inbox-text-failed = It could not be read from the shop, and is not repeated by itself.
inbox-text-discarded = It is set aside: there is nothing to do.
inbox-replay = Process again
inbox-replay-text = It is read from the shop again. Repeating gives nothing twice.
inbox-replayed = <strong>In line.</strong> It will be read from the shop again at once.
inbox-set-aside = Mark as seen
inbox-set-aside-text = It no longer counts as open. The webhook is kept.
inbox-set-aside-done = <strong>Seen.</strong> It no longer counts as open.
inbox-not-now = Its state does not allow it, or has changed meanwhile. Nothing was done.
inbox-body = Content
inbox-body-cut = Only the beginning is shown.
inbox-body-empty = It came empty.
inbox-bytes = { $n ->
    [one] { $count } byte
   *[other] { $count } bytes
}
inbox-headers = Headers
inbox-headers-none = None were kept.
inbox-facts = Facts
inbox-topic = Topic
inbox-delivery-id = Delivery number
inbox-copies = { $n ->
    [one] { $count } time
   *[other] { $count } times, and counted once
}
inbox-processed = Processed
inbox-attempts = Attempts
inbox-open-order = See the order
inbox-others = Others about the same
inbox-others-none = No other has arrived.
