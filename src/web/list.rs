//! What every list page shares: cursors, active filters as chips, sort links, the seek pager.
use serde::{Deserialize, de::DeserializeOwned};

use super::{cx::Cx, problem::Problem};
use crate::core::page::{Page, Seek};

/// Rows per page, unless a list has a reason.
pub const ROWS: u32 = 50;

/// The two paging parameters of a list's query. `#[serde(flatten)]` it, or extract it beside the filters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Cursor {
    #[serde(default)]
    pub after: Option<String>,
    #[serde(default)]
    pub before: Option<String>,
}

impl Cursor {
    /// What the store is asked for. A cursor that was not made here is a 400.
    pub fn seek<K: DeserializeOwned>(&self, limit: u32) -> Result<Seek<K>, Problem> {
        Ok(Seek::from_query(self.after.as_deref(), self.before.as_deref(), limit)?)
    }
}

/// «Anteriores», «Siguientes»: addresses of this list with its filters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pager {
    pub prev: Option<String>,
    pub next: Option<String>,
    /// What is said beside them: `50 por página, por caducidad`.
    pub note: String,
}

impl Pager {
    pub fn new<T>(cx: &Cx, page: &Page<T>, note: impl Into<String>) -> Self {
        Self {
            prev: page.prev.as_deref().map(|cursor| cx.url_with("before", cursor)),
            next: page.next.as_deref().map(|cursor| cx.url_with("after", cursor)),
            note: note.into(),
        }
    }

    /// Whether there is anything to turn to.
    pub fn is_needed(&self) -> bool {
        self.prev.is_some() || self.next.is_some()
    }
}

/// An active filter: its words, and the address of the list without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    pub label: String,
    pub remove: String,
}

/// The row of chips over a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chips {
    /// How many rows: `1.316 asignaciones`, `más de 10.000 asignaciones`.
    pub total: String,
    pub chips: Vec<Chip>,
    /// The address without any filter.
    pub clear: String,
}

impl Chips {
    pub fn new(cx: &Cx, total: impl Into<String>) -> Self {
        Self { total: total.into(), chips: Vec::new(), clear: cx.url_bare() }
    }

    /// A filter that sits in one parameter.
    pub fn add(&mut self, cx: &Cx, param: &str, label: impl Into<String>) {
        self.chips.push(Chip { label: label.into(), remove: cx.url_without(param) });
    }

    /// One of several values of a parameter.
    pub fn add_value(&mut self, cx: &Cx, param: &str, value: &str, label: impl Into<String>) {
        self.chips.push(Chip { label: label.into(), remove: cx.url_without_value(param, value) });
    }

    pub fn is_empty(&self) -> bool {
        self.chips.is_empty()
    }

    pub fn len(&self) -> usize {
        self.chips.len()
    }
}

/// What a list is ordered by: the parameter `sort` holds a column, with `-` before it for descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sorting {
    pub column: &'static str,
    pub descending: bool,
}

impl Sorting {
    /// One of `columns`; anything else is the default (`"-created"`).
    pub fn parse(text: Option<&str>, columns: &[&'static str], default: &'static str) -> Self {
        let read = |text: &str| {
            let (name, descending) = match text.strip_prefix('-') {
                Some(name) => (name, true),
                None => (text, false),
            };
            columns.iter().find(|column| **column == name).map(|column| Self { column, descending })
        };
        text.and_then(read).or_else(|| read(default)).unwrap_or(Self { column: default, descending: false })
    }

    /// Whether this column orders.
    pub fn is(&self, column: &str) -> bool {
        self.column == column
    }

    /// As in the parameter.
    pub fn value(&self) -> String {
        if self.descending { format!("-{}", self.column) } else { self.column.to_owned() }
    }

    /// `aria-sort` of a column's header, for the column that orders.
    pub fn aria(&self, column: &str) -> Option<&'static str> {
        (self.column == column).then_some(if self.descending { "descending" } else { "ascending" })
    }

    /// Where a column's header leads: ascending first, the other way round when it already orders.
    pub fn href(&self, cx: &Cx, column: &str) -> String {
        if self.column == column && !self.descending {
            cx.url_with("sort", &format!("-{column}"))
        } else {
            cx.url_with("sort", column)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing;

    fn cx(query: &str) -> Cx {
        let mut cx = testing::cx();
        cx.path = "/admin/sessions".to_owned();
        cx.query = query.to_owned();
        cx
    }

    #[test]
    fn turning_the_page_keeps_the_filters_and_changing_a_filter_starts_again() {
        let cx = cx("state=active&q=Mu%C3%B1oz&after=abc");
        let page = Page { items: vec![1], next: Some("def".to_owned()), prev: None };
        let pager = Pager::new(&cx, &page, "");
        assert_eq!(pager.next.as_deref(), Some("/admin/sessions?state=active&q=Mu%C3%B1oz&after=def"));
        assert!(pager.is_needed());
        let mut chips = Chips::new(&cx, "1");
        chips.add(&cx, "q", "Muñoz");
        assert_eq!(chips.chips[0].remove, "/admin/sessions?state=active");
        assert_eq!(chips.clear, "/admin/sessions");
    }

    #[test]
    fn one_of_several_values_can_be_taken_away() {
        let cx = cx("shop=1&shop=2");
        assert_eq!(cx.url_without_value("shop", "1"), "/admin/sessions?shop=2");
    }

    #[test]
    fn a_header_turns_the_order_round() {
        let columns = ["person", "expires"];
        let sorting = Sorting::parse(Some("expires"), &columns, "-person");
        assert_eq!(sorting.aria("expires"), Some("ascending"));
        assert_eq!(sorting.aria("person"), None);
        assert_eq!(sorting.href(&cx(""), "expires"), "/admin/sessions?sort=-expires");
        let unknown = Sorting::parse(Some("; DROP TABLE"), &columns, "-person");
        assert_eq!(unknown.value(), "-person");
    }

    #[test]
    fn a_foreign_cursor_is_a_problem() {
        let cursor = Cursor { after: Some("!".to_owned()), before: None };
        assert!(cursor.seek::<u64>(ROWS).is_err());
    }
}
