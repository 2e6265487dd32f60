# Import of licences (src/licences/import).
licence-import-title = Import licences
licence-import-intro = Give or change many licences with a file, those of your former system too. You see what will happen before it does.
licence-import-one = Import no. { $id }
licence-import-ledger = Import of licences no. { $id }
licence-import-history = Earlier imports
licence-import-newest-first = The latest first
licence-import-none = No imports yet
licence-import-none-text = Once you upload the first file, it stays here with its outcome row by row.
licence-import-stages = Steps
licence-import-stage-file = Choose the file
licence-import-stage-review = Review
licence-import-stage-result = Result

# File
licence-import-file = CSV file
licence-import-file-hint = Up to 10 MB and 200,000 rows, with commas, semicolons or tabs. Plans may have their names of today or those of before.
licence-import-example = Download an example
licence-import-shop = Shop of the user numbers
licence-import-shop-hint = Only if the file names people by their user numbers.
licence-import-shop-none = Choose a shop
licence-import-columns = Which columns it may have
licence-import-columns-person = Needed. The person's e-mail; or “user_id”, their user number in the shop. Nobody is created: whoever is not in Abono is an error.
licence-import-columns-plan = Needed. Free (Cantidad), Free (Fecha), Pagado (Cantidad), Pagado (Fecha), or what you used before: Free, Premium, Cantidad, Tiempo… With plain “Free” and “Premium”, a date decides.
licence-import-columns-credits = Of plans by quantity, the credits that are left. Of plans by date it does not count.
licence-import-columns-date = Of plans by date, the last day: 2027-03-31 or 31/03/2027. One that is over is fine. Of plans by quantity it does not count.
licence-import-columns-feature = The code of the feature. Without this column, catalogue.
licence-import-columns-status = “active” or “blocked”. Without this column, it does not change.
licence-import-review = Review
licence-import-safe = Reviewing changes nothing.
licence-import-summary = { $n ->
    [one] It could not be read. Check one field:
   *[other] It could not be read. Check { $count } fields:
}
licence-import-file-missing = Choose a file.
licence-import-file-empty = The file is empty.
licence-import-file-no-person = A column “email” or “user_id” is missing in the first row.
licence-import-file-no-plan = A column “plan” or “plan_type” is missing in the first row.
licence-import-file-no-rows = The file only has the first row, the one with the names.
licence-import-file-too-many = The file has more than 200,000 rows. Split it into several.

# States
licence-import-state-draft = Not confirmed
licence-import-state-running = Running
licence-import-state-done = Finished
licence-import-state-stopped = Stopped
licence-import-state-cancelled = Discarded

# Rows
licence-import-col-person = Person
licence-import-col-line = Line
licence-import-col-says = What the row says
licence-import-col-outcome = Outcome
licence-import-col-state = State
licence-import-col-when = When
licence-import-says-nothing = –
licence-import-row-empty = Row without a person
licence-import-by-date = { $plan }: until { $day }
licence-import-by-credits = { $n ->
    [one] { $plan }: { $count } credit
   *[other] { $plan }: { $count } credits
}
licence-import-of-feature = Feature { $feature }
licence-import-is-over = Already over
licence-import-is-blocked = Blocked
licence-import-is-active = Not blocked
licence-import-would-give = Will get a licence
licence-import-would-change = Their licence will change
licence-import-would-same = Is so already
licence-import-outcome-given = Got a licence
licence-import-outcome-changed = Their licence changed
licence-import-outcome-same = Was so already
licence-import-outcome-pending = Waiting
licence-import-reason-unreadable = Neither an e-mail nor a user number
licence-import-reason-unknown = Nobody has that e-mail or number
licence-import-reason-repeated = The same person and plan stand further up
licence-import-reason-plan-missing = The plan is missing
licence-import-reason-plan-unknown = There is no plan of that name
licence-import-reason-date-missing = This plan needs a last day
licence-import-reason-date-unreadable = The date cannot be read
licence-import-reason-date-far = The date is before the year 2000 or too far away
licence-import-reason-credits-missing = This plan needs credits
licence-import-reason-credits-unreadable = The credits are no whole number
licence-import-reason-credits-range = Too many credits: 1,000,000 at most
licence-import-reason-feature-unknown = There is no feature with that code
licence-import-reason-status-unreadable = The status cannot be read
licence-import-reason-merged = Their account was joined to another after the file was read
licence-import-reason-held = More credits are reserved than the row says
licence-import-reason-refused = The licence does not allow this change

