# Notices of what ends soon (src/notices)
notices-days = Days before
notices-days-hint = Between 1 and 30.
notices-look = What the letter says
notices-look-note = Everybody gets it in their language, with all that is theirs in one letter.
notices-due = { $n ->
    [one] Right now it would go to { $count } person, about { $things }:
   *[other] Right now it would go to { $count } people, about { $things }:
}
notices-due-many = { $n ->
    [one] Right now it would go to more than { $count } person:
   *[other] Right now it would go to more than { $count } people:
}
notices-due-none = Right now there is nobody to tell.
notices-others = { $n ->
    [one] and { $count } more person
   *[other] and { $count } more people
}
licences-set-notices = Tell people by e-mail before they end
licences-set-notices-hint = Each ending is told of once, at 9:00. Not if another licence for the same lasts longer.
job-kind-licences-notices = Tell of licences that end soon
audit-field-notices = Tell by e-mail
audit-field-notice-days = Days before the notice
