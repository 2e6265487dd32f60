//! Sessions as a source that pays for uses (`entitlements`).
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use sqlx::MySqlConnection;

use super::{
    domain::{self, Grant, Kind, Lost, Refusal},
    service::{self, reservations},
    store::{Entry, EntryKind, many},
};
use crate::{
    core::ids::{AccountId, GrantId},
    db::DbError,
    entitlements::{
        domain::{Ask, Offer, Part, Skip, SourceKind, Why},
        source::{HoldFor, Holdings, Moment, Purpose, Source, Use},
    },
};

/// Sessions, as what may pay.
#[derive(Debug)]
pub struct Sessions;

impl Source for Sessions {
    fn kind(&self) -> SourceKind {
        SourceKind::Sessions
    }

    fn load<'c>(
        &'c self,
        conn: &'c mut MySqlConnection,
        accounts: &'c [AccountId],
        moment: Moment,
        purpose: Purpose,
    ) -> BoxFuture<'c, Result<Box<dyn Holdings>, DbError>> {
        Box::pin(async move {
            Ok(Box::new(load(conn, accounts, moment.now, purpose).await?) as Box<dyn Holdings>)
        })
    }

    fn reserve<'c>(
        &'c self,
        conn: &'c mut MySqlConnection,
        ask: &'c Ask,
        hold: &'c HoldFor,
        moment: Moment,
    ) -> BoxFuture<'c, Result<Result<Offer, Vec<Skip>>, DbError>> {
        Box::pin(async move {
            let owned = load(conn, &[ask.account], moment.now, Purpose::Spend).await?;
            let offer = match owned.offer(ask) {
                Ok(offer) => offer,
                Err(skips) => return Ok(Err(skips)),
            };
            let wish = reservations::Wish {
                account: ask.account,
                amount: ask.amount,
                ttl_seconds: u32::try_from((hold.until - moment.now).num_seconds()).unwrap_or(0),
                reason: hold.reason.clone(),
                expert_id: None,
                expert_name: None,
            };
            match reservations::reserve_as(conn, &hold.reservation, &wish, &hold.actor, moment.now).await {
                Ok(_) => Ok(Ok(offer)),
                Err(e) => Err(fault(e)),
            }
        })
    }

    fn confirm<'c>(
        &'c self,
        conn: &'c mut MySqlConnection,
        hold: &'c HoldFor,
        amount: u32,
        moment: Moment,
    ) -> BoxFuture<'c, Result<bool, DbError>> {
        Box::pin(async move {
            match reservations::start(conn, &hold.reservation, Some(amount), &hold.actor, moment.now).await {
                Ok(_) => Ok(true),
                // Started or released through the sessions' own API, under the same number.
                Err(service::Error::Refused(_) | service::Error::NotFound) => Ok(false),
                Err(e) => Err(fault(e)),
            }
        })
    }

    fn release<'c>(
        &'c self,
        conn: &'c mut MySqlConnection,
        hold: &'c HoldFor,
        moment: Moment,
    ) -> BoxFuture<'c, Result<(), DbError>> {
        Box::pin(async move {
            match reservations::release(conn, &hold.reservation, &hold.actor, moment.now).await {
                // What was used through the sessions' own API holds nothing any more.
                Ok(_) | Err(service::Error::Refused(_) | service::Error::NotFound) => Ok(()),
                Err(e) => Err(fault(e)),
            }
        })
    }
}

/// What was decided a moment ago under the same lock cannot be refused now: if it is, the ground moved, and it is tried again.
fn fault(e: service::Error) -> DbError {
    match e {
        service::Error::Db(e) => e,
        _ => DbError::Stale,
    }
}

/// What some people have.
struct Held {
    grants: Vec<Grant>,
    /// Who had some, and has nothing left that could be used; and what they lost to the clock.
    emptied: BTreeMap<AccountId, Option<Lost>>,
    /// Sessions of refunded orders that block whoever spent them.
    blocking: BTreeMap<AccountId, u32>,
    uses: Vec<(domain::Take, AccountId, Use)>,
    now: DateTime<Utc>,
}

