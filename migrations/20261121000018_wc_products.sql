-- Mirror of the shop's products and variations (parent_id is 0 for a product).
CREATE TABLE wc_products (
    shop_id BIGINT UNSIGNED NOT NULL,
    wc_id BIGINT UNSIGNED NOT NULL,
    parent_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    name VARCHAR(255) NOT NULL,
    sku VARCHAR(100) NOT NULL DEFAULT '',
    kind VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    price DECIMAL(19,4) NULL,
    permalink VARCHAR(500) NOT NULL DEFAULT '',
    sessions_meta INT UNSIGNED NULL,
    modified_at DATETIME(6) NULL,
    seen_at DATETIME(6) NOT NULL,
    deleted_at DATETIME(6) NULL,
    PRIMARY KEY (shop_id, wc_id),
    KEY ix_wc_products_name (shop_id, name),
    KEY ix_wc_products_parent (shop_id, parent_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
