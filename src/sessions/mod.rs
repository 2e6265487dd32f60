//! Session credits: how many consultations a person may still have, where each came from, and where it went.
//!
//! 1. A *grant* is sessions given at once; the *ledger* has a row for everything that ever changed one. What is left of a
//!    grant is the sum of its ledger rows, always.
//! 2. Bought sessions come from order lines: units still paid for × sessions per unit. Each line has one grant, so an order
//!    that is completed twice, or told of ten times, grants once (requirements 1.10, bug 6).
//! 3. Spending takes free sessions first, the soonest to expire before the others, then free ones without a date, then
//!    bought ones, oldest first (decision Q7). All or nothing.
//! 4. An expiry bites at its instant, whether or not any job runs (acceptance 5).
//! 5. A refund takes back what is unspent of exactly its line. What was already spent is a *shortfall*: forgiven, owed
//!    (`debt`: the next grant pays it), or blocking (`block`), as the shop's policy says (decision Q9).
//! 6. A consultation reserves, starts (which spends) and finishes. A reservation that is not started in time holds nothing
//!    any more, whether or not any job runs (decision Q8).
//! 7. The shop's users carry their balance in an extra field, for what in the shop shows it ([`member_meta`]).
//! 8. Free sessions have a category and, mostly, a last day, inclusive to its last second in the business zone (decision Q10).
//! 9. Statistics read the ledger summed by day. Test accounts never count. A use that was given back stays a use; free sessions that
//!    expired and got a later day did not expire.
pub mod account;
pub mod admin;
pub mod api;
pub mod bulk;
pub mod domain;
pub mod jobs;
pub mod list;
pub mod member_meta;
mod movements;
pub mod notices;
pub mod pays;
pub mod products;
pub mod service;
pub mod settings;
pub mod store;
pub mod words;

pub use domain::{Kind, Standing};
pub use service::{Line, Order, OrderStanding, apply_order, move_to, rollup::recount};
