-- A signed-in browser, of staff or of a customer. Only the hash of its cookie is kept.
CREATE TABLE logins (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    token_hash BINARY(32) NOT NULL,
    staff_id BIGINT UNSIGNED NULL,
    account_id BIGINT UNSIGNED NULL,
    method VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    last_seen_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    revoked_at DATETIME(6) NULL,
    address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_agent VARCHAR(255) NOT NULL DEFAULT '',
    PRIMARY KEY (id),
    UNIQUE KEY uq_logins_token (token_hash),
    KEY ix_logins_staff (staff_id, revoked_at),
    KEY ix_logins_account (account_id, revoked_at),
    KEY ix_logins_expires (expires_at),
    CONSTRAINT ck_logins_one_owner CHECK ((staff_id IS NULL) <> (account_id IS NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
