//! Keys of machines.
//!
//! 1. `abk_` + 8 characters that may be shown + `_` + 43 characters that may not. The row keeps the SHA-256 of the whole.
//! 2. A key is shown once, when it is made. A lost key is revoked and replaced.
//! 3. It may do what its scopes say and nothing else. A key bound to an account speaks of that account alone.
//! 4. Its last use is written down at most once a minute.
use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sqlx::MySqlConnection;

use super::store;
use crate::{
    app::App,
    audit::{self, Record},
    core::{
        actor::Actor,
        clock::Clock,
        email::Email,
        ids::{AccountId, ApiKeyId},
        secret::Secret,
    },
    crypto,
    db::{Db, DbError, Transient},
};

/// One thing that a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Look people up.
    AccountsRead,
    /// Ask what someone has left, and read their sessions and uses.
    SessionsRead,
    /// Use sessions up, reserve and release them.
    SessionsWrite,
    /// Give sessions and take them back.
    GrantsWrite,
    /// Read the connected shops and how they are doing.
    ShopsRead,
    /// Ask whether someone may use a feature, and what a licence key opens.
    EntitlementsRead,
    /// Use a feature up, whoever pays for it; reserve and release.
    EntitlementsWrite,
    /// Read licences and what happened to them.
    LicencesRead,
    /// Give licences and change them.
    LicencesWrite,
}

impl Scope {
    pub const ALL: [Self; 9] = [
        Self::AccountsRead,
        Self::SessionsRead,
        Self::SessionsWrite,
        Self::GrantsWrite,
        Self::EntitlementsRead,
        Self::EntitlementsWrite,
        Self::LicencesRead,
        Self::LicencesWrite,
        Self::ShopsRead,
    ];

    /// The word in the `scopes` column, in forms and in the API's documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccountsRead => "accounts:read",
            Self::SessionsRead => "sessions:read",
            Self::SessionsWrite => "sessions:write",
            Self::GrantsWrite => "grants:write",
            Self::ShopsRead => "shops:read",
            Self::EntitlementsRead => "entitlements:read",
            Self::EntitlementsWrite => "entitlements:write",
            Self::LicencesRead => "licences:read",
            Self::LicencesWrite => "licences:write",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// A key as it is listed: without its secret.
#[derive(Debug, Clone)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The eight characters that may be shown.
    pub prefix: String,
    pub scopes: Vec<Scope>,
    pub account: Option<AccountId>,
    /// The id of the actor who made it.
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    /// From this instant on it opens nothing.
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// How a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Active,
    Expired,
    Revoked,
}

impl ApiKey {
    pub fn standing(&self, now: DateTime<Utc>) -> Standing {
        if self.revoked_at.is_some() {
            Standing::Revoked
        } else if self.expires_at.is_some_and(|at| at <= now) {
            Standing::Expired
        } else {
            Standing::Active
        }
    }

    /// As it stands in ledgers and in the audit trail.
    pub fn actor(&self) -> Actor {
        Actor::App { key: self.id, name: self.name.clone() }
    }
}

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub name: String,
    pub scopes: Vec<Scope>,
    pub account: Option<AccountId>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// Why a key is not made or revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the name must have 1 to 120 characters")]
    BadName,
    #[error("a key needs at least one scope")]
    NoScope,
    #[error("the expiry must lie in the future")]
    ExpiresInThePast,
    #[error("there is no such account")]
    NoSuchAccount,
    #[error("there is no such key, or it was revoked before")]
    NotFound,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Transient for KeyError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Db(e) if e.is_transient())
    }
}

/// A key that was just made, with the only copy of its text.
#[derive(Debug)]
pub struct Made {
    pub id: ApiKeyId,
    pub text: Secret,
}

const LABEL: &str = "abk_";

fn make_text() -> (String, Secret) {
    crypto::new_key(LABEL)
}

/// Whether a text has the form of a key. Spares the database what cannot be one.
pub fn looks_like_a_key(text: &str) -> bool {
    text.len() == LABEL.len() + 8 + 1 + 43
        && text.starts_with(LABEL)
        && text.as_bytes()[LABEL.len() + 8] == b'_'
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Makes a key.
pub async fn create(db: &Db, new: &NewKey, actor: &Actor, now: DateTime<Utc>) -> Result<Made, KeyError> {
    let name = super::staff::check_name(&new.name).map_err(|_| Refusal::BadName)?;
    let mut scopes = new.scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(Refusal::NoScope.into());
    }
    if new.expires_at.is_some_and(|at| at <= now) {
        return Err(Refusal::ExpiresInThePast.into());
    }
    let (prefix, text) = make_text();
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let (prefix, words) = (&prefix, &words);
    let hash = crypto::sha256(text.reveal().as_bytes());
    let id = db
        .transact(|mut tx| async move {
            let account = match new.account {
                Some(id) => {
                    Some(store::keys::living_account(&mut tx, id).await?.ok_or(Refusal::NoSuchAccount)?)
                }
                None => None,
            };
            let row = store::keys::NewRow {
                name,
                prefix,
                secret_hash: hash,
                scopes: words,
                account,
                created_by: &actor.id(),
                expires_at: new.expires_at,
            };
            let id = store::keys::insert(&mut tx, &row, now).await?;
            let mut record = Record::new(now, actor, "key.created", "api_key", id)
                .detail(json!({"prefix": prefix, "scopes": words, "expires_at": new.expires_at}));
            record.account = account;
            audit::record(&mut tx, record).await?;
            Ok::<_, KeyError>(tx.done(id).await?)
        })
        .await?;
    Ok(Made { id, text })
}

