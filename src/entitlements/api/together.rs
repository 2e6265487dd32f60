//! Uses that come at the same moment are paid for together, in one transaction (see [`crate::combine`]).
use std::{collections::BTreeMap, sync::Arc};

use axum::{http::StatusCode, response::Response};
use sqlx::MySqlConnection;

use super::{
    AnswerDto, AskBody, denial, find, moment, refused,
    uses::{AnswersDto, ItemDto, UseBody},
};
use crate::{
    accounts,
    app::App,
    auth::extract::ApiClient,
    core::{actor::Actor, ids::AccountId},
    db::{DbError, Transient},
    entitlements::{
        domain::{Ask, Verdict},
        service,
        source::{Moment, Use},
        store::denials,
    },
    idempotency::{self, Key, Reply},
    licences::keys,
    web::{
        idempotent,
        problem::{Kind, Problem},
    },
};

/// A request for uses that waits to be served.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub(super) key: Key,
    pub(super) client: ApiClient,
    pub(super) uses: Vec<UseBody>,
    pub(super) is_many: bool,
    pub(super) request_id: String,
}

impl Wanted {
    /// Its name in the description of the API.
    fn operation(&self) -> &'static str {
        if self.is_many { "consumeEntitlements" } else { "consumeEntitlement" }
    }

    /// Whether both are for one person or licence, named alike.
    fn names_the_same(&self, other: &Self) -> bool {
        let mut own = self.uses.iter().map(UseBody::name);
        own.any(|name| other.uses.iter().any(|one| one.name() == name))
    }
}

/// What it is answered.
pub type Given = Result<Reply, Missed>;

/// Why it is not answered.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Missed {
    #[error("the key was used for another request")]
    Reused,
    #[error("the first request with this key is still at work")]
    InFlight,
    #[error(transparent)]
    Db(Arc<DbError>),
}

impl From<DbError> for Missed {
    fn from(e: DbError) -> Self {
        Self::Db(Arc::new(e))
    }
}

impl Transient for Missed {
    fn is_transient(&self) -> bool {
        // Whoever holds a row for seconds is not waited for again and again: the others of the batch wait too.
        matches!(self, Self::Db(e) if e.is_transient() && !e.is_lock_timeout())
    }
}

/// Waits to be served, and answers.
pub(super) async fn given(app: &App, wanted: Wanted) -> Result<Response, Problem> {
    let shared = app.clone();
    let serve = move |batch: Vec<Wanted>| serve(shared.clone(), batch);
    match app.desk.uses.ask(wanted, serve).await.map_err(|e| Problem::internal(&e))? {
        Ok(reply) => Ok(idempotent::response(reply)),
        Err(Missed::Reused) => Err(Problem::new(Kind::IdempotencyKeyReused)),
        Err(Missed::InFlight) => Err(Problem::new(Kind::InFlight).retry_after(1)),
        Err(Missed::Db(e)) => Err(Problem::of_shared(&e)),
    }
}

/// Serves requests that came at the same moment: all in one transaction, or, where that fails, each in its own, so that nobody
/// pays for somebody else's trouble.
async fn serve(app: App, batch: Vec<Wanted>) -> Vec<Given> {
    match together(&app, &batch).await {
        Ok(given) => given,
        Err(e) if batch.len() == 1 => vec![Err(e)],
        Err(_) => {
            let mut given: Vec<Given> = Vec::with_capacity(batch.len());
            // Whom somebody holds for seconds is waited for once, not once for each of their requests.
            let mut held: Vec<(&Wanted, Missed)> = Vec::new();
            for wanted in &batch {
                if let Some((_, missed)) = held.iter().find(|(other, _)| other.names_the_same(wanted)) {
                    given.push(Err(missed.clone()));
                    continue;
                }
                let alone = together(&app, std::slice::from_ref(wanted)).await;
                if let Err(missed @ Missed::Db(e)) = &alone
                    && e.is_lock_timeout()
                {
                    held.push((wanted, missed.clone()));
                }
                given.push(alone.and_then(|mut one| one.pop().unwrap_or(Err(Missed::InFlight))));
            }
            given
        }
    }
}

async fn together(app: &App, batch: &[Wanted]) -> Result<Vec<Given>, Missed> {
    let moment = moment(app);
    app.db
        .transact(|mut tx| async move {
            let given = in_transaction(app, &mut tx, batch, moment).await?;
            Ok(tx.done(given).await?)
        })
        .await
}

