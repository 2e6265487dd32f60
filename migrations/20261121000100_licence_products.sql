-- What one unit of a shop product gives: credits, or a span of time, of which plan. variation_id is 0 for the whole product.
CREATE TABLE licence_products (
    shop_id BIGINT UNSIGNED NOT NULL,
    product_id BIGINT UNSIGNED NOT NULL,
    variation_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    feature VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    tier VARCHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    mode VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    credits INT UNSIGNED NOT NULL DEFAULT 0,
    months INT UNSIGNED NOT NULL DEFAULT 0,
    days INT UNSIGNED NOT NULL DEFAULT 0,
    renewal VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    updated_by VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (shop_id, product_id, variation_id),
    CONSTRAINT ck_licence_products_tier CHECK (tier IN ('free', 'paid')),
    CONSTRAINT ck_licence_products_unit CHECK ((mode = 'quantity' AND credits > 0 AND months + days = 0) OR (mode = 'date' AND credits = 0 AND months + days > 0)),
    CONSTRAINT ck_licence_products_renewal CHECK (renewal IN ('from_expiry', 'from_now', 'from_now_if_expired')),
    CONSTRAINT fk_licence_products_feature FOREIGN KEY (feature) REFERENCES features (code)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
