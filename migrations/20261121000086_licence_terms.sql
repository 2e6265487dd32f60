-- What the last day of a licence by date is made of: days that were set, and spans that were bought. Taking a span back shifts the
-- end by exactly that span.
CREATE TABLE licence_terms (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    licence_id BIGINT UNSIGNED NOT NULL,
    kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    day DATE NULL,
    months INT UNSIGNED NOT NULL DEFAULT 0,
    days INT UNSIGNED NOT NULL DEFAULT 0,
    shop_id BIGINT UNSIGNED NULL,
    order_id BIGINT UNSIGNED NULL,
    line_id BIGINT UNSIGNED NULL,
    unit INT UNSIGNED NULL,
    created_at DATETIME(6) NOT NULL,
    reversed_at DATETIME(6) NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_licence_terms_unit (shop_id, order_id, line_id, unit),
    KEY ix_licence_terms_licence (licence_id, id),
    CONSTRAINT ck_licence_terms_kind CHECK ((kind = 'set' AND day IS NOT NULL) OR (kind = 'span' AND months + days > 0) OR kind = 'clear'),
    CONSTRAINT fk_licence_terms_licence FOREIGN KEY (licence_id) REFERENCES licences (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
