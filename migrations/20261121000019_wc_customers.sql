-- Mirror of the shop's users.
CREATE TABLE wc_customers (
    shop_id BIGINT UNSIGNED NOT NULL,
    wc_id BIGINT UNSIGNED NOT NULL,
    email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    first_name VARCHAR(100) NOT NULL DEFAULT '',
    last_name VARCHAR(100) NOT NULL DEFAULT '',
    username VARCHAR(100) NOT NULL DEFAULT '',
    role VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    registered_at DATETIME(6) NULL,
    modified_at DATETIME(6) NULL,
    account_id BIGINT UNSIGNED NULL,
    seen_at DATETIME(6) NOT NULL,
    deleted_at DATETIME(6) NULL,
    PRIMARY KEY (shop_id, wc_id),
    KEY ix_wc_customers_email (email),
    KEY ix_wc_customers_account (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
