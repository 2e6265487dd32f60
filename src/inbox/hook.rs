//! The address shops deliver to: verify, store, answer. Everything else is a job's.
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    domain::{self, Headers, State as DeliveryState, Verdict},
    jobs as inbox_jobs,
    store::{self, NewDelivery},
};
use crate::{
    app::App,
    crypto,
    db::DbError,
    shop::{self, signature, store::Shop},
    web::{
        extract::Path,
        problem::{Kind, Problem},
        routes::{Access, Routes},
    },
};

pub fn routes() -> Routes {
    Routes::new().post("/hooks/woocommerce/{shop}", Access::Signed, receive)
}

/// The path a shop of this name delivers to.
pub fn path(slug: &str) -> String {
    format!("/hooks/woocommerce/{slug}")
}

/// Takes a delivery. 200 once it is stored (or was before), 401 unless the shop signed it, 413 if it is too large.
async fn receive(
    State(app): State<App>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let body = axum::body::to_bytes(body, app.config.webhook_max_bytes)
        .await
        .map_err(|_| Problem::new(Kind::PayloadTooLarge))?;
    let shop = shop::store::find_by_slug(&mut *app.db.conn().await?, &slug).await?;
    let shop = shop.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let now = app.clock.now();
    let ours = read_headers(&headers);
    let secrets = shop.webhook_secrets(&app.keys, now).map_err(|e| Problem::internal(&e))?;
    let is_signed = signature::verify(&body, &ours.signature, &secrets);
    let verdict = domain::read(&ours, &body, is_signed);
    let outcome = match &verdict {
        Verdict::Ping => "ping",
        Verdict::Unsigned => "unsigned",
        Verdict::Hint { .. } => "hint",
        Verdict::Quarantine(_) => "quarantine",
        Verdict::Discard(_) => "discard",
    };
    metrics::counter!("abono_webhooks_total", "outcome" => outcome).increment(1);
    match verdict {
        Verdict::Ping => {}
        Verdict::Unsigned => {
            return Err(Problem::new(Kind::NotSignedIn).detail("The body is not signed by the shop"));
        }
        verdict => keep(&app, &shop, &ours, &kept(&headers), &body, &verdict).await?,
    }
    Ok(StatusCode::OK.into_response())
}

/// Stores a delivery and what is to be done about it, in one transaction.
async fn keep(
    app: &App,
    shop: &Shop,
    headers: &Headers,
    kept_headers: &Value,
    body: &[u8],
    verdict: &Verdict,
) -> Result<(), DbError> {
    let now = app.clock.now();
    let (state, resource, outcome) = match verdict {
        Verdict::Hint { resource, id } => (DeliveryState::Pending, Some((*resource, *id)), None),
        Verdict::Quarantine(why) => (DeliveryState::Quarantined, None, Some(*why)),
        Verdict::Discard(why) => (DeliveryState::Discarded, None, Some(*why)),
        Verdict::Ping | Verdict::Unsigned => return Ok(()),
    };
    let delivery = &NewDelivery {
        shop: shop.id,
        headers,
        resource,
        body,
        body_hash: crypto::sha256(body),
        kept_headers,
        state,
        outcome,
        received_at: now,
    };
    app.db
        .transact(|mut tx| async move {
            let is_new = store::insert(&mut tx, delivery).await?.is_some();
            match (is_new, resource) {
                (true, Some((resource, id))) => {
                    inbox_jobs::enqueue_refresh(&mut tx, shop.id, resource, id, now).await?;
                }
                // Something was signed that we cannot read: whatever it was about, we missed it.
                (true, None) if state == DeliveryState::Quarantined => {
                    inbox_jobs::enqueue_sync(&mut tx, shop.id, super::sync::Mode::Delta, now).await?;
                }
                _ => {}
            }
            tx.done(()).await
        })
        .await
}

fn read_headers(headers: &HeaderMap) -> Headers {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    Headers {
        topic: text("x-wc-webhook-topic"),
        delivery_id: text("x-wc-webhook-delivery-id"),
        webhook_id: text("x-wc-webhook-id"),
        signature: text("x-wc-webhook-signature"),
    }
}

/// The headers worth keeping: the shop's own, without cookies and credentials.
fn kept(headers: &HeaderMap) -> Value {
    let mut kept = serde_json::Map::new();
    for (name, value) in headers {
        let ours =
            name.as_str().starts_with("x-wc-") || matches!(name.as_str(), "user-agent" | "content-type");
        if ours && let Ok(value) = value.to_str() {
            kept.insert(name.to_string(), json!(value.chars().take(300).collect::<String>()));
        }
    }
    Value::Object(kept)
}
