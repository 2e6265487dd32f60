//! Which code runs which kind of job. A kind that is not here fails at once and is parked.
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{
    store::{self, Claimed},
    worker::JobError,
};
use crate::{
    app::App,
    audit, auth,
    core::actor::Actor,
    entitlements, idempotency, inbox, licences, mail, sessions,
    settings::{self, general::General},
};

/// Rows deleted by one statement, so that no lock is held for long.
const BATCH: u32 = 1000;
/// How long a no of the API can be opened, in days.
const DENIAL_DAYS: u16 = 90;

/// Runs a claimed job.
pub async fn run(app: &App, job: &Claimed) -> Result<(), JobError> {
    match job.kind.as_str() {
        "shop.refresh" => inbox::jobs::refresh(app, job).await,
        "shop.sync" => inbox::jobs::sync(app, job).await,
        "shop.watch" => inbox::jobs::watch(app, job).await,
        "shops.watch" => inbox::jobs::watch_all(app).await,
        "shops.sweep" => inbox::jobs::sweep_all(app).await,
        "shops.reread" => inbox::jobs::reread_all(app).await,
        "shop.processing" => inbox::jobs::processing(app, job).await,
        inbox::member_meta::WRITE => inbox::member_meta::write(app, job).await,
        "shop.member_meta_all" => inbox::member_meta::mark_all(app, job).await,
        "shop.member_meta_check" => inbox::member_meta::check(app, job).await,
        "sessions.member_meta" => inbox::member_meta::run(app).await,
        "sessions.member_meta_check" => inbox::member_meta::check_all(app).await,
        "account.orders" => inbox::jobs::account_orders(app, job).await,
        "mail.send" => mail::job(app, job).await,
        sessions::bulk::service::RUN => sessions::bulk::jobs::give(app, job).await,
        sessions::bulk::service::UNDO => sessions::bulk::jobs::take_back(app, job).await,
        licences::import::service::RUN => licences::import::jobs::apply(app, job).await,
        auth::link::JOB => sign_in_link(app, job).await,
        "sessions.rollup" => sessions::jobs::roll_up(app).await,
        "sessions.expire" => sessions::jobs::expire(app).await,
        "sessions.reservations" => sessions::jobs::lapse(app).await,
        "entitlements.reservations" => entitlements_lapse(app).await,
        "sessions.notices" => sessions::jobs::notify(app).await,
        "licences.notices" => licences::jobs::notify(app).await,
        "tidy.hourly" => tidy_hourly(app).await,
        "tidy.daily" => tidy_daily(app).await,
        other => Err(JobError::fatal("unknown_kind", other)),
    }
}

async fn sign_in_link(app: &App, job: &Claimed) -> Result<(), JobError> {
    let request: auth::link::Request =
        serde_json::from_value(job.payload.clone()).map_err(|e| JobError::fatal("bad_payload", e))?;
    auth::link::deliver(&app.db, &app.keys, &app.config.public_url(), &request, app.clock.now())
        .await
        .map_err(|e| JobError::new("sign_in_link", e))?;
    Ok(())
}

/// Reservations end by their own time: this writes it down, and deletes what they held on paper.
async fn entitlements_lapse(app: &App) -> Result<(), JobError> {
    let failed = |e| JobError::new("database", e);
    while licences::tidy_holds(app, BATCH).await.map_err(failed)? > 0 {}
    while entitlements::service::reservations::tidy(app, BATCH).await.map_err(failed)? > 0 {}
    Ok(())
}

/// Answers of repeated requests, and what proved who someone was, end by their own time stamps: this only makes room.
async fn tidy_hourly(app: &App) -> Result<(), JobError> {
    let now = app.clock.now();
    auth::tidy::tidy(&app.db, now).await?;
    let mut conn = app.db.conn().await?;
    let before = now - TimeDelta::hours(idempotency::KEPT_HOURS);
    while idempotency::tidy(&mut conn, before, BATCH).await? > 0 {}
    Ok(())
}

/// Finished jobs and processed deliveries are kept as long as the settings say.
async fn tidy_daily(app: &App) -> Result<(), JobError> {
    let now = app.clock.now();
    sessions::bulk::service::tidy(app).await?;
    licences::import::service::tidy(app).await?;
    let mut conn = app.db.conn().await?;
    let general: General = settings::get(&mut conn).await?;
    let days_ago = |days: u16| -> DateTime<Utc> { now - TimeDelta::days(i64::from(days)) };
    let (mut jobs, mut deliveries) = (0, 0);
    loop {
        let gone = store::tidy(&mut conn, days_ago(general.jobs_days), BATCH).await?;
        jobs += gone;
        if gone == 0 {
            break;
        }
    }
    while entitlements::store::denials::tidy(&mut conn, days_ago(DENIAL_DAYS), BATCH).await? > 0 {}
    loop {
        let gone = inbox::store::tidy(&mut conn, days_ago(general.inbox_days), BATCH).await?;
        deliveries += gone;
        if gone == 0 {
            break;
        }
    }
    if jobs + deliveries > 0 {
        let actor = Actor::System { name: "tidy" };
        let record = audit::Record::new(now, &actor, "tidy.done", "system", "daily")
            .detail(json!({"jobs": jobs, "deliveries": deliveries}));
        audit::record(&mut conn, record).await?;
    }
    Ok(())
}
