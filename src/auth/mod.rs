//! Who is asking: staff and customers in browsers, machines by key.
//!
//! 1. A browser holds a random cookie; the database holds its hash. Signing in always makes a new one.
//! 2. Staff sign in with e-mail and password; customers by a signed hand-off from `WordPress` or a link sent by e-mail.
//! 3. Machines send `Authorization: Bearer …`; a key has scopes, and may be bound to one account.
//! 4. Guessing is slowed down by address and by the name tried, across all processes.
pub mod cookie;
pub mod device;
pub mod extract;
pub mod handoff;
pub mod key;
pub mod layer;
pub mod link;
pub mod login;
pub mod merge;
pub mod pages;
pub mod password;
pub mod path;
mod problem;
pub mod staff;
pub mod store;
pub mod throttle;
pub mod tidy;

use std::net::{IpAddr, Ipv4Addr};

use crate::core::{
    actor::Actor,
    ids::{AccountId, LoginId, StaffId},
};

/// What a member of staff may do. Each role may do all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads statistics and reports, nothing else.
    Stats,
    /// Runs the five systems.
    Manager,
    /// Also connects shops, makes keys, changes settings and staff.
    Admin,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Stats, Self::Manager, Self::Admin];

    /// The word in the `role` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stats => "stats",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark].into_iter().find(|theme| theme.as_str() == text)
    }
}

/// A member of staff, signed in.
#[derive(Debug, Clone)]
pub struct StaffLogin {
    pub login: LoginId,
    pub staff: StaffId,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// `es` or `en`, if they chose one.
    pub locale: Option<String>,
    pub theme: Theme,
}

impl StaffLogin {
    /// As they stand in ledgers and in the audit trail.
    pub fn actor(&self) -> Actor {
        Actor::Staff { id: self.staff, name: self.name.clone() }
    }
}

/// A customer, signed in.
#[derive(Debug, Clone)]
pub struct CustomerLogin {
    pub login: LoginId,
    pub account: AccountId,
    pub name: String,
    pub email: Option<String>,
    pub locale: Option<String>,
}

impl CustomerLogin {
    /// As they stand in ledgers and in the audit trail.
    pub fn actor(&self) -> Actor {
        Actor::Customer { account: self.account }
    }
}

/// Who a browser is signed in as. `auth::layer` puts it into every request's extensions; one browser may be both.
#[derive(Debug, Clone, Default)]
pub struct Logins {
    pub staff: Option<StaffLogin>,
    pub customer: Option<CustomerLogin>,
}

/// Where a request came from, for throttling and for the list of logins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// The peer, or the last hop of `X-Forwarded-For` behind a trusted proxy.
    pub address: IpAddr,
    /// As the browser says it, at most 255 characters, without control characters.
    pub user_agent: String,
}

impl Visitor {
    pub fn new(address: IpAddr, user_agent: &str) -> Self {
        Self {
            address: address.to_canonical(),
            user_agent: user_agent.chars().filter(|c| !c.is_control()).take(255).collect(),
        }
    }
}

impl Default for Visitor {
    fn default() -> Self {
        Self::new(Ipv4Addr::UNSPECIFIED.into(), "")
    }
}
