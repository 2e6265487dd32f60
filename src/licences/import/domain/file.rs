//! Reading licences from a file, in our words and in those of older systems. No I/O.
use chrono::{NaiveDate, TimeDelta};

use super::{FEATURE, MOST_ROWS, Reason, Values};
use crate::{
    core::{
        feature::FeatureCode,
        sheet::{LABEL_MOST, Person, Sheet, plain, short},
    },
    licences::domain::{FURTHEST_DAYS, MOST_CREDITS, Plan},
};

/// Why a file cannot be used at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("the file is empty")]
    Empty,
    #[error("no column is called email or user_id")]
    NoPerson,
    #[error("no column is called plan")]
    NoPlan,
    #[error("the file has a header and nothing else")]
    NoRows,
    #[error("the file has more than {MOST_ROWS} rows")]
    TooMany,
}

/// What is wrong with a row, and what stood in the cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    pub reason: Reason,
    pub cell: String,
}

/// A row of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line on which it begins, the header being 1.
    pub no: u32,
    /// Whom it names, as it stands there; at most 254 characters.
    pub label: String,
    pub says: Result<(Person, Values), Bad>,
}

const CELL_MOST: usize = 80;
/// No licence is older.
const EARLIEST: Option<NaiveDate> = NaiveDate::from_ymd_opt(2000, 1, 1);

const EMAIL: &[&str] = &["email", "correo", "correoelectronico", "mail"];
const USER: &[&str] = &["userid", "wpuserid", "idusuario", "idwordpress"];
const PLAN: &[&str] = &["plan", "plantype", "tipodeplan", "tipoplan", "licencia", "licence", "license"];
const CREDITS: &[&str] = &[
    "credits",
    "creditos",
    "credito",
    "creditosiniciales",
    "cuota",
    "quota",
    "saldo",
    "remaining",
    "left",
    "quedan",
];
const EXPIRES: &[&str] = &[
    "expireson",
    "expiresat",
    "expires",
    "expiry",
    "vence",
    "vencimiento",
    "fechadevencimiento",
    "fechavencimiento",
    "caduca",
    "caducidad",
    "fechadecaducidad",
    "expira",
    "fecha",
    "lastday",
    "ultimodia",
];
const FEATURES: &[&str] = &["feature", "funcion", "servicio"];
const STATUS: &[&str] = &["status", "estado", "state"];
/// What a licence that is not blocked is called: by older systems, and by our own export, which also says how it stands.
const OPEN: &[&str] = &[
    "active", "activo", "activa", "vigente", "usedup", "agotada", "expired", "vencida", "nodate", "sinfecha",
];
const BLOCKED: &[&str] = &["blocked", "bloqueado", "bloqueada"];
/// What older systems write where there is nothing.
const NOTHING: &[&str] = &["none", "null", "nan", "nat", "-", "n/a"];

/// Where the columns are.
struct Columns {
    email: Option<usize>,
    user: Option<usize>,
    plan: usize,
    credits: Option<usize>,
    expires: Option<usize>,
    feature: Option<usize>,
    status: Option<usize>,
}

impl Columns {
    fn of(header: &[String]) -> Result<Self, Unusable> {
        let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
        // In the order of the words: a file with `quota` and `saldo` means the former.
        let find = |wanted: &[&str]| wanted.iter().find_map(|word| names.iter().position(|n| n == word));
        let (email, user) = (find(EMAIL), find(USER));
        if email.is_none() && user.is_none() {
            return Err(Unusable::NoPerson);
        }
        Ok(Self {
            email,
            user,
            plan: find(PLAN).ok_or(Unusable::NoPlan)?,
            credits: find(CREDITS),
            expires: find(EXPIRES),
            feature: find(FEATURES),
            status: find(STATUS),
        })
    }
}

