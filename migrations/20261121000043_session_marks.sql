-- How far readers of the ledger have come. A mark moves to seen_id only some time after it was seen: rows with smaller
-- numbers may still be in open transactions.
CREATE TABLE session_marks (
    name VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    zone VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    done_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    seen_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    seen_at DATETIME(6) NOT NULL,
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
