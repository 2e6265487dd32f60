//! Reading a whole list of a shop, or what changed in it, so that nothing is skipped while it changes under the reader.
//!
//! Lists are walked by id upwards in pages that overlap. The other way, by modification time with a moving cursor, is not sound:
//! shops that keep orders as posts *sort* by local time while they *filter* by UTC, so the hour that a clock change repeats can
//! be skipped. By id there are no ties, new rows come last, and
//!
//! 1. rows that vanish while reading shift the rest back: the overlap of 20 rows shows whether that happened, and the walk
//!    steps back until pages join again;
//! 2. rows that appear in between (changed since the filter's instant) shift the rest forward, which only repeats rows;
//! 3. a row that appears *behind* the reader was changed after the walk began, and so belongs to the next one, which asks for
//!    everything modified since this walk's beginning by the shop's clock;
//! 4. a full reading is the same walk without a filter.
use std::marker::PhantomData;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::Value;

use super::{
    calls::gmt,
    client::ShopClient,
    dto,
    error::{Malformed, ShopError},
    order::Order,
    words::{Coupon, Customer, Product},
};
use crate::core::ids::WcId;

/// Most rows a shop gives at once.
const PER_PAGE: u64 = 100;
/// Rows of the page before that are read again.
const OVERLAP: u64 = 20;
/// Times a page may turn out to lie on the other side of the last one before we give up: rows move faster than we read.
const TURNS: u32 = 8;
/// How much earlier than its beginning the next walk looks: an order is stamped before it is committed.
const MARGIN: TimeDelta = TimeDelta::minutes(2);

/// Reads a list of a shop by id, each row once.
#[derive(Debug, Clone)]
pub(super) struct Pager {
    path: String,
    filters: Vec<(&'static str, String)>,
    /// Highest id delivered.
    last: u64,
    /// How many rows stand at or before `last`, as far as we know.
    position: u64,
    total: Option<u64>,
    date: Option<DateTime<Utc>>,
    done: bool,
}

impl Pager {
    pub(super) fn new(path: impl Into<String>, filters: Vec<(&'static str, String)>) -> Self {
        Self { path: path.into(), filters, last: 0, position: 0, total: None, date: None, done: false }
    }

    fn resumed(mut self, last: WcId, position: u64) -> Self {
        self.last = last.0;
        self.position = position;
        self
    }

    async fn fetch(&mut self, client: &ShopClient, offset: u64) -> Result<Vec<(u64, Value)>, ShopError> {
        let mut query: Vec<(&str, String)> = self.filters.clone();
        query.push(("orderby", "id".to_owned()));
        query.push(("order", "asc".to_owned()));
        query.push(("per_page", PER_PAGE.to_string()));
        query.push(("offset", offset.to_string()));
        let answer = client.rows(&self.path, &query).await?;
        self.total = answer.total;
        self.date = self.date.or(answer.date);
        let rows = answer
            .body
            .into_iter()
            .map(|row| {
                let id = row.get("id").and_then(dto::id_of).ok_or(Malformed {
                    resource: "list",
                    id: 0,
                    field: "id",
                })?;
                Ok((id, row))
            })
            .collect::<Result<Vec<_>, Malformed>>()?;
        if rows.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(ShopError::FilterIgnored { filter: "orderby" });
        }
        Ok(rows)
    }

