//! Applying: the rows are worked off in stretches, each of them one transaction.
use sqlx::MySqlConnection;

use super::{Error, record, so_far};
use crate::{
    accounts,
    app::App,
    audit,
    core::{
        actor::Actor,
        ids::{AccountId, LicenceImportId},
    },
    db::DbError,
    entitlements,
    licences::{
        domain::{Licence, Refusal, Step},
        import::{
            domain::{Item, Reason, RowState, State, Values, deeds::Deed},
            store::{
                self, Tally,
                rows::{self, Outcome},
            },
        },
        service::{self as licences, Context},
        store as kept,
    },
};

/// Rows of one stretch.
pub const STRETCH: u32 = 200;
/// Who ends it.
const ITSELF: Actor = Actor::System { name: "licence import" };

/// Applies everything that is left. It may be called any number of times, in any number of processes. `reason` stands in the ledger.
pub async fn work(app: &App, id: LicenceImportId, reason: &str) -> Result<(), Error> {
    while step(app, id, reason, STRETCH).await? {}
    Ok(())
}

/// One stretch of at most `most` rows, in one transaction. False: that was all, or it was told to stop.
pub async fn step(app: &App, id: LicenceImportId, reason: &str, most: u32) -> Result<bool, Error> {
    let (now, zone) = (app.clock.now(), app.config.timezone);
    app.db
        .transact(|mut tx| async move {
            let import = match store::lock(&mut tx, id).await? {
                Some(import) if import.state == State::Running => import,
                // Forgotten, called off, stopped or done: there is no work.
                _ => return Ok(tx.undone(false).await?),
            };
            let items = rows::pending(&mut tx, id, most).await?;
            if items.is_empty() {
                let ended = (import.state.as_str(), State::Done.as_str());
                store::TABLES.finish(&mut tx, id.0, ended, now).await?;
                let record = record(&import, "licence_import.finished", &ITSELF, now);
                audit::record(&mut tx, record.detail(so_far(&import))).await?;
                return Ok(tx.done(false).await?);
            }
            let cx = Context { actor: &import.by, now, zone, request_id: None };
            let mut stretch = Stretch::load(&mut tx, &items, cx, reason).await?;
            let (mut tally, mut outcomes) = (Tally::default(), Vec::with_capacity(items.len()));
            for item in &items {
                let outcome = stretch.apply(&mut tx, item).await?;
                outcomes.push((item.row, outcome));
                match outcome.state() {
                    RowState::Given => tally.given += 1,
                    RowState::Changed => tally.changed += 1,
                    RowState::Same => tally.same += 1,
                    RowState::Failed | RowState::Pending => tally.failed += 1,
                }
            }
            rows::settle(&mut tx, id, &outcomes, now).await?;
            store::add(&mut tx, id, tally).await?;
            Ok(tx.done(true).await?)
        })
        .await
}

/// The people of a stretch, locked in the order of their numbers, and what they have.
struct Stretch<'a> {
    /// Those that are still accounts of their own.
    living: Vec<AccountId>,
    licences: Vec<Licence>,
    cx: Context<'a>,
    reason: &'a str,
}

impl<'a> Stretch<'a> {
    async fn load(
        conn: &mut MySqlConnection,
        items: &[Item],
        cx: Context<'a>,
        reason: &'a str,
    ) -> Result<Self, DbError> {
        let mut accounts: Vec<AccountId> = items.iter().filter_map(|item| item.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let living = accounts::many::lock(conn, &accounts).await?;
        let licences =
            if living.is_empty() { Vec::new() } else { kept::of_accounts(conn, &living, cx.now).await? };
        Ok(Self { living, licences, cx, reason })
    }

    async fn apply(&mut self, conn: &mut MySqlConnection, item: &Item) -> Result<Outcome, Error> {
        let (Some(account), Some(values)) = (item.account, &item.values) else {
            return Ok(Outcome::Failed(Reason::Unreadable));
        };
        if self.living.binary_search(&account).is_err() {
            return Ok(Outcome::Failed(Reason::Merged));
        }
        let own: Vec<Licence> = self.licences.iter().filter(|l| l.account == account).cloned().collect();
        match values.deed(&own) {
            Deed::Nothing(id) => Ok(Outcome::Same(id)),
            Deed::Give => self.give(conn, account, values).await,
            Deed::Set(id) => match own.into_iter().find(|licence| licence.id == id) {
                Some(licence) => self.set(conn, licence, values).await,
                None => Err(DbError::Stale.into()),
            },
        }
    }

    async fn give(
        &self,
        conn: &mut MySqlConnection,
        account: AccountId,
        values: &Values,
    ) -> Result<Outcome, Error> {
        if !entitlements::is_offered(conn, &values.feature).await? {
            return Ok(Outcome::Failed(Reason::FeatureUnknown));
        }
        let licence = licences::bring(conn, values.make(account, self.cx.now), self.reason, &self.cx).await?;
        self.bar(conn, &licence, values).await?;
        Ok(Outcome::Given(licence.id))
    }

    async fn set(
        &self,
        conn: &mut MySqlConnection,
        licence: Licence,
        values: &Values,
    ) -> Result<Outcome, Error> {
        let mut licence = licence;
        match values.limit(&licence) {
            Ok(Some(step)) => licence = self.write(conn, step).await?,
            Ok(None) => {}
            Err(refusal) => return Ok(Outcome::Failed(why(refusal))),
        }
        self.bar(conn, &licence, values).await?;
        Ok(Outcome::Changed(licence.id))
    }

    /// A refusal here would come after something was written: it undoes the stretch.
    async fn bar(&self, conn: &mut MySqlConnection, licence: &Licence, values: &Values) -> Result<(), Error> {
        let step = values.bar(licence, self.reason, self.cx.now).map_err(licences::Error::from)?;
        if let Some(step) = step {
            self.write(conn, step).await?;
        }
        Ok(())
    }

    async fn write(&self, conn: &mut MySqlConnection, step: Step) -> Result<Licence, Error> {
        Ok(licences::write(conn, step, &licences::operation(), self.reason, &self.cx).await?)
    }
}

fn why(refusal: Refusal) -> Reason {
    match refusal {
        Refusal::Held { .. } => Reason::Held,
        Refusal::Credits => Reason::CreditsRange,
        _ => Reason::Refused,
    }
}
