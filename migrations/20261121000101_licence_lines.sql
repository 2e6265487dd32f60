-- What each order line gave to a licence, and what was taken back: in credits by quantity, in spans by date. A line remembers what a
-- unit was worth when it was bought. From ended_at on, the licence has another mode, and what the line gave is gone with the old one.
CREATE TABLE licence_lines (
    shop_id BIGINT UNSIGNED NOT NULL,
    order_id BIGINT UNSIGNED NOT NULL,
    line_id BIGINT UNSIGNED NOT NULL,
    licence_id BIGINT UNSIGNED NOT NULL,
    credits INT UNSIGNED NOT NULL DEFAULT 0,
    months INT UNSIGNED NOT NULL DEFAULT 0,
    days INT UNSIGNED NOT NULL DEFAULT 0,
    renewal VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    paid_on DATE NOT NULL,
    granted INT UNSIGNED NOT NULL,
    voided INT UNSIGNED NOT NULL DEFAULT 0,
    shortfall INT UNSIGNED NOT NULL DEFAULT 0,
    debt INT UNSIGNED NOT NULL DEFAULT 0,
    blocks BOOLEAN NOT NULL DEFAULT FALSE,
    ended_at DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    PRIMARY KEY (shop_id, order_id, line_id),
    KEY ix_licence_lines_licence (licence_id),
    CONSTRAINT ck_licence_lines_unit CHECK ((credits > 0) = (months + days = 0)),
    CONSTRAINT ck_licence_lines_taken CHECK (voided + shortfall <= granted AND debt <= shortfall),
    CONSTRAINT fk_licence_lines_licence FOREIGN KEY (licence_id) REFERENCES licences (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
