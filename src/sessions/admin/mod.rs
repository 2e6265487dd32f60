//! Back-office pages of sessions: who was given what, giving by hand, correcting, categories, and which products are worth sessions.
mod act;
mod assign;
pub mod categories;
mod export;
pub mod fields;
pub mod list;
mod marked;
mod products;
mod show;
mod tune;

use super::domain::{Kind, Standing};
use crate::{
    auth::Role,
    web::routes::{Access, Routes},
};

pub fn routes() -> Routes {
    let manager = Access::Staff(Role::Manager);
    let admin = Access::Staff(Role::Admin);
    Routes::new()
        .get("/admin/sessions", manager, list::index)
        .get("/admin/sessions/review", manager, marked::review)
        .post("/admin/sessions/apply", manager, marked::apply)
        .get("/admin/sessions/new", manager, assign::form)
        .post("/admin/sessions/new", manager, assign::save)
        .get("/admin/sessions/categories", manager, categories::index)
        .get("/admin/sessions/categories/new", manager, categories::new_form)
        .post("/admin/sessions/categories/new", manager, categories::create)
        .get("/admin/sessions/categories/{id}", manager, categories::edit_form)
        .post("/admin/sessions/categories/{id}", manager, categories::change)
        .post("/admin/sessions/categories/{id}/retire", manager, categories::retire)
        .get("/admin/sessions/settings", manager, tune::show)
        .post("/admin/sessions/settings", admin, tune::save)
        .get("/admin/sessions/products", manager, products::index)
        .post("/admin/sessions/products", manager, products::save)
        .post("/admin/sessions/products/remove", manager, products::remove)
        .get("/admin/sessions/export.csv", manager, export::csv)
        .get("/admin/sessions/export.xlsx", manager, export::xlsx)
        .get("/admin/sessions/{id}", manager, show::show)
        .get("/admin/sessions/{id}/void", manager, act::void_form)
        .post("/admin/sessions/{id}/void", manager, act::void)
        .get("/admin/sessions/{id}/correct", manager, act::correct_form)
        .post("/admin/sessions/{id}/correct", manager, act::correct)
        .get("/admin/sessions/{id}/expiry", manager, act::expiry_form)
        .post("/admin/sessions/{id}/expiry", manager, act::change_expiry)
        .get("/admin/sessions/{id}/uses/{operation}", manager, act::give_back_form)
        .post("/admin/sessions/{id}/uses/{operation}", manager, act::give_back_use)
}

/// The text key of a kind of session.
pub fn kind_key(kind: &Kind) -> &'static str {
    match kind {
        Kind::Free => "session-kind-free",
        Kind::Purchased => "session-kind-purchased",
    }
}

/// The text key of how a grant stands.
pub fn standing_key(standing: &Standing) -> &'static str {
    match standing {
        Standing::Active => "session-state-active",
        Standing::Used => "session-state-used",
        Standing::Expired => "session-state-expired",
        Standing::Voided => "session-state-voided",
    }
}

/// The mark of how a grant stands.
pub fn standing_class(standing: &Standing) -> &'static str {
    match standing {
        Standing::Active => "is-ok",
        Standing::Used | Standing::Expired | Standing::Voided => "is-over",
    }
}

/// The tint of a kind of session.
pub fn kind_tone(kind: &Kind) -> &'static str {
    match kind {
        Kind::Free => "tone-plum",
        Kind::Purchased => "tone-teal",
    }
}
