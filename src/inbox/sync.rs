//! Reading a shop's lists: everything at first, later what changed. Each page is applied, then the place is remembered, so a
//! reading that is cut off goes on where it was, and applying a page twice changes nothing.
use std::time::Duration;

use serde_json::json;

use super::{
    domain::Resource,
    intake::{self, IntakeError, Source, Taken},
};
use crate::{
    app::App,
    audit,
    core::{actor::Actor, ids::ShopId},
    db::DbError,
    jobs::lease::{self, Lease},
    shop::{
        error::{Malformed, ShopError},
        mirror::{self, Mirrored},
        order::Order,
        store as shops,
        sync::{Listed, Position, Scope, Walk},
        words::{Coupon, Customer, Product},
    },
};

/// How much to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// What changed since the last reading.
    Delta,
    /// That, and all users: their list cannot be narrowed to what changed.
    Nightly,
    /// Everything.
    Full,
}

impl Mode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delta => "delta",
            Self::Nightly => "nightly",
            Self::Full => "full",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Delta, Self::Nightly, Self::Full].into_iter().find(|mode| mode.as_str() == text)
    }
}

/// What a reading did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub read: u64,
    pub new: u64,
    pub changed: u64,
    pub gone: u64,
    pub rejected: u64,
}

impl Tally {
    fn count(&mut self, taken: Taken) {
        self.read += 1;
        match taken {
            Taken::New => self.new += 1,
            Taken::Changed => self.changed += 1,
            Taken::Gone => self.gone += 1,
            Taken::Same | Taken::Stale | Taken::Unknown => {}
        }
    }
}

/// Told after each page: which list, rows so far, rows of the whole list.
pub type Progress<'a> = &'a (dyn Fn(&str, u64, Option<u64>) + Send + Sync);

/// Something that can be read page by page and taken in.
trait Intake: Listed {
    const MIRRORED: Mirrored;
    const KIND: Resource;
    /// Whether the shop's trash may hold some: the list leaves those out.
    const HAS_TRASH: bool;
    fn take(
        self,
        app: &App,
        source: &Source,
        seen_at: chrono::DateTime<chrono::Utc>,
    ) -> impl Future<Output = Result<Taken, IntakeError>> + Send;
}

macro_rules! intake {
    ($($thing:ident, $mirrored:ident, $kind:ident, $trash:literal, $take:ident;)*) => {$(
        impl Intake for $thing {
            const MIRRORED: Mirrored = Mirrored::$mirrored;
            const KIND: Resource = Resource::$kind;
            const HAS_TRASH: bool = $trash;
            async fn take(
                self,
                app: &App,
                source: &Source,
                seen_at: chrono::DateTime<chrono::Utc>,
            ) -> Result<Taken, IntakeError> {
                intake::$take(app, source, self, seen_at).await
            }
        }
    )*};
}
intake! {
    Customer, Customers, Customer, false, take_customer;
    Product, Products, Product, true, take_product;
    Coupon, Coupons, Coupon, false, take_coupon;
    Order, Orders, Order, true, take_order;
}

/// Reads a shop. Users first: orders are easier to understand when their buyers are known.
pub async fn run(app: &App, id: ShopId, mode: Mode, progress: Progress<'_>) -> Result<Tally, IntakeError> {
    let source = Source::open(app, id).await?;
    // Two readings of one shop would move one another's place.
    let lease = lease::take(&mut *app.db.conn().await?, &format!("sync:{id}"), app.clock.now()).await?;
    let lease = lease.ok_or(IntakeError::Busy)?;
    let outcome = tokio::select! {
        outcome = read_all(app, &source, mode, progress) => outcome,
        lost = hold(app, &lease) => Err(lost),
    };
    source.note(app, &outcome).await?;
    lease.release(&mut *app.db.conn().await?).await?;
    outcome
}

/// Renews the lease of a reading; ends only when it is lost.
pub(super) async fn hold(app: &App, lease: &Lease) -> IntakeError {
    loop {
        tokio::time::sleep(Duration::from_secs(20)).await;
        let renewed = match app.db.conn().await {
            Ok(mut conn) => lease.renew(&mut conn, app.clock.now()).await,
            Err(e) => Err(e),
        };
        if matches!(renewed, Ok(false)) {
            return IntakeError::Busy;
        }
    }
}

async fn read_all(
    app: &App,
    source: &Source,
    mode: Mode,
    progress: Progress<'_>,
) -> Result<Tally, IntakeError> {
    let mut tally = Tally::default();
    read::<Customer>(app, source, mode, progress, &mut tally).await?;
    read::<Product>(app, source, mode, progress, &mut tally).await?;
    read::<Coupon>(app, source, mode, progress, &mut tally).await?;
    read::<Order>(app, source, mode, progress, &mut tally).await?;
    if mode == Mode::Full || tally.changed + tally.new + tally.gone > 0 {
        let now = app.clock.now();
        let actor = Actor::System { name: "sync" };
        let record =
            audit::Record::new(now, &actor, "shop.read", "shop", source.shop.id).shop(source.shop.id).detail(
                json!({"mode": mode.as_str(), "read": tally.read, "new": tally.new, "changed": tally.changed,
                           "gone": tally.gone, "rejected": tally.rejected}),
            );
        audit::record(&mut *app.db.conn().await?, record).await?;
    }
    Ok(tally)
}

