-- The ids by which the outside world knows an account. shop_id is 0 where no shop is meant (e-mail).
CREATE TABLE account_identities (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    account_id BIGINT UNSIGNED NOT NULL,
    kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    shop_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    value VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    label VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    source VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_account_identities_value (kind, shop_id, value),
    KEY ix_account_identities_account (account_id),
    CONSTRAINT ck_account_identities_kind CHECK (kind IN ('email', 'wp_user')),
    CONSTRAINT ck_account_identities_label CHECK (label IN ('primary', 'billing', 'former', 'shop')),
    CONSTRAINT fk_account_identities_account FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
