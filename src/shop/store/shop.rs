//! A row of the shops table, and what can be opened in it.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::{
    core::{clock::Clock, ids::ShopId, secret::Secret},
    crypto::{Keys, Purpose, SealError},
    db::Corrupt,
    shop::client::{Http, ShopAddress, ShopClient},
};

/// An encrypted column.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub(super) Vec<u8>);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(…)")
    }
}

/// What becomes of sessions already used when their order is refunded (decision Q9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundPolicy {
    /// The shortfall is written off.
    Forgive,
    /// The shortfall is taken from what comes next.
    Debt,
    /// The person cannot use anything until it is settled.
    Block,
}

impl RefundPolicy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forgive => "forgive",
            Self::Debt => "debt",
            Self::Block => "block",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Forgive, Self::Debt, Self::Block].into_iter().find(|policy| policy.as_str() == word)
    }
}

/// What staff may set. The name has 1 to 120 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub name: String,
    /// Whether a paid order gives its sessions at once, or only a completed one.
    pub grant_on_processing: bool,
    pub refund_policy: RefundPolicy,
    /// Whether the shop's users carry their balance.
    pub writes_member_meta: bool,
    /// In which field they do: one that [`crate::shop::member::check_key`] lets pass.
    pub member_meta_key: String,
}

/// A connected shop. Secrets stay sealed until asked for with the installation's keys.
#[derive(Debug, Clone)]
pub struct Shop {
    pub id: ShopId,
    /// Its name in our addresses, e.g. `/hooks/woocommerce/{slug}`.
    pub slug: String,
    pub name: String,
    pub url: url::Url,
    consumer_key: Sealed,
    consumer_secret: Sealed,
    /// The end of the consumer key, for people to tell keys apart.
    pub key_last4: String,
    pub(super) webhook_secret: Sealed,
    webhook_secret_old: Option<Sealed>,
    pub webhook_secret_old_until: Option<DateTime<Utc>>,
    handoff_secret: Sealed,
    pub timezone: Tz,
    pub currency: String,
    pub wc_version: String,
    /// Whether `processing` already gives what was bought, or only `completed`.
    pub grant_on_processing: bool,
    pub refund_policy: RefundPolicy,
    /// Whether the shop's users carry their balance, and in which field.
    pub writes_member_meta: bool,
    pub member_meta_key: String,
    pub last_ok_at: Option<DateTime<Utc>>,
    /// [`crate::shop::error::ShopError::code`] of the last failure since the last success.
    pub last_error: Option<String>,
    pub last_error_detail: Option<String>,
    pub last_error_at: Option<DateTime<Utc>>,
    pub paused_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub version: u32,
}

impl Shop {
    /// What staff have set.
    pub fn settings(&self) -> Settings {
        Settings {
            name: self.name.clone(),
            grant_on_processing: self.grant_on_processing,
            refund_policy: self.refund_policy,
            writes_member_meta: self.writes_member_meta,
            member_meta_key: self.member_meta_key.clone(),
        }
    }

    /// Where it is, with its keys.
    pub fn address(&self, keys: &Keys) -> Result<ShopAddress, SealError> {
        Ok(ShopAddress {
            url: self.url.clone(),
            consumer_key: keys.open(Purpose::ConsumerKey, &self.consumer_key.0)?,
            consumer_secret: keys.open(Purpose::ConsumerSecret, &self.consumer_secret.0)?,
        })
    }

    /// Ready to be asked.
    pub fn client(&self, http: &Http, clock: Clock, keys: &Keys) -> Result<ShopClient, SealError> {
        Ok(ShopClient::new(http, clock, self.address(keys)?))
    }

    /// The secret webhooks are registered with.
    pub fn webhook_secret(&self, keys: &Keys) -> Result<Secret, SealError> {
        keys.open(Purpose::WebhookSecret, &self.webhook_secret.0)
    }

    /// Every secret a delivery may be signed with at `now`: the current one, and during rotation the one before.
    pub fn webhook_secrets(&self, keys: &Keys, now: DateTime<Utc>) -> Result<Vec<Secret>, SealError> {
        let mut secrets = vec![self.webhook_secret(keys)?];
        if let Some(old) = &self.webhook_secret_old
            && self.webhook_secret_old_until.is_some_and(|until| now < until)
        {
            secrets.push(keys.open(Purpose::WebhookSecret, &old.0)?);
        }
        Ok(secrets)
    }

    /// The secret the `WordPress` plugin signs hand-offs with.
    pub fn handoff_secret(&self, keys: &Keys) -> Result<Secret, SealError> {
        keys.open(Purpose::HandoffSecret, &self.handoff_secret.0)
    }
}

/// As the columns are.
pub(super) struct Row {
    pub(super) id: ShopId,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) consumer_key_sealed: Vec<u8>,
    pub(super) consumer_secret_sealed: Vec<u8>,
    pub(super) key_last4: String,
    pub(super) webhook_secret_sealed: Vec<u8>,
    pub(super) webhook_secret_old_sealed: Option<Vec<u8>>,
    pub(super) webhook_secret_old_until: Option<DateTime<Utc>>,
    pub(super) handoff_secret_sealed: Vec<u8>,
    pub(super) timezone: String,
    pub(super) currency: String,
    pub(super) wc_version: String,
    pub(super) grant_on_processing: bool,
    pub(super) refund_policy: String,
    pub(super) writes_member_meta: bool,
    pub(super) member_meta_key: String,
    pub(super) last_ok_at: Option<DateTime<Utc>>,
    pub(super) last_error: Option<String>,
    pub(super) last_error_detail: Option<String>,
    pub(super) last_error_at: Option<DateTime<Utc>>,
    pub(super) paused_at: Option<DateTime<Utc>>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) version: u32,
}

impl TryFrom<Row> for Shop {
    type Error = Corrupt;

    fn try_from(row: Row) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt { table: "shops", id: row.id.0, column };
        Ok(Self {
            id: row.id,
            slug: row.slug,
            name: row.name,
            url: row.url.parse().map_err(|_| corrupt("url"))?,
            consumer_key: Sealed(row.consumer_key_sealed),
            consumer_secret: Sealed(row.consumer_secret_sealed),
            key_last4: row.key_last4,
            webhook_secret: Sealed(row.webhook_secret_sealed),
            webhook_secret_old: row.webhook_secret_old_sealed.map(Sealed),
            webhook_secret_old_until: row.webhook_secret_old_until,
            handoff_secret: Sealed(row.handoff_secret_sealed),
            timezone: row.timezone.parse().map_err(|_| corrupt("timezone"))?,
            currency: row.currency,
            wc_version: row.wc_version,
            grant_on_processing: row.grant_on_processing,
            refund_policy: RefundPolicy::from_word(&row.refund_policy)
                .ok_or_else(|| corrupt("refund_policy"))?,
            writes_member_meta: row.writes_member_meta,
            member_meta_key: row.member_meta_key,
            last_ok_at: row.last_ok_at,
            last_error: row.last_error,
            last_error_detail: row.last_error_detail,
            last_error_at: row.last_error_at,
            paused_at: row.paused_at,
            created_at: row.created_at,
            version: row.version,
        })
    }
}
