//! Granting, taking back and spending sessions: load, decide, save, in one transaction.
pub mod categories;
pub mod debts;
pub mod expiry;
pub mod gifts;
mod many;
mod orders;
pub mod reservations;
pub mod rollup;

use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

pub use many::balances;
pub use orders::{Line, Order, OrderStanding, apply_order};

use super::{
    domain::{self, Grant, Kind, Refusal, Take, expiry::Wrong},
    store::{self, Entry, EntryKind},
};
use crate::{
    accounts,
    app::App,
    audit,
    core::{actor::Actor, ids::AccountId},
    crypto,
    db::{DbError, Transient},
};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such account")]
    NoAccount,
    #[error("no such grant, reservation, use or category")]
    NotFound,
    /// Nothing new is given under a retired category.
    #[error("the category is retired")]
    Retired,
    #[error("a category of that name or code exists")]
    NameTaken,
    #[error(transparent)]
    Expiry(#[from] Wrong),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Transient for Error {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Db(e) if e.is_transient())
    }
}

/// A wish to spend sessions.
#[derive(Debug, Clone)]
pub struct Spending {
    pub account: AccountId,
    /// 1 to [`domain::MOST_AT_ONCE`].
    pub amount: u32,
    pub reason: String,
    pub expert_id: Option<String>,
    pub expert_name: Option<String>,
    pub duration_seconds: Option<u32>,
    pub request_id: Option<String>,
}

/// What a spending did.
#[derive(Debug, Clone)]
pub struct Spent {
    pub operation: String,
    pub takes: Vec<Take>,
    /// What can still be spent after it.
    pub remaining: u32,
}

/// A fresh operation number: ties the ledger rows of one act together.
pub fn operation() -> String {
    uuid::Uuid::from_bytes(crypto::random_bytes()).to_string()
}

/// Spends sessions in the caller's transaction: lock the person, decide, write, all or nothing.
pub async fn consume(
    conn: &mut MySqlConnection,
    wish: &Spending,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Spent, Error> {
    let grants = spendable(conn, wish.account, now).await?;
    let takes = decided(conn, wish.account, &grants, domain::spend(&grants, wish.amount, now), now).await?;
    let operation = operation();
    for take in &takes {
        store::take(conn, take.grant, take.amount).await?;
        let entry = Entry {
            account: wish.account,
            grant: take.grant,
            operation: &operation,
            kind: EntryKind::Consume,
            delta: -i64::from(take.amount),
            held: 0,
            at: now,
            actor,
            reason: &wish.reason,
            expert_id: wish.expert_id.as_deref(),
            expert_name: wish.expert_name.as_deref(),
            duration_seconds: wish.duration_seconds,
            request_id: wish.request_id.as_deref(),
        };
        store::append(conn, &entry).await?;
    }
    if takes.iter().any(|take| take.kind == Kind::Free) {
        store::people::used_free(conn, wish.account, now).await?;
    }
    let usable: u32 = grants.iter().map(|g| g.usable(now)).sum();
    Ok(Spent { operation, takes, remaining: usable - wish.amount })
}

/// What a decision comes to: whoever lost what they had to the clock is told so, written off or not.
async fn decided(
    conn: &mut MySqlConnection,
    account: AccountId,
    grants: &[Grant],
    takes: Result<Vec<Take>, Refusal>,
    now: DateTime<Utc>,
) -> Result<Vec<Take>, Error> {
    match takes {
        Err(refusal @ Refusal::InsufficientCredits { .. }) => {
            let lost = store::many::had(conn, &[account]).await?.into_iter().find_map(|(_, lost)| lost);
            Err(domain::remember(refusal, grants, lost, now).into())
        }
        takes => Ok(takes?),
    }
}

/// Locks a person and reads what they may spend, with the holds that still hold. Refuses while a refund blocks.
async fn spendable(
    conn: &mut MySqlConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<Grant>, Error> {
    if !accounts::lock(conn, account).await? {
        return Err(Error::NoAccount);
    }
    let blocking: u32 = store::open_shortfalls(conn, account)
        .await?
        .iter()
        .filter(|s| s.policy == "block")
        .map(|s| s.amount - s.settled)
        .sum();
    if blocking > 0 {
        return Err(Refusal::Blocked { shortfall: blocking }.into());
    }
    let mut grants = store::with_something_left(conn, account).await?;
    if grants.iter().any(|grant| grant.held > 0) && reservations::write_lapsed(conn, account, now).await? {
        grants = store::with_something_left(conn, account).await?;
    }
    Ok(grants)
}

/// What a person can spend at `now`, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    pub free: u32,
    pub purchased: u32,
    /// Put aside by reservations; not part of the two above.
    pub reserved: u32,
    /// Left over in grants that expired.
    pub expired: u32,
    /// Sessions that an open shortfall blocks or demands.
    pub owed: u32,
    pub is_blocked: bool,
}

impl Balance {
    /// Counts what is left of a grant.
    fn add(&mut self, grant: &Grant, now: DateTime<Utc>) {
        match (grant.is_expired(now), grant.kind) {
            (true, _) => self.expired += grant.free_of_holds(),
            (false, Kind::Free) => self.free += grant.usable(now),
            (false, Kind::Purchased) => self.purchased += grant.usable(now),
        }
        self.reserved += grant.held;
    }

    /// Counts what an open shortfall demands.
    fn owe(&mut self, amount: u32, policy: &str) {
        self.owed += amount;
        self.is_blocked |= policy == "block";
    }

    pub fn available(&self) -> u32 {
        if self.is_blocked { 0 } else { self.free + self.purchased }
    }
}

/// What is left of anything a person was given, with the holds that still hold at `now`, whoever wrote down the others.
pub async fn live(
    conn: &mut MySqlConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<Grant>, DbError> {
    let mut grants = store::with_something_left(conn, account).await?;
    if grants.iter().any(|grant| grant.held > 0) {
        for reservation in store::reservations::reserved(conn, account).await? {
            if reservation.expires_at > now {
                continue;
            }
            for hold in store::reservations::holds(conn, reservation.id).await? {
                if let Some(grant) = grants.iter_mut().find(|grant| grant.id == hold.grant) {
                    grant.held = grant.held.saturating_sub(hold.amount);
                }
            }
        }
    }
    Ok(grants)
}

/// Reads what a person can spend.
pub async fn balance(
    conn: &mut MySqlConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Balance, DbError> {
    let mut balance = Balance::default();
    for grant in live(conn, account, now).await? {
        balance.add(&grant, now);
    }
    for shortfall in store::open_shortfalls(conn, account).await? {
        balance.owe(shortfall.amount - shortfall.settled, &shortfall.policy);
    }
    Ok(balance)
}

/// Moves everything of one account to another (accounts are being merged; both are locked).
pub async fn move_to(conn: &mut MySqlConnection, from: AccountId, into: AccountId) -> Result<u64, DbError> {
    store::move_to(conn, from, into).await
}

/// Closes a person's shortfall by hand: whatever it blocked or demanded is over.
pub async fn close_shortfall(app: &App, account: AccountId, id: u64, actor: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            if !accounts::lock(&mut tx, account).await? {
                return Err(Error::NoAccount);
            }
            let closed = store::close_shortfall(&mut tx, account, id, &actor.id(), now).await?;
            if !closed {
                return Err(Error::NoAccount);
            }
            let record =
                audit::Record::new(now, actor, "session_shortfall.closed", "shortfall", id).account(account);
            audit::record(&mut tx, record).await?;
            Ok(tx.done(()).await?)
        })
        .await
}
