-- The webhooks we registered in a shop, as last seen there.
CREATE TABLE shop_webhooks (
    shop_id BIGINT UNSIGNED NOT NULL,
    topic VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    wc_id BIGINT UNSIGNED NULL,
    state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    checked_at DATETIME(6) NULL,
    changed_at DATETIME(6) NOT NULL,
    reenabled_count INT UNSIGNED NOT NULL DEFAULT 0,
    last_delivery_at DATETIME(6) NULL,
    PRIMARY KEY (shop_id, topic),
    CONSTRAINT ck_shop_webhooks_state CHECK (state IN ('wanted', 'active', 'paused', 'disabled', 'missing')),
    CONSTRAINT fk_shop_webhooks_shop FOREIGN KEY (shop_id) REFERENCES shops (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