# Review
licence-import-draft-intro = No licence has been changed yet.
licence-import-review-title = { $n ->
    [one] { $count } of { $all } can be used
   *[other] { $count } of { $all } can be used
}
licence-import-n-rows = { $n ->
    [one] { $count } row
   *[other] { $count } rows
}
licence-import-n-changed = { $n ->
    [0] none was changed
    [one] { $count } was changed
   *[other] { $count } were changed
}
licence-import-n-same = { $n ->
    [0] none was so already
    [one] { $count } was so already
   *[other] { $count } were so already
}
licence-import-fig-give = Will get a licence
licence-import-fig-give-text = they did not have that plan
licence-import-fig-change = Theirs will change
licence-import-fig-change-text = becomes what the row says
licence-import-fig-same = Are so already
licence-import-fig-same-text = not touched
licence-import-fig-given = Licences given
licence-import-fig-changed = Licences changed
licence-import-fig-bad = With an error
licence-import-fig-bad-text = not used
licence-import-see = See which
licence-import-see-all = See all rows
licence-import-see-rows = Outcome row by row
licence-import-act = { $n ->
    [one] Give or change { $count } licence
   *[other] Give or change { $count } licences
}
licence-import-nothing-to-do = There is nothing to do: all licences are so already.
licence-import-discard = Discard
licence-import-bad-title = { $n ->
    [one] { $count } row with an error
   *[other] { $count } rows with errors
}
licence-import-bad-text = Correct them and upload the file again: those that are right already do not change.
licence-import-good-title = What will be done
licence-import-good-first = { $n ->
    [one] The first row.
   *[other] The first { $count } rows.
}

# Progress and result
licence-import-running-title = { $n ->
    [one] { $done } of { $count } row
   *[other] { $done } of { $count } rows
}
licence-import-progress = Progress
licence-import-close-page = You may close this page: it goes on by itself.
licence-import-stop = Stop
licence-import-resume = Go on
licence-import-stuck = Nobody is working on it.
licence-import-stuck-text = It goes on where it was: nothing is done twice.
licence-import-result = Result
licence-import-another = Import another file
licence-import-ended-done = { $n ->
    [0] Finished. No new licence was given; { $changed } and { $same }.
    [one] Finished. { $count } licence was given; { $changed } and { $same }.
   *[other] Finished. { $count } licences were given; { $changed } and { $same }.
}
licence-import-ended-stopped = { $n ->
    [0] Stopped. No new licence was given; { $changed } and { $same }. { $left } to go.
    [one] Stopped. { $count } licence was given; { $changed } and { $same }. { $left } to go.
   *[other] Stopped. { $count } licences were given; { $changed } and { $same }. { $left } to go.
}
licence-import-ended-cancelled = Discarded. No licence was changed.
licence-import-ended-failed = { $n ->
    [one] { $count } row had an error.
   *[other] { $count } rows had errors.
}
licence-import-was-cancelled = <strong>Import discarded.</strong> No licence was changed.
licence-import-refused-over = That cannot be done any more: see how the import stands.
licence-import-refused-nothing = No row of the file can be used.
licence-import-rows-title = Rows of import no. { $id }
licence-import-rows-crumb = Rows
licence-import-rows-none = No row with this outcome
licence-import-file-order = In the order of the file
licence-import-only = Show
licence-import-only-failed = Rows with an error

# Audit and jobs
audit-subject-licence-import = Import of licences
audit-system-licence-import = When importing licences
audit-action-licence-import-started = An import of licences began
audit-action-licence-import-finished = An import of licences finished
audit-action-licence-import-stopped = An import of licences was stopped
audit-action-licence-import-cancelled = An import of licences was discarded
audit-field-rows = Rows
audit-field-bad-rows = Rows with an error
audit-field-rows-left = Rows to go
audit-field-licences-given = Licences given
audit-field-licences-changed = Licences changed
job-kind-licences-import = Import licences
