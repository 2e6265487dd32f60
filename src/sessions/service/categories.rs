//! Categories of free sessions: created, renamed, retired.
use serde_json::json;

use super::Error;
use crate::{
    app::App,
    audit::{self, Record},
    core::{actor::Actor, ids::CategoryId},
    db::DbError,
    sessions::{
        domain::{
            Category, Tone,
            category::{CODE_MOST, code_of},
        },
        store::categories as rows,
    },
};

/// What a category is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub tone: Tone,
    pub default_days: Option<u32>,
}

fn taken(e: DbError) -> Error {
    match e.duplicate_key() {
        Some("uq_session_categories_name" | "uq_session_categories_code") => Error::NameTaken,
        _ => e.into(),
    }
}

/// Adds a category. Its code is made of its name, with a number where that is taken.
pub async fn create(app: &App, wanted: &Wanted, actor: &Actor) -> Result<CategoryId, Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let base = match code_of(&wanted.name) {
                code if code.is_empty() => "categoria".to_owned(),
                code => code,
            };
            let mut code = base.clone();
            let mut n = 2;
            while rows::find_by_code(&mut tx, &code).await?.is_some() {
                let end = format!("-{n}");
                code = format!("{}{end}", base.chars().take(CODE_MOST - end.len()).collect::<String>());
                n += 1;
            }
            let id = rows::insert(&mut tx, &code, &wanted.name, wanted.tone, wanted.default_days, now)
                .await
                .map_err(taken)?;
            let record = Record::new(now, actor, "session_category.created", "category", id)
                .detail(json!({"name": wanted.name, "code": code, "tone": wanted.tone.as_str(), "days": wanted.default_days}));
            audit::record(&mut tx, record).await?;
            Ok(tx.done(id).await?)
        })
        .await
}

/// Renames and recolours a category. What was given under it follows. False: nothing differs.
pub async fn change(app: &App, id: CategoryId, wanted: &Wanted, actor: &Actor) -> Result<bool, Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let old = rows::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            let new = Category {
                name: wanted.name.clone(),
                tone: wanted.tone,
                default_days: wanted.default_days,
                ..old.clone()
            };
            if new == old {
                return Ok(tx.undone(false).await?);
            }
            rows::update(&mut tx, &new, now).await.map_err(taken)?;
            let facts =
                |c: &Category| json!({"name": c.name, "tone": c.tone.as_str(), "days": c.default_days});
            let record = Record::new(now, actor, "session_category.changed", "category", id)
                .detail(json!({"from": facts(&old), "to": facts(&new)}));
            audit::record(&mut tx, record).await?;
            Ok(tx.done(true).await?)
        })
        .await
}

/// Retires a category, or takes it back into use. Nothing new is given under a retired one; what was given stays.
pub async fn retire(app: &App, id: CategoryId, is_retired: bool, actor: &Actor) -> Result<Category, Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let old = rows::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
            if old.is_retired == is_retired {
                return Ok(tx.undone(old).await?);
            }
            let new = Category { is_retired, ..old };
            rows::update(&mut tx, &new, now).await?;
            let action = if is_retired { "session_category.retired" } else { "session_category.restored" };
            let record = Record::new(now, actor, action, "category", id).detail(json!({"name": new.name}));
            audit::record(&mut tx, record).await?;
            Ok(tx.done(new).await?)
        })
        .await
}
