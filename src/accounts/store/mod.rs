//! SQL of accounts, their identities, roles and merges.
mod identities;
pub mod links;
pub mod many;
pub mod owned;
mod search;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{MySqlConnection, QueryBuilder, types::Json};

pub use identities::{
    Identity, add_email, add_user, by_email, by_user, drop_email, email_owner, identities, known, named,
    set_primary_email,
};

pub use search::Search;

use super::domain::{Account, Role};
use crate::{
    core::{
        actor::Actor,
        email::Email,
        ids::AccountId,
        page::{Page, Seek},
    },
    db::{Corrupt, DbError, one_row},
};

#[derive(sqlx::FromRow)]
struct Row {
    id: u64,
    name: String,
    email: Option<String>,
    locale: Option<String>,
    is_test: bool,
    created_at: DateTime<Utc>,
    version: u32,
}

impl TryFrom<Row> for Account {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let email = row.email.map(|text| Email::parse(&text)).transpose().map_err(|_| Corrupt {
            table: "accounts",
            id: row.id,
            column: "email",
        })?;
        Ok(Self {
            id: AccountId(row.id),
            name: row.name,
            email,
            locale: row.locale,
            is_test: row.is_test,
            created_at: row.created_at,
            version: row.version,
        })
    }
}

/// The account with this number, following merges to the one that lives on.
pub async fn find(conn: &mut MySqlConnection, id: AccountId) -> Result<Option<Account>, DbError> {
    let mut id = id;
    // A merge always points to a living account, and a living one may be merged later: chains are short.
    for _ in 0..8 {
        let row = sqlx::query!(
            r#"SELECT id, name, email, locale, is_test AS "is_test: bool", created_at, version,
                      merged_into AS "merged_into: AccountId"
                 FROM accounts WHERE id = ?"#,
            id
        )
        .fetch_optional(&mut *conn)
        .await?;
        let Some(row) = row else { return Ok(None) };
        if let Some(next) = row.merged_into {
            id = next;
            continue;
        }
        let (id, name, email, locale) = (row.id, row.name, row.email, row.locale);
        let row = Row {
            id,
            name,
            email,
            locale,
            is_test: row.is_test,
            created_at: row.created_at,
            version: row.version,
        };
        return Ok(Some(row.try_into()?));
    }
    Err(Corrupt { table: "accounts", id: id.0, column: "merged_into" }.into())
}

/// Locks a living account's row: every change of what a person has starts with this, so changes of one person queue up.
/// False: no such account, or it was merged away.
pub async fn lock(conn: &mut MySqlConnection, id: AccountId) -> Result<bool, DbError> {
    let row = sqlx::query_scalar!(
        r#"SELECT id AS "id: AccountId" FROM accounts WHERE id = ? AND merged_into IS NULL FOR UPDATE"#,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.is_some())
}

/// The same for whoever may have been merged away since they were found: locks the account that lives on and answers its number.
/// `None`: there never was such an account.
pub async fn lock_living(conn: &mut MySqlConnection, id: AccountId) -> Result<Option<AccountId>, DbError> {
    if lock(conn, id).await? {
        return Ok(Some(id));
    }
    let Some(living) = find(conn, id).await? else { return Ok(None) };
    // Merged on between the two statements: tried again, it is found.
    if lock(conn, living.id).await? { Ok(Some(living.id)) } else { Err(DbError::Stale) }
}

pub async fn create(
    conn: &mut MySqlConnection,
    name: &str,
    email: Option<&Email>,
    now: DateTime<Utc>,
) -> Result<AccountId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO accounts (name, email, created_at, updated_at) VALUES (?, ?, ?, ?)",
        name,
        email.map(Email::as_str),
        now,
        now
    )
    .execute(&mut *conn)
    .await?;
    let id = AccountId(done.last_insert_id());
    add_role(conn, id, Role::Customer, now).await?;
    search::put(conn, id, name).await?;
    Ok(id)
}

/// Gives a nameless account a name, or (with `replace`) corrects it.
pub async fn set_name(
    conn: &mut MySqlConnection,
    id: AccountId,
    name: &str,
    replace: bool,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE accounts SET name = ?, updated_at = ?, version = version + 1 WHERE id = ? AND name <> ? AND (? OR name = '')",
        name,
        now,
        id,
        name,
        replace
    )
    .execute(&mut *conn)
    .await?;
    let changed = done.rows_affected() == 1;
    if changed {
        search::put(conn, id, name).await?;
    }
    Ok(changed)
}

