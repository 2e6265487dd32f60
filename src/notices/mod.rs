//! Telling people by e-mail of what ends soon: one way for every slice.
//!
//! 1. A slice says what ends soon and what its letter says: a [`Topic`]. Whom to tell, and that it is done once, is decided here.
//! 2. All that ends soon of a person in one slice is in one letter. Each ending is told of once; what ends on another day after the
//!    letter (it was extended, or shortened) is another ending.
//! 3. The letter and the mark that it was written are one transaction under the person's lock: whenever a process dies, either both
//!    are there or the next run writes them. From then on the letter is the mail's business ([`crate::mail`], rule 2).
//! 4. A letter that cannot be written keeps nobody else from getting theirs.
mod store;

use std::ops::RangeInclusive;

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::MySqlConnection;

use crate::{
    accounts,
    app::App,
    core::{calendar, email::Email, ids::AccountId, secret::Secret},
    db::DbError,
    mail::{self, Mail, MailError, letters::Letter},
    web::lang::Lang,
};

/// Days before an end at which a notice may be sent.
pub const DAYS: RangeInclusive<u32> = 1..=30;
/// Days before, unless the settings say otherwise (requirements 1.6).
pub const DAYS_DEFAULT: u32 = 3;
/// Most endings looked for at once.
const MOST: u32 = 2000;
/// People whom the settings page names.
const NAMED: usize = 8;

/// What ends soon is looked for as of when, where, and how many days ahead.
#[derive(Debug, Clone, Copy)]
pub struct When {
    pub now: DateTime<Utc>,
    pub zone: Tz,
    pub days: u32,
}

impl When {
    pub fn today(&self) -> NaiveDate {
        calendar::day_of(self.now, self.zone)
    }
    /// The last of the days that are looked at.
    pub fn last_day(&self) -> NaiveDate {
        let today = self.today();
        today.checked_add_days(Days::new(u64::from(self.days))).unwrap_or(today)
    }
}

/// A person who may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub account: AccountId,
    pub name: String,
    pub email: String,
    pub locale: Option<String>,
}

/// Something of a person that ends soon.
#[derive(Debug, Clone)]
pub struct Ending<W> {
    pub person: Person,
    /// Its number among the things of its slice.
    pub id: u64,
    /// Its end as the slice keeps it: an instant, or a day at 00:00.
    pub ends: DateTime<Utc>,
    /// What the letter says of it.
    pub what: W,
}

/// What a slice tells people of.
pub trait Topic: Sync {
    type What: Send + Sync;
    /// The word in the `source` column.
    const SOURCE: &'static str;
    const KIND: mail::Kind;

    /// What ends from now to the end of the last day looked at, of people with these numbers who have an address, and was not told
    /// of (`notices` says what was). By person; at most `most`.
    fn ending(
        &self,
        conn: &mut MySqlConnection,
        when: &When,
        people: RangeInclusive<u64>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<Ending<Self::What>>, DbError>> + Send;

    /// The letter about these things, at least one, to someone who reads `lang`.
    fn write(
        &self,
        lang: Lang,
        email: &str,
        today: NaiveDate,
        what: &[&Self::What],
    ) -> Result<Letter, MailError>;

    /// Something that has `day` as its last, to show what a letter looks like.
    fn sample(&self, day: NaiveDate) -> Option<Self::What>;
}

/// Tells everyone who is due. Answers how many letters were written.
pub async fn send<T: Topic>(app: &App, topic: &T, days: u32) -> Result<u32, MailError> {
    let when = When { now: app.clock.now(), zone: app.config.timezone, days };
    let (mut sent, mut failed, mut from) = (0, None, 0);
    loop {
        let endings = topic.ending(&mut *app.db.conn().await?, &when, from..=u64::MAX, MOST).await?;
        let mut people: Vec<AccountId> = endings.iter().map(|ending| ending.person.account).collect();
        people.dedup();
        let Some(last) = people.last() else { break };
        from = last.0.saturating_add(1);
        for account in people {
            match tell(app, topic, &when, account).await {
                Ok(told) => sent += u32::from(told),
                Err(MailError::Db(e)) => return Err(e.into()),
                Err(e) => {
                    tracing::error!(account = account.0, source = T::SOURCE, error = %e, "a notice could not be written");
                    failed = Some(e);
                }
            }
        }
    }
    failed.map_or(Ok(sent), Err)
}

/// One letter, and the mark of everything that it tells of, in one transaction. False: there is nothing left to tell.
async fn tell<T: Topic>(app: &App, topic: &T, when: &When, account: AccountId) -> Result<bool, MailError> {
    app.db
        .transact(|mut tx| async move {
            // Under the lock nobody else tells this person, and what is read is what the letter says.
            if !accounts::lock(&mut tx, account).await? {
                return Ok(tx.undone(false).await?);
            }
            let endings = topic.ending(&mut tx, when, account.0..=account.0, MOST).await?;
            let Some(Ending { person, .. }) = endings.first() else {
                return Ok(tx.undone(false).await?);
            };
            let Ok(to) = Email::parse(&person.email) else {
                tracing::warn!(
                    account = account.0,
                    source = T::SOURCE,
                    "an address that is none: nobody is told"
                );
                return Ok(tx.undone(false).await?);
            };
            let locale = person.locale.as_deref().unwrap_or(&app.config.locale);
            let what: Vec<&T::What> = endings.iter().map(|ending| &ending.what).collect();
            let lang = Lang::parse(locale).unwrap_or_default();
            let letter = topic.write(lang, to.as_str(), when.today(), &what)?;
            let mail = Mail {
                to,
                subject: letter.subject,
                body: Secret::new(letter.body.reveal()),
                kind: T::KIND,
                account: Some(account),
            };
            let mail = mail::enqueue(&mut tx, &app.keys, mail, when.now).await?;
            for ending in &endings {
                store::mark(&mut tx, T::SOURCE, (ending.id, ending.ends), mail, when.now).await?;
            }
            Ok(tx.done(true).await?)
        })
        .await
}

/// A look ahead, for the settings page: the letter, and whom it would go to now.
#[derive(Debug)]
pub struct Look {
    /// Subject and text; `None` where there is nothing that could end.
    pub letter: Option<(String, String)>,
    /// The first of them.
    pub named: Vec<Person>,
    pub people: usize,
    pub things: usize,
    /// There are more than were looked at.
    pub is_cut: bool,
}

impl Look {
    /// How many people there are whom it does not name.
    pub fn others(&self) -> usize {
        self.people - self.named.len()
    }
}

/// Looks ahead, with the letter in `lang`.
pub async fn look<T: Topic>(
    conn: &mut MySqlConnection,
    topic: &T,
    when: &When,
    lang: Lang,
) -> Result<Look, MailError> {
    let sample = topic.sample(when.last_day());
    let letter =
        sample.map(|what| topic.write(lang, "ana@ejemplo.es", when.today(), &[&what])).transpose()?;
    let endings = topic.ending(conn, when, 0..=u64::MAX, MOST).await?;
    let things = endings.len();
    let mut named: Vec<Person> = endings.into_iter().map(|ending| ending.person).collect();
    named.dedup();
    let people = named.len();
    named.truncate(NAMED);
    Ok(Look {
        letter: letter.map(|letter| (letter.subject, letter.body.reveal().to_owned())),
        named,
        people,
        things,
        is_cut: things >= MOST as usize,
    })
}
