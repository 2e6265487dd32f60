//! The four plans of the brief: free or paid, by quantity or by date. No I/O.

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

    /// What a value of an older system means (requirements 3.1): the brief's own names, what it stored for them, and what came
    /// before those. Case, accents of writing and blanks do not matter. `Free` and `Premium` alone mean by date where a date is
    /// given, by quantity otherwise.
    pub fn of_legacy(text: &str, has_date: bool) -> Option<Self> {
        let mut word: String = text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        word = word.replace('í', "i").replace('é', "e");
        let by_date = |dated, undated| Some(if has_date { dated } else { undated });
        match word.as_str() {
            "free" | "gratis" | "gratuito" => by_date(Self::FREE_DATE, Self::FREE_QUANTITY),
            "premium" | "pagado" | "paid" => by_date(Self::PAID_DATE, Self::PAID_QUANTITY),
            "freecantidad" | "freequantity" => Some(Self::FREE_QUANTITY),
            "freefecha" | "freefecha30dias" | "freedate" => Some(Self::FREE_DATE),
            "premiumcantidad" | "pagadocantidad" | "cantidad" | "paidquantity" => Some(Self::PAID_QUANTITY),
            "premiumfecha" | "pagadofecha" | "tiempo" | "paiddate" => Some(Self::PAID_DATE),
            _ => None,
        }
    }
}

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
        ];
        for (text, has_date, plan) in table {
            assert_eq!(Plan::of_legacy(text, has_date), Some(plan), "{text}");
        }
        for text in ["", "Gold", "Fecha", "Free (Semana)"] {
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