pub async fn set_test(
    conn: &mut MySqlConnection,
    id: AccountId,
    is_test: bool,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE accounts SET is_test = ?, updated_at = ?, version = version + 1
          WHERE id = ? AND merged_into IS NULL AND is_test <> ?",
        is_test,
        now,
        id,
        is_test
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn roles(conn: &mut MySqlConnection, id: AccountId) -> Result<Vec<Role>, DbError> {
    let rows = sqlx::query_scalar!("SELECT role FROM account_roles WHERE account_id = ? ORDER BY role", id)
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|text| {
            Role::parse(text)
                .ok_or_else(|| Corrupt { table: "account_roles", id: id.0, column: "role" }.into())
        })
        .collect()
}

pub async fn add_role(
    conn: &mut MySqlConnection,
    id: AccountId,
    role: Role,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT IGNORE INTO account_roles (account_id, role, created_at) VALUES (?, ?, ?)",
        id,
        role.as_str(),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn drop_role(conn: &mut MySqlConnection, id: AccountId, role: Role) -> Result<(), DbError> {
    sqlx::query!("DELETE FROM account_roles WHERE account_id = ? AND role = ?", id, role.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// Moves ids and roles to another account, and closes this one. Answers the ids moved, for the trail.
pub async fn merge(
    conn: &mut MySqlConnection,
    from: AccountId,
    into: AccountId,
    now: DateTime<Utc>,
) -> Result<Value, DbError> {
    let moved: Vec<Value> = identities(conn, from)
        .await?
        .into_iter()
        .map(|i| serde_json::json!({"kind": i.kind, "shop": i.shop, "value": i.value, "label": i.label}))
        .collect();
    sqlx::query!(
        "UPDATE account_identities SET account_id = ?, label = IF(label = 'primary', 'billing', label) WHERE account_id = ?",
        into,
        from
    )
    .execute(&mut *conn)
    .await?;
    for role in roles(conn, from).await? {
        add_role(conn, into, role, now).await?;
    }
    let done = sqlx::query!(
        "UPDATE accounts SET merged_into = ?, email = NULL, updated_at = ?, version = version + 1
          WHERE id = ? AND merged_into IS NULL",
        into,
        now,
        from
    )
    .execute(conn)
    .await?;
    one_row(&done)?;
    Ok(Value::Array(moved))
}

pub async fn record_merge(
    conn: &mut MySqlConnection,
    from: AccountId,
    into: AccountId,
    actor: &Actor,
    reason: &str,
    moved: &Value,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO account_merges (from_account, into_account, actor_kind, actor_id, reason, moved, at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        from,
        into,
        actor.kind(),
        actor.id(),
        reason,
        Json(moved),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a list of accounts is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The beginnings of words of a name, of an address, or a number.
    pub text: Option<String>,
    pub role: Option<Role>,
    pub test: Option<bool>,
}

/// So many people are looked up by their numbers; among more, a page is soon full by looking at everybody in order.
pub const FEW: u32 = 2000;

/// The condition that `column` is one of these; nobody is, of none. The statement is one of a kind: do not keep it.
pub fn push_ids(query: &mut QueryBuilder<sqlx::MySql>, column: &str, ids: &[AccountId]) {
    // Numbers of ours need no binding.
    let list: Vec<String> = ids.iter().map(AccountId::to_string).collect();
    let list = if list.is_empty() { "NULL".to_owned() } else { list.join(", ") };
    query.push(format!(" AND {column} IN ({list})"));
}

/// Living accounts, newest first.
pub async fn list(
    conn: &mut MySqlConnection,
    filter: &Filter,
    seek: &Seek<u64>,
) -> Result<Page<Account>, DbError> {
    let mut query = QueryBuilder::new(
        "SELECT a.id, a.name, a.email, a.locale, a.is_test, a.created_at, a.version FROM accounts a WHERE a.merged_into IS NULL",
    );
    let mut is_usual = true;
    if let Some(search) = filter.text.as_deref().and_then(Search::parse) {
        match search.few(&mut *conn, FEW).await? {
            Some(ids) => {
                push_ids(&mut query, "a.id", &ids);
                is_usual = false;
            }
            None => search.push_condition(&mut query, "a.id"),
        }
    }
    if let Some(role) = filter.role {
        query.push(" AND EXISTS (SELECT 1 FROM account_roles r WHERE r.account_id = a.id AND r.role = ");
        query.push_bind(role.as_str()).push(")");
    }
    if let Some(test) = filter.test {
        query.push(" AND a.is_test = ").push_bind(test);
    }
    if let Some(from) = seek.from {
        query.push(if seek.is_backward() { " AND a.id > " } else { " AND a.id < " }).push_bind(from);
    }
    query.push(if seek.is_backward() { " ORDER BY a.id" } else { " ORDER BY a.id DESC" });
    query.push(" LIMIT ").push_bind(seek.limit + 1);
    let rows: Vec<Row> = query.build_query_as().persistent(is_usual).fetch_all(conn).await?;
    let rows = rows.into_iter().map(Account::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(seek.page(rows, |account| account.id.0))
}
