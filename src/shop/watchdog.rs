//! Keeps a shop talking: the webhooks we want, registered once each, awake and pointing here.
//!
//! A shop whose deliveries fail seven times in a row switches the webhook off and says nothing; anyone with its back office open can
//! pause or delete one. So they are looked at often, and what was found wrong is mended. Events of the gap are never sent again:
//! whoever runs this starts a sweep when [`Report::has_gap`].
use std::collections::BTreeMap;

use super::{
    calls::NewWebhook,
    client::ShopClient,
    dto,
    error::ShopError,
    store::{WebhookRow, WebhookState},
};
use crate::core::{ids::WcId, secret::Secret};

/// What we want to be told about.
pub const TOPICS: [&str; 13] = [
    "order.created",
    "order.updated",
    "order.deleted",
    "order.restored",
    "product.created",
    "product.updated",
    "product.deleted",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "coupon.created",
    "coupon.updated",
    "coupon.deleted",
];

/// What is wrong with a webhook that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The shop gave up on it.
    Disabled,
    /// Somebody paused it.
    Paused,
    /// It points elsewhere.
    Moved,
    /// It may still sign with a secret from before.
    Secret,
}

impl Fault {
    /// Whether events were lost while it lasted.
    fn loses_events(self) -> bool {
        self != Self::Secret
    }
}

