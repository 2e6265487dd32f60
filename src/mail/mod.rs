//! Outgoing e-mail: written down in the transaction that needs it, sent by a job, wiped once sent.
//!
//! 1. A body waits sealed (it may hold a sign-in link) and is deleted when the mail has left.
//! 2. Sending is done again after a crash in between: the `Message-ID` is the same, so mailboxes can tell.
//! 3. Without a mail server each mail becomes a file in the data directory that only our user may read.
pub mod letters;
mod post;
pub mod store;

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::MySqlConnection;

pub use post::Post;

use crate::{
    app::App,
    core::{
        email::Email,
        ids::{AccountId, MailId},
        secret::Secret,
    },
    crypto::{Keys, Purpose, SealError},
    db::{Db, DbError, Transient},
    jobs::{self, NewJob},
};

/// The job that sends one. Its payload is `{"mail": id}`.
pub const JOB: &str = "mail.send";
/// Most characters of a subject.
pub const SUBJECT_MOST: usize = 200;
/// Most bytes of a body: what fits sealed into its column.
pub const BODY_MOST: usize = 16_000;

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    SignInLink,
    /// Sessions expire soon.
    ExpiryNotice,
    /// Licences end soon.
    LicenceNotice,
}

impl Kind {
    /// The word in the `kind` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignInLink => "sign_in_link",
            Self::ExpiryNotice => "expiry_notice",
            Self::LicenceNotice => "licence_notice",
        }
    }
}

/// A mail to be sent, as plain text.
#[derive(Debug, Clone)]
pub struct Mail {
    pub to: Email,
    pub subject: String,
    pub body: Secret,
    pub kind: Kind,
    pub account: Option<AccountId>,
}

#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("the subject is empty, too long or has a line break")]
    BadSubject,
    #[error("the body is too long")]
    BodyTooLong,
    #[error("there is no mail {0}")]
    NotFound(MailId),
    #[error("the template of a mail did not render")]
    Template,
    /// Sender, recipient or server address cannot be used.
    #[error("the mail cannot be addressed: {0}")]
    Address(&'static str),
    /// The server said no for good, or did not answer. The text names no recipient.
    #[error("the mail server did not take it: {0}")]
    Refused(String),
    #[error("the mail could not be written to a file: {0}")]
    File(#[from] std::io::Error),
}

impl Transient for MailError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Db(e) if e.is_transient())
    }
}

/// Writes a mail down and orders its sending, in the caller's transaction.
pub async fn enqueue(
    conn: &mut MySqlConnection,
    keys: &Keys,
    mail: Mail,
    now: DateTime<Utc>,
) -> Result<MailId, MailError> {
    let length = mail.subject.chars().count();
    if !(1..=SUBJECT_MOST).contains(&length) || mail.subject.chars().any(char::is_control) {
        return Err(MailError::BadSubject);
    }
    if mail.body.reveal().len() > BODY_MOST {
        return Err(MailError::BodyTooLong);
    }
    let sealed = keys.seal(Purpose::MailBody, &mail.body);
    let id = store::insert(conn, &mail, &sealed, now).await?;
    jobs::enqueue(conn, NewJob::new(JOB, json!({"mail": id}), now).priority(2), now).await?;
    Ok(id)
}

/// The job: sends it, unless it was sent.
pub async fn send(app: &App, id: MailId) -> Result<(), MailError> {
    let post = Post::from_config(&app.config)?;
    send_by(&app.db, &app.keys, &post, id, app.clock.now()).await
}

/// Sends it by `post`, unless it was sent.
pub async fn send_by(
    db: &Db,
    keys: &Keys,
    post: &Post,
    id: MailId,
    now: DateTime<Utc>,
) -> Result<(), MailError> {
    let stored = store::find(&mut *db.conn().await?, id).await?.ok_or(MailError::NotFound(id))?;
    let Some(sealed) = stored.body_sealed.filter(|_| stored.sent_at.is_none()) else {
        return Ok(());
    };
    let body = keys.open(Purpose::MailBody, &sealed)?;
    post.deliver(id, &stored.recipient, &stored.subject, &body, now).await?;
    // Another worker whose lease lapsed may have been faster: the mail has left either way.
    let _first = store::mark_sent(&mut *db.conn().await?, id, now).await?;
    Ok(())
}

/// `mail.send`
pub async fn job(app: &App, job: &jobs::store::Claimed) -> Result<(), jobs::worker::JobError> {
    use jobs::worker::JobError;
    let id = job.payload["mail"].as_u64().ok_or_else(|| JobError::fatal("bad_payload", &job.payload))?;
    send(app, MailId(id)).await.map_err(|e| match e {
        MailError::Db(e) => e.into(),
        MailError::NotFound(_) => JobError::fatal("mail_not_found", e),
        e => JobError::new("mail", e),
    })
}

#[cfg(test)]
mod tests;
