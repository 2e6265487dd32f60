//! Pure building blocks: no I/O, no clock but the one handed in, no randomness.
pub mod actor;
pub mod calendar;
pub mod clock;
pub mod email;
pub mod feature;
pub mod ids;
pub mod money;
pub mod order;
pub mod page;
pub mod secret;
pub mod sheet;
