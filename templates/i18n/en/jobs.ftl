# Jobs: what Abono does by itself (src/jobs).
jobs-title = Jobs
jobs-intro = What Abono does by itself: read shops, send mail, tidy up. What fails is tried again; what stops waits for you here.
jobs-schedules-intro = What repeats by itself, when it last ran and when it runs next.
jobs-tab-list = Jobs
jobs-tab-schedules = Repetitions
jobs-one = Job no. { $id }
jobs-unit = { $n ->
    [one] job
   *[other] jobs
}
jobs-fig-dead = Stopped
jobs-fig-dead-text = try again or discard
jobs-fig-dead-none = nothing waits for a person
jobs-fig-due = In line
jobs-fig-due-text = start at once
jobs-fig-running = Running
jobs-fig-running-text = right now
jobs-fig-later = For later
jobs-fig-later-text = have their time, or will be tried again
jobs-newest-first = Newest first
jobs-state = State
jobs-kind = What it does
jobs-kind-all = Everything
jobs-caption = Jobs, newest first
jobs-col-job = Job
jobs-col-attempts = Attempts
jobs-col-when = When
jobs-attempts = { $n } of { $most }
jobs-none = No jobs yet
jobs-none-text = They appear when there is something to do: a shop's webhook, a mail, a repetition.
jobs-no-match = No job fits these filters
jobs-see-schedules = See the repetitions
job-state-due = In line
job-state-later = For later
job-state-again = Will be tried again
job-state-running = Running
job-state-done = Done
job-state-dead = Stopped
jobs-how = How it stands
jobs-text-dead = { $n ->
    [one] It stopped at the first attempt and is not repeated by itself. Once the cause is solved, try it again.
   *[other] It stopped after { $count } attempts and is not repeated by itself. Once the cause is solved, try it again.
}
jobs-text-done = It ended well.
jobs-text-running = A process works on it now. Should it fall silent, another takes over when the lease ends.
jobs-text-again = It failed and will be tried again: { $when }.
jobs-text-later = It has its time: { $when }.
jobs-text-due = It starts as soon as a process is free.
jobs-about = What it is about
jobs-about-none = It carries no data: its name says it all.
jobs-about-what = Fact
jobs-about-value = Value
jobs-facts = Facts
jobs-created = Created
jobs-run-at = Starts
jobs-started = Last attempt
jobs-finished = Ended
jobs-lease = Leased until
jobs-lease-text = The process that holds it renews the lease while it works.
jobs-internal = Internal name
jobs-retry = Try again now
jobs-retried = <strong>Back in line.</strong> It starts at once and has all its attempts again.
jobs-too-late = Its state has changed meanwhile. Nothing was done.
jobs-discard = Discard the job
jobs-discard-ask = Discard…
jobs-discard-title = Discard job no. { $id }?
jobs-discard-text = It is deleted and will not be done: “{ $what }”. This cannot be undone; the audit trail keeps what it was and why it stopped.
jobs-discarded = <strong>Job no. { $id } discarded.</strong>
jobs-see-audit = See the audit trail
jobs-schedules-caption = Repetitions
jobs-col-what = What it does
jobs-col-outcome = Outcome
jobs-col-last = Last time
jobs-col-next = Next time
jobs-col-action = Action
jobs-run-ok = Well
jobs-run-bad = Failed
jobs-run-none = Not yet
jobs-run-paused = Paused
jobs-next-start = when a worker starts
jobs-run-now = Run now
jobs-schedule-started = <strong>In line:</strong> { $what }. Its usual time stays.
jobs-schedule-waits = Already in line: { $what }.
job-every-minutes = { $n ->
    [one] Every minute
   *[other] Every { $count } minutes
}
job-every-hours = { $n ->
    [one] Every hour
   *[other] Every { $count } hours
}
job-every-day = Every day at { $time }

# What each kind of job does
job-kind-shop-refresh = Read one thing of a shop again
job-kind-shop-sync = Read a shop
job-kind-shop-watch = Watch a shop's webhooks
job-kind-shops-watch = Watch the webhooks of all shops
job-kind-shops-sweep = Check what changed in the shops
job-kind-shops-reread = Nightly check of the shops
job-kind-account-orders = Check the orders of a person
job-kind-mail-send = Send a mail
job-kind-auth-link = Prepare a link to sign in
job-kind-tidy-hourly = Tidy up, every hour
job-kind-tidy-daily = Tidy up, every day

# What it is about
job-fact-shop = Shop
job-fact-resource = What
job-fact-id = Number
job-fact-mode = Reading
job-fact-account = Account
job-fact-mail = Mail no.
job-fact-email = Address
job-fact-locale = Language
job-fact-renew-secret = Change the secret too
job-fact-hidden = not shown here
job-resource-order = Order
job-resource-customer = Customer
job-resource-product = Product
job-resource-coupon = Coupon
job-mode-delta = what changed
job-mode-full = the whole of it
job-mode-nightly = the nightly one
job-locale-es = Spanish
job-locale-en = English
job-about-account = Account { $id }
job-about-mail = Mail no. { $id }

# Why it failed
job-error-unknown-kind = This version does not know this kind of job
job-error-database = The database did not answer
job-error-corrupt-row = A stored value makes no sense
job-error-lease-lapsed = The process that had it stopped answering
job-error-stopping = The process was shutting down
job-error-shop-unreachable = The shop could not be reached
job-error-shop-timeout = The shop did not answer in time
job-error-shop-tls = The secure connection to the shop failed
job-error-shop-private-address = The shop is at a private address
job-error-shop-plain-http = The shop does not use https
job-error-shop-unauthorized = The shop refuses the key
job-error-shop-forbidden = The key lacks a permission in the shop
job-error-shop-not-found = The shop says that it does not exist
job-error-shop-rate-limited = The shop asks us to slow down
job-error-shop-server-error = The shop had an error of its own
job-error-shop-challenge = A firewall of the shop does not let us pass
job-error-shop-not-json = The shop answered something unreadable
job-error-shop-truncated = The shop's answer was cut off
job-error-shop-too-large = The shop's answer is too large
job-error-shop-refused = The shop did not take the request
job-error-shop-redirected = The shop sends us to another address
job-error-filter-ignored = The shop ignored the filter
job-error-shop-malformed = The shop sent data that makes no sense
job-error-mail = The mail did not leave
job-error-mail-not-found = The mail no longer exists
job-error-bad-payload = The job lacks data
job-error-sign-in-link = The link to sign in could not be prepared
