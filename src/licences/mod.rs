//! Licences: the right to use a metered feature, free or paid, by credits or until a day (brief 2).
//!
//! 1. A plan is a tier (free, paid) and a mode (quantity, date); both are stored, never guessed from what else is filled in.
//! 2. By quantity: credits were *granted*, some are *used*; there is no last day. By date: the last day counts to its last second
//!    in the business zone, and no use is charged. The day it is given is day 0 (decision Q10).
//! 3. A person may have several for one feature. One by date that lasts pays before any by quantity, and costs nothing; then
//!    credits, free ones first, the oldest first; several may pay together. All or nothing.
//! 4. A plan by date without a date is refused when it is saved and opens nothing when it is read; the overview tells the admin.
//! 5. Another plan takes effect at once and leaves nothing of the one before: by date, no credits; by quantity, no date.
//! 6. A free licence by date lasts the days of the settings from the day it is given or chosen again.
//! 7. The *ledger* has a row for everything that ever happened to a licence; what is left is the sum of its rows.
//!    What staff and apps did by hand stands in the audit trail as well, from what to what.
//! 8. What a shop's order bought is taken back by that order alone, line by line: credits as far as they are left, spans exactly.
//!    A line remembers what a unit was worth when it was bought; last units go back first. Credits that were used by then are a
//!    *shortfall*, which the shop's policy forgives, makes the next credits pay, or lets block the licence (decision Q9). An order that
//!    counts again restores what its refund took.
//! 9. A paid order renews the person's own licence of the same feature, tier and mode, the newest that is not blocked; else it makes
//!    one. Where a renewed span begins is the product's policy; the units of one order add up under each. A licence whose spans are
//!    all taken back ended the day before, or whenever it had ended already; the next purchase begins anew on the day it is paid.
//! 10. What an order line gave is gone when an admin changes the licence to another mode: its refund then takes nothing, and says so
//!     in the ledger.
//! 11. Who has a licence by date may be told by e-mail some days before it ends, of each ending once ([`notices`]).
pub mod account;
pub mod admin;
pub mod api;
pub mod domain;
pub mod import;
pub mod jobs;
pub mod keys;
pub mod list;
pub mod notices;
pub mod pays;
pub mod products;
pub mod service;
pub mod settings;
pub mod store;
pub mod words;

pub use domain::{Mode, Plan, Standing, Tier};
pub use service::{move_to, orders::apply_order, trail::ACTIONS as TRAIL, uses::tidy as tidy_holds};
