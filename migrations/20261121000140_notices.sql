-- Whom we told that something ends soon: each end of each thing once. `ends` is the end as the thing itself keeps it: an instant, or
-- a day at 00:00. What ends on another day than the one told of is another ending.
CREATE TABLE notices (
    source VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject_id BIGINT UNSIGNED NOT NULL,
    ends DATETIME(6) NOT NULL,
    mail_id BIGINT UNSIGNED NOT NULL,
    at DATETIME(6) NOT NULL,
    PRIMARY KEY (source, subject_id, ends),
    KEY ix_notices_at (at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
