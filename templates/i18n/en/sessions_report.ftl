# Report on sessions (src/reports/sessions)
nav-reports = Reports
job-kind-sessions-rollup = Sum up sessions by day
sessions-report-title = Report on sessions
sessions-report-intro = How many sessions are given, used and lost, and who buys after trying.
sessions-report-lead = { $n ->
    [one] { $days }, { $zone } time. Compared with the day before.
   *[other] { $days }, { $zone } time. Compared with the { $count } days before.
}
sessions-report-lead-all = { $days }, { $zone } time.
sessions-report-days = From { $from } to { $to }
sessions-report-presets = Period
sessions-report-7d = Last 7 days
sessions-report-30d = 30 days
sessions-report-month = This month
sessions-report-last-month = Last month
sessions-report-year = This year
sessions-report-all = Everything
sessions-report-filters = What is counted
sessions-report-from = From
sessions-report-to = To
sessions-report-kind = Origin
sessions-report-category = Category
sessions-report-show = Show the report
sessions-report-csv = Download CSV
sessions-report-xlsx = Download Excel
sessions-report-day-wrong = Choose a day, for example 24 November 2026.
sessions-report-day-future = That day has not come yet. Choose today or an earlier one.
sessions-report-days-turned = This day is before the one in “From”. Turn them round.
sessions-report-days-many = That is more than 20 years. Choose a shorter period.
sessions-report-figures = Figures
sessions-report-fig-given = Given
sessions-report-fig-given-unit = { $n ->
    [one] free
   *[other] free
}
sessions-report-fig-bought = { $n ->
    [0] none bought
    [one] besides, { $count } bought
   *[other] besides, { $count } bought
}
sessions-report-fig-used = Used
sessions-report-fig-expired = Expired
sessions-report-fig-expired-unit = unused
sessions-report-fig-people = People
sessions-report-fig-people-unit = { $n ->
    [one] was given sessions
   *[other] were given sessions
}
sessions-report-fig-conversion = Conversion
sessions-report-fig-conversion-of = { $n ->
    [one] { $used } used their first free one; { $bought } bought after it
   *[other] { $used } used their first free one; { $bought } bought after it
}
sessions-report-fig-conversion-none = nobody used their first free session
sessions-report-more = { $share } more
sessions-report-less = { $share } less
sessions-report-same = same as before
sessions-report-none-before = none before
sessions-report-none-either = none before either
sessions-report-points-more = { $points } points more
sessions-report-points-less = { $points } points less
sessions-report-trend = Given and used
sessions-report-grains = Detail
sessions-report-by-day = By day
sessions-report-by-week = By week
sessions-report-by-month = By month
sessions-report-day = Day
sessions-report-week = Week
sessions-report-of-month = Month
sessions-report-news = { $n ->
    [0] No session was used: { $compared }.
    [one] { $count } session was used: { $compared }.
   *[other] { $count } sessions were used: { $compared }.
}
sessions-report-news-all = { $n ->
    [0] No session was used.
    [one] { $count } session was used.
   *[other] { $count } sessions were used.
}
sessions-report-chart-label = From { $from } to { $to }: { $given } { $what } and { $used } used. The table below has the figures.
sessions-report-steps = Given and used in each step
sessions-report-reveal = Show the figures
sessions-report-total = Total
sessions-report-given = Free ones given
sessions-report-given-both = Given and bought
sessions-report-assigned = Given
sessions-report-bought = Bought
sessions-report-used = Used
sessions-report-expired = Expired unused
sessions-report-people = People who were given sessions
sessions-report-wait = From giving to use, on average
sessions-report-wait-hours = From giving to use, on average (hours)
sessions-report-first-uses = People who used their first free one
sessions-report-bought-after = Of them, bought after it
sessions-report-conversion = Conversion
sessions-report-conversion-percent = Conversion (%)
sessions-report-categories = By category
sessions-report-categories-text = The share is that of everything given or used in the period.
sessions-report-percent = Share (%)
sessions-report-comparison = Comparison
sessions-report-comparison-text = A session that was given always counts, even when it has been used. People and what they bought after trying count on the day of their first use of a free session; refunds are no purchases. The conversion does not depend on origin or category.
sessions-report-comparison-all = A session that was given always counts, even when it has been used. The conversion counts those who bought after using their first free session; refunds are no purchases. It does not depend on origin or category.
sessions-report-measure = Measure
sessions-report-now = This period
sessions-report-before = Period before
sessions-report-before-from = Period before, from
sessions-report-before-to = Period before, to
sessions-report-exported = Exported
sessions-report-zone = Time zone
sessions-report-sheet-figures = Figures
sessions-report-file = report-sessions
sessions-report-none = Nothing in this period
sessions-report-none-text = Nobody was given, used or lost sessions on these days. Try a longer period, or remove the filters.
sessions-report-none-all = Show everything

# Export of grants
sessions-export-file = grants
sessions-export-sheet = Grants
sessions-export-id = Grant
sessions-export-account = Account
sessions-export-person = Person
sessions-export-email = E-mail
sessions-export-kind = Origin
sessions-export-category = Category
sessions-export-state = State
sessions-export-quantity = Given
sessions-export-left = Left
sessions-export-held = Reserved
sessions-export-voided = Taken back
sessions-export-written-off = Expired
sessions-export-last-day = Last day
sessions-export-given-at = Given on
sessions-export-given-by = Given by
sessions-export-order = Order
