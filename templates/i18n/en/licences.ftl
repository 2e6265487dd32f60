# Licences (src/licences)
nav-licences = Licences
nav-my-licences = My licences

# Plans
licence-plan-free-quantity = Free (Quantity)
licence-plan-free-date = { $n ->
    [one] Free (Date, { $count } day)
   *[other] Free (Date, { $count } days)
}
licence-plan-paid-quantity = Paid (Quantity)
licence-plan-paid-date = Paid (Date)
licence-plan-free-quantity-hint = Counted uses, without a date
licence-plan-free-date-hint = { $n ->
    [one] Uncounted uses for { $count } day
   *[other] Uncounted uses for { $count } days
}
licence-plan-paid-quantity-hint = The uses they paid for
licence-plan-paid-date-hint = Uncounted uses until the date you set
licence-state-active = Active
licence-state-used-up = Used up
licence-state-expired = Expired
licence-state-blocked = Blocked
licence-state-undated = No date
licence-left = { $count } of { $total } { $unit }
licence-left-none = no credits
licence-until = until { $day }
licence-until-past = expired on { $day }
licence-no-day = no date: opens nothing

# What happened
licence-act-create-credits = { $n ->
    [0] Given without credits
    [one] Given with { $count } credit
   *[other] Given with { $count } credits
}
licence-act-create-date = Given until { $day }
licence-act-create-undated = Given without a date
licence-act-renew-credits = { $n ->
    [one] Renewed with { $count } credit
   *[other] Renewed with { $count } credits
}
licence-act-renew-date = Renewed until { $day }
licence-act-renew-undated = Renewed without a date
licence-act-revoke-credits = { $n ->
    [one] { $count } credit taken back by a refund
   *[other] { $count } credits taken back by a refund
}
licence-act-revoke-part = { $n ->
    [one] A refund did not take its credit back: it was not free any more
   *[other] A refund took { $taken } of { $count } credits back: the others were not free any more
}
licence-act-revoke-date = A refund leaves it until { $day }
licence-act-revoke-undated = A refund leaves it without a date
licence-act-restore-credits = { $n ->
    [one] { $count } credit came back
   *[other] { $count } credits came back
}
licence-act-restore-date = Valid again until { $day }
licence-act-restore-undated = The refund was undone, without a date
licence-act-consume = { $n ->
    [one] { $count } use
   *[other] { $count } uses
}
licence-act-credit = { $n ->
    [one] { $count } credit added
   *[other] { $count } credits added
}
licence-act-extend = New last day: { $day }
licence-act-change = Plan changed to { $plan }
licence-act-block = Blocked
licence-act-unblock = Unblocked
licence-act-settle = { $n ->
    [one] { $count } credit paid for a refunded use
   *[other] { $count } credits paid for refunded uses
}
licence-act-hold = { $n ->
    [one] { $count } credit reserved
   *[other] { $count } credits reserved
}
licence-act-release = { $n ->
    [one] { $count } reserved credit came back
   *[other] { $count } reserved credits came back
}
licence-result = { $n ->
    [one] { $change } credit
   *[other] { $change } credits
}
licence-result-free = Costs no credits
licence-after = { $n ->
    [0] None left
   *[other] { $count } left
}
licence-after-date = Until { $day }
licence-after-undated = No date

