//! Text keys for what the session ledger says.
use super::{list::Movement, store::EntryKind};
use crate::web::cx::Cx;

/// What happened.
pub fn movement_key(kind: &EntryKind) -> &'static str {
    match kind {
        EntryKind::Grant => "session-move-grant",
        EntryKind::Consume => "session-move-consume",
        EntryKind::Void => "session-move-void",
        EntryKind::Restore => "session-move-restore",
        EntryKind::Settle => "session-move-settle",
    }
}

/// The icon of what happened.
pub fn movement_icon(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Grant => "shopping-cart",
        EntryKind::Consume => "ticket",
        EntryKind::Void | EntryKind::Settle => "arrow-back-up",
        EntryKind::Restore => "rotate",
    }
}

/// Who did it, without naming anyone.
pub fn actor_key(kind: &str) -> &'static str {
    match kind {
        "staff" => "actor-staff",
        "app" => "actor-app",
        "customer" => "actor-customer",
        "shop" => "actor-shop",
        _ => "actor-system",
    }
}

/// Why: the app's own words for a use, the order's number for what an order did.
pub fn reason(cx: &Cx, movement: &Movement) -> String {
    match movement.kind {
        EntryKind::Consume => movement.reason.clone(),
        _ => cx.ta("session-order", &[("number", &movement.reason)]),
    }
}
