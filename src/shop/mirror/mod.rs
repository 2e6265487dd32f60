//! What we last saw of a shop, so that pages and sums need no request.
//!
//! 1. The shop is right. Nothing here is edited, only overwritten by a later look.
//! 2. Looks arrive in any order (webhook, sweep, replay). A look at an older version of a thing changes nothing, nor does an earlier
//!    look at the same version ([`Outcome::Stale`]).
//! 3. Trashed and deleted things stay, marked: what they once gave is still explained by them.
mod catalogue;
mod coupons;
mod customers;
mod lists;
mod orders;

use chrono::{DateTime, Utc};
use sqlx::{MySqlConnection, QueryBuilder};

use crate::{
    core::ids::{ShopId, WcId},
    db::DbError,
};

pub use catalogue::{ProductRow, families, known_products, save_product, search_products};
pub use coupons::{StoredCoupon, coupon, coupon_by_code, save_coupon};
pub use customers::{StoredCustomer, customer, move_account, save_customer, set_customer_account};
pub use lists::{CurrencySum, OrderFilter, OrderKey, OrderRow, count_orders, list_orders, net_purchases};
pub use orders::{
    StoredOrder, assign_guest_orders, assign_orders_of_customer, order, save_order, set_order_account,
};

/// What writing a look at a thing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    New,
    Changed,
    /// Nothing but the time it was seen.
    Same,
    /// A later look was written before: this one changed nothing.
    Stale,
}

/// When a stored thing was modified in the shop and seen by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "named as the columns")]
struct Stamp {
    modified_at: Option<DateTime<Utc>>,
    seen_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
}

impl Stamp {
    /// Whether a look that began at `seen_at` and found `modified_at` tells nothing new.
    ///
    /// A thing known to be deleted comes back only by a look that began after that was known: the shop does not tell when it
    /// deletes, so versions cannot be compared.
    fn outdates(&self, modified_at: Option<DateTime<Utc>>, seen_at: DateTime<Utc>) -> bool {
        let earlier = seen_at < self.seen_at;
        if self.deleted_at.is_some() {
            return earlier;
        }
        match (self.modified_at, modified_at) {
            (Some(stored), Some(found)) if found != stored => found < stored,
            _ => earlier,
        }
    }
}

/// A mirrored table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mirrored {
    Orders,
    Products,
    Customers,
    Coupons,
}

impl Mirrored {
    fn table(self) -> &'static str {
        match self {
            Self::Orders => "wc_orders",
            Self::Products => "wc_products",
            Self::Customers => "wc_customers",
            Self::Coupons => "wc_coupons",
        }
    }
}

/// Marks what the shop, asked at `seen_at`, no longer has. `false`: unknown here, marked already, or seen alive by a later look.
pub async fn mark_deleted(
    conn: &mut MySqlConnection,
    what: Mirrored,
    shop: ShopId,
    id: WcId,
    seen_at: DateTime<Utc>,
) -> Result<bool, DbError> {
    let mut query = QueryBuilder::new(format!("UPDATE {} SET deleted_at = ", what.table()));
    query.push_bind(seen_at).push(", seen_at = ").push_bind(seen_at);
    query.push(" WHERE shop_id = ").push_bind(shop).push(" AND wc_id = ").push_bind(id);
    query.push(" AND deleted_at IS NULL AND seen_at <= ").push_bind(seen_at);
    let done = query.build().execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// Things that a full reading begun at `before` did not meet, by id: deleted for good, or missed. Ask the shop about each.
pub async fn unseen(
    conn: &mut MySqlConnection,
    what: Mirrored,
    shop: ShopId,
    before: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<WcId>, DbError> {
    let mut query = QueryBuilder::new(format!("SELECT wc_id FROM {} WHERE shop_id = ", what.table()));
    query.push_bind(shop).push(" AND deleted_at IS NULL AND seen_at < ").push_bind(before);
    query.push(" ORDER BY wc_id LIMIT ").push_bind(limit);
    Ok(query.build_query_scalar().fetch_all(conn).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
    }

    fn stored(modified: Option<i64>, seen: i64, deleted: bool) -> Stamp {
        Stamp { modified_at: modified.map(at), seen_at: at(seen), deleted_at: deleted.then(|| at(seen)) }
    }

    #[test]
    fn an_older_version_never_replaces_a_newer_one_however_late_it_was_fetched() {
        let stored = stored(Some(10), 20, false);
        assert!(stored.outdates(Some(at(9)), at(30)));
        assert!(!stored.outdates(Some(at(11)), at(15)), "a newer version wins though its look began earlier");
    }

    #[test]
    fn of_two_looks_at_one_version_the_later_counts() {
        let stored = stored(Some(10), 20, false);
        assert!(stored.outdates(Some(at(10)), at(19)));
        assert!(!stored.outdates(Some(at(10)), at(20)), "the same look twice is no harm");
        assert!(!stored.outdates(Some(at(10)), at(21)));
    }

    #[test]
    fn without_a_version_the_later_look_counts() {
        for (before, found) in [(None, Some(5)), (Some(5), None), (None, None)] {
            let stored = stored(before, 20, false);
            assert!(stored.outdates(found.map(at), at(19)));
            assert!(!stored.outdates(found.map(at), at(21)));
        }
    }

    #[test]
    fn the_deleted_come_back_only_by_a_look_that_began_after_the_deletion_was_known() {
        let stored = stored(Some(10), 20, true);
        assert!(stored.outdates(Some(at(15)), at(19)));
        assert!(!stored.outdates(Some(at(10)), at(21)), "restored from the trash");
    }
}
