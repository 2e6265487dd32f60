-- Every no that the API said, with the rule and the values it was decided by, to be opened by its request id.
CREATE TABLE denials (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    request_id VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    position SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    at DATETIME(6) NOT NULL,
    operation VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    actor_kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    actor_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    account_id BIGINT UNSIGNED NULL,
    feature VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
    amount INT UNSIGNED NULL,
    reason VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    detail JSON NOT NULL,
    PRIMARY KEY (id),
    KEY ix_denials_request (request_id, id),
    KEY ix_denials_account (account_id, id),
    KEY ix_denials_at (at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