/// One thing to do in the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// None of this topic points here.
    Create { topic: &'static str },
    /// Set address, secret and status again.
    Mend { topic: &'static str, id: WcId, fault: Fault },
    /// A second one of the same topic: it would only double the traffic.
    Delete { topic: &'static str, id: WcId },
}

/// What to do, and what is well already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub steps: Vec<Step>,
    pub sound: Vec<(&'static str, WcId)>,
}

/// Compares what we want with what the shop has.
///
/// Ours are those that point to `hook_url` (or below it), and those we registered earlier (`known`), wherever they point now. Of
/// several of one topic the best stays. Webhooks of others, and topics we did not ask for, are left alone. `renew_secret` sets the
/// secret again everywhere: the shop never shows it, so it cannot be compared.
pub fn plan(hook_url: &str, found: &[dto::Webhook], known: &[WebhookRow], renew_secret: bool) -> Plan {
    let mut plan = Plan::default();
    for topic in TOPICS {
        let registered = known.iter().find(|row| row.topic == topic).and_then(|row| row.wc_id);
        let mut ours: Vec<&dto::Webhook> = found
            .iter()
            .filter(|hook| {
                hook.topic == topic
                    && (points_to(&hook.delivery_url, hook_url) || Some(hook.id) == registered)
            })
            .collect();
        // The best first: pointing here exactly, awake, the one we know, the oldest.
        ours.sort_by_key(|hook| {
            let elsewhere = hook.delivery_url != hook_url;
            (elsewhere, hook.status != "active", Some(hook.id) != registered, hook.id)
        });
        let mut ours = ours.into_iter();
        match ours.next() {
            None => plan.steps.push(Step::Create { topic }),
            Some(best) => match fault_of(best, hook_url, renew_secret) {
                Some(fault) => plan.steps.push(Step::Mend { topic, id: best.id, fault }),
                None => plan.sound.push((topic, best.id)),
            },
        }
        plan.steps.extend(ours.map(|second| Step::Delete { topic, id: second.id }));
    }
    plan
}

fn fault_of(hook: &dto::Webhook, hook_url: &str, renew_secret: bool) -> Option<Fault> {
    match hook.status.as_str() {
        "disabled" => Some(Fault::Disabled),
        "active" if hook.delivery_url != hook_url => Some(Fault::Moved),
        "active" => renew_secret.then_some(Fault::Secret),
        _ => Some(Fault::Paused),
    }
}

/// Whether an address is ours, or ours with something after it. `…/hooks/main2` is not below `…/hooks/main`.
fn points_to(delivery_url: &str, hook_url: &str) -> bool {
    delivery_url
        .strip_prefix(hook_url)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

/// Something that was done, for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Created { topic: &'static str, id: WcId },
    Mended { topic: &'static str, id: WcId, fault: Fault },
    Deleted { topic: &'static str, id: WcId },
}

/// What the shop has after the run.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub changes: Vec<Change>,
    /// How each topic stands now, for `shop_webhooks`. Topics not reached before `error` stand as they were found.
    pub states: BTreeMap<&'static str, (Option<WcId>, WebhookState)>,
    /// Where the run broke off. What was done before is done.
    pub error: Option<ShopError>,
}

impl Report {
    /// Whether events may have been lost: sweep what changed.
    pub fn has_gap(&self) -> bool {
        self.changes.iter().any(|change| match change {
            Change::Created { .. } => true,
            Change::Mended { fault, .. } => fault.loses_events(),
            Change::Deleted { .. } => false,
        })
    }

    /// Whether this topic was asleep and is awake again.
    pub fn reenabled(&self, topic: &str) -> bool {
        self.changes.iter().any(|change| {
            matches!(change, Change::Mended { topic: mended, fault: Fault::Disabled | Fault::Paused, .. } if *mended == topic)
        })
    }
}

/// Looks, plans and mends.
///
/// # Errors
/// When the webhooks cannot be listed. Failures after that are told in [`Report::error`], with what was done before.
pub async fn watch(
    client: &ShopClient,
    hook_url: &str,
    secret: &Secret,
    known: &[WebhookRow],
    renew_secret: bool,
) -> Result<Report, ShopError> {
    let found = client.webhooks().await?;
    Ok(carry_out(client, &plan(hook_url, &found, known, renew_secret), hook_url, secret).await)
}

async fn carry_out(client: &ShopClient, plan: &Plan, hook_url: &str, secret: &Secret) -> Report {
    let mut report = Report::default();
    for (topic, id) in &plan.sound {
        report.states.insert(*topic, (Some(*id), WebhookState::Active));
    }
    for step in &plan.steps {
        match step {
            Step::Create { topic } => report.states.insert(*topic, (None, WebhookState::Missing)),
            Step::Mend { topic, id, fault } => report.states.insert(*topic, (Some(*id), found_as(*fault))),
            Step::Delete { .. } => None,
        };
    }
    for step in &plan.steps {
        if let Err(error) = take(client, step, hook_url, secret, &mut report).await {
            report.error = Some(error);
            break;
        }
    }
    report
}

fn found_as(fault: Fault) -> WebhookState {
    match fault {
        Fault::Disabled => WebhookState::Disabled,
        Fault::Paused => WebhookState::Paused,
        Fault::Moved => WebhookState::Missing,
        Fault::Secret => WebhookState::Active,
    }
}

async fn take(
    client: &ShopClient,
    step: &Step,
    hook_url: &str,
    secret: &Secret,
    report: &mut Report,
) -> Result<(), ShopError> {
    let wanted = |topic: &str| NewWebhook {
        name: format!("Abono {topic}"),
        topic: topic.to_owned(),
        delivery_url: hook_url.to_owned(),
        secret: secret.clone(),
    };
    match step {
        Step::Create { topic } => {
            let hook = client.create_webhook(&wanted(topic)).await?;
            report.states.insert(*topic, (Some(hook.id), state_of(&hook)));
            report.changes.push(Change::Created { topic, id: hook.id });
        }
        Step::Mend { topic, id, fault } => match client.update_webhook(*id, &wanted(topic)).await {
            Ok(hook) => {
                report.states.insert(*topic, (Some(*id), state_of(&hook)));
                report.changes.push(Change::Mended { topic, id: *id, fault: *fault });
            }
            // Deleted since it was listed.
            Err(ShopError::NotFound) => {
                let hook = client.create_webhook(&wanted(topic)).await?;
                report.states.insert(*topic, (Some(hook.id), state_of(&hook)));
                report.changes.push(Change::Created { topic, id: hook.id });
            }
            Err(e) => return Err(e),
        },
        Step::Delete { topic, id } => {
            client.delete_webhook(*id).await?;
            report.changes.push(Change::Deleted { topic, id: *id });
        }
    }
    Ok(())
}

/// The shop's answer is the truth: one that comes back asleep was not woken.
fn state_of(hook: &dto::Webhook) -> WebhookState {
    match hook.status.as_str() {
        "active" => WebhookState::Active,
        "disabled" => WebhookState::Disabled,
        _ => WebhookState::Paused,
    }
}
