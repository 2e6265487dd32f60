//! SQL of what people were told of. That something was told of is read by the statement of its slice that looks for endings.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{core::ids::MailId, db::DbError};

/// Remembers that this ending was told of. A second time is a duplicate key.
pub(super) async fn mark(
    conn: &mut MySqlConnection,
    source: &str,
    (subject, ends): (u64, DateTime<Utc>),
    mail: MailId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO notices (source, subject_id, ends, mail_id, at) VALUES (?, ?, ?, ?, ?)",
        source,
        subject,
        ends,
        mail,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
