//! SQL of keys of licences.
use chrono::{DateTime, Utc};
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use super::domain::{Key, Opened};
use crate::{
    core::{
        actor::Actor,
        feature::FeatureCode,
        ids::{AccountId, LicenceId, LicenceKeyId},
    },
    db::{Corrupt, DbError, ROWS_AT_ONCE},
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

#[derive(sqlx::FromRow)]
struct OpenedRow {
    secret_hash: Vec<u8>,
    id: u64,
    prefix: String,
    licence_id: u64,
    account_id: u64,
    feature: String,
    revoked_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
}

/// The keys with these hashes, revoked or not, with what is behind them; in no order.
pub async fn opened(
    conn: &mut MySqlConnection,
    hashes: &[[u8; 32]],
) -> Result<Vec<(Vec<u8>, Opened)>, DbError> {
    let mut found = Vec::new();
    for hashes in hashes.chunks(ROWS_AT_ONCE) {
        let mut query: QueryBuilder<MySql> = QueryBuilder::new(
            "SELECT k.secret_hash, k.id, k.prefix, k.licence_id, l.account_id, l.feature, k.revoked_at, k.last_used_at
               FROM licence_keys k JOIN licences l ON l.id = k.licence_id WHERE k.secret_hash IN (",
        );
        let mut list = query.separated(", ");
        for hash in hashes {
            list.push_bind(&hash[..]);
        }
        query.push(")");
        let rows: Vec<OpenedRow> = query.build_query_as().fetch_all(&mut *conn).await?;
        for row in rows {
            let corrupt = Corrupt { table: "licences", id: row.licence_id, column: "feature" };
            let opened = Opened {
                id: LicenceKeyId(row.id),
                prefix: row.prefix,
                licence: LicenceId(row.licence_id),
                account: AccountId(row.account_id),
                feature: FeatureCode::parse(&row.feature).ok_or(corrupt)?,
                is_revoked: row.revoked_at.is_some(),
                last_used_at: row.last_used_at,
            };
            found.push((row.secret_hash, opened));
        }
    }
    Ok(found)
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

/// Notes a use of each of these keys, unless one was noted since `before`. They are locked in the order of their numbers.
pub async fn touch_all(
    conn: &mut MySqlConnection,
    keys: &[LicenceKeyId],
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    for keys in keys.chunks(ROWS_AT_ONCE) {
        let mut query: QueryBuilder<MySql> = QueryBuilder::new("UPDATE licence_keys SET last_used_at = ");
        query.push_bind(now).push(" WHERE revoked_at IS NULL AND (last_used_at IS NULL OR last_used_at <= ");
        query.push_bind(before).push(") AND id IN (");
        let mut list = query.separated(", ");
        for key in keys {
            list.push_bind(*key);
        }
        query.push(") ORDER BY id");
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}
