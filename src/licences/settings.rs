//! What the admin decides about licences while the service runs.
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    app::App,
    audit::{self, Record},
    core::actor::Actor,
    db::DbError,
    notices,
    settings::{self, Setting},
};

/// Days a free licence by date may last.
pub const FREE_DAYS: std::ops::RangeInclusive<u32> = 1..=365;
/// Credits that the form of a new licence may begin with.
pub const CREDITS: std::ops::RangeInclusive<u32> = 0..=super::domain::MOST_CREDITS;

/// Days before its end from which on a licence may count as about to end.
pub const SOON_DAYS: std::ops::RangeInclusive<u32> = 1..=90;

/// A number as `WhatsApp` takes it: 8 to 15 digits, with the country's, or none at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatsApp(pub String);

impl WhatsApp {
    /// As people type it: blanks, `+`, dots, hyphens and brackets do not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let is_filling = |c: char| c.is_whitespace() || matches!(c, '+' | '-' | '.' | '(' | ')');
        let digits: String = text.chars().filter(|c| !is_filling(*c)).collect();
        let sound = (8..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        (sound || digits.is_empty()).then_some(Self(digits))
    }
}

impl LicenceSettings {
    /// Where somebody writes `text` to the shop over `WhatsApp`; `None` where no number is set.
    pub fn whatsapp_link(&self, text: &str) -> Option<String> {
        let text: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        // A blank is %20 there: WhatsApp shows a plus as a plus.
        let text = text.replace('+', "%20");
        (!self.whatsapp.is_empty()).then(|| format!("https://wa.me/{}?text={text}", self.whatsapp))
    }
}

/// Settings of licences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LicenceSettings {
    /// How long a free licence by date lasts, [`FREE_DAYS`]; the day it is given is day 0.
    pub free_days: u32,
    /// What the form of a new licence by quantity begins with, [`CREDITS`].
    pub credits: u32,
    /// Whom customers write to over `WhatsApp` to get a larger plan: digits alone, with the country's; empty: the link is not shown.
    pub whatsapp: String,
    /// Days before its end from which on a licence is listed as about to end.
    pub soon_days: u32,
    /// Whether people are told by e-mail before a licence ends.
    pub notices: bool,
    /// How many days before, [`notices::DAYS`].
    pub notice_days: u32,
}

impl Default for LicenceSettings {
    fn default() -> Self {
        Self {
            free_days: 30,
            credits: super::domain::CREDITS_DEFAULT,
            whatsapp: String::new(),
            soon_days: 7,
            notices: false,
            notice_days: notices::DAYS_DEFAULT,
        }
    }
}

impl Setting for LicenceSettings {
    const NAME: &'static str = "licences";
}

/// Saves them, with what they were before in the audit trail. False: nothing differs, nothing was written.
pub async fn save(app: &App, new: &LicenceSettings, actor: &Actor) -> Result<bool, DbError> {
    let now = app.clock.now();
    app.db
        .transact(|mut tx| async move {
            let old: LicenceSettings = settings::get(&mut tx).await?;
            if old == *new {
                return tx.undone(false).await;
            }
            settings::put(&mut tx, new, actor, now).await?;
            let record = Record::new(now, actor, "settings.changed", "setting", LicenceSettings::NAME)
                .detail(json!({"from": old, "to": new}));
            audit::record(&mut tx, record).await?;
            tx.done(true).await
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_as_its_digits_and_none_is_no_number() {
        for (typed, kept) in [
            ("+34 600 11 22 33", Some("34600112233")),
            (" (54) 9-11.2345.6789 ", Some("5491123456789")),
            ("", Some("")),
            ("  ", Some("")),
            ("1234567", None),
            ("1234567890123456", None),
            ("0034600112233", None),
            ("34 600 once", None),
        ] {
            assert_eq!(WhatsApp::parse(typed).map(|n| n.0).as_deref(), kept, "{typed:?}");
        }
    }

    #[test]
    fn the_link_carries_the_text_as_it_is() {
        let mut settings = LicenceSettings::default();
        assert_eq!(settings.whatsapp_link("Hola"), None);
        "34600112233".clone_into(&mut settings.whatsapp);
        let link = settings.whatsapp_link("Hola, mi correo es a+b@x.es").unwrap();
        assert_eq!(link, "https://wa.me/34600112233?text=Hola%2C%20mi%20correo%20es%20a%2Bb%40x.es");
    }
}
