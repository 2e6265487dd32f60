//! Telling people by e-mail that sessions expire soon: by the rules of [`crate::notices`].
use std::ops::RangeInclusive;

use askama::Template;
use chrono::{NaiveDate, TimeDelta};
use sqlx::MySqlConnection;

use super::{settings::SessionSettings, store::expiry as rows};
use crate::{
    app::App,
    core::calendar,
    db::DbError,
    mail::{
        self, MailError,
        letters::{Letter, letter},
    },
    notices::{self, Ending, Topic, When},
    settings,
    web::lang::Lang,
    words,
};

/// What letters about sessions need to know.
#[derive(Debug)]
pub struct Sessions {
    url: String,
}

impl Sessions {
    pub fn new(url: &str) -> Self {
        Self { url: url.trim_end_matches('/').to_owned() }
    }
}

/// How many, and the last day on which they can be used.
pub type Last = (u32, NaiveDate);

impl Topic for Sessions {
    type What = Last;
    const SOURCE: &'static str = "sessions";
    const KIND: mail::Kind = mail::Kind::ExpiryNotice;

    async fn ending(
        &self,
        conn: &mut MySqlConnection,
        when: &When,
        people: RangeInclusive<u64>,
        most: u32,
    ) -> Result<Vec<Ending<Last>>, DbError> {
        let until = calendar::end_of_day(when.last_day(), when.zone);
        let found = rows::expiring(conn, when.now, until, people, most).await?;
        let last = |ending: Ending<u32>| {
            let day = calendar::day_of(ending.ends - TimeDelta::microseconds(1), when.zone);
            Ending { person: ending.person, id: ending.id, ends: ending.ends, what: (ending.what, day) }
        };
        Ok(found.into_iter().map(last).collect())
    }

    fn write(&self, lang: Lang, _email: &str, today: NaiveDate, what: &[&Last]) -> Result<Letter, MailError> {
        write(lang, &self.url, today, what)
    }

    fn sample(&self, day: NaiveDate) -> Option<Last> {
        Some((2, day))
    }
}

/// Tells everyone who is due, if notices are on. Answers how many letters were written.
pub async fn send(app: &App) -> Result<u32, MailError> {
    let chosen: SessionSettings = settings::get(&mut *app.db.conn().await?).await?;
    if !chosen.notices {
        return Ok(0);
    }
    notices::send(app, &Sessions::new(&app.config.public_url()), chosen.notice_days).await
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
fn write(lang: Lang, url: &str, today: NaiveDate, what: &[&Last]) -> Result<Letter, MailError> {
    let mut lines: Vec<Last> = Vec::new();
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
    let url = &format!("{url}/account/sessions");
    let text = match lang {
        Lang::En => NoticeEn { total, lines: &lines, url }.render(),
        Lang::Es => NoticeEs { total, lines: &lines, url }.render(),
    };
    letter(&text.map_err(|_| MailError::Template)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_letter_sums_what_ends_on_one_day_and_names_the_soonest_first() {
        let what = [&(2, day("2026-11-25")), &(1, day("2026-11-24")), &(3, day("2026-11-25"))];
        let es = write(Lang::Es, "https://abono.example", day("2026-11-21"), &what).unwrap();
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
        let what = [&(1, day("2026-11-24"))];
        let es = write(Lang::Es, "https://a.example", day("2026-11-21"), &what).unwrap();
        assert_eq!(es.subject, "Tienes 1 sesión que caduca pronto");
        let en = write(Lang::En, "https://a.example", day("2026-11-21"), &what).unwrap();
        assert_eq!(en.subject, "You have 1 session that expires soon");
    }
}
