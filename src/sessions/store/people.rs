//! SQL of who used a free session and bought after it: the conversion rate, kept up to date where it changes.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{core::ids::AccountId, db::DbError};

/// Remembers someone's first use of a free session. Later uses change nothing.
pub async fn used_free(
    conn: &mut MySqlConnection,
    account: AccountId,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT IGNORE INTO session_people (account_id, first_free_use_at) VALUES (?, ?)",
        account,
        at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Looks again when someone first bought after their first free use; orders may have been refunded, or told of late.
pub async fn look_again(conn: &mut MySqlConnection, account: AccountId) -> Result<(), DbError> {
    sqlx::query!(
        "UPDATE session_people p
            SET p.bought_after_at = (SELECT MIN(g.created_at) FROM session_grants g
                                      WHERE g.account_id = p.account_id AND g.kind = 'purchased'
                                        AND g.created_at > p.first_free_use_at AND g.quantity > g.voided + g.shortfall)
          WHERE p.account_id = ?",
        account
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Two accounts became one: the earlier first use counts.
pub async fn merge(conn: &mut MySqlConnection, from: AccountId, into: AccountId) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO session_people (account_id, first_free_use_at)
         SELECT ?, p.first_free_use_at FROM session_people p WHERE p.account_id = ?
         ON DUPLICATE KEY UPDATE first_free_use_at = LEAST(session_people.first_free_use_at, VALUES(first_free_use_at))",
        into,
        from
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM session_people WHERE account_id = ?", from).execute(&mut *conn).await?;
    look_again(conn, into).await
}