/// Reads a file: its rows in order. Separator (`,` `;` or tab), byte order mark, line ends and quotes are found out; columns are
/// known by their names in English or Spanish, and others may hold anything. `features`: those that rows may call by their name.
pub fn read(
    bytes: &[u8],
    today: NaiveDate,
    features: &[(FeatureCode, String)],
) -> Result<Vec<Row>, Unusable> {
    let mut sheet = Sheet::open(bytes).ok_or(Unusable::Empty)?;
    let columns = Columns::of(sheet.header())?;
    let mut rows = Vec::new();
    while let Some(line) = sheet.next_line() {
        if rows.len() == MOST_ROWS {
            return Err(Unusable::TooMany);
        }
        let cell = |at: Option<usize>| {
            let text = at.map_or("", |at| line.cell(at)).trim();
            if NOTHING.contains(&text.to_lowercase().as_str()) { "" } else { text }
        };
        let (email, user) = (cell(columns.email), cell(columns.user));
        let label = if email.is_empty() { user } else { email };
        let person = if email.is_empty() { Person::user(user) } else { Person::email(email) };
        let says = match person {
            None => Err((Reason::Unreadable, "")),
            Some(person) => values(&columns, &cell, today, features).map(|values| (person, values)),
        };
        rows.push(Row {
            no: line.no,
            label: short(label, LABEL_MOST),
            says: says.map_err(|(reason, text)| Bad { reason, cell: short(text, CELL_MOST) }),
        });
    }
    if rows.is_empty() { Err(Unusable::NoRows) } else { Ok(rows) }
}

/// Whether any row names a user of a shop, so that it has to be known which.
pub fn names_users(rows: &[Row]) -> bool {
    rows.iter().any(|row| matches!(row.says, Ok((Person::User(_), _))))
}

/// What the cells of a row say.
fn values<'a>(
    columns: &Columns,
    cell: &impl Fn(Option<usize>) -> &'a str,
    today: NaiveDate,
    features: &[(FeatureCode, String)],
) -> Result<Values, (Reason, &'a str)> {
    let (plan_cell, expires, credits) =
        (cell(Some(columns.plan)), cell(columns.expires), cell(columns.credits));
    if plan_cell.is_empty() {
        return Err((Reason::PlanMissing, ""));
    }
    let plan = Plan::of_legacy(plan_cell, !expires.is_empty()).ok_or((Reason::PlanUnknown, plan_cell))?;
    let is_blocked = blocked(cell(columns.status))?;
    let feature_cell = cell(columns.feature);
    let feature = feature(feature_cell, features).ok_or((Reason::FeatureUnknown, feature_cell))?;
    // What the plan has no use for is left aside, as the form of a licence does.
    let (credits, expires_on) = if plan.is_dated() {
        if expires.is_empty() {
            return Err((Reason::DateMissing, plan_cell));
        }
        let day = day(expires).ok_or((Reason::DateUnreadable, expires))?;
        let is_near =
            EARLIEST.is_some_and(|first| day >= first) && day - today <= TimeDelta::days(FURTHEST_DAYS);
        if !is_near {
            return Err((Reason::DateFar, expires));
        }
        (0, Some(day))
    } else {
        if credits.is_empty() {
            return Err((Reason::CreditsMissing, plan_cell));
        }
        let amount = number(credits).ok_or((Reason::CreditsUnreadable, credits))?;
        let amount = u32::try_from(amount).ok().filter(|n| *n <= MOST_CREDITS);
        (amount.ok_or((Reason::CreditsRange, credits))?, None)
    };
    Ok(Values { feature, plan, credits, expires_on, is_blocked })
}

/// The feature that a cell names: by its code, or by what people call it.
fn feature(text: &str, features: &[(FeatureCode, String)]) -> Option<FeatureCode> {
    if text.is_empty() {
        return FeatureCode::parse(FEATURE);
    }
    let by = |is: &dyn Fn(&(FeatureCode, String)) -> bool| features.iter().find(|feature| is(feature));
    // A name in small letters looks like a code, too.
    let known =
        by(&|(code, _)| code.as_str() == text).or_else(|| by(&|(_, name)| plain(name) == plain(text)));
    known.map_or_else(|| FeatureCode::parse(text), |(code, _)| Some(code.clone()))
}

/// Whether the status says blocked, if it says anything.
fn blocked(text: &str) -> Result<Option<bool>, (Reason, &str)> {
    match plain(text).as_str() {
        "" if text.is_empty() => Ok(None),
        word if OPEN.contains(&word) => Ok(Some(false)),
        word if BLOCKED.contains(&word) => Ok(Some(true)),
        _ => Err((Reason::StatusUnreadable, text)),
    }
}

/// A whole number, perhaps with a fraction of nothing: `5`, `5.0`, `5,00`.
fn number(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    // Three digits would be thousands in one country and a fraction in another: neither is guessed.
    let is_plain = whole.bytes().all(|b| b.is_ascii_digit())
        && fraction.len() <= 2
        && fraction.bytes().all(|b| b == b'0');
    if is_plain { whole.parse().ok() } else { None }
}

