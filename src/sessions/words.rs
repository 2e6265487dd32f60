//! Text keys for what the session ledger says.
use super::{
    admin::{kind_key, kind_tone},
    domain::{Category, Kind},
    list::Movement,
    store::EntryKind,
};
use crate::{core::ids::CategoryId, web::cx::Cx};

/// The badge of a grant: its category by name and tint, or its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    pub label: String,
    pub class: &'static str,
}

/// The badge of sessions of this kind and category, for the staff. Customers see the kind only.
pub fn badge(cx: &Cx, kind: Kind, category: Option<CategoryId>, known: &[Category]) -> Badge {
    match known.iter().find(|c| Some(c.id) == category) {
        Some(category) => Badge { label: category.name.clone(), class: category.tone.class() },
        None => Badge { label: cx.t(kind_key(&kind)), class: kind_tone(&kind) },
    }
}

/// What happened.
pub fn movement_key(kind: &EntryKind) -> &'static str {
    match kind {
        EntryKind::Grant => "session-move-grant",
        EntryKind::Consume => "session-move-consume",
        EntryKind::Void => "session-move-void",
        EntryKind::Restore => "session-move-restore",
        EntryKind::Settle => "session-move-settle",
        EntryKind::Adjust => "session-move-adjust",
        EntryKind::Expire => "session-move-expire",
        EntryKind::Hold => "session-move-hold",
        EntryKind::Release => "session-move-release",
    }
}

/// The icon of what happened.
pub fn movement_icon(kind: EntryKind, of: Kind) -> &'static str {
    match kind {
        EntryKind::Grant if of == Kind::Free => "gift",
        EntryKind::Grant => "shopping-cart",
        EntryKind::Adjust => "adjustments",
        EntryKind::Expire => "calendar-off",
        EntryKind::Hold | EntryKind::Release => "clock",
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

/// Why: the order's number for what an order did, otherwise the words of whoever did it.
pub fn reason(cx: &Cx, movement: &Movement) -> String {
    let by_order = matches!(movement.kind, EntryKind::Grant | EntryKind::Void | EntryKind::Restore);
    if by_order && movement.order_id.is_some() {
        cx.ta("session-order", &[("number", &movement.reason)])
    } else {
        movement.reason.clone()
    }
}
