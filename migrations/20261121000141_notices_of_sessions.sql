-- What people were told of sessions so far. It was kept for as long as the grant had the end that was told of.
INSERT IGNORE INTO notices (source, subject_id, ends, mail_id, at)
SELECT 'sessions', n.grant_id, g.expires_at, n.mail_id, n.at
  FROM session_notices n JOIN session_grants g ON g.id = n.grant_id
 WHERE g.expires_at IS NOT NULL;