    /// The rows after those delivered so far; `None` at the end. Not moved by an error: ask again.
    pub(super) async fn next(&mut self, client: &ShopClient) -> Result<Option<Vec<Value>>, ShopError> {
        if self.done {
            return Ok(None);
        }
        let mut offset = self.position.saturating_sub(OVERLAP);
        let mut behind: Option<(u64, u64)> = None;
        let (mut turns, mut forward) = (0, None);
        let rows = loop {
            let rows = self.fetch(client, offset).await?;
            let joins = offset == 0 || rows.first().is_some_and(|(id, _)| *id <= self.last);
            let full = rows.len() as u64 == PER_PAGE;
            let all_known = rows.last().is_some_and(|(id, _)| *id <= self.last);
            if joins && !(full && all_known) {
                break rows;
            }
            if forward.replace(joins).is_some_and(|before| before != joins) {
                turns += 1;
                if turns > TURNS {
                    return Err(ShopError::FilterIgnored { filter: "offset" });
                }
            }
            if joins {
                let first = rows.first().map_or(0, |(id, _)| *id);
                if behind.is_some_and(|(at, id)| at != offset && id == first) {
                    return Err(ShopError::FilterIgnored { filter: "offset" });
                }
                behind = Some((offset, first));
                offset += PER_PAGE - OVERLAP;
            } else {
                offset = offset.saturating_sub(PER_PAGE - OVERLAP);
            }
        };
        self.done = (rows.len() as u64) < PER_PAGE;
        self.position = offset + rows.len() as u64;
        let known = self.last;
        self.last = rows.last().map_or(known, |(id, _)| known.max(*id));
        Ok(Some(rows.into_iter().filter(|(id, _)| *id > known).map(|(_, row)| row).collect()))
    }
}

/// Which rows of a resource a walk reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What the shop lists.
    Listed,
    /// What is in the trash, which the list leaves out: how a lost `order.deleted` or `product.deleted` is noticed. Users have none.
    Trashed,
    /// Orders that are paid and not completed yet.
    Processing,
}

/// Where a walk stands. Persist it together with the rows of its page; a walk resumed from it goes on behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Only rows modified at or after this instant; `None` reads all.
    pub since: Option<DateTime<Utc>>,
    /// When the walk began, by the earlier of the shop's clock and ours: the next walk's `since`, once this one is finished.
    pub started_at: Option<DateTime<Utc>>,
    /// The last id that was delivered.
    pub after_id: WcId,
    /// Rows delivered or passed over so far.
    pub seen: u64,
}

impl Position {
    /// A walk over everything.
    pub fn full() -> Self {
        Self { since: None, started_at: None, after_id: WcId(0), seen: 0 }
    }

    /// A walk over what changed since a finished walk began.
    pub fn since(cursor: DateTime<Utc>) -> Self {
        Self { since: Some(cursor - MARGIN), ..Self::full() }
    }
}

/// One page of a walk.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Rows that make no sense. The others are delivered all the same.
    pub rejected: Vec<Malformed>,
    /// When the page was asked for, by our clock: the `seen_at` of its rows.
    pub fetched_at: DateTime<Utc>,
    /// Where to go on after this page.
    pub position: Position,
    /// Rows of the whole list, as the shop counts.
    pub total: Option<u64>,
    /// Nothing follows.
    pub is_last: bool,
}

/// Something that can be walked.
pub trait Listed: Sized + Send {
    /// The name in `shop_syncs`.
    const RESOURCE: &'static str;
    /// The path below `wc/v3`.
    const PATH: &'static str;
    /// Whether the list can be narrowed to what changed.
    const HAS_MODIFIED: bool;
    /// What makes the list complete.
    const FILTERS: &'static [(&'static str, &'static str)];

    /// Reads a row, asking for what belongs to it.
    fn read(client: &ShopClient, row: Value) -> impl Future<Output = Result<Vec<Self>, ShopError>> + Send;
}

impl Listed for Order {
    const RESOURCE: &'static str = "orders";
    const PATH: &'static str = "orders";
    const HAS_MODIFIED: bool = true;
    const FILTERS: &'static [(&'static str, &'static str)] = &[];

    async fn read(client: &ShopClient, row: Value) -> Result<Vec<Self>, ShopError> {
        Ok(vec![client.whole_order(row).await?])
    }
}

impl Listed for Product {
    const RESOURCE: &'static str = "products";
    const PATH: &'static str = "products";
    const HAS_MODIFIED: bool = true;
    const FILTERS: &'static [(&'static str, &'static str)] = &[("status", "any")];

    /// A changed variation changes the date of its product, so products alone are asked for.
    async fn read(client: &ShopClient, row: Value) -> Result<Vec<Self>, ShopError> {
        let product: Product = dto::read::<dto::Product>("product", row)?.try_into()?;
        let mut all = Vec::new();
        if !product.variations.is_empty() {
            all = client.product_variations(product.id).await?;
        }
        all.insert(0, product);
        Ok(all)
    }
}

