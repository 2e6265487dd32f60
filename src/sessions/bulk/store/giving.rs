//! SQL of giving: everything for a stretch of a list at once. The caller holds the run's lock and, from settling on, those of
//! all accounts of the stretch.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::ids::{AccountId, BulkRunId, GrantId},
    db::{DbError, far, one_row},
    sessions::bulk::domain::{Reason, Run},
};

/// A stretch of a list: its pending rows of accounts from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub run: BulkRunId,
    pub first: AccountId,
    pub last: AccountId,
}

/// The next accounts that wait, by number.
pub async fn pending(
    conn: &mut MySqlConnection,
    run: BulkRunId,
    limit: u32,
) -> Result<Vec<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT account_id AS "account!: AccountId" FROM session_bulk_items
            WHERE run_id = ? AND state = 'pending' AND account_id IS NOT NULL ORDER BY account_id LIMIT ?"#,
        run,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Whose account was merged away since the list was made gets nothing here. Answers how many.
pub async fn fail_merged(
    conn: &mut MySqlConnection,
    stretch: Stretch,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "UPDATE session_bulk_items i JOIN accounts a ON a.id = i.account_id
            SET i.state = 'failed', i.reason = ?, i.done_at = ?
          WHERE i.run_id = ? AND i.state = 'pending' AND i.account_id BETWEEN ? AND ? AND a.merged_into IS NOT NULL",
        Reason::Merged.as_str(),
        now,
        stretch.run,
        stretch.first,
        stretch.last
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Nobody of the stretch gets anything, for this reason. Answers how many that are.
pub async fn fail(
    conn: &mut MySqlConnection,
    stretch: Stretch,
    reason: Reason,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "UPDATE session_bulk_items SET state = 'failed', reason = ?, done_at = ?
          WHERE run_id = ? AND state = 'pending' AND account_id BETWEEN ? AND ?",
        reason.as_str(),
        now,
        stretch.run,
        stretch.first,
        stretch.last
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Leaves out whoever has active sessions of the category. Answers how many.
pub async fn skip_active(
    conn: &mut MySqlConnection,
    stretch: Stretch,
    run: &Run,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "UPDATE session_bulk_items i SET i.state = 'skipped', i.reason = ?, i.done_at = ?
          WHERE i.run_id = ? AND i.state = 'pending' AND i.account_id BETWEEN ? AND ?
            AND EXISTS (SELECT 1 FROM session_grants g WHERE g.account_id = i.account_id AND g.category_id = ? AND g.remaining > 0
                           AND (g.expires_at IS NULL OR g.expires_at > ?))",
        Reason::HasActive.as_str(),
        now,
        stretch.run,
        stretch.first,
        stretch.last,
        run.wish.category,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Gives everybody of the stretch who still waits what the run gives: grant, ledger row, outcome. Answers how many. The key over
/// run and row makes a second grant for a row impossible.
pub async fn give(
    conn: &mut MySqlConnection,
    stretch: Stretch,
    run: &Run,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let Stretch { run: id, first, last } = stretch;
    let (kind, by) = (run.by.kind(), run.by.id());
    let granted = sqlx::query!(
        "INSERT INTO session_grants
           (account_id, kind, category_id, quantity, remaining, expires_at, bulk_run_id, bulk_row, note, created_by, created_at)
         SELECT account_id, 'free', ?, ?, ?, ?, run_id, row_no, ?, ?, ? FROM session_bulk_items
          WHERE run_id = ? AND state = 'pending' AND account_id BETWEEN ? AND ? ORDER BY account_id",
        run.wish.category,
        run.wish.quantity,
        run.wish.quantity,
        expires_at.map(far),
        run.wish.note,
        format!("{kind}:{by}"),
        now,
        id,
        first,
        last
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    let entered = sqlx::query!(
        "INSERT INTO session_entries (account_id, grant_id, operation_id, kind, delta, at, actor_kind, actor_id, reason)
         SELECT g.account_id, g.id, CONCAT('bulk:', i.run_id, ':', i.row_no), 'grant', g.quantity, ?, ?, ?, LEFT(g.note, 255)
           FROM session_bulk_items i JOIN session_grants g ON g.bulk_run_id = i.run_id AND g.bulk_row = i.row_no
          WHERE i.run_id = ? AND i.state = 'pending' AND i.account_id BETWEEN ? AND ? ORDER BY i.account_id",
        now,
        kind,
        by,
        id,
        first,
        last
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    let written = sqlx::query!(
        "UPDATE session_bulk_items i JOIN session_grants g ON g.bulk_run_id = i.run_id AND g.bulk_row = i.row_no
            SET i.state = 'given', i.grant_id = g.id, i.done_at = ?
          WHERE i.run_id = ? AND i.state = 'pending' AND i.account_id BETWEEN ? AND ?",
        now,
        id,
        first,
        last
    )
    .execute(conn)
    .await?
    .rows_affected();
    if granted == entered && granted == written { Ok(granted) } else { Err(DbError::Stale) }
}

/// Grants of the stretch whose people owe sessions of a refund, with the row of each.
pub async fn with_debts(
    conn: &mut MySqlConnection,
    stretch: Stretch,
) -> Result<Vec<(GrantId, u32)>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT i.grant_id AS "grant!: GrantId", i.row_no
             FROM session_bulk_items i JOIN session_shortfalls s ON s.account_id = i.account_id
            WHERE i.run_id = ? AND i.state = 'given' AND i.account_id BETWEEN ? AND ? AND s.policy = 'debt' AND s.closed_at IS NULL
            ORDER BY 1"#,
        stretch.run,
        stretch.first,
        stretch.last
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.grant, row.row_no)).collect())
}

/// Undoing begins, or goes on.
pub async fn start_undo(
    conn: &mut MySqlConnection,
    run: &Run,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_bulk_runs
            SET state = 'undoing', undo_started_at = COALESCE(undo_started_at, ?), undone_by_name = ?, version = version + 1
          WHERE id = ? AND state = ?",
        now,
        by,
        run.id,
        run.state.as_str()
    )
    .execute(conn)
    .await?;
    one_row(&done)
}
