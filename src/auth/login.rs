//! Signed-in browsers: how a login begins, how long it stands, and how it ends.
//!
//! 1. The cookie is 256 random bits; the row keeps their SHA-256. Every sign-in makes a new one and ends the one the
//!    browser had, so a cookie planted before is worth nothing after.
//! 2. A staff login ends after 12 hours without use, and 7 days after it began however busy it is. A customer's ends
//!    after 30 days without use, and 180 days after it began.
//! 3. Use is written down at most once a minute.
//! 4. A wrong password and an unknown e-mail get the same answer after the same work.
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sqlx::MySqlConnection;

use super::{
    CustomerLogin, StaffLogin, Visitor,
    password::{self, HashFailed},
    store,
    throttle::{self, Blocked, Bucket, Limit, ThrottleError},
};
use crate::{
    audit,
    core::{
        actor::Actor,
        email::Email,
        ids::{AccountId, LoginId, StaffId},
        secret::Secret,
    },
    crypto::{self, Keys},
    db::{Db, DbError, Transient},
};

/// Whose login it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Staff(StaffId),
    Customer(AccountId),
}

/// How they proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Password,
    /// A link sent by e-mail.
    Link,
    /// A signed hand-off from `WordPress`.
    Handoff,
}

impl Method {
    pub const ALL: [Self; 3] = [Self::Password, Self::Link, Self::Handoff];

    /// The word in the `method` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Link => "link",
            Self::Handoff => "handoff",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }
}

/// One line of "where you are signed in".
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: LoginId,
    pub method: Method,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub address: String,
    pub user_agent: String,
}

/// Use is written down at most this often.
const TOUCH: TimeDelta = TimeDelta::minutes(1);

/// Without use a login ends after the first, whatever happens after the second.
const fn lifetime(owner: Owner) -> (TimeDelta, TimeDelta) {
    match owner {
        Owner::Staff(_) => (TimeDelta::hours(12), TimeDelta::days(7)),
        Owner::Customer(_) => (TimeDelta::days(30), TimeDelta::days(180)),
    }
}

/// When a login that began at `since` and is used at `now` will end if it is not used again.
fn ends(owner: Owner, since: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    let (idle, longest) = lifetime(owner);
    (now + idle).min(since + longest)
}

/// Seconds a browser should keep the cookie: as long as a login can last. The row decides, not the browser.
pub fn cookie_seconds(owner: Owner) -> i64 {
    lifetime(owner).1.num_seconds()
}

fn token_hash(token: &Secret) -> [u8; 32] {
    crypto::sha256(token.reveal().as_bytes())
}

/// A login that has just begun. The token goes into the cookie and nowhere else.
#[derive(Debug)]
pub struct Issued {
    pub token: Secret,
    pub login: LoginId,
    pub owner: Owner,
}

/// Begins a login in the caller's transaction and ends the one the browser `had`.
///
/// The caller has made sure who it is.
async fn begin(
    conn: &mut MySqlConnection,
    owner: Owner,
    method: Method,
    from: &Visitor,
    had: Option<&Secret>,
    now: DateTime<Utc>,
) -> Result<Issued, DbError> {
    if let Some(had) = had {
        store::logins::revoke_token(conn, &token_hash(had), now).await?;
    }
    let token = crypto::random_token();
    let row = store::logins::NewRow {
        token_hash: token_hash(&token),
        owner,
        method,
        from,
        expires_at: ends(owner, now, now),
    };
    let login = store::logins::insert(conn, &row, now).await?;
    Ok(Issued { token, login, owner })
}

/// Begins a customer's login in the caller's transaction, and writes it into the audit trail.
pub async fn begin_customer(
    conn: &mut MySqlConnection,
    account: AccountId,
    method: Method,
    from: &Visitor,
    had: Option<&Secret>,
    now: DateTime<Utc>,
) -> Result<Issued, DbError> {
    let issued = begin(conn, Owner::Customer(account), method, from, had, now).await?;
    let actor = Actor::Customer { account };
    let record = audit::Record::new(now, &actor, "login.began", "login", issued.login)
        .account(account)
        .detail(json!({"method": method.as_str()}));
    audit::record(conn, record).await?;
    Ok(issued)
}

/// What a sign-in form says.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    pub email: &'a str,
    pub password: &'a Secret,
    pub from: &'a Visitor,
    /// The staff cookie the browser came with, if any.
    pub had: Option<&'a Secret>,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Hash(#[from] HashFailed),
    #[error(transparent)]
    Blocked(#[from] Blocked),
    /// No such e-mail, a wrong password, or someone disabled: nobody outside is told which.
    #[error("e-mail and password do not fit")]
    Wrong,
}

impl Transient for SignInError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Db(e) if e.is_transient())
    }
}

impl From<ThrottleError> for SignInError {
    fn from(e: ThrottleError) -> Self {
        match e {
            ThrottleError::Db(e) => Self::Db(e),
            ThrottleError::Blocked(e) => Self::Blocked(e),
        }
    }
}

