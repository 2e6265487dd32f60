//! SQL of outgoing e-mail.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use super::Mail;
use crate::{core::ids::MailId, db::DbError};

pub async fn insert(
    conn: &mut MySqlConnection,
    mail: &Mail,
    body_sealed: &[u8],
    now: DateTime<Utc>,
) -> Result<MailId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO mails (recipient, subject, body_sealed, kind, account_id, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        mail.to.as_str(),
        mail.subject,
        body_sealed,
        mail.kind.as_str(),
        mail.account,
        now,
    )
    .execute(conn)
    .await?;
    Ok(MailId(done.last_insert_id()))
}

/// A mail as it waits.
#[derive(Debug)]
pub struct Stored {
    pub recipient: String,
    pub subject: String,
    /// `None` once sent.
    pub body_sealed: Option<Vec<u8>>,
    pub sent_at: Option<DateTime<Utc>>,
}

pub async fn find(conn: &mut MySqlConnection, id: MailId) -> Result<Option<Stored>, DbError> {
    Ok(
        sqlx::query_as!(
            Stored,
            "SELECT recipient, subject, body_sealed, sent_at FROM mails WHERE id = ?",
            id,
        )
        .fetch_optional(conn)
        .await?,
    )
}

/// Notes that it has left and wipes the body. `false`: someone else did.
pub async fn mark_sent(conn: &mut MySqlConnection, id: MailId, now: DateTime<Utc>) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE mails SET sent_at = ?, body_sealed = NULL WHERE id = ? AND sent_at IS NULL",
        now,
        id,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
