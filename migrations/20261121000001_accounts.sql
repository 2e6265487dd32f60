-- A person, however many ids the outside world has for them. A merged account points to the one that lives on.
CREATE TABLE accounts (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    name VARCHAR(200) NOT NULL DEFAULT '',
    email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    locale VARCHAR(5) NULL,
    is_test BOOLEAN NOT NULL DEFAULT FALSE,
    merged_into BIGINT UNSIGNED NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    version INT UNSIGNED NOT NULL DEFAULT 1,
    PRIMARY KEY (id),
    UNIQUE KEY uq_accounts_email (email),
    KEY ix_accounts_name (name, id),
    KEY ix_accounts_created (created_at, id),
    KEY ix_accounts_merged (merged_into),
    CONSTRAINT ck_accounts_email CHECK (email IS NULL OR email = LOWER(email))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