/// Signs a member of staff in.
pub async fn sign_in(
    db: &Db,
    keys: &Keys,
    attempt: Attempt<'_>,
    now: DateTime<Utc>,
) -> Result<Issued, SignInError> {
    let email = Email::parse(attempt.email).ok();
    let tried = attempt.email.trim().to_lowercase();
    let name_bucket = Bucket::of_name(keys, Limit::SignInAccount, &tried);
    let address_bucket = Bucket::of_address(keys, Limit::SignInAddress, attempt.from.address);
    throttle::attempt(db, &[name_bucket, address_bucket], now).await?;

    let known = match &email {
        Some(email) => store::staff::credentials(&mut *db.conn().await?, email).await?,
        None => None,
    };
    let fits = password::verify(attempt.password, known.as_ref().map(|k| k.hash.reveal())).await?;
    let Some(known) = known.filter(|_| fits) else {
        return Err(SignInError::Wrong);
    };

    let known = &known;
    db.transact(|mut tx| async move {
        // Whoever disables them or changes the password locks the row too, and ends the logins there are: between the
        // look above and this lock that may have happened.
        let current = store::staff::lock_hash(&mut tx, known.id).await?;
        if current.as_ref() != Some(&known.hash) {
            return Err(SignInError::Wrong);
        }
        let owner = Owner::Staff(known.id);
        let issued = begin(&mut tx, owner, Method::Password, attempt.from, attempt.had, now).await?;
        store::throttle::forget(&mut tx, &name_bucket.hash).await?;
        store::throttle::refund(&mut tx, &address_bucket.hash, address_bucket.limit.free()).await?;
        let actor = Actor::Staff { id: known.id, name: known.name.clone() };
        let record = audit::Record::new(now, &actor, "login.began", "login", issued.login)
            .detail(json!({"method": "password", "address": attempt.from.address.to_string()}));
        audit::record(&mut tx, record).await?;
        Ok(tx.done(issued).await?)
    })
    .await
}

/// Who a staff cookie belongs to, if its login stands at `now`. Notes the use.
pub async fn find_staff(
    conn: &mut MySqlConnection,
    token: &Secret,
    now: DateTime<Utc>,
) -> Result<Option<StaffLogin>, DbError> {
    let Some(found) = store::logins::find_staff(conn, &token_hash(token), now).await? else {
        return Ok(None);
    };
    let (login, owner) = (found.login.login, Owner::Staff(found.login.staff));
    touch(conn, login, owner, found.created_at, found.last_seen_at, now).await?;
    Ok(Some(found.login))
}

/// Who a customer cookie belongs to, if its login stands at `now`. Notes the use.
pub async fn find_customer(
    conn: &mut MySqlConnection,
    token: &Secret,
    now: DateTime<Utc>,
) -> Result<Option<CustomerLogin>, DbError> {
    let Some(found) = store::logins::find_customer(conn, &token_hash(token), now).await? else {
        return Ok(None);
    };
    let (login, owner) = (found.login.login, Owner::Customer(found.login.account));
    touch(conn, login, owner, found.created_at, found.last_seen_at, now).await?;
    Ok(Some(found.login))
}

/// Another request may note the same use first, or end the login: neither changes the answer to this one.
async fn touch(
    conn: &mut MySqlConnection,
    login: LoginId,
    owner: Owner,
    since: DateTime<Utc>,
    seen: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    if now - seen >= TOUCH {
        let _noted = store::logins::touch(conn, login, now - TOUCH, now, ends(owner, since, now)).await?;
    }
    Ok(())
}

/// Where a person is signed in, last used first.
pub async fn list(
    conn: &mut MySqlConnection,
    owner: Owner,
    now: DateTime<Utc>,
) -> Result<Vec<Listed>, DbError> {
    store::logins::list(conn, owner, now).await
}

/// Signs in a customer whom a shop has vouched for.
pub async fn hand_over(
    db: &Db,
    account: AccountId,
    from: &Visitor,
    had: Option<&Secret>,
    now: DateTime<Utc>,
) -> Result<Issued, DbError> {
    db.transact(|mut tx| async move {
        let issued = begin_customer(&mut tx, account, Method::Handoff, from, had, now).await?;
        tx.done(issued).await
    })
    .await
}

/// Ends the login of this cookie. Nothing happens if it had ended.
pub async fn sign_out(db: &Db, token: &Secret, now: DateTime<Utc>) -> Result<(), DbError> {
    let mut conn = db.conn().await?;
    let _ended = store::logins::revoke_token(&mut conn, &token_hash(token), now).await?;
    Ok(())
}

/// Ends one of the person's own logins. `false`: it is not theirs, or had ended.
pub async fn revoke(
    db: &Db,
    owner: Owner,
    login: LoginId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    db.transact(|mut tx| async move {
        let ended = store::logins::revoke(&mut tx, owner, login, now).await?;
        if ended {
            audit::record(&mut tx, about(owner, now, actor, "login.revoked", login.to_string())).await?;
        }
        tx.done(ended).await
    })
    .await
}

/// Ends all of the person's logins but the one they are using. Returns how many.
pub async fn revoke_all_others(
    db: &Db,
    owner: Owner,
    keep: LoginId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    db.transact(|mut tx| async move {
        let ended = store::logins::revoke_all(&mut tx, owner, Some(keep), now).await?;
        if ended > 0 {
            let record = about(owner, now, actor, "login.others_revoked", keep.to_string())
                .detail(json!({"ended": ended}));
            audit::record(&mut tx, record).await?;
        }
        tx.done(ended).await
    })
    .await
}

fn about<'a>(
    owner: Owner,
    now: DateTime<Utc>,
    actor: &'a Actor,
    action: &'static str,
    login: String,
) -> audit::Record<'a> {
    let record = audit::Record::new(now, actor, action, "login", login);
    match owner {
        Owner::Staff(_) => record,
        Owner::Customer(account) => record.account(account),
    }
}

#[cfg(test)]
mod tests;
