//! SQL of signed-in browsers.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    auth::{
        CustomerLogin, Role, StaffLogin, Theme, Visitor,
        login::{Listed, Method, Owner},
    },
    core::ids::{AccountId, LoginId, StaffId},
    db::{Corrupt, DbError},
};

impl Owner {
    fn staff(self) -> Option<StaffId> {
        match self {
            Self::Staff(id) => Some(id),
            Self::Customer(_) => None,
        }
    }
    fn account(self) -> Option<AccountId> {
        match self {
            Self::Staff(_) => None,
            Self::Customer(id) => Some(id),
        }
    }
}

/// A new login, ready to be written.
#[derive(Debug)]
pub struct NewRow<'a> {
    pub token_hash: [u8; 32],
    pub owner: Owner,
    pub method: Method,
    pub from: &'a Visitor,
    pub expires_at: DateTime<Utc>,
}

pub async fn insert(
    conn: &mut MySqlConnection,
    new: &NewRow<'_>,
    now: DateTime<Utc>,
) -> Result<LoginId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO logins
           (token_hash, staff_id, account_id, method, created_at, last_seen_at, expires_at, address, user_agent)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &new.token_hash[..],
        new.owner.staff(),
        new.owner.account(),
        new.method.as_str(),
        now,
        now,
        new.expires_at,
        new.from.address.to_string(),
        new.from.user_agent,
    )
    .execute(conn)
    .await?;
    Ok(LoginId(done.last_insert_id()))
}