# List
licences-intro = How much, or until when, each person may use what your apps count.
licences-nav-all = All
licences-nav-settings = Settings
licences-n = { $n ->
    [one] { $count } licence
   *[other] { $count } licences
}
licences-more-than = More than { $count } licences
licences-person = Person
licences-plan = Plan
licences-feature = Feature
licences-all-features = All
licences-last-day = Last day
licences-col-plan = Plan
licences-col-state = State
licences-col-credits = Credits
licences-col-left = Left
licences-col-given = Given
licences-no-limit = By date
licences-no-day = Never ends
licences-day-lacks = Date is missing
licences-chip-from = Ends from { $day }
licences-chip-to = Ends up to { $day }
licences-chip-soon = { $n ->
    [one] End today or tomorrow
   *[other] Ending soon: { $count } days
}
licences-filter-soon = { $n ->
    [one] Only those that end today or tomorrow
   *[other] Only those ending soon, within { $count } days
}
licences-sort-recent = Given, latest first
licences-sort-expiry = Last day, soonest first
licences-sort-person = Person
licences-caption = Licences
licences-none = No licences yet
licences-none-text = They will show up here once you give the first one, or the shop sells one.
licences-none-filtered = No licence with these filters
licences-give = Give a licence
licences-give-first = Give the first one
licences-has-none = They have no licence.
licences-export-file = licences
licences-export-sheet = Licences
licences-export-id = Licence
licences-export-account = Account
licences-export-person = Person
licences-export-email = E-mail
licences-export-feature = Feature
licences-export-plan = Plan
licences-export-state = State
licences-export-granted = Granted
licences-export-used = Used
licences-export-left = Left
licences-export-held = Reserved
licences-export-last-day = Last day
licences-export-blocked = Why it was blocked
licences-export-note = Note
licences-export-given-at = Given
licences-export-given-by = Given by

# Giving one
licences-new = New licence
licences-new-short = New
licences-new-for = New licence for { $person }
licences-new-intro = Decide how much, or until when, someone may use a feature. It works from now on.
licences-person-email = The person's e-mail
licences-person-hint = Or the number of their account. If they have none, we make one with their e-mail.
licences-nobody = Type an e-mail like name@example.com, or the number of an account.
licences-credits = Initial credits
licences-credits-hint = One credit is one use, for example one catalogue made. Downloading it again costs nothing.
licences-ends = Ends
licences-ends-hint = { $n ->
    [one] { $count } day from today. It still works on that day.
   *[other] { $count } days from today. It still works on that day.
}
licences-last-day-long = Last day
licences-last-day-hint = It still works on that day, and no longer on the next.
licences-note = Note
licences-create = Create the licence
licences-which = Which plan to choose
licences-which-free-quantity = To let them try without hurry
licences-which-free-date = For a trial with an end
licences-which-paid-quantity = For those who pay by use
licences-which-paid-date = For those who pay by time
licences-which-note = You can change it later in its settings. The change works at once.
licences-which-more = More about licences
licences-not-created = { $n ->
    [one] It was not created. Check one field:
   *[other] It was not created. Check { $count } fields:
}
licences-day-missing = Plan { $plan } needs a last day
licences-day-past = { $day } is over. Choose today or a later day.
licences-day-far = Choose a date within the next hundred years.
licences-no-feature = That feature is no longer offered: choose another one.
licences-given-credits = { $n ->
    [0] <strong>Licence created.</strong> { $person } has no credits yet.
    [one] <strong>Licence created.</strong> { $person } has { $count } credit.
   *[other] <strong>Licence created.</strong> { $person } has { $count } credits.
}
licences-given-date = <strong>Licence created.</strong> { $person } may use it until { $day }, to the end of the day.

# One licence
licences-title = Licence no. { $id }
licences-sub = { $person } · { $plan } · { $feature }
licences-answer-left = { $n ->
    [one] { $count } of { $total } { $unit } left
   *[other] { $count } of { $total } { $unit } left
}
licences-answer-until = Valid until { $day }
licences-answer-expired = Expired on { $day }
licences-answer-none = It has no credits
licences-answer-used-up = { $n ->
    [one] Used up: { $count } of { $count } { $unit }
   *[other] Used up: { $count } of { $count } { $unit }
}
licences-answer-blocked = Blocked
licences-answer-undated = Without a last day
licences-why = Why
licences-why-left = Each use takes one credit. It does not end.
licences-why-until = Uses are not counted. Its last day is { $in }, to the end of the day.
licences-why-used-up = It opens nothing more. Add credits or change its plan in its settings.
licences-why-expired = It has opened nothing since the day after. Set another last day or change its plan in its settings.
licences-why-undated = A plan by date without a date opens nothing. Set a last day in its settings.
licences-why-blocked = The team blocked it on { $day }: “{ $reason }”. It keeps what it has: { $left }.
licences-history = History
licences-facts = Facts
licences-owed = Owes
licences-day-whole = { $day }, to the end of the day
licences-others = Other licences of { $person }
licences-adjust = Settings
licences-change-plan = Change the plan
licences-change-day = Change the last day
licences-add = Add credits
licences-block = Block the licence
licences-unblock = Unblock the licence

