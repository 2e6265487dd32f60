//! The one question over everything: may this account use this feature now, who pays, and if nobody does, why not?
//!
//! 1. A *feature* is a thing that apps let people do. It says which *sources* may pay for it, and in which order they are asked.
//! 2. The first source that can pay all of it pays; nothing is paid in part, and no two sources share. What was skipped before it
//!    is told, each with its reason.
//! 3. Asking changes nothing. Consuming locks the person, decides anew, and writes ledger and answer in one transaction.
//! 4. A reservation holds what it found until its time is over; it is confirmed with at most what it holds, or released.
//! 5. Every no is kept with its rule and values, and opens by the id of its request.
//! 6. A slice that may pay implements [`source::Source`] and stands in [`source::all`]; nothing else here knows it.
pub mod admin;
pub mod api;
pub mod domain;
pub mod service;
pub mod source;
pub mod store;

pub use domain::{Feature, SourceKind};
pub use store::{denials::move_to, is_offered};
