//! Answering the one question, for many people at once: load what their features may be paid with, decide, save.
pub mod features;
pub mod reservations;

use std::collections::BTreeMap;

use sqlx::MySqlConnection;

use super::{
    domain::{Ask, Feature, Skip, SourceKind, Verdict, Why, verdict},
    source::{self, Holdings, Moment, Purpose, Use},
    store,
};
use crate::{core::ids::AccountId, crypto, db::DbError};

/// A fresh operation number: ties the ledger rows of one use together.
pub fn operation() -> String {
    uuid::Uuid::from_bytes(crypto::random_bytes()).to_string()
}

/// Everything that some questions may be paid with.
struct Loaded {
    features: Vec<Feature>,
    holdings: BTreeMap<SourceKind, Box<dyn Holdings>>,
}

impl Loaded {
    async fn read<'a>(
        conn: &mut MySqlConnection,
        asks: impl Iterator<Item = &'a Ask> + Clone,
        moment: Moment,
        purpose: Purpose,
    ) -> Result<Self, DbError> {
        let features = store::features(conn).await?;
        let mut accounts: Vec<AccountId> = asks.clone().map(|ask| ask.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let asked: Vec<&Feature> =
            features.iter().filter(|feature| asks.clone().any(|ask| ask.feature == feature.code)).collect();
        let mut holdings = BTreeMap::new();
        for source in source::all() {
            if !accounts.is_empty() && asked.iter().any(|feature| feature.sources.contains(&source.kind())) {
                holdings.insert(source.kind(), source.load(conn, &accounts, moment, purpose).await?);
            }
        }
        Ok(Self { features, holdings })
    }

    /// `None`: there is no such feature, or it is retired.
    fn decide(&self, ask: &Ask) -> Option<Verdict> {
        let feature =
            self.features.iter().find(|feature| feature.code == ask.feature && !feature.is_retired)?;
        Some(verdict(feature.sources.iter().map(|kind| match self.holdings.get(kind) {
            Some(holdings) => holdings.offer(ask),
            None => Err(vec![Skip { source: *kind, id: None, why: Why::NotAvailable }]),
        })))
    }
}

/// Answers questions, each as if it were the only one. Changes nothing.
pub async fn look(
    conn: &mut MySqlConnection,
    asks: &[Ask],
    moment: Moment,
) -> Result<Vec<Option<Verdict>>, DbError> {
    let loaded = Loaded::read(conn, asks.iter(), moment, Purpose::Look).await?;
    Ok(asks.iter().map(|ask| loaded.decide(ask)).collect())
}

/// Pays for uses, one after the other, each whole or not at all. The caller holds the locks of all the accounts.
pub async fn spend(
    conn: &mut MySqlConnection,
    asks: &[(Ask, Use)],
    moment: Moment,
) -> Result<Vec<Option<Verdict>>, DbError> {
    let mut loaded = Loaded::read(conn, asks.iter().map(|(ask, _)| ask), moment, Purpose::Spend).await?;
    let mut verdicts = Vec::with_capacity(asks.len());
    for (ask, what) in asks {
        let verdict = loaded.decide(ask);
        if let Some(Verdict::Yes { offer, .. }) = &verdict
            && let Some(holdings) = loaded.holdings.get_mut(&offer.source)
        {
            holdings.take(ask, offer, what.clone());
        }
        verdicts.push(verdict);
    }
    for holdings in loaded.holdings.values_mut() {
        holdings.save(conn).await?;
    }
    Ok(verdicts)
}
