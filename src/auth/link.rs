//! Links by e-mail that sign a customer in.
//!
//! 1. Asking gets one answer, and does the same work, whether the mailbox is known or not: looking it up and writing
//!    the mail is a job's business.
//! 2. A link lives 15 minutes and signs in once. Only the hash of its token is kept.
//! 3. GET shows a button, POST signs in: mail scanners fetch every link they see.
//! 4. Asking is throttled by mailbox and by address.
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Visitor,
    login::{self, Issued, Method},
    store,
    throttle::{self, Blocked, Bucket, Limit, ThrottleError},
};
use crate::{
    core::{email::Email, secret::Secret},
    crypto::{self, Keys},
    db::{Db, DbError, Transient},
    jobs::{self, NewJob},
    mail::{self, MailError},
};

/// The job that looks a mailbox up and writes to it.
pub const JOB: &str = "auth.link";
/// How long a link works.
pub const LIFE: TimeDelta = TimeDelta::minutes(15);

/// What the job is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    pub email: String,
    /// `es` or `en`: the language of the page that was used, for accounts that chose none.
    pub locale: String,
}

#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Blocked(#[from] Blocked),
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Unknown, used, or too old: nobody is told which.
    #[error("the link does not work")]
    Dead,
}

impl Transient for LinkError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Db(e) => e.is_transient(),
            Self::Mail(e) => e.is_transient(),
            Self::Blocked(_) | Self::Dead => false,
        }
    }
}

impl From<ThrottleError> for LinkError {
    fn from(e: ThrottleError) -> Self {
        match e {
            ThrottleError::Db(e) => Self::Db(e),
            ThrottleError::Blocked(e) => Self::Blocked(e),
        }
    }
}

/// Takes a request for a link.
pub async fn request(
    db: &Db,
    keys: &Keys,
    email: &Email,
    locale: &str,
    from: &Visitor,
    now: DateTime<Utc>,
) -> Result<(), LinkError> {
    let mailbox = Bucket::of_name(keys, Limit::LinkMailbox, email.as_str());
    let address = Bucket::of_address(keys, Limit::LinkAddress, from.address);
    throttle::attempt(db, &[mailbox, address], now).await?;
    let payload = json!(Request { email: email.as_str().to_owned(), locale: locale.to_owned() });
    let dedupe = &format!("{JOB}:{}", hex::encode(mailbox.hash));
    let payload = &payload;
    db.transact(|mut tx| async move {
        let job = NewJob::new(JOB, payload.clone(), now).dedupe(dedupe).priority(1);
        // One that waits already will write to the same mailbox.
        let _new = jobs::enqueue(&mut tx, job, now).await?;
        Ok::<_, LinkError>(tx.done(()).await?)
    })
    .await
}

/// The job: writes to the mailbox if someone's account has it. `public_url` has no slash at the end.
pub async fn deliver(
    db: &Db,
    keys: &Keys,
    public_url: &str,
    request: &Request,
    now: DateTime<Utc>,
) -> Result<(), LinkError> {
    let Ok(email) = Email::parse(&request.email) else {
        return Ok(());
    };
    let Some(known) = store::links::account_of(&mut *db.conn().await?, &email).await? else {
        return Ok(());
    };
    let (email, known) = (&email, &known);
    db.transact(|mut tx| async move {
        let token = crypto::random_token();
        let hash = crypto::sha256(token.reveal().as_bytes());
        store::links::insert(&mut tx, &hash, known.account, now, now + LIFE).await?;
        let url = format!("{public_url}/account/enter?token={}", token.reveal());
        let locale = known.locale.as_deref().unwrap_or(&request.locale);
        let letter = mail::letters::sign_in_link(locale, &url, LIFE.num_minutes())?;
        let mail = mail::Mail {
            to: email.clone(),
            subject: letter.subject,
            body: letter.body,
            kind: mail::Kind::SignInLink,
            account: Some(known.account),
        };
        mail::enqueue(&mut tx, keys, mail, now).await?;
        Ok::<_, LinkError>(tx.done(()).await?)
    })
    .await
}

fn hash_of(token: &Secret) -> [u8; 32] {
    crypto::sha256(token.reveal().as_bytes())
}

/// Whether the link would sign someone in. Changes nothing.
pub async fn is_alive(db: &Db, token: &Secret, now: DateTime<Utc>) -> Result<bool, DbError> {
    let sent = store::links::find(&mut *db.conn().await?, &hash_of(token)).await?;
    Ok(sent.is_some_and(|sent| sent.used_at.is_none() && sent.expires_at > now))
}

/// Uses the link up and signs its account in. `had` is the customer cookie the browser came with.
pub async fn enter(
    db: &Db,
    token: &Secret,
    from: &Visitor,
    had: Option<&Secret>,
    now: DateTime<Utc>,
) -> Result<Issued, LinkError> {
    let hash = &hash_of(token);
    db.transact(|mut tx| async move {
        if !store::links::use_up(&mut tx, hash, now).await? {
            return Err(LinkError::Dead);
        }
        let sent = store::links::find(&mut tx, hash).await?.ok_or(LinkError::Dead)?;
        let issued = login::begin_customer(&mut tx, sent.account, Method::Link, from, had, now).await?;
        Ok(tx.done(issued).await?)
    })
    .await
}

#[cfg(test)]
mod tests;
