-- The rows of such a file, each with what it says and what became of it. A row that says nothing usable has no account or no plan.
CREATE TABLE licence_import_rows (
    import_id BIGINT UNSIGNED NOT NULL,
    row_no INT UNSIGNED NOT NULL,
    label VARCHAR(254) NOT NULL,
    account_id BIGINT UNSIGNED NULL,
    feature VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
    tier VARCHAR(4) CHARACTER SET ascii COLLATE ascii_bin NULL,
    mode VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL,
    credits INT UNSIGNED NOT NULL DEFAULT 0,
    expires_on DATE NULL,
    is_blocked BOOLEAN NULL,
    state VARCHAR(7) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    cell VARCHAR(80) NOT NULL DEFAULT '',
    licence_id BIGINT UNSIGNED NULL,
    done_at DATETIME(6) NULL,
    PRIMARY KEY (import_id, row_no),
    KEY ix_licence_import_rows_state (import_id, state, account_id, row_no),
    CONSTRAINT ck_licence_import_rows_state CHECK (state IN ('pending', 'given', 'changed', 'same', 'failed')),
    CONSTRAINT fk_licence_import_rows_import FOREIGN KEY (import_id) REFERENCES licence_imports (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
