//! Back-office pages of the one question: features and who pays for them, and every no that was said.
mod denials;
mod features;

use crate::{
    auth::Role,
    web::routes::{Access, Routes},
};

pub fn routes() -> Routes {
    let admin = Access::Staff(Role::Admin);
    let manager = Access::Staff(Role::Manager);
    Routes::new()
        .get("/admin/features", admin, features::index)
        .get("/admin/features/new", admin, features::new_form)
        .post("/admin/features/new", admin, features::create)
        .get("/admin/features/{code}", admin, features::edit_form)
        .post("/admin/features/{code}", admin, features::change)
        .post("/admin/features/{code}/retire", admin, features::retire)
        .get("/admin/denials", manager, denials::index)
        .get("/admin/denials/{request}", manager, denials::show)
}
