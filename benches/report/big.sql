-- A shop of 250,000 people and about 1,000,000 rows of the sessions' ledger, over two years before @now, in an empty
-- database. Set-based and the same every time: what looks random is a checksum of the row's number.
-- Statements end with a semicolon at the end of a line.
SET SESSION foreign_key_checks = 0, SESSION unique_checks = 0;
CREATE TABLE bench_digits (d INT UNSIGNED NOT NULL PRIMARY KEY) ENGINE = InnoDB;
INSERT INTO bench_digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
CREATE TABLE bench_numbers (n INT UNSIGNED NOT NULL PRIMARY KEY) ENGINE = InnoDB;
INSERT INTO bench_numbers
SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d + 100000 * f.d
  FROM bench_digits f, bench_digits e, bench_digits d, bench_digits c, bench_digits b, bench_digits a
 WHERE f.d < 4;

INSERT INTO accounts (id, name, email, locale, is_test, created_at, updated_at)
SELECT p.n,
       CONCAT(ELT(1 + p.g, 'Lucía', 'María', 'Sofía', 'Martina', 'Paula', 'Carmen', 'Núria', 'Inés', 'Ángela', 'Rocío', 'Hugo', 'Mateo', 'Martín', 'Álvaro', 'Íñigo', 'José', 'Andrés', 'Óscar', 'Rubén', 'Joaquín'), ' ',
              ELT(1 + p.s, 'García', 'Rodríguez', 'González', 'Fernández', 'López', 'Martínez', 'Sánchez', 'Pérez', 'Gómez', 'Martín', 'Jiménez', 'Ruiz', 'Hernández', 'Díaz', 'Moreno', 'Muñoz', 'Álvarez', 'Romero', 'Alonso', 'Gutiérrez', 'Navarro', 'Torres', 'Domínguez', 'Vázquez', 'Ramos', 'Gil', 'Serrano', 'Blanco', 'Molina', 'Castro'), ' ',
              ELT(1 + p.t, 'García', 'Ortega', 'Rubio', 'Marín', 'Sanz', 'Núñez', 'Iglesias', 'Medina', 'Garrido', 'Cortés', 'Castillo', 'Santos', 'Lozano', 'Guerrero', 'Cano', 'Prieto', 'Méndez', 'Cruz', 'Calvo', 'Gallego', 'Vidal', 'León', 'Márquez', 'Herrera', 'Peña', 'Flores', 'Cabrera', 'Campos', 'Vega', 'Fuentes')),
       CONCAT(ELT(1 + p.g, 'lucia', 'maria', 'sofia', 'martina', 'paula', 'carmen', 'nuria', 'ines', 'angela', 'rocio', 'hugo', 'mateo', 'martin', 'alvaro', 'inigo', 'jose', 'andres', 'oscar', 'ruben', 'joaquin'), '.', p.n, '@example.test'),
       NULL, p.n MOD 5000 = 0, p.born, p.born
  FROM (SELECT n, CRC32(n * 31 + 1) MOD 20 AS g, CRC32(n * 31 + 2) MOD 30 AS s, CRC32(n * 31 + 3) MOD 30 AS t,
               DATE_ADD(DATE_SUB(@now, INTERVAL 731 DAY), INTERVAL n * 252 SECOND) AS born
          FROM bench_numbers WHERE n <= 250000) p;

-- Not INSERT IGNORE: without checks, MariaDB would load the empty table in bulk and, at the first duplicate, leave nothing.
INSERT INTO account_words (account_id, word)
SELECT id, SUBSTRING_INDEX(name, ' ', 1) FROM accounts
UNION SELECT id, SUBSTRING_INDEX(SUBSTRING_INDEX(name, ' ', 2), ' ', -1) FROM accounts
UNION SELECT id, SUBSTRING_INDEX(name, ' ', -1) FROM accounts;
INSERT INTO account_identities (account_id, kind, shop_id, value, label, source, created_at)
SELECT id, 'email', 0, email, 'primary', 'shop', created_at FROM accounts;
INSERT INTO account_identities (account_id, kind, shop_id, value, label, source, created_at)
SELECT id, 'wp_user', 1, CAST(id AS CHAR), 'shop', 'shop', created_at FROM accounts WHERE id MOD 5 < 3;
INSERT INTO account_roles (account_id, role, created_at) SELECT id, 'customer', created_at FROM accounts;
INSERT INTO account_roles (account_id, role, created_at) SELECT id, 'partner', created_at FROM accounts WHERE id MOD 997 = 0;

