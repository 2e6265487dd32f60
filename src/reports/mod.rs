//! What the shop owner wants to know at a glance. Reads everything, writes nothing.
//!
//! 1. Test accounts never count.
//! 2. Days are those of the business time zone; a day on which nothing happened is a zero, not a gap.
//! 3. Whoever only reads statistics sees figures, never names.
pub mod admin;
pub mod chart;
pub mod nav;
pub mod sessions;
pub mod store;
mod todo;

use crate::web::routes::Routes;

pub fn routes() -> Routes {
    admin::routes().merge(sessions::routes())
}
