//! What a key of a licence is, and what asking with one is answered. No I/O.
use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    core::{
        feature::FeatureCode,
        ids::{AccountId, LicenceId, LicenceKeyId},
    },
    licences::domain::{Denial, Licence},
};

/// What every key begins with.
pub const LABEL: &str = "abl_";
/// Most keys of one licence that open it at the same time.
pub const MOST_LIVING: u32 = 20;
/// Longest note, in characters.
pub const NOTE_MOST: usize = 120;

/// A key as it is listed: without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub id: LicenceKeyId,
    pub licence: LicenceId,
    /// The eight characters that may be shown.
    pub prefix: String,
    /// What it is for.
    pub note: String,
    /// Who made it.
    pub by: String,
    pub created_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A key that somebody made, as it was found by its text, and what it opens unless it was revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub id: LicenceKeyId,
    /// The eight characters that may be shown.
    pub prefix: String,
    pub licence: LicenceId,
    pub account: AccountId,
    pub feature: FeatureCode,
    pub is_revoked: bool,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// What asking with a key is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Its licence can be used now.
    Valid,
    /// The last day of its licence is over.
    Expired,
    /// No credit of its licence is left, or all of them are put aside.
    UsedUp,
    /// An admin blocked its licence.
    Blocked,
    /// Its licence is by date and has no date: an admin has to give it one.
    Undated,
    /// The key was revoked, or another one was made in its place.
    Revoked,
    /// Nobody made such a key.
    Unknown,
}

impl Code {
    /// How the licence behind a living key stands.
    pub fn of(licence: &Licence, today: NaiveDate) -> Self {
        match licence.may(1, today) {
            Ok(()) => Self::Valid,
            Err(Denial::Blocked { .. }) => Self::Blocked,
            Err(Denial::Expired { .. }) => Self::Expired,
            Err(Denial::Undated) => Self::Undated,
            Err(Denial::Insufficient { .. }) => Self::UsedUp,
        }
    }
}

/// Why a key is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a licence has at most {MOST_LIVING} keys that open it")]
    Full,
    #[error("a note has at most {NOTE_MOST} characters")]
    Note,
}