-- 300,000 free grants and 100,000 bought ones. left_over is what was never used; what expired a day ago is written off.
INSERT INTO session_grants (id, account_id, kind, category_id, per_unit, quantity, remaining, written_off, expires_at, shop_id, order_id, line_id, note, created_by, created_at)
SELECT u.n, u.account_id, u.kind, u.category_id, u.per_unit, u.quantity,
       IF(u.expires_at <= DATE_SUB(@now, INTERVAL 1 DAY), 0, u.left_over), IF(u.expires_at <= DATE_SUB(@now, INTERVAL 1 DAY), u.left_over, 0),
       u.expires_at, IF(u.kind = 'purchased', 1, NULL), IF(u.kind = 'purchased', 100000 + u.n, NULL), IF(u.kind = 'purchased', 500000 + u.n, NULL),
       '', IF(u.kind = 'purchased', 'shop:1', 'staff:1'), u.born
  FROM (SELECT q.*, IF(q.kind = 'purchased' OR q.never, NULL, DATE_ADD(DATE_ADD(DATE(q.born), INTERVAL IF(q.category_id = 4, 7, 30) DAY), INTERVAL 23 HOUR)) AS expires_at,
               q.quantity - q.h MOD (LEAST(q.quantity, 5) + 1) AS left_over
          FROM (SELECT n, 1 + CRC32(n * 17 + 1) MOD (FLOOR(n * 0.6) + 1) AS account_id,
                       IF(n MOD 4 = 0, 'purchased', 'free') AS kind,
                       IF(n MOD 4 = 0, NULL, ELT(1 + CRC32(n * 17 + 2) MOD 10, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4) + 0) AS category_id,
                       IF(n MOD 4 = 0, ELT(1 + CRC32(n * 17 + 3) MOD 4, 1, 5, 5, 10) + 0, NULL) AS per_unit,
                       IF(n MOD 4 = 0, ELT(1 + CRC32(n * 17 + 3) MOD 4, 1, 5, 5, 10), ELT(1 + CRC32(n * 17 + 4) MOD 10, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3)) + 0 AS quantity,
                       CRC32(n * 17 + 5) MOD 10 = 0 AS never,
                       CRC32(n * 17 + 6) AS h,
                       DATE_ADD(DATE_SUB(@now, INTERVAL 729 DAY), INTERVAL FLOOR(n * 157.4) SECOND) AS born
                  FROM bench_numbers WHERE n <= 400000) q) u;

-- The ledger, in the order in which it happened: what was given, used one by one, and written off.
INSERT INTO session_entries (account_id, grant_id, operation_id, kind, delta, at, actor_kind, actor_id, reason, expert_id, expert_name)
SELECT l.account_id, l.id, l.operation_id, l.kind, l.delta, l.at, l.actor_kind, '1', l.reason, l.expert_id, l.expert_name
  FROM (SELECT account_id, id, CONCAT('g', id) AS operation_id, 'grant' AS kind, CAST(quantity AS SIGNED) AS delta, created_at AS at,
               IF(kind = 'purchased', 'shop', 'staff') AS actor_kind, IF(kind = 'purchased', CAST(order_id AS CHAR), '') AS reason,
               NULL AS expert_id, NULL AS expert_name
          FROM session_grants
        UNION ALL
        SELECT g.account_id, g.id, CONCAT('u', g.id, '-', k.d), 'consume', -1,
               DATE_ADD(g.created_at, INTERVAL FLOOR(TIMESTAMPDIFF(SECOND, g.created_at, LEAST(@now, COALESCE(g.expires_at, DATE_ADD(g.created_at, INTERVAL 120 DAY)))) * k.d / (g.quantity - g.remaining - g.written_off + 1)) SECOND),
               'app', '', CAST(CRC32(g.id) MOD 40 AS CHAR), CONCAT('Experta ', CRC32(g.id) MOD 40)
          FROM session_grants g JOIN bench_digits k ON k.d BETWEEN 1 AND CAST(g.quantity AS SIGNED) - CAST(g.remaining AS SIGNED) - CAST(g.written_off AS SIGNED)
        UNION ALL
        SELECT account_id, id, CONCAT('x', id), 'expire', -CAST(written_off AS SIGNED), expires_at, 'system', '', NULL, NULL
          FROM session_grants WHERE written_off > 0) l
 ORDER BY l.at, l.id;

INSERT INTO session_people (account_id, first_free_use_at)
SELECT e.account_id, MIN(e.at) FROM session_entries e JOIN session_grants g ON g.id = e.grant_id
 WHERE e.kind = 'consume' AND g.kind = 'free' GROUP BY e.account_id;
UPDATE session_people p
   SET p.bought_after_at = (SELECT MIN(g.created_at) FROM session_grants g
                             WHERE g.account_id = p.account_id AND g.kind = 'purchased' AND g.created_at > p.first_free_use_at);

INSERT INTO wc_orders (shop_id, wc_id, number, status, currency, total, total_tax, shipping_total, customer_id, billing_email, billing_name, account_id, created_at, paid_at, completed_at, modified_at, seen_at)
SELECT g.shop_id, g.order_id, CAST(g.order_id AS CHAR), 'completed', 'EUR', 8 * g.quantity, 0, 0, 0, a.email, a.name, g.account_id, g.created_at, g.created_at, g.created_at, g.created_at, g.created_at
  FROM session_grants g JOIN accounts a ON a.id = g.account_id WHERE g.kind = 'purchased';

DROP TABLE bench_numbers;
DROP TABLE bench_digits;
SET SESSION foreign_key_checks = 1, SESSION unique_checks = 1;
ANALYZE TABLE accounts, account_words, account_identities, account_roles, session_grants, session_entries, session_people, wc_orders;
