//! SQL of taking back: everything for a stretch of a list at once. The caller holds the run's lock and those of everyone who has
//! a grant of the stretch.
//!
//! How far an undoing is stands in the `reason` of a given row: empty, `undoing` (only within the transaction), `undone`.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::{
        actor::Actor,
        ids::{AccountId, BulkRunId},
    },
    db::{DbError, one_row},
    sessions::bulk::{domain::Run, store::giving::Stretch},
};

/// What can be taken back now, and what cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prospect {
    /// Sessions that nobody used or holds, and that did not expire.
    pub sessions: u64,
    /// Whose they are.
    pub people: u64,
    /// Sessions that were used, or that reservations hold.
    pub kept: u64,
    /// Who used or holds some.
    pub keepers: u64,
}

/// Reservations that ran out hold nothing, whether or not that was written down.
pub async fn prospect(
    conn: &mut MySqlConnection,
    run: BulkRunId,
    now: DateTime<Utc>,
) -> Result<Prospect, DbError> {
    Ok(sqlx::query_as!(
        Prospect,
        r#"SELECT CAST(COALESCE(SUM(alive), 0) AS UNSIGNED) AS "sessions!: u64",
                  CAST(COALESCE(SUM(alive > 0), 0) AS UNSIGNED) AS "people!: u64",
                  CAST(COALESCE(SUM(kept), 0) AS UNSIGNED) AS "kept!: u64",
                  CAST(COALESCE(SUM(kept > 0), 0) AS UNSIGNED) AS "keepers!: u64"
             FROM (SELECT IF(expires_at IS NULL OR expires_at > ?, remaining - held, 0) AS alive,
                          quantity + held - voided - written_off - remaining AS kept
                     FROM (SELECT g.expires_at, g.quantity, g.remaining, g.voided, g.written_off,
                                  IF(g.held = 0, 0, g.held - CAST(COALESCE(
                                    (SELECT SUM(h.amount) FROM session_holds h JOIN session_reservations r ON r.id = h.reservation_id
                                      WHERE h.grant_id = g.id AND r.state = 'reserved' AND r.expires_at <= ?), 0) AS UNSIGNED)) AS held
                             FROM session_grants g WHERE g.bulk_run_id = ?) live) each_one"#,
        now,
        now,
        run
    )
    .fetch_one(conn)
    .await?)
}

/// The next rows that were given and not yet taken back: the account of the list, who has the grant today, and whether
/// reservations hold something of it.
pub async fn next(
    conn: &mut MySqlConnection,
    run: BulkRunId,
    after: AccountId,
    limit: u32,
) -> Result<Vec<(AccountId, AccountId, bool)>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT i.account_id AS "listed!: AccountId", g.account_id AS "owner!: AccountId", g.held > 0 AS "held!: bool"
             FROM session_bulk_items i JOIN session_grants g ON g.id = i.grant_id
            WHERE i.run_id = ? AND i.state = 'given' AND i.reason = '' AND i.account_id > ? ORDER BY i.account_id LIMIT ?"#,
        run,
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.listed, row.owner, row.held)).collect())
}

/// Who has the grants of the stretch now: after locking, to see whether anyone was merged in between.
pub async fn owners(conn: &mut MySqlConnection, stretch: Stretch) -> Result<Vec<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT g.account_id AS "owner!: AccountId"
             FROM session_bulk_items i JOIN session_grants g ON g.id = i.grant_id
            WHERE i.run_id = ? AND i.state = 'given' AND i.reason = '' AND i.account_id BETWEEN ? AND ? ORDER BY i.account_id"#,
        stretch.run,
        stretch.first,
        stretch.last
    )
    .fetch_all(conn)
    .await?)
}

/// Takes back what is unspent, not held and not expired, and writes down what was kept. Answers both, in sessions.
pub async fn take_back(
    conn: &mut MySqlConnection,
    stretch: Stretch,
    run: &Run,
    by: &Actor,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(u64, u64), DbError> {
    let Stretch { run: id, first, last } = stretch;
    let entered = sqlx::query!(
        "INSERT INTO session_entries (account_id, grant_id, operation_id, kind, delta, at, actor_kind, actor_id, reason)
         SELECT g.account_id, g.id, CONCAT('undo:', i.run_id, ':', i.row_no), 'void', -CAST(g.remaining - g.held AS SIGNED), ?, ?, ?, ?
           FROM session_bulk_items i JOIN session_grants g ON g.id = i.grant_id
          WHERE i.run_id = ? AND i.state = 'given' AND i.reason = '' AND i.account_id BETWEEN ? AND ?
            AND g.remaining > g.held AND (g.expires_at IS NULL OR g.expires_at > ?) ORDER BY i.account_id",
        now,
        by.kind(),
        by.id(),
        reason,
        id,
        first,
        last,
        now
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    let noted = sqlx::query!(
        "UPDATE session_bulk_items i JOIN session_grants g ON g.id = i.grant_id
            SET i.reason = 'undoing',
                i.taken_back = IF(g.expires_at IS NULL OR g.expires_at > ?, g.remaining - g.held, 0),
                i.kept = g.quantity + g.held - g.voided - g.written_off - g.remaining
          WHERE i.run_id = ? AND i.state = 'given' AND i.reason = '' AND i.account_id BETWEEN ? AND ?",
        now,
        id,
        first,
        last
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    let taken = sqlx::query!(
        "UPDATE session_grants g JOIN session_bulk_items i ON i.grant_id = g.id
            SET g.remaining = g.remaining - i.taken_back, g.voided = g.voided + i.taken_back
          WHERE i.run_id = ? AND i.state = 'given' AND i.reason = 'undoing' AND i.account_id BETWEEN ? AND ? AND i.taken_back > 0",
        id,
        first,
        last
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    let sums = sqlx::query!(
        r#"SELECT CAST(COALESCE(SUM(taken_back), 0) AS UNSIGNED) AS "taken!: u64", CAST(COALESCE(SUM(kept), 0) AS UNSIGNED) AS "kept!: u64"
             FROM session_bulk_items
            WHERE run_id = ? AND state = 'given' AND reason = 'undoing' AND account_id BETWEEN ? AND ?"#,
        id,
        first,
        last
    )
    .fetch_one(&mut *conn)
    .await?;
    let marked = sqlx::query!(
        "UPDATE session_bulk_items SET reason = 'undone'
          WHERE run_id = ? AND state = 'given' AND reason = 'undoing' AND account_id BETWEEN ? AND ?",
        id,
        first,
        last
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    if entered != taken || noted != marked {
        return Err(DbError::Stale);
    }
    let done = sqlx::query!(
        "UPDATE session_bulk_runs
            SET sessions_taken_back = sessions_taken_back + ?, sessions_kept = sessions_kept + ?, version = version + 1
          WHERE id = ? AND state = ?",
        sums.taken,
        sums.kept,
        id,
        run.state.as_str()
    )
    .execute(conn)
    .await?;
    one_row(&done)?;
    Ok((sums.taken, sums.kept))
}

/// Everything that could be taken back was.
pub async fn finish(conn: &mut MySqlConnection, run: BulkRunId, now: DateTime<Utc>) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_bulk_runs SET state = 'undone', undone_at = ?, version = version + 1 WHERE id = ? AND state = 'undoing'",
        now,
        run
    )
    .execute(conn)
    .await?;
    one_row(&done)
}
