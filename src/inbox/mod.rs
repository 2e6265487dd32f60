//! Where every webhook lands, and how what it hints at becomes true here.
//!
//! 1. A delivery is verified over its raw bytes, stored, and answered 200; nothing else happens on that path. The unsigned
//!    ping of a new webhook is answered and forgotten (FACTS 5).
//! 2. A delivery is a hint that something changed. A job re-reads the thing from the shop and applies *that* (`intake`).
//!    Webhook, replay, sweep and first import go the same way.
//! 3. One body delivered ten times has one effect; two bodies under one delivery id have two (FACTS 3).
//! 4. A `deleted` is believed only when the shop, asked, says so too (FACTS 4).
//! 5. What is signed and yet makes no sense is kept in quarantine and starts a sweep: something was missed (acceptance 39).
pub mod admin;
pub mod connect;
pub mod domain;
pub mod hook;
pub mod intake;
pub mod jobs;
pub mod member_meta;
pub mod service;
pub mod store;
pub mod sync;
pub mod words;
