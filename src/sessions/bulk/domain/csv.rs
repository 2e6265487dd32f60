//! Reading a list of people from a CSV file, as spreadsheets of any country write it. No I/O.
use std::collections::HashSet;

use super::MOST_ROWS;
use crate::core::sheet::{LABEL_MOST, Person, Sheet, short};

/// Why a file cannot be used at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("the file is empty")]
    Empty,
    #[error("no column is called email or user_id")]
    NoColumn,
    #[error("the file has a header and nothing else")]
    NoRows,
    #[error("the file has more than {MOST_ROWS} rows")]
    TooMany,
}

/// Which of the two columns the file has. An address is taken before a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Email,
    UserId,
}

/// A row of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line on which it begins, the header being 1.
    pub no: u32,
    /// What stands in the column, at most 254 characters.
    pub label: String,
    pub key: Named,
}

/// Whether a row names someone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    One(Person),
    Unreadable,
    /// The same key stands further up.
    Repeated,
}

const EMAIL_NAMES: [&str; 3] = ["email", "correo", "e-mail"];
const USER_NAMES: [&str; 1] = ["user_id"];

/// Reads a file: its column, and its rows in order. Separator (`,` `;` or tab), byte order mark, line ends and quotes are found
/// out; other columns may hold anything.
pub fn read(bytes: &[u8]) -> Result<(Column, Vec<Row>), Unusable> {
    let mut sheet = Sheet::open(bytes).ok_or(Unusable::Empty)?;
    let find = |wanted: &[&str]| {
        sheet.header().iter().position(|name| wanted.contains(&name.to_lowercase().as_str()))
    };
    let (column, at) = match (find(&EMAIL_NAMES), find(&USER_NAMES)) {
        (Some(at), _) => (Column::Email, at),
        (None, Some(at)) => (Column::UserId, at),
        (None, None) => return Err(Unusable::NoColumn),
    };
    let (mut rows, mut seen) = (Vec::new(), HashSet::new());
    while let Some(line) = sheet.next_line() {
        if rows.len() == MOST_ROWS {
            return Err(Unusable::TooMany);
        }
        rows.push(row(line.no, line.cell(at), column, &mut seen));
    }
    if rows.is_empty() { Err(Unusable::NoRows) } else { Ok((column, rows)) }
}

/// The rows of a list that came without a file, in order.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>, column: Column) -> Vec<Row> {
    let mut seen = HashSet::new();
    (1_u32..).zip(names).map(|(no, name)| row(no, name.trim(), column, &mut seen)).collect()
}

fn row(no: u32, text: &str, column: Column, seen: &mut HashSet<Person>) -> Row {
    let key = match column {
        Column::Email => Person::email(text),
        Column::UserId => Person::user(text),
    };
    let key = match key {
        None => Named::Unreadable,
        Some(key) if seen.insert(key.clone()) => Named::One(key),
        Some(_) => Named::Repeated,
    };
    Row { no, label: short(text, LABEL_MOST), key }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::email::Email;

    fn emails(bytes: &[u8]) -> Vec<(u32, String, bool)> {
        let (_, rows) = read(bytes).unwrap();
        rows.into_iter().map(|r| (r.no, r.label, matches!(r.key, Named::One(_)))).collect()
    }

    fn good(no: u32, label: &str) -> (u32, String, bool) {
        (no, label.to_owned(), true)
    }

    // Acceptance 60.
    #[test]
    fn the_dialects_of_spreadsheets_say_the_same() {
        for file in [
            &b"email,name\nana@x.es,Ana\nluz@x.es,Luz\n"[..],
            b"\xef\xbb\xbfname;Correo\r\nAna;ana@x.es\r\nLuz;luz@x.es\r\n",
            b"name\tE-MAIL\nAna\tana@x.es\nLuz\tluz@x.es",
            b"\"name\",\"email\"\n\"Ana, la de abajo\",\"ana@x.es\"\n\"Luz\"\"\",luz@x.es\n",
            b"email;n\xfamero\nana@x.es;\xc1vila\nluz@x.es;\x80\n",
            b"email\rana@x.es\rluz@x.es\r",
            b"email,a\n ana@x.es ,1,2,3\nluz@x.es\n",
        ] {
            assert_eq!(emails(file), [good(2, "ana@x.es"), good(3, "luz@x.es")], "{file:?}");
        }
        let utf16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain("email\nana@x.es\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(emails(&utf16), [good(2, "ana@x.es")]);
    }

    #[test]
    fn a_row_that_names_nobody_keeps_its_line() {
        let (column, rows) =
            read(b"email;x\n;1\n\nana@x.es;\nANA@x.es;\nb@@x;\"two\nlines\"\n;\nluz@x.es;").unwrap();
        assert_eq!(column, Column::Email);
        let found: Vec<_> = rows.iter().map(|r| (r.no, r.label.as_str(), &r.key)).collect();
        let one = |text: &str| Named::One(Person::Email(Email::parse(text).unwrap()));
        assert_eq!(
            found,
            [
                (2, "", &Named::Unreadable),
                (4, "ana@x.es", &one("ana@x.es")),
                (5, "ANA@x.es", &Named::Repeated),
                (6, "b@@x", &Named::Unreadable),
                (9, "luz@x.es", &one("luz@x.es")),
            ]
        );
    }

    #[test]
    fn our_own_neutralising_is_taken_off_again() {
        assert_eq!(emails(b"email\n'+ana@x.es\n'-b@x.es\n"), [good(2, "+ana@x.es"), good(3, "-b@x.es")]);
        assert_eq!(emails(b"email\n'ana@x.es\n")[0].1, "'ana@x.es");
    }

    #[test]
    fn users_are_named_by_number() {
        let (column, rows) = read(b"User_ID,name\n7,Ana\n0,B\n7.0,C\n7,D\n").unwrap();
        assert_eq!(column, Column::UserId);
        let keys: Vec<_> = rows.into_iter().map(|r| r.key).collect();
        assert_eq!(
            keys,
            [Named::One(Person::User(7)), Named::Unreadable, Named::Unreadable, Named::Repeated]
        );
    }

    #[test]
    fn a_file_without_the_column_or_without_rows_is_refused_whole() {
        assert_eq!(read(b""), Err(Unusable::Empty));
        assert_eq!(read(b"name,phone\nAna,1\n"), Err(Unusable::NoColumn));
        assert_eq!(read(b"PK\x03\x04\x14\x00"), Err(Unusable::NoColumn));
        assert_eq!(read(b"email\n\n;;\n"), Err(Unusable::NoRows));
        let long = "email\n".to_owned() + &"a@x.es\n".repeat(MOST_ROWS + 1);
        assert_eq!(read(long.as_bytes()), Err(Unusable::TooMany));
    }

    proptest! {
        #[test]
        fn no_bytes_at_all_make_it_panic_and_lines_only_go_up(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut file = b"email,x\n".to_vec();
            file.extend(bytes);
            if let Ok((_, rows)) = read(&file) {
                prop_assert!(rows.windows(2).all(|pair| pair[0].no < pair[1].no));
                prop_assert!(rows.iter().all(|row| row.label.chars().count() <= LABEL_MOST));
            }
        }
    }
}
