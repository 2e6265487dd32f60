//! The shop's products, customers and coupons in our words. Orders have their own file.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;

use super::{dto, error::Malformed};
use crate::core::{email::Email, ids::WcId};

/// Product meta that says how many sessions one unit holds, for any product.
pub const SESSIONS_META: &str = "_mhtp_sessions_count";

/// Cuts to what the mirror's column holds, at a character.
pub(super) fn clip(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A slug of `WordPress` (a status, a type, a role): ASCII of a bounded length, or it makes no sense.
pub(super) fn slug(text: &str, most: usize, bad: impl FnOnce() -> Malformed) -> Result<String, Malformed> {
    if text.is_ascii() && text.len() <= most { Ok(text.to_owned()) } else { Err(bad()) }
}

/// A product, or a variation of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub id: WcId,
    /// The product this is a variation of.
    pub parent: Option<WcId>,
    pub name: String,
    pub sku: String,
    /// `simple`, `variable`, `variation`, `subscription`, …
    pub kind: String,
    /// `publish`, `draft`, `private`, `trash`, …
    pub status: String,
    /// `None` where the shop has set none.
    pub price: Option<Decimal>,
    pub permalink: String,
    /// Sessions per unit by the product's own meta, if it has it.
    pub sessions: Option<u32>,
    pub modified_at: Option<DateTime<Utc>>,
    /// Variations that exist, by id. Not mirrored: they are rows of their own.
    pub variations: Vec<WcId>,
}

impl TryFrom<dto::Product> for Product {
    type Error = Malformed;

    fn try_from(dto: dto::Product) -> Result<Self, Malformed> {
        let bad = |field| Malformed { resource: "product", id: dto.id.0, field };
        let sessions =
            dto.meta_data.iter().find(|meta| meta.key == SESSIONS_META).and_then(|meta| match &meta.value {
                Value::String(text) => text.trim().parse().ok(),
                Value::Number(number) => number.as_u64().and_then(|n| u32::try_from(n).ok()),
                _ => None,
            });
        Ok(Self {
            id: dto.id,
            parent: (dto.parent_id.0 != 0).then_some(dto.parent_id),
            name: clip(&dto.name, 255),
            sku: clip(&dto.sku, 100),
            kind: slug(&dto.kind, 24, || bad("type"))?,
            status: slug(&dto.status, 20, || bad("status"))?,
            price: dto.price,
            permalink: clip(&dto.permalink, 500),
            sessions,
            modified_at: dto.date_modified_gmt,
            variations: dto.variations,
        })
    }
}

/// A user of the shop, whatever the role. Guests are not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub id: WcId,
    /// `None` where the shop has none, or none that could be written to.
    pub email: Option<Email>,
    pub billing_email: Option<Email>,
    pub first_name: String,
    pub last_name: String,
    pub username: String,
    pub role: String,
    pub registered_at: Option<DateTime<Utc>>,
    pub modified_at: Option<DateTime<Utc>>,
    /// Extra fields, as short texts. Not mirrored: we only look whether ours is there.
    pub meta: BTreeMap<String, String>,
}

impl Customer {
    /// First and last name, or nothing.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }
}

impl TryFrom<dto::Customer> for Customer {
    type Error = Malformed;

    fn try_from(dto: dto::Customer) -> Result<Self, Malformed> {
        let bad = |field| Malformed { resource: "customer", id: dto.id.0, field };
        Ok(Self {
            id: dto.id,
            email: Email::parse(&dto.email).ok(),
            billing_email: Email::parse(&dto.billing.email).ok(),
            first_name: clip(&dto.first_name, 100),
            last_name: clip(&dto.last_name, 100),
            username: clip(&dto.username, 100),
            role: slug(&dto.role, 40, || bad("role"))?,
            meta: dto.meta_data.iter().rev().filter_map(|m| Some((m.key.clone(), m.text()?))).collect(),
            registered_at: dto.date_created_gmt,
            modified_at: dto.date_modified_gmt,
        })
    }
}

/// A coupon. The code is lower case: the shop compares without case and answers so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    pub id: WcId,
    pub code: String,
    pub amount: Decimal,
    /// `percent`, `fixed_cart`, `fixed_product`, …
    pub discount_type: String,
    pub status: String,
    pub description: String,
    /// The instant from which it no longer works; `None` never ends.
    pub expires_at: Option<DateTime<Utc>>,
    pub usage_count: u32,
    pub usage_limit: Option<u32>,
    pub email_restrictions: Vec<String>,
    pub modified_at: Option<DateTime<Utc>>,
    /// Customer ids as text, e-mail addresses for guests. Not mirrored.
    pub used_by: Vec<String>,
}

impl TryFrom<dto::Coupon> for Coupon {
    type Error = Malformed;

    fn try_from(dto: dto::Coupon) -> Result<Self, Malformed> {
        let bad = |field| Malformed { resource: "coupon", id: dto.id.0, field };
        let code = dto.code.trim().to_lowercase();
        if code.is_empty() || code.chars().count() > 100 {
            return Err(bad("code"));
        }
        Ok(Self {
            id: dto.id,
            code,
            amount: dto.amount,
            discount_type: slug(&dto.discount_type, 32, || bad("discount_type"))?,
            status: slug(&dto.status, 20, || bad("status"))?,
            description: clip(&dto.description, 500),
            expires_at: dto.date_expires_gmt,
            usage_count: dto.usage_count,
            usage_limit: dto.usage_limit.filter(|limit| *limit != 0),
            email_restrictions: dto.email_restrictions,
            modified_at: dto.date_modified_gmt,
            used_by: dto.used_by,
        })
    }
}
