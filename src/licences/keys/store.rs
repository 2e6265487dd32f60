//! SQL of keys of licences.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use super::domain::Key;
use crate::{
    core::{
        actor::Actor,
        ids::{AccountId, LicenceId, LicenceKeyId},
    },
    db::DbError,
};

/// Keys listed, revoked ones included.
const LISTED: u32 = 200;

/// A new key, ready to be written.
#[derive(Debug)]
pub struct NewRow<'a> {
    pub licence: LicenceId,
    pub prefix: &'a str,
    pub secret_hash: [u8; 32],
    pub note: &'a str,
}

pub async fn insert(
    conn: &mut MySqlConnection,
    row: &NewRow<'_>,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<LicenceKeyId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO licence_keys (licence_id, prefix, secret_hash, note, created_by, created_by_name, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        row.licence,
        row.prefix,
        &row.secret_hash[..],
        row.note,
        format!("{}:{}", by.kind(), by.id()),
        by.name(),
        now
    )
    .execute(conn)
    .await?;
    Ok(LicenceKeyId(done.last_insert_id()))
}

/// The keys of a licence: those that open it before those that did, the newest first.
pub async fn list(conn: &mut MySqlConnection, licence: LicenceId) -> Result<Vec<Key>, DbError> {
    Ok(sqlx::query_as!(
        Key,
        r#"SELECT id AS "id: LicenceKeyId", licence_id AS "licence: LicenceId", prefix, note, created_by_name AS "by", created_at,
                  revoked_at, last_used_at
             FROM licence_keys WHERE licence_id = ? ORDER BY revoked_at IS NOT NULL, id DESC LIMIT ?"#,
        licence,
        LISTED
    )
    .fetch_all(conn)
    .await?)
}

pub async fn find(conn: &mut MySqlConnection, id: LicenceKeyId) -> Result<Option<Key>, DbError> {
    Ok(sqlx::query_as!(
        Key,
        r#"SELECT id AS "id: LicenceKeyId", licence_id AS "licence: LicenceId", prefix, note, created_by_name AS "by", created_at,
                  revoked_at, last_used_at
             FROM licence_keys WHERE id = ?"#,
        id
    )
    .fetch_optional(conn)
    .await?)
}

/// How many keys open a licence.
pub async fn living(conn: &mut MySqlConnection, licence: LicenceId) -> Result<u32, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT CAST(COUNT(*) AS UNSIGNED) AS "n!: u32" FROM licence_keys WHERE licence_id = ? AND revoked_at IS NULL"#,
        licence
    )
    .fetch_one(conn)
    .await?)
}

/// Ends a key. False: it was revoked before, or there is none.
pub async fn revoke(
    conn: &mut MySqlConnection,
    id: LicenceKeyId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done =
        sqlx::query!("UPDATE licence_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", now, id)
            .execute(conn)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// The licence behind a key that opens, and whose it is.
pub async fn owner(
    conn: &mut MySqlConnection,
    hash: &[u8; 32],
) -> Result<Option<(LicenceId, AccountId)>, DbError> {
    let row = sqlx::query!(
        r#"SELECT l.id AS "licence: LicenceId", l.account_id AS "account: AccountId"
             FROM licence_keys k JOIN licences l ON l.id = k.licence_id WHERE k.secret_hash = ? AND k.revoked_at IS NULL"#,
        &hash[..]
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.licence, row.account)))
}

/// The key with this hash, revoked or not.
pub async fn by_hash(conn: &mut MySqlConnection, hash: &[u8; 32]) -> Result<Option<Key>, DbError> {
    Ok(sqlx::query_as!(
        Key,
        r#"SELECT id AS "id: LicenceKeyId", licence_id AS "licence: LicenceId", prefix, note, created_by_name AS "by", created_at,
                  revoked_at, last_used_at
             FROM licence_keys WHERE secret_hash = ?"#,
        &hash[..]
    )
    .fetch_optional(conn)
    .await?)
}

/// Notes a use, unless one was noted since `before`. Answers whether this one was.
pub async fn touch(
    conn: &mut MySqlConnection,
    hash: &[u8; 32],
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE licence_keys SET last_used_at = ?
          WHERE secret_hash = ? AND revoked_at IS NULL AND (last_used_at IS NULL OR last_used_at <= ?)",
        now,
        &hash[..],
        before
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
