-- Words of the names that are there: the nth, as long as a name has so many.
INSERT IGNORE INTO account_words (word, account_id)
SELECT LEFT(SUBSTRING_INDEX(SUBSTRING_INDEX(a.name, ' ', n.n), ' ', -1), 60), a.id
  FROM accounts a
  JOIN (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6
        UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9 UNION ALL SELECT 10 UNION ALL SELECT 11 UNION ALL SELECT 12) n
    ON n.n <= 1 + LENGTH(a.name) - LENGTH(REPLACE(a.name, ' ', ''))
 WHERE SUBSTRING_INDEX(SUBSTRING_INDEX(a.name, ' ', n.n), ' ', -1) <> '';
