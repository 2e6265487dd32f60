//! `/orders`: the real filters, and nothing for the ones that do not exist.
use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::{Call, Reply, body::Fields};
use crate::demo::shop::{
    catalogue::amount,
    json::object,
    orders::{Draft, LineSpec},
    query::{Query, Refused, Window},
    state::{Address, Order, OrderStatus},
};

/// Words that `status` takes, in the order the store lists them. The first two are for lists only.
const LISTED: [&str; 11] = [
    "any",
    "trash",
    "auto-draft",
    "pending",
    "processing",
    "on-hold",
    "completed",
    "cancelled",
    "refunded",
    "failed",
    "checkout-draft",
];

pub(super) const ORDERBY: [&str; 6] = ["date", "id", "include", "title", "slug", "modified"];

/// When something was made and changed, as far as a list asks for it. All bounds are exclusive.
pub(super) struct Dates {
    after: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    modified_after: Option<DateTime<Utc>>,
    modified_before: Option<DateTime<Utc>>,
}

impl Dates {
    pub(super) fn of(call: &Call<'_>) -> Result<Self, Refused> {
        let zone = call.shop.config.timezone;
        Ok(Self {
            after: call.query.instant("after", zone)?,
            before: call.query.instant("before", zone)?,
            modified_after: call.query.instant("modified_after", zone)?,
            modified_before: call.query.instant("modified_before", zone)?,
        })
    }

    pub(super) fn hold(&self, created: DateTime<Utc>, modified: DateTime<Utc>) -> bool {
        self.after.is_none_or(|at| created > at)
            && self.before.is_none_or(|at| created < at)
            && self.modified_after.is_none_or(|at| modified > at)
            && self.modified_before.is_none_or(|at| modified < at)
    }
}

/// `include` and `exclude`.
pub(super) struct Picked {
    include: Vec<u64>,
    exclude: Vec<u64>,
}

impl Picked {
    pub(super) fn of(query: &Query) -> Self {
        Self { include: query.ids("include"), exclude: query.ids("exclude") }
    }

    pub(super) fn hold(&self, id: u64) -> bool {
        (self.include.is_empty() || self.include.contains(&id)) && !self.exclude.contains(&id)
    }

    /// Where `orderby=include` puts a row.
    pub(super) fn rank(&self, id: u64) -> usize {
        self.include.iter().position(|i| *i == id).unwrap_or(usize::MAX)
    }
}

/// Sorts rows as the store does. `ties` turns equal timestamps around on every other page, as a database may.
pub(super) fn sort<T>(
    rows: &mut [T],
    by: &str,
    window: Window,
    ties: bool,
    picked: &Picked,
    key: impl Fn(&T) -> (u64, DateTime<Utc>, DateTime<Utc>),
) {
    let swapped = ties && (window.start() / window.per_page) % 2 == 1;
    let turn = |order: Ordering| {
        if window.descending { order.reverse() } else { order }
    };
    rows.sort_by(|a, b| {
        let ((id_a, created_a, modified_a), (id_b, created_b, modified_b)) = (key(a), key(b));
        let tie = if swapped { id_b.cmp(&id_a) } else { id_a.cmp(&id_b) };
        match by {
            "id" => turn(id_a.cmp(&id_b)),
            "include" => picked.rank(id_a).cmp(&picked.rank(id_b)),
            "modified" => turn(modified_a.cmp(&modified_b).then(tie)),
            "date" => turn(created_a.cmp(&created_b).then(tie)),
            // Orders have no title: the store sorts by nothing then.
            _ => id_a.cmp(&id_b),
        }
    });
}

