//! Coupons: who may use one, what it takes off, and how its uses are counted.
use chrono::{DateTime, SubsecRound, Utc};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    DemoError, DemoShop,
    json::Json,
    state::{Coupon, CouponLine, Line, Order, OrderStatus, State, next},
};

/// A coupon to put into the store.
#[derive(Debug, Clone)]
pub struct CouponSpec {
    /// Stored in lower case.
    pub code: String,
    /// `percent`, `fixed_cart` or `fixed_product`.
    pub kind: String,
    pub amount: Decimal,
    pub expires: Option<DateTime<Utc>>,
    pub usage_limit: Option<u64>,
    /// Empty: anyone.
    pub emails: Vec<String>,
    /// Keys may begin with `_`.
    pub meta: Vec<(String, String)>,
}

impl CouponSpec {
    /// A percentage off, for anyone, for ever.
    pub fn percent(code: &str, amount: u32) -> Self {
        Self {
            code: code.to_owned(),
            kind: "percent".to_owned(),
            amount: amount.into(),
            expires: None,
            usage_limit: None,
            emails: Vec::new(),
            meta: Vec::new(),
        }
    }
}

/// Why a coupon is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CouponRefusal {
    Unknown,
    Expired,
    UsedUp,
    /// It is for other e-mail addresses.
    NotYours,
    /// Another coupon has this code.
    CodeTaken,
}

impl CouponRefusal {
    /// What the store says; quotes come as HTML entities.
    pub fn message(self, code: &str) -> String {
        let quoted = format!("&quot;{}&quot;", code.to_lowercase());
        match self {
            Self::Unknown => format!("Coupon {quoted} cannot be applied because it does not exist."),
            Self::Expired => format!("Coupon {quoted} has expired."),
            Self::UsedUp => format!("Usage limit for coupon {quoted} has been reached."),
            Self::NotYours => format!("Please enter a valid email at checkout to use coupon code {quoted}."),
            Self::CodeTaken => "The coupon code already exists".to_owned(),
        }
    }
}

/// A coupon's line and what each line of the order costs after it.
#[derive(Debug)]
pub(super) struct Discounted {
    pub line: CouponLine,
    pub totals: Vec<Decimal>,
}

impl DemoShop {
    /// Adds a coupon and answers its id; fires `coupon.created`.
    pub fn add_coupon(&self, spec: CouponSpec) -> Result<u64, DemoError> {
        let now = self.now();
        let mut guard = self.lock();
        let state = &mut *guard;
        if state.coupon_by_code(&spec.code).is_some() {
            return Err(DemoError::Coupon { code: spec.code, why: CouponRefusal::CodeTaken });
        }
        let mut coupon = Coupon::new(next(&mut state.ids.post), &spec.code, now);
        coupon.kind = spec.kind;
        coupon.amount = spec.amount;
        coupon.expires = spec.expires.map(|at| at.trunc_subsecs(0));
        coupon.usage_limit = spec.usage_limit;
        coupon.emails = spec.emails;
        for (key, value) in spec.meta {
            State::write_meta(&mut state.ids.meta, &mut coupon.meta, &key, Json::Text(value), true);
        }
        let id = coupon.id;
        state.coupons.insert(id, coupon);
        state.fire("coupon.created", id);
        Ok(id)
    }

    /// How often a coupon was used; `None` when there is no such code.
    pub fn coupon_uses(&self, code: &str) -> Option<usize> {
        self.lock().coupon_by_code(code).map(|coupon| coupon.used_by.len())
    }
}

impl Coupon {
    pub(super) fn new(id: u64, code: &str, now: DateTime<Utc>) -> Self {
        Self {
            id,
            code: code.to_lowercase(),
            kind: "fixed_cart".to_owned(),
            amount: Decimal::ZERO,
            description: String::new(),
            expires: None,
            individual_use: false,
            product_ids: Vec::new(),
            usage_limit: None,
            usage_limit_per_user: None,
            free_shipping: false,
            minimum: Decimal::ZERO,
            maximum: Decimal::ZERO,
            emails: Vec::new(),
            used_by: Vec::new(),
            meta: Vec::new(),
            created: now,
            modified: now,
        }
    }
}

