//! The four plans of the brief: free or paid, by quantity or by date. No I/O.

use crate::core::sheet::plain;

/// Whether it was given away or paid for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    Free,
    Paid,
}

impl Tier {
    /// The word in the `tier` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Paid => "paid",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Free, Self::Paid].into_iter().find(|tier| tier.as_str() == text)
    }
}

/// What limits it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Credits, without a last day.
    Quantity,
    /// A last day, without credits.
    Date,
}

impl Mode {
    /// The word in the `mode` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quantity => "quantity",
            Self::Date => "date",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Quantity, Self::Date].into_iter().find(|mode| mode.as_str() == text)
    }
}

/// A plan: tier and mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Plan {
    pub tier: Tier,
    pub mode: Mode,
}

impl Plan {
    pub const FREE_QUANTITY: Self = Self { tier: Tier::Free, mode: Mode::Quantity };
    pub const FREE_DATE: Self = Self { tier: Tier::Free, mode: Mode::Date };
    pub const PAID_QUANTITY: Self = Self { tier: Tier::Paid, mode: Mode::Quantity };
    pub const PAID_DATE: Self = Self { tier: Tier::Paid, mode: Mode::Date };
    /// As they stand in the brief.
    pub const ALL: [Self; 4] = [Self::FREE_QUANTITY, Self::FREE_DATE, Self::PAID_QUANTITY, Self::PAID_DATE];

    /// The word in forms, in the API and in the ledger.
    pub fn as_str(self) -> &'static str {
        match (self.tier, self.mode) {
            (Tier::Free, Mode::Quantity) => "free_quantity",
            (Tier::Free, Mode::Date) => "free_date",
            (Tier::Paid, Mode::Quantity) => "paid_quantity",
            (Tier::Paid, Mode::Date) => "paid_date",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.as_str() == text)
    }

    pub fn is_dated(self) -> bool {
        self.mode == Mode::Date
    }

    /// What a name of a plan means, as older systems, our own export and people write it (requirements 3.1): a tier and a mode, in
    /// Spanish or English, perhaps with the days that a free one lasts. Case, accents, blanks and marks do not matter. A tier alone
    /// means by date where a date is given, by quantity otherwise; `Cantidad` and `Tiempo` alone are what older systems sold.
    pub fn of_legacy(text: &str, has_date: bool) -> Option<Self> {
        let word = plain(text);
        let said =
            |words: &[(&str, Self)]| words.iter().find(|(name, _)| *name == word).map(|(_, plan)| *plan);
        if let Some(plan) = said(&[("cantidad", Self::PAID_QUANTITY), ("tiempo", Self::PAID_DATE)]) {
            return Some(plan);
        }
        let (tier, mode) = TIERS.iter().find_map(|(name, tier)| Some((*tier, word.strip_prefix(name)?)))?;
        let mode = match mode.strip_prefix("por").or(mode.strip_prefix("by")).unwrap_or(mode) {
            "" if has_date => Mode::Date,
            "" | "cantidad" | "quantity" | "creditos" | "credits" => Mode::Quantity,
            dated => {
                let span = DATES.iter().find_map(|name| dated.strip_prefix(name)).unwrap_or(dated);
                let days = span.trim_start_matches(|c: char| c.is_ascii_digit());
                let is_span = days.len() < span.len() && ["dia", "dias", "day", "days"].contains(&days);
                let is_date = span.is_empty() || is_span;
                is_date.then_some(Mode::Date)?
            }
        };
        Some(Self { tier, mode })
    }
}

/// What tiers are called; where one begins like another, the longer one first.
const TIERS: [(&str, Tier); 9] = [
    ("free", Tier::Free),
    ("gratis", Tier::Free),
    ("gratuito", Tier::Free),
    ("gratuita", Tier::Free),
    ("premium", Tier::Paid),
    ("pagado", Tier::Paid),
    ("pagada", Tier::Paid),
    ("depago", Tier::Paid),
    ("paid", Tier::Paid),
];
/// What the mode by date is called.
const DATES: [&str; 4] = ["fecha", "date", "tiempo", "time"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_the_brief_ever_had_for_a_plan_is_understood() {
        let table = [
            ("Free (Cantidad)", false, Plan::FREE_QUANTITY),
            ("Free (Fecha 30 días)", true, Plan::FREE_DATE),
            ("Free (Fecha 30 dias)", true, Plan::FREE_DATE),
            ("Free (Fecha)", true, Plan::FREE_DATE),
            ("Pagado (Cantidad)", false, Plan::PAID_QUANTITY),
            ("Pagado (Fecha)", true, Plan::PAID_DATE),
            ("Premium (Cantidad)", false, Plan::PAID_QUANTITY),
            ("Premium (Fecha)", true, Plan::PAID_DATE),
            ("Free", false, Plan::FREE_QUANTITY),
            ("free", true, Plan::FREE_DATE),
            ("Cantidad", false, Plan::PAID_QUANTITY),
            ("Tiempo", true, Plan::PAID_DATE),
            ("Premium", false, Plan::PAID_QUANTITY),
            ("Premium", true, Plan::PAID_DATE),
            ("paid_date", true, Plan::PAID_DATE),
            ("  PAGADO ( FECHA ) ", true, Plan::PAID_DATE),
            ("FREE (CANTIDAD)", true, Plan::FREE_QUANTITY),
            ("free_fecha", true, Plan::FREE_DATE),
            ("Free/Cantidad", false, Plan::FREE_QUANTITY),
            // As our own pages and exports write them, in both languages and for any number of days.
            ("Free (Fecha 15 días)", true, Plan::FREE_DATE),
            ("FREE (FECHA 1 DÍA)", true, Plan::FREE_DATE),
            ("Free (Fecha 7 di\u{301}as)", false, Plan::FREE_DATE),
            ("Free (Quantity)", true, Plan::FREE_QUANTITY),
            ("free (quantity)", false, Plan::FREE_QUANTITY),
            ("Free (Date, 1 day)", true, Plan::FREE_DATE),
            ("Free (Date, 1,000 days)", true, Plan::FREE_DATE),
            ("Free (Date)", true, Plan::FREE_DATE),
            ("Paid (quantity)", false, Plan::PAID_QUANTITY),
            ("Paid (date)", true, Plan::PAID_DATE),
            // As people do.
            ("Gratis por cantidad", false, Plan::FREE_QUANTITY),
            ("Gratuita 30 días", true, Plan::FREE_DATE),
            ("Pagado (Fecha 365 días)", true, Plan::PAID_DATE),
            ("De pago", false, Plan::PAID_QUANTITY),
        ];
        for (text, has_date, plan) in table {
            assert_eq!(Plan::of_legacy(text, has_date), Some(plan), "{text}");
        }
        for text in
            ["", "Gold", "Fecha", "Free (Semana)", "Free (Fecha días)", "Free (Fecha 3 meses)", "Freedom"]
        {
            assert_eq!(Plan::of_legacy(text, true), None, "{text}");
        }
    }

    #[test]
    fn a_plan_is_read_back_as_it_was_written() {
        for plan in Plan::ALL {
            assert_eq!(Plan::parse(plan.as_str()), Some(plan));
            assert_eq!(
                (Tier::parse(plan.tier.as_str()), Mode::parse(plan.mode.as_str())),
                (Some(plan.tier), Some(plan.mode))
            );
        }
        assert_eq!(Plan::parse("Free"), None, "older words are for imports alone");
    }
}
