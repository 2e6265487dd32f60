# Overview of the back office
reports-lead = { $day } · { $shops } · { $zone } time
reports-shops = { $n ->
    [0] no shops
    [one] { $count } shop
   *[other] { $count } shops
}
reports-fig-available = { $n ->
    [one] available
   *[other] available
}
reports-fig-expiring = { $n ->
    [0] none expires within 7 days
    [one] { $count } expires within 7 days
   *[other] { $count } expire within 7 days
}
reports-fig-used = Used
reports-fig-in-week = in 7 days
reports-fig-people = People
reports-fig-people-unit = with sessions
reports-fig-people-mean = { $mean } each, on average
reports-fig-people-none = nobody has sessions yet
reports-fig-orders-none = none paid
reports-fig-orders-net = { $net } net
reports-fig-shops = { $n ->
    [one] connected
   *[other] connected
}
reports-fig-shops-none = the first is missing
reports-fig-shops-well = { $n ->
    [one] answers well
   *[other] all answer well
}
reports-fig-shops-failing = { $n ->
    [one] { $count } does not answer
   *[other] { $count } do not answer
}
reports-fig-shops-paused = { $n ->
    [one] { $count } paused
   *[other] { $count } paused
}
reports-used-none = none in the last 2 weeks
reports-used-none-before = none in the 7 before
reports-used-same = same as in the 7 before
reports-used-more = { $share } more than in the 7 before
reports-used-less = { $share } less than in the 7 before
reports-todo = Needs your attention
reports-todo-count = { $n ->
    [one] { $count } matter
   *[other] { $count } matters
}
reports-todo-none = Nothing pending
reports-todo-none-text = The shops answer, webhooks arrive and no job has stopped.
reports-todo-first-shop = Connect your first shop
reports-todo-first-shop-text = Abono will read its orders and give everyone the sessions they bought.
reports-todo-connect = Connect
reports-todo-shop-act = See the shop
reports-todo-failing = The last data from { $shop } came { $ago }
reports-todo-failing-ever = { $shop } has never answered
reports-todo-paused = { $shop } has been paused since { $day }
reports-todo-hooks = { $n ->
    [one] { $shop } no longer tells us about one kind of change
   *[other] { $shop } no longer tells us about { $count } kinds of change
}
reports-todo-hooks-text = Meanwhile changes come in every 15 minutes by the sweep.
reports-todo-hooks-act = Turn on
reports-todo-jobs = { $n ->
    [one] One job has stopped
   *[other] { $count } jobs have stopped
}
reports-todo-jobs-text = We have tried several times. See why and try again, or discard it.
reports-todo-jobs-act = See the jobs
reports-todo-failed = { $n ->
    [one] We could not process a webhook of the shop
   *[other] We could not process { $count } webhooks of the shop
}
reports-todo-failed-text = It is kept as it came. Once the cause is gone it can be processed again.
reports-todo-quarantined = { $n ->
    [one] A webhook is in quarantine
   *[other] { $count } webhooks are in quarantine
}
reports-todo-quarantined-text = The shop signed it, but it makes no sense. To be safe we have swept the shop.
reports-todo-inbox-act = See the webhooks
reports-todo-owing = { $n ->
    [one] { $person } used a session that was refunded later
   *[other] { $person } used { $count } sessions that were refunded later
}
reports-todo-owing-debt = It will be taken from their next purchase.
reports-todo-owing-act = Open the account
reports-todo-owing-more = { $n ->
    [one] And one more person used sessions that were refunded later
   *[other] And { $count } more people used sessions that were refunded later
}
reports-todo-owing-more-text = They will show here once you close those above.
reports-chart = Sessions used per day
reports-chart-news = { $n ->
    [0] In the last 7 days, none: { $compared }.
    [one] In the last 7 days, { $count }: { $compared }.
   *[other] In the last 7 days, { $count }: { $compared }.
}
reports-chart-label = Sessions used per day, from { $from } to { $to }: { $purchased } purchased and { $free } free. The table below has the figures.
reports-chart-none = Nobody has used sessions in the last 4 weeks
reports-chart-none-text = When someone uses the first one, you will see here how each day goes.
reports-purchased = Purchased
reports-free = Free
reports-figures = See the figures
reports-weeks = Sessions used per week
reports-week = Week
reports-today = Today, { $day }
reports-total = Total
reports-moves = Latest movements
reports-moves-all = See the sessions
reports-moves-none = Nothing has happened yet.
reports-moves-caption = Latest movements of sessions, the most recent first
reports-move-what = What happened
reports-move-person = Person
reports-move-who = Who
reports-move-when = Time
reports-move-with = with { $expert }
reports-move-used-purchased = { $n ->
    [one] Used one purchased session
   *[other] Used { $count } purchased sessions
}
reports-move-used-free = { $n ->
    [one] Used one free session
   *[other] Used { $count } free sessions
}
