//! Everything that needs a database or the whole service: one binary, a database per test.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]
mod architecture;
mod inbox;
mod sessions;
mod support;
