INSERT INTO feature_sources (feature, source, position) VALUES
    ('session', 'sessions', 1),
    ('catalogue', 'licence', 1),
    ('translation_words', 'subscription', 1),
    ('appointment_new', 'programme', 1),
    ('invoice_new', 'programme', 1),
    ('client_new', 'programme', 1);