impl Call<'_> {
    pub(super) fn orders(&self) -> Result<Reply, Refused> {
        let query = &self.query;
        let window = Window::of(query, true)?;
        let by = query.one_of("orderby", &ORDERBY)?.unwrap_or("date");
        let statuses = listed_statuses(query)?;
        let (dates, picked) = (Dates::of(self)?, Picked::of(query));
        let customer = query.integer("customer")?;
        let product = query.integer("product")?;
        let search = query.get("search").unwrap_or_default().to_lowercase();
        let is = |id: u64, wanted: i64| u64::try_from(wanted) == Ok(id);
        self.read(|face| {
            let mut rows: Vec<&Order> = face
                .state
                .orders
                .values()
                .filter(|order| statuses.contains(&order.status))
                .filter(|order| picked.hold(order.id) && dates.hold(order.created, order.modified))
                .filter(|order| customer.is_none_or(|wanted| is(order.customer_id, wanted)))
                .filter(|order| {
                    product.is_none_or(|wanted| order.lines.iter().any(|l| is(l.product_id, wanted)))
                })
                .filter(|order| search.is_empty() || mentions(order, &search))
                .collect();
            sort(&mut rows, by, window, self.shop.config.unstable_ties, &picked, |order| {
                (order.id, order.created, order.modified)
            });
            self.slice_in(&face, &rows, "orders", |order| face.order(order))
        })
    }

    pub(super) fn order(&self, id: u64) -> Result<Reply, Refused> {
        self.read(|face| {
            let order = face.state.orders.get(&id).ok_or_else(unknown)?;
            Ok(Reply::one(face.order(order)))
        })
    }

    pub(super) fn create_order(&self) -> Result<Reply, Refused> {
        let fields = &self.fields;
        let status = sent_status(fields)?.unwrap_or(OrderStatus::Pending);
        let (mut billing, mut shipping) = (Address::default(), Address::default());
        fields.write_address("billing", &mut billing)?;
        fields.write_address("shipping", &mut shipping)?;
        let customer_id = fields.number("customer_id").unwrap_or(0);
        let lines = fields
            .items("line_items")
            .into_iter()
            .map(|line| {
                let spec = LineSpec {
                    product_id: line.number("product_id").unwrap_or(0),
                    variation_id: line.number("variation_id").unwrap_or(0),
                    quantity: u32::try_from(line.number("quantity").unwrap_or(1)).unwrap_or(1),
                };
                (spec, line.text("total").map(|total| amount(&total)))
            })
            .collect();
        let coupons = fields.items("coupon_lines");
        let now = self.shop.now();
        let mut guard = self.shop.lock();
        let state = &mut *guard;
        if customer_id != 0 && !state.customers.contains_key(&customer_id) {
            return Err(bad_customer());
        }
        let draft = Draft {
            customer_id,
            billing,
            shipping,
            currency: fields.text("currency").unwrap_or_else(|| self.shop.config.currency.clone()),
            payment_method: fields.text("payment_method").unwrap_or_default(),
            payment_title: fields.text("payment_method_title").unwrap_or_default(),
            note: fields.text("customer_note").unwrap_or_default(),
            created_via: "rest-api",
            lines,
            coupons: coupons.iter().filter_map(|line| line.text("code")).collect(),
            meta: fields.meta(),
            status,
            created: now,
        };
        let id = self.shop.create(state, draft).map_err(|left| {
            let data = object! { "status" => 400, "new_draft_order_id" => left.id };
            let reason = left.why.message(&left.code);
            Refused::with_data(400, "woocommerce_rest_invalid_coupon", &reason, data)
        })?;
        self.pay_if_asked(state, id, now)?;
        let face = self.shop.face(state);
        let order = state.orders.get(&id).ok_or_else(unknown)?;
        Ok(Reply::created(face.order(order), face.href(&format!("orders/{id}"))))
    }

    pub(super) fn update_order(&self, id: u64) -> Result<Reply, Refused> {
        let fields = &self.fields;
        let status = sent_status(fields)?;
        let now = self.shop.now();
        let mut guard = self.shop.lock();
        let state = &mut *guard;
        let customer_id = fields.number("customer_id");
        if customer_id.is_some_and(|id| id != 0 && !state.customers.contains_key(&id)) {
            return Err(bad_customer());
        }
        let order = state.orders.get_mut(&id).ok_or_else(unknown_to_edit)?;
        fields.write_address("billing", &mut order.billing)?;
        fields.write_address("shipping", &mut order.shipping)?;
        fields.write_meta(&mut state.ids.meta, &mut order.meta, true);
        if let Some(note) = fields.text("customer_note") {
            order.note = note;
        }
        if let Some(customer_id) = customer_id {
            order.customer_id = customer_id;
        }
        order.modified = now;
        if let Some(status) = status {
            self.shop.move_order(state, id, status, now).map_err(|_| unknown())?;
        }
        state.fire("order.updated", id);
        self.pay_if_asked(state, id, now)?;
        let order = state.orders.get(&id).ok_or_else(unknown)?;
        Ok(Reply::one(self.shop.face(state).order(order)))
    }

    /// `set_paid`: moves a waiting order on and notes the transaction.
    fn pay_if_asked(
        &self,
        state: &mut crate::demo::shop::state::State,
        id: u64,
        now: DateTime<Utc>,
    ) -> Result<(), Refused> {
        let order = state.orders.get_mut(&id).ok_or_else(unknown)?;
        if let Some(transaction) = self.fields.text("transaction_id") {
            order.transaction = transaction;
        }
        let waits = matches!(
            order.status,
            OrderStatus::Pending | OrderStatus::OnHold | OrderStatus::Failed | OrderStatus::Cancelled
        );
        if self.fields.flag("set_paid") == Some(true) && waits {
            let paid = self.shop.paid_status();
            self.shop.move_order(state, id, paid, now).map_err(|_| unknown())?;
        }
        Ok(())
    }

    /// To the trash, or with `force=true` for good. Answers the order as it was.
    pub(super) fn delete_order(&self, id: u64) -> Result<Reply, Refused> {
        let before = self.order(id)?;
        if self.query.flag("force") {
            self.shop.delete_order_for_good(id).map_err(|_| unknown())?;
            return Ok(before);
        }
        let trashed = self.shop.order(id).is_some_and(|order| order.status == OrderStatus::Trash);
        if trashed {
            return Err(Refused::new(
                410,
                "woocommerce_rest_already_trashed",
                "The shop_order has already been deleted.",
            ));
        }
        self.shop.trash_order(id).map_err(|_| unknown())?;
        Ok(before)
    }
}

