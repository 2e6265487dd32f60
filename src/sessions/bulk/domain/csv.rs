//! Reading a list of people from a CSV file, as spreadsheets of any country write it. No I/O.
use std::{borrow::Cow, collections::HashSet};

use csv::{ByteRecord, ReaderBuilder};

use super::MOST_ROWS;
use crate::core::email::Email;

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

/// Whom a row names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    Email(Email),
    User(u64),
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
    One(Key),
    Unreadable,
    /// The same key stands further up.
    Repeated,
}

/// Longest label, in characters.
const LABEL_MOST: usize = 254;
const EMAIL_NAMES: [&str; 3] = ["email", "correo", "e-mail"];
const USER_NAMES: [&str; 1] = ["user_id"];

/// Reads a file: its column, and its rows in order. Separator (`,` `;` or tab), byte order mark, line ends and quotes are found
/// out; other columns may hold anything.
pub fn read(bytes: &[u8]) -> Result<(Column, Vec<Row>), Unusable> {
    let text = plain(bytes);
    let header_end = text.iter().position(|b| *b == b'\n').unwrap_or(text.len());
    let mut reader = ReaderBuilder::new()
        .delimiter(separator(&text[..header_end]))
        .has_headers(false)
        .flexible(true)
        .from_reader(&text[..]);
    let mut record = ByteRecord::new();
    if !reader.read_byte_record(&mut record).unwrap_or(false) {
        return Err(Unusable::Empty);
    }
    let names: Vec<String> = record.iter().map(|cell| said(cell).to_lowercase()).collect();
    let find = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
    let (column, at) = match (find(&EMAIL_NAMES), find(&USER_NAMES)) {
        (Some(at), _) => (Column::Email, at),
        (None, Some(at)) => (Column::UserId, at),
        (None, None) => return Err(Unusable::NoColumn),
    };
    let (mut rows, mut seen, mut last) = (Vec::new(), HashSet::new(), 1_u32);
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        let line = record.position().map_or(0, |at| line_of(&text, at));
        let no = u32::try_from(line).unwrap_or(u32::MAX).max(last.saturating_add(1));
        last = no;
        let is_blank = |b: &u8| b.is_ascii_whitespace() || matches!(b, b',' | b';' | b'"');
        if record.iter().all(|cell| cell.iter().all(is_blank)) {
            continue;
        }
        if rows.len() == MOST_ROWS {
            return Err(Unusable::TooMany);
        }
        rows.push(row(no, &said(record.get(at).unwrap_or_default()), column, &mut seen));
    }
    if rows.is_empty() { Err(Unusable::NoRows) } else { Ok((column, rows)) }
}

/// The line on which a row begins. The reader's own word for it is where the empty lines before the row began.
fn line_of(text: &[u8], at: &csv::Position) -> u64 {
    let start = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let skipped = text.get(start..).unwrap_or_default().iter().take_while(|b| matches!(b, b'\r' | b'\n'));
    at.line() + skipped.filter(|b| **b == b'\n').map(|_| 1).sum::<u64>()
}

/// The rows of a list that came without a file, in order.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>, column: Column) -> Vec<Row> {
    let mut seen = HashSet::new();
    (1_u32..).zip(names).map(|(no, name)| row(no, name.trim(), column, &mut seen)).collect()
}

fn row(no: u32, text: &str, column: Column, seen: &mut HashSet<Key>) -> Row {
    let key = match column {
        Column::Email => Email::parse(text).ok().map(Key::Email),
        Column::UserId => text.parse::<u64>().ok().filter(|id| *id > 0).map(Key::User),
    };
    let key = match key {
        None => Named::Unreadable,
        Some(key) if seen.insert(key.clone()) => Named::One(key),
        Some(_) => Named::Repeated,
    };
    Row { no, label: text.chars().filter(|c| !c.is_control()).take(LABEL_MOST).collect(), key }
}

/// The bytes as something with line feeds and one byte for each ASCII character: without a byte order mark, out of UTF-16, and
/// with line feeds where an old Mac wrote carriage returns.
fn plain(bytes: &[u8]) -> Cow<'_, [u8]> {
    let utf16 = |read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| read([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units).into_bytes()
    };
    let text = match bytes {
        [0xFF, 0xFE, ..] => Cow::Owned(utf16(u16::from_le_bytes)),
        [0xFE, 0xFF, ..] => Cow::Owned(utf16(u16::from_be_bytes)),
        _ => Cow::Borrowed(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
    };
    if text.contains(&b'\r') && !text.contains(&b'\n') {
        Cow::Owned(text.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect())
    } else {
        text
    }
}

/// The separator that stands most often in the header, outside of quotes.
fn separator(header: &[u8]) -> u8 {
    let mut quoted = false;
    let outside: Vec<u8> = header
        .iter()
        .copied()
        .filter(|b| {
            quoted ^= *b == b'"';
            !quoted
        })
        .collect();
    let count = |separator: u8| outside.split(|b| *b == separator).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// What a cell says: as text, whatever its bytes are, without the `'` that keeps a spreadsheet from reading a formula.
fn said(cell: &[u8]) -> String {
    let text = match std::str::from_utf8(cell) {
        Ok(text) => Cow::Borrowed(text),
        // Windows-1252, near enough: no address and no number needs the letters in which it differs from Latin-1.
        Err(_) => Cow::Owned(cell.iter().map(|b| char::from(*b)).collect()),
    };
    let text = text.trim();
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest.to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
        let one = |text: &str| Named::One(Key::Email(Email::parse(text).unwrap()));
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
        assert_eq!(keys, [Named::One(Key::User(7)), Named::Unreadable, Named::Unreadable, Named::Repeated]);
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