/// The living account with this number or e-mail.
pub async fn account_named(conn: &mut MySqlConnection, text: &str) -> Result<Option<AccountId>, DbError> {
    if let Ok(id) = text.parse() {
        return store::keys::living_account(conn, id).await;
    }
    let Ok(email) = Email::parse(text) else {
        return Ok(None);
    };
    let known = store::links::account_of(conn, &email).await?;
    Ok(known.map(|known| known.account))
}

/// Every key, newest first: active ones and those that were.
pub async fn list(conn: &mut MySqlConnection) -> Result<Vec<ApiKey>, DbError> {
    store::keys::list(conn).await
}

pub async fn find(conn: &mut MySqlConnection, id: ApiKeyId) -> Result<Option<ApiKey>, DbError> {
    store::keys::find(conn, id).await
}

/// Ends a key at once.
pub async fn revoke(db: &Db, id: ApiKeyId, actor: &Actor, now: DateTime<Utc>) -> Result<(), KeyError> {
    db.transact(|mut tx| async move {
        if !store::keys::revoke(&mut tx, id, now).await? {
            return Err(Refusal::NotFound.into());
        }
        audit::record(&mut tx, Record::new(now, actor, "key.revoked", "api_key", id)).await?;
        Ok(tx.done(()).await?)
    })
    .await
}

/// Last use is written down at most this often.
const TOUCH: TimeDelta = TimeDelta::minutes(1);

/// The key with this text, if it is active at `now`. Notes the use.
///
/// A bound key whose account was merged is bound to the account that lives on.
pub async fn identify(
    conn: &mut MySqlConnection,
    text: &Secret,
    now: DateTime<Utc>,
) -> Result<Option<ApiKey>, DbError> {
    if !looks_like_a_key(text.reveal()) {
        return Ok(None);
    }
    active(conn, &crypto::sha256(text.reveal().as_bytes()), now).await
}

/// [`identify`] for a busy service: whoever shows the same key while it is being looked up is answered by the next look, which
/// begins after they came. A key that was revoked before a request opens nothing for it.
pub async fn identify_shared(app: &App, text: &Secret) -> Result<Option<ApiKey>, KeyLookup> {
    if !looks_like_a_key(text.reveal()) {
        return Ok(None);
    }
    let (db, clock) = (app.db.clone(), app.clock.clone());
    let look = move |hashes: Vec<[u8; 32]>| look_up(db.clone(), clock.clone(), hashes);
    app.desk
        .keys
        .ask(crypto::sha256(text.reveal().as_bytes()), look)
        .await
        .map_err(|_| KeyLookup::Lost)?
        .map_err(KeyLookup::Db)
}

/// Why a key could not be looked up.
#[derive(Debug, thiserror::Error)]
pub enum KeyLookup {
    #[error(transparent)]
    Db(Arc<DbError>),
    #[error("the look-up ended without an answer")]
    Lost,
}

/// What a shared look-up answers: its error belongs to everybody who waited.
pub type Looked = Result<Option<ApiKey>, Arc<DbError>>;

async fn look_up(db: Db, clock: Clock, hashes: Vec<[u8; 32]>) -> Vec<Looked> {
    let mut known: BTreeMap<[u8; 32], Looked> = BTreeMap::new();
    match db.conn().await {
        Ok(mut conn) => {
            for hash in &hashes {
                if !known.contains_key(hash) {
                    let found = active(&mut conn, hash, clock.now()).await.map_err(Arc::new);
                    known.insert(*hash, found);
                }
            }
        }
        Err(e) => {
            let e = Arc::new(e);
            known.extend(hashes.iter().map(|hash| (*hash, Err(Arc::clone(&e)))));
        }
    }
    hashes.iter().map(|hash| known.get(hash).cloned().unwrap_or(Ok(None))).collect()
}

async fn active(
    conn: &mut MySqlConnection,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<ApiKey>, DbError> {
    let found = store::keys::by_hash(conn, hash).await?;
    let Some(key) = found.filter(|key| key.standing(now) == Standing::Active) else {
        return Ok(None);
    };
    if key.last_used_at.is_none_or(|at| now - at >= TOUCH) {
        // Another request may note the same use first.
        let _noted = store::keys::touch(conn, key.id, now - TOUCH, now).await?;
    }
    Ok(Some(key))
}

#[cfg(test)]
mod tests;
