-- When each repeated job ran and is due. One process starts a due one, by its lease.
CREATE TABLE schedules (
    name VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    next_at DATETIME(6) NOT NULL,
    last_enqueued_at DATETIME(6) NULL,
    last_finished_at DATETIME(6) NULL,
    last_ok BOOLEAN NULL,
    last_note VARCHAR(500) NULL,
    paused_at DATETIME(6) NULL,
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