async fn in_transaction(
    app: &App,
    conn: &mut MySqlConnection,
    batch: &[Wanted],
    moment: Moment,
) -> Result<Vec<Given>, Missed> {
    let keys: Vec<&Key> = batch.iter().map(|wanted| &wanted.key).collect();
    let before = idempotency::answered(conn, &keys).await?;
    // Of requests with one key, the first is served; the others get its answer.
    let mut first: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut fresh: Vec<(usize, &Wanted)> = Vec::new();
    for (n, wanted) in batch.iter().enumerate() {
        let name = (wanted.key.principal.as_str(), wanted.key.key.as_str());
        if before[n].is_none() && !first.contains_key(&name) {
            first.insert(name, n);
            fresh.push((n, wanted));
        }
    }
    let replies = pay(app, conn, &fresh, moment).await?;
    if !replies.is_empty() {
        let rows: Vec<(&Key, &Reply)> = fresh.iter().map(|(_, w)| &w.key).zip(&replies).collect();
        idempotency::store_all(conn, &rows, moment.now).await.map_err(|e| {
            // Someone else's row with this key is not committed yet, and was waited for long enough.
            if e.is_lock_timeout() { Missed::InFlight } else { e.into() }
        })?;
    }
    let told = |wanted: &Wanted, n: usize| {
        let origin = *first.get(&(wanted.key.principal.as_str(), wanted.key.key.as_str()))?;
        let at = fresh.iter().position(|(index, _)| *index == origin)?;
        if batch[origin].key.request != wanted.key.request {
            return Some(Err(Missed::Reused));
        }
        Some(Ok(Reply { replayed: origin != n, ..replies[at].clone() }))
    };
    Ok(before
        .into_iter()
        .zip(batch)
        .enumerate()
        .map(|(n, (before, wanted))| match before {
            Some(Ok(reply)) => Ok(reply),
            Some(Err(_)) => Err(Missed::Reused),
            None => told(wanted, n).unwrap_or(Err(Missed::InFlight)),
        })
        .collect())
}

/// Pays for what these requests want, and puts their answers into words.
async fn pay(
    app: &App,
    conn: &mut MySqlConnection,
    requests: &[(usize, &Wanted)],
    moment: Moment,
) -> Result<Vec<Reply>, Missed> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let bodies: Vec<(&Wanted, AskBody)> = requests
        .iter()
        .flat_map(|(_, wanted)| wanted.uses.iter().map(|one| (*wanted, one.asked())))
        .collect();
    let found = find(conn, bodies.iter().map(|(wanted, body)| (&wanted.client, body))).await?;
    lock(conn, found.asks.iter().flatten().map(|ask| ask.account)).await?;
    let actors: Vec<Actor> = requests.iter().map(|(_, wanted)| wanted.client.actor()).collect();
    let mut asked = found.asks.into_iter();
    let mut denials = Vec::new();
    let mut asks: Vec<(Ask, Use)> = Vec::new();
    let mut places: Vec<Vec<Result<usize, Problem>>> = Vec::with_capacity(requests.len());
    for ((_, wanted), actor) in requests.iter().zip(&actors) {
        let places_here = wanted.uses.iter().zip(asked.by_ref()).map(|(one, ask)| {
            let what = Use {
                operation: service::operation(),
                reason: one.reason.clone().unwrap_or_default(),
                actor: actor.clone(),
                request_id: Some(wanted.request_id.clone()),
            };
            let ask = ask.map_err(|unasked| {
                let asking = (wanted.operation(), wanted.request_id.as_str(), actor);
                denials.extend(unasked.no.map(|about| about.denial(asking, None, moment.now)));
                unasked.problem
            });
            asks.push((ask?, what));
            Ok(asks.len() - 1)
        });
        places.push(places_here.collect());
    }
    let verdicts = service::spend(conn, &asks, moment).await?;
    let mut replies = Vec::with_capacity(requests.len());
    for (((_, wanted), actor), places) in requests.iter().zip(&actors).zip(places) {
        let answers: Vec<Result<AnswerDto, Problem>> = places
            .into_iter()
            .map(|place| {
                let place = place?;
                let (ask, what) = &asks[place];
                let verdict = verdicts[place].as_ref().ok_or_else(|| Problem::new(Kind::FeatureNotFound))?;
                let answer = AnswerDto::of(app, ask, verdict, Some(what.operation.clone()));
                if let Verdict::No { why, skipped } = verdict {
                    let what = (wanted.operation(), wanted.request_id.as_str(), actor);
                    denials.push(denial(what, ask, *why, skipped, moment.now));
                    return Err(refused(*why, &answer).instance(&wanted.request_id));
                }
                Ok(answer)
            })
            .collect();
        replies.push(reply(wanted, answers)?);
    }
    denials::keep(conn, &denials).await?;
    keys::note(conn, &found.keys, moment.now).await?;
    Ok(replies)
}

/// Locks everybody concerned. Someone who was merged away since a moment ago makes it all begin again.
async fn lock(conn: &mut MySqlConnection, people: impl Iterator<Item = AccountId>) -> Result<(), DbError> {
    let mut people: Vec<AccountId> = people.collect();
    people.sort_unstable();
    people.dedup();
    if accounts::many::lock(conn, &people).await?.len() == people.len() {
        return Ok(());
    }
    Err(DbError::Stale)
}

fn reply(wanted: &Wanted, mut answers: Vec<Result<AnswerDto, Problem>>) -> Result<Reply, DbError> {
    if wanted.is_many {
        let items = AnswersDto { items: answers.into_iter().map(ItemDto::from).collect() };
        return Ok(idempotent::reply(StatusCode::OK, &items));
    }
    match answers.pop() {
        Some(Ok(answer)) => Ok(idempotent::reply(StatusCode::OK, &answer)),
        Some(Err(problem)) => {
            idempotent::refuse(problem, Some(&wanted.request_id)).map_err(|_| DbError::Stale)
        }
        None => Err(DbError::Stale),
    }
}
