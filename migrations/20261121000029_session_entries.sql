-- The ledger of sessions: append-only. Balances are the sum of delta.
CREATE TABLE session_entries (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    account_id BIGINT UNSIGNED NOT NULL,
    grant_id BIGINT UNSIGNED NOT NULL,
    operation_id VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    delta INT NOT NULL,
    at DATETIME(6) NOT NULL,
    actor_kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    actor_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    reason VARCHAR(255) NOT NULL DEFAULT '',
    expert_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    expert_name VARCHAR(120) NULL,
    duration_seconds INT UNSIGNED NULL,
    request_id VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
    PRIMARY KEY (id),
    KEY ix_session_entries_account (account_id, id),
    KEY ix_session_entries_grant (grant_id, id),
    KEY ix_session_entries_at (at, id),
    KEY ix_session_entries_operation (operation_id),
    CONSTRAINT ck_session_entries_kind CHECK (kind IN ('grant', 'consume', 'void', 'restore', 'settle', 'adjust', 'expire')),
    CONSTRAINT fk_session_entries_grant FOREIGN KEY (grant_id) REFERENCES session_grants (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
