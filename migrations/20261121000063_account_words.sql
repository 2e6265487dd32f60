-- The words of people's names: the beginning of any of them finds the person. Written together with accounts.name.
CREATE TABLE account_words (
    word VARCHAR(60) NOT NULL,
    account_id BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (account_id, word),
    KEY ix_account_words_word (word, account_id),
    CONSTRAINT fk_account_words_account FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
