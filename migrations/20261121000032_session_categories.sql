-- Kinds of free sessions that the admin names and colours. A retired one stays on what was given under it.
CREATE TABLE session_categories (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    code VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name VARCHAR(60) NOT NULL,
    tone VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    default_days INT UNSIGNED NULL,
    retired_at DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL,
    version INT UNSIGNED NOT NULL DEFAULT 1,
    PRIMARY KEY (id),
    UNIQUE KEY uq_session_categories_code (code),
    UNIQUE KEY uq_session_categories_name (name),
    CONSTRAINT ck_session_categories_tone CHECK (tone IN ('blue', 'plum', 'rose', 'plain')),
    CONSTRAINT ck_session_categories_days CHECK (default_days BETWEEN 1 AND 3650)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
