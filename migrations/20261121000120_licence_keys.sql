-- Keys by which apps show that they come from someone with a licence. What may be shown is the prefix; the whole is only kept as a hash.
CREATE TABLE licence_keys (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    licence_id BIGINT UNSIGNED NOT NULL,
    prefix CHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    secret_hash BINARY(32) NOT NULL,
    note VARCHAR(120) NOT NULL DEFAULT '',
    created_by VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    created_by_name VARCHAR(120) NOT NULL DEFAULT '',
    created_at DATETIME(6) NOT NULL,
    revoked_at DATETIME(6) NULL,
    last_used_at DATETIME(6) NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_licence_keys_secret (secret_hash),
    KEY ix_licence_keys_licence (licence_id, id),
    CONSTRAINT fk_licence_keys_licence FOREIGN KEY (licence_id) REFERENCES licences (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
