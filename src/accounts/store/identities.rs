//! SQL of the ids by which the outside world knows an account.
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use crate::{
    accounts::domain::EmailOwner,
    core::{
        email::Email,
        ids::{AccountId, ShopId, WcId},
        sheet::Person,
    },
    db::{DbError, one_row},
};

/// Names looked up by one statement.
const BATCH: usize = 1000;

/// An id of the outside world, as kept.
#[derive(Debug, Clone)]
pub struct Identity {
    pub kind: String,
    /// 0 where no shop is meant.
    pub shop: ShopId,
    pub value: String,
    pub label: String,
    pub source: String,
    pub created_at: DateTime<Utc>,
}

pub async fn by_email(conn: &mut MySqlConnection, email: &Email) -> Result<Option<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT account_id AS "id: AccountId" FROM account_identities WHERE kind = 'email' AND shop_id = 0 AND value = ?"#,
        email.as_str()
    )
    .fetch_optional(conn)
    .await?)
}

pub async fn by_user(
    conn: &mut MySqlConnection,
    shop: ShopId,
    user: WcId,
) -> Result<Option<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT account_id AS "id: AccountId" FROM account_identities WHERE kind = 'wp_user' AND shop_id = ? AND value = ?"#,
        shop,
        user.to_string()
    )
    .fetch_optional(conn)
    .await?)
}

/// The accounts that these names lead to: users of a shop by their numbers, or (`None`) addresses as [`Email`] writes them.
pub async fn known(
    conn: &mut MySqlConnection,
    names: &[String],
    users_of: Option<ShopId>,
) -> Result<HashMap<String, AccountId>, DbError> {
    let mut known = HashMap::new();
    for batch in names.chunks(BATCH) {
        let (kind, shop) = users_of.map_or(("email", ShopId(0)), |shop| ("wp_user", shop));
        let mut query =
            QueryBuilder::<MySql>::new("SELECT value, account_id FROM account_identities WHERE kind = ");
        query.push_bind(kind).push(" AND shop_id = ").push_bind(shop.0).push(" AND value IN (");
        let mut list = query.separated(", ");
        for name in batch {
            list.push_bind(name);
        }
        query.push(")");
        let pairs: Vec<(String, u64)> = query.build_query_as().fetch_all(&mut *conn).await?;
        known.extend(pairs.into_iter().map(|(name, account)| (name, AccountId(account))));
    }
    Ok(known)
}

/// The accounts that people of a list lead to, in its order; user numbers are those of `shop`.
pub async fn named(
    conn: &mut MySqlConnection,
    people: &[Option<&Person>],
    shop: Option<ShopId>,
) -> Result<Vec<Option<AccountId>>, DbError> {
    let (mut emails, mut users) = (Vec::new(), Vec::new());
    for person in people.iter().flatten() {
        match person {
            Person::Email(email) => emails.push(email.as_str().to_owned()),
            Person::User(id) => users.push(id.to_string()),
        }
    }
    let emails = known(conn, &emails, None).await?;
    let users = known(conn, &users, Some(shop.unwrap_or(ShopId(0)))).await?;
    let of = |person: &Person| match person {
        Person::Email(email) => emails.get(email.as_str()).copied(),
        Person::User(id) => users.get(&id.to_string()).copied(),
    };
    Ok(people.iter().map(|person| person.and_then(of)).collect())
}

/// The account an address leads to, seen from user `user` of `shop`.
pub async fn email_owner(
    conn: &mut MySqlConnection,
    email: &Email,
    shop: ShopId,
    user: WcId,
) -> Result<Option<EmailOwner>, DbError> {
    let Some(account) = by_email(conn, email).await? else {
        return Ok(None);
    };
    let others = sqlx::query_scalar!(
        r#"SELECT COUNT(*) AS "n!: i64" FROM account_identities
            WHERE account_id = ? AND kind = 'wp_user' AND shop_id = ? AND value <> ?"#,
        account,
        shop,
        user.to_string()
    )
    .fetch_one(conn)
    .await?;
    Ok(Some(EmailOwner { account, is_other_user_here: others > 0 }))
}

/// Which ids an account goes by, oldest first.
pub async fn identities(conn: &mut MySqlConnection, id: AccountId) -> Result<Vec<Identity>, DbError> {
    Ok(sqlx::query_as!(
        Identity,
        r#"SELECT kind, shop_id AS "shop: ShopId", value, label, source, created_at
             FROM account_identities WHERE account_id = ? ORDER BY id"#,
        id
    )
    .fetch_all(conn)
    .await?)
}

pub async fn add_user(
    conn: &mut MySqlConnection,
    id: AccountId,
    shop: ShopId,
    user: WcId,
    source: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO account_identities (account_id, kind, shop_id, value, label, source, created_at)
         VALUES (?, 'wp_user', ?, ?, 'shop', ?, ?)",
        id,
        shop,
        user.to_string(),
        source,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds an address. `label`: `primary`, `billing` or `former`.
pub async fn add_email(
    conn: &mut MySqlConnection,
    id: AccountId,
    email: &Email,
    label: &str,
    source: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO account_identities (account_id, kind, shop_id, value, label, source, created_at)
         VALUES (?, 'email', 0, ?, ?, ?, ?)",
        id,
        email.as_str(),
        label,
        source,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes one of an account's addresses the one we write to; the one before becomes a former one.
pub async fn set_primary_email(
    conn: &mut MySqlConnection,
    id: AccountId,
    email: &Email,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "UPDATE account_identities SET label = IF(value = ?, 'primary', 'former')
          WHERE account_id = ? AND kind = 'email' AND (label = 'primary' OR value = ?)",
        email.as_str(),
        id,
        email.as_str()
    )
    .execute(&mut *conn)
    .await?;
    let done = sqlx::query!(
        "UPDATE accounts SET email = ?, updated_at = ?, version = version + 1 WHERE id = ?",
        email.as_str(),
        now,
        id
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Takes an address from an account that no longer has it.
pub async fn drop_email(
    conn: &mut MySqlConnection,
    id: AccountId,
    email: &Email,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "DELETE FROM account_identities WHERE account_id = ? AND kind = 'email' AND shop_id = 0 AND value = ?",
        id,
        email.as_str()
    )
    .execute(&mut *conn)
    .await?;
    one_row(&done)?;
    let done = sqlx::query!(
        "UPDATE accounts SET email = NULLIF(email, ?), updated_at = ?, version = version + 1 WHERE id = ?",
        email.as_str(),
        now,
        id
    )
    .execute(conn)
    .await?;
    one_row(&done)
}
