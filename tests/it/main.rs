//! Everything that needs a database or the whole service: one binary, a database per test.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod architecture;
