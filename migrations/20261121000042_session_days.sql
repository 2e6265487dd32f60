-- The ledger summed by day of the business zone, for statistics. Made from session_entries up to session_marks, and made anew at will.
CREATE TABLE session_days (
    day DATE NOT NULL,
    kind VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    category_id BIGINT UNSIGNED NOT NULL,
    entry VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    entries BIGINT NOT NULL,
    sessions BIGINT NOT NULL,
    wait_seconds BIGINT NOT NULL,
    PRIMARY KEY (day, kind, category_id, entry)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
