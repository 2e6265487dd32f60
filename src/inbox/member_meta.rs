//! Telling a shop its people's balances: written in batches, read back, and looked at again every night.
//!
//! What should stand there is decided by `sessions::member_meta`; what came of it, by `shop::member`.
use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use sqlx::MySqlConnection;

use super::{
    intake::{IntakeError, Source},
    jobs::read,
    sync::hold,
};
use crate::{
    app::App,
    audit,
    core::{
        actor::Actor,
        ids::{ShopId, WcId},
    },
    db::DbError,
    jobs::{
        self, NewJob, lease,
        store::Claimed,
        worker::{JobError, Retry},
    },
    sessions,
    shop::{
        calls::BATCH,
        error::ShopError,
        member::{self, Member},
        service::{Error, record},
        store::{self as shops, Shop, member_meta as rows},
        words::Customer,
    },
};

/// The kind of the job that writes.
pub const WRITE: &str = "shop.member_meta";
/// A shop that is down for a week is still told afterwards, without a person's help.
const TRIES: u32 = 10_000;
/// The longest wait before a shop that fails is asked again.
const LONGEST: Duration = Duration::from_mins(10);

/// A shop to be told what waits. `at_once`: beside whatever waits for its next try.
pub async fn enqueue_write(
    conn: &mut MySqlConnection,
    shop: ShopId,
    at_once: bool,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let mut job =
        NewJob::new(WRITE, json!({"shop": shop}), now).dedupe(format!("member_meta:{shop}:{at_once}"));
    job.max_attempts = TRIES;
    jobs::enqueue(conn, job, now).await?;
    Ok(())
}

/// All people of a shop to be looked at: it is to be told from now on, or under another name.
pub async fn enqueue_all(
    conn: &mut MySqlConnection,
    shop: ShopId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let job = NewJob::new("shop.member_meta_all", json!({"shop": shop}), now)
        .dedupe(format!("member_meta_all:{shop}"));
    jobs::enqueue(conn, job, now).await?;
    Ok(())
}

/// Every shop that is told, and open for questions.
async fn told(app: &App) -> Result<Vec<Shop>, DbError> {
    let mut shops = shops::list(&mut *app.db.conn().await?).await?;
    shops.retain(|shop| shop.writes_member_meta && shop.paused_at.is_none());
    Ok(shops)
}

/// `sessions.member_meta`: whose balance changed? Then every shop that is to be told of some gets a job.
pub async fn run(app: &App) -> Result<(), JobError> {
    sessions::member_meta::mark_changed(app).await?;
    let now = app.clock.now();
    for shop in told(app).await? {
        let mut conn = app.db.conn().await?;
        let is_due = !rows::due_members(&mut conn, shop.id, now, 1).await?.is_empty();
        // While the shop is down one job waits for it, and not another one every minute.
        let is_new = is_due && !jobs::store::is_open(&mut conn, WRITE, shop.id).await?;
        drop(conn);
        if is_new {
            app.db
                .transact(|mut tx| async move {
                    enqueue_write(&mut tx, shop.id, false, now).await?;
                    tx.done(()).await
                })
                .await?;
        }
    }
    Ok(())
}

/// `sessions.member_meta_check`: has every shop looked through.
pub async fn check_all(app: &App) -> Result<(), JobError> {
    let now = app.clock.now();
    for shop in told(app).await? {
        app.db
            .transact(|mut tx| async move {
                let job = NewJob::new("shop.member_meta_check", json!({"shop": shop.id}), now)
                    .dedupe(format!("member_meta_check:{}", shop.id));
                jobs::enqueue(&mut tx, job, now).await?;
                tx.done(()).await
            })
            .await?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct OfShop {
    shop: ShopId,
}

/// `shop.member_meta_all`
pub async fn mark_all(app: &App, job: &Claimed) -> Result<(), JobError> {
    let OfShop { shop } = read(job)?;
    sessions::member_meta::mark_shop(app, shop).await?;
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            enqueue_write(&mut tx, shop, true, now).await?;
            tx.done(()).await
        })
        .await?;
    Ok(())
}

