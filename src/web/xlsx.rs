//! Tables as Excel files: written row by row into a temporary file, and streamed from there, so that the size of a table never
//! becomes the size of our memory.
//!
//! Numbers, days and times are what they are; a text is always a text, never a formula. The header stays while one scrolls.
use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::{NaiveDate, NaiveDateTime};
use futures::{Stream, StreamExt, stream::BoxStream};
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use tokio::sync::mpsc;

use crate::{crypto, db::DbError};

/// Rows of a sheet, as Excel has them, with the header.
const MOST_ROWS: u32 = 1_048_576;
/// Most characters of a cell.
const MOST_CHARS: usize = 32_767;
/// Bytes streamed at once.
const CHUNK: usize = 64 * 1024;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    /// A whole number: exact below 2^53.
    Count(u64),
    Number(f64),
    /// Per cent: 12.5 shows as 12.5 %.
    Percent(f64),
    Day(NaiveDate),
    /// A wall-clock time.
    Moment(NaiveDateTime),
}

impl Cell {
    /// As the text of a CSV file: days and times as ISO 8601 writes them.
    pub fn into_text(self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text,
            Self::Count(n) => n.to_string(),
            Self::Number(n) | Self::Percent(n) => n.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Moment(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
        }
    }
}

/// A sheet: its rows come after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// At most 28 characters, none of `[]:*?/\`.
    pub title: String,
    pub header: Vec<String>,
    /// Widths of the columns, in characters.
    pub widths: Vec<u16>,
}

