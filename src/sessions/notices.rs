//! Telling people by e-mail that sessions expire soon: each grant once, all of a person's in one letter, if the settings say so.
use askama::Template;
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::MySqlConnection;

use super::{
    settings::SessionSettings,
    store::expiry::{self as rows, Expiring},
};
use crate::{
    accounts,
    app::App,
    core::{
        calendar,
        email::Email,
        ids::{AccountId, GrantId},
        secret::Secret,
    },
    db::DbError,
    mail::{
        self, Mail, MailError,
        letters::{Letter, letter},
    },
    settings,
    web::lang::Lang,
    words,
};

/// Most grants looked for at once.
const MOST: u32 = 2000;

/// Someone with sessions that expire soon.
#[derive(Debug, Clone)]
pub struct Person {
    pub account: AccountId,
    pub email: Email,
    pub locale: Option<String>,
    /// Which, how many of each, and when.
    pub grants: Vec<(GrantId, u32, DateTime<Utc>)>,
}

/// Whom to tell now: what expires with the end of the day in `days` days or before, and was not told of.
pub async fn due(
    conn: &mut MySqlConnection,
    now: DateTime<Utc>,
    zone: Tz,
    days: u32,
) -> Result<Vec<Person>, DbError> {
    let last = calendar::day_of(now, zone).checked_add_days(Days::new(u64::from(days)));
    let until = last.map_or(now, |day| calendar::end_of_day(day, zone));
    let mut people: Vec<Person> = Vec::new();
    for Expiring { account, grant, left, expires_at, email, locale } in
        rows::expiring(conn, now, until, MOST).await?
    {
        let Ok(email) = Email::parse(&email) else { continue };
        let what = (grant, left, expires_at);
        match people.iter_mut().rfind(|person| person.account == account) {
            Some(person) => person.grants.push(what),
            None => people.push(Person { account, email, locale, grants: vec![what] }),
        }
    }
    Ok(people)
}

/// A line of the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    count: u32,
    day: String,
}

#[derive(Debug, Template)]
#[template(path = "emails/expiry_notice.es.txt")]
struct NoticeEs<'a> {
    total: u32,
    lines: &'a [Line],
    url: &'a str,
}

#[derive(Debug, Template)]
#[template(path = "emails/expiry_notice.en.txt")]
struct NoticeEn<'a> {
    total: u32,
    lines: &'a [Line],
    url: &'a str,
}

/// The letter about sessions that can be used until these days.
fn write(locale: &str, url: &str, today: NaiveDate, what: &[(u32, NaiveDate)]) -> Result<Letter, MailError> {
    let lang = if locale.starts_with("en") { Lang::En } else { Lang::Es };
    let mut lines: Vec<(u32, NaiveDate)> = Vec::new();
    for (count, day) in what {
        match lines.iter_mut().find(|(_, known)| known == day) {
            Some((sum, _)) => *sum += count,
            None => lines.push((*count, *day)),
        }
    }
    lines.sort_by_key(|(_, day)| *day);
    let total = lines.iter().map(|(count, _)| count).sum();
    let lines: Vec<Line> = lines
        .into_iter()
        .map(|(count, day)| Line { count, day: words::date_long(lang, day, today) })
        .collect();
    let url = &format!("{}/account/sessions", url.trim_end_matches('/'));
    let text = match lang {
        Lang::En => NoticeEn { total, lines: &lines, url }.render(),
        Lang::Es => NoticeEs { total, lines: &lines, url }.render(),
    };
    letter(&text.map_err(|_| MailError::Template)?)
}

/// What the letter would say to someone with two sessions that expire in `days` days.
pub fn sample(locale: &str, url: &str, now: DateTime<Utc>, zone: Tz, days: u32) -> Result<Letter, MailError> {
    let today = calendar::day_of(now, zone);
    let day = today.checked_add_days(Days::new(u64::from(days))).unwrap_or(today);
    write(locale, url, today, &[(2, day)])
}

/// Tells everyone who is due, if notices are on. Answers how many letters were written.
pub async fn send(app: &App) -> Result<u32, MailError> {
    let now = app.clock.now();
    let zone = app.config.timezone;
    let mut conn = app.db.conn().await?;
    let chosen: SessionSettings = settings::get(&mut conn).await?;
    if !chosen.notices {
        return Ok(0);
    }
    let mut sent = 0;
    loop {
        let people = due(&mut conn, now, zone, chosen.notice_days).await?;
        let before = sent;
        for person in people {
            sent += u32::from(tell(app, &person, now, zone).await?);
        }
        // Nobody is left, or only people who cannot be told now (an account being merged).
        if sent == before {
            return Ok(sent);
        }
    }
}

/// One letter, and the mark that its grants were told of, in one transaction. False: there is nothing left to tell.
async fn tell(app: &App, person: &Person, now: DateTime<Utc>, zone: Tz) -> Result<bool, MailError> {
    app.db
        .transact(|mut tx| async move {
            if !accounts::lock(&mut tx, person.account).await? {
                return Ok(tx.undone(false).await?);
            }
            let mut told = Vec::new();
            for (grant, ..) in &person.grants {
                // Used, changed or told of since it was looked up?
                if let Some((left, end)) = rows::still_untold(&mut tx, *grant, now).await? {
                    let day = calendar::day_of(end - chrono::TimeDelta::microseconds(1), zone);
                    told.push((*grant, left, day));
                }
            }
            if told.is_empty() {
                return Ok(tx.undone(false).await?);
            }
            let what: Vec<(u32, NaiveDate)> = told.iter().map(|(_, left, day)| (*left, *day)).collect();
            let locale = person.locale.as_deref().unwrap_or(&app.config.locale);
            let letter = write(locale, &app.config.public_url(), calendar::day_of(now, zone), &what)?;
            let mail = Mail {
                to: person.email.clone(),
                subject: letter.subject,
                body: Secret::new(letter.body.reveal()),
                kind: mail::Kind::ExpiryNotice,
                account: Some(person.account),
            };
            let id = mail::enqueue(&mut tx, &app.keys, mail, now).await?;
            for (grant, ..) in &told {
                rows::mark_told(&mut tx, *grant, id, now).await?;
            }
            Ok(tx.done(true).await?)
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_letter_sums_what_ends_on_one_day_and_names_the_soonest_first() {
        let what = [(2, day("2026-11-25")), (1, day("2026-11-24")), (3, day("2026-11-25"))];
        let es = write("es", "https://abono.example/", day("2026-11-21"), &what).unwrap();
        assert_eq!(es.subject, "Tienes 6 sesiones que caducan pronto");
        let body = es.body.reveal();
        let (first, second) = (
            body.find("- 1 sesión, hasta el martes 24 de noviembre"),
            body.find("- 5 sesiones, hasta el miércoles 25 de noviembre"),
        );
        assert!(first.is_some() && first < second, "{body}");
        assert!(body.contains("\nhttps://abono.example/account/sessions\n"), "{body}");
    }

    #[test]
    fn one_session_is_spoken_of_as_one_in_both_languages() {
        let what = [(1, day("2026-11-24"))];
        let es = write("es", "https://a.example", day("2026-11-21"), &what).unwrap();
        assert_eq!(es.subject, "Tienes 1 sesión que caduca pronto");
        let en = write("en", "https://a.example", day("2026-11-21"), &what).unwrap();
        assert_eq!(en.subject, "You have 1 session that expires soon");
    }
}