async fn load(
    conn: &mut MySqlConnection,
    accounts: &[AccountId],
    now: DateTime<Utc>,
    purpose: Purpose,
) -> Result<Held, DbError> {
    let mut grants = many::with_something_left(conn, accounts).await?;
    let mut holders: Vec<AccountId> = grants.iter().filter(|g| g.held > 0).map(|g| g.account).collect();
    holders.dedup();
    match purpose {
        _ if holders.is_empty() => {}
        Purpose::Look => {
            for (id, amount) in many::lapsed_holds(conn, &holders, now).await? {
                for grant in grants.iter_mut().filter(|grant| grant.id == id) {
                    grant.held = grant.held.saturating_sub(amount);
                }
            }
        }
        Purpose::Spend => {
            let mut any = false;
            for account in holders {
                any |= reservations::write_lapsed(conn, account, now).await?;
            }
            if any {
                grants = many::with_something_left(conn, accounts).await?;
            }
        }
    }
    let mut blocking = BTreeMap::new();
    for (account, amount, policy) in many::owed(conn, accounts).await? {
        if policy == "block" {
            *blocking.entry(account).or_default() += amount;
        }
    }
    // Whoever has nothing left never had anything, used it, or lost it to the clock: the answer differs.
    let alive: BTreeSet<AccountId> =
        grants.iter().filter(|grant| !grant.is_expired(now)).map(|grant| grant.account).collect();
    let empty: Vec<AccountId> = accounts.iter().copied().filter(|id| !alive.contains(id)).collect();
    let emptied = if empty.is_empty() { Vec::new() } else { many::had(conn, &empty).await? };
    let emptied = emptied.into_iter().collect();
    Ok(Held { grants, emptied, blocking, uses: Vec::new(), now })
}

impl Held {
    fn why(&self, refusal: &Refusal, ask: &Ask, has_any: bool) -> Why {
        match *refusal {
            Refusal::Expired { at } => Why::Expired { at, last_day: None },
            Refusal::InsufficientCredits { .. } if !has_any => Why::None,
            _ => {
                let own = self.grants.iter().filter(|g| g.account == ask.account && !g.is_expired(self.now));
                Why::InsufficientCredits {
                    wanted: ask.amount,
                    available: own.clone().map(|g| g.usable(self.now)).sum(),
                    held: own.map(|g| g.held).sum(),
                }
            }
        }
    }
}

impl Holdings for Held {
    fn offer(&self, ask: &Ask) -> Result<Offer, Vec<Skip>> {
        let source = SourceKind::Sessions;
        let skip = |why| Err(vec![Skip { source, id: None, why }]);
        if ask.licence.is_some() {
            return skip(Why::None);
        }
        if self.blocking.contains_key(&ask.account) {
            return skip(Why::Blocked { since: None });
        }
        let own: Vec<Grant> = self.grants.iter().filter(|g| g.account == ask.account).cloned().collect();
        let takes = match domain::pay(&own, ask.amount, self.now) {
            Ok(takes) => takes,
            Err(refusal) => {
                let lost = self.emptied.get(&ask.account).copied();
                let refusal = domain::remember(refusal, &own, lost.flatten(), self.now);
                return skip(self.why(&refusal, ask, !own.is_empty() || lost.is_some()));
            }
        };
        let usable = own.iter().filter(|g| g.usable(self.now) > 0);
        let available: u32 = usable.clone().map(|g| g.usable(self.now)).sum();
        let ends: Option<Vec<DateTime<Utc>>> = usable.clone().map(|g| g.expires_at).collect();
        Ok(Offer {
            source,
            parts: takes.iter().map(|t| Part { id: t.grant.0, amount: t.amount }).collect(),
            remaining: Some(available - ask.amount),
            until: ends.and_then(|ends| ends.into_iter().max()),
            next_change: usable.filter_map(|g| g.expires_at).min(),
        })
    }

    fn take(&mut self, ask: &Ask, offer: &Offer, what: Use) {
        for part in &offer.parts {
            let Some(grant) = self.grants.iter_mut().find(|g| g.id.0 == part.id) else { continue };
            grant.remaining -= part.amount;
            let take = domain::Take { grant: grant.id, kind: grant.kind, amount: part.amount };
            self.uses.push((take, ask.account, what.clone()));
        }
    }

    fn save<'c>(&'c mut self, conn: &'c mut MySqlConnection) -> BoxFuture<'c, Result<(), DbError>> {
        Box::pin(async move {
            let mut takes: BTreeMap<GrantId, u32> = BTreeMap::new();
            let mut of_free: BTreeSet<AccountId> = BTreeSet::new();
            for (take, account, _) in &self.uses {
                *takes.entry(take.grant).or_default() += take.amount;
                if take.kind == Kind::Free {
                    of_free.insert(*account);
                }
            }
            let entries: Vec<Entry<'_>> = self
                .uses
                .iter()
                .map(|(take, account, what)| Entry {
                    account: *account,
                    grant: take.grant,
                    operation: &what.operation,
                    kind: EntryKind::Consume,
                    delta: -i64::from(take.amount),
                    held: 0,
                    at: self.now,
                    actor: &what.actor,
                    reason: &what.reason,
                    expert_id: None,
                    expert_name: None,
                    duration_seconds: None,
                    request_id: what.request_id.as_deref(),
                })
                .collect();
            if entries.is_empty() {
                return Ok(());
            }
            many::take(conn, &takes.into_iter().collect::<Vec<_>>()).await?;
            many::append(conn, &entries).await?;
            let of_free: Vec<AccountId> = of_free.into_iter().collect();
            if !of_free.is_empty() {
                many::used_free(conn, &of_free, self.now).await?;
            }
            self.uses.clear();
            Ok(())
        })
    }
}
