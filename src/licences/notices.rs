//! Telling people by e-mail that a licence by date ends soon (requirements 3.5): by the rules of [`crate::notices`].
//!
//! 1. A licence is told of if it works, ends within the days of the settings, and no other by date of the same feature lasts longer
//!    and works: whoever renewed by buying another one needs no letter.
//! 2. Credits that are left besides do not stand in for it: without the date, every use would cost one.
//! 3. Credits that run low are not told of. The requirements ask for what 1.6 has, notices of an expiry, and credits have none; the
//!    app that spends them says with every answer how many are left.
//! 4. Nothing is told of a feature that is retired: it opens nothing, whatever is bought for it.
use std::ops::RangeInclusive;

use askama::Template;
use chrono::NaiveDate;
use sqlx::MySqlConnection;

use super::{
    domain::Plan,
    settings::LicenceSettings,
    store::notices::{self as rows, Last},
    words::{Features, plan_key},
};
use crate::{
    app::App,
    db::DbError,
    entitlements::{self, Feature},
    mail::{
        self, MailError,
        letters::{Letter, letter},
    },
    notices::{self, Ending, Topic, When},
    settings,
    web::lang::Lang,
    words,
};

/// What letters about licences need to know.
#[derive(Debug)]
pub struct Licences {
    chosen: LicenceSettings,
    features: Features,
    url: String,
}

impl Licences {
    /// As things stand.
    pub async fn load(conn: &mut MySqlConnection, url: &str) -> Result<Self, DbError> {
        let chosen = settings::get(conn).await?;
        let features = Features(entitlements::store::features(conn).await?);
        Ok(Self { chosen, features, url: url.trim_end_matches('/').to_owned() })
    }
}

/// Tells everyone who is due, if notices are on. Answers how many letters were written.
pub async fn send(app: &App) -> Result<u32, MailError> {
    let licences = Licences::load(&mut *app.db.conn().await?, &app.config.public_url()).await?;
    if !licences.chosen.notices {
        return Ok(0);
    }
    notices::send(app, &licences, licences.chosen.notice_days).await
}

/// A licence of the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    feature: String,
    plan: String,
    day: String,
}

#[derive(Debug, Template)]
#[template(path = "emails/licence_notice.es.txt")]
struct NoticeEs<'a> {
    lines: &'a [Line],
    more: Option<&'a str>,
    url: &'a str,
}

#[derive(Debug, Template)]
#[template(path = "emails/licence_notice.en.txt")]
struct NoticeEn<'a> {
    lines: &'a [Line],
    more: Option<&'a str>,
    url: &'a str,
}

impl Topic for Licences {
    type What = Last;
    const SOURCE: &'static str = "licences";
    const KIND: mail::Kind = mail::Kind::LicenceNotice;

    async fn ending(
        &self,
        conn: &mut MySqlConnection,
        when: &When,
        people: RangeInclusive<u64>,
        most: u32,
    ) -> Result<Vec<Ending<Last>>, DbError> {
        rows::ending(conn, when.today()..=when.last_day(), people, most).await
    }

