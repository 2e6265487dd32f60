-- Grants by what is left of them; the two columns more let the overview add up what people have without reading the rows. And
-- the few that were taken back.
ALTER TABLE session_grants
    ADD KEY ix_session_grants_left (remaining, id, expires_at, account_id),
    ADD KEY ix_session_grants_voided (voided);
