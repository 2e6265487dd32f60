//! Finding, making and merging accounts.
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::MySqlConnection;

use super::{
    domain::{self, Account, Decision, Known, Reference, Refusal, Role},
    store,
};
use crate::{
    app::App,
    audit,
    core::{
        actor::Actor,
        email::Email,
        ids::{AccountId, ShopId, WcId},
    },
    db::{DbError, Transient},
};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such account")]
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

/// What a shop says of one of its registered users.
#[derive(Debug, Clone)]
pub struct ShopUser<'a> {
    pub shop: ShopId,
    pub user: WcId,
    pub email: Option<&'a Email>,
    pub name: &'a str,
}

/// The account of a shop's registered user, made or merged as the rules say.
///
/// Two processes may meet here over one person: the unique key on identities makes one of them try again.
pub async fn for_user(
    conn: &mut MySqlConnection,
    user: &ShopUser<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<AccountId, DbError> {
    let by_user = store::by_user(conn, user.shop, user.user).await?;
    let Some(email) = user.email else {
        if let Some(account) = by_user {
            return Ok(account);
        }
        let account = store::create(conn, user.name, None, now).await?;
        retry_if_taken(store::add_user(conn, account, user.shop, user.user, "shop", now).await)?;
        return Ok(account);
    };
    let by_email = store::email_owner(conn, email, user.shop, user.user).await?;
    let account = match domain::decide(Known { by_user, by_email }) {
        Decision::Create => create_user(conn, user, email, now).await?,
        Decision::Keep(account) => {
            keep(conn, account, user, email, now).await?;
            account
        }
        Decision::AddEmail(account) => {
            retry_if_taken(store::add_email(conn, account, email, "billing", "shop", now).await)?;
            store::set_primary_email(conn, account, email, now).await?;
            audit::record(
                conn,
                audit::Record::new(now, actor, "account.email_changed", "account", account)
                    .account(account)
                    .shop(user.shop),
            )
            .await?;
            account
        }
        Decision::AddUser(account) => {
            retry_if_taken(store::add_user(conn, account, user.shop, user.user, "shop", now).await)?;
            keep(conn, account, user, email, now).await?;
            account
        }
        Decision::Merge { from, into } => {
            merge_now(conn, from, into, actor, "same address in the shop", now).await?;
            store::set_primary_email(conn, into, email, now).await?;
            into
        }
        Decision::TakeEmail { from, to } => {
            store::drop_email(conn, from, email, now).await?;
            audit::record(
                conn,
                audit::Record::new(now, actor, "account.email_moved", "account", from)
                    .account(from)
                    .shop(user.shop)
                    .detail(json!({"to_user": user.user})),
            )
            .await?;
            match to {
                Some(account) => {
                    store::add_email(conn, account, email, "billing", "shop", now).await?;
                    store::set_primary_email(conn, account, email, now).await?;
                    account
                }
                None => create_user(conn, user, email, now).await?,
            }
        }
    };
    store::set_name(conn, account, user.name, !user.name.is_empty(), now).await?;
    Ok(account)
}

async fn create_user(
    conn: &mut MySqlConnection,
    user: &ShopUser<'_>,
    email: &Email,
    now: DateTime<Utc>,
) -> Result<AccountId, DbError> {
    let account = retry_if_taken(store::create(conn, user.name, Some(email), now).await)?;
    retry_if_taken(store::add_email(conn, account, email, "primary", "shop", now).await)?;
    retry_if_taken(store::add_user(conn, account, user.shop, user.user, "shop", now).await)?;
    Ok(account)
}

/// A known account whose address the shop confirms: it becomes the one we write to, if it was not.
async fn keep(
    conn: &mut MySqlConnection,
    account: AccountId,
    _user: &ShopUser<'_>,
    email: &Email,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let current = store::find(conn, account).await?.and_then(|a| a.email);
    if current.as_ref() != Some(email) {
        store::set_primary_email(conn, account, email, now).await?;
    }
    Ok(())
}

/// The account of a guest's billing address.
pub async fn for_guest(
    conn: &mut MySqlConnection,
    email: &Email,
    name: &str,
    now: DateTime<Utc>,
) -> Result<AccountId, DbError> {
    if let Some(account) = store::by_email(conn, email).await? {
        store::set_name(conn, account, name, false, now).await?;
        return Ok(account);
    }
    let account = retry_if_taken(store::create(conn, name, Some(email), now).await)?;
    retry_if_taken(store::add_email(conn, account, email, "primary", "order", now).await)?;
    Ok(account)
}

/// Someone else took the id between our look and our insert: the whole transaction is tried again and will find it.
fn retry_if_taken<T>(outcome: Result<T, DbError>) -> Result<T, DbError> {
    outcome.map_err(|e| match e.duplicate_key() {
        Some("uq_account_identities_value" | "uq_accounts_email") => DbError::Stale,
        _ => e,
    })
}

/// The account that a reference from outside leads to.
pub async fn resolve(conn: &mut MySqlConnection, reference: &Reference) -> Result<Option<Account>, DbError> {
    let id = match reference {
        Reference::Id(id) => Some(*id),
        Reference::Email(email) => store::by_email(conn, email).await?,
        Reference::User { shop, user } => store::by_user(conn, *shop, *user).await?,
    };
    match id {
        Some(id) => store::find(conn, id).await,
        None => Ok(None),
    }
}

/// Moves everything of `from` to `into`. The rows are locked in the order of their numbers.
async fn merge_now(
    conn: &mut MySqlConnection,
    from: AccountId,
    into: AccountId,
    actor: &Actor,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    for id in [from.min(into), from.max(into)] {
        if !store::lock(conn, id).await? {
            return Err(DbError::Stale);
        }
    }
    // A test account and a real one are merged only where the shop says that they are one: its word on tests is the other's.
    let tests = |account: Option<Account>| account.is_some_and(|account| account.is_test);
    let (was_test, is_test) = (tests(store::find(conn, from).await?), tests(store::find(conn, into).await?));
    if was_test != is_test {
        crate::sessions::recount(conn, from, !is_test).await?;
    }
    let identities = store::merge(conn, from, into, now).await?;
    let grants = crate::sessions::move_to(conn, from, into).await?;
    let licences = crate::licences::move_to(conn, from, into).await?;
    crate::entitlements::move_to(conn, from, into).await?;
    let orders = crate::shop::mirror::move_account(conn, from, into).await?;
    crate::auth::merge::move_account(conn, from, into, now).await?;
    let moved = json!({"identities": identities, "grants": grants, "licences": licences, "orders": orders});
    store::record_merge(conn, from, into, actor, reason, &moved, now).await?;
    audit::record(
        conn,
        audit::Record::new(now, actor, "account.merged", "account", into)
            .account(into)
            .detail(json!({"from": from, "reason": reason, "grants": grants, "orders": orders})),
    )
    .await
}

/// Whether two accounts may become one, as things stand.
pub async fn may_merge(app: &App, from: AccountId, into: AccountId) -> Result<(), Error> {
    let mut conn = app.db.conn().await?;
    check_merge(&mut conn, from, into).await.map(|_| ())
}

async fn check_merge(
    conn: &mut MySqlConnection,
    from: AccountId,
    into: AccountId,
) -> Result<(Account, Account), Error> {
    let gone = store::find(conn, from).await?.ok_or(Error::NotFound)?;
    let stays = store::find(conn, into).await?.ok_or(Error::NotFound)?;
    let shops = |ids: Vec<store::Identity>| -> Vec<ShopId> {
        ids.into_iter().filter(|i| i.kind == "wp_user").map(|i| i.shop).collect()
    };
    let shops_from = shops(store::identities(conn, gone.id).await?);
    let shops_into = shops(store::identities(conn, stays.id).await?);
    domain::may_merge(&gone, &stays, &shops_from, &shops_into)?;
    Ok((gone, stays))
}

/// Merges two accounts because a person says they are one.
pub async fn merge(
    app: &App,
    from: AccountId,
    into: AccountId,
    actor: &Actor,
    reason: &str,
) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let (gone, stays) = check_merge(&mut tx, from, into).await?;
            merge_now(&mut tx, gone.id, stays.id, actor, reason, now).await?;
            if stays.email.is_none()
                && let Some(email) = &gone.email
            {
                store::set_primary_email(&mut tx, stays.id, email, now).await?;
            }
            store::set_name(&mut tx, stays.id, &gone.name, false, now).await?;
            Ok(tx.done(()).await?)
        })
        .await
}

