-- How far a resource of a shop was read, and how the last reading went.
CREATE TABLE shop_syncs (
    shop_id BIGINT UNSIGNED NOT NULL,
    resource VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    modified_cursor DATETIME(6) NULL,
    id_cursor BIGINT UNSIGNED NOT NULL DEFAULT 0,
    mode VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'idle',
    seen BIGINT UNSIGNED NOT NULL DEFAULT 0,
    total BIGINT UNSIGNED NULL,
    started_at DATETIME(6) NULL,
    finished_at DATETIME(6) NULL,
    full_at DATETIME(6) NULL,
    last_error VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
    last_error_detail VARCHAR(500) NULL,
    last_error_at DATETIME(6) NULL,
    PRIMARY KEY (shop_id, resource),
    CONSTRAINT ck_shop_syncs_mode CHECK (mode IN ('idle', 'full', 'delta')),
    CONSTRAINT fk_shop_syncs_shop FOREIGN KEY (shop_id) REFERENCES shops (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
