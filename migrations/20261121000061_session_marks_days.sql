-- How far session_days has come: nowhere, in no zone yet.
INSERT INTO session_marks (name, zone, done_id, seen_id, seen_at) VALUES ('days', '', 0, 0, '2026-11-21 00:00:00');
