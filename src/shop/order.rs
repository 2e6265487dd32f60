//! An order as the shop knows it, in our words. An order that makes no sense is an error, never a default.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    dto,
    error::Malformed,
    words::{clip, slug},
};
use crate::core::{email::Email, ids::WcId};

/// Where an order stands. Plugins add their own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OrderStatus {
    Pending,
    Processing,
    OnHold,
    Completed,
    Cancelled,
    Refunded,
    Failed,
    /// A cart that reached the checkout page.
    CheckoutDraft,
    Trash,
    /// A plugin's own, at most 32 ASCII characters.
    Other(String),
}

impl OrderStatus {
    /// As REST and the mirror write it.
    pub fn as_str(&self) -> &str {
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
            Self::Other(slug) => slug,
        }
    }

    /// From REST's word, or the mirror's. A `wc-` prefix, as the database writes it, is taken off.
    pub fn from_word(word: &str) -> Self {
        match word.strip_prefix("wc-").unwrap_or(word) {
            "pending" => Self::Pending,
            "processing" => Self::Processing,
            "on-hold" => Self::OnHold,
            "completed" => Self::Completed,
            "cancelled" => Self::Cancelled,
            "refunded" => Self::Refunded,
            "failed" => Self::Failed,
            "checkout-draft" => Self::CheckoutDraft,
            "trash" => Self::Trash,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl From<String> for OrderStatus {
    fn from(word: String) -> Self {
        Self::from_word(&word)
    }
}

impl std::fmt::Display for OrderStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Amounts are in `currency`, with tax where not said otherwise, and as ordered: refunds stand apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub id: WcId,
    pub number: String,
    pub status: OrderStatus,
    /// Three letters.
    pub currency: String,
    pub total: Decimal,
    /// Part of `total`.
    pub total_tax: Decimal,
    /// Part of `total`, without its tax.
    pub shipping_total: Decimal,
    /// `None` for a guest.
    pub customer_id: Option<WcId>,
    pub billing_email: Option<Email>,
    pub billing_name: String,
    pub created_at: DateTime<Utc>,
    pub paid_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub modified_at: DateTime<Utc>,
    /// By line id.
    pub lines: Vec<Line>,
    /// By id.
    pub refunds: Vec<Refund>,
    /// Codes of the coupons used, lower case. Not mirrored.
    pub coupons: Vec<String>,
}

/// One position of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub line_id: WcId,
    /// 0 where the product was deleted.
    pub product_id: WcId,
    /// 0 where it has none.
    pub variation_id: WcId,
    pub name: String,
    /// Whole units; a fraction that a plugin allowed is cut off.
    pub quantity: u32,
    /// Without tax, after discounts.
    pub total: Decimal,
    pub total_tax: Decimal,
    /// Taken back by refunds of this very line.
    pub refunded_quantity: u32,
    /// Positive, without tax.
    pub refunded_total: Decimal,
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    pub id: WcId,
    /// Positive.
    pub amount: Decimal,
    pub reason: String,
    pub created_at: DateTime<Utc>,
}

impl Order {
    /// All that was given back.
    pub fn refunded(&self) -> Decimal {
        self.refunds.iter().map(|refund| refund.amount).sum()
    }

    /// What the shop kept: `total` less refunds (`total` itself ignores them).
    pub fn net(&self) -> Decimal {
        self.total - self.refunded()
    }

    /// Puts an order and the details of its refunds together.
    ///
    /// # Errors
    /// A currency that is none, no creation date, a negative quantity, or a refund whose details are missing.
    pub fn read(dto: dto::Order, refunds: Vec<dto::Refund>) -> Result<Self, Malformed> {
        let id = dto.id;
        let bad = |field| Malformed { resource: "order", id: id.0, field };
        if dto.refunds.iter().any(|known| refunds.iter().all(|refund| refund.id != known.id)) {
            return Err(bad("refunds"));
        }
        if dto.currency.len() != 3 || !dto.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(bad("currency"));
        }
        slug(&dto.status, 32, || bad("status"))?;
        let created_at = dto.date_created_gmt.ok_or_else(|| bad("date_created_gmt"))?;
        let back = refunded_by_line(&refunds).ok_or_else(|| bad("refunds.line_items"))?;
        let mut lines = dto
            .line_items
            .iter()
            .map(|line| Line::read(line, &back).ok_or_else(|| bad("line_items.quantity")))
            .collect::<Result<Vec<_>, _>>()?;
        lines.sort_by_key(|line| line.line_id);
        let mut refunds = refunds
            .into_iter()
            .map(|refund| {
                Ok(Refund {
                    id: refund.id,
                    amount: refund.amount.abs(),
                    reason: clip(&refund.reason, 500),
                    created_at: refund.date_created_gmt.ok_or_else(|| bad("refunds.date_created_gmt"))?,
                })
            })
            .collect::<Result<Vec<_>, Malformed>>()?;
        refunds.sort_by_key(|refund| refund.id);
        let person = format!("{} {}", dto.billing.first_name, dto.billing.last_name);
        let name = if person.trim().is_empty() { dto.billing.company.trim() } else { person.trim() };
        Ok(Self {
            id,
            number: if dto.number.is_empty() { id.to_string() } else { clip(&dto.number, 40) },
            status: OrderStatus::from_word(&dto.status),
            currency: dto.currency,
            total: dto.total,
            total_tax: dto.total_tax,
            shipping_total: dto.shipping_total,
            customer_id: (dto.customer_id.0 != 0).then_some(dto.customer_id),
            billing_email: Email::parse(&dto.billing.email).ok(),
            billing_name: clip(name, 200),
            created_at,
            paid_at: dto.date_paid_gmt,
            completed_at: dto.date_completed_gmt,
            // An order that nobody touched since some importer wrote it.
            modified_at: dto.date_modified_gmt.unwrap_or(created_at),
            lines,
            refunds,
            coupons: dto.coupon_lines.iter().map(|line| line.code.to_lowercase()).collect(),
        })
    }
}

impl Line {
    fn read(dto: &dto::Line, back: &BTreeMap<WcId, (u32, Decimal)>) -> Option<Self> {
        let (refunded_quantity, refunded_total) = back.get(&dto.id).copied().unwrap_or_default();
        Some(Self {
            line_id: dto.id,
            product_id: dto.product_id,
            variation_id: dto.variation_id,
            name: clip(&dto.name, 255),
            quantity: whole(dto.quantity)?,
            total: dto.total,
            total_tax: dto.total_tax,
            refunded_quantity,
            refunded_total,
        })
    }
}

/// Whole units. `None` for a negative or an absurd number.
fn whole(quantity: Decimal) -> Option<u32> {
    if quantity.is_sign_negative() && !quantity.is_zero() {
        return None;
    }
    quantity.trunc().to_u32()
}

/// What refunds took back, by line of the order. A refund's line names it in its meta.
fn refunded_by_line(refunds: &[dto::Refund]) -> Option<BTreeMap<WcId, (u32, Decimal)>> {
    let mut back: BTreeMap<WcId, (u32, Decimal)> = BTreeMap::new();
    for line in refunds.iter().flat_map(|refund| &refund.line_items) {
        let of = line.meta_data.iter().find(|meta| meta.key == "_refunded_item_id")?;
        let (quantity, total) = back.entry(WcId(dto::id_of(&of.value)?)).or_default();
        *quantity = quantity.checked_add(whole(line.quantity.abs())?)?;
        *total += line.total.abs();
    }
    Some(back)
}
