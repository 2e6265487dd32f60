//! SQL of who may come in: staff, logins, keys, links, hand-offs and attempts.
//!
//! Reads the name and the e-mail of accounts beside their logins: a request asks once.
pub mod handoff;
pub mod keys;
pub mod links;
pub mod logins;
pub mod staff;
pub mod throttle;
