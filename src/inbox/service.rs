//! What people may do to a delivery: have its thing read again, or say that they looked at it.
use serde_json::json;

use super::{
    domain::Resource,
    jobs::enqueue_refresh,
    store::{self, Delivery},
};
use crate::{
    app::App,
    audit::{self, Record},
    core::{actor::Actor, ids::DeliveryId},
    db::DbError,
};

/// What became of a wish about a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Its state does not allow it (any more), or it is about nothing that we mirror.
    NotNow,
    /// There is no such delivery.
    Gone,
}

/// Puts a delivery back in line: its thing is read again from the shop, and that is what counts, not the old body.
pub async fn replay(app: &App, id: DeliveryId, actor: &Actor) -> Result<Outcome, DbError> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let Some(delivery) = store::find(&mut tx, id).await? else {
                return tx.undone(Outcome::Gone).await;
            };
            let (Some(resource), Some(thing)) = (Resource::parse(&delivery.resource), delivery.resource_id)
            else {
                return tx.undone(Outcome::NotNow).await;
            };
            if !store::reopen(&mut tx, id).await? {
                return tx.undone(Outcome::NotNow).await;
            }
            // Where a job about it waits already, that one answers for this delivery too.
            enqueue_refresh(&mut tx, delivery.shop, resource, thing, now).await?;
            let record = Record::new(now, actor, "delivery.replayed", "delivery", id);
            audit::record(&mut tx, about(record, &delivery)).await?;
            tx.done(Outcome::Done).await
        })
        .await
}

/// Takes a quarantined delivery off the list of what needs a person.
pub async fn set_aside(app: &App, id: DeliveryId, actor: &Actor) -> Result<Outcome, DbError> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let Some(delivery) = store::find(&mut tx, id).await? else {
                return tx.undone(Outcome::Gone).await;
            };
            if !store::set_aside(&mut tx, id, now).await? {
                return tx.undone(Outcome::NotNow).await;
            }
            let record = Record::new(now, actor, "delivery.set_aside", "delivery", id);
            audit::record(&mut tx, about(record, &delivery)).await?;
            tx.done(Outcome::Done).await
        })
        .await
}

fn about<'a>(record: Record<'a>, delivery: &Delivery) -> Record<'a> {
    record.shop(delivery.shop).detail(json!({
        "topic": delivery.topic,
        "id": delivery.resource_id,
        "outcome": delivery.outcome,
        "error": delivery.error,
    }))
}
