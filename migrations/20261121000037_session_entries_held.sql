-- Reservations in the ledger: `hold` and `release` change what is held (column held), not what is left (delta).
ALTER TABLE session_entries
    ADD COLUMN held INT NOT NULL DEFAULT 0 AFTER delta,
    DROP CONSTRAINT ck_session_entries_kind,
    ADD CONSTRAINT ck_session_entries_kinds CHECK (kind IN ('grant', 'consume', 'void', 'restore', 'settle', 'adjust', 'expire', 'hold', 'release'));
