//! SQL of machines' keys.
use chrono::{DateTime, Utc};
use sqlx::{MySqlConnection, types::Json};

use crate::{
    auth::key::{ApiKey, Scope},
    core::ids::{AccountId, ApiKeyId},
    db::{Corrupt, DbError},
};

#[derive(Debug)]
struct Row {
    id: ApiKeyId,
    name: String,
    prefix: String,
    scopes: Json<Vec<String>>,
    account: Option<AccountId>,
    created_by: String,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for ApiKey {
    type Error = Corrupt;

    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let scopes =
            row.scopes.0.iter().map(|word| Scope::parse(word)).collect::<Option<_>>().ok_or(Corrupt {
                table: "api_keys",
                id: row.id.0,
                column: "scopes",
            })?;
        Ok(Self {
            id: row.id,
            name: row.name,
            prefix: row.prefix,
            scopes,
            account: row.account,
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        })
    }
}

/// A new key, ready to be written.
#[derive(Debug)]
pub struct NewRow<'a> {
    pub name: &'a str,
    pub prefix: &'a str,
    pub secret_hash: [u8; 32],
    pub scopes: &'a [&'static str],
    pub account: Option<AccountId>,
    pub created_by: &'a str,
    pub expires_at: Option<DateTime<Utc>>,
}

pub async fn insert(
    conn: &mut MySqlConnection,
    new: &NewRow<'_>,
    now: DateTime<Utc>,
) -> Result<ApiKeyId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO api_keys (name, prefix, secret_hash, scopes, account_id, created_by, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        new.name,
        new.prefix,
        &new.secret_hash[..],
        Json(new.scopes),
        new.account,
        new.created_by,
        now,
        new.expires_at,
    )
    .execute(conn)
    .await?;
    Ok(ApiKeyId(done.last_insert_id()))
}

pub async fn list(conn: &mut MySqlConnection) -> Result<Vec<ApiKey>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        SELECT id AS "id: ApiKeyId", name, prefix, scopes AS "scopes: Json<Vec<String>>",
               account_id AS "account: AccountId", created_by, created_at, expires_at, last_used_at, revoked_at
          FROM api_keys
         ORDER BY id DESC
        "#,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(ApiKey::try_from).collect::<Result<_, _>>()?)
}

pub async fn find(conn: &mut MySqlConnection, id: ApiKeyId) -> Result<Option<ApiKey>, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"
        SELECT id AS "id: ApiKeyId", name, prefix, scopes AS "scopes: Json<Vec<String>>",
               account_id AS "account: AccountId", created_by, created_at, expires_at, last_used_at, revoked_at
          FROM api_keys
         WHERE id = ?
        "#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(ApiKey::try_from).transpose()?)
}

/// The key with this hash, however it stands. A merged account is given as the one that lives on.
pub async fn by_hash(conn: &mut MySqlConnection, hash: &[u8; 32]) -> Result<Option<ApiKey>, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"
        SELECT k.id AS "id: ApiKeyId", k.name, k.prefix, k.scopes AS "scopes: Json<Vec<String>>",
               COALESCE(a.merged_into, k.account_id) AS "account: AccountId",
               k.created_by, k.created_at, k.expires_at, k.last_used_at, k.revoked_at
          FROM api_keys k
          LEFT JOIN accounts a ON a.id = k.account_id
         WHERE k.secret_hash = ?
        "#,
        &hash[..],
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(ApiKey::try_from).transpose()?)
}

/// The account itself, or the one it was merged into. `None`: there is none.
pub async fn living_account(conn: &mut MySqlConnection, id: AccountId) -> Result<Option<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT COALESCE(merged_into, id) AS "id!: AccountId" FROM accounts WHERE id = ?"#,
        id,
    )
    .fetch_optional(conn)
    .await?)
}

/// Ends a key. `false`: there is none, or it had ended.
pub async fn revoke(conn: &mut MySqlConnection, id: ApiKeyId, now: DateTime<Utc>) -> Result<bool, DbError> {
    let done =
        sqlx::query!("UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", now, id,)
            .execute(conn)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that the key was used, unless another request did so after `before`.
pub async fn touch(
    conn: &mut MySqlConnection,
    id: ApiKeyId,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE api_keys SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)",
        now,
        id,
        before,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