async fn read<T: Intake>(
    app: &App,
    source: &Source,
    mode: Mode,
    progress: Progress<'_>,
    tally: &mut Tally,
) -> Result<(), IntakeError> {
    let (shop, resource) = (source.shop.id, T::RESOURCE);
    let Some(position) = start::<T>(app, shop, mode).await? else {
        return Ok(());
    };
    let since = position.since;
    let began_at = position.started_at;
    let mut rejected = Vec::new();
    let read = walk::<T>(app, source, position, progress, tally, &mut rejected).await;
    if let Err(IntakeError::Shop(e)) = &read {
        let mut conn = app.db.conn().await?;
        shops::fail_sync(&mut conn, shop, resource, e.code(), &e.to_string(), app.clock.now()).await?;
    }
    read?;
    if T::HAS_TRASH {
        also::<T>(app, source, Scope::Trashed, since, tally).await?;
    }
    let now = app.clock.now();
    let mut conn = app.db.conn().await?;
    shops::finish_sync(&mut conn, shop, resource, now).await?;
    if let Some(first) = rejected.first() {
        let detail = format!("{} rows make no sense, the first: {first}", rejected.len());
        shops::fail_sync(&mut conn, shop, resource, "shop_malformed", &detail, now).await?;
    }
    tally.rejected += rejected.len() as u64;
    drop(conn);
    // What a complete reading did not meet was deleted for good, or missed: the shop is asked about each.
    if since.is_none()
        && let Some(began_at) = began_at
    {
        missing::<T>(app, source, began_at, tally).await?;
    }
    Ok(())
}

/// Where to start; `None` when this list is not to be read now.
async fn start<T: Intake>(app: &App, shop: ShopId, mode: Mode) -> Result<Option<Position>, DbError> {
    let now = app.clock.now();
    let mut conn = app.db.conn().await?;
    let row = shops::sync_row(&mut conn, shop, T::RESOURCE).await?;
    if mode != Mode::Full
        && let Some(position) = row.as_ref().and_then(shops::SyncRow::position)
    {
        return Ok(Some(position));
    }
    let was_read = row.is_some_and(|row| row.full_at.is_some());
    if mode == Mode::Delta && !T::HAS_MODIFIED && was_read {
        return Ok(None);
    }
    let full = mode == Mode::Full || !T::HAS_MODIFIED;
    Ok(Some(shops::begin_sync(&mut conn, shop, T::RESOURCE, full, now).await?))
}

async fn walk<T: Intake>(
    app: &App,
    source: &Source,
    position: Position,
    progress: Progress<'_>,
    tally: &mut Tally,
    rejected: &mut Vec<Malformed>,
) -> Result<(), IntakeError> {
    let shop = source.shop.id;
    let mut walk = Walk::<T>::new(&source.client, Scope::Listed, position);
    while let Some(page) = walk.next().await? {
        for item in page.items {
            tally.count(item.take(app, source, page.fetched_at).await?);
        }
        rejected.extend(page.rejected);
        let mut conn = app.db.conn().await?;
        shops::advance_sync(&mut conn, shop, T::RESOURCE, &page.position, page.total).await?;
        progress(T::RESOURCE, page.position.seen, page.total);
    }
    Ok(())
}

/// Reads a shop's paid orders that are not completed yet: whether they give anything is a setting, and it changed.
pub async fn processing(app: &App, id: ShopId) -> Result<Tally, IntakeError> {
    let source = Source::open(app, id).await?;
    let mut tally = Tally::default();
    let outcome = also::<Order>(app, &source, Scope::Processing, None, &mut tally).await;
    source.note(app, &outcome).await?;
    outcome.map(|()| tally)
}

/// Reads what the list itself leaves out, or part of it. What is in the trash is left out: this is how a lost `order.deleted` or
/// `product.deleted` is noticed.
async fn also<T: Intake>(
    app: &App,
    source: &Source,
    scope: Scope,
    since: Option<chrono::DateTime<chrono::Utc>>,
    tally: &mut Tally,
) -> Result<(), IntakeError> {
    let position = Position { since, ..Position::full() };
    let mut walk = Walk::<T>::new(&source.client, scope, position);
    while let Some(page) = walk.next().await? {
        for item in page.items {
            tally.count(item.take(app, source, page.fetched_at).await?);
        }
    }
    Ok(())
}

/// Asks about what a complete reading did not meet.
async fn missing<T: Intake>(
    app: &App,
    source: &Source,
    began_at: chrono::DateTime<chrono::Utc>,
    tally: &mut Tally,
) -> Result<(), IntakeError> {
    let mut conn = app.db.conn().await?;
    let ids = mirror::unseen(&mut conn, T::MIRRORED, source.shop.id, began_at, 500).await?;
    drop(conn);
    for id in ids {
        match intake::refresh(app, source, T::KIND, id, None).await {
            Ok(taken) => tally.count(taken),
            Err(IntakeError::Shop(ShopError::Malformed(_))) => tally.rejected += 1,
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
