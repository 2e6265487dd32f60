//! What the pretend store remembers: plain records, no behaviour beyond sums.
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{
    faults::ActiveFault,
    hooks::{Delivery, Pending, Webhook},
    json::Json,
    requests::RecordedRequest,
};

/// Everything behind the one lock.
#[derive(Debug, Default)]
pub(super) struct State {
    pub url: String,
    pub ids: Ids,
    pub products: BTreeMap<u64, Product>,
    pub customers: BTreeMap<u64, Customer>,
    pub orders: BTreeMap<u64, Order>,
    pub refunds: BTreeMap<u64, Refund>,
    pub coupons: BTreeMap<u64, Coupon>,
    pub webhooks: BTreeMap<u64, Webhook>,
    pub queue: VecDeque<Pending>,
    pub deliveries: VecDeque<Delivery>,
    pub requests: VecDeque<RecordedRequest>,
    pub faults: Vec<ActiveFault>,
    pub read_only: bool,
    /// Extra fields of users that something in the shop does not let through.
    pub dropped_meta: BTreeSet<String>,
    /// Extra fields of users that something in the shop writes by itself, and what.
    pub overwritten_meta: BTreeMap<String, String>,
    /// Users whom nobody may change, and the code they answer with.
    pub refused_customers: BTreeMap<u64, &'static str>,
    /// Where customers see what Abono keeps for them.
    pub account_link: Option<super::AccountLink>,
    /// Nonces of signed requests and when they were used (Unix seconds).
    pub nonces: HashMap<String, i64>,
}

/// The last number given in each of the store's sequences. Products, orders, refunds and coupons share one.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub post: u64,
    pub customer: u64,
    pub webhook: u64,
    pub line: u64,
    pub meta: u64,
}

/// The next number of a sequence.
pub(super) fn next(last: &mut u64) -> u64 {
    *last += 1;
    *last
}

#[derive(Debug, Clone)]
pub(super) struct Meta {
    pub id: u64,
    pub key: String,
    pub value: Json,
}

#[derive(Debug, Clone)]
pub(super) struct Product {
    pub id: u64,
    pub name: String,
    /// As the shop owner typed it; products do not show the shop's decimals.
    pub price: String,
    pub sku: String,
    pub is_virtual: bool,
    pub variations: Vec<Variation>,
    pub meta: Vec<Meta>,
    pub sold: u32,
    pub trashed: bool,
    pub created: DateTime<Utc>,
    pub modified: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub(super) struct Variation {
    pub id: u64,
    pub option: String,
    pub price: String,
    pub meta: Vec<Meta>,
    pub created: DateTime<Utc>,
}

/// Name, street and e-mail of the bill or the parcel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    pub first_name: String,
    pub last_name: String,
    pub company: String,
    pub address_1: String,
    pub address_2: String,
    pub city: String,
    pub state: String,
    pub postcode: String,
    pub country: String,
    pub email: String,
    pub phone: String,
}

