# Licences sold in the shop
licence-shop-title = Products that give licences
licence-shop-intro = When an order is paid, each unit of these products makes or renews the buyer’s licence.
licence-shop-list = Products that give licences
licence-shop-none = No product gives a licence yet
licence-shop-none-text = Find the first one below and say what each unit gives.
licence-shop-product = Product
licence-shop-gives = Each unit gives
licence-shop-nothing = Nothing
licence-shop-like-product = As its product: { $unit }
licence-shop-unknown = Product that is not in the shop
licence-shop-number = No. { $id }
licence-shop-variation = Variation
licence-shop-link = See it in the shop
licence-shop-in-trash = In the shop’s trash
licence-shop-find = Find in the shop
licence-shop-find-text = Open a product and say what it gives. It holds for orders from now on; what was bought does not change.
licence-shop-find-what = Name, SKU or number
licence-shop-find-shop = Shop
licence-shop-find-act = Find
licence-shop-find-caption = Products of the shop
licence-shop-find-more = There are more: narrow the search.
licence-shop-find-none = No product of this shop has that name
licence-shop-find-none-text = Try fewer letters, the whole SKU, or its number in the shop.
licence-shop-find-empty = We do not know any product of this shop yet
licence-shop-find-empty-text = They appear here once the shop is read. You can ask for that on its page.
licence-shop-no-shop = Connect a shop first
licence-shop-no-shop-text = Its products are picked here.
licence-shop-free-quantity = Free (Quantity)
licence-shop-free-quantity-hint = Credits of a free licence.
licence-shop-free-date = Free (Date)
licence-shop-free-date-hint = Time of a free licence.
licence-shop-paid-quantity = Paid (Quantity)
licence-shop-paid-quantity-hint = Credits to be used, without a date.
licence-shop-paid-date = Paid (Date)
licence-shop-paid-date-hint = Unlimited use until a date.
licence-shop-n-credits = { $n ->
    [one] { $count } credit
   *[other] { $count } credits
}
licence-shop-n-months = { $n ->
    [one] { $count } month
   *[other] { $count } months
}
licence-shop-n-days = { $n ->
    [one] { $count } day
   *[other] { $count } days
}
licence-shop-and = { $months } and { $days }

# The form of a product
licence-shop-form-intro = Say what each unit sold gives.
licence-shop-form-own = This variation has a plan of its own.
licence-shop-form-inherits = It now gives what its product gives, { $unit }: { $plan }. Save here if it should give something else.
licence-shop-feature = Feature
licence-shop-feature-hint = What the licence is for.
licence-shop-plan = Plan
licence-shop-credits = Credits per unit
licence-shop-credits-hint = They are added to those that are left.
licence-shop-months = Months per unit
licence-shop-months-hint = The day is kept: from 31 January to 28 February, and from there to 31 March.
licence-shop-days = Days per unit
licence-shop-days-hint = They are added after the months. Leave empty what you do not use.
licence-shop-span-empty = Write how many months or how many days.
licence-shop-renewal = A renewal counts
licence-shop-renewal-smart = From the end, or from the payment if it is over
licence-shop-renewal-smart-hint = No day is lost, and none is charged twice.
licence-shop-renewal-expiry = Always from the end
licence-shop-renewal-expiry-hint = Even if it ended long ago: the days without a licence count.
licence-shop-renewal-now = Always from the payment
licence-shop-renewal-now-hint = What was left of before is lost.
licence-shop-kept = What was bought keeps what it gave, also when it is refunded.
licence-shop-save = Save the plan
licence-shop-saved = <strong>Saved.</strong> Each unit of product { $product } gives { $unit }: { $plan }.
licence-shop-remove = Remove the plan
licence-shop-remove-text = The product will give no more licences. What was bought does not change.
licence-shop-remove-inherits = The variation will give what its product gives. What was bought does not change.
licence-shop-remove-act = Remove this product’s plan
licence-shop-removed = <strong>Removed.</strong> Product { $product } no longer has a plan of its own. What was bought does not change.

# The audit trail
audit-action-licence-product-set = Plan of a product changed
audit-action-licence-product-removed = Plan of a product removed
audit-action-licence-shortfall = Used credits of a refunded order
audit-field-unit-feature = Feature
audit-field-unit-plan = Plan
audit-field-unit-credits = Credits per unit
audit-field-unit-months = Months per unit
audit-field-unit-days = Days per unit
audit-field-renewal = A renewal counts
audit-field-used-credits = Credits already used
audit-field-used-policy = What is done about them
audit-value-from-expiry = Always from the end
audit-value-from-now = Always from the payment
audit-value-from-now-if-expired = From the end, or from the payment if it is over
audit-value-credits-forgive = forgive them
audit-value-credits-debt = take them from the next ones
audit-value-credits-block = block the licence
audit-subject-licence = Licence
audit-value-free-quantity = Free (Quantity)
audit-value-free-date = Free (Date)
audit-value-paid-quantity = Paid (Quantity)
audit-value-paid-date = Paid (Date)
