-- Everything that licences are counted by, so that counting reads no rows. A use touches none of it but with the last credit.
ALTER TABLE licences ADD KEY ix_licences_counts (mode, tier, is_used_up, blocked_at, expires_on, feature);
