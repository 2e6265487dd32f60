# Bulk assignment (src/sessions/bulk).
bulk-title = Bulk assignment
bulk-one = Bulk assignment no. { $id }
bulk-number = No. { $id }
bulk-intro = Give free sessions to many people at once. You see who and how many before anything happens.
bulk-history = Earlier assignments
bulk-new = New bulk assignment
bulk-newest-first = Newest first
bulk-none = No bulk assignment yet
bulk-none-text = Once you prepare the first one, it stays here with its outcome for each person.
bulk-each = { $n ->
    [one] { $count } { $category } session each
   *[other] { $count } { $category } sessions each
}
bulk-people = { $n ->
    [one] { $count } person
   *[other] { $count } people
}
bulk-sessions = { $n ->
    [one] { $count } session
   *[other] { $count } sessions
}
bulk-not-yet = Nobody yet
bulk-by = by { $name }
bulk-col-what = Bulk assignment
bulk-col-state = State
bulk-col-source = From
bulk-col-given = Received
bulk-col-when = When
bulk-col-person = Person
bulk-col-outcome = Outcome
bulk-col-grant = Assignment
bulk-col-time = Time
bulk-state-draft = To be confirmed
bulk-state-scheduled = Scheduled
bulk-state-running = Running
bulk-state-done = Done
bulk-state-stopped = Stopped
bulk-state-cancelled = Cancelled
bulk-state-undoing = Being undone
bulk-state-undone = Undone
bulk-source-filter = Filters
bulk-source-app = List of an app

# Steps
bulk-stages = Steps
bulk-stage-choose = People and sessions
bulk-stage-review = Review
bulk-stage-result = Result

# Choosing
bulk-summary = { $n ->
    [one] It cannot be reviewed yet. Correct one field:
   *[other] It cannot be reviewed yet. Correct { $count } fields:
}
bulk-who = Who
bulk-by-filter = Search with filters
bulk-by-filter-hint = By role, registration and purchases
bulk-by-csv = Upload a CSV
bulk-by-csv-hint = With a column <span class="mono">email</span> or <span class="mono">user_id</span>
bulk-file = CSV file
bulk-file-hint = Up to 200,000 rows and 10 MB. Rows that match nobody show up in the review.
bulk-file-kept = Unless you choose another one, the list you had is used: { $name }.
bulk-file-example = Download an example
bulk-file-missing = Choose a CSV file.
bulk-file-empty = The file is empty. Choose another one.
bulk-file-no-column = No column is called email, correo or user_id. Give it that name in the first row.
bulk-file-no-rows = The file has a header and nothing else. Add a row for each person.
bulk-file-too-many = The file has more than 200,000 rows. Split it.
bulk-file-shop = Shop
bulk-file-shop-hint = The shop that the numbers in user_id belong to.
bulk-file-shop-none = None
bulk-example-name = name
bulk-role = Role
bulk-role-any = Any
bulk-role-wp = WordPress: { $role }
bulk-registered-from = Registered from
bulk-registered-to = Registered until
bulk-purchases = Has bought
bulk-purchases-any = Either
bulk-purchases-yes = Yes
bulk-purchases-none = No
bulk-purchases-say = Choose Yes or No, so that product, dates or amount count.
bulk-has-sessions = Has sessions left
bulk-text = Name or e-mail
bulk-orders = Which orders count
bulk-product = Product
bulk-product-any = Any
bulk-bought-from = Bought from
bulk-bought-to = Bought until
bulk-days-turned = It has to be the same day as the first one or a later one.
bulk-at-least = Minimum amount
bulk-at-least-hint = The sum of those orders, less refunds.
bulk-at-least-none = Who has not bought has no amount. Leave it empty.
bulk-currency = Currency
bulk-count = { $n ->
    [0] Nobody fits these filters.
    [one] { $count } person fits these filters.
   *[other] { $count } people fit these filters.
}
bulk-count-unknown = Correct the filters to see how many people fit.
bulk-what = What they get
bulk-quantity = Sessions each
bulk-quantity-wrong = Write a number between 1 and 1000.
bulk-category = Category
bulk-category-days = { $n ->
    [one] { $name } ({ $count } day)
   *[other] { $name } ({ $count } days)
}
bulk-category-never = { $name } (no expiry)
bulk-expiry = They expire
bulk-expires-category = As the category says
bulk-expires-days = After some days
bulk-expires-date = On a date
bulk-expires-never = Never
bulk-days = Days until they expire
bulk-date = Last day
bulk-expiry-hint = Days count from the day on which each person gets theirs. They expire at the end of the last day.
bulk-expiry-never = They never expire.
bulk-expiry-on = They expire on { $day }, at the end of the day.
bulk-expiry-past = The last day is over.
bulk-note = Note
bulk-run-at = When
bulk-run-at-optional = (empty: right now)
bulk-run-at-hint = The time is that of { $zone }. If a clock change skips it, it begins when the gap ends.
bulk-run-at-wrong = Write a day and a time that exist.
bulk-run-at-past = That time is over. Choose a later one or leave it empty.
bulk-review = Review
bulk-review-safe = Nothing is assigned yet.
bulk-one-source = Name the people in one way only: emails, wp_user_ids or filter
bulk-named-range = Name between 1 and 10000 people

