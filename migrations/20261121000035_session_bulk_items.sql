-- A person (or an unreadable row) of a bulk assignment. account_id stays what it was when the list was made.
CREATE TABLE session_bulk_items (
    run_id BIGINT UNSIGNED NOT NULL,
    row_no INT UNSIGNED NOT NULL,
    label VARCHAR(254) NOT NULL DEFAULT '',
    account_id BIGINT UNSIGNED NULL,
    state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    grant_id BIGINT UNSIGNED NULL,
    taken_back INT UNSIGNED NOT NULL DEFAULT 0,
    kept INT UNSIGNED NOT NULL DEFAULT 0,
    done_at DATETIME(6) NULL,
    PRIMARY KEY (run_id, row_no),
    UNIQUE KEY uq_session_bulk_items_account (run_id, account_id),
    KEY ix_session_bulk_items_state (run_id, state, account_id),
    CONSTRAINT ck_session_bulk_items_state CHECK (state IN ('pending', 'given', 'skipped', 'failed')),
    CONSTRAINT fk_session_bulk_items_run FOREIGN KEY (run_id) REFERENCES session_bulk_runs (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
