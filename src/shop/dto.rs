//! The shop's JSON. Lenient where `WooCommerce` and its plugins are careless (numbers as text, `null` for nothing, `[]` for an
//! empty object), strict where money and ids are meant.
use chrono::{DateTime, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::Value;

use super::{error::Malformed, member::SEEN_MOST, words::clip};
use crate::core::{ids::WcId, money};

/// Reads one thing out of an answer.
///
/// # Errors
/// Says which resource and id, never the value: bodies are personal data.
pub fn read<T: DeserializeOwned>(resource: &'static str, value: Value) -> Result<T, Malformed> {
    let id = value.get("id").and_then(id_of).unwrap_or(0);
    serde_json::from_value(value).map_err(|_| Malformed { resource, id, field: "body" })
}

/// The `id` of a row that may not be readable as a whole.
pub fn id_of(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn id<'de, D: Deserializer<'de>>(from: D) -> Result<WcId, D::Error> {
    id_of(&Value::deserialize(from)?).map(WcId).ok_or_else(|| D::Error::custom("not an id"))
}

/// `null`, `""` and `false` mean "none".
fn id_or_zero<'de, D: Deserializer<'de>>(from: D) -> Result<WcId, D::Error> {
    match Value::deserialize(from)? {
        Value::Null | Value::Bool(false) => Ok(WcId(0)),
        Value::String(text) if text.trim().is_empty() => Ok(WcId(0)),
        other => id_of(&other).map(WcId).ok_or_else(|| D::Error::custom("not an id")),
    }
}

fn ids<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<WcId>, D::Error> {
    let list: Vec<Value> = list(from)?;
    list.iter().map(|value| id_of(value).map(WcId).ok_or_else(|| D::Error::custom("not an id"))).collect()
}

fn amount(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) if !text.trim().is_empty() => money::parse(text).ok(),
        Value::Number(number) => money::parse(&number.to_string()).ok(),
        _ => None,
    }
}

fn decimal<'de, D: Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
    amount(&Value::deserialize(from)?).ok_or_else(|| D::Error::custom("not an amount"))
}

/// `null` and `""` mean "none set"; anything else must be an amount.
fn decimal_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Decimal>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        other => amount(&other).map(Some).ok_or_else(|| D::Error::custom("not an amount")),
    }
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let list: Vec<Value> = list(from)?;
    Ok(list
        .into_iter()
        .filter_map(|value| match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
        .collect())
}

/// A `…_gmt` date: UTC without saying so. `null`, `""` and zero dates mean "none".
fn gmt<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let Value::String(text) = Value::deserialize(from)? else {
        return Ok(None);
    };
    let text = text.trim().trim_end_matches('Z');
    if text.is_empty() || text.starts_with("0000-00-00") {
        return Ok(None);
    }
    text.replace(' ', "T").parse::<NaiveDateTime>().map(|at| Some(at.and_utc())).map_err(D::Error::custom)
}

fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        other => id_of(&other)
            .and_then(|n| u32::try_from(n).ok())
            .map(Some)
            .ok_or_else(|| D::Error::custom("not a whole number")),
    }
}

fn whole_or_zero<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    Ok(whole(from)?.unwrap_or(0))
}

/// PHP prints an empty list as `[]`, `{}`, `null` or `""`, and a list with gaps as an object.
fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    let values = match Value::deserialize(from)? {
        Value::Array(values) => values,
        Value::Object(map) => map.into_iter().map(|(_, value)| value).collect(),
        Value::Null => Vec::new(),
        Value::String(text) if text.is_empty() => Vec::new(),
        _ => return Err(D::Error::custom("not a list")),
    };
    values.into_iter().map(|value| serde_json::from_value(value).map_err(D::Error::custom)).collect()
}

/// PHP prints an empty object as `[]`.
fn object<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(from: D) -> Result<T, D::Error> {
    match Value::deserialize(from)? {
        value @ Value::Object(_) => serde_json::from_value(value).map_err(D::Error::custom),
        Value::Array(values) if values.is_empty() => Ok(T::default()),
        Value::Null => Ok(T::default()),
        _ => Err(D::Error::custom("not an object")),
    }
}

/// A piece of meta data: any key, any value.
#[derive(Debug, Clone, Deserialize)]
pub struct Meta {
    #[serde(default, deserialize_with = "text")]
    pub key: String,
    #[serde(default)]
    pub value: Value,
}

