//! Background work of the inbox: re-reading things, reading shops, watching their webhooks.
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use sqlx::MySqlConnection;

use super::{
    domain::Resource,
    hook,
    intake::{self, IntakeError, Source},
    store,
    sync::{self, Mode},
};
use crate::{
    accounts,
    app::App,
    audit,
    core::{
        actor::Actor,
        email::Email,
        ids::{AccountId, ShopId, WcId},
    },
    db::DbError,
    jobs::{
        self, NewJob, lease,
        store::Claimed,
        worker::{JobError, Retry},
    },
    shop::{
        self,
        calls::PersonQuery,
        error::ShopError,
        store::WebhookState,
        watchdog::{self, Change},
    },
};

/// A thing of a shop to be re-read.
pub async fn enqueue_refresh(
    conn: &mut MySqlConnection,
    shop: ShopId,
    resource: Resource,
    id: u64,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let job =
        NewJob::new("shop.refresh", json!({"shop": shop, "resource": resource.as_str(), "id": id}), now)
            .dedupe(format!("refresh:{shop}:{}:{id}", resource.as_str()))
            .priority(3);
    jobs::enqueue(conn, job, now).await?;
    Ok(())
}

/// A shop to be read.
pub async fn enqueue_sync(
    conn: &mut MySqlConnection,
    shop: ShopId,
    mode: Mode,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let job = NewJob::new("shop.sync", json!({"shop": shop, "mode": mode.as_str()}), now)
        .dedupe(format!("sync:{shop}:{}", mode.as_str()));
    jobs::enqueue(conn, job, now).await?;
    Ok(())
}

/// A shop's paid orders that are not completed yet to be read again: what they give was decided anew.
pub async fn enqueue_processing(
    conn: &mut MySqlConnection,
    shop: ShopId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let job = NewJob::new("shop.processing", json!({"shop": shop}), now).dedupe(format!("processing:{shop}"));
    jobs::enqueue(conn, job, now).await?;
    Ok(())
}

/// A shop's webhooks to be looked at. `renew_secret`: our secret changed, tell the shop.
pub async fn enqueue_watch(
    conn: &mut MySqlConnection,
    shop: ShopId,
    renew_secret: bool,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let job = NewJob::new("shop.watch", json!({"shop": shop, "renew_secret": renew_secret}), now)
        .dedupe(format!("watch:{shop}:{renew_secret}"))
        .priority(2);
    jobs::enqueue(conn, job, now).await?;
    Ok(())
}

impl From<IntakeError> for JobError {
    fn from(e: IntakeError) -> Self {
        match e {
            IntakeError::NoShop => Self::fatal("no_shop", e),
            IntakeError::Paused => Self::fatal("shop_paused", e),
            IntakeError::Busy => {
                Self { retry: Retry::PutOff(Duration::from_secs(3)), ..Self::new("shop_busy", e) }
            }
            IntakeError::Seal(e) => Self::fatal("secret_key", e),
            IntakeError::Db(e) => e.into(),
            IntakeError::Shop(e) => {
                let error = Self::new(e.code(), &e);
                match (&e, e.retry_after()) {
                    // The thing itself makes no sense, or the shop lies: asking again cannot help.
                    (ShopError::Malformed(_) | ShopError::FilterIgnored { .. }, _) => {
                        Self::fatal(e.code(), &e)
                    }
                    (_, Some(wait)) => error.after(wait.min(Duration::from_hours(1))),
                    _ => error,
                }
            }
        }
    }
}

pub(super) fn read<'a, T: Deserialize<'a>>(job: &'a Claimed) -> Result<T, JobError> {
    T::deserialize(&job.payload).map_err(|e| JobError::fatal("bad_payload", e))
}

#[derive(Deserialize)]
struct Refresh {
    shop: ShopId,
    resource: String,
    id: u64,
}

