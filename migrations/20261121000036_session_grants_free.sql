-- Free sessions: their category, the bulk assignment and row they come from, what reservations hold, what expired unspent.
-- lapses_at leaves out what has nothing left, so that looking for expiries touches only what can still expire.
ALTER TABLE session_grants
    ADD COLUMN category_id BIGINT UNSIGNED NULL AFTER kind,
    ADD COLUMN held INT UNSIGNED NOT NULL DEFAULT 0 AFTER remaining,
    ADD COLUMN written_off INT UNSIGNED NOT NULL DEFAULT 0 AFTER shortfall,
    ADD COLUMN bulk_run_id BIGINT UNSIGNED NULL AFTER line_id,
    ADD COLUMN bulk_row INT UNSIGNED NULL AFTER bulk_run_id,
    ADD COLUMN lapses_at DATETIME(6) GENERATED ALWAYS AS (IF(remaining > 0, expires_at, NULL)) VIRTUAL,
    DROP CONSTRAINT ck_session_grants_remaining,
    ADD CONSTRAINT ck_session_grants_sum CHECK (remaining + voided + written_off <= quantity),
    ADD CONSTRAINT ck_session_grants_held CHECK (held <= remaining),
    ADD UNIQUE KEY uq_session_grants_bulk (bulk_run_id, bulk_row),
    ADD KEY ix_session_grants_lapses (lapses_at, id),
    ADD KEY ix_session_grants_category (category_id, created_at, id),
    ADD CONSTRAINT fk_session_grants_category FOREIGN KEY (category_id) REFERENCES session_categories (id),
    ADD CONSTRAINT fk_session_grants_bulk FOREIGN KEY (bulk_run_id) REFERENCES session_bulk_runs (id);
