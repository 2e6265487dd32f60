-- Refunds of mirrored orders, amounts positive.
CREATE TABLE wc_refunds (
    shop_id BIGINT UNSIGNED NOT NULL,
    wc_id BIGINT UNSIGNED NOT NULL,
    order_id BIGINT UNSIGNED NOT NULL,
    amount DECIMAL(19,4) NOT NULL,
    reason VARCHAR(500) NOT NULL DEFAULT '',
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (shop_id, wc_id),
    KEY ix_wc_refunds_order (shop_id, order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
