//! Bulk assignment («Asignación Masiva»): free sessions for many people at once (requirements 1.5, 1.10 bug 11).
//!
//! 1. People come from a *filter* (roles, registration, purchases, sessions left, name) or from a *list* (a CSV file, an app).
//!    There is no limit on their number, and «did not buy» means just that.
//! 2. A run starts as a *draft*. Reviewing it writes nothing but the draft; who is chosen is counted, not kept, except for a
//!    list, whose rows are the draft.
//! 3. Confirmed, it begins now or at its time, in the business zone. A filter makes its list when it begins. Until then it can
//!    be called off for good.
//! 4. It gives in stretches of the list, each one transaction under the locks of its people: a kill at any moment and going on
//!    later end the same, and confirming or running twice adds nothing. Each row has its outcome.
//! 5. Whoever has active sessions of the category is left out, unless that is wished otherwise. What somebody owes from a
//!    refund is settled as with any other gift. Days until an expiry count from the day on which each person gets theirs.
//! 6. Undoing takes back what is unspent, not held and not expired, in the same way and with the same promises; it names those
//!    who had used some. There is no time limit.
pub mod admin;
pub mod api;
pub mod domain;
pub mod jobs;
pub mod people;
pub mod service;
pub mod store;
pub mod words;
