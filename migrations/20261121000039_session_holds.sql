-- From which grant a reservation holds how many, in the order in which they are spent.
CREATE TABLE session_holds (
    reservation_id BIGINT UNSIGNED NOT NULL,
    grant_id BIGINT UNSIGNED NOT NULL,
    position INT UNSIGNED NOT NULL,
    amount INT UNSIGNED NOT NULL,
    PRIMARY KEY (reservation_id, grant_id),
    KEY ix_session_holds_grant (grant_id),
    CONSTRAINT fk_session_holds_reservation FOREIGN KEY (reservation_id) REFERENCES session_reservations (id),
    CONSTRAINT fk_session_holds_grant FOREIGN KEY (grant_id) REFERENCES session_grants (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
