-- Failed attempts, by hashed bucket (an address, an e-mail). Slows guessing down across all processes.
CREATE TABLE auth_throttle (
    bucket BINARY(32) NOT NULL,
    failures INT UNSIGNED NOT NULL,
    first_at DATETIME(6) NOT NULL,
    blocked_until DATETIME(6) NULL,
    PRIMARY KEY (bucket),
    KEY ix_auth_throttle_first (first_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
