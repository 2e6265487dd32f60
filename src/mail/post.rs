//! How a mail leaves: by a mail server, or into a file.
use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use chrono::{DateTime, Utc};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, SinglePart},
};
use tokio::io::AsyncWriteExt;

use super::MailError;
use crate::{
    config::Config,
    core::{ids::MailId, secret::Secret},
    crypto,
};

/// Longest wait for the mail server, per step.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Sender and way out.
#[derive(Debug)]
pub struct Post {
    from: Mailbox,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Server(Secret),
    Files(PathBuf),
}

impl Post {
    /// By the mail server of the configuration, else into `mails` of the data directory.
    pub fn from_config(config: &Config) -> Result<Self, MailError> {
        match config.smtp_url.clone() {
            Some(url) => Self::server(&config.mail_from, url),
            None => Self::files(&config.mail_from, config.data_dir.join("mails")),
        }
    }

    /// Into files of this directory.
    pub fn files(from: &str, directory: PathBuf) -> Result<Self, MailError> {
        Ok(Self { from: from.parse().map_err(|_| MailError::Address("sender"))?, way: Way::Files(directory) })
    }

    /// By this mail server.
    pub fn server(from: &str, url: Secret) -> Result<Self, MailError> {
        Ok(Self { from: from.parse().map_err(|_| MailError::Address("sender"))?, way: Way::Server(url) })
    }

    fn message(
        &self,
        id: MailId,
        to: &str,
        subject: &str,
        body: &Secret,
        now: DateTime<Utc>,
    ) -> Result<Message, MailError> {
        let to: Address = to.parse().map_err(|_| MailError::Address("recipient"))?;
        // The same for every attempt at this mail.
        let unique = crypto::sha256(format!("{id}\0{to}\0{subject}").as_bytes());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .date(SystemTime::from(now))
            .message_id(Some(format!("<{}@{}>", hex::encode(&unique[..16]), self.from.email.domain())))
            .singlepart(SinglePart::plain(body.reveal().to_owned()))
            .map_err(|_| MailError::Address("headers"))
    }

    /// Sends one.
    pub(super) async fn deliver(
        &self,
        id: MailId,
        to: &str,
        subject: &str,
        body: &Secret,
        now: DateTime<Utc>,
    ) -> Result<(), MailError> {
        let message = self.message(id, to, subject, body, now)?;
        match &self.way {
            Way::Files(directory) => write(directory, id, &message.formatted()).await,
            Way::Server(url) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.reveal())
                    .map_err(|_| MailError::Address("server"))?
                    .timeout(Some(TIMEOUT))
                    .build();
                transport.send(message).await.map_err(|e| reason(&e))?;
                Ok(())
            }
        }
    }
}

/// What went wrong without what the server said: its words often repeat the recipient.
fn reason(e: &lettre::transport::smtp::Error) -> MailError {
    let class = match e.status() {
        Some(code) => format!("answer {code}"),
        None if e.is_timeout() => "no answer in time".to_owned(),
        None if e.is_tls() => "no secure connection".to_owned(),
        None => "no connection".to_owned(),
    };
    MailError::Refused(class)
}

/// Writes the file whole or not at all, for our user alone.
async fn write(directory: &Path, id: MailId, bytes: &[u8]) -> Result<(), MailError> {
    let mut maker = tokio::fs::DirBuilder::new();
    maker.recursive(true);
    #[cfg(unix)]
    maker.mode(0o700);
    maker.create(directory).await?;
    let half = directory.join(format!("{id}.half"));
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(&half).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    tokio::fs::rename(&half, directory.join(format!("{id}.eml"))).await?;
    Ok(())
}