/// `shop.refresh`: re-reads one thing and answers for the deliveries about it.
pub async fn refresh(app: &App, job: &Claimed) -> Result<(), JobError> {
    let Refresh { shop, resource, id } = read(job)?;
    let resource = Resource::parse(&resource).ok_or_else(|| JobError::fatal("bad_payload", resource))?;
    let newest = store::newest_pending(&mut *app.db.conn().await?, shop, resource, id).await?;
    let outcome = async {
        let source = Source::open(app, shop).await?;
        let outcome = intake::refresh(app, &source, resource, WcId(id), newest).await;
        source.note(app, &outcome).await?;
        outcome
    }
    .await;
    let Err(e) = outcome else { return Ok(()) };
    let error = JobError::from(e);
    if let Some(newest) = newest {
        let is_last = job.attempts >= job.max_attempts || error.retry == Retry::Never;
        let mut conn = app.db.conn().await?;
        store::mark_attempt(&mut conn, (shop, resource, id), newest, &error.to_string(), is_last).await?;
    }
    Err(error)
}

#[derive(Deserialize)]
struct Sync {
    shop: ShopId,
    mode: String,
}

/// `shop.sync`: reads a shop's lists.
pub async fn sync(app: &App, job: &Claimed) -> Result<(), JobError> {
    let Sync { shop, mode } = read(job)?;
    let mode = Mode::parse(&mode).ok_or_else(|| JobError::fatal("bad_payload", mode))?;
    let tally = sync::run(app, shop, mode, &|_, _, _| ()).await?;
    tracing::info!(
        shop = shop.0,
        mode = mode.as_str(),
        read = tally.read,
        new = tally.new,
        changed = tally.changed,
        "shop read"
    );
    Ok(())
}

#[derive(Deserialize)]
struct Processing {
    shop: ShopId,
}

/// `shop.processing`: reads a shop's paid orders that are not completed yet.
pub async fn processing(app: &App, job: &Claimed) -> Result<(), JobError> {
    let Processing { shop } = read(job)?;
    let tally = sync::processing(app, shop).await?;
    tracing::info!(shop = shop.0, read = tally.read, "paid orders read");
    Ok(())
}

#[derive(Deserialize)]
struct Watch {
    shop: ShopId,
    #[serde(default)]
    renew_secret: bool,
}

/// `shop.watch`: are our webhooks there and awake? If one was not, what was missed is read.
pub async fn watch(app: &App, job: &Claimed) -> Result<(), JobError> {
    let Watch { shop, renew_secret } = read(job)?;
    let source = Source::open(app, shop).await?;
    // Two that look at the same time would both register what is missing.
    let lease = lease::take(&mut *app.db.conn().await?, &format!("watch:{shop}"), app.clock.now()).await?;
    let lease = lease.ok_or(IntakeError::Busy)?;
    let outcome = watch_shop(app, &source, renew_secret).await;
    lease.release(&mut *app.db.conn().await?).await?;
    source.note(app, &outcome).await?;
    Ok(outcome?)
}

async fn watch_shop(app: &App, source: &Source, renew_secret: bool) -> Result<(), IntakeError> {
    let shop = &source.shop;
    let url = format!("{}{}", app.config.public_url(), hook::path(&shop.slug));
    let secret = shop.webhook_secret(&app.keys)?;
    let known = shop::store::webhook_rows(&mut *app.db.conn().await?, shop.id).await?;
    let report = watchdog::watch(&source.client, &url, &secret, &known, renew_secret).await?;
    let report = &report;
    app.db
        .transact(|mut tx| async move {
            let now = app.clock.now();
            for (topic, (id, state)) in &report.states {
                let reenabled = report.reenabled(topic);
                shop::store::save_webhook(&mut tx, shop.id, topic, *id, *state, reenabled, now).await?;
            }
            let actor = Actor::System { name: "watchdog" };
            for change in &report.changes {
                let (action, topic, id) = match change {
                    Change::Created { topic, id } => ("webhook.created", topic, id),
                    Change::Mended { topic, id, .. } => ("webhook.mended", topic, id),
                    Change::Deleted { topic, id } => ("webhook.deleted", topic, id),
                };
                let detail = match change {
                    Change::Mended { fault, .. } => {
                        json!({"topic": topic, "found": format!("{fault:?}").to_lowercase()})
                    }
                    _ => json!({"topic": topic}),
                };
                let record =
                    audit::Record::new(now, &actor, action, "webhook", id).shop(shop.id).detail(detail);
                audit::record(&mut tx, record).await?;
            }
            if report.has_gap() {
                enqueue_sync(&mut tx, shop.id, Mode::Delta, now).await?;
            }
            tx.done(()).await
        })
        .await?;
    match &report.error {
        Some(e) => Err(e.clone().into()),
        None => Ok(()),
    }
}

