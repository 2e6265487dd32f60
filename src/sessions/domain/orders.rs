//! What an order line is worth, compared with what was granted for it. No I/O.
use super::Grant;
pub use crate::core::order::Entitled;

/// What has to happen to the grant of an order line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Nothing,
    /// The line's first grant.
    Grant {
        quantity: u32,
        per_unit: u32,
    },
    /// More units than before.
    Add {
        quantity: u32,
    },
    /// Fewer units are paid for: `void` are taken back, `shortfall` were already spent.
    TakeBack {
        void: u32,
        shortfall: u32,
    },
    /// Units are paid for again: `shortfall` is struck off, `restore` given back, `add` granted anew.
    GiveBack {
        shortfall: u32,
        restore: u32,
        add: u32,
    },
}

/// Compares what a line is worth with what was granted for it. Running it again after the change says [`Change::Nothing`].
pub fn reconcile(entitled: Entitled, per_unit: Option<u32>, grant: Option<&Grant>) -> Change {
    let Some(grant) = grant else {
        return match (entitled, per_unit) {
            (Entitled::Units(units), Some(per_unit)) if units > 0 && per_unit > 0 => {
                Change::Grant { quantity: units.saturating_mul(per_unit), per_unit }
            }
            _ => Change::Nothing,
        };
    };
    // A grant remembers what a unit was worth when it was bought.
    let per_unit = grant.per_unit.or(per_unit).unwrap_or(0);
    let target = match entitled {
        Entitled::Nothing => 0,
        Entitled::Units(units) | Entitled::AtMost(units) => units.saturating_mul(per_unit),
    };
    let taken = grant.voided + grant.shortfall;
    let effective = grant.quantity.saturating_sub(taken);
    if matches!(entitled, Entitled::AtMost(_)) && target >= effective {
        return Change::Nothing;
    }
    match target.cmp(&effective) {
        std::cmp::Ordering::Equal => Change::Nothing,
        std::cmp::Ordering::Less => {
            let back = effective - target;
            // What a reservation holds counts as spent; if it comes back, it is taken back then.
            let void = back.min(grant.free_of_holds());
            Change::TakeBack { void, shortfall: back - void }
        }
        std::cmp::Ordering::Greater if taken == 0 => Change::Add { quantity: target - effective },
        std::cmp::Ordering::Greater => {
            let more = target - effective;
            let shortfall = more.min(grant.shortfall);
            let restore = (more - shortfall).min(grant.voided);
            Change::GiveBack { shortfall, restore, add: more - shortfall - restore }
        }
    }
}
