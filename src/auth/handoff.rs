//! The hand-off from `WordPress`: a link signed by the shop that signs one customer in, once.
//!
//! `WordPress` redirects a signed-in customer to
//! `/handoff?shop=…&user=…&email=…&name=…&exp=…&nonce=…&to=…&sig=…`, where
//!
//! | parameter | meaning |
//! |---|---|
//! | `shop` | the shop's slug here |
//! | `user` | the `WordPress` user id, a number above 0 |
//! | `email` | the `WordPress` user's e-mail |
//! | `name` | the display name, at most 200 characters, may be empty |
//! | `exp` | Unix seconds after which the link is worthless: at most 120 in the future |
//! | `nonce` | 16 to 64 characters of `A–Z a–z 0–9 - _`, new for every link |
//! | `to` | where to go afterwards: `/account` or a path below it, with or without a query |
//! | `sig` | the signature, 64 lower-case hexadecimal digits |
//!
//! `sig` is HMAC-SHA256 with the shop's hand-off secret, used as text, over these eight lines joined by a single line
//! feed, without one at the end; the values are as they were *before* they were put into the URL:
//!
//! ```text
//! abono-handoff-1
//! <shop>
//! <user>
//! <email>
//! <name>
//! <exp>
//! <nonce>
//! <to>
//! ```
//!
//! No value may hold a control character, so no two links have the same lines. In PHP:
//! `hash_hmac('sha256', implode("\n", ['abono-handoff-1', $shop, $user, $email, $name, $exp, $nonce, $to]), $secret)`.
//!
//! The link works by GET, because `WordPress` can only redirect: it lives for seconds, is used up by the first visit, and
//! is never shown to anyone as a link that a scanner might fetch. Signing out whoever was signed in and signing in the
//! signed person is all it does.
use chrono::{DateTime, TimeDelta, Utc};

use super::{path::is_below, store};
use crate::{
    core::{
        email::Email,
        ids::{ShopId, WcId},
        secret::Secret,
    },
    crypto::{self, Keys, Purpose, SealError},
    db::{Db, DbError},
};

/// First line of what is signed.
const LABEL: &str = "abono-handoff-1";
/// Longest life of a link.
pub const LONGEST: TimeDelta = TimeDelta::seconds(120);

/// The query as it came.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Query {
    pub shop: String,
    pub user: String,
    pub email: String,
    pub name: String,
    pub exp: String,
    pub nonce: String,
    pub to: String,
    pub sig: String,
}

/// Who the shop says is coming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedHandoff {
    pub shop: ShopId,
    pub wp_user: WcId,
    pub email: Email,
    pub name: String,
    /// A path of ours, `/account` or below.
    pub to: String,
}

/// Why a link is not taken. Whoever follows it is told no more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("no shop by that name")]
    UnknownShop,
    #[error("the signature does not fit")]
    BadSignature,
    #[error("a value is missing or has the wrong form")]
    Malformed,
    #[error("the link is too old")]
    Expired,
    #[error("the link claims to live longer than two minutes")]
    TooFarAhead,
    #[error("the link was used before")]
    Used,
}

#[derive(Debug, thiserror::Error)]
pub enum HandoffError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Query {
    /// The lines that are signed.
    pub fn canonical(&self) -> String {
        [LABEL, &self.shop, &self.user, &self.email, &self.name, &self.exp, &self.nonce, &self.to].join("\n")
    }

    /// The signature a shop with this secret gives it, in hexadecimal.
    pub fn signature(&self, secret: &Secret) -> String {
        hex::encode(crypto::hmac_sha256(secret.reveal().as_bytes(), self.canonical().as_bytes()))
    }

    /// Checks everything but whether it was used before.
    pub fn verify(&self, shop: ShopId, secret: &Secret, now: DateTime<Utc>) -> Result<Checked, Refusal> {
        let values = [&self.shop, &self.user, &self.email, &self.name, &self.exp, &self.nonce, &self.to];
        if secret.is_empty() || values.iter().any(|v| v.chars().any(char::is_control)) {
            return Err(Refusal::Malformed);
        }
        if !crypto::constant_time_eq(self.signature(secret).as_bytes(), self.sig.as_bytes()) {
            return Err(Refusal::BadSignature);
        }
        let expires_at = self
            .exp
            .parse()
            .ok()
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .ok_or(Refusal::Malformed)?;
        if expires_at <= now {
            return Err(Refusal::Expired);
        }
        if expires_at > now + LONGEST {
            return Err(Refusal::TooFarAhead);
        }
        let user: u64 = self.user.parse().map_err(|_| Refusal::Malformed)?;
        let nonce_is_sound = (16..=64).contains(&self.nonce.len())
            && self.nonce.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if user == 0 || !nonce_is_sound || self.name.chars().count() > 200 || !is_below("/account", &self.to)
        {
            return Err(Refusal::Malformed);
        }
        Ok(Checked {
            nonce: self.nonce.clone(),
            expires_at,
            handoff: VerifiedHandoff {
                shop,
                wp_user: WcId(user),
                email: Email::parse(&self.email).map_err(|_| Refusal::Malformed)?,
                name: self.name.trim().to_owned(),
                to: self.to.clone(),
            },
        })
    }
}

/// A link that is in order, if nobody used it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    nonce: String,
    expires_at: DateTime<Utc>,
    handoff: VerifiedHandoff,
}

/// Checks a link and uses it up.
pub async fn accept(
    db: &Db,
    keys: &Keys,
    query: &Query,
    now: DateTime<Utc>,
) -> Result<VerifiedHandoff, HandoffError> {
    let mut conn = db.conn().await?;
    let signer = store::handoff::signer(&mut conn, &query.shop).await?.ok_or(Refusal::UnknownShop)?;
    let secret = keys.open(Purpose::HandoffSecret, &signer.secret_sealed)?;
    let checked = query.verify(signer.shop, &secret, now)?;
    // A single statement, hence no transaction: the nonce stays used even if signing in fails afterwards.
    let first =
        store::handoff::use_up(&mut conn, signer.shop, &checked.nonce, now, checked.expires_at).await?;
    if first { Ok(checked.handoff) } else { Err(Refusal::Used.into()) }
}

#[cfg(test)]
mod tests;
