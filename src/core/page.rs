//! Seek paging: a page is asked for by the last row of the one before, never by number.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

/// Rows of one page, with the cursors of its neighbours.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Cursor of the page after this one.
    pub next: Option<String>,
    /// Cursor of the page before this one.
    pub prev: Option<String>,
}

/// Which way to go from a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Forward,
    Backward,
}

/// What was asked for: where to start, which way, and how many rows.
#[derive(Debug, Clone)]
pub struct Seek<K> {
    pub from: Option<K>,
    pub direction: Direction,
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that page cursor was not made here")]
pub struct BadCursor;

/// Writes a sort key into a cursor. Opaque to clients, not secret.
pub fn encode<K: Serialize>(key: &K) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

/// Reads a cursor back.
pub fn decode<K: DeserializeOwned>(cursor: &str) -> Result<K, BadCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| BadCursor)?;
    serde_json::from_slice(&bytes).map_err(|_| BadCursor)
}

impl<K: DeserializeOwned> Seek<K> {
    /// From the two query parameters of a list: `after` goes forward, `before` goes back.
    pub fn from_query(after: Option<&str>, before: Option<&str>, limit: u32) -> Result<Self, BadCursor> {
        let (cursor, direction) = match (after, before) {
            (None, Some(before)) => (Some(before), Direction::Backward),
            (after, _) => (after, Direction::Forward),
        };
        let from = cursor.filter(|c| !c.is_empty()).map(decode).transpose()?;
        Ok(Self { from, direction, limit })
    }
}

impl<K> Seek<K> {
    /// From the beginning, or from a place on.
    pub fn forward(from: Option<K>, limit: u32) -> Self {
        Self { from, direction: Direction::Forward, limit }
    }

    pub fn is_backward(&self) -> bool {
        self.direction == Direction::Backward && self.from.is_some()
    }

    /// The parts of a list that are read one after the other, from the one of the cursor on, and the cursor itself: a place in the
    /// first of them. One of another order (a hand-made address) starts from the top.
    pub fn parts<P: Copy + PartialEq>(&self, parts: &[P], part: impl Fn(&K) -> P) -> (Vec<P>, Option<&K>) {
        let mut parts = parts.to_vec();
        if self.is_backward() {
            parts.reverse();
        }
        let from = self.from.as_ref().filter(|cursor| parts.contains(&part(cursor)));
        if let Some(at) = from.and_then(|cursor| parts.iter().position(|one| *one == part(cursor))) {
            parts.drain(..at);
        }
        (parts, from)
    }

    /// Rows that are still missing to a page and one more, where there are so many.
    pub fn missing(&self, have: usize) -> u32 {
        (self.limit + 1).saturating_sub(u32::try_from(have).unwrap_or(u32::MAX))
    }

    /// Turns `limit + 1` fetched rows (in fetch order) into a page in reading order.
    pub fn page<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> K) -> Page<T>
    where
        K: Serialize,
    {
        let limit = self.limit as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let backward = self.is_backward();
        if backward {
            rows.reverse();
        }
        let first = rows.first().map(|row| encode(&key(row)));
        let last = rows.last().map(|row| encode(&key(row)));
        let (next, prev) = if backward {
            (last, more.then_some(first).flatten())
        } else {
            (more.then_some(last).flatten(), self.from.is_some().then_some(first).flatten())
        };
        Page { items: rows, next, prev }
    }
}

impl Seek<u64> {
    /// Of a list by number, the highest first: the numbers between which a page lies, both left out.
    pub fn bounds(&self) -> (u64, u64) {
        match (self.from, self.is_backward()) {
            (None, _) => (0, u64::MAX),
            (Some(from), false) => (0, from),
            (Some(from), true) => (from, u64::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let key = (7_u64, "Núñez".to_owned());
        assert_eq!(decode::<(u64, String)>(&encode(&key)), Ok(key));
        assert_eq!(decode::<u64>("not a cursor"), Err(BadCursor));
    }

    #[test]
    fn a_list_in_parts_goes_on_in_the_part_of_its_cursor() {
        let part = |cursor: &u32| cursor / 10;
        let seek = |from, direction| Seek { from, direction, limit: 5 };
        let parts = |seek: &Seek<u32>| seek.parts(&[1, 2, 3], part).0;
        assert_eq!(parts(&seek(None, Direction::Forward)), [1, 2, 3]);
        assert_eq!(parts(&seek(Some(25), Direction::Forward)), [2, 3]);
        assert_eq!(parts(&seek(Some(25), Direction::Backward)), [2, 1]);
        let foreign = seek(Some(99), Direction::Forward);
        assert_eq!(foreign.parts(&[1, 2, 3], part), (vec![1, 2, 3], None));
        assert_eq!((foreign.missing(0), foreign.missing(4), foreign.missing(9)), (6, 2, 0));
    }

    #[test]
    fn the_first_page_has_no_previous_and_the_last_no_next() {
        let first = Seek::<u32> { from: None, direction: Direction::Forward, limit: 2 };
        let page = first.page(vec![1, 2, 3], |n| *n);
        assert_eq!((page.items, page.prev.is_none()), (vec![1, 2], true));
        let second = Seek::<u32>::from_query(page.next.as_deref(), None, 2).unwrap();
        let page = second.page(vec![3], |n| *n);
        assert!(page.next.is_none());
        let back = Seek::<u32>::from_query(None, page.prev.as_deref(), 2).unwrap();
        assert_eq!(back.from, Some(3));
        let page = back.page(vec![2, 1], |n| *n);
        assert_eq!((page.items, page.prev.is_none(), page.next.is_some()), (vec![1, 2], true, true));
    }
}
