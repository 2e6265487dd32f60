//! Orders: placing, paying, moving between states, trashing, and what each of it tells the world.
use chrono::{DateTime, SubsecRound, Utc};
use rust_decimal::Decimal;

use super::{
    DemoError, DemoShop, OrderStorage,
    coupons::{CouponRefusal, Discounted},
    json::Json,
    lines::price_line,
    state::{Address, Meta, Order, OrderStatus, State, Trashed, next},
};

/// One line to buy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineSpec {
    pub product_id: u64,
    /// 0 for a simple product.
    pub variation_id: u64,
    pub quantity: u32,
}

/// An order to place. Start from [`OrderSpec::by`] or [`OrderSpec::guest`].
#[derive(Debug, Clone)]
pub struct OrderSpec {
    /// 0 for a guest.
    pub customer_id: u64,
    /// `None`: the customer's own name and e-mail, as the checkout fills it in.
    pub billing: Option<Address>,
    pub lines: Vec<LineSpec>,
    pub status: OrderStatus,
    /// `None`: now.
    pub date_created: Option<DateTime<Utc>>,
    pub coupons: Vec<String>,
    /// Keys may begin with `_`.
    pub meta: Vec<(String, String)>,
}

impl OrderSpec {
    /// A pending order of a registered customer.
    pub fn by(customer_id: u64) -> Self {
        Self {
            customer_id,
            billing: None,
            lines: Vec::new(),
            status: OrderStatus::Pending,
            date_created: None,
            coupons: Vec::new(),
            meta: Vec::new(),
        }
    }

    /// A pending order of someone without an account.
    pub fn guest(first_name: &str, last_name: &str, email: &str) -> Self {
        Self { billing: Some(Address::of(first_name, last_name, email)), ..Self::by(0) }
    }

    /// One more line of a simple product.
    #[must_use]
    pub fn line(mut self, product_id: u64, quantity: u32) -> Self {
        self.lines.push(LineSpec { product_id, variation_id: 0, quantity });
        self
    }

    #[must_use]
    pub fn status(mut self, status: OrderStatus) -> Self {
        self.status = status;
        self
    }

    #[must_use]
    pub fn at(mut self, date_created: DateTime<Utc>) -> Self {
        self.date_created = Some(date_created);
        self
    }

    #[must_use]
    pub fn coupon(mut self, code: &str) -> Self {
        self.coupons.push(code.to_owned());
        self
    }
}

/// An order as a test or a page wants to see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderView {
    pub id: u64,
    pub status: OrderStatus,
    pub customer_id: u64,
    pub billing: Address,
    /// What was owed; refunds do not lower it.
    pub total: Decimal,
    /// What was given back so far, as a positive amount.
    pub refunded: Decimal,
    pub created: DateTime<Utc>,
    pub modified: DateTime<Utc>,
    /// Line id, name, product, variation, quantity.
    pub lines: Vec<(u64, String, u64, u64, u32)>,
    pub coupons: Vec<String>,
}

/// An order that a refused coupon stopped: it stays behind as a `checkout-draft`.
#[derive(Debug)]
pub(super) struct DraftLeft {
    pub id: u64,
    pub code: String,
    pub why: CouponRefusal,
}

/// Everything an order is made from, before prices and coupons are worked out.
#[derive(Debug)]
pub(super) struct Draft {
    pub customer_id: u64,
    pub billing: Address,
    pub shipping: Address,
    pub currency: String,
    pub payment_method: String,
    pub payment_title: String,
    pub note: String,
    pub created_via: &'static str,
    /// Lines and, if the buyer may say so, what a line costs in all.
    pub lines: Vec<(LineSpec, Option<Decimal>)>,
    pub coupons: Vec<String>,
    pub meta: Vec<(String, Json)>,
    pub status: OrderStatus,
    pub created: DateTime<Utc>,
}