impl Meta {
    /// Its value as one short text; `None` where it holds nothing.
    pub fn text(&self) -> Option<String> {
        let text = match &self.value {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some(clip(&text, SEEN_MOST))
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Billing {
    #[serde(default, deserialize_with = "text")]
    pub first_name: String,
    #[serde(default, deserialize_with = "text")]
    pub last_name: String,
    #[serde(default, deserialize_with = "text")]
    pub company: String,
    #[serde(default, deserialize_with = "text")]
    pub email: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Order {
    #[serde(deserialize_with = "id")]
    pub id: WcId,
    #[serde(default, deserialize_with = "text")]
    pub number: String,
    pub status: String,
    pub currency: String,
    #[serde(deserialize_with = "decimal")]
    pub total: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub total_tax: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub shipping_total: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub shipping_tax: Decimal,
    #[serde(deserialize_with = "id_or_zero")]
    pub customer_id: WcId,
    #[serde(default, deserialize_with = "object")]
    pub billing: Billing,
    #[serde(deserialize_with = "gmt")]
    pub date_created_gmt: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "gmt")]
    pub date_modified_gmt: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "gmt")]
    pub date_paid_gmt: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "gmt")]
    pub date_completed_gmt: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "list")]
    pub line_items: Vec<Line>,
    #[serde(default, deserialize_with = "list")]
    pub coupon_lines: Vec<CouponLine>,
    #[serde(default, deserialize_with = "list")]
    pub meta_data: Vec<Meta>,
    /// Only that there are refunds; what they took back is asked for separately.
    #[serde(deserialize_with = "list")]
    pub refunds: Vec<RefundSummary>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    #[serde(deserialize_with = "id")]
    pub id: WcId,
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    #[serde(deserialize_with = "id_or_zero")]
    pub product_id: WcId,
    #[serde(default = "no_id", deserialize_with = "id_or_zero")]
    pub variation_id: WcId,
    /// Plugins allow fractions. Negative in a refund.
    #[serde(deserialize_with = "decimal")]
    pub quantity: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub total: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub total_tax: Decimal,
    #[serde(default, deserialize_with = "list")]
    pub meta_data: Vec<Meta>,
}

fn no_id() -> WcId {
    WcId(0)
}

#[derive(Debug, Clone, Deserialize)]
pub struct CouponLine {
    pub code: String,
    #[serde(default, deserialize_with = "decimal_or_none")]
    pub discount: Option<Decimal>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct RefundSummary {
    #[serde(deserialize_with = "id")]
    pub id: WcId,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Refund {
    #[serde(deserialize_with = "id")]
    pub id: WcId,
    #[serde(deserialize_with = "gmt")]
    pub date_created_gmt: Option<DateTime<Utc>>,
    /// Positive.
    #[serde(deserialize_with = "decimal")]
    pub amount: Decimal,
    #[serde(default, deserialize_with = "text")]
    pub reason: String,
    /// Empty where only an amount was refunded.
    #[serde(default, deserialize_with = "list")]
    pub line_items: Vec<Line>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Product {
    #[serde(deserialize_with = "id")]
    pub id: WcId,
    #[serde(default = "no_id", deserialize_with = "id_or_zero")]
    pub parent_id: WcId,
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    #[serde(default, deserialize_with = "text")]
    pub sku: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub status: String,
    #[serde(default, deserialize_with = "decimal_or_none")]
    pub price: Option<Decimal>,
    #[serde(default, deserialize_with = "text")]
    pub permalink: String,
    #[serde(default, deserialize_with = "gmt")]
    pub date_modified_gmt: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "ids")]
    pub variations: Vec<WcId>,
    #[serde(default, deserialize_with = "list")]
    pub meta_data: Vec<Meta>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Customer {
    #[serde(deserialize_with = "id")]
    pub id: WcId,
    #[serde(default, deserialize_with = "text")]
    pub email: String,
    #[serde(default, deserialize_with = "text")]
    pub first_name: String,
    #[serde(default, deserialize_with = "text")]
    pub last_name: String,
    #[serde(default, deserialize_with = "text")]
    pub username: String,
    #[serde(default, deserialize_with = "text")]
    pub role: String,
    #[serde(default, deserialize_with = "object")]
    pub billing: Billing,
    #[serde(default, deserialize_with = "gmt")]
    pub date_created_gmt: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "gmt")]
    pub date_modified_gmt: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "list")]
    pub meta_data: Vec<Meta>,
}

/// The extra fields of a user, and nothing else of them.
#[derive(Debug, Clone, Deserialize)]
pub struct MemberFields {
    #[serde(deserialize_with = "id")]
    pub id: WcId,
    #[serde(default, deserialize_with = "list")]
    pub meta_data: Vec<Meta>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Coupon {
    #[serde(deserialize_with = "id")]
    pub id: WcId,
    pub code: String,
    #[serde(deserialize_with = "decimal")]
    pub amount: Decimal,
    #[serde(default = "publish", deserialize_with = "text")]
    pub status: String,
    pub discount_type: String,
    #[serde(default, deserialize_with = "text")]
    pub description: String,
    #[serde(deserialize_with = "gmt")]
    pub date_expires_gmt: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "gmt")]
    pub date_modified_gmt: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "whole_or_zero")]
    pub usage_count: u32,
    #[serde(default, deserialize_with = "whole")]
    pub usage_limit: Option<u32>,
    #[serde(default, deserialize_with = "texts")]
    pub email_restrictions: Vec<String>,
    #[serde(default, deserialize_with = "texts")]
    pub used_by: Vec<String>,
}

/// Shops before 6.2 do not tell a coupon's status, and list published ones only.
fn publish() -> String {
    "publish".to_owned()
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Webhook {
    #[serde(deserialize_with = "id")]
    pub id: WcId,
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// `active`, `paused` or `disabled`.
    pub status: String,
    pub topic: String,
    pub delivery_url: String,
}

/// `GET /wp-json/`: what the site says of itself to anyone.
#[derive(Debug, Clone, Deserialize)]
pub struct Index {
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    #[serde(default, deserialize_with = "text")]
    pub url: String,
    /// Empty where the site has chosen an offset instead of a place.
    #[serde(default, deserialize_with = "text")]
    pub timezone_string: String,
    /// Hours east of UTC.
    #[serde(default, deserialize_with = "decimal_or_none")]
    pub gmt_offset: Option<Decimal>,
    #[serde(default, deserialize_with = "texts")]
    pub namespaces: Vec<String>,
}
