-- Mirror of the shop's coupons. The code is lower case, as the shop answers it.
CREATE TABLE wc_coupons (
    shop_id BIGINT UNSIGNED NOT NULL,
    wc_id BIGINT UNSIGNED NOT NULL,
    code VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    amount DECIMAL(19,4) NOT NULL,
    discount_type VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'publish',
    description VARCHAR(500) NOT NULL DEFAULT '',
    expires_at DATETIME(6) NULL,
    usage_count INT UNSIGNED NOT NULL DEFAULT 0,
    usage_limit INT UNSIGNED NULL,
    email_restrictions JSON NOT NULL,
    modified_at DATETIME(6) NULL,
    seen_at DATETIME(6) NOT NULL,
    deleted_at DATETIME(6) NULL,
    PRIMARY KEY (shop_id, wc_id),
    KEY ix_wc_coupons_code (shop_id, code)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
