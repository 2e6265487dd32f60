//! A request that is sent again gets the answer it got, to the byte, and has no second effect.
//!
//! The key is claimed and the answer stored in the transaction of the effect itself: both exist, or neither (Stripe's rules;
//! acceptance 2). While the first request is still at it, a second one waits for it, and after the database's lock timeout
//! is told to come back (409, `Retry-After`).
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use crate::{
    app::App,
    crypto,
    db::{DbError, ROWS_AT_ONCE, Transient, Tx},
};

/// How long an answer is kept, in hours. The contract promises 24.
pub const KEPT_HOURS: i64 = 48;
/// Longest key taken, in bytes.
pub const LONGEST_KEY: usize = 255;

/// Names one request of one client.
#[derive(Debug, Clone)]
pub struct Key {
    /// Who sent it: keys of different clients never meet.
    pub principal: String,
    pub key: String,
    /// Hash over method, path and body: the same key with another request is a mistake.
    pub request: [u8; 32],
}

impl Key {
    /// `None` when `key` is empty, too long, or not printable ASCII.
    pub fn new(principal: String, key: &str, method: &str, path: &str, body: &[u8]) -> Option<Self> {
        let sound = !key.is_empty() && key.len() <= LONGEST_KEY && key.bytes().all(|b| b.is_ascii_graphic());
        sound.then(|| {
            let request = crypto::sha256(&[method.as_bytes(), &[0], path.as_bytes(), &[0], body].concat());
            Self { principal, key: key.to_owned(), request }
        })
    }
}

/// An answer as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    /// Whether it was given before.
    pub replayed: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum Error<E> {
    #[error("the key was used for another request")]
    Mismatch,
    #[error("the first request with this key is still at work")]
    InFlight,
    #[error(transparent)]
    Work(E),
}

impl<E: Transient> Transient for Error<E> {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Work(e) if e.is_transient())
    }
}

impl<E: From<DbError>> From<DbError> for Error<E> {
    fn from(e: DbError) -> Self {
        Self::Work(e.into())
    }
}

enum Claim {
    Mine,
    Answered(Reply),
}

/// Runs `work` and stores its reply under `key`, in one transaction; or gives the stored reply.
///
/// `work` gets the transaction and hands it back with the reply: refusals are replies too, and are stored.
pub async fn once<E, Fut>(app: &App, key: &Key, work: impl Fn(Tx) -> Fut) -> Result<Reply, Error<E>>
where
    E: From<DbError> + Transient,
    Fut: Future<Output = Result<(Tx, Reply), E>>,
{
    let now = app.clock.now();
    app.db
        .transact(|mut tx| {
            let work = &work;
            async move {
                if let Claim::Answered(reply) = claim(&mut tx, key, now).await? {
                    return Ok(tx.undone(reply).await?);
                }
                let (mut tx, reply) = work(tx).await.map_err(Error::Work)?;
                store(&mut tx, key, &reply).await?;
                Ok(tx.done(reply).await?)
            }
        })
        .await
}

async fn claim<E: From<DbError>>(
    conn: &mut MySqlConnection,
    key: &Key,
    now: DateTime<Utc>,
) -> Result<Claim, Error<E>> {
    let inserted = sqlx::query!(
        "INSERT INTO idempotency_keys (principal, idem_key, request_hash, status, body, created_at) VALUES (?, ?, ?, 0, '', ?)",
        key.principal,
        key.key,
        &key.request[..],
        now
    )
    .execute(&mut *conn)
    .await
    .map_err(DbError::from);
    match inserted {
        Ok(_) => return Ok(Claim::Mine),
        Err(e) if e.duplicate_key().is_some() => {}
        // The key's row is locked by the first request for longer than a lock wait.
        Err(e) if e.is_lock_timeout() => return Err(Error::InFlight),
        Err(e) => return Err(e.into()),
    }
    let row = sqlx::query!(
        "SELECT request_hash, status, body FROM idempotency_keys WHERE principal = ? AND idem_key = ?",
        key.principal,
        key.key
    )
    .fetch_optional(conn)
    .await
    .map_err(DbError::from)?;
    // Gone between the two statements: the first request was rolled back, or the answer was just swept.
    let Some(row) = row else {
        return Err(DbError::Stale.into());
    };
    if row.request_hash != key.request {
        return Err(Error::Mismatch);
    }
    Ok(Claim::Answered(Reply { status: row.status, body: row.body, replayed: true }))
}

async fn store(conn: &mut MySqlConnection, key: &Key, reply: &Reply) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE idempotency_keys SET status = ?, body = ? WHERE principal = ? AND idem_key = ?",
        reply.status,
        reply.body,
        key.principal,
        key.key
    )
    .execute(conn)
    .await?;
    crate::db::one_row(&done)
}

/// Client, key, hash of the request, status, body.
type Stored = (String, String, Vec<u8>, u16, Vec<u8>);

/// The answers that were given under these keys (at least one), in their order; `Err` where the key was used for another request.
pub async fn answered(
    conn: &mut MySqlConnection,
    keys: &[&Key],
) -> Result<Vec<Option<Result<Reply, Reused>>>, DbError> {
    let mut query: QueryBuilder<MySql> = QueryBuilder::new(
        "SELECT principal, idem_key, request_hash, status, body FROM idempotency_keys WHERE ",
    );
    // One walk along the key for each client: most batches have one.
    let principals: BTreeSet<&str> = keys.iter().map(|key| key.principal.as_str()).collect();
    for (n, principal) in principals.into_iter().enumerate() {
        query.push(if n > 0 { " OR (principal = " } else { "(principal = " }).push_bind(principal);
        query.push(" AND idem_key IN (");
        let mut list = query.separated(", ");
        for key in keys.iter().filter(|key| key.principal == principal) {
            list.push_bind(&key.key);
        }
        query.push("))");
    }
    let rows: Vec<Stored> = query.build_query_as().fetch_all(conn).await?;
    let told = |key: &&Key| {
        let row = rows.iter().find(|row| row.0 == key.principal && row.1 == key.key)?;
        if row.2 != key.request {
            return Some(Err(Reused));
        }
        Some(Ok(Reply { status: row.3, body: row.4.clone(), replayed: true }))
    };
    Ok(keys.iter().map(told).collect())
}

/// The key was used for another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reused;

/// Stores answers with their effects, in the caller's transaction. Someone who was quicker with one of the keys
/// makes it [`DbError::Stale`]: tried again, [`answered`] finds what they were told.
pub async fn store_all(
    conn: &mut MySqlConnection,
    replies: &[(&Key, &Reply)],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    for replies in replies.chunks(ROWS_AT_ONCE) {
        let mut query: QueryBuilder<MySql> = QueryBuilder::new(
            "INSERT INTO idempotency_keys (principal, idem_key, request_hash, status, body, created_at) ",
        );
        query.push_values(replies, |mut row, (key, reply)| {
            row.push_bind(&key.principal)
                .push_bind(&key.key)
                .push_bind(&key.request[..])
                .push_bind(reply.status)
                .push_bind(&reply.body)
                .push_bind(now);
        });
        let done = query.build().execute(&mut *conn).await.map_err(DbError::from);
        done.map_err(|e| if e.duplicate_key().is_some() { DbError::Stale } else { e })?;
    }
    Ok(())
}

/// Forgets answers older than [`KEPT_HOURS`], at most `limit` at once.
pub async fn tidy(conn: &mut MySqlConnection, before: DateTime<Utc>, limit: u32) -> Result<u64, DbError> {
    let done = sqlx::query!("DELETE FROM idempotency_keys WHERE created_at < ? LIMIT ?", before, limit)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
