//! Keys of licences: how an app shows that it comes from someone who has one (issue 4, Licences 6).
//!
//! 1. `abl_` + 8 characters that may be shown + `_` + 43 characters that may not. The row keeps the SHA-256 of the whole.
//! 2. A key is shown once, when it is made. A lost one is reissued: the old one ends at once, in the same transaction.
//! 3. It speaks of its licence alone. It outlives changes of the licence; whether the licence opens anything is asked each time.
//! 4. One that nobody made is answered in the shape and by the statements of one that somebody did.
//! 5. Its last use is written down at most once a minute, wherever it is used. The key itself is never logged.
//! 6. A no to a key whose person who asks may hear of is kept for the staff, with what it was decided by.
pub mod admin;
pub mod api;
pub mod domain;
pub mod service;
pub mod store;

pub use domain::Opened;
pub use service::{find, note};