#[derive(Debug, thiserror::Error)]
pub enum XlsxError {
    #[error(transparent)]
    Rows(#[from] DbError),
    #[error("cannot write the workbook")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    #[error("cannot keep the workbook in a temporary file")]
    File(#[from] std::io::Error),
    #[error("the writer of the workbook ended early")]
    Broken,
}

/// Rows of a sheet, in batches.
pub type Rows = BoxStream<'static, Result<Vec<Vec<Cell>>, DbError>>;

/// On its way to the writer.
enum Message {
    Sheet(Sheet),
    Rows(Vec<Vec<Cell>>),
    End,
}

/// A download named `file_name` (plain ASCII) with these sheets. Answers when the file is written.
pub async fn xlsx(file_name: &str, sheets: Vec<(Sheet, Rows)>) -> Result<Response, XlsxError> {
    let (sender, receiver) = mpsc::channel(2);
    let writer = tokio::task::spawn_blocking(move || write(receiver));
    let fed = feed(sheets, &sender).await;
    drop(sender);
    let written = writer.await.map_err(|_| XlsxError::Broken)?;
    // What the rows failed for says more than that the writer was left alone.
    fed?;
    let body = Body::from_stream(chunks(written?));
    let mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let mut response = ([(header::CONTENT_TYPE, mime)], body).into_response();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{file_name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn feed(sheets: Vec<(Sheet, Rows)>, sender: &mpsc::Sender<Message>) -> Result<(), DbError> {
    // A writer that is gone says itself why.
    for (sheet, mut rows) in sheets {
        if sender.send(Message::Sheet(sheet)).await.is_err() {
            return Ok(());
        }
        while let Some(batch) = rows.next().await {
            if sender.send(Message::Rows(batch?)).await.is_err() {
                return Ok(());
            }
        }
    }
    sender.send(Message::End).await.ok();
    Ok(())
}

/// Formats of cells.
struct Formats {
    header: Format,
    count: Format,
    percent: Format,
    day: Format,
    moment: Format,
}

fn write(mut receiver: mpsc::Receiver<Message>) -> Result<File, XlsxError> {
    let formats = Formats {
        header: Format::new().set_bold(),
        count: Format::new().set_num_format("#,##0"),
        percent: Format::new().set_num_format("0.0%"),
        day: Format::new().set_num_format("yyyy-mm-dd"),
        moment: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
    };
    let mut workbook = Workbook::new();
    let mut current: Option<(Sheet, u32)> = None;
    let mut sheets = 0;
    loop {
        match receiver.blocking_recv() {
            None => return Err(XlsxError::Broken),
            Some(Message::End) => break,
            Some(Message::Sheet(sheet)) => {
                begin(&mut workbook, &sheet, &sheet.title, &formats)?;
                sheets += 1;
                current = Some((sheet, 1));
            }
            Some(Message::Rows(rows)) => {
                for row in rows {
                    let Some((sheet, at)) = &mut current else { return Err(XlsxError::Broken) };
                    if *at == MOST_ROWS {
                        begin(&mut workbook, sheet, &format!("{} {}", sheet.title, sheets + 1), &formats)?;
                        sheets += 1;
                        *at = 1;
                    }
                    write_row(workbook.worksheet_from_index(sheets - 1)?, *at, row, &formats)?;
                    *at += 1;
                }
            }
        }
    }
    let mut file = temporary()?;
    workbook.save_to_writer(&mut file)?;
    file.rewind()?;
    Ok(file)
}

fn begin(workbook: &mut Workbook, sheet: &Sheet, title: &str, formats: &Formats) -> Result<(), XlsxError> {
    let page = workbook.add_worksheet_with_constant_memory()?;
    page.set_name(title)?.set_freeze_panes(1, 0)?;
    for (column, width) in (0..).zip(&sheet.widths) {
        page.set_column_width(column, f64::from(*width))?;
    }
    for (column, text) in (0..).zip(&sheet.header) {
        page.write_string_with_format(0, column, text, &formats.header)?;
    }
    Ok(())
}

fn write_row(page: &mut Worksheet, at: u32, row: Vec<Cell>, formats: &Formats) -> Result<(), XlsxError> {
    for (column, cell) in (0..).zip(row) {
        match cell {
            Cell::Empty => continue,
            Cell::Text(text) if text.chars().count() > MOST_CHARS => {
                page.write_string(at, column, text.chars().take(MOST_CHARS).collect::<String>())?
            }
            Cell::Text(text) => page.write_string(at, column, text)?,
            #[expect(clippy::cast_precision_loss, reason = "a spreadsheet has no other numbers")]
            Cell::Count(n) => page.write_number_with_format(at, column, n as f64, &formats.count)?,
            Cell::Number(n) => page.write_number(at, column, n)?,
            Cell::Percent(n) => page.write_number_with_format(at, column, n / 100.0, &formats.percent)?,
            Cell::Day(day) => page.write_date_with_format(at, column, day, &formats.day)?,
            Cell::Moment(moment) => page.write_datetime_with_format(at, column, moment, &formats.moment)?,
        };
    }
    Ok(())
}

/// A file that nobody else can open, and that is gone when it is closed.
fn temporary() -> Result<File, std::io::Error> {
    let name = format!("abono-{}.xlsx", hex::encode(crypto::random_bytes::<12>()));
    let path = std::env::temp_dir().join(name);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

fn chunks(file: File) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send {
    futures::stream::try_unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = vec![0; CHUNK];
            let n = file.read(&mut bytes)?;
            bytes.truncate(n);
            Ok::<_, std::io::Error>((bytes, file))
        });
        let (bytes, file) = read.await.map_err(std::io::Error::other)??;
        Ok((!bytes.is_empty()).then(|| (Bytes::from(bytes), file)))
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use http_body_util::BodyExt;

    use super::*;

    fn sheet(title: &str) -> Sheet {
        Sheet { title: title.to_owned(), header: vec!["a".to_owned(), "b".to_owned()], widths: vec![10, 20] }
    }

    #[tokio::test]
    async fn cells_keep_their_kind_and_a_text_is_never_a_formula() {
        let day: NaiveDate = "2026-11-21".parse().unwrap();
        let moment = day.and_hms_opt(11, 36, 0).unwrap();
        let rows = vec![
            vec![Cell::Text("=1+1".to_owned()), Cell::Count(1_000_000)],
            vec![Cell::Day(day), Cell::Moment(moment)],
            vec![Cell::Empty, Cell::Percent(12.5)],
        ];
        let rows = futures::stream::iter(rows.into_iter().map(|row| Ok(vec![row]))).boxed();
        let response = xlsx("x.xlsx", vec![(sheet("Una"), rows)]).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"x.xlsx\"");
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
        let table = book.worksheet_range("Una").unwrap();
        let at = |row, column| table.get_value((row, column)).cloned().unwrap_or(Data::Empty);
        assert_eq!(at(0, 1), Data::String("b".to_owned()));
        assert_eq!((at(1, 0), at(1, 1)), (Data::String("=1+1".to_owned()), Data::Float(1_000_000.0)));
        let Data::DateTime(date) = at(2, 0) else { panic!("{:?}", at(2, 0)) };
        assert!((date.as_f64() - 46_347.0).abs() < 1e-9, "{date:?}");
        assert!(matches!(at(2, 1), Data::DateTime(_)) && at(3, 0) == Data::Empty);
        assert_eq!(book.worksheet_formula("Una").unwrap().used_cells().count(), 0);
    }

    #[tokio::test]
    async fn rows_that_cannot_be_read_make_no_file() {
        let rows = futures::stream::iter([Ok(vec![vec![Cell::Count(1)]]), Err(DbError::Stale)]).boxed();
        let failed = xlsx("x.xlsx", vec![(sheet("Una"), rows)]).await;
        assert!(matches!(failed, Err(XlsxError::Rows(DbError::Stale))));
    }
}
