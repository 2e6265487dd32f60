# The balance on each of the shop's users
member-meta-title = Balance in the shop
member-meta-text = Every user of the shop carries their balance in this field, for whatever shows it there. We write it when it changes and check that it stays.
member-meta-off = We do not write balances to this shop's users. You can switch it on in the settings.
member-meta-nobody = Nothing to write yet: nobody with a user in this shop has ever had sessions.
member-meta-pending = To be written
member-meta-written = Written
member-meta-dropped = Dropped
member-meta-overwritten = Changed
member-meta-failed = Not accepted
member-meta-dropped-title = The shop drops this field.
member-meta-dropped-text = It accepts it and does not keep it: usually a security plugin or a list of allowed fields. Allow the field or use another name in the settings, and write it again.
member-meta-overwritten-title = Another plugin of the shop changes it.
member-meta-overwritten-text = It probably counts sessions on its own: switch it off. We do not fight it: we write again when the balance changes, or now if you ask.
member-meta-failed-title = The shop does not accept some users.
member-meta-failed-text = If the user no longer exists there is nothing to do: we write it if they come back. The others we try again, at longer and longer intervals.
member-meta-read-only = The shop's keys can only read.
member-meta-read-only-text = Create others with “Read/Write” permission and change them here. Nothing is lost: what is missing is written then.
member-meta-failing = We cannot write now.
member-meta-next-try = We try again at { $time }.
member-meta-caption = Users whose balance does not stay in the shop
member-meta-person = Person
member-meta-user = User { $user } of the shop
member-meta-ours = Their balance
member-meta-theirs = The shop says
member-meta-since = Since
member-meta-more = { $n ->
    [one] And { $count } more user.
   *[other] And { $count } more users.
}
member-meta-again = Write again
member-meta-again-started = { $n ->
    [0] We are about to write what is missing.
    [one] We are about to write the balance of { $count } user again.
   *[other] We are about to write the balance of { $count } users again.
}
member-meta-off-first = Balances are not written to this shop. Switch it on in the settings first.
member-meta-says-gone = That user no longer exists in the shop
member-meta-says-not-shown = The shop accepted it, but does not show it
member-meta-says-refused = It does not accept it: { $code }
member-meta-says-nothing = Nothing
member-meta-person-in = Balance in { $shop }
member-meta-person-first = Not written yet
member-meta-person-written = The shop says { $says } · written { $ago }
member-meta-person-pending = The shop says { $says } · written { $ago } · about to be updated
member-meta-person-dropped = The shop dropped what we wrote { $ago }
member-meta-person-overwritten = The shop says { $says }, which is not what we wrote { $ago }
shop-member-meta = Write the balance to the shop's users
shop-member-meta-hint = Only for those who have had sessions. If another plugin of the shop counts them on its own, switch one of the two off.
shop-member-meta-key = User field
shop-member-meta-key-hint = The original one is mhtp_available_sessions.
shop-member-meta-key-wrong = Use between 1 and 64 plain letters, digits, hyphens and underscores.
shop-member-meta-key-hidden = WooCommerce silently drops user fields that begin with an underscore. Remove it from the beginning.
audit-action-shop-member-meta-again = Asked for balances to be written to the shop again
audit-field-writes-member-meta = Write the balance to the shop
audit-field-member-meta-key = User field
audit-field-users = Users
reports-todo-meta-dropped = { $n ->
    [one] { $shop } does not keep the balance of { $count } person
   *[other] { $shop } does not keep the balance of { $count } people
}
reports-todo-meta-dropped-text = It drops the field that we write to its users. Whatever shows the balance there does not see it.
reports-todo-meta-overwritten = { $n ->
    [one] { $shop } changes the balance of { $count } person on its own
   *[other] { $shop } changes the balance of { $count } people on its own
}
reports-todo-meta-overwritten-text = Another plugin of the shop writes to the same field. The number seen there is not the true one.
reports-todo-meta-act = See what to do
job-kind-shop-member-meta = Write balances to a shop
job-kind-shop-member-meta-all = Prepare the balances of all users of a shop
job-kind-shop-member-meta-check = Check the balances written to a shop
job-kind-shop-processing = Read the paid and not completed orders of a shop
job-kind-sessions-member-meta = Balances that changed, for the shops
job-kind-sessions-member-meta-check = Nightly check of the balances in the shops
job-error-shop-read-only = The shop's keys can only read

# Products that are worth sessions, picked from what the shop sells
sessions-worth-caption = Products worth sessions
sessions-worth-in-trash = In the shop's trash
sessions-worth-shop-link = See in the shop
sessions-worth-per-unit = Worth
sessions-worth-new = Sessions per unit
sessions-worth-new-of = Sessions per unit of { $product }
sessions-worth-save = Save
sessions-worth-remove = Remove
sessions-worth-none = Nothing
sessions-worth-like-product = Like the product
sessions-worth-like-product-n = Like the product: { $count }
sessions-worth-by-table = This list says so
sessions-worth-by-meta = The product says so
sessions-worth-number = No. { $id }
sessions-worth-variation = Variation
sessions-find = Search in the shop
sessions-find-text = Enter how many sessions a unit is worth and save. It counts for orders from now on; what was given stays.
sessions-find-what = Name, SKU or number
sessions-find-shop = Shop
sessions-find-act = Search
sessions-find-caption = Products of the shop
sessions-find-none = No product of this shop is called that
sessions-find-none-text = Try fewer letters, the whole SKU or the number it has in the shop.
sessions-find-empty = We do not know any product of this shop yet
sessions-find-empty-text = They appear here when the shop is read. You can ask for a reading on its page.
sessions-find-more = There are more: narrow the search.
sessions-find-no-shop = Connect a shop first
sessions-find-no-shop-text = Its products are picked here.
sessions-product-gone = That product is no longer in the shop. Search for it again.
