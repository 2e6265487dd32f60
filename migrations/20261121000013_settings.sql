-- What the admin may change while it runs. A missing row means the default of its definition.
CREATE TABLE settings (
    name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    value JSON NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    updated_by VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
