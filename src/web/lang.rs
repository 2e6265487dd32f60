//! The two languages, and every text of the pages: Fluent files under `templates/i18n/{es,en}/`, one per slice.
//!
//! A key is lower-case words with hyphens and starts with the name of its file's slice: `sessions-title`. A text that is
//! missing is a bug: it panics in a debug build, and shows its key (once logged) in a release.
use std::{borrow::Cow, collections::HashMap};

use fluent_templates::{fluent_bundle::FluentValue, langid, loader::LanguageIdentifier, static_loader};

use crate::words::{self, Whole};

static_loader! {
    static TEXTS = {
        locales: "./templates/i18n",
        fallback_language: "es",
        // The marks that isolate an argument's writing direction show up as boxes when copied; both languages run the same way.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ES: LanguageIdentifier = langid!("es");
static EN: LanguageIdentifier = langid!("en");

/// A language people read Abono in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Lang {
    #[default]
    Es,
    En,
}

type Args = HashMap<Cow<'static, str>, FluentValue<'static>>;

impl Lang {
    pub const ALL: [Self; 2] = [Self::Es, Self::En];

    /// As in `lang="…"`, cookies and the `locale` columns.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
        }
    }

    /// From `es`, `en`, or a longer tag of one of them (`en-GB`).
    pub fn parse(text: &str) -> Option<Self> {
        let language = text.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| lang.as_str().eq_ignore_ascii_case(language))
    }

    /// The one of ours that an `Accept-Language` header likes best, if it names any.
    pub fn from_accept(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',') {
            let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            if let Some(lang) = Self::parse(tag)
                && weight > 0.0
                && best.is_none_or(|(most, _)| weight > most)
            {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }

    fn id(self) -> &'static LanguageIdentifier {
        match self {
            Self::Es => &ES,
            Self::En => &EN,
        }
    }

    fn find(self, key: &str, args: &Args) -> Option<String> {
        TEXTS.lookup_single_language(self.id(), key, Some(args)).ok()
    }

    fn say(self, key: &str, args: &Args) -> String {
        self.find(key, args).unwrap_or_else(|| {
            debug_assert!(false, "no text {key:?} in {self:?}, or an argument is missing: {:?}", args.keys());
            tracing::error!(key, lang = self.as_str(), "a text is missing");
            key.to_owned()
        })
    }

    /// A text without arguments.
    pub fn t(self, key: &str) -> String {
        self.say(key, &Args::new())
    }

    /// A text with arguments, which are put in as they are (templates escape the outcome).
    pub fn ta(self, key: &str, args: &[(&str, &str)]) -> String {
        self.say(key, &text_args(args))
    }

    /// A text that depends on a number: `$n` selects the plural, `$count` is the number as people read it.
    pub fn n(self, key: &str, n: impl Whole) -> String {
        self.na(key, n, &[])
    }

    /// A text that depends on a number, with more arguments.
    pub fn na(self, key: &str, n: impl Whole, args: &[(&str, &str)]) -> String {
        let n = n.whole();
        let mut all = text_args(args);
        #[expect(clippy::cast_precision_loss, reason = "only the plural is chosen by it")]
        all.insert("n".into(), FluentValue::from(n as f64));
        all.insert("count".into(), FluentValue::from(words::count(self, n)));
        self.say(key, &all)
    }

    /// Whether the key exists in this language.
    pub fn has(self, key: &str) -> bool {
        // A text that is there but lacks its arguments fails otherwise; the error's type cannot be named from outside.
        TEXTS
            .lookup_single_language::<&str>(self.id(), key, None)
            .map_or_else(|error| error.to_string().starts_with("Fluent errors"), |_| true)
    }
}

/// Whether a key exists in both languages.
pub fn has(key: &str) -> bool {
    Lang::ALL.into_iter().all(|lang| lang.has(key))
}

fn text_args(args: &[(&str, &str)]) -> Args {
    args.iter()
        .map(|(name, value)| (Cow::Owned((*name).to_owned()), FluentValue::from((*value).to_owned())))
        .collect()
}

#[cfg(test)]
#[path = "lang_tests.rs"]
mod tests;
