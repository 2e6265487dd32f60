//! Tables as CSV files: written page by page, so that the size of a table never becomes the size of our memory.
//!
//! The file begins with the byte order mark that Excel wants, lines end in CRLF (RFC 4180), and columns are separated by what
//! the reader's Excel expects: `;` where the comma is the decimal point, `,` elsewhere.
use std::borrow::Cow;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt, stream};

use super::lang::Lang;
use crate::db::DbError;

/// One line of the table.
pub type Line = Vec<String>;

/// A cell that a spreadsheet does not take for a formula: those that could be one get a `'` before them.
///
/// Reading such a file back takes the `'` away again: `sessions::bulk` does.
pub fn neutral(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The separator of columns that a spreadsheet in this language expects.
pub fn separator(lang: Lang) -> u8 {
    match lang {
        Lang::Es => b';',
        Lang::En => b',',
    }
}

/// Lines as text, every cell [`neutral`] and quoted where it has to be.
pub fn csv_text<'a>(lang: Lang, lines: impl IntoIterator<Item = &'a Line>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(separator(lang))
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    for line in lines {
        // Writing into memory does not fail, and lines may differ in length.
        let _ = writer.write_record(line.iter().map(|cell| neutral(cell).into_owned()));
    }
    writer.into_inner().unwrap_or_default()
}

/// A small file as a download: lines that are there already.
pub fn csv_file(file_name: &'static str, lang: Lang, lines: &[Line]) -> Response {
    let body = [b"\xef\xbb\xbf".to_vec(), csv_text(lang, lines)].concat();
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")),
    ];
    (headers, body).into_response()
}

/// The batches of lines that `next` makes, one after the other: it is given where to go on, and answers the lines and where
/// the next batch starts (`None`: that was all).
pub fn batches<K, F, Fut>(start: K, next: F) -> impl Stream<Item = Result<Vec<Line>, DbError>> + Send
where
    K: Send,
    F: FnMut(K) -> Fut + Send,
    Fut: Future<Output = Result<(Vec<Line>, Option<K>), DbError>> + Send,
{
    stream::try_unfold((Some(start), next), |(from, mut next)| async move {
        let Some(from) = from else { return Ok(None) };
        let (lines, more) = next(from).await?;
        Ok(Some((lines, (more, next))))
    })
}

/// A download named `file_name` (plain ASCII): the header, then the batches as they come. An error in the middle breaks the
/// download off, so that half a table is not taken for a whole one.
pub fn csv_stream<S>(file_name: &str, lang: Lang, header: Line, rows: S) -> Response
where
    S: Stream<Item = Result<Vec<Line>, DbError>> + Send + 'static,
{
    let mut first = b"\xef\xbb\xbf".to_vec();
    first.extend(csv_text(lang, [&header]));
    let rest = rows.map(move |batch| match batch {
        Ok(lines) => Ok(Bytes::from(csv_text(lang, &lines))),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a download broke off");
            Err(error)
        }
    });
    let body = Body::from_stream(stream::once(async { Ok(Bytes::from(first)) }).chain(rest));
    let mut response = ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], body).into_response();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{file_name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    fn line(cells: &[&str]) -> Line {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    // Acceptance 60.
    #[test]
    fn what_a_spreadsheet_would_run_is_only_text() {
        for cell in ["=1+1", "+34600", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(neutral(cell), format!("'{cell}"));
        }
        for cell in ["", "ana@example.test", "'=x", "12", "a=b"] {
            assert_eq!(neutral(cell), cell);
        }
    }

    #[test]
    fn each_language_gets_the_separator_of_its_spreadsheets() {
        let lines = [line(&["a;b", "c,d", "e\"f", "=g"])];
        assert_eq!(csv_text(Lang::Es, &lines), b"\"a;b\";c,d;\"e\"\"f\";'=g\r\n");
        assert_eq!(csv_text(Lang::En, &lines), b"a;b,\"c,d\",\"e\"\"f\",'=g\r\n");
    }

    #[tokio::test]
    async fn a_table_comes_batch_by_batch_with_its_header_once() {
        let rows = batches(0_u32, |from| async move {
            let lines = (from..from + 2).map(|n| vec![n.to_string()]).collect();
            Ok((lines, (from < 4).then_some(from + 2)))
        });
        let response = csv_stream("x.csv", Lang::Es, line(&["n"]), rows);
        assert_eq!(response.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"x.csv\"");
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(&bytes[..], b"\xef\xbb\xbfn\r\n0\r\n1\r\n2\r\n3\r\n4\r\n5\r\n");
    }

    #[tokio::test]
    async fn an_error_in_the_middle_breaks_the_download_off() {
        let rows = batches((), |()| async { Err::<(Vec<Line>, Option<()>), _>(DbError::Stale) });
        assert!(csv_stream("x.csv", Lang::En, line(&["n"]), rows).into_body().collect().await.is_err());
    }
}
