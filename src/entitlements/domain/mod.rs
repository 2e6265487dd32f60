//! Features, and what is asked, offered and refused. No I/O.
pub mod reservation;

use chrono::{DateTime, NaiveDate, Utc};

use crate::core::{
    feature::FeatureCode,
    ids::{AccountId, LicenceId},
};

/// Most that can be asked for at once.
pub const MOST_AMOUNT: u32 = 1_000_000;

/// What may pay for a use.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Session credits.
    Sessions,
    /// Licences by credits or until a day.
    Licence,
    /// A subscription, or its trial.
    Subscription,
    /// A technician's standing in their distributor's programme.
    Programme,
}

impl SourceKind {
    pub const ALL: [Self; 4] = [Self::Sessions, Self::Licence, Self::Subscription, Self::Programme];

    /// The word in columns, forms and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Licence => "licence",
            Self::Subscription => "subscription",
            Self::Programme => "programme",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A thing that apps let people do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    pub code: FeatureCode,
    /// What people call it: `Catálogos`.
    pub name: String,
    /// One and many of what is counted: `catálogo`, `catálogos`.
    pub unit_one: String,
    pub unit_many: String,
    /// Who may pay, in the order in which they are asked.
    pub sources: Vec<SourceKind>,
    /// No app gets a yes for it any more.
    pub is_retired: bool,
    pub version: u32,
}

impl Feature {
    /// The unit's word for `n` of them.
    pub fn unit(&self, n: u32) -> &str {
        if n == 1 { &self.unit_one } else { &self.unit_many }
    }
}

/// A question about one person and one feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub account: AccountId,
    pub feature: FeatureCode,
    /// 1 to [`MOST_AMOUNT`].
    pub amount: u32,
    /// Asked with a licence's own key: that licence, and nothing else, may pay.
    pub licence: Option<LicenceId>,
}

/// Part of a payment: so many from this grant or licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Part {
    /// The number of the grant or licence.
    pub id: u64,
    /// How many it pays for; 0 where a licence by date serves the use and nothing is charged.
    pub amount: u32,
}

/// What a source would do for a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub source: SourceKind,
    pub parts: Vec<Part>,
    /// What could still be used after it; `None`: as much as one likes.
    pub remaining: Option<u32>,
    /// The first instant at which what pays is over; `None`: it does not end by itself.
    pub until: Option<DateTime<Utc>>,
    /// The first instant at which the answer may change by itself: something expires.
    pub next_change: Option<DateTime<Utc>>,
}

/// Why a source, or one thing in it, does not pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Why {
    /// The person has nothing of the kind.
    None,
    /// Too little is left, or nothing. `available` is what could be used, `held` what reservations hold beside it.
    InsufficientCredits { wanted: u32, available: u32, held: u32 },
    /// It was enough, but it is over. `at` is the first instant after it; `last_day` its last day, where it is sold by days.
    Expired { at: DateTime<Utc>, last_day: Option<NaiveDate> },
    /// An admin, or a refund that is not settled, blocks it.
    Blocked { since: Option<DateTime<Utc>> },
    /// A licence by date without a date: an admin has to give it one.
    Undated,
    /// Nothing of the kind is set up here.
    NotAvailable,
}

impl Why {
    /// The word in the API and in the list of denials.
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "no_entitlement",
            Self::InsufficientCredits { .. } => "insufficient_credits",
            Self::Expired { .. } => "expired",
            Self::Blocked { .. } => "blocked",
            Self::Undated => "undated",
            Self::NotAvailable => "not_available",
        }
    }

    /// The greater, the more it tells the person who was refused: of several reasons the greatest is named first.
    fn weight(self) -> u8 {
        match self {
            Self::NotAvailable => 0,
            Self::None => 1,
            Self::Undated => 2,
            Self::Expired { .. } => 3,
            Self::InsufficientCredits { .. } => 4,
            Self::Blocked { .. } => 5,
        }
    }
}

/// Something that does not pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Skip {
    pub source: SourceKind,
    /// The licence, where the source has several.
    pub id: Option<u64>,
    #[serde(flatten)]
    pub why: Why,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Yes { offer: Offer, skipped: Vec<Skip> },
    No { why: Why, skipped: Vec<Skip> },
}

/// Puts together what the sources said, in their order: the first yes wins; the weightiest no is named.
pub fn verdict(answers: impl IntoIterator<Item = Result<Offer, Vec<Skip>>>) -> Verdict {
    let mut skipped = Vec::new();
    for answer in answers {
        match answer {
            Ok(offer) => return Verdict::Yes { offer, skipped },
            Err(skips) => skipped.extend(skips),
        }
    }
    let why = skipped.iter().map(|skip| skip.why).max_by_key(|why| why.weight()).unwrap_or(Why::None);
    let why = if matches!(why, Why::NotAvailable) { Why::None } else { why };
    Verdict::No { why, skipped }
}

/// Whether what reservations hold would be enough, with what is there, if it came back. Counted as it is paid: the licences of a
/// person pay for one use together, two sources never do.
pub fn waiting_helps(skipped: &[Skip]) -> bool {
    SourceKind::ALL.into_iter().any(|source| {
        let of_source = skipped.iter().filter(|skip| skip.source == source);
        let short = of_source.filter_map(|skip| match skip.why {
            Why::InsufficientCredits { wanted, available, held } => {
                Some((wanted, available.saturating_add(held)))
            }
            _ => None,
        });
        let there = short.clone().map(|(_, there)| there).fold(0, u32::saturating_add);
        short.clone().any(|(wanted, _)| there >= wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(source: SourceKind, wanted: u32, available: u32, held: u32) -> Skip {
        Skip { source, id: None, why: Why::InsufficientCredits { wanted, available, held } }
    }

    #[test]
    fn waiting_helps_where_one_source_would_have_all_of_it_over_all_of_its_licences() {
        use SourceKind::{Licence, Sessions};
        let blocked = Skip { source: Licence, id: Some(9), why: Why::Blocked { since: None } };
        let none = Skip { source: Sessions, id: None, why: Why::None };
        let table: [(&[Skip], bool); 8] = [
            (&[short(Licence, 4, 1, 3)], true),
            (&[short(Licence, 4, 1, 2)], false),
            (&[short(Licence, 4, 1, 1), short(Licence, 4, 0, 2)], true),
            (&[short(Licence, 4, 1, 1), short(Licence, 4, 1, 0)], false),
            (&[short(Sessions, 4, 0, 2), short(Licence, 4, 0, 2)], false),
            (&[short(Sessions, 4, 0, 2), short(Licence, 4, 2, 2)], true),
            (&[short(Licence, 4, 0, 4), blocked], true),
            (&[none, blocked], false),
        ];
        for (skipped, helps) in table {
            assert_eq!(waiting_helps(skipped), helps, "{skipped:?}");
        }
        assert!(!waiting_helps(&[short(Licence, u32::MAX, u32::MAX - 1, 0), none]));
    }
}
