//! Licences from a file: many at once, and what an older system knew (issue 4, Licences 2 and 3).
//!
//! 1. A row names a person and says a plan, in the brief's words or in any that older systems used; `Free` and `Premium` alone mean
//!    by date where the row has a date. What is stored is always tier and mode.
//! 2. A plan by date without a date is a bad row, and so is one by quantity without credits: nothing is guessed. Nobody is made up:
//!    a person we do not know is a bad row. Bad rows are told with their line and reason, the others can be used.
//! 3. Uploading makes a *draft*: reviewing it writes nothing else. What it would do is counted anew each time it is looked at.
//! 4. A row gives a licence, unless the person has one of that feature with that tier and mode: that one is set to what the row says.
//!    What is so already is left alone. The day is the row's own, even one that is over.
//! 5. Confirmed, rows are applied in stretches, each one transaction under the locks of its people: a kill at any moment and going on
//!    later end the same, and doing it twice adds nothing. Each row has its outcome.
pub mod admin;
pub mod domain;
pub mod jobs;
pub mod service;
pub mod store;
pub mod words;
