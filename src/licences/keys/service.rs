//! Keys of licences: made, revoked, reissued, looked up.
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::json;
use sqlx::MySqlConnection;

use super::{
    domain::{Code, Key, LABEL, MOST_LIVING, NOTE_MOST, Opened, Refusal},
    store::{self, NewRow},
};
use crate::{
    app::App,
    audit::{self, Record},
    core::{
        actor::Actor,
        calendar,
        ids::{AccountId, LicenceId, LicenceKeyId},
        secret::Secret,
    },
    crypto,
    db::{DbError, Transient},
    licences::{self, domain::Licence, service::locked},
};

/// Last use is written down at most this often.
const TOUCH: TimeDelta = TimeDelta::minutes(1);

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such licence, or no such key that opens.
    #[error("no such licence, or no such key that opens it")]
    NotFound,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Transient for Error {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Db(e) if e.is_transient())
    }
}

/// The licence of a key, with its person locked.
async fn lock(conn: &mut MySqlConnection, id: LicenceId, now: DateTime<Utc>) -> Result<Licence, Error> {
    match locked(conn, id, now).await {
        Ok(licence) => Ok(licence),
        Err(licences::service::Error::Db(e)) => Err(e.into()),
        Err(_) => Err(Error::NotFound),
    }
}

/// A key that was just made, with the only copy of its text.
#[derive(Debug)]
pub struct Made {
    pub key: Key,
    pub text: Secret,
}

async fn write(
    conn: &mut MySqlConnection,
    licence: LicenceId,
    note: &str,
    (prefix, text): (&str, &Secret),
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<Key, Error> {
    let row =
        NewRow { licence, prefix, secret_hash: crypto::sha256(text.reveal().as_bytes()), note: note.trim() };
    let id = store::insert(conn, &row, by, now).await?;
    Ok(store::find(conn, id).await?.ok_or(DbError::Stale)?)
}

fn record<'a>(
    licence: &Licence,
    action: &'static str,
    detail: serde_json::Value,
    by: &'a Actor,
    now: DateTime<Utc>,
) -> Record<'a> {
    Record::new(now, by, action, "licence_keys", licence.id).account(licence.account).detail(detail)
}

/// Makes a key. `note`: what it is for, at most [`NOTE_MOST`] characters.
pub async fn make(app: &App, id: LicenceId, note: &str, by: &Actor) -> Result<Made, Error> {
    if note.trim().chars().count() > NOTE_MOST {
        return Err(Refusal::Note.into());
    }
    let now = app.clock.now();
    let (prefix, text) = crypto::new_key(LABEL);
    let new = (prefix.as_str(), &text);
    let key = app
        .db
        .transact(|mut tx| async move {
            let licence = lock(&mut tx, id, now).await?;
            if store::living(&mut tx, id).await? >= MOST_LIVING {
                return Err(Refusal::Full.into());
            }
            let key = write(&mut tx, id, note, new, by, now).await?;
            let detail = json!({"prefix": key.prefix});
            audit::record(&mut tx, record(&licence, "licence_key.created", detail, by, now)).await?;
            Ok::<_, Error>(tx.done(key).await?)
        })
        .await?;
    Ok(Made { key, text })
}

/// Ends a key at once.
pub async fn revoke(app: &App, id: LicenceKeyId, by: &Actor) -> Result<Key, Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let key = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            let licence = lock(&mut tx, key.licence, now).await?;
            if !store::revoke(&mut tx, id, now).await? {
                return Err(Error::NotFound);
            }
            let detail = json!({"prefix": key.prefix});
            audit::record(&mut tx, record(&licence, "licence_key.revoked", detail, by, now)).await?;
            Ok(tx.done(key).await?)
        })
        .await
}

/// Makes another key in the place of one that opens: that one ends at once.
pub async fn reissue(app: &App, id: LicenceKeyId, by: &Actor) -> Result<Made, Error> {
    let now = app.clock.now();
    let (prefix, text) = crypto::new_key(LABEL);
    let new = (prefix.as_str(), &text);
    let key = app
        .db
        .transact(|mut tx| async move {
            let old = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            let licence = lock(&mut tx, old.licence, now).await?;
            if !store::revoke(&mut tx, id, now).await? {
                return Err(Error::NotFound);
            }
            let key = write(&mut tx, licence.id, &old.note, new, by, now).await?;
            let detail = json!({"prefix": {"from": old.prefix, "to": key.prefix}});
            audit::record(&mut tx, record(&licence, "licence_key.reissued", detail, by, now)).await?;
            Ok::<_, Error>(tx.done(key).await?)
        })
        .await?;
    Ok(Made { key, text })
}

/// The keys with these texts, in their order, revoked or not; `None`: nobody made such a key. Whether the licence behind it can be
/// used is another question.
pub async fn find(conn: &mut MySqlConnection, texts: &[&str]) -> Result<Vec<Option<Opened>>, DbError> {
    let hashes: Vec<[u8; 32]> = texts.iter().map(|text| crypto::sha256(text.as_bytes())).collect();
    let known: BTreeMap<Vec<u8>, Opened> = store::opened(conn, &hashes).await?.into_iter().collect();
    Ok(hashes.iter().map(|hash| known.get(&hash[..]).cloned()).collect())
}

/// Notes that keys are used, each at most once a minute: mostly it does nothing.
///
/// In a transaction the caller holds the locks of the keys' people, as does whoever ends a key: a key is locked after its person
/// and nothing after it, so that nobody waits in a circle.
pub async fn note(conn: &mut MySqlConnection, keys: &[Opened], now: DateTime<Utc>) -> Result<(), DbError> {
    let is_due = |key: &&Opened| key.last_used_at.is_none_or(|at| now - at >= TOUCH);
    let mut due: Vec<LicenceKeyId> = keys.iter().filter(is_due).map(|key| key.id).collect();
    due.sort_unstable();
    due.dedup();
    store::touch_all(conn, &due, now - TOUCH, now).await
}

/// What asking with a key is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub code: Code,
    /// The key and the licence behind it, if somebody made it of whom who asks may hear, whether or not it opens.
    pub behind: Option<(Key, Licence)>,
}

/// Asks what a key opens, and notes the use. `may_speak`: whether who asks may hear of this person; where not, nobody made the key.
///
/// Whatever the key is, the same three statements are run.
pub async fn check(
    conn: &mut MySqlConnection,
    text: &Secret,
    may_speak: impl Fn(AccountId) -> bool,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<Checked, DbError> {
    let hash = crypto::sha256(text.reveal().as_bytes());
    let key = store::by_hash(conn, &hash).await?;
    let wanted = key.as_ref().map_or(LicenceId(0), |key| key.licence);
    let licence = licences::store::find(conn, wanted, now).await?.filter(|l| may_speak(l.account));
    // Of a key that who asks may not hear of, no use is noted.
    let noted = if licence.is_some() { hash } else { [0; 32] };
    // Another request may note the same use first.
    let _noted = store::touch(conn, &noted, now - TOUCH, now).await?;
    let behind = key.zip(licence);
    let code = match &behind {
        None => Code::Unknown,
        Some((key, _)) if key.revoked_at.is_some() => Code::Revoked,
        Some((_, licence)) => Code::of(licence, calendar::day_of(now, zone)),
    };
    Ok(Checked { code, behind })
}