# Settings of one licence
licences-adjust-title = Settings of { $person }'s licence
licences-adjust-now = Now: { $now }
licences-reason = Reason
licences-add-n = How many more
licences-add-hint = They are added to those that are left.
licences-add-do = Add the credits
licences-owed-text = { $n ->
    [one] It owes { $count } credit of a refunded order: the first one you add pays for it.
   *[other] It owes { $count } credits of refunded orders: the first ones you add pay for them.
}
licences-change-day-do = Change the last day
licences-quick = Or extend it in one go:
licences-quick-do = { $n ->
    [one] { $count } more month: { $day }
   *[other] { $count } more months: { $day }
}
licences-change-plan-text = It works at once and stays in the history. Nothing is left of the plan before.
licences-change-plan-do = Change the plan
licences-credits-after = Credits it will have
licences-credits-after-hint = Those that are left after the change.
licences-loses-credits = { $n ->
    [one] It loses the { $count } credit that is left: by date, uses are not counted.
   *[other] It loses the { $count } credits that are left: by date, uses are not counted.
}
licences-loses-held = { $n ->
    [one] The reserved one is let go; the date will cover its use.
   *[other] The { $count } reserved ones are let go; the date will cover their uses.
}
licences-loses-day = It loses its last day, { $day }: it will have only the credits you set.
licences-loses-some = It ends sooner: now on { $day }, with this plan on { $new }.
licences-held = { $held } are reserved right now: leave at least those.
licences-same = That is what it has: there is nothing to change.
licences-too-many = Those are too many credits for one licence.
licences-not-by-quantity = This licence is by date: it has no credits. Change its plan first.
licences-not-by-date = This licence is by quantity: it has no last day. Change its plan first.
licences-not-so = It cannot be changed like that.
licences-changed-meanwhile = Someone changed this licence while you were looking at it. See how it is now and repeat the change if it is still needed.
licences-credited = { $n ->
    [one] <strong>Added.</strong> It has { $count } more credit.
   *[other] <strong>Added.</strong> It has { $count } more credits.
}
licences-extended = <strong>Done.</strong> It works until { $day }, to the end of the day.
licences-changed = <strong>Plan changed.</strong> It is { $plan } now: { $left }.
licences-block-title = Block { $person }'s licence?
licences-block-text = It stops opening { $feature } right now. It keeps what it has: { $left }. You can unblock it whenever you like.
licences-unblock-title = Unblock { $person }'s licence?
licences-unblock-text = It opens { $feature } again as far as its plan goes: { $left }.
licences-blocked-done = <strong>Blocked.</strong> { $person } can no longer use this licence.
licences-unblocked-done = <strong>Unblocked.</strong> { $person } can use it as far as its plan goes.
licences-already-blocked = This licence is blocked already.
licences-not-blocked = This licence is not blocked.

