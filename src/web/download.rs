//! A list as a file: all rows that its filters leave, page by page, as CSV or as an Excel workbook.
use axum::response::Response;
use chrono::NaiveDate;
use futures::{Stream, StreamExt, stream};

use super::{
    cx::Cx,
    export::csv_stream,
    problem::Problem,
    xlsx::{self, Cell},
};
use crate::{core::page::Seek, db::DbError};

/// Rows read at once.
const BATCH: u32 = 1000;

/// Rows as cells, and where the rows after them start, if there are any.
pub type Batch<K> = (Vec<Vec<Cell>>, Option<K>);

/// A list that can be had as a file.
pub trait Table: Clone + Send + Sync + 'static {
    /// Where a page starts: what the list's own pages start at.
    type Cursor: Send;

    /// The columns: text key and width in characters.
    const COLUMNS: &[(&str, u16)];
    /// Text keys of the file's name (plain ASCII, without day and ending) and of the sheet's.
    const FILE: &str;
    const SHEET: &str;

    /// In whose words it is written, and when it was asked for.
    fn cx(&self) -> &Cx;

    /// The rows of a page, and where the next one starts.
    fn batch(
        &self,
        seek: Seek<Self::Cursor>,
    ) -> impl Future<Output = Result<Batch<Self::Cursor>, DbError>> + Send;
}

/// `licencias-2026-11-21.csv`.
fn file_name<T: Table>(cx: &Cx, ending: &str) -> String {
    let day: NaiveDate = cx.today();
    format!("{}-{day}.{ending}", cx.t(T::FILE))
}

fn header<T: Table>(cx: &Cx) -> Vec<String> {
    T::COLUMNS.iter().map(|(key, _)| cx.t(key)).collect()
}

/// Everything, batch by batch.
fn rows<T: Table>(table: T) -> impl Stream<Item = Result<Vec<Vec<Cell>>, DbError>> + Send + 'static {
    stream::try_unfold((Some(None), table), |(from, table)| async move {
        let Some(from) = from else { return Ok(None) };
        let (rows, next) = table.batch(Seek::forward(from, BATCH)).await?;
        Ok(Some((rows, (next.map(Some), table))))
    })
}

pub fn csv<T: Table>(table: T) -> Response {
    let cx = table.cx();
    let (lang, header, file_name) = (cx.lang, header::<T>(cx), file_name::<T>(cx, "csv"));
    let lines = rows(table).map(|batch| {
        Ok(batch?.into_iter().map(|row| row.into_iter().map(Cell::into_text).collect()).collect())
    });
    csv_stream(&file_name, lang, header, lines)
}

pub async fn xlsx<T: Table>(table: T) -> Result<Response, Problem> {
    let cx = table.cx();
    let (header, file_name) = (header::<T>(cx), file_name::<T>(cx, "xlsx"));
    let widths = T::COLUMNS.iter().map(|(_, width)| *width).collect();
    let sheet = xlsx::Sheet { title: cx.t(T::SHEET), header, widths };
    xlsx::xlsx(&file_name, vec![(sheet, rows(table).boxed())]).await.map_err(|e| Problem::internal(&e))
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;
    use crate::web::testing;

    /// Numbers up to a last one, and where a batch of two has its end.
    #[derive(Clone)]
    struct Numbers(Cx, u64);

    impl Table for Numbers {
        type Cursor = u64;
        const COLUMNS: &[(&str, u16)] = &[("licences-export-id", 9), ("licences-export-last-day", 12)];
        const FILE: &str = "licences-export-file";
        const SHEET: &str = "licences-export-sheet";
        fn cx(&self) -> &Cx {
            &self.0
        }
        async fn batch(&self, seek: Seek<u64>) -> Result<Batch<u64>, DbError> {
            let first = seek.from.map_or(1, |last| last + 1);
            let last = (first + 1).min(self.1);
            let row = |n| vec![Cell::Count(n), Cell::Empty];
            Ok(((first..=last).map(row).collect(), (last < self.1).then_some(last)))
        }
    }

    #[tokio::test]
    async fn a_list_is_written_to_its_last_row_once_whatever_its_pages_are() {
        for last in [0, 1, 2, 5] {
            let response = csv(Numbers(testing::cx(), last));
            let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
            assert!(name.contains("licencias-") && name.ends_with(".csv\""), "{name}");
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            let rows = (1..=last).map(|n| format!("{n};\r\n")).collect::<Vec<_>>().concat();
            assert_eq!(text, format!("\u{feff}Licencia;Último día\r\n{rows}"));
        }
    }
}
