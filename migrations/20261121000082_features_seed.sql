-- What the five briefs speak of.
INSERT INTO features (code, name, unit_one, unit_many, created_at, updated_at) VALUES
    ('session', 'Consultas', 'sesión', 'sesiones', '2026-11-21 00:00:00', '2026-11-21 00:00:00'),
    ('catalogue', 'Catálogos', 'catálogo', 'catálogos', '2026-11-21 00:00:00', '2026-11-21 00:00:00'),
    ('translation_words', 'Traducción', 'palabra', 'palabras', '2026-11-21 00:00:00', '2026-11-21 00:00:00'),
    ('appointment_new', 'Citas nuevas', 'cita', 'citas', '2026-11-21 00:00:00', '2026-11-21 00:00:00'),
    ('invoice_new', 'Facturas nuevas', 'factura', 'facturas', '2026-11-21 00:00:00', '2026-11-21 00:00:00'),
    ('client_new', 'Clientes nuevos', 'cliente', 'clientes', '2026-11-21 00:00:00', '2026-11-21 00:00:00');
