-- Credits put aside by reservations. Past expires_at a hold holds nothing, whether or not anyone deleted it.
CREATE TABLE licence_holds (
    reservation VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    licence_id BIGINT UNSIGNED NOT NULL,
    position INT UNSIGNED NOT NULL,
    amount INT UNSIGNED NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    PRIMARY KEY (reservation, licence_id),
    KEY ix_licence_holds_licence (licence_id),
    KEY ix_licence_holds_expires (expires_at),
    CONSTRAINT fk_licence_holds_licence FOREIGN KEY (licence_id) REFERENCES licences (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