/// Why the writing stopped.
#[derive(Debug)]
enum Stop {
    /// The keys may read and not write.
    ReadOnly(ShopError),
    Intake(IntakeError),
}

impl<E: Into<IntakeError>> From<E> for Stop {
    fn from(e: E) -> Self {
        Self::Intake(e.into())
    }
}

/// A shop's failure is waited out, whatever it is: the rows wait as well, and nobody has to start the job again.
fn waiting(stop: Stop, attempts: u32) -> JobError {
    let wait = Duration::from_secs(15).saturating_mul(1 << attempts.min(6)).min(LONGEST);
    match stop {
        Stop::ReadOnly(e) => JobError::new("shop_read_only", e).after(LONGEST),
        Stop::Intake(IntakeError::NoShop) => IntakeError::NoShop.into(),
        Stop::Intake(e) => {
            let error = JobError::from(e);
            match error.retry {
                Retry::After(_) | Retry::PutOff(_) => error,
                Retry::Backoff | Retry::Never => error.after(wait),
            }
        }
    }
}

/// A shop that is told and open, under its lease. `None`: there is nothing to do for it now; its rows wait.
async fn open(app: &App, shop: ShopId) -> Result<Option<Source>, Stop> {
    match Source::open(app, shop).await {
        Ok(source) => Ok(Some(source).filter(|source| source.shop.writes_member_meta)),
        Err(IntakeError::Paused) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// `shop.member_meta`: writes what waits, batch by batch.
pub async fn write(app: &App, job: &Claimed) -> Result<(), JobError> {
    let OfShop { shop } = read(job)?;
    under_lease(app, shop, write_due).await.map_err(|stop| waiting(stop, job.attempts))
}

/// `shop.member_meta_check`: looks whether what was written still stands there.
pub async fn check(app: &App, job: &Claimed) -> Result<(), JobError> {
    let OfShop { shop } = read(job)?;
    under_lease(app, shop, check_settled).await.map_err(|stop| waiting(stop, job.attempts))
}

async fn under_lease(
    app: &App,
    shop: ShopId,
    work: impl AsyncFn(&App, &Source) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let Some(source) = open(app, shop).await? else {
        return Ok(());
    };
    let name = format!("member_meta:{shop}");
    let lease = lease::take(&mut *app.db.conn().await?, &name, app.clock.now()).await?;
    let lease = lease.ok_or(IntakeError::Busy)?;
    let outcome = tokio::select! {
        outcome = work(app, &source) => outcome,
        lost = hold(app, &lease) => Err(lost.into()),
    };
    lease.release(&mut *app.db.conn().await?).await?;
    match outcome {
        Ok(()) => Ok(()),
        Err(Stop::Intake(e)) => {
            let outcome: Result<(), IntakeError> = Err(e);
            source.note(app, &outcome).await?;
            Ok(outcome?)
        }
        // The shop answers, and may be read as before: only its card says what is wrong.
        Err(e) => Err(e),
    }
}

async fn write_due(app: &App, source: &Source) -> Result<(), Stop> {
    loop {
        let now = app.clock.now();
        let due = rows::due_members(&mut *app.db.conn().await?, source.shop.id, now, BATCH).await?;
        if due.is_empty() {
            return Ok(());
        }
        write_batch(app, source, &due).await?;
    }
}

/// Writes these and reads them back. Cut off anywhere, they still wait, and are written again with the same result.
async fn write_batch(app: &App, source: &Source, due: &[Member]) -> Result<(), Stop> {
    let (shop, key) = (source.shop.id, source.shop.member_meta_key.as_str());
    let sent: BTreeMap<WcId, u32> = due.iter().map(|member| (member.customer, member.wanted)).collect();
    let values: Vec<(WcId, u32)> = sent.iter().map(|(id, n)| (*id, *n)).collect();
    let refused = match source.client.write_member_meta(key, &values).await {
        Ok(refused) => refused,
        Err(e @ (ShopError::Unauthorized { .. } | ShopError::Forbidden { .. })) => {
            return Err(Stop::ReadOnly(e));
        }
        Err(e) => return Err(e.into()),
    };
    let ids: Vec<WcId> = sent.keys().copied().collect();
    let taken: Vec<WcId> = ids.iter().filter(|id| !refused.contains_key(id)).copied().collect();
    let shown =
        if taken.is_empty() { BTreeMap::new() } else { source.client.read_member_meta(key, &taken).await? };
    let now = app.clock.now();
    let (ids, sent, refused, shown) = (&ids, &sent, &refused, &shown);
    app.db
        .transact(|mut tx| async move {
            let mut members = rows::lock_members(&mut tx, shop, ids).await?;
            for member in &mut members {
                match (refused.get(&member.customer), shown.get(&member.customer)) {
                    (Some(code), _) => member.refused(code, now),
                    (None, None) => member.refused(member::NOT_SHOWN, now),
                    (None, Some(value)) => {
                        let sent = sent.get(&member.customer).copied().unwrap_or(member.wanted);
                        member.sent(sent, value.as_deref(), now);
                    }
                }
            }
            rows::save_members(&mut tx, &members).await?;
            tx.done(()).await
        })
        .await
        .map_err(|e: DbError| e.into())
}

async fn check_settled(app: &App, source: &Source) -> Result<(), Stop> {
    let (shop, key) = (source.shop.id, source.shop.member_meta_key.as_str());
    let mut after = WcId(0);
    loop {
        let page = rows::settled_members(&mut *app.db.conn().await?, shop, after, BATCH).await?;
        let ids: Vec<WcId> = page.iter().map(|member| member.customer).collect();
        let Some(last) = ids.last() else {
            return Ok(());
        };
        after = *last;
        let seen_at = app.clock.now();
        // Who is not shown may be gone, or the list may lie: the reading of users finds out.
        let shown = &source.client.read_member_meta(key, &ids).await?;
        let ids = &ids;
        app.db
            .transact(|mut tx| async move {
                let mut members = rows::lock_members(&mut tx, shop, ids).await?;
                members.retain_mut(|member| {
                    shown.get(&member.customer).is_some_and(|value| member.look(value.as_deref(), seen_at))
                });
                rows::save_members(&mut tx, &members).await?;
                tx.done(()).await
            })
            .await
            .map_err(|e: DbError| Stop::from(e))?;
    }
}

/// A user of the shop was looked at: does the field still hold what was written?
pub(super) async fn noticed(
    conn: &mut MySqlConnection,
    shop: &Shop,
    customer: &Customer,
    seen_at: DateTime<Utc>,
) -> Result<(), DbError> {
    if !shop.writes_member_meta {
        return Ok(());
    }
    let mut members = rows::lock_members(conn, shop.id, &[customer.id]).await?;
    let value = customer.meta.get(&shop.member_meta_key).map(String::as_str);
    members.retain_mut(|member| member.look(value, seen_at));
    rows::save_members(conn, &members).await
}

/// The shop no longer has this user.
pub(super) async fn gone(
    conn: &mut MySqlConnection,
    shop: ShopId,
    customer: WcId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let mut members = rows::lock_members(conn, shop, &[customer]).await?;
    members.retain_mut(|member| member.gone(now));
    rows::save_members(conn, &members).await
}

/// Somebody has what the shop dropped, overwrote or refused written again.
pub async fn again(app: &App, id: ShopId, actor: &Actor) -> Result<u64, Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let shop = shops::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            let users = rows::retry_members(&mut tx, id, now).await?;
            let record = record(&shop, "shop.member_meta_again", actor, now).detail(json!({"users": users}));
            audit::record(&mut tx, record).await?;
            enqueue_write(&mut tx, id, true, now).await?;
            Ok(tx.done(users).await?)
        })
        .await
}
