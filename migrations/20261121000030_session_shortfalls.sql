-- Sessions that a refund should have taken back but that were already spent, and what the shop's policy made of them.
CREATE TABLE session_shortfalls (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    account_id BIGINT UNSIGNED NOT NULL,
    grant_id BIGINT UNSIGNED NOT NULL,
    amount INT UNSIGNED NOT NULL,
    settled INT UNSIGNED NOT NULL DEFAULT 0,
    policy VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    closed_at DATETIME(6) NULL,
    closed_by VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_session_shortfalls_grant (grant_id),
    KEY ix_session_shortfalls_account (account_id, closed_at),
    CONSTRAINT ck_session_shortfalls_policy CHECK (policy IN ('forgive', 'debt', 'block')),
    CONSTRAINT ck_session_shortfalls_settled CHECK (settled <= amount)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
