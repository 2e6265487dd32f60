-- How many sessions one unit of a shop product is worth. variation_id is 0 for the whole product.
CREATE TABLE session_products (
    shop_id BIGINT UNSIGNED NOT NULL,
    product_id BIGINT UNSIGNED NOT NULL,
    variation_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    sessions_per_unit INT UNSIGNED NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    updated_by VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (shop_id, product_id, variation_id),
    CONSTRAINT ck_session_products_positive CHECK (sessions_per_unit BETWEEN 1 AND 1000)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
