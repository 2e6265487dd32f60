//! Who is chosen. No I/O.
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::core::ids::{ShopId, WcId};

/// Whether people bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purchases {
    /// It makes no difference.
    #[default]
    Any,
    /// Only those who did.
    Yes,
    /// Only those who did not.
    None,
}

impl Purchases {
    pub const ALL: [Self; 3] = [Self::Any, Self::Yes, Self::None];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Yes => "yes",
            Self::None => "none",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purchases| purchases.as_str() == text)
    }
}

/// At least so much, in one currency: currencies are never added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtLeast {
    pub amount: Decimal,
    pub currency: String,
}

/// Who is chosen by filter. Everything that is said must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Criteria {
    /// A role of the account (`technician`), or of the shop's user with `wp:` before it (`wp:subscriber`).
    pub role: Option<String>,
    /// Days of the business zone, both included.
    pub registered_from: Option<NaiveDate>,
    pub registered_to: Option<NaiveDate>,
    pub purchases: Purchases,
    /// Which orders count for `purchases`: those with this product, of these days. Only paid ones do.
    pub product: Option<(ShopId, WcId)>,
    pub bought_from: Option<NaiveDate>,
    pub bought_to: Option<NaiveDate>,
    /// With [`Purchases::Yes`]: what those orders come to, less refunds.
    pub at_least: Option<AtLeast>,
    /// Whether they have sessions left that can be used.
    pub has_sessions: Option<bool>,
    /// Part of a name or of an address.
    pub text: String,
}

impl Criteria {
    /// Whether it says anything about orders beside yes or no.
    pub fn is_about_orders(&self) -> bool {
        self.product.is_some()
            || self.bought_from.is_some()
            || self.bought_to.is_some()
            || self.at_least.is_some()
    }
}

/// Where the people come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Whoever fits when it begins.
    Filter(Criteria),
    /// A list: a file, or what an app sent (then without a name).
    List { file_name: String },
}

impl Source {
    /// The word in the `source` column.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Filter(_) => "filter",
            Self::List { .. } => "csv",
        }
    }
}