    fn write(&self, lang: Lang, email: &str, today: NaiveDate, what: &[&Last]) -> Result<Letter, MailError> {
        let mut sorted = what.to_vec();
        sorted.sort_by_key(|last| last.day);
        let mut lines: Vec<Line> = Vec::new();
        for last in sorted {
            let line = Line {
                feature: self.features.name(&last.feature).to_owned(),
                plan: lang.n(plan_key(last.plan), self.chosen.free_days),
                day: words::date_long(lang, last.day, today),
            };
            // Two of a kind that end together are one fact for their owner.
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        let more = self.chosen.whatsapp_link(&lang.ta("my-licences-whatsapp", &[("email", email)]));
        let (lines, more) = (&lines[..], more.as_deref());
        let url = &format!("{}/account/licences", self.url);
        let text = match lang {
            Lang::En => NoticeEn { lines, more, url }.render(),
            Lang::Es => NoticeEs { lines, more, url }.render(),
        };
        letter(&text.map_err(|_| MailError::Template)?)
    }

    fn sample(&self, day: NaiveDate) -> Option<Last> {
        let is_paid = |feature: &&Feature| feature.sources.contains(&entitlements::SourceKind::Licence);
        let mut offered = self.features.0.iter().filter(|feature| !feature.is_retired);
        let feature = offered.clone().find(is_paid).or_else(|| offered.next())?.code.clone();
        Some(Last { feature, plan: Plan::PAID_DATE, day })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::feature::FeatureCode;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn code() -> FeatureCode {
        FeatureCode::parse("catalogue").unwrap()
    }
    fn licences(whatsapp: &str) -> Licences {
        let feature = Feature {
            code: code(),
            name: "Catálogos".to_owned(),
            unit_one: "catálogo".to_owned(),
            unit_many: "catálogos".to_owned(),
            sources: vec![entitlements::SourceKind::Licence],
            is_retired: false,
            version: 1,
        };
        let chosen = LicenceSettings { whatsapp: whatsapp.to_owned(), ..LicenceSettings::default() };
        Licences { chosen, features: Features(vec![feature]), url: "https://abono.example".to_owned() }
    }
    fn last(plan: Plan, on: &str) -> Last {
        Last { feature: code(), plan, day: day(on) }
    }
    fn write(licences: &Licences, lang: Lang, what: &[Last]) -> (String, String) {
        let what: Vec<&Last> = what.iter().collect();
        let letter = licences.write(lang, "ana@x.es", day("2026-11-21"), &what).unwrap();
        (letter.subject, letter.body.reveal().to_owned())
    }

    #[test]
    fn the_letter_names_the_plan_its_last_day_and_where_to_get_more() {
        let paid = [last(Plan::PAID_DATE, "2026-11-24")];
        let (subject, body) = write(&licences("34600112233"), Lang::Es, &paid);
        assert_eq!(subject, "Tu licencia vence el martes 24 de noviembre");
        for part in [
            "- Catálogos, Pagado (Fecha): hasta el martes 24 de noviembre, al terminar el día\n",
            "\nhttps://wa.me/34600112233?text=Hola%2C%20quiero%20ampliar%20mi%20plan.%20Mi%20correo%20es%20ana%40x.es\n",
            "\nhttps://abono.example/account/licences\n",
        ] {
            assert!(body.contains(part), "{part} is not in\n{body}");
        }
        let (subject, body) = write(&licences("34600112233"), Lang::En, &paid);
        assert_eq!(subject, "Your licence ends on Tuesday 24 November");
        assert!(body.contains("Tuesday 24 November, to the end of the day\n"), "{body}");
    }

    #[test]
    fn without_a_number_the_letter_offers_no_whatsapp() {
        let (_, body) = write(&licences(""), Lang::Es, &[last(Plan::FREE_DATE, "2026-11-24")]);
        assert!(!body.contains("wa.me") && !body.contains("WhatsApp") && !body.contains("\n\n\n"), "{body}");
        assert!(body.contains("- Catálogos, Free (Fecha 30 días): hasta"), "{body}");
    }

    #[test]
    fn several_are_in_one_letter_the_soonest_first_and_twins_once() {
        let what = [
            last(Plan::PAID_DATE, "2026-11-24"),
            last(Plan::FREE_DATE, "2026-11-22"),
            last(Plan::PAID_DATE, "2026-11-24"),
        ];
        let (subject, body) = write(&licences(""), Lang::Es, &what);
        assert_eq!(subject, "Tienes 2 licencias que vencen pronto");
        let (free, paid) = (body.find("- Catálogos, Free"), body.find("- Catálogos, Pagado"));
        assert!(free.is_some() && free < paid, "{body}");
        assert_eq!(body.matches("- Catálogos").count(), 2, "{body}");
        let (subject, _) = write(&licences(""), Lang::En, &what);
        assert_eq!(subject, "You have 2 licences that end soon");
    }
}
