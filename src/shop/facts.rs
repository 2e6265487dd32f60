//! Who a shop is and what its keys may do: asked before it is saved, and now and then after.
use chrono_tz::Tz;
use reqwest::Method;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde_json::{Value, json};

use super::{
    client::ShopClient,
    dto,
    error::{Malformed, ShopError},
    words::clip,
};

/// What a shop says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopFacts {
    pub name: String,
    pub timezone: Tz,
    /// Three letters. `None` where the keys may not see it.
    pub currency: Option<String>,
    /// `None` where the keys may not see it.
    pub wc_version: Option<String>,
    /// Whether the keys may write (webhooks, coupons), not only read.
    pub may_write: bool,
    /// Something in front of the shop loses the `Authorization` header, so requests are signed instead.
    pub header_is_stripped: bool,
}

/// The zone of an index.
///
/// Where the site has chosen an offset instead of a place, a zone that has kept this offset all year stands in for it: `Etc/GMT±n`
/// for whole hours, a place for the half and quarter hours that have one (5:30 is `Asia/Kolkata`).
///
/// # Errors
/// For an offset that no zone keeps all year (-3:30, 10:30, …) and for a place unknown here: the shop must choose a city.
pub fn zone_of(index: &dto::Index) -> Result<Tz, Malformed> {
    let bad = |field| Malformed { resource: "index", id: 0, field };
    if !index.timezone_string.is_empty() {
        return index.timezone_string.parse().map_err(|_| bad("timezone_string"));
    }
    let minutes = index
        .gmt_offset
        .and_then(|hours| (hours * Decimal::from(60)).to_i32())
        .ok_or_else(|| bad("gmt_offset"))?;
    match (minutes / 60, minutes % 60) {
        (0, 0) => Ok(Tz::UTC),
        // The sign in these names counts westwards.
        (hours, 0) => format!("Etc/GMT{:+}", -hours).parse().map_err(|_| bad("gmt_offset")),
        (3, 30) => Ok(Tz::Asia__Tehran),
        (4, 30) => Ok(Tz::Asia__Kabul),
        (5, 30) => Ok(Tz::Asia__Kolkata),
        (5, 45) => Ok(Tz::Asia__Kathmandu),
        (6, 30) => Ok(Tz::Asia__Yangon),
        (8, 45) => Ok(Tz::Australia__Eucla),
        (9, 30) => Ok(Tz::Australia__Darwin),
        (-9, -30) => Ok(Tz::Pacific__Marquesas),
        _ => Err(bad("gmt_offset")),
    }
}

impl ShopClient {
    /// Whether this is a shop we can work with: it answers, the keys read orders and webhooks, and what it is.
    pub async fn probe(&self) -> Result<ShopFacts, ShopError> {
        let index = self.index().await?;
        let timezone = zone_of(&index)?;
        let one = [("per_page", "1".to_owned()), ("_fields", "id".to_owned())];
        self.rows("orders", &one).await?;
        self.rows("webhooks", &one).await?;
        let may_write = self.may_write().await?;
        let (currency, wc_version) = self.system().await?;
        Ok(ShopFacts {
            name: clip(&index.name, 120),
            timezone,
            currency,
            wc_version,
            may_write,
            header_is_stripped: self.header_is_stripped(),
        })
    }

    /// An empty batch changes nothing, and is refused to keys that may only read.
    async fn may_write(&self) -> Result<bool, ShopError> {
        match self.ask(Method::POST, "webhooks/batch", &[], Some(&json!({}))).await {
            Ok(_) => Ok(true),
            Err(ShopError::Unauthorized { .. } | ShopError::Forbidden { .. }) => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// Currency and version. The keys' owner may not be allowed to see either, which is no reason to refuse the shop.
    async fn system(&self) -> Result<(Option<String>, Option<String>), ShopError> {
        let fields = [("_fields", "environment.version,settings.currency".to_owned())];
        let text = |value: &Value, most: usize| {
            let text = value.as_str()?;
            (text.is_ascii() && (1..=most).contains(&text.len())).then(|| text.to_owned())
        };
        let hidden = |e: &ShopError| {
            matches!(
                e,
                ShopError::Unauthorized { .. }
                    | ShopError::Forbidden { .. }
                    | ShopError::Refused { .. }
                    | ShopError::NotFound
            )
        };
        match self.get("system_status", &fields).await {
            Ok(answer) => {
                let currency = text(&answer.body["settings"]["currency"], 3);
                Ok((currency, text(&answer.body["environment"]["version"], 20)))
            }
            Err(e) if hidden(&e) => match self.get("data/currencies/current", &[]).await {
                Ok(answer) => Ok((text(&answer.body["code"], 3), None)),
                Err(e) if hidden(&e) => Ok((None, None)),
                Err(e) => Err(e),
            },
            Err(e) => Err(e),
        }
    }
}
