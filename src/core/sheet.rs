//! Tables as spreadsheets of any country write them into files of text. No I/O.
use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder};

use super::email::Email;

/// A table with a header. Separator (`,` `;` or tab), byte order mark, line ends and quotes are found out.
#[derive(Debug)]
pub struct Sheet {
    text: Vec<u8>,
    reader: csv::Reader<std::io::Cursor<Vec<u8>>>,
    header: Vec<String>,
    last: u32,
}

/// A line that holds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line on which it begins, the header being 1.
    pub no: u32,
    /// What its cells say; there may be fewer than the header has.
    pub cells: Vec<String>,
}

/// Whom a row names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Person {
    Email(Email),
    /// The number of a user of a shop.
    User(u64),
}

impl Person {
    pub fn email(text: &str) -> Option<Self> {
        Email::parse(text).ok().map(Self::Email)
    }

    pub fn user(text: &str) -> Option<Self> {
        text.parse().ok().filter(|id| *id > 0).map(Self::User)
    }
}

/// Longest label of a row, in characters: as long as an address may be.
pub const LABEL_MOST: usize = 254;

/// What a cell says, to be shown again: on one line, at most so many characters.
pub fn short(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect()
}

/// A name without what people write differently: case, accents, blanks and marks.
pub fn plain(name: &str) -> String {
    let plain = |c: char| match c {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        other => other,
    };
    // Accents that are characters of their own are marks, too.
    name.to_lowercase().chars().map(plain).filter(char::is_ascii_alphanumeric).collect()
}

impl Line {
    /// What a cell says; nothing, where there is none.
    pub fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }
}

impl Sheet {
    /// Reads the header. `None`: there is not even that.
    pub fn open(bytes: &[u8]) -> Option<Self> {
        let text = decoded(bytes).into_owned();
        let header_end = text.iter().position(|b| *b == b'\n').unwrap_or(text.len());
        let mut reader = ReaderBuilder::new()
            .delimiter(separator(&text[..header_end]))
            .has_headers(false)
            .flexible(true)
            .from_reader(std::io::Cursor::new(text.clone()));
        let mut record = ByteRecord::new();
        if !reader.read_byte_record(&mut record).unwrap_or(false) {
            return None;
        }
        let header = record.iter().map(said).collect();
        Some(Self { text, reader, header, last: 1 })
    }

    /// The names of the columns, as they stand there.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The next line that holds something.
    pub fn next_line(&mut self) -> Option<Line> {
        let mut record = ByteRecord::new();
        while self.reader.read_byte_record(&mut record).unwrap_or(false) {
            let line = record.position().map_or(0, |at| line_of(&self.text, at));
            let no = u32::try_from(line).unwrap_or(u32::MAX).max(self.last.saturating_add(1));
            self.last = no;
            let is_blank = |b: &u8| b.is_ascii_whitespace() || matches!(b, b',' | b';' | b'"');
            if !record.iter().all(|cell| cell.iter().all(is_blank)) {
                return Some(Line { no, cells: record.iter().map(said).collect() });
            }
        }
        None
    }
}

/// The line on which a row begins. The reader's own word for it is where the empty lines before the row began.
fn line_of(text: &[u8], at: &csv::Position) -> u64 {
    let start = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let skipped = text.get(start..).unwrap_or_default().iter().take_while(|b| matches!(b, b'\r' | b'\n'));
    at.line() + skipped.filter(|b| **b == b'\n').map(|_| 1).sum::<u64>()
}

/// The bytes as something with line feeds and one byte for each ASCII character: without a byte order mark, out of UTF-16, and
/// with line feeds where an old Mac wrote carriage returns.
fn decoded(bytes: &[u8]) -> Cow<'_, [u8]> {
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
    use super::*;

    #[test]
    fn a_table_is_read_to_its_end_with_the_lines_its_rows_begin_on() {
        let mut sheet =
            Sheet::open(b"\xef\xbb\xbfCorreo;Plan\r\nana@x.es;\"Free\r\n(Fecha)\"\r\n;;\r\nluz@x.es\r\n")
                .unwrap();
        assert_eq!(sheet.header(), ["Correo", "Plan"]);
        let line = sheet.next_line().unwrap();
        assert_eq!((line.no, line.cell(0), line.cell(1)), (2, "ana@x.es", "Free\r\n(Fecha)"));
        let line = sheet.next_line().unwrap();
        assert_eq!((line.no, line.cell(0), line.cell(1)), (5, "luz@x.es", ""));
        assert_eq!(sheet.next_line(), None);
        assert!(Sheet::open(b"").is_none());
    }
}
