//! What the staff and apps do by hand: give sessions, take them back, correct, change an expiry or a category.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::json;
use sqlx::MySqlConnection;

use super::{Error, debts, operation, reservations};
use crate::{
    accounts, audit,
    core::{
        actor::Actor,
        calendar,
        ids::{AccountId, CategoryId, GrantId},
    },
    db::DbError,
    sessions::{
        domain::{Expiry, Grant, Kind, Refusal},
        store::{self, Entry, EntryKind, NewGrant, changes},
    },
};

/// Most sessions one grant may have.
pub const MOST_PER_GRANT: u32 = 1000;
/// Longest note, in characters.
pub const NOTE_MOST: usize = 500;
/// Longest reason, in characters.
pub const REASON_MOST: usize = 255;

/// A wish to give free sessions.
#[derive(Debug, Clone)]
pub struct Gift {
    pub account: AccountId,
    /// 1 to [`MOST_PER_GRANT`].
    pub quantity: u32,
    pub category: CategoryId,
    /// `None`: as long as the category says.
    pub expiry: Option<Expiry>,
    /// For the staff.
    pub note: String,
}

/// Gives free sessions. What the person owes from refunds is paid out of them first.
pub async fn give(
    conn: &mut MySqlConnection,
    gift: &Gift,
    actor: &Actor,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<Grant, Error> {
    let category = store::categories::find(conn, gift.category).await?.ok_or(Error::NotFound)?;
    if category.is_retired {
        return Err(Error::Retired);
    }
    let expiry = gift.expiry.unwrap_or(Expiry::of_days(category.default_days));
    let expires_at = expiry.ends_at(calendar::day_of(now, zone), zone)?;
    if !accounts::lock(conn, gift.account).await? {
        return Err(Error::NoAccount);
    }
    let new = NewGrant {
        account: gift.account,
        kind: Kind::Free,
        category: Some(category.id),
        per_unit: None,
        quantity: gift.quantity,
        expires_at,
        source: None,
        note: &gift.note,
        created_by: actor,
        created_at: now,
    };
    let id = store::insert(conn, &new).await?;
    let grant = store::find(conn, id).await?.ok_or(DbError::Stale)?;
    let operation = operation();
    let entry = Entry::new(&grant, &operation, EntryKind::Grant, i64::from(gift.quantity), actor, now);
    store::append(conn, &entry.reason(&shortened(&gift.note))).await?;
    debts::settle(conn, &grant, &operation, actor, now).await?;
    Ok(store::find(conn, id).await?.ok_or(DbError::Stale)?)
}

/// The first [`REASON_MOST`] characters: what fits into a ledger row.
fn shortened(text: &str) -> String {
    text.chars().take(REASON_MOST).collect()
}

/// A grant with its person locked, and with the holds that still hold.
async fn locked(conn: &mut MySqlConnection, id: GrantId, now: DateTime<Utc>) -> Result<Grant, Error> {
    let found = store::find(conn, id).await?.ok_or(Error::NotFound)?;
    if !accounts::lock(conn, found.account).await? {
        return Err(DbError::Stale.into());
    }
    if found.held > 0 {
        reservations::write_lapsed(conn, found.account, now).await?;
    }
    let grant = changes::lock(conn, id).await?.ok_or(Error::NotFound)?;
    if grant.account == found.account { Ok(grant) } else { Err(DbError::Stale.into()) }
}

/// Takes back what is left of a free grant. Answers how many that were.
pub async fn void(
    conn: &mut MySqlConnection,
    id: GrantId,
    reason: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(Grant, u32), Error> {
    let grant = locked(conn, id, now).await?;
    let amount = grant.void()?;
    store::take_back(conn, id, amount, 0).await?;
    let operation = operation();
    let entry = Entry::new(&grant, &operation, EntryKind::Void, -i64::from(amount), actor, now);
    store::append(conn, &entry.reason(reason)).await?;
    Ok((store::find(conn, id).await?.ok_or(DbError::Stale)?, amount))
}

/// Corrects what is left by `change`, with a reason.
pub async fn adjust(
    conn: &mut MySqlConnection,
    id: GrantId,
    change: i32,
    reason: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Grant, Error> {
    let grant = locked(conn, id, now).await?;
    grant.adjust(change)?;
    write_adjustment(conn, &grant, change, &operation(), reason, actor, now).await?;
    Ok(store::find(conn, id).await?.ok_or(DbError::Stale)?)
}

async fn write_adjustment(
    conn: &mut MySqlConnection,
    grant: &Grant,
    change: i32,
    operation: &str,
    reason: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    if change > 0 {
        changes::add_back(conn, grant.id, change.unsigned_abs()).await?;
    } else {
        store::take(conn, grant.id, change.unsigned_abs()).await?;
    }
    let entry = Entry::new(grant, operation, EntryKind::Adjust, i64::from(change), actor, now);
    store::append(conn, &entry.reason(reason)).await
}

/// Gives a use back, with a reason: every grant gets what it paid. Answers how many sessions returned.
pub async fn give_back_use(
    conn: &mut MySqlConnection,
    account: AccountId,
    use_operation: &str,
    reason: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<u32, Error> {
    if !accounts::lock(conn, account).await? {
        return Err(Error::NoAccount);
    }
    let paid = store::paid_by(conn, account, use_operation).await?;
    if paid.is_empty() {
        return Err(Error::NotFound);
    }
    let mut returned = 0;
    for (id, amount) in paid {
        let grant = changes::lock(conn, id).await?.ok_or(DbError::Stale)?;
        let change = i32::try_from(amount).map_err(|_| Refusal::AmountOutOfRange)?;
        grant.adjust(change)?;
        write_adjustment(conn, &grant, change, use_operation, reason, actor, now).await?;
        returned += amount;
    }
    Ok(returned)
}

/// Sets another expiry for a free grant; what had expired of it is left again if the new day is still to come.
pub async fn change_expiry(
    conn: &mut MySqlConnection,
    id: GrantId,
    expiry: Expiry,
    actor: &Actor,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<Grant, Error> {
    let grant = locked(conn, id, now).await?;
    if grant.source.is_some() {
        return Err(Refusal::NeverExpires.into());
    }
    // The days count from the day on which it was given, as they did then.
    let day = match expiry {
        Expiry::On(_) => calendar::day_of(now, zone),
        Expiry::Days(_) | Expiry::Never => calendar::day_of(grant.created_at, zone),
    };
    let expires_at = expiry.ends_at(day, zone)?;
    if expires_at == grant.expires_at {
        return Ok(grant);
    }
    changes::set_expiry(conn, id, expires_at).await?;
    if grant.written_off > 0 {
        let operation = operation();
        let entry =
            Entry::new(&grant, &operation, EntryKind::Restore, i64::from(grant.written_off), actor, now);
        store::append(conn, &entry).await?;
    }
    let record = audit::Record::new(now, actor, "session_grant.expiry", "grant", id)
        .account(grant.account)
        .detail(json!({"from": grant.expires_at, "to": expires_at}));
    audit::record(conn, record).await?;
    Ok(store::find(conn, id).await?.ok_or(DbError::Stale)?)
}

/// Puts a free grant into another category.
pub async fn change_category(
    conn: &mut MySqlConnection,
    id: GrantId,
    category: CategoryId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Grant, Error> {
    let grant = locked(conn, id, now).await?;
    if grant.source.is_some() {
        return Err(Refusal::BoughtInShop.into());
    }
    let to = store::categories::find(conn, category).await?.ok_or(Error::NotFound)?;
    if to.is_retired {
        return Err(Error::Retired);
    }
    if grant.category == Some(category) {
        return Ok(grant);
    }
    changes::set_category(conn, id, category).await?;
    if let Some(from) = grant.category {
        super::rollup::recategorise(conn, id, from).await?;
    }
    let record = audit::Record::new(now, actor, "session_grant.category", "grant", id)
        .account(grant.account)
        .detail(json!({"from": grant.category, "to": category}));
    audit::record(conn, record).await?;
    Ok(store::find(conn, id).await?.ok_or(DbError::Stale)?)
}
