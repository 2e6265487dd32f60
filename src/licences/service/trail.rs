//! What staff and apps do to licences by hand, in the audit trail: from what to what. Uses have the ledger, and so has what orders do.
use serde_json::{Value, json};
use sqlx::MySqlConnection;

use super::Context;
use crate::{
    audit::{self, Record},
    db::DbError,
    licences::domain::{Act, Licence},
};

/// The actions of the trail that the ledger of licences tells as well.
pub const ACTIONS: [&str; 6] = [
    "licence.given",
    "licence.plan_changed",
    "licence.credited",
    "licence.extended",
    "licence.blocked",
    "licence.unblocked",
];

/// What an act is called in the trail. `None`: nobody does it by hand.
fn action(act: Act) -> Option<&'static str> {
    let [given, plan_changed, credited, extended, blocked, unblocked] = ACTIONS;
    match act {
        Act::Create => Some(given),
        Act::Change => Some(plan_changed),
        Act::Credit => Some(credited),
        Act::Extend => Some(extended),
        Act::Block => Some(blocked),
        Act::Unblock => Some(unblocked),
        Act::Consume | Act::Renew | Act::Revoke | Act::Restore | Act::Settle | Act::Hold | Act::Release => {
            None
        }
    }
}

/// What of a licence is changed by hand.
fn facts(licence: &Licence) -> Value {
    let mut facts = json!({
        "plan": licence.plan.as_str(),
        "credits_left": (!licence.plan.is_dated()).then(|| licence.remaining()),
        "expires_on": licence.expires_on,
        "blocked_reason": licence.blocked.as_ref().map(|block| &block.reason),
    });
    // Hardly anybody owes any.
    if let (Some(facts), 1..) = (facts.as_object_mut(), licence.owed) {
        facts.insert("credits_owed".to_owned(), json!(licence.owed));
    }
    facts
}

/// Of a new licence what it has; of another what differs.
fn detail(before: Option<&Licence>, after: &Licence, reason: &str) -> Value {
    let mut detail = facts(after);
    if let Some(before) = before {
        detail = json!({"from": facts(before), "to": detail});
    } else if let Some(facts) = detail.as_object_mut() {
        facts.retain(|_, fact| !fact.is_null());
        facts.insert("feature".to_owned(), json!(after.feature));
    }
    // Why it is blocked stands beside it already.
    let is_told = after.blocked.as_ref().is_some_and(|block| block.reason == reason);
    if let (Some(detail), false) = (detail.as_object_mut(), reason.is_empty() || is_told) {
        detail.insert("reason".to_owned(), json!(reason));
    }
    detail
}

/// Writes down an act, in its transaction.
pub(super) async fn record(
    conn: &mut MySqlConnection,
    act: Act,
    before: Option<&Licence>,
    after: &Licence,
    reason: &str,
    cx: &Context<'_>,
) -> Result<(), DbError> {
    let Some(action) = action(act) else { return Ok(()) };
    let record = Record {
        request_id: cx.request_id.map(str::to_owned),
        ..Record::new(cx.now, cx.actor, action, "licence", after.id)
    };
    audit::record(conn, record.account(after.account).detail(detail(before, after, reason))).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::lang;

    #[test]
    fn every_act_by_hand_has_its_words_in_the_trail() {
        let named: Vec<&str> = Act::ALL.into_iter().filter_map(action).collect();
        assert_eq!(named.len(), ACTIONS.len());
        for name in ACTIONS {
            assert!(named.contains(&name), "{name} is nobody's");
            assert!(lang::has(&format!("audit-action-{}", name.replace(['.', '_'], "-"))), "{name}");
        }
        for field in ["plan", "credits-left", "credits-owed", "expires-on", "blocked-reason", "feature"] {
            assert!(lang::has(&format!("audit-field-{field}")), "{field}");
        }
    }
}
