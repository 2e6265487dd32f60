//! Who: one account per person, over every id the outside world has for them.
//!
//! 1. An account is found by the shop's user number or by an e-mail address; an address is compared in lower case.
//! 2. The shop's word on a *registered* user's address is taken: it joins what that address bought as a guest.
//! 3. A guest's order belongs to whoever has its billing address. The billing address of a registered user's order proves
//!    nothing about that address, so it never joins accounts by itself: an admin may merge them.
//! 4. Merging moves everything to the account that lives on, leaves a trail of what was moved, and is final.
pub mod admin;
pub mod api;
pub mod domain;
pub mod service;
pub mod store;

pub use domain::{Account, Reference, Role};
pub use service::{ShopUser, for_guest, for_user, resolve};
pub use store::{FEW, by_user, identities, known, links, lock, lock_living, many, named, owned, push_ids};
