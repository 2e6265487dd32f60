# Licence keys (src/licences/keys) and problems of the API of licences (src/licences/api).
licence-key-title = Keys of licence no. { $id }
licence-key-intro = With a key, an app shows that it comes from whoever has this licence.
licence-key-crumb-licences = Licences
licence-key-crumb-licence = Licence no. { $id }
licence-key-crumb = Keys
licence-key-none = This licence has no keys yet
licence-key-none-text = Make one and hand it to the person: they paste it into their app.
licence-key-col-key = Key
licence-key-col-state = State
licence-key-col-made = Made
licence-key-col-used = Last used
licence-key-col-actions = Actions
licence-key-col-person = Of
licence-key-active = Active
licence-key-over = Revoked
licence-key-new = New key
licence-key-create = Make the key
licence-key-note = What it is for
licence-key-note-hint = For example: the laptop in the shop. Your team sees it.
licence-key-not-made = { $n ->
    [one] The key was not made:
   *[other] The key was not made. Check { $count } things:
}
licence-key-full = This licence already has as many active keys as it may. Revoke one first.
licence-key-full-of = This licence already has { $most } active keys. Revoke one first.
licence-key-made = Key made
licence-key-made-text = Copy it and hand it to the person who has the licence.
licence-key-once = This is the only time you see it. If it is lost, make another in its place.
licence-key-old-over = The former key opens nothing any more.
licence-key-kept = I have kept it
licence-key-reissue-ask = Replace…
licence-key-reissue-title = Replace the key abl_{ $prefix } with another?
licence-key-reissue-text = The key stops working this moment, and you see the new one only once.
licence-key-reissue-act = Replace the key
licence-key-revoke-ask = Revoke…
licence-key-revoke-title = Revoke the key abl_{ $prefix }?
licence-key-revoke-text = The app that uses it stops getting in right now. The licence does not change. It cannot be undone: you would have to make another key.
licence-key-revoke-act = Revoke the key
licence-key-was-revoked = <strong>Key abl_{ $prefix } revoked.</strong>
licence-key-length = Send the whole key, as it was shown.
audit-subject-licence-keys = Keys of licence
audit-action-licence-key-created = A licence key was made
audit-action-licence-key-revoked = A licence key was revoked
audit-action-licence-key-reissued = A licence key was replaced with another

# API
problem-licence-state = The licence does not allow it
problem-licence-state-text = As the licence stands, that change cannot be made: it is blocked already or is not, it is not of that plan, credits are reserved, or nothing would change. The member “detail” says which of these it is.
licence-api-plan = One of: free_quantity, free_date, paid_quantity, paid_date.
licence-api-feature = There is no feature with that code, or it is retired.
licence-api-date-missing = This plan needs a last day.
licence-api-date-past = The date must be today or later.
licence-api-date-far = That date is too far away.
licence-api-credits = Credits go from 0 to 1,000,000; when adding, from 1 to 1,000,000.
licence-api-state = One of: active, used_up, expired, blocked, undated.
