//! An order of a shop, as far as it gives or takes anything: what every slice that sells through orders is told.
use chrono::{DateTime, Utc};

use super::ids::{AccountId, ShopId, WcId};

/// How an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderStanding {
    /// Paid, as this shop counts it: its lines are worth what they sell.
    Paid,
    /// Nothing new; what was given stays, up to the units that are left.
    Undecided,
    /// Refunded in full, cancelled, failed, deleted.
    Gone,
}

/// What an order line is worth today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entitled {
    /// Paid for: so many units.
    Units(u32),
    /// Not decided (pending, on hold, a status we do not know): nothing new is given, and what was given stays, up to the units
    /// that are left.
    AtMost(u32),
    /// The order is gone: refunded, cancelled, failed, or deleted.
    Nothing,
}

impl OrderStanding {
    /// What `units` of a line are worth in such an order.
    pub fn entitles(self, units: u32) -> Entitled {
        match self {
            Self::Paid => Entitled::Units(units),
            Self::Undecided => Entitled::AtMost(units),
            Self::Gone => Entitled::Nothing,
        }
    }
}

/// A line of an order.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    pub line: WcId,
    pub product: WcId,
    pub variation: WcId,
    /// Units ordered less units refunded.
    pub units: u32,
}

/// An order.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    pub shop: ShopId,
    pub id: WcId,
    /// What people call it.
    pub number: &'a str,
    pub account: AccountId,
    pub standing: OrderStanding,
    pub lines: Vec<Line>,
    /// When it was paid for: an old order that is read for the first time gave what it gives then, not now.
    pub paid_at: DateTime<Utc>,
    /// `forgive`, `debt` or `block`.
    pub refund_policy: &'a str,
}
