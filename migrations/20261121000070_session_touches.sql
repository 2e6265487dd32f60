-- Whose balance changed without a row in the ledger: another expiry, a shortfall that blocks or no longer does.
-- Read by whoever tells the shops, and emptied behind them.
CREATE TABLE session_touches (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    account_id BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
