//! What staff decide about a shop. What also starts background work or concerns a slice is in `inbox::connect`.
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::MySqlConnection;

use super::{
    client::{ShopAddress, ShopClient},
    connect::{self, BadUrl},
    error::ShopError,
    facts::ShopFacts,
    store::{self, Settings, Shop},
};
use crate::{
    app::App,
    audit,
    core::{actor::Actor, ids::ShopId, secret::Secret},
    crypto::{self, SealError},
    db::{DbError, Transient},
};

/// Longest slug, so that `-99` still fits into the column's 40.
const SLUG: usize = 32;
/// Longest key that is looked at. The shop's have 43 characters.
const LONGEST_KEY: usize = 200;

/// Why a shop was not connected or changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such shop")]
    NotFound,
    #[error(transparent)]
    BadUrl(#[from] BadUrl),
    #[error(transparent)]
    BadKeys(#[from] BadKeys),
    #[error(transparent)]
    Shop(#[from] ShopError),
    #[error("the keys may read, but not write: Abono could not register its webhooks")]
    ReadOnly,
    #[error("a shop of this address is connected already, as {slug}")]
    Taken { id: ShopId, slug: String },
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Transient for Error {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Db(e) if e.is_transient())
    }
}

/// What is wrong with two keys, seen without asking the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    #[error("the consumer key begins with ck_")]
    Key,
    #[error("the consumer secret begins with cs_")]
    Secret,
    #[error("the consumer key and its secret are swapped")]
    Swapped,
}

/// Whether these look like a consumer key and its secret.
pub fn check_keys(key: &str, secret: &str) -> Result<(), BadKeys> {
    let is = |text: &str, start: &str| {
        text.len() > start.len()
            && text.len() <= LONGEST_KEY
            && text.starts_with(start)
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    if is(key, "cs_") && is(secret, "ck_") {
        return Err(BadKeys::Swapped);
    }
    if !is(key, "ck_") {
        return Err(BadKeys::Key);
    }
    if is(secret, "cs_") { Ok(()) } else { Err(BadKeys::Secret) }
}

/// The name of a shop in our addresses: lower-case ASCII words with hyphens. A name without any letter is `shop`.
pub fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        match plain(c) {
            Some(plain) => slug.push_str(plain),
            None if c.is_ascii_alphanumeric() => slug.push(c),
            None if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            None => {}
        }
    }
    slug.truncate(SLUG);
    match slug.trim_matches('-') {
        "" => "shop".to_owned(),
        slug => slug.to_owned(),
    }
}

/// A letter of the languages around us, without its marks.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' | 'ª' => "a",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' | 'º' => "o",
        'ú' | 'ù' | 'û' | 'ü' => "u",
        'ñ' => "n",
        'ç' => "c",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        '\'' | '’' | '·' => "",
        _ => return None,
    })
}

/// Asks a shop who it is with keys that may not be saved yet. Network: never in a transaction.
///
/// # Errors
/// Whatever the shop answers, and [`Error::ReadOnly`] for keys that may not write.
pub async fn probe(app: &App, address: ShopAddress) -> Result<ShopFacts, Error> {
    let facts = ShopClient::new(&app.http, app.clock.clone(), address).probe().await?;
    if facts.may_write { Ok(facts) } else { Err(Error::ReadOnly) }
}

/// The address and keys of a shop as typed.
///
/// # Errors
/// [`Error::BadUrl`] and [`Error::BadKeys`].
pub fn read_address(app: &App, url: &str, key: &Secret, secret: &Secret) -> Result<ShopAddress, Error> {
    let url = connect::parse_url(url, app.http.allows_private())?;
    check_keys(key.reveal(), secret.reveal())?;
    Ok(ShopAddress { url, consumer_key: key.clone(), consumer_secret: secret.clone() })
}

pub async fn load(app: &App, id: ShopId) -> Result<Shop, Error> {
    store::find(&mut *app.db.conn().await?, id).await?.ok_or(Error::NotFound)
}

