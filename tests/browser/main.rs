//! What only a browser can tell: one Chromium, in front of a real Abono and the pretend shop.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]
mod chromium;
mod keyboard;
mod pages;
mod purchase;
mod scene;
#[path = "../it/support/mod.rs"]
#[expect(dead_code, reason = "the tests without a browser use the rest")]
mod support;
mod tab;
