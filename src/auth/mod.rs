//! Who is asking: staff and customers in browsers, machines by key.
//!
//! 1. A browser holds a random cookie; the database holds its hash. Signing in always makes a new one.
//! 2. Staff sign in with e-mail and password; customers by a signed hand-off from WordPress or a link sent by e-mail.
//! 3. Machines send `Authorization: Bearer …`; a key has scopes, and may be bound to one account.
//! 4. Guessing is slowed down by address and by the name tried, across all processes.
use crate::core::ids::{AccountId, LoginId, StaffId};

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

/// A customer, signed in.
#[derive(Debug, Clone)]
pub struct CustomerLogin {
    pub login: LoginId,
    pub account: AccountId,
    pub name: String,
    pub email: Option<String>,
    pub locale: Option<String>,
}

/// Who a browser is signed in as. `auth::layer` puts it into every request's extensions; one browser may be both.
#[derive(Debug, Clone, Default)]
pub struct Logins {
    pub staff: Option<StaffLogin>,
    pub customer: Option<CustomerLogin>,
}