impl DemoShop {
    /// Places an order and answers its id. Fires `order.created` *and* `order.updated`.
    pub fn place_order(&self, spec: OrderSpec) -> Result<u64, DemoError> {
        let now = self.now();
        let mut guard = self.lock();
        let state = &mut *guard;
        for line in &spec.lines {
            let product = state.products.get(&line.product_id);
            let known = product.is_some_and(|product| {
                line.variation_id == 0 || product.variations.iter().any(|v| v.id == line.variation_id)
            });
            if !known {
                return Err(DemoError::NoSuchProduct(line.product_id));
            }
        }
        let billing = match (spec.billing, spec.customer_id) {
            (Some(billing), _) => billing,
            (None, 0) => Address::default(),
            (None, id) => {
                let customer = state.customers.get(&id).ok_or(DemoError::NoSuchCustomer(id))?;
                Address::of(&customer.first_name, &customer.last_name, &customer.email)
            }
        };
        let draft = Draft {
            customer_id: spec.customer_id,
            billing,
            shipping: Address::default(),
            currency: self.config.currency.clone(),
            payment_method: "bacs".to_owned(),
            payment_title: "Transferencia bancaria".to_owned(),
            note: String::new(),
            created_via: "checkout",
            lines: spec.lines.into_iter().map(|line| (line, None)).collect(),
            coupons: spec.coupons,
            meta: spec.meta.into_iter().map(|(key, value)| (key, Json::Text(value))).collect(),
            status: spec.status,
            created: spec.date_created.unwrap_or(now).trunc_subsecs(0),
        };
        self.create(state, draft)
            .map_err(|refused| DemoError::Coupon { code: refused.code, why: refused.why })
    }

    /// Creates the order, or leaves a `checkout-draft` behind when a coupon is refused.
    pub(super) fn create(&self, state: &mut State, draft: Draft) -> Result<u64, DraftLeft> {
        let id = next(&mut state.ids.post);
        let mut lines = Vec::new();
        for (line, total) in &draft.lines {
            lines.push(price_line(state, *line, *total));
        }
        let mut meta: Vec<Meta> = Vec::new();
        for (key, value) in draft.meta {
            State::write_meta(&mut state.ids.meta, &mut meta, &key, value, true);
        }
        let mut order = Order {
            id,
            status: draft.status,
            trashed: None,
            currency: draft.currency,
            key: format!("wc_order_{}", self.token(&format!("order {id}"), 13)),
            customer_id: draft.customer_id,
            billing: draft.billing,
            shipping: draft.shipping,
            payment_method: draft.payment_method,
            payment_title: draft.payment_title,
            transaction: String::new(),
            note: draft.note,
            created_via: draft.created_via,
            lines,
            coupons: Vec::new(),
            meta,
            created: draft.created,
            modified: draft.created,
            paid: None,
            completed: None,
        };
        let mut refusal = None;
        for code in &draft.coupons {
            match state.discount(code, &order.lines, &order.billing.email, draft.created) {
                Ok(Discounted { line, totals }) => {
                    for (bought, total) in order.lines.iter_mut().zip(totals) {
                        bought.total = total;
                    }
                    order.coupons.push(line);
                }
                Err(why) => {
                    refusal = refusal.or(Some(DraftLeft { id, code: code.clone(), why }));
                }
            }
        }
        if refusal.is_some() {
            order.status = OrderStatus::CheckoutDraft;
            order.coupons.clear();
        }
        let status = order.status;
        state.use_coupons(&order);
        state.orders.insert(id, order);
        if status.is_paid() {
            state.settle(id, draft.created);
        }
        state.fire("order.created", id);
        state.fire("order.updated", id);
        refusal.map_or(Ok(id), Err)
    }

    /// Moves an order, with everything that follows from it; fires `order.updated`.
    pub fn set_order_status(&self, id: u64, status: OrderStatus) -> Result<(), DemoError> {
        let now = self.now();
        let mut guard = self.lock();
        self.move_order(&mut guard, id, status, now)
    }

    /// Pays an order: `processing`, or `completed` where the configuration says so.
    pub fn pay(&self, id: u64) -> Result<(), DemoError> {
        let paid = self.paid_status();
        self.set_order_status(id, paid)
    }

    pub(super) fn paid_status(&self) -> OrderStatus {
        if self.config.paying_completes { OrderStatus::Completed } else { OrderStatus::Processing }
    }