/// A login that stands, and since when.
#[derive(Debug)]
pub struct Found<T> {
    pub login: T,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

/// By the hash of its cookie, if it stands at `now` and its owner is not disabled.
pub async fn find_staff(
    conn: &mut MySqlConnection,
    token_hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<Found<StaffLogin>>, DbError> {
    let row = sqlx::query!(
        r#"
        SELECT l.id AS "login: LoginId", l.created_at, l.last_seen_at,
               s.id AS "staff: StaffId", s.name, s.email, s.role, s.locale, s.theme
          FROM logins l
          JOIN staff s ON s.id = l.staff_id
         WHERE l.token_hash = ? AND l.revoked_at IS NULL AND l.expires_at > ? AND s.disabled_at IS NULL
        "#,
        &token_hash[..],
        now,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let corrupt = |column| Corrupt { table: "staff", id: row.staff.0, column };
    Ok(Some(Found {
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        login: StaffLogin {
            login: row.login,
            staff: row.staff,
            role: Role::parse(&row.role).ok_or_else(|| corrupt("role"))?,
            theme: Theme::parse(&row.theme).ok_or_else(|| corrupt("theme"))?,
            name: row.name,
            email: row.email,
            locale: row.locale,
        },
    }))
}

/// By the hash of its cookie, if it stands at `now`. A merged account answers as the one that lives on.
pub async fn find_customer(
    conn: &mut MySqlConnection,
    token_hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<Found<CustomerLogin>>, DbError> {
    let row = sqlx::query!(
        r#"
        SELECT l.id AS "login: LoginId", l.created_at, l.last_seen_at,
               a.id AS "account: AccountId", a.name, a.email, a.locale
          FROM logins l
          JOIN accounts own ON own.id = l.account_id
          JOIN accounts a ON a.id = COALESCE(own.merged_into, own.id)
         WHERE l.token_hash = ? AND l.revoked_at IS NULL AND l.expires_at > ?
        "#,
        &token_hash[..],
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Found {
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        login: CustomerLogin {
            login: row.login,
            account: row.account,
            name: row.name,
            email: row.email,
            locale: row.locale,
        },
    }))
}

/// Notes that the login was used, unless another request did so after `before`.
pub async fn touch(
    conn: &mut MySqlConnection,
    login: LoginId,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE logins SET last_seen_at = ?, expires_at = ?
          WHERE id = ? AND last_seen_at <= ? AND revoked_at IS NULL",
        now,
        expires_at,
        login,
        before,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a login by its cookie. `false`: there was none that stood.
pub async fn revoke_token(
    conn: &mut MySqlConnection,
    token_hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE logins SET revoked_at = ? WHERE token_hash = ? AND revoked_at IS NULL",
        now,
        &token_hash[..],
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends one of the owner's logins. `false`: it is not theirs, or had ended.
pub async fn revoke(
    conn: &mut MySqlConnection,
    owner: Owner,
    login: LoginId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "UPDATE logins SET revoked_at = ?
          WHERE id = ? AND revoked_at IS NULL
            AND (staff_id = ? OR account_id IN (SELECT a.id FROM accounts a WHERE a.id = ? OR a.merged_into = ?))",
        now,
        login,
        owner.staff(),
        owner.account(),
        owner.account(),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends all of the owner's logins but `keep`. Returns how many.
pub async fn revoke_all(
    conn: &mut MySqlConnection,
    owner: Owner,
    keep: Option<LoginId>,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let keep = keep.unwrap_or(LoginId(0));
    let done = match owner {
        Owner::Staff(staff) => {
            sqlx::query!(
                "UPDATE logins SET revoked_at = ? WHERE staff_id = ? AND id <> ? AND revoked_at IS NULL",
                now,
                staff,
                keep,
            )
            .execute(conn)
            .await?
        }
        Owner::Customer(account) => {
            sqlx::query!(
                "UPDATE logins l
                   JOIN accounts a ON a.id = l.account_id
                    SET l.revoked_at = ?
                  WHERE (a.id = ? OR a.merged_into = ?) AND l.id <> ? AND l.revoked_at IS NULL",
                now,
                account,
                account,
                keep,
            )
            .execute(conn)
            .await?
        }
    };
    Ok(done.rows_affected())
}

#[derive(Debug)]
struct ListedRow {
    id: LoginId,
    method: String,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    address: String,
    user_agent: String,
}

impl TryFrom<ListedRow> for Listed {
    type Error = Corrupt;

    fn try_from(row: ListedRow) -> Result<Self, Corrupt> {
        let method =
            Method::parse(&row.method).ok_or(Corrupt { table: "logins", id: row.id.0, column: "method" })?;
        Ok(Self {
            id: row.id,
            method,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
            address: row.address,
            user_agent: row.user_agent,
        })
    }
}

/// The owner's logins that stand at `now`, last used first, 100 at most.
pub async fn list(
    conn: &mut MySqlConnection,
    owner: Owner,
    now: DateTime<Utc>,
) -> Result<Vec<Listed>, DbError> {
    let rows = match owner {
        Owner::Staff(staff) => {
            sqlx::query_as!(
                ListedRow,
                r#"
                SELECT id AS "id: LoginId", method, created_at, last_seen_at, expires_at, address, user_agent
                  FROM logins
                 WHERE staff_id = ? AND revoked_at IS NULL AND expires_at > ?
                 ORDER BY last_seen_at DESC, id DESC
                 LIMIT 100
                "#,
                staff,
                now,
            )
            .fetch_all(conn)
            .await?
        }
        Owner::Customer(account) => {
            sqlx::query_as!(
                ListedRow,
                r#"
                SELECT l.id AS "id: LoginId", l.method, l.created_at, l.last_seen_at, l.expires_at, l.address,
                       l.user_agent
                  FROM accounts a
                  JOIN logins l ON l.account_id = a.id
                 WHERE (a.id = ? OR a.merged_into = ?) AND l.revoked_at IS NULL AND l.expires_at > ?
                 ORDER BY l.last_seen_at DESC, l.id DESC
                 LIMIT 100
                "#,
                account,
                account,
                now,
            )
            .fetch_all(conn)
            .await?
        }
    };
    Ok(rows.into_iter().map(Listed::try_from).collect::<Result<_, _>>()?)
}

/// Deletes up to `most` logins that ended before `before`.
pub async fn purge(conn: &mut MySqlConnection, before: DateTime<Utc>, most: u32) -> Result<u64, DbError> {
    let done =
        sqlx::query!("DELETE FROM logins WHERE expires_at < ? LIMIT ?", before, most).execute(conn).await?;
    Ok(done.rows_affected())
}