/// Marks an account as a test account, or as a real one again.
pub async fn set_test(app: &App, id: AccountId, is_test: bool, actor: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            store::find(&mut tx, id).await?.filter(|a| a.id == id).ok_or(Error::NotFound)?;
            if store::set_test(&mut tx, id, is_test, now).await? {
                crate::sessions::recount(&mut tx, id, !is_test).await?;
                let record = audit::Record::new(now, actor, "account.test_changed", "account", id)
                    .account(id)
                    .detail(json!({"is_test": is_test}));
                audit::record(&mut tx, record).await?;
            }
            Ok(tx.done(()).await?)
        })
        .await
}

/// Gives an account exactly these roles, besides `customer`, which everybody has.
pub async fn set_roles(app: &App, id: AccountId, wanted: &[Role], actor: &Actor) -> Result<(), Error> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            if !store::lock(&mut tx, id).await? {
                return Err(Error::NotFound);
            }
            let had = store::roles(&mut tx, id).await?;
            for role in Role::ALL.into_iter().filter(|role| *role != Role::Customer) {
                match (had.contains(&role), wanted.contains(&role)) {
                    (false, true) => store::add_role(&mut tx, id, role, now).await?,
                    (true, false) => store::drop_role(&mut tx, id, role).await?,
                    _ => {}
                }
            }
            let has = store::roles(&mut tx, id).await?;
            if has != had {
                let words = |roles: &[Role]| roles.iter().map(|r| r.as_str()).collect::<Vec<_>>();
                let record = audit::Record::new(now, actor, "account.roles_changed", "account", id)
                    .account(id)
                    .detail(json!({"from": words(&had), "to": words(&has)}));
                audit::record(&mut tx, record).await?;
            }
            Ok(tx.done(()).await?)
        })
        .await
}
