-- What may pay for a feature, in the order in which it is asked.
CREATE TABLE feature_sources (
    feature VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    source VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    position TINYINT UNSIGNED NOT NULL,
    PRIMARY KEY (feature, source),
    UNIQUE KEY uq_feature_sources_position (feature, position),
    CONSTRAINT ck_feature_sources_source CHECK (source IN ('sessions', 'licence', 'subscription', 'programme')),
    CONSTRAINT fk_feature_sources_feature FOREIGN KEY (feature) REFERENCES features (code)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
