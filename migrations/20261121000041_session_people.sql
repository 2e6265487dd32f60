-- Who used a free session, first when, and when they first bought after it: what the conversion rate counts.
CREATE TABLE session_people (
    account_id BIGINT UNSIGNED NOT NULL,
    first_free_use_at DATETIME(6) NOT NULL,
    bought_after_at DATETIME(6) NULL,
    PRIMARY KEY (account_id),
    KEY ix_session_people_first (first_free_use_at, bought_after_at),
    CONSTRAINT fk_session_people_account FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