/// Something for every shop that is not paused.
async fn for_each_shop(app: &App, what: fn(ShopId) -> NewJobOf) -> Result<(), JobError> {
    let shops = shop::store::list(&mut *app.db.conn().await?).await?;
    let now = app.clock.now();
    for shop in shops.iter().filter(|shop| shop.paused_at.is_none()) {
        app.db
            .transact(|mut tx| async move {
                match what(shop.id) {
                    NewJobOf::Watch => enqueue_watch(&mut tx, shop.id, false, now).await?,
                    NewJobOf::Sync(mode) => enqueue_sync(&mut tx, shop.id, mode, now).await?,
                }
                tx.done(()).await
            })
            .await?;
    }
    Ok(())
}

enum NewJobOf {
    Watch,
    Sync(Mode),
}

/// `shops.watch`
pub async fn watch_all(app: &App) -> Result<(), JobError> {
    for_each_shop(app, |_| NewJobOf::Watch).await
}

/// `shops.sweep`
pub async fn sweep_all(app: &App) -> Result<(), JobError> {
    for_each_shop(app, |_| NewJobOf::Sync(Mode::Delta)).await
}

/// `shops.reread`
pub async fn reread_all(app: &App) -> Result<(), JobError> {
    for_each_shop(app, |_| NewJobOf::Sync(Mode::Nightly)).await
}

#[derive(Deserialize)]
struct OrdersOf {
    account: AccountId,
}

/// `account.orders`: asks every shop for one person's orders. A shop that answers with other people's is not believed.
pub async fn account_orders(app: &App, job: &Claimed) -> Result<(), JobError> {
    let OrdersOf { account } = read(job)?;
    let mut conn = app.db.conn().await?;
    let ids = accounts::identities(&mut conn, account).await?;
    let shops = shop::store::list(&mut conn).await?;
    drop(conn);
    let emails: Vec<Email> =
        ids.iter().filter(|i| i.kind == "email").filter_map(|i| Email::parse(&i.value).ok()).collect();
    for shop in shops.iter().filter(|shop| shop.paused_at.is_none()) {
        let user =
            ids.iter().find(|i| i.kind == "wp_user" && i.shop == shop.id).and_then(|i| i.value.parse().ok());
        let person = PersonQuery { customer_id: user, emails: emails.clone() };
        let source = Source::open(app, shop.id).await?;
        let outcome = check_person(app, &source, &person).await;
        source.note(app, &outcome).await?;
        let now = app.clock.now();
        let actor = Actor::System { name: "orders" };
        let (action, detail) = match &outcome {
            Ok(orders) => ("account.orders_checked", json!({"orders": orders})),
            Err(e) => ("account.orders_not_checked", json!({"error": JobError::from_ref(e)})),
        };
        let record = audit::Record::new(now, &actor, action, "account", account)
            .account(account)
            .shop(shop.id)
            .detail(detail);
        audit::record(&mut *app.db.conn().await?, record).await?;
        outcome?;
    }
    Ok(())
}

impl JobError {
    fn from_ref(e: &IntakeError) -> String {
        match e {
            IntakeError::Shop(e) => e.code().to_owned(),
            other => other.to_string(),
        }
    }
}

async fn check_person(app: &App, source: &Source, person: &PersonQuery) -> Result<usize, IntakeError> {
    let seen_at = app.clock.now();
    // All of them are fetched before any is applied: one wrong order and nothing is believed (acceptance 47).
    let orders = source.client.orders_of(person, None).await?;
    let n = orders.len();
    for order in orders {
        intake::take_order(app, source, order, seen_at).await?;
    }
    Ok(n)
}

/// Whether a webhook of a shop needs looking at.
pub fn is_asleep(state: WebhookState) -> bool {
    !matches!(state, WebhookState::Active)
}
