//! One grant: what is left of it and why.
use askama::Template;
use axum::{extract::State, response::Response};

use crate::{
    accounts,
    app::App,
    auth::extract::Manager,
    core::{
        ids::{AccountId, GrantId, ShopId, WcId},
        page::Page,
    },
    sessions::{
        domain::{Grant, Standing},
        list::{self, Movement, MovementFilter},
        store::{self, EntryKind, categories, changes},
        words::{Badge, badge},
    },
    shop,
    web::{
        cx::Cx,
        extract::{Path, Query},
        list::{Cursor, Pager, ROWS},
        page::page,
        problem::{Kind as ProblemKind, Problem},
    },
};

#[derive(Debug, Template)]
#[template(path = "sessions/admin_show.html")]
struct ShowPage {
    cx: Cx,
    grant: Grant,
    badge: Badge,
    note: String,
    standing: Standing,
    person: String,
    account: AccountId,
    order: Option<(String, String, ShopId, WcId)>,
    movements: Vec<Movement>,
    pager: Pager,
}

impl ShowPage {
    /// Whether a row is a use that can be given back by hand.
    fn is_use(movement: &Movement) -> bool {
        movement.kind == EntryKind::Consume && movement.returned == 0
    }
    /// A change of what is left, or of what is held.
    fn change(&self, movement: &Movement) -> String {
        match movement.kind {
            EntryKind::Hold | EntryKind::Release => format!("({})", self.cx.signed(movement.held)),
            _ => self.cx.signed(movement.delta),
        }
    }
}

pub(super) async fn show(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<GrantId>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let grant = store::find(&mut conn, id).await?.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
    let account = accounts::store::find(&mut conn, grant.account).await?;
    let order = match grant.source {
        None => None,
        Some(source) => {
            let shop = shop::store::find(&mut conn, source.shop).await?.map(|s| s.name).unwrap_or_default();
            let number = shop::mirror::order(&mut conn, source.shop, source.order)
                .await?
                .map_or_else(|| source.order.to_string(), |o| o.order.number);
            Some((number, shop, source.shop, source.order))
        }
    };
    let filter = MovementFilter { grant: Some(id), ..MovementFilter::default() };
    let Page { items, next, prev } = list::movements(&mut conn, &filter, &cursor.seek(ROWS)?).await?;
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, "");
    let known = categories::list(&mut conn).await?;
    Ok(page(&ShowPage {
        badge: badge(&cx, grant.kind, grant.category, &known),
        note: changes::note(&mut conn, id).await?,
        standing: grant.standing(cx.now),
        person: account.map(|a| a.label()).unwrap_or_default(),
        account: grant.account,
        order,
        movements: items,
        pager,
        grant,
        cx,
    }))
}