impl Address {
    /// Only what the demo asks of a buyer.
    pub fn of(first_name: &str, last_name: &str, email: &str) -> Self {
        Self {
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            country: "ES".to_owned(),
            email: email.to_owned(),
            ..Self::default()
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Customer {
    pub id: u64,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub role: String,
    pub username: String,
    pub billing: Address,
    pub shipping: Address,
    pub paying: bool,
    pub meta: Vec<Meta>,
    pub created: DateTime<Utc>,
    pub modified: Option<DateTime<Utc>>,
}

/// Where an order stands, in `WooCommerce`'s words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    Pending,
    Processing,
    OnHold,
    Completed,
    Cancelled,
    Refunded,
    Failed,
    CheckoutDraft,
    Trash,
}

impl OrderStatus {
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Processing,
        Self::OnHold,
        Self::Completed,
        Self::Cancelled,
        Self::Refunded,
        Self::Failed,
        Self::CheckoutDraft,
        Self::Trash,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::OnHold => "on-hold",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
            Self::Failed => "failed",
            Self::CheckoutDraft => "checkout-draft",
            Self::Trash => "trash",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether money has come in.
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Processing | Self::Completed)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Order {
    pub id: u64,
    pub status: OrderStatus,
    /// Where it stood before it went to the trash, and when it did.
    pub trashed: Option<Trashed>,
    pub currency: String,
    pub key: String,
    pub customer_id: u64,
    pub billing: Address,
    pub shipping: Address,
    pub payment_method: String,
    pub payment_title: String,
    pub transaction: String,
    pub note: String,
    pub created_via: &'static str,
    pub lines: Vec<Line>,
    pub coupons: Vec<CouponLine>,
    pub meta: Vec<Meta>,
    pub created: DateTime<Utc>,
    pub modified: DateTime<Utc>,
    pub paid: Option<DateTime<Utc>>,
    pub completed: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Trashed {
    pub from: OrderStatus,
    pub at: DateTime<Utc>,
    pub status_meta: u64,
    pub time_meta: u64,
}

impl Order {
    pub(super) fn subtotal(&self) -> Decimal {
        self.lines.iter().map(|line| line.subtotal).sum()
    }

    /// What the buyer owed. Refunds do not lower it.
    pub(super) fn total(&self) -> Decimal {
        self.lines.iter().map(|line| line.total).sum()
    }
}

#[derive(Debug, Clone)]
pub(super) struct Line {
    pub id: u64,
    pub name: String,
    /// 0 when the product did not exist.
    pub product_id: u64,
    pub variation_id: u64,
    /// The variation's option and the id of the meta that tells it.
    pub option: Option<(u64, String)>,
    pub parent_name: Option<String>,
    pub sku: String,
    pub quantity: u32,
    pub subtotal: Decimal,
    pub total: Decimal,
}

impl Line {
    /// What one piece cost after discounts.
    pub(super) fn price(&self) -> Decimal {
        self.total.checked_div(self.quantity.into()).unwrap_or_default()
    }
}

#[derive(Debug, Clone)]
pub(super) struct CouponLine {
    pub id: u64,
    pub meta_id: u64,
    pub coupon_id: u64,
    pub code: String,
    pub kind: String,
    pub amount: Decimal,
    pub discount: Decimal,
}

#[derive(Debug, Clone)]
pub(super) struct Refund {
    pub id: u64,
    pub order_id: u64,
    pub meta_id: u64,
    pub amount: Decimal,
    pub reason: String,
    pub is_full: bool,
    pub lines: Vec<RefundLine>,
    pub created: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub(super) struct RefundLine {
    pub id: u64,
    pub meta_id: u64,
    /// The order's line that it takes back.
    pub line: Line,
    pub quantity: u32,
    pub total: Decimal,
}

#[derive(Debug, Clone)]
pub(super) struct Coupon {
    pub id: u64,
    pub code: String,
    pub kind: String,
    pub amount: Decimal,
    pub description: String,
    pub expires: Option<DateTime<Utc>>,
    pub individual_use: bool,
    pub product_ids: Vec<u64>,
    pub usage_limit: Option<u64>,
    pub usage_limit_per_user: Option<u64>,
    pub free_shipping: bool,
    pub minimum: Decimal,
    pub maximum: Decimal,
    pub emails: Vec<String>,
    /// Who used it, one entry a use: customer id as text, or a guest's e-mail.
    pub used_by: Vec<String>,
    pub meta: Vec<Meta>,
    pub created: DateTime<Utc>,
    pub modified: DateTime<Utc>,
}

impl State {
    /// Money given back for an order so far.
    pub(super) fn refunded(&self, order_id: u64) -> Decimal {
        self.refunds.values().filter(|refund| refund.order_id == order_id).map(|refund| refund.amount).sum()
    }

    pub(super) fn coupon_by_code(&self, code: &str) -> Option<&Coupon> {
        let code = code.to_lowercase();
        self.coupons.values().find(|coupon| coupon.code == code)
    }

    /// Writes meta as the store does: same key overwrites, null deletes, scalars become text.
    ///
    /// `hidden` tells whether keys that begin with `_` are taken; a customer's are dropped without a word.
    pub(super) fn write_meta(last_id: &mut u64, meta: &mut Vec<Meta>, key: &str, value: Json, hidden: bool) {
        if key.is_empty() || (!hidden && key.starts_with('_')) {
            return;
        }
        let value = match value {
            Json::Null => {
                meta.retain(|m| m.key != key);
                return;
            }
            Json::Bool(yes) => Json::from(if yes { "1" } else { "" }),
            number @ (Json::Int(_) | Json::Number(_)) => Json::Text(number.encode()),
            other => other,
        };
        match meta.iter_mut().find(|m| m.key == key) {
            Some(found) => found.value = value,
            None => meta.push(Meta { id: next(last_id), key: key.to_owned(), value }),
        }
    }
}
