-- The trail of every merge: what was moved, by whom and why.
CREATE TABLE account_merges (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    from_account BIGINT UNSIGNED NOT NULL,
    into_account BIGINT UNSIGNED NOT NULL,
    actor_kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    actor_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    reason VARCHAR(500) NOT NULL,
    moved JSON NOT NULL,
    at DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    KEY ix_account_merges_into (into_account),
    KEY ix_account_merges_from (from_account)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