# Who
bulk-said-everybody = Everybody
bulk-said-role = Role: { $role }
bulk-said-registered-from = Registered from { $day }
bulk-said-registered-to = Registered until { $day }
bulk-said-bought = Have bought
bulk-said-not-bought = Have not bought
bulk-said-product = Product: { $product }
bulk-said-bought-from = Orders from { $day }
bulk-said-bought-to = Orders until { $day }
bulk-said-at-least = For { $amount } or more
bulk-said-has-sessions = Have sessions left
bulk-said-no-sessions = Have no sessions left
bulk-said-text = Name or e-mail with “{ $text }”

# Review
bulk-draft-intro = Review who and how many. Nothing is assigned until you confirm.
bulk-scheduled-intro = Confirmed. It begins by itself when its time comes.
bulk-scheduled-for = It begins on { $moment } ({ $zone }).
bulk-will-begin = If you schedule it, it begins on { $moment } ({ $zone }).
bulk-list-later = The list is made at that moment, of whoever fits the filters then.
bulk-review-title = { $n ->
    [0] Nobody will get sessions
    [one] { $count } person will get: { $each }
   *[other] { $count } people will get: { $each }
}
bulk-total = { $n ->
    [one] { $count } session in all.
   *[other] { $count } sessions in all.
}
bulk-fig-chosen = Chosen
bulk-fig-chosen-filter = with your filters
bulk-fig-chosen-list = rows of the list
bulk-fig-receive = Will receive
bulk-fig-skipped = Left out
bulk-fig-skipped-text = have active ones
bulk-fig-failed = With an error
bulk-fig-failed-text = cannot be assigned
bulk-wont = Will not receive
bulk-wont-caption = People who will not get sessions
bulk-wont-why = Why
bulk-wont-do = What you can do
bulk-see-who = See who they are
bulk-has-active-of = Have active { $category } already
bulk-again = { $n ->
    [one] Give them anyway: { $count } session to { $people }
   *[other] Give them anyway: { $count } sessions to { $people }
}
bulk-again-chosen = They get them anyway
bulk-again-not-chosen = They do not get them
bulk-fix-file = Correct the list and upload it again
bulk-see-errors = { $n ->
    [one] See the error
   *[other] See all { $count }
}
bulk-give-act = { $n ->
    [0] Assign sessions
    [one] Assign { $count } session to { $people }
   *[other] Assign { $count } sessions to { $people }
}
bulk-schedule-act = { $n ->
    [0] Schedule the assignment
    [one] Schedule { $count } session for { $people }
   *[other] Schedule { $count } sessions for { $people }
}
bulk-change = Change something
bulk-discard = Discard
bulk-cancel-scheduled = Cancel the assignment
bulk-see-list = See the list
bulk-download-list = Download the list
bulk-facts = What was asked for
bulk-fact-who = Who
bulk-fact-what = What they get
bulk-fact-when = When
bulk-fact-again = Also who has some
bulk-fact-note = Note
bulk-fact-by = Prepared by
bulk-zone = Time of { $zone }
bulk-refused-over = This assignment is not at that point any more. See below how it stands.
bulk-refused-late = The planned time is over. Change it before you schedule it.
bulk-refused-nobody = Nobody would get sessions, so nothing was assigned.
bulk-was-cancelled = <strong>Cancelled.</strong> Nothing was assigned.
bulk-was-repeated = Ready to review, with the same people and the same sessions.

# Running
bulk-running-title = Assigning: { $done } of { $n ->
    [one] { $count } person
   *[other] { $count } people
}
bulk-running-lists = Making the list
bulk-undoing-title = Undoing: { $done } of { $n ->
    [one] { $count } session
   *[other] { $count } sessions
}
bulk-progress = Progress
bulk-seconds-left = About { $time } left.
bulk-close-page = You can close this page: it goes on by itself.
bulk-stop = Stop here
bulk-latest = Latest outcomes
bulk-stuck = An error has stopped it.
bulk-stuck-text = What was assigned is fine, and nothing is assigned twice.
bulk-resume = Go on
bulk-row = Row { $row }
bulk-row-empty = Nothing there
bulk-grant = no. { $id }
bulk-no-grant = None
bulk-outcome-pending = Waiting
bulk-outcome-given = { $n ->
    [one] { $count } assigned
   *[other] { $count } assigned
}
bulk-outcome-back = { $n ->
    [one] { $count } taken back
   *[other] { $count } taken back
}
bulk-outcome-kept = { $n ->
    [one] Keeps { $count }, used or reserved
   *[other] Keeps { $count }, used or reserved
}
bulk-outcome-partly-back = { $back } taken back; keeps { $kept }, used or reserved
bulk-reason-unreadable = Neither an e-mail address nor a number
bulk-reason-unknown = Nobody is known by that
bulk-reason-repeated = Is further up in the list
bulk-reason-has-active = Has active ones of this category
bulk-reason-merged = Their account was joined to another one
bulk-reason-expiry-past = The last day was over
bulk-reason-category-retired = The category had been retired

