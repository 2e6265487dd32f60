-- What the brief names, with its default of 30 days.
INSERT INTO session_categories (code, name, tone, default_days, created_at) VALUES
    ('test', 'Test', 'plain', 30, '2026-11-21 00:00:00'),
    ('promo', 'Promocional', 'plum', 30, '2026-11-21 00:00:00'),
    ('courtesy', 'Cortesía', 'rose', 30, '2026-11-21 00:00:00'),
    ('demo', 'Demo', 'blue', 7, '2026-11-21 00:00:00');