impl State {
    /// Works out a coupon, or says why it cannot be used.
    pub(super) fn discount(
        &mut self,
        code: &str,
        lines: &[Line],
        email: &str,
        now: DateTime<Utc>,
    ) -> Result<Discounted, CouponRefusal> {
        let coupon = self.coupon_by_code(code).cloned().ok_or(CouponRefusal::Unknown)?;
        if coupon.expires.is_some_and(|at| now > at) {
            return Err(CouponRefusal::Expired);
        }
        if coupon.usage_limit.is_some_and(|limit| limit > 0 && coupon.used_by.len() as u64 >= limit) {
            return Err(CouponRefusal::UsedUp);
        }
        let allowed = coupon.emails.is_empty() || coupon.emails.iter().any(|e| e.eq_ignore_ascii_case(email));
        if !allowed {
            return Err(CouponRefusal::NotYours);
        }
        let totals = coupon.take_off(lines);
        let before: Decimal = lines.iter().map(|line| line.total).sum();
        Ok(Discounted {
            line: CouponLine {
                id: next(&mut self.ids.line),
                meta_id: next(&mut self.ids.meta),
                coupon_id: coupon.id,
                code: coupon.code,
                kind: coupon.kind,
                amount: coupon.amount,
                discount: before - totals.iter().copied().sum::<Decimal>(),
            },
            totals,
        })
    }

    /// Counts the uses of an order's coupons: from the moment it is placed, paid or not.
    pub(super) fn use_coupons(&mut self, order: &Order) {
        if order.status == OrderStatus::CheckoutDraft {
            return;
        }
        let who = user_of(order);
        for line in &order.coupons {
            if let Some(coupon) = self.coupons.get_mut(&line.coupon_id) {
                coupon.used_by.push(who.clone());
            }
        }
    }

    /// Gives the uses back, when an order is cancelled. A refund gives nothing back.
    pub(super) fn release_coupons(&mut self, order_id: u64) {
        let Some(order) = self.orders.get(&order_id) else {
            return;
        };
        let who = user_of(order);
        for line in &order.coupons {
            if let Some(coupon) = self.coupons.get_mut(&line.coupon_id)
                && let Some(at) = coupon.used_by.iter().position(|user| *user == who)
            {
                coupon.used_by.remove(at);
            }
        }
    }
}

fn user_of(order: &Order) -> String {
    if order.customer_id == 0 { order.billing.email.clone() } else { order.customer_id.to_string() }
}

impl Coupon {
    /// What each line costs afterwards: never less than nothing, in whole cents.
    fn take_off(&self, lines: &[Line]) -> Vec<Decimal> {
        let cents =
            |amount: Decimal| amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        let applies = |line: &Line| {
            self.product_ids.is_empty()
                || self.product_ids.contains(&line.product_id)
                || self.product_ids.contains(&line.variation_id)
        };
        let base: Decimal = lines.iter().filter(|line| applies(line)).map(|line| line.total).sum();
        let mut left = self.amount.min(base);
        let last = lines.iter().rposition(applies);
        let after = lines.iter().enumerate().map(|(at, line)| {
            if !applies(line) {
                return line.total;
            }
            let off = match self.kind.as_str() {
                "percent" => cents(line.total * self.amount / Decimal::ONE_HUNDRED),
                "fixed_product" => self.amount * Decimal::from(line.quantity),
                // The cart's discount is spread over the lines; the last one takes what rounding left.
                _ if last == Some(at) => left,
                _ => cents((self.amount.min(base) * line.total).checked_div(base).unwrap_or_default()),
            };
            let off = off.min(line.total);
            left -= off;
            line.total - off
        });
        after.collect()
    }
}
