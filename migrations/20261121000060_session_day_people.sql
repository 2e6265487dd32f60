-- Who was given sessions on which day of the business zone: the account of every 'grant' row of the ledger, 8 bytes each, the
-- highest first, one after the other. People of any period are counted from it without reading the ledger. An account that was
-- merged away stands for the one that lives on. Made from session_entries together with session_days.
CREATE TABLE session_day_people (
    day DATE NOT NULL,
    kind VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    category_id BIGINT UNSIGNED NOT NULL,
    accounts MEDIUMBLOB NOT NULL,
    PRIMARY KEY (day, kind, category_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
