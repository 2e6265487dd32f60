//! SQL of reservations and what they hold.
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::{
    core::{
        actor::Actor,
        ids::{AccountId, GrantId},
    },
    db::{Corrupt, DbError, one_row},
    sessions::domain::{Kind, Reservation, Take, reservation::State},
};

pub(in crate::sessions) struct Row {
    pub id: u64,
    pub uid: String,
    pub account: AccountId,
    pub amount: u32,
    pub spent: u32,
    pub state: String,
    pub reason: String,
    pub expert_id: Option<String>,
    pub expert_name: Option<String>,
    pub duration_seconds: Option<u32>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Reservation {
    type Error = Corrupt;
    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let state = State::parse(&row.state);
        let corrupt = Corrupt { table: "session_reservations", id: row.id, column: "state" };
        Ok(Self {
            id: row.id,
            uid: row.uid,
            account: row.account,
            amount: row.amount,
            spent: row.spent,
            state: state.ok_or(corrupt)?,
            reason: row.reason,
            expert_id: row.expert_id,
            expert_name: row.expert_name,
            duration_seconds: row.duration_seconds,
            created_at: row.created_at,
            expires_at: row.expires_at,
            started_at: row.started_at,
            closed_at: row.closed_at,
        })
    }
}

/// A reservation by the name apps know it by.
pub async fn find(conn: &mut MySqlConnection, uid: &str) -> Result<Option<Reservation>, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id, uid, account_id AS "account: AccountId", amount, spent, state, reason, expert_id, expert_name, duration_seconds,
                  created_at, expires_at, started_at, closed_at
             FROM session_reservations WHERE uid = ?"#,
        uid
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Reservation::try_from).transpose()?)
}

/// A person's reservations that are neither over nor started, lapsed or not. The caller holds the account's lock, or only looks.
pub async fn reserved(conn: &mut MySqlConnection, account: AccountId) -> Result<Vec<Reservation>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, uid, account_id AS "account: AccountId", amount, spent, state, reason, expert_id, expert_name, duration_seconds,
                  created_at, expires_at, started_at, closed_at
             FROM session_reservations WHERE account_id = ? AND state = 'reserved' ORDER BY id"#,
        account
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Reservation::try_from).collect::<Result<_, _>>()?)
}

/// Whose reservations ran out and nobody wrote it down yet.
pub async fn lapsed(
    conn: &mut MySqlConnection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT account_id AS "account: AccountId" FROM session_reservations
            WHERE state = 'reserved' AND expires_at <= ? ORDER BY expires_at LIMIT ?"#,
        now,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Writes a new reservation and what it holds.
pub async fn insert(
    conn: &mut MySqlConnection,
    new: &Reservation,
    holds: &[Take],
    actor: &Actor,
) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "INSERT INTO session_reservations
           (uid, account_id, amount, state, reason, expert_id, expert_name, actor_kind, actor_id, created_at, expires_at)
         VALUES (?, ?, ?, 'reserved', ?, ?, ?, ?, ?, ?, ?)",
        new.uid,
        new.account,
        new.amount,
        new.reason,
        new.expert_id,
        new.expert_name,
        actor.kind(),
        actor.id(),
        new.created_at,
        new.expires_at
    )
    .execute(&mut *conn)
    .await?;
    let id = done.last_insert_id();
    for (position, hold) in (0_u32..).zip(holds) {
        sqlx::query!(
            "INSERT INTO session_holds (reservation_id, grant_id, position, amount) VALUES (?, ?, ?, ?)",
            id,
            hold.grant,
            position,
            hold.amount
        )
        .execute(&mut *conn)
        .await?;
        let done = sqlx::query!(
            "UPDATE session_grants SET held = held + ? WHERE id = ? AND remaining >= held + ?",
            hold.amount,
            hold.grant,
            hold.amount
        )
        .execute(&mut *conn)
        .await?;
        one_row(&done)?;
    }
    Ok(id)
}

/// What a reservation holds, in the order in which it is spent.
pub async fn holds(conn: &mut MySqlConnection, id: u64) -> Result<Vec<Take>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT h.grant_id AS "grant: GrantId", h.amount, g.kind
             FROM session_holds h JOIN session_grants g ON g.id = h.grant_id WHERE h.reservation_id = ? ORDER BY h.position"#,
        id
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let corrupt = Corrupt { table: "session_grants", id: row.grant.0, column: "kind" };
            let kind = Kind::parse(&row.kind).ok_or(corrupt)?;
            Ok(Take { grant: row.grant, kind, amount: row.amount })
        })
        .collect()
}

/// Lets go of held sessions of a grant; `spend` of them are spent.
pub async fn let_go(
    conn: &mut MySqlConnection,
    grant: GrantId,
    held: u32,
    spend: u32,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_grants SET held = held - ?, remaining = remaining - ? WHERE id = ? AND held >= ? AND remaining >= ?",
        held,
        spend,
        grant,
        held,
        spend
    )
    .execute(conn)
    .await?;
    one_row(&done)
}

/// Writes where a reservation stands now; it must still stand where it stood.
pub async fn update(
    conn: &mut MySqlConnection,
    from: State,
    reservation: &Reservation,
) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE session_reservations SET state = ?, spent = ?, duration_seconds = ?, started_at = ?, closed_at = ?
          WHERE id = ? AND state = ?",
        reservation.state.as_str(),
        reservation.spent,
        reservation.duration_seconds,
        reservation.started_at,
        reservation.closed_at,
        reservation.id,
        from.as_str()
    )
    .execute(conn)
    .await?;
    one_row(&done)
}
