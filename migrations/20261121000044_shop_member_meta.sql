-- A person's balance as it should stand on their user in the shop, and what became of writing it there.
CREATE TABLE shop_member_meta (
    shop_id BIGINT UNSIGNED NOT NULL,
    customer_id BIGINT UNSIGNED NOT NULL,
    account_id BIGINT UNSIGNED NOT NULL,
    wanted INT UNSIGNED NOT NULL,
    wanted_at DATETIME(6) NOT NULL,
    written INT UNSIGNED NULL,
    written_at DATETIME(6) NULL,
    seen VARCHAR(64) NULL,
    seen_at DATETIME(6) NULL,
    state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    error VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    attempts INT UNSIGNED NOT NULL DEFAULT 0,
    next_at DATETIME(6) NOT NULL,
    PRIMARY KEY (shop_id, customer_id),
    KEY ix_shop_member_meta_state (shop_id, state, next_at),
    KEY ix_shop_member_meta_account (account_id),
    CONSTRAINT ck_shop_member_meta_state CHECK (state IN ('pending', 'written', 'dropped', 'overwritten', 'failed'))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
