list-mark = Mark
sessions-assign = Give sessions
sessions-assign-to = Give sessions to { $person }
sessions-assign-intro = They are free and count from now on. Whoever gets them sees them in their account at once.
sessions-assign-person = Person
sessions-assign-person-hint = Their e-mail address, or the number of their account.
sessions-assign-nobody = Nobody has that address or number. Look them up in Accounts.
sessions-assign-quantity = Sessions
sessions-assigned = { $n ->
    [one] <strong>Given.</strong> { $person } has { $count } session more, until { $day } at the end of the day.
   *[other] <strong>Given.</strong> { $person } has { $count } sessions more, until { $day } at the end of the day.
}
sessions-assigned-never = { $n ->
    [one] <strong>Given.</strong> { $person } has { $count } session more, which never expires.
   *[other] <strong>Given.</strong> { $person } has { $count } sessions more, which never expire.
}
sessions-category = Category
sessions-note = Note
sessions-days = { $n ->
    [one] { $count } day
   *[other] { $count } days
}
sessions-n = { $n ->
    [one] { $count } session
   *[other] { $count } sessions
}
sessions-expiry = Expiry
sessions-expiry-category = As its category says
sessions-expiry-in-days = In some days
sessions-expiry-in-days-hint = Counted from the day on which they are given, which is day 0
sessions-expiry-on = On a date
sessions-expiry-on-hint = On that day they can still be used
sessions-expiry-days = Days
sessions-expiry-date = Last day
sessions-expiry-date-hint = They expire at the end of that day.
sessions-expiry-title = Change the expiry of { $person }
sessions-expiry-now = { $n ->
    [0] None is left. They expired on { $day }.
    [one] { $count } is left. It expires on { $day } now.
   *[other] { $count } are left. They expire on { $day } now.
}
sessions-expiry-now-never = { $n ->
    [one] { $count } is left and never expires.
   *[other] { $count } are left and never expire.
}
sessions-expiry-returns = { $n ->
    [one] The one that expired unused will count again.
   *[other] The { $count } that expired unused will count again.
}
sessions-expiry-do = Change the expiry
sessions-expiry-done = <strong>Done.</strong> The sessions of { $person } expire on { $day }, at the end of the day.
sessions-expiry-never = <strong>Done.</strong> The sessions of { $person } do not expire any more.
sessions-export = Export
sessions-export-what = What this filter shows: { $total }
sessions-export-csv = CSV, for other programs
sessions-export-xlsx = Excel, for reading
sessions-from-run = Bulk no. { $run }
sessions-run = No. { $run }
sessions-mark = Mark the grant of { $person }, { $day }
sessions-marked = With the marked ones
sessions-action = Action
sessions-action-expiry = Change the expiry
sessions-action-category = Change the category
sessions-action-void = Void
sessions-review = Review the changes
sessions-review-note = Nothing changes yet.
sessions-review-none = <strong>You marked none.</strong> Mark the grants that you want to change.
sessions-review-choose = Choose what to do with the marked ones.
sessions-review-wrong = Something is missing
sessions-review-nothing = Nothing to change
sessions-review-expiry = { $n ->
    [0] The expiry of none can be changed
    [one] You are about to change the expiry of { $count } grant
   *[other] You are about to change the expiry of { $count } grants
}
sessions-review-category = { $n ->
    [0] The category of none can be changed
    [one] You are about to change the category of { $count } grant
   *[other] You are about to change the category of { $count } grants
}
sessions-review-void = { $n ->
    [0] None can be voided
    [one] You are about to void what is left of { $count } grant
   *[other] You are about to void what is left of { $count } grants
}
sessions-review-cannot = { $n ->
    [one] { $count } cannot be changed: see why below.
   *[other] { $count } cannot be changed: see why below.
}
sessions-review-caption = What will change
sessions-review-now = Now
sessions-review-after = After
sessions-review-result = Result
sessions-review-yes = Will change
sessions-review-do = { $n ->
    [one] Change { $count } grant
   *[other] Change { $count } grants
}
sessions-review-do-void = { $n ->
    [one] Void { $count } grant
   *[other] Void { $count } grants
}
sessions-review-back = Back to the list
sessions-review-reason = Voided together with others
sessions-marked-changed = { $n ->
    [one] <strong>Done.</strong> { $count } grant changed.
   *[other] <strong>Done.</strong> { $count } grants changed.
}
sessions-marked-voided = { $n ->
    [one] <strong>Done.</strong> What was left of { $count } grant was voided.
   *[other] <strong>Done.</strong> What was left of { $count } grants was voided.
}
sessions-marked-some = { $n ->
    [0] <strong>None changed.</strong> Someone changed them while you looked at the list.
    [one] <strong>{ $count } changed.</strong> { $left } could not be: someone was faster.
   *[other] <strong>{ $count } changed.</strong> { $left } could not be: someone was faster.
}
sessions-no-bought = No: it was bought, refund its order
sessions-no-expiry = No: it was bought and does not expire
sessions-no-category = No: it was bought
sessions-no-left = No: nothing unused is left
sessions-no-used-up = No: it is used up
sessions-no-change = It cannot be changed like that
sessions-held = Reserved now
sessions-written-off = Expired unused
sessions-reason = Reason
sessions-reason-hint = It stays in the history, for your team.
sessions-void = Void what is left
sessions-void-title = { $n ->
    [one] Void { $count } session of { $person }?
   *[other] Void { $count } sessions of { $person }?
}
sessions-void-text = { $n ->
    [0] They stop counting at once. None of this grant was used.
    [one] They stop counting at once. The { $count } that was used does not change.
   *[other] They stop counting at once. The { $count } that were used do not change.
}
sessions-void-do = { $n ->
    [one] Void { $count } session
   *[other] Void { $count } sessions
}
sessions-voided-done = { $n ->
    [one] <strong>Voided.</strong> { $person } has { $count } session less.
   *[other] <strong>Voided.</strong> { $person } has { $count } sessions less.
}
sessions-correct = Correct what is left
sessions-correct-title = Correct what { $person } has left
sessions-correct-left = { $n ->
    [0] None is left.
    [one] { $count } is left.
   *[other] { $count } are left.
}
sessions-correct-down = { $n ->
    [0] There is nothing to take.
    [one] You can take it.
   *[other] You can take { $count } at most.
}
sessions-correct-up = { $n ->
    [0] None was used, so there is nothing to give back. To give more, give new ones.
    [one] { $count } was used and can be given back. To give more, give new ones.
   *[other] { $count } were used and can be given back. To give more, give new ones.
}
sessions-correct-change = Change
sessions-correct-change-hint = For example 1 to give one back, -1 to take it.
sessions-correct-number = Write a whole number, with a minus before it to take.
sessions-correct-range = At most { $up } can be given back, and { $down } taken.
sessions-correct-do = Correct
sessions-corrected = { $n ->
    [one] <strong>Corrected.</strong> { $person } has { $count } left of this grant.
   *[other] <strong>Corrected.</strong> { $person } has { $count } left of this grant.
}
sessions-give-back = Give this use back
sessions-back-title = { $n ->
    [one] Give { $count } session back to { $person }?
   *[other] Give { $count } sessions back to { $person }?
}
sessions-back-text = They can be used again. The use stays in the history, with its return.
sessions-back-expired = The grant has expired: what is given back cannot be used either. Change its expiry first.
sessions-back-do = { $n ->
    [one] Give { $count } session back
   *[other] Give { $count } sessions back
}
sessions-back-done = { $n ->
    [one] <strong>Given back.</strong> { $person } has { $count } session more.
   *[other] <strong>Given back.</strong> { $person } has { $count } sessions more.
}
sessions-back-already = This use was given back already.
sessions-none-bulk = Give to many people
session-category = Category
session-categories-intro = They say why free sessions are given, and how long they last unless said otherwise.
session-categories-none = There are no categories yet
session-categories-none-text = Create the first one to be able to give free sessions.
session-categories-note = Whoever gets them sees only “Free”. Nothing new is given under a retired category; what was given stays as it is.
session-category-new = New category
session-category-new-text = Its code for apps is made of the name and does not change later.
session-category-name = Name
session-category-tone = Colour of the badge
session-category-tone-hint = Teal always belongs to bought ones.
session-category-lasts = Lasts
session-category-days = Days its sessions last
session-category-days-hint = Empty: they never expire.
session-category-code = Code
session-category-code-text = Apps know it by its code: { $code }
session-category-save = Save the category
session-category-created = <strong>Created.</strong> { $name } sessions can be given now.
session-category-saved = <strong>Saved.</strong> { $name } changes in what was given already, too.
session-category-retire = Retire
session-category-restore = Use again
session-category-retired = <strong>Retired.</strong> Nothing new is given under { $name }.
session-category-restored = <strong>In use again.</strong> { $name } sessions can be given.
session-category-is-default = <strong>It cannot be retired:</strong> it is the default category. Choose another one in Settings first.
session-category-state-used = In use
session-category-state-default = Default
session-category-state-retired = Retired
session-tone-blue = Blue
session-tone-plum = Plum
session-tone-rose = Rose
session-tone-plain = No colour
sessions-set-title = Session settings
sessions-set-intro = Which category is proposed, and whether we tell people before something expires.
sessions-set-category = Default category
sessions-set-category-hint = The one that is chosen when you give sessions, and that apps get which name none.
sessions-set-notices = Tell people by e-mail before they expire
sessions-set-notices-hint = Each grant is told of once, at 9:00.
sessions-set-admin = Only administrators can change them.
job-kind-sessions-expire = Write off expired sessions
job-kind-sessions-reservations = Close unused reservations
job-kind-sessions-notices = Tell of what expires soon
account-sum-held = Reserved right now
account-sum-order-list = Orders { $numbers }
account-sum-last = The last one on { $day }
account-sum-last-with = The last one on { $day } with { $expert }
account-all-grants = All their grants
my-sessions-reserved = { $n ->
    [one] { $count } reserved for a consultation that is about to begin
   *[other] { $count } reserved for a consultation that is about to begin
}
my-sessions-given-back = Given back
my-sessions-taken = Withdrawn
my-sessions-taken-some = { $n ->
    [one] { $count } withdrawn
   *[other] { $count } withdrawn
}
my-sessions-older = { $n ->
    [one] See { $count } earlier one
   *[other] See { $count } earlier ones
}
