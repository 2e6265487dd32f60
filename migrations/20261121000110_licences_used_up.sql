-- Whether every credit is gone. It changes once in the life of a credit, not with every use, so its index costs a use nothing.
ALTER TABLE licences
    ADD COLUMN is_used_up TINYINT UNSIGNED GENERATED ALWAYS AS (IF(used < granted, 0, 1)) VIRTUAL,
    ADD KEY ix_licences_used_up (mode, is_used_up, blocked_at, created_at, id);
