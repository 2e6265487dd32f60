//! Features: added, renamed, told who may pay for them, retired.
use serde_json::json;

use crate::{
    app::App,
    audit::{self, Record},
    core::{actor::Actor, feature::FeatureCode},
    db::{DbError, Transient},
    entitlements::{
        domain::{Feature, SourceKind},
        store,
    },
};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such feature")]
    NotFound,
    #[error("a feature with that code exists")]
    CodeTaken,
    /// Someone else changed it since the form was opened.
    #[error("the feature was changed meanwhile")]
    Changed,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Transient for Error {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Db(e) if e.is_transient())
    }
}

/// What a feature is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub unit_one: String,
    pub unit_many: String,
    /// Who may pay, in the order in which they are asked; each once.
    pub sources: Vec<SourceKind>,
}

fn facts(feature: &Feature) -> serde_json::Value {
    let sources: Vec<&str> = feature.sources.iter().map(|source| source.as_str()).collect();
    json!({
        "name": feature.name, "unit_one": feature.unit_one, "unit_many": feature.unit_many, "sources": sources.join(", "),
        "retired": feature.is_retired
    })
}

/// Adds a feature.
pub async fn create(app: &App, code: &FeatureCode, wanted: &Wanted, actor: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let feature = Feature {
                code: code.clone(),
                name: wanted.name.clone(),
                unit_one: wanted.unit_one.clone(),
                unit_many: wanted.unit_many.clone(),
                sources: wanted.sources.clone(),
                is_retired: false,
                version: 1,
            };
            store::features::insert(&mut tx, &feature, now).await.map_err(|e| match e.duplicate_key() {
                Some(_) => Error::CodeTaken,
                None => e.into(),
            })?;
            let record = Record::new(now, actor, "feature.created", "feature", code).detail(facts(&feature));
            audit::record(&mut tx, record).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// Changes a feature, from the version that the form showed. False: nothing differs.
pub async fn change(
    app: &App,
    code: &FeatureCode,
    version: u32,
    wanted: &Wanted,
    actor: &Actor,
) -> Result<bool, Error> {
    let change = |old: &Feature| Feature {
        name: wanted.name.clone(),
        unit_one: wanted.unit_one.clone(),
        unit_many: wanted.unit_many.clone(),
        sources: wanted.sources.clone(),
        ..old.clone()
    };
    save(app, code, Some(version), change, actor).await
}

/// Retires a feature, or takes it back into use. No app gets a yes for a retired one; what people have for it stays.
pub async fn retire(app: &App, code: &FeatureCode, is_retired: bool, actor: &Actor) -> Result<bool, Error> {
    save(app, code, None, |old| Feature { is_retired, ..old.clone() }, actor).await
}

async fn save(
    app: &App,
    code: &FeatureCode,
    version: Option<u32>,
    change: impl Fn(&Feature) -> Feature,
    actor: &Actor,
) -> Result<bool, Error> {
    let now = app.clock.now();
    let change = &change;
    app.db
        .transact(|mut tx| async move {
            let features = store::features(&mut tx).await?;
            let old = features.into_iter().find(|f| f.code == *code).ok_or(Error::NotFound)?;
            if version.is_some_and(|version| version != old.version) {
                return Err(Error::Changed);
            }
            let new = change(&old);
            if new == old {
                return Ok(tx.undone(false).await?);
            }
            store::features::update(&mut tx, &new, now).await?;
            let record = Record::new(now, actor, "feature.changed", "feature", code)
                .detail(json!({"from": facts(&old), "to": facts(&new)}));
            audit::record(&mut tx, record).await?;
            Ok(tx.done(true).await?)
        })
        .await
}
