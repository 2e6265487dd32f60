//! A shop to try Abono with, and to test it against: it answers, signs and misbehaves like `WooCommerce` 11.
//!
//! [`shop`] is the pretend store, [`sample`] fills it with a few weeks of trade. `abono demo` and the integration tests use
//! the same code, so whatever the demo shows has been tested.
pub mod sample;
pub mod shop;
