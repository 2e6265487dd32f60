//! The watchdog against every state a webhook can be found in.
use std::sync::Mutex;

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::path_regex};

use super::{at, client};
use crate::{
    core::{ids::WcId, secret::Secret},
    shop::{
        dto::{self, Webhook},
        store::{WebhookRow, WebhookState},
        watchdog::{Change, Fault, Step, TOPICS, plan, watch},
    },
};

const URL: &str = "https://abono.example/hooks/woocommerce/main";

fn hook(id: u64, topic: &str, status: &str, url: &str) -> Webhook {
    dto::read("webhook", json!({"id": id, "name": "", "topic": topic, "status": status, "delivery_url": url}))
        .unwrap()
}

/// Every topic registered and well, with ids from 1.
fn all_well() -> Vec<Webhook> {
    (1..).zip(TOPICS).map(|(id, topic)| hook(id, topic, "active", URL)).collect()
}

fn known(topic: &str, id: u64) -> WebhookRow {
    WebhookRow {
        topic: topic.to_owned(),
        wc_id: Some(WcId(id)),
        state: WebhookState::Active,
        checked_at: None,
        changed_at: at("2026-11-21T06:00:00Z"),
        reenabled_count: 0,
        last_delivery_at: None,
    }
}

#[test]
fn a_new_shop_gets_every_topic_once_and_a_sound_one_is_left_alone() {
    let fresh = plan(URL, &[], &[], false);
    let created: Vec<_> = TOPICS.into_iter().map(|topic| Step::Create { topic }).collect();
    assert_eq!((fresh.steps, fresh.sound.len()), (created, 0));
    let sound = plan(URL, &all_well(), &[], false);
    assert_eq!((sound.steps, sound.sound.len()), (Vec::new(), 13));
}

#[test]
fn each_fault_of_each_topic_is_mended_in_place() {
    for (at, topic) in TOPICS.into_iter().enumerate() {
        let id = WcId(at as u64 + 1);
        for (status, url, fault) in [
            ("disabled", URL.to_owned(), Fault::Disabled),
            ("paused", URL.to_owned(), Fault::Paused),
            ("active", format!("{URL}/"), Fault::Moved),
            ("active", format!("{URL}?old=1"), Fault::Moved),
            ("disabled", format!("{URL}/"), Fault::Disabled),
        ] {
            let mut hooks = all_well();
            hooks[at] = hook(id.0, topic, status, &url);
            let plan = plan(URL, &hooks, &[], false);
            assert_eq!(plan.steps, [Step::Mend { topic, id, fault }], "{status} {url}");
            assert_eq!(plan.sound.len(), 12);
        }
    }
}

#[test]
fn a_missing_topic_is_created_and_the_others_stay() {
    for (at, topic) in TOPICS.into_iter().enumerate() {
        let mut hooks = all_well();
        hooks.remove(at);
        assert_eq!(plan(URL, &hooks, &[], false).steps, [Step::Create { topic }]);
    }
}

#[test]
fn webhooks_of_others_are_none_of_our_business() {
    let mut hooks = all_well();
    hooks.push(hook(50, "order.updated", "disabled", "https://other.example/hook"));
    hooks.push(hook(51, "order.updated", "active", &format!("{URL}2")));
    hooks.push(hook(52, "action.woocommerce_add_to_cart", "active", URL));
    assert_eq!(plan(URL, &hooks, &[], false).steps, []);
}

#[test]
fn one_we_registered_is_brought_back_from_wherever_it_points() {
    let mut hooks = all_well();
    hooks[1] = hook(2, "order.updated", "active", "https://old.example/hooks/woocommerce/main");
    let mended = Step::Mend { topic: "order.updated", id: WcId(2), fault: Fault::Moved };
    assert_eq!(plan(URL, &hooks, &[known("order.updated", 2)], false).steps, [mended]);
    let unknown = Step::Create { topic: "order.updated" };
    assert_eq!(plan(URL, &hooks, &[], false).steps, std::slice::from_ref(&unknown));
    // The id belongs to another topic now: not ours.
    assert_eq!(plan(URL, &hooks, &[known("order.created", 2)], false).steps, [unknown]);
}

#[test]
fn of_several_the_best_stays() {
    let topic = "order.updated";
    let delete = |id| Step::Delete { topic, id: WcId(id) };
    let mut hooks = all_well();
    hooks.push(hook(60, topic, "active", URL));
    hooks.push(hook(61, topic, "disabled", URL));
    assert_eq!(plan(URL, &hooks, &[], false).steps, [delete(60), delete(61)], "the oldest of the sound ones");
    assert_eq!(
        plan(URL, &hooks, &[known(topic, 60)], false).steps,
        [delete(2), delete(61)],
        "the one we know"
    );
    hooks[1] = hook(2, topic, "disabled", URL);
    assert_eq!(
        plan(URL, &hooks, &[known(topic, 2)], false).steps,
        [delete(2), delete(61)],
        "awake before known"
    );
}