    pub(super) fn move_order(
        &self,
        state: &mut State,
        id: u64,
        to: OrderStatus,
        now: DateTime<Utc>,
    ) -> Result<(), DemoError> {
        if to == OrderStatus::Trash {
            return self.trash(state, id, now);
        }
        let order = state.orders.get_mut(&id).ok_or(DemoError::NoSuchOrder(id))?;
        let from = order.status;
        order.status = to;
        order.trashed = None;
        order.modified = now;
        if from != to {
            if to == OrderStatus::Cancelled {
                state.release_coupons(id);
            } else if from == OrderStatus::Cancelled
                && let Some(order) = state.orders.get(&id).cloned()
            {
                state.use_coupons(&order);
            }
            if to.is_paid() {
                state.settle(id, now);
            }
            if to == OrderStatus::Refunded {
                state.refund_rest(id, now)?;
            }
        }
        state.fire("order.updated", id);
        Ok(())
    }

    /// Puts an order in the trash. Fires three `*.deleted` where orders are posts, `order.deleted` alone where they are not,
    /// and no `order.updated`.
    pub fn trash_order(&self, id: u64) -> Result<(), DemoError> {
        let now = self.now();
        self.trash(&mut self.lock(), id, now)
    }

    fn trash(&self, state: &mut State, id: u64, now: DateTime<Utc>) -> Result<(), DemoError> {
        let (status_meta, time_meta) = (next(&mut state.ids.meta), next(&mut state.ids.meta));
        let order = state.orders.get_mut(&id).ok_or(DemoError::NoSuchOrder(id))?;
        order.trashed = Some(Trashed { from: order.status, at: now, status_meta, time_meta });
        order.status = OrderStatus::Trash;
        order.modified = now;
        if self.config.order_storage == OrderStorage::Posts {
            state.fire("coupon.deleted", id);
            state.fire("product.deleted", id);
        }
        state.fire("order.deleted", id);
        Ok(())
    }

    /// Takes an order out of the trash, to where it stood; fires `order.restored`.
    pub fn restore_order(&self, id: u64) -> Result<(), DemoError> {
        let now = self.now();
        let mut state = self.lock();
        let order = state.orders.get_mut(&id).ok_or(DemoError::NoSuchOrder(id))?;
        if let Some(trashed) = order.trashed.take() {
            order.status = trashed.from;
            order.modified = now;
            state.fire("order.restored", id);
        }
        Ok(())
    }

    /// Deletes an order and its refunds for good. The store tells nobody.
    pub fn delete_order_for_good(&self, id: u64) -> Result<(), DemoError> {
        let mut state = self.lock();
        state.orders.remove(&id).ok_or(DemoError::NoSuchOrder(id))?;
        state.refunds.retain(|_, refund| refund.order_id != id);
        Ok(())
    }

    /// Sets when an order was last changed, so that many can share one instant; fires `order.updated`.
    pub fn edit_order_at(&self, id: u64, modified: DateTime<Utc>) -> Result<(), DemoError> {
        let mut state = self.lock();
        let order = state.orders.get_mut(&id).ok_or(DemoError::NoSuchOrder(id))?;
        order.modified = modified.trunc_subsecs(0);
        state.fire("order.updated", id);
        Ok(())
    }

    pub fn order(&self, id: u64) -> Option<OrderView> {
        let state = self.lock();
        state.orders.get(&id).map(|order| view(&state, order))
    }

    /// All orders, oldest number first, the trash included.
    pub fn orders(&self) -> Vec<OrderView> {
        let state = self.lock();
        state.orders.values().map(|order| view(&state, order)).collect()
    }
}

fn view(state: &State, order: &Order) -> OrderView {
    OrderView {
        id: order.id,
        status: order.status,
        customer_id: order.customer_id,
        billing: order.billing.clone(),
        total: order.total(),
        refunded: state.refunded(order.id),
        created: order.created,
        modified: order.modified,
        lines: order
            .lines
            .iter()
            .map(|l| (l.id, l.name.clone(), l.product_id, l.variation_id, l.quantity))
            .collect(),
        coupons: order.coupons.iter().map(|c| c.code.clone()).collect(),
    }
}