impl Listed for Coupon {
    const RESOURCE: &'static str = "coupons";
    const PATH: &'static str = "coupons";
    const HAS_MODIFIED: bool = true;
    const FILTERS: &'static [(&'static str, &'static str)] = &[];

    async fn read(_: &ShopClient, row: Value) -> Result<Vec<Self>, ShopError> {
        Ok(vec![dto::read::<dto::Coupon>("coupon", row)?.try_into()?])
    }
}

impl Listed for Customer {
    const RESOURCE: &'static str = "customers";
    const PATH: &'static str = "customers";
    /// The parameter is ignored here, and users' own dates do not move with everything we read.
    const HAS_MODIFIED: bool = false;
    const FILTERS: &'static [(&'static str, &'static str)] = &[("role", "all")];

    async fn read(_: &ShopClient, row: Value) -> Result<Vec<Self>, ShopError> {
        Ok(vec![dto::read::<dto::Customer>("customer", row)?.try_into()?])
    }
}

/// A reading under way. Each page is a transaction of the caller's: its rows, and its position.
#[derive(Debug)]
pub struct Walk<'c, T> {
    client: &'c ShopClient,
    pager: Pager,
    position: Position,
    kind: PhantomData<fn() -> T>,
}

impl<'c, T: Listed> Walk<'c, T> {
    pub fn new(client: &'c ShopClient, scope: Scope, position: Position) -> Self {
        let mut filters: Vec<(&'static str, String)> =
            T::FILTERS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let status = match scope {
            Scope::Listed => None,
            Scope::Trashed => Some("trash"),
            Scope::Processing => Some("processing"),
        };
        if let Some(status) = status {
            filters.retain(|(name, _)| *name != "status");
            filters.push(("status", status.to_owned()));
        }
        if let Some(since) = position.since.filter(|_| T::HAS_MODIFIED) {
            filters.push(("modified_after", gmt(since - TimeDelta::seconds(1))));
            filters.push(("dates_are_gmt", "true".to_owned()));
        }
        Self {
            client,
            pager: Pager::new(T::PATH, filters).resumed(position.after_id, position.seen),
            position,
            kind: PhantomData,
        }
    }

    pub fn position(&self) -> &Position {
        &self.position
    }

    /// The next page; `None` when all was read.
    ///
    /// # Errors
    /// Leaves the walk where it was: what was delivered stays delivered, and a new walk from the last position goes on there.
    pub async fn next(&mut self) -> Result<Option<Page<T>>, ShopError> {
        let fetched_at = self.client.clock().now();
        let mut pager = self.pager.clone();
        let Some(rows) = pager.next(self.client).await? else {
            return Ok(None);
        };
        let (mut items, mut rejected) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            match T::read(self.client, row).await {
                Ok(read) => items.extend(read),
                Err(ShopError::Malformed(malformed)) => rejected.push(malformed),
                // Deleted between the page and the question about its details: its own event tells.
                Err(ShopError::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
        let shop_clock = pager.date.map_or(fetched_at, |date| date.min(fetched_at));
        self.position = Position {
            since: self.position.since,
            started_at: Some(
                self.position.started_at.map_or(shop_clock, |at| at.min(shop_clock)).trunc_subsecs(6),
            ),
            after_id: WcId(pager.last),
            seen: pager.position,
        };
        self.pager = pager;
        Ok(Some(Page {
            items,
            rejected,
            fetched_at,
            position: self.position.clone(),
            total: self.pager.total,
            is_last: self.pager.done,
        }))
    }
}

/// The name in `shop_syncs` of a walk over `T`.
pub fn resource<T: Listed>(scope: Scope) -> String {
    match scope {
        Scope::Listed => T::RESOURCE.to_owned(),
        Scope::Trashed => format!("{}_trash", T::RESOURCE),
        Scope::Processing => format!("{}_processing", T::RESOURCE),
    }
}
