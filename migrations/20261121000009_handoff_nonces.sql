-- Hand-offs from WordPress that were used: each signs in once.
CREATE TABLE handoff_nonces (
    shop_id BIGINT UNSIGNED NOT NULL,
    nonce VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    used_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    PRIMARY KEY (shop_id, nonce),
    KEY ix_handoff_nonces_expires (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