# Settings of all
licences-set-title = Settings of licences
licences-set-intro = What is proposed for a new licence, whom customers write to, and whether we tell people before one ends.
licences-set-free-days = Days of a free licence by date
licences-set-free-days-hint = Between 1 and 365. The day it is given is day 0. Those already given stay as they are.
licences-set-credits = Initial credits to propose
licences-set-credits-hint = When you give a licence by quantity you can set others.
licences-set-soon-days = Days for “ending soon”
licences-set-soon-days-hint = Between 1 and 90. With that many days to go, a licence shows up in the overview.
licences-set-whatsapp = WhatsApp for sales
licences-set-whatsapp-hint = With the country code: +34 600 00 00 00. Without a number, customers do not see “Get a larger plan”.
licences-set-whatsapp-wrong = Type 8 to 15 digits, with the country code, like +34 600 00 00 00.
licences-set-whatsapp-try = Try the link
audit-setting-licences = of licences
audit-field-free-days = Days of a free licence by date
audit-field-credits = Initial credits
audit-field-whatsapp = WhatsApp for sales
audit-field-soon-days = Days for “ending soon”

# Overview and a person's page
reports-todo-undated = { $n ->
    [one] { $count } licence by date has no date
   *[other] { $count } licences by date have no date
}
reports-todo-undated-text = A plan by date without a date opens nothing. It needs a last day.
reports-todo-undated-act = Set a date
reports-todo-soon = { $n ->
    [one] { $count } licence ends soon
   *[other] { $count } licences end soon
}
reports-todo-soon-text = { $n ->
    [one] Its last day is today or tomorrow. Extend it or write to whoever has it.
   *[other] The last day is within the next { $count } days. Extend the licence or write to whoever has it.
}
reports-todo-soon-act = See who
account-fig-licence = Licence
account-event-licence = Licence: { $what }
account-fig-licence-none = None
account-fig-licence-more = { $n ->
    [0] { $left }
    [one] { $left }, and { $count } more
   *[other] { $left }, and { $count } more
}

# My account
my-licences-none = You have no licence yet
my-licences-none-text = When you buy one in the shop or are given one, you will see it here at once.
my-licences-ask = Ask for a plan
my-licences-of = of { $total } { $unit }
my-licences-progress = What you have left
my-licences-left = { $n ->
    [one] You have { $count } of { $total } { $unit } left. It does not end.
   *[other] You have { $count } of { $total } { $unit } left. They do not end.
}
my-licences-held = { $n ->
    [one] { $count } is reserved for a use that is about to begin.
   *[other] { $count } are reserved for uses that are about to begin.
}
my-licences-until = Valid until { $day } ({ $in })
my-licences-until-text = Without a limit of uses. It still works on that whole day.
my-licences-today = today is the last day
my-licences-days = { $n ->
    [one] { $count } day
   *[other] { $count } days
}
my-licences-used-up = You have used up your { $unit }
my-licences-used-up-text = { $n ->
    [one] Your plan had { $count } { $unit } and you have used it.
   *[other] Your plan had { $count } { $unit } and you have used them all.
}
my-licences-never = Your plan has no credits yet
my-licences-never-text = You will see them here when you get or buy some.
my-licences-expired = Your plan expired on { $day }
my-licences-expired-text = To go on using it, get a larger plan.
my-licences-blocked = Your licence is blocked
my-licences-blocked-text = Talk to the shop to unblock it. What you had left is kept.
my-licences-undated = Your plan lacks its last day
my-licences-undated-text = Until it has one it cannot be used. The shop can see it; if you are in a hurry, write to them.
my-licences-more = Get a larger plan
my-licences-more-text = WhatsApp opens with the message already written.
my-licences-whatsapp = Hello, I would like a larger plan. My e-mail is { $email }
my-licences-whatsapp-number = Hello, I would like a larger plan. My account number is { $id }
my-licences-older = { $n ->
    [one] See { $count } earlier one
   *[other] See { $count } earlier ones
}
my-licences-history = History
my-licences-history-none = Nothing has happened yet.
my-licences-history-caption = Uses and changes of your licences, the latest first
my-licences-what = What happened
my-licences-when = When
my-licences-result = Result
my-licences-after = After it

help-licences = Licences
licences-keys = Keys for apps