/// Changes what staff decide about a shop, in the caller's transaction. Answers what it was before; `None`: nothing differs.
pub async fn change_settings(
    conn: &mut MySqlConnection,
    id: ShopId,
    to: &Settings,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Option<Shop>, Error> {
    let shop = store::find(conn, id).await?.ok_or(Error::NotFound)?;
    let from = shop.settings();
    if from == *to {
        return Ok(None);
    }
    store::update_settings(conn, &shop, to).await?;
    let words = |s: &Settings| {
        json!({"name": s.name, "grant_on_processing": s.grant_on_processing, "refund_policy": s.refund_policy.as_str(),
               "writes_member_meta": s.writes_member_meta, "member_meta_key": s.member_meta_key})
    };
    let detail = json!({"from": words(&from), "to": words(to)});
    audit::record(conn, record(&shop, "shop.settings_changed", actor, now).detail(detail)).await?;
    Ok(Some(shop))
}

/// Makes a new secret for hand-offs from `WordPress`; the one before stops working at once. Shown to people this once.
pub async fn rotate_handoff_secret(app: &App, id: ShopId, actor: &Actor) -> Result<Secret, Error> {
    let now = app.clock.now();
    let secret = crypto::random_token();
    let new = &secret;
    app.db
        .transact(|mut tx| async move {
            let shop = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            store::rotate_handoff_secret(&mut tx, &shop, new, &app.keys).await?;
            audit::record(&mut tx, record(&shop, "shop.handoff_secret_rotated", actor, now)).await?;
            Ok::<_, Error>(tx.done(()).await?)
        })
        .await?;
    Ok(secret)
}

/// Stops asking a shop. Its deliveries are still stored.
pub async fn pause(app: &App, id: ShopId, actor: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let shop = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            if shop.paused_at.is_none() {
                store::set_paused(&mut tx, &shop, Some(now)).await?;
                audit::record(&mut tx, record(&shop, "shop.paused", actor, now)).await?;
            }
            Ok(tx.done(()).await?)
        })
        .await
}

/// A change of a shop, for the audit trail.
pub fn record<'a>(
    shop: &Shop,
    action: &'static str,
    actor: &'a Actor,
    now: DateTime<Utc>,
) -> audit::Record<'a> {
    audit::Record::new(now, actor, action, "shop", shop.id).shop(shop.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_what_is_left_of_a_name_in_plain_letters() {
        for (name, slug) in [
            ("Almendro", "almendro"),
            ("Recambios Cantábrico, S. L.", "recambios-cantabrico-s-l"),
            ("L’Ametlla · Òscar & Çia", "lametlla-oscar-cia"),
            ("  Müller & Söhne 24/7 ", "muller-sohne-24-7"),
            ("日本の店", "shop"),
            ("", "shop"),
            ("---", "shop"),
        ] {
            assert_eq!(slug_of(name), slug, "{name}");
        }
        let long = slug_of(&"Panadería y Obrador ".repeat(9));
        assert!(long.len() <= SLUG && !long.ends_with('-'), "{long}");
    }

    #[test]
    fn keys_that_cannot_be_keys_are_known_without_asking() {
        let (key, secret) = ("ck_21ed460cacdbe76f", "cs_69f64194c2e06c77");
        assert_eq!(check_keys(key, secret), Ok(()));
        assert_eq!(check_keys(secret, key), Err(BadKeys::Swapped));
        assert_eq!(check_keys("", ""), Err(BadKeys::Key));
        assert_eq!(check_keys("ck_", secret), Err(BadKeys::Key));
        assert_eq!(check_keys(key, key), Err(BadKeys::Secret));
        assert_eq!(check_keys(key, "cs_with space"), Err(BadKeys::Secret));
        assert_eq!(check_keys(&format!("ck_{}", "a".repeat(300)), secret), Err(BadKeys::Key));
    }
}
