//! Giving licences and changing them: load, decide, save, in one transaction.
pub mod orders;
mod refunds;
mod spans;
pub mod trail;
pub mod uses;

pub use super::keys::service as keys;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::MySqlConnection;

use super::{
    domain::{Act, Licence, New, Plan, Refusal, Step},
    settings::LicenceSettings,
    store::{self, Entry},
};
use crate::{
    accounts,
    core::{
        actor::Actor,
        calendar,
        ids::{AccountId, LicenceId},
    },
    crypto,
    db::{DbError, Transient},
    entitlements, settings,
};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such account")]
    NoAccount,
    #[error("no such licence")]
    NotFound,
    #[error("no such feature, or it is retired")]
    NoFeature,
    /// Someone else changed it since the form was opened.
    #[error("the licence was changed meanwhile")]
    Changed,
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

/// A change of one licence.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Another plan. By quantity, `credits` are what is left after it.
    Plan {
        plan: Plan,
        credits: u32,
        expires_on: Option<NaiveDate>,
        /// What was left when `credits` were decided: were some used meanwhile, nothing is done. `None`: whatever is left.
        seen: Option<u32>,
    },
    /// More credits.
    Credits(u32),
    /// Another last day.
    Until(NaiveDate),
    Block,
    Unblock,
}

/// When it is, where it counts, and who asks.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub actor: &'a Actor,
    pub now: DateTime<Utc>,
    pub zone: Tz,
    pub request_id: Option<&'a str>,
}

impl Context<'_> {
    pub fn today(&self) -> NaiveDate {
        calendar::day_of(self.now, self.zone)
    }
}

/// A fresh operation number: ties the ledger rows of one act together.
pub(super) fn operation() -> String {
    uuid::Uuid::from_bytes(crypto::random_bytes()).to_string()
}

/// Gives a licence. What its plan has no use for (`credits` by date, a day by quantity) is ignored.
pub async fn give(
    conn: &mut MySqlConnection,
    new: New,
    reason: &str,
    cx: &Context<'_>,
) -> Result<Licence, Error> {
    if !entitlements::is_offered(conn, &new.feature).await? {
        return Err(Error::NoFeature);
    }
    let settings: LicenceSettings = settings::get(conn).await?;
    let mut step = new.make(settings.free_days, cx.today(), cx.now)?;
    step.after.account = accounts::lock_living(conn, step.after.account).await?.ok_or(Error::NoAccount)?;
    let licence = bring(conn, step, reason, cx).await?;
    trail::record(conn, Act::Create, None, &licence, reason, cx).await?;
    Ok(licence)
}

/// Writes a licence that is new, with its term and its ledger row. The caller holds the account's lock.
pub(super) async fn bring(
    conn: &mut MySqlConnection,
    step: Step,
    reason: &str,
    cx: &Context<'_>,
) -> Result<Licence, DbError> {
    let mut step = step;
    step.after.id = store::insert(conn, &step.after, cx.actor).await?;
    if let Some(term) = step.term {
        store::add_term(conn, step.after.id, term, None, cx.now).await?;
    }
    append(conn, &step, &operation(), reason, cx).await?;
    Ok(step.after)
}

async fn append(
    conn: &mut MySqlConnection,
    step: &Step,
    operation: &str,
    reason: &str,
    cx: &Context<'_>,
) -> Result<(), DbError> {
    let entry = Entry::new(&step.after, operation, (step.act, step.amount, step.delta), cx.actor, cx.now)
        .reason(reason)
        .request(cx.request_id);
    store::append(conn, &entry).await
}

/// A licence with its person locked. What was merged away since belongs to the account that lives on.
pub(super) async fn locked(
    conn: &mut MySqlConnection,
    id: LicenceId,
    now: DateTime<Utc>,
) -> Result<Licence, Error> {
    let found = store::find(conn, id, now).await?.ok_or(Error::NotFound)?;
    if !accounts::lock(conn, found.account).await? {
        return Err(DbError::Stale.into());
    }
    let again = store::find(conn, id, now).await?.ok_or(Error::NotFound)?;
    if again.account == found.account { Ok(again) } else { Err(DbError::Stale.into()) }
}

/// Changes a licence. `version`: the one that the form showed; `None`: whatever it is.
pub async fn change(
    conn: &mut MySqlConnection,
    id: LicenceId,
    version: Option<u32>,
    wish: &Wish,
    reason: &str,
    cx: &Context<'_>,
) -> Result<Licence, Error> {
    let licence = locked(conn, id, cx.now).await?;
    if version.is_some_and(|version| version != licence.version) {
        return Err(Error::Changed);
    }
    let before = licence.clone();
    let was_by_quantity = !before.plan.is_dated();
    let step = match wish {
        Wish::Plan { plan, seen: Some(seen), .. } if !plan.is_dated() && *seen != licence.remaining() => {
            return Err(Error::Changed);
        }
        Wish::Plan { plan, credits, expires_on, .. } => {
            let settings: LicenceSettings = settings::get(conn).await?;
            licence.change(*plan, *credits, *expires_on, settings.free_days, cx.today())?
        }
        Wish::Credits(amount) => licence.credit(*amount)?,
        Wish::Until(day) => licence.until(*day, cx.today())?,
        Wish::Block => licence.block(reason, cx.now)?,
        Wish::Unblock => licence.unblock(reason)?,
    };
    let operation = operation();
    if was_by_quantity == step.after.plan.is_dated() {
        store::lines::end(conn, step.after.id, cx.now).await?;
    }
    if was_by_quantity && step.after.plan.is_dated() {
        release_all(conn, &before, &operation, cx).await?;
    }
    let act = step.act;
    let licence = write(conn, step, &operation, reason, cx).await?;
    trail::record(conn, act, Some(&before), &licence, reason, cx).await?;
    Ok(licence)
}

/// Writes a step: the licence, its term, its ledger row; then lets what is left pay for what is owed.
pub(super) async fn write(
    conn: &mut MySqlConnection,
    step: Step,
    operation: &str,
    reason: &str,
    cx: &Context<'_>,
) -> Result<Licence, Error> {
    let mut step = step;
    store::save(conn, &step.after, cx.now).await?;
    step.after.version += 1;
    if let Some(term) = step.term {
        store::add_term(conn, step.after.id, term, None, cx.now).await?;
    }
    append(conn, &step, operation, reason, cx).await?;
    let licence = step.after;
    let Some(mut settled) = licence.clone().settle() else {
        return Ok(licence);
    };
    store::save(conn, &settled.after, cx.now).await?;
    settled.after.version += 1;
    append(conn, &settled, operation, reason, cx).await?;
    Ok(settled.after)
}

/// Reservations hold nothing of a plan by date: what they held is let go. Their confirmation is served by the date.
async fn release_all(
    conn: &mut MySqlConnection,
    licence: &Licence,
    operation: &str,
    cx: &Context<'_>,
) -> Result<(), DbError> {
    let held = store::let_go_all(conn, licence.id).await?;
    if held == 0 {
        return Ok(());
    }
    let entry =
        Entry::new(licence, operation, (Act::Release, held, 0), cx.actor, cx.now).held(-i64::from(held));
    store::append(conn, &entry).await
}

/// Moves everything of one account to another (accounts are being merged; both are locked).
pub async fn move_to(conn: &mut MySqlConnection, from: AccountId, into: AccountId) -> Result<u64, DbError> {
    store::move_to(conn, from, into).await
}