fn listed_statuses(query: &Query) -> Result<Vec<OrderStatus>, Refused> {
    let words = query.texts("status");
    for (at, word) in words.iter().enumerate() {
        if !LISTED.contains(&word.as_str()) {
            return Err(Refused::not_one_of("status", &format!("status[{at}]"), &LISTED));
        }
    }
    // "Any" is neither the trash nor a draft, whatever else is asked for beside it.
    if words.is_empty() || words.iter().any(|word| word == "any") {
        let hidden = [OrderStatus::Trash, OrderStatus::CheckoutDraft];
        return Ok(OrderStatus::ALL.into_iter().filter(|status| !hidden.contains(status)).collect());
    }
    Ok(words.iter().filter_map(|word| OrderStatus::parse(word)).collect())
}

fn sent_status(fields: &Fields) -> Result<Option<OrderStatus>, Refused> {
    let Some(word) = fields.text("status") else {
        return Ok(None);
    };
    let known = &LISTED[2..];
    let status = OrderStatus::parse(&word).filter(|status| known.contains(&status.as_str()));
    status.map(Some).ok_or_else(|| Refused::not_one_of("status", "status", known))
}

/// What `search` looks at: numbers, names, e-mails and what was bought.
fn mentions(order: &Order, search: &str) -> bool {
    let billing = &order.billing;
    let has = |text: &str| text.to_lowercase().contains(search);
    order.id.to_string() == search
        || has(&format!("{} {}", billing.first_name, billing.last_name))
        || has(&billing.email)
        || has(&billing.phone)
        || order.lines.iter().any(|line| has(&line.name))
}

fn unknown() -> Refused {
    Refused::new(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
}

fn unknown_to_edit() -> Refused {
    Refused::new(400, "woocommerce_rest_shop_order_invalid_id", "ID is invalid.")
}

fn bad_customer() -> Refused {
    Refused::new(400, "woocommerce_rest_invalid_customer_id", "Customer ID is invalid.")
}