/// A day: `2026-12-31` (a time of day after it does not matter), `31/12/2026`, `31-12-2026`, `31.12.2026`.
fn day(text: &str) -> Option<NaiveDate> {
    let date = text.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = date.split(['/', '-', '.']).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let is_number =
        |part: &&str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
    if ![first, month, last].into_iter().all(is_number) {
        return None;
    }
    let (year, day) = match (first.len(), last.len()) {
        (4, 1..=2) => (first, last),
        (1..=2, 4) => (last, first),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::email::Email;

    fn today() -> NaiveDate {
        "2026-11-18".parse().unwrap()
    }

    fn one(file: &str) -> Result<(Person, Values), Bad> {
        let mut rows = read(file.as_bytes(), today(), &[]).unwrap();
        assert_eq!(rows.len(), 1);
        rows.remove(0).says
    }

    fn said(file: &str) -> (Plan, u32, Option<String>) {
        let (_, values) = one(file).unwrap();
        (values.plan, values.credits, values.expires_on.map(|day| day.to_string()))
    }

    fn reason(file: &str) -> (Reason, String) {
        let bad = one(file).unwrap_err();
        (bad.reason, bad.cell)
    }

    #[test]
    fn the_dialects_and_names_of_columns_say_the_same() {
        let wanted = (Plan::PAID_DATE, 0, Some("2026-12-31".to_owned()));
        for file in [
            "email,plan,credits,expires_on\nana@x.es,paid_date,0,2026-12-31\n",
            "\u{feff}Correo;Plan;Cuota;Vence\r\nana@x.es;Pagado (Fecha);0;31/12/2026\r\n",
            "E-mail\tplan_type\tquota\texpires_at\nana@x.es\tPremium (Fecha)\t0\t2026-12-31T00:00:00+00:00",
            "CORREO ELECTRÓNICO,Tipo de plan,Créditos,Fecha de vencimiento\nana@x.es,Tiempo,,31-12-2026\n",
            "name;email;plan;Caducidad\nAna;ana@x.es;Premium;31.12.2026\n",
        ] {
            assert_eq!(said(file), wanted, "{file}");
            assert_eq!(one(file).unwrap().0, Person::Email(Email::parse("ana@x.es").unwrap()), "{file}");
        }
    }

    #[test]
    fn old_values_become_the_new_form_and_a_date_decides_where_they_do_not() {
        let row = |plan: &str, quota: &str, day: &str| {
            said(&format!("email,plan_type,quota,expires_at\na@x.es,{plan},{quota},{day}\n"))
        };
        let day = Some("2027-02-09".to_owned());
        assert_eq!(row("Free", "5", ""), (Plan::FREE_QUANTITY, 5, None));
        assert_eq!(row("Free", "5", "2027-02-09"), (Plan::FREE_DATE, 0, day.clone()));
        assert_eq!(row("Premium", "7.0", "None"), (Plan::PAID_QUANTITY, 7, None));
        assert_eq!(row("Premium", "", "2027-02-09"), (Plan::PAID_DATE, 0, day.clone()));
        assert_eq!(row("Free (Fecha)", "0", "09/02/2027"), (Plan::FREE_DATE, 0, day.clone()));
        assert_eq!(row("Free (Fecha 30 días)", "", "9/2/2027"), (Plan::FREE_DATE, 0, day.clone()));
        assert_eq!(row("Cantidad", "12", ""), (Plan::PAID_QUANTITY, 12, None));
        assert_eq!(row("Tiempo", "0", "2027-02-09"), (Plan::PAID_DATE, 0, day));
        // A date that was left over when the plan was changed means nothing (requirements 3.6, bug 3).
        assert_eq!(row("Premium (Cantidad)", "3", "2024-01-01"), (Plan::PAID_QUANTITY, 3, None));
        // Someone whose licence is over keeps that, too.
        assert_eq!(row("Tiempo", "", "2024-01-01"), (Plan::PAID_DATE, 0, Some("2024-01-01".to_owned())));
    }

    #[test]
    fn a_row_that_cannot_be_used_says_why_and_shows_the_cell() {
        let row = |cells: &str| reason(&format!("email,plan,credits,expires_on,feature,status\n{cells}\n"));
        for (cells, why, cell) in [
            ("ana,Free,5", Reason::Unreadable, ""),
            (",Free,5", Reason::Unreadable, ""),
            ("a@x.es,,5", Reason::PlanMissing, ""),
            ("a@x.es,Gold,5", Reason::PlanUnknown, "Gold"),
            ("a@x.es,Pagado (Fecha),5", Reason::DateMissing, "Pagado (Fecha)"),
            ("a@x.es,Free (Fecha),0,NULL", Reason::DateMissing, "Free (Fecha)"),
            ("a@x.es,Tiempo,,31/02/2026", Reason::DateUnreadable, "31/02/2026"),
            ("a@x.es,Tiempo,,12/31/2026", Reason::DateUnreadable, "12/31/2026"),
            ("a@x.es,Tiempo,,1/1/26", Reason::DateUnreadable, "1/1/26"),
            ("a@x.es,Tiempo,,mañana", Reason::DateUnreadable, "mañana"),
            ("a@x.es,Tiempo,,1999-12-31", Reason::DateFar, "1999-12-31"),
            ("a@x.es,Tiempo,,9999-12-31", Reason::DateFar, "9999-12-31"),
            ("a@x.es,Free,", Reason::CreditsMissing, "Free"),
            ("a@x.es,Free,many", Reason::CreditsUnreadable, "many"),
            ("a@x.es,Free,-1", Reason::CreditsUnreadable, "-1"),
            ("a@x.es,Free,1.000", Reason::CreditsUnreadable, "1.000"),
            ("a@x.es,Free,1000001", Reason::CreditsRange, "1000001"),
            ("a@x.es,Free,5,,Catálogos", Reason::FeatureUnknown, "Catálogos"),
            ("a@x.es,Free,5,,,maybe", Reason::StatusUnreadable, "maybe"),
        ] {
            assert_eq!(row(cells), (why, cell.to_owned()), "{cells}");
        }
    }

    #[test]
    fn status_feature_and_users_are_read() {
        let (person, values) =
            one("user_id;plan;credits;feature;estado\n2187;Free;5;translation_words;Bloqueado\n").unwrap();
        assert_eq!(person, Person::User(2187));
        assert_eq!((values.feature.as_str(), values.is_blocked), ("translation_words", Some(true)));
        let (_, values) = one("correo,plan,cuota,status\na@x.es,Free,5,active\n").unwrap();
        assert_eq!((values.feature.as_str(), values.is_blocked), ("catalogue", Some(false)));
    }

    #[test]
    fn a_feature_is_known_by_its_name_and_a_state_of_ours_by_its_word() {
        let features = [(FeatureCode::parse("translation_words").unwrap(), "Traducción".to_owned())];
        let row = |cells: &str| {
            let file = format!("Correo;Función;Plan;Estado;Quedan;Último día\n{cells}\n");
            let (_, values) = read(file.as_bytes(), today(), &features).unwrap().remove(0).says.unwrap();
            (values.feature.to_string(), values.plan, values.credits, values.is_blocked)
        };
        let words = "translation_words".to_owned();
        assert_eq!(
            row("a@x.es;traduccion;Free (Fecha 15 días);Vencida;;2026-01-31"),
            (words.clone(), Plan::FREE_DATE, 0, Some(false))
        );
        assert_eq!(
            row("a@x.es;translation_words;Pagado (Cantidad);Bloqueada;4;"),
            (words, Plan::PAID_QUANTITY, 4, Some(true))
        );
    }

    #[test]
    fn a_file_without_its_columns_or_rows_is_refused_whole() {
        let read = |text: &str| read(text.as_bytes(), today(), &[]);
        assert_eq!(read(""), Err(Unusable::Empty));
        assert_eq!(read("plan,credits\nFree,5\n"), Err(Unusable::NoPerson));
        assert_eq!(read("email,credits\na@x.es,5\n"), Err(Unusable::NoPlan));
        assert_eq!(read("email,plan\n\n;;\n"), Err(Unusable::NoRows));
        let long = "email,plan,credits\n".to_owned() + &"a@x.es,Free,5\n".repeat(MOST_ROWS + 1);
        assert_eq!(read(&long), Err(Unusable::TooMany));
    }

    proptest! {
        #[test]
        fn no_bytes_at_all_make_it_panic_and_what_is_used_makes_sense(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut file = b"email,plan,credits,expires_on\n".to_vec();
            file.extend(bytes);
            for row in read(&file, today(), &[]).unwrap_or_default() {
                if let Ok((_, values)) = row.says {
                    prop_assert_eq!(values.plan.is_dated(), values.expires_on.is_some());
                }
            }
        }
    }
}
