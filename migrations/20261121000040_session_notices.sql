-- Grants whose person was told that they expire soon. A grant is told of once.
CREATE TABLE session_notices (
    grant_id BIGINT UNSIGNED NOT NULL,
    mail_id BIGINT UNSIGNED NOT NULL,
    at DATETIME(6) NOT NULL,
    PRIMARY KEY (grant_id),
    KEY ix_session_notices_at (at),
    CONSTRAINT fk_session_notices_grant FOREIGN KEY (grant_id) REFERENCES session_grants (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
