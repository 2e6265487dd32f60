-- Of what a reservation holds, how much was refunded meanwhile. It is held until the hold is written off, even past expires_at, so that
-- nobody uses it in between. For each licence the sum of it is what its lines have as held.
ALTER TABLE licence_holds
    ADD COLUMN refunded INT UNSIGNED NOT NULL DEFAULT 0 AFTER amount,
    ADD CONSTRAINT ck_licence_holds_refunded CHECK (refunded <= amount);