# Result
bulk-result = Result
bulk-ended-done = { $n ->
    [0] Done: nobody got sessions.
    [one] Done. { $people } got { $count } session.
   *[other] Done. { $count } sessions were assigned to { $people }.
}
bulk-ended-stopped = { $n ->
    [0] Stopped before anything was assigned. Not reached yet: { $left }.
    [one] Stopped. { $count } session was assigned to { $people }. Not reached yet: { $left }.
   *[other] Stopped. { $count } sessions were assigned to { $people }. Not reached yet: { $left }.
}
bulk-ended-cancelled = Cancelled before it began. Nothing was assigned.
bulk-ended-undone = { $n ->
    [one] Undone. { $count } session was taken back; could not be taken back: { $kept }.
   *[other] Undone. { $count } sessions were taken back; could not be taken back: { $kept }.
}
bulk-ended-failed = { $n ->
    [one] One row could not get them.
   *[other] { $count } rows could not get them.
}
bulk-fig-given = Received
bulk-fig-were-skipped = Left out
bulk-fig-back = Taken back
bulk-fig-back-text = nobody had used them
bulk-fig-kept = Kept
bulk-fig-kept-text = used or reserved
bulk-fig-took = Took
bulk-see-grants = See the assignments
bulk-see-people = Outcome for each person
bulk-see-all = See all
bulk-download-result = Download the outcome
bulk-repeat = Repeat
bulk-errors = Could not get them
bulk-keepers = Not everything could be taken back from them
bulk-keepers-text = They had used or reserved sessions of this assignment.

# Undoing
bulk-undo = Undo…
bulk-undo-now = { $n ->
    [one] Undoing takes back the sessions that nobody used: now, { $count } of { $all }. You can do it whenever you want.
   *[other] Undoing takes back the sessions that nobody used: now, { $count } of { $all }. You can do it whenever you want.
}
bulk-undo-title = Undo bulk assignment no. { $id }?
bulk-undo-text = { $n ->
    [0] No session is left that could be taken back.
    [one] { $count } session is taken back from { $people }. There is no way back.
   *[other] { $count } sessions are taken back from { $people }. There is no way back.
}
bulk-undo-kept = { $n ->
    [one] { $count } session of { $people } was used or is reserved: it is kept, and you will see whose it is.
   *[other] { $count } sessions of { $people } were used or are reserved: they are kept, and you will see whose they are.
}
bulk-undo-act = { $n ->
    [0] Undo anyway
    [one] Take back { $count } session
   *[other] Take back { $count } sessions
}
bulk-undo-reason = Bulk assignment no. { $id } undone
bulk-undone-by = Undone by { $name } on { $moment }.

# List
bulk-people-title = People of bulk assignment no. { $id }
bulk-people-crumb = People
bulk-people-none = Nobody with this outcome
bulk-list-order = In the order of the list
bulk-only = Show
bulk-only-all = All
bulk-only-receive = Will get sessions
bulk-only-active = Have active ones
bulk-only-given = Got sessions
bulk-only-skipped = Left out
bulk-only-failed = With an error
bulk-only-pending = Waiting
bulk-only-kept = Keep sessions
bulk-csv-row = row
bulk-csv-email = email
bulk-csv-name = name
bulk-csv-account = account
bulk-csv-outcome = outcome
bulk-csv-grant = assignment
bulk-csv-at = time
bulk-csv-taken-back = taken back
bulk-csv-kept = kept

# Audit and jobs
audit-system-bulk = While assigning in bulk
audit-action-session-bulk-scheduled = A bulk assignment was scheduled
audit-action-session-bulk-started = A bulk assignment began
audit-action-session-bulk-finished = A bulk assignment ended
audit-action-session-bulk-stopped = A bulk assignment was stopped
audit-action-session-bulk-cancelled = A bulk assignment was cancelled
audit-action-session-bulk-undone = A bulk assignment was undone
audit-field-people = People
audit-field-sessions-each = Sessions each
audit-field-run-at = Planned for
audit-field-given = Received
audit-field-skipped = Left out
audit-field-failed = With an error
audit-field-left = Left
audit-field-taken-back = Sessions taken back
audit-field-kept = Sessions kept
job-kind-sessions-bulk = Assign sessions in bulk
job-kind-sessions-bulk-undo = Undo a bulk assignment
bulk-ended-undone-all = { $n ->
    [one] Undone. { $count } session was taken back.
   *[other] Undone. { $count } sessions were taken back.
}
