-- Lines of mirrored orders. The refunded columns are positive sums over the order's refunds.
CREATE TABLE wc_order_lines (
    shop_id BIGINT UNSIGNED NOT NULL,
    order_id BIGINT UNSIGNED NOT NULL,
    line_id BIGINT UNSIGNED NOT NULL,
    product_id BIGINT UNSIGNED NOT NULL,
    variation_id BIGINT UNSIGNED NOT NULL,
    name VARCHAR(255) NOT NULL,
    quantity INT UNSIGNED NOT NULL,
    total DECIMAL(19,4) NOT NULL,
    total_tax DECIMAL(19,4) NOT NULL,
    refunded_quantity INT UNSIGNED NOT NULL DEFAULT 0,
    refunded_total DECIMAL(19,4) NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, order_id, line_id),
    KEY ix_wc_order_lines_product (shop_id, product_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