#[test]
fn a_new_secret_is_set_everywhere_once() {
    let plan = plan(URL, &all_well(), &[], true);
    assert_eq!((plan.steps.len(), plan.sound.len()), (13, 0));
    assert!(plan.steps.iter().all(|step| matches!(step, Step::Mend { fault: Fault::Secret, .. })));
}

/// A shop with webhooks that can be listed, made, changed and deleted; the `fails_at`th write fails.
async fn shop(hooks: Vec<Value>, fails_at: usize) -> MockServer {
    let server = MockServer::start().await;
    let state = Mutex::new((hooks, 0_usize));
    Mock::given(path_regex("^/wp-json/wc/v3/webhooks"))
        .respond_with(move |request: &Request| {
            let mut state = state.lock().unwrap();
            let (hooks, writes) = &mut *state;
            let id: Option<u64> = request.url.path().rsplit('/').next().unwrap().parse().ok();
            let at = hooks.iter().position(|hook| hook["id"].as_u64() == id);
            if request.method.as_str() == "GET" {
                return ResponseTemplate::new(200).set_body_json(&*hooks);
            }
            *writes += 1;
            if *writes == fails_at {
                return ResponseTemplate::new(403)
                    .set_body_json(json!({"code": "rest_forbidden", "message": "no"}));
            }
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            match (request.method.as_str(), at) {
                ("POST", _) => {
                    assert_eq!(body["secret"], "s3cr3t");
                    let mut made = body;
                    made["id"] = json!(100 + *writes);
                    hooks.push(made.clone());
                    ResponseTemplate::new(201).set_body_json(made)
                }
                ("PUT", Some(at)) => {
                    for (key, value) in body.as_object().unwrap() {
                        hooks[at][key] = value.clone();
                    }
                    ResponseTemplate::new(200).set_body_json(&hooks[at])
                }
                ("DELETE", Some(at)) => ResponseTemplate::new(200).set_body_json(hooks.remove(at)),
                _ => ResponseTemplate::new(404)
                    .set_body_json(json!({"code": "woocommerce_rest_webhook_invalid_id"})),
            }
        })
        .mount(&server)
        .await;
    server
}

fn row(id: u64, topic: &str, status: &str) -> Value {
    json!({"id": id, "topic": topic, "status": status, "delivery_url": URL})
}

#[tokio::test]
async fn a_watched_shop_is_whole_after_one_run_and_untouched_by_the_next() {
    let hooks = vec![
        row(1, "order.created", "active"),
        row(2, "order.updated", "disabled"),
        row(3, "order.created", "active"),
    ];
    let server = shop(hooks, 0).await;
    let (client, secret) = (client(&server), Secret::new("s3cr3t"));
    let report = watch(&client, URL, &secret, &[], false).await.unwrap();
    assert_eq!(report.error, None);
    assert_eq!(report.changes.len(), 13, "11 made, 1 woken, 1 deleted");
    assert!(report.changes.contains(&Change::Deleted { topic: "order.created", id: WcId(3) }));
    assert!(report.has_gap() && report.reenabled("order.updated") && !report.reenabled("order.created"));
    assert!(report.states.values().all(|(id, state)| id.is_some() && *state == WebhookState::Active));
    let again = watch(&client, URL, &secret, &[], false).await.unwrap();
    assert!(again.changes.is_empty() && !again.has_gap() && again.states.len() == 13);
}

#[tokio::test]
async fn what_was_done_before_a_failure_is_told_so_that_its_gap_is_swept() {
    let mut hooks: Vec<Value> = (1..).zip(TOPICS).map(|(id, topic)| row(id, topic, "active")).collect();
    hooks[1]["status"] = "disabled".into();
    hooks[4]["status"] = "paused".into();
    let server = shop(hooks, 2).await;
    let report = watch(&client(&server), URL, &Secret::new("s3cr3t"), &[], false).await.unwrap();
    assert_eq!(report.error.as_ref().map(super::super::error::ShopError::code), Some("shop_forbidden"));
    assert!(report.has_gap() && report.reenabled("order.updated"));
    assert_eq!(report.states["order.updated"].1, WebhookState::Active);
    assert_eq!(report.states["product.created"].1, WebhookState::Paused, "as it was found");
}
