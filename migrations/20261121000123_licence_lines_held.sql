-- Of the shortfall of a refunded line, what reservations held at that time: it is taken back if they let go of it.
ALTER TABLE licence_lines
    ADD COLUMN held INT UNSIGNED NOT NULL DEFAULT 0 AFTER shortfall,
    ADD CONSTRAINT ck_licence_lines_held CHECK (held <= shortfall);
