//! SQL of staff.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    auth::{Role, Theme, staff::Staff},
    core::{email::Email, ids::StaffId, secret::Secret},
    db::{Corrupt, DbError, one_row},
};

#[derive(Debug)]
struct Row {
    id: StaffId,
    email: String,
    name: String,
    role: String,
    locale: Option<String>,
    theme: String,
    disabled_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    last_seen_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Staff {
    type Error = Corrupt;

    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt { table: "staff", id: row.id.0, column };
        Ok(Self {
            id: row.id,
            role: Role::parse(&row.role).ok_or_else(|| corrupt("role"))?,
            theme: Theme::parse(&row.theme).ok_or_else(|| corrupt("theme"))?,
            email: row.email,
            name: row.name,
            locale: row.locale,
            disabled_at: row.disabled_at,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
        })
    }
}

/// Someone new, ready to be written.
#[derive(Debug)]
pub struct NewRow<'a> {
    pub email: &'a Email,
    pub name: &'a str,
    pub password_hash: &'a str,
    pub role: Role,
    pub locale: Option<&'a str>,
}

pub async fn insert(
    conn: &mut MySqlConnection,
    new: &NewRow<'_>,
    now: DateTime<Utc>,
) -> Result<StaffId, DbError> {
    let done = sqlx::query!(
        "INSERT INTO staff (email, name, password_hash, role, locale, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        new.email.as_str(),
        new.name,
        new.password_hash,
        new.role.as_str(),
        new.locale,
        now,
    )
    .execute(conn)
    .await?;
    Ok(StaffId(done.last_insert_id()))
}

/// Everyone, enabled first, by name.
pub async fn list(conn: &mut MySqlConnection) -> Result<Vec<Staff>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        SELECT s.id AS "id: StaffId", s.email, s.name, s.role, s.locale, s.theme, s.disabled_at, s.created_at,
               (SELECT MAX(l.last_seen_at) FROM logins l WHERE l.staff_id = s.id) AS "last_seen_at: DateTime<Utc>"
          FROM staff s
         ORDER BY s.disabled_at IS NOT NULL, s.name, s.id
        "#,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Staff::try_from).collect::<Result<_, _>>()?)
}

pub async fn find(conn: &mut MySqlConnection, id: StaffId) -> Result<Option<Staff>, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"
        SELECT s.id AS "id: StaffId", s.email, s.name, s.role, s.locale, s.theme, s.disabled_at, s.created_at,
               (SELECT MAX(l.last_seen_at) FROM logins l WHERE l.staff_id = s.id) AS "last_seen_at: DateTime<Utc>"
          FROM staff s
         WHERE s.id = ?
        "#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Staff::try_from).transpose()?)
}

/// Reads one and keeps the row locked until the transaction ends.
pub async fn lock(conn: &mut MySqlConnection, id: StaffId) -> Result<Option<Staff>, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"
        SELECT id AS "id: StaffId", email, name, role, locale, theme, disabled_at, created_at,
               CAST(NULL AS DATETIME(6)) AS "last_seen_at: DateTime<Utc>"
          FROM staff
         WHERE id = ?
           FOR UPDATE
        "#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Staff::try_from).transpose()?)
}

/// Locks every enabled admin, in one order, so that two of them cannot remove each other at once.
pub async fn lock_admins(conn: &mut MySqlConnection) -> Result<Vec<StaffId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT id AS "id: StaffId" FROM staff WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE"#
    )
    .fetch_all(conn)
    .await?)
}

/// What signing in needs of someone who may.
#[derive(Debug)]
pub struct Credentials {
    pub id: StaffId,
    pub name: String,
    pub hash: Secret,
}

/// By e-mail, if they are not disabled.
pub async fn credentials(conn: &mut MySqlConnection, email: &Email) -> Result<Option<Credentials>, DbError> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: StaffId", name, password_hash FROM staff WHERE email = ? AND disabled_at IS NULL"#,
        email.as_str(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Credentials { id: row.id, name: row.name, hash: Secret::new(row.password_hash) }))
}

/// The hash of someone who is not disabled, with their row locked until the transaction ends.
pub async fn lock_hash(conn: &mut MySqlConnection, id: StaffId) -> Result<Option<Secret>, DbError> {
    let hash = sqlx::query_scalar!(
        "SELECT password_hash FROM staff WHERE id = ? AND disabled_at IS NULL FOR UPDATE",
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(hash.map(Secret::new))
}

pub async fn set_password(conn: &mut MySqlConnection, id: StaffId, hash: &str) -> Result<(), DbError> {
    let done =
        sqlx::query!("UPDATE staff SET password_hash = ?, version = version + 1 WHERE id = ?", hash, id,)
            .execute(conn)
            .await?;
    one_row(&done)
}

pub async fn set_role(conn: &mut MySqlConnection, id: StaffId, role: Role) -> Result<(), DbError> {
    let done =
        sqlx::query!("UPDATE staff SET role = ?, version = version + 1 WHERE id = ?", role.as_str(), id,)
            .execute(conn)
            .await?;
    one_row(&done)
}

pub async fn set_profile(
    conn: &mut MySqlConnection,
    id: StaffId,
    name: &str,
    locale: Option<&str>,
    theme: Theme,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE staff SET name = ?, locale = ?, theme = ?, version = version + 1 WHERE id = ?",
        name,
        locale,
        theme.as_str(),
        id,
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

pub async fn set_disabled(
    conn: &mut MySqlConnection,
    id: StaffId,
    at: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    let done = sqlx::query!("UPDATE staff SET disabled_at = ?, version = version + 1 WHERE id = ?", at, id,)
        .execute(conn)
        .await?;
    one_row(&done)
}
