//! Licences as a source that pays for uses (`entitlements`).
use futures::future::BoxFuture;
use sqlx::MySqlConnection;

use super::{
    domain::{self, Act, Denial, Licence, Mode, Payment, Take},
    service::uses,
    store::{self, Entry},
};
use crate::{
    core::{calendar, ids::AccountId},
    db::DbError,
    entitlements::{
        domain::{Ask, Offer, Part, Skip, SourceKind, Why},
        source::{HoldFor, Holdings, Moment, Purpose, Source, Use},
    },
};

/// Licences, as what may pay.
#[derive(Debug)]
pub struct Licences;

impl Source for Licences {
    fn kind(&self) -> SourceKind {
        SourceKind::Licence
    }

    fn load<'c>(
        &'c self,
        conn: &'c mut MySqlConnection,
        accounts: &'c [AccountId],
        moment: Moment,
        _purpose: Purpose,
    ) -> BoxFuture<'c, Result<Box<dyn Holdings>, DbError>> {
        Box::pin(async move {
            let licences = store::of_accounts(conn, accounts, moment.now).await?;
            Ok(Box::new(Held { licences, uses: Vec::new(), moment }) as Box<dyn Holdings>)
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
            let licences = store::of_accounts(conn, &[ask.account], moment.now).await?;
            let owned = Held { licences, uses: Vec::new(), moment };
            let offer = match owned.offer(ask) {
                Ok(offer) => offer,
                Err(skips) => return Ok(Err(skips)),
            };
            uses::hold(conn, &owned.licences, &takes(&offer), hold, moment).await?;
            Ok(Ok(offer))
        })
    }

    fn confirm<'c>(
        &'c self,
        conn: &'c mut MySqlConnection,
        hold: &'c HoldFor,
        amount: u32,
        moment: Moment,
    ) -> BoxFuture<'c, Result<bool, DbError>> {
        Box::pin(uses::confirm(conn, hold, amount, moment))
    }

    fn release<'c>(
        &'c self,
        conn: &'c mut MySqlConnection,
        hold: &'c HoldFor,
        moment: Moment,
    ) -> BoxFuture<'c, Result<(), DbError>> {
        Box::pin(uses::release(conn, hold, moment))
    }
}

/// What some people have.
struct Held {
    licences: Vec<Licence>,
    /// What was taken: of which licence how many, for what.
    uses: Vec<(Licence, u32, Use)>,
    moment: Moment,
}

fn takes(offer: &Offer) -> Vec<Take> {
    let take = |part: &Part| Take { licence: crate::core::ids::LicenceId(part.id), amount: part.amount };
    offer.parts.iter().map(take).collect()
}

/// Why a licence does not pay, as it is told.
pub(super) fn why(denial: Denial, held: u32, amount: u32, moment: Moment) -> Why {
    match denial {
        Denial::Blocked { at } => Why::Blocked { since: Some(at) },
        Denial::Expired { on } => {
            Why::Expired { at: calendar::end_of_day(on, moment.zone), last_day: Some(on) }
        }
        Denial::Undated => Why::Undated,
        Denial::Insufficient { available } => Why::InsufficientCredits { wanted: amount, available, held },
    }
}

impl Holdings for Held {
    fn offer(&self, ask: &Ask) -> Result<Offer, Vec<Skip>> {
        let source = SourceKind::Licence;
        let own: Vec<Licence> = self
            .licences
            .iter()
            .filter(|l| l.account == ask.account && l.feature == ask.feature)
            .filter(|l| ask.licence.is_none_or(|only| only == l.id))
            .cloned()
            .collect();
        if own.is_empty() {
            return Err(vec![Skip { source, id: None, why: Why::None }]);
        }
        let today = calendar::day_of(self.moment.now, self.moment.zone);
        match domain::pay(&own, ask.amount, today) {
            Ok(Payment::Date { licence, until }) => {
                let end = Some(calendar::end_of_day(until, self.moment.zone));
                let parts = vec![Part { id: licence.0, amount: 0 }];
                Ok(Offer { source, parts, remaining: None, until: end, next_change: end })
            }
            Ok(Payment::Credits { takes, remaining }) => {
                let parts = takes.iter().map(|t| Part { id: t.licence.0, amount: t.amount }).collect();
                Ok(Offer { source, parts, remaining: Some(remaining), until: None, next_change: None })
            }
            Err(denials) => {
                let held = |id| own.iter().find(|l| l.id == id).map_or(0, |l| l.held);
                let skips = denials.into_iter().map(|(id, denial)| {
                    let why = why(denial, held(id), ask.amount, self.moment);
                    Skip { source, id: Some(id.0), why }
                });
                Err(skips.collect())
            }
        }
    }

    fn take(&mut self, ask: &Ask, offer: &Offer, what: Use) {
        for part in &offer.parts {
            let Some(licence) = self.licences.iter_mut().find(|l| l.id.0 == part.id) else { continue };
            licence.used += part.amount;
            // By date nothing is charged, and the use is written down all the same.
            let amount = if licence.plan.mode == Mode::Date { ask.amount } else { part.amount };
            self.uses.push((licence.clone(), amount, what.clone()));
        }
    }

    fn save<'c>(&'c mut self, conn: &'c mut MySqlConnection) -> BoxFuture<'c, Result<(), DbError>> {
        Box::pin(async move {
            let mut takes: Vec<Take> = Vec::new();
            for (licence, amount, _) in self.uses.iter().filter(|(l, ..)| !l.plan.is_dated()) {
                match takes.iter_mut().find(|take| take.licence == licence.id) {
                    Some(take) => take.amount += amount,
                    None => takes.push(Take { licence: licence.id, amount: *amount }),
                }
            }
            store::take(conn, &takes).await?;
            let entries: Vec<Entry<'_>> = self
                .uses
                .iter()
                .map(|(licence, amount, what)| {
                    let delta = if licence.plan.is_dated() { 0 } else { -i64::from(*amount) };
                    let act = (Act::Consume, *amount, delta);
                    Entry::new(licence, &what.operation, act, &what.actor, self.moment.now)
                        .reason(&what.reason)
                        .request(what.request_id.as_deref())
                })
                .collect();
            store::append_uses(conn, &entries).await?;
            self.uses.clear();
            Ok(())
        })
    }
}
