//! What a merge of accounts means for keys and logins.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{core::ids::AccountId, db::DbError};

/// Keys bound to `from` speak of `into` from now on; browsers signed in as `from` are signed out, and links sent to it die.
pub async fn move_account(
    conn: &mut MySqlConnection,
    from: AccountId,
    into: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!("UPDATE api_keys SET account_id = ? WHERE account_id = ?", into, from)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("UPDATE logins SET revoked_at = ? WHERE account_id = ? AND revoked_at IS NULL", now, from)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("UPDATE sign_in_links SET used_at = ? WHERE account_id = ? AND used_at IS NULL", now, from)
        .execute(conn)
        .await?;
    Ok(())
}
