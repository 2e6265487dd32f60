//! Back-office pages of licences: who may use what, giving one, and everything that may be done to it by hand.
mod adjust;
mod block;
mod export;
mod fields;
mod give;
mod list;
pub mod panel;
mod show;
mod tune;

use super::{domain::Refusal, service::Error};
use crate::{
    auth::Role,
    web::{
        problem::{Kind, Problem},
        routes::{Access, Routes},
    },
};

pub fn routes() -> Routes {
    let manager = Access::Staff(Role::Manager);
    let admin = Access::Staff(Role::Admin);
    Routes::new()
        .get("/admin/licences", manager, list::index)
        .get("/admin/licences/new", manager, give::form)
        .post("/admin/licences/new", manager, give::save)
        .get("/admin/licences/settings", manager, tune::show)
        .post("/admin/licences/settings", admin, tune::save)
        .get("/admin/licences/export.csv", manager, export::csv)
        .get("/admin/licences/export.xlsx", manager, export::xlsx)
        .get("/admin/licences/{id}", manager, show::show)
        .get("/admin/licences/{id}/adjust", manager, adjust::form)
        .post("/admin/licences/{id}/credits", manager, adjust::credits)
        .post("/admin/licences/{id}/until", manager, adjust::until)
        .post("/admin/licences/{id}/plan", manager, adjust::plan)
        .get("/admin/licences/{id}/block", manager, block::block_form)
        .post("/admin/licences/{id}/block", manager, block::block)
        .get("/admin/licences/{id}/unblock", manager, block::unblock_form)
        .post("/admin/licences/{id}/unblock", manager, block::unblock)
}

/// A problem that says in the reader's words what stands in the way.
fn explained(error: Error) -> Problem {
    let said = |key| Problem::new(Kind::Conflict).explain(key, &[]);
    match error {
        Error::NoAccount | Error::NotFound => Problem::new(Kind::NotFound),
        Error::NoFeature => said("licences-no-feature"),
        Error::Changed => said("licences-changed-meanwhile"),
        Error::Refused(Refusal::AlreadyBlocked) => said("licences-already-blocked"),
        Error::Refused(Refusal::NotBlocked) => said("licences-not-blocked"),
        Error::Refused(_) => said("licences-not-so"),
        Error::Db(error) => error.into(),
    }
}
