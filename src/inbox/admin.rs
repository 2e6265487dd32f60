//! Back-office pages of the inbox: every webhook that was acknowledged, what came of it, and a way to have it done again.
use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::{
    domain::{self, Resource},
    service::{self, Outcome},
    store::{self, Delivery, Filter},
    words::{self, Body},
};
use crate::{
    app::App,
    auth::{Role, extract::Manager},
    core::{
        ids::{DeliveryId, ShopId},
        page::Seek,
    },
    shop,
    web::{
        cx::Cx,
        extract::{Path, Query},
        flash::{Flash, redirect},
        form::{Form, Opt},
        list::{Chips, Cursor, Pager, ROWS},
        page::page,
        problem::{Kind, Problem},
        routes::{Access, Routes},
    },
};

const ACCESS: Access = Access::Staff(Role::Manager);
/// Other deliveries about the same thing that its page shows.
const OTHERS: u32 = 10;

pub fn routes() -> Routes {
    Routes::new()
        .get("/admin/inbox", ACCESS, index)
        .get("/admin/inbox/{id}", ACCESS, show)
        .post("/admin/inbox/{id}/replay", ACCESS, replay)
        .post("/admin/inbox/{id}/set-aside", ACCESS, set_aside)
}

type Names = Vec<(ShopId, String)>;

async fn shop_names(conn: &mut sqlx::MySqlConnection) -> Result<Names, Problem> {
    let shops = shop::store::list(conn).await?;
    Ok(shops.into_iter().map(|shop| (shop.id, shop.name)).collect())
}

fn name_of(shops: &Names, id: ShopId) -> String {
    shops.iter().find(|(shop, _)| *shop == id).map_or_else(|| id.to_string(), |(_, name)| name.clone())
}

/// The filters, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ListForm {
    state: String,
    resource: String,
    shop: String,
    number: String,
}

impl ListForm {
    /// What the store is asked for. What makes no sense is left out, as if it had not been chosen.
    fn filter(&self) -> Filter {
        Filter {
            shop: self.shop.parse().ok().map(ShopId),
            state: domain::State::parse(&self.state),
            resource: Resource::parse(&self.resource),
            resource_id: self.number.trim().parse().ok(),
        }
    }

    fn chips(&self, cx: &Cx, shops: &Names) -> Chips {
        let mut chips = Chips::new(cx, cx.t("inbox-newest-first"));
        let filter = self.filter();
        if let Some(state) = filter.state {
            chips.add(cx, "state", cx.t(words::state(state).0));
        }
        if let Some(resource) = filter.resource {
            chips.add(cx, "resource", cx.word("inbox-resource", resource.as_str()));
        }
        if let Some(number) = filter.resource_id {
            chips.add(cx, "number", cx.ta("inbox-chip-number", &[("number", &number.to_string())]));
        }
        if let Some(shop) = filter.shop {
            chips.add(cx, "shop", name_of(shops, shop));
        }
        chips
    }
}

#[derive(Debug, Template)]
#[template(path = "inbox/admin_index.html")]
struct IndexPage {
    cx: Cx,
    form: ListForm,
    states: Vec<Opt>,
    resources: Vec<Opt>,
    shop_options: Vec<Opt>,
    shops: Names,
    chips: Chips,
    rows: Vec<Delivery>,
    pager: Pager,
    quarantined: u64,
    failed: u64,
    is_empty: bool,
}

impl IndexPage {
    fn shop(&self, row: &Delivery) -> String {
        name_of(&self.shops, row.shop)
    }
    fn needs_someone(&self) -> bool {
        self.quarantined + self.failed > 0
    }
}

async fn index(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Query(form): Query<ListForm>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let rows = store::list(&mut conn, &form.filter(), &cursor.seek(ROWS)?).await?;
    let (quarantined, failed) = store::needing_attention(&mut conn).await?;
    let shops = shop_names(&mut conn).await?;
    let chips = form.chips(&cx, &shops);
    let states = domain::State::ALL.map(|state| Opt::new(state.as_str(), cx.t(words::state(state).0)));
    let resources = Resource::ALL
        .map(|resource| Opt::new(resource.as_str(), cx.word("inbox-resource", resource.as_str())));
    Ok(page(&IndexPage {
        states: states.into(),
        resources: resources.into(),
        shop_options: shops.iter().map(|(id, name)| Opt::new(id, name)).collect(),
        is_empty: rows.items.is_empty() && chips.is_empty() && cursor == Cursor::default(),
        pager: Pager::new(&cx, &rows, cx.n("list-per-page", ROWS)),
        rows: rows.items,
        form,
        shops,
        chips,
        quarantined,
        failed,
        cx,
    }))
}

#[derive(Debug, Template)]
#[template(path = "inbox/admin_show.html")]
struct ShowPage {
    cx: Cx,
    delivery: Delivery,
    shop: String,
    headers: Vec<(String, String)>,
    body: Body,
    others: Vec<Delivery>,
}

impl ShowPage {
    fn may_replay(&self) -> bool {
        matches!(self.delivery.state, domain::State::Processed | domain::State::Failed)
            && self.delivery.resource_id.is_some()
    }
    fn is_quarantined(&self) -> bool {
        self.delivery.state == domain::State::Quarantined
    }
}

async fn show(
    State(app): State<App>,
    _staff: Manager,
    cx: Cx,
    Path(id): Path<DeliveryId>,
) -> Result<Response, Problem> {
    let gone = || Problem::new(Kind::NotFound);
    let mut conn = app.db.conn().await?;
    let delivery = store::find(&mut conn, id).await?.ok_or_else(gone)?;
    let (raw, kept) = store::content(&mut conn, id).await?.ok_or_else(gone)?;
    let others = match (Resource::parse(&delivery.resource), delivery.resource_id) {
        (Some(resource), Some(thing)) => {
            let filter = Filter {
                shop: Some(delivery.shop),
                resource: Some(resource),
                resource_id: Some(thing),
                state: None,
            };
            let seek = Seek::forward(None, OTHERS + 1);
            let mut found = store::list(&mut conn, &filter, &seek).await?.items;
            found.retain(|other| other.id != id);
            found.truncate(OTHERS as usize);
            found
        }
        _ => Vec::new(),
    };
    let shop = name_of(&shop_names(&mut conn).await?, delivery.shop);
    Ok(page(&ShowPage {
        cx,
        shop,
        headers: words::headers(&kept),
        body: words::body(&raw),
        others,
        delivery,
    }))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

fn answer(id: DeliveryId, outcome: Outcome, done: &str) -> Result<Response, Problem> {
    let here = format!("/admin/inbox/{id}");
    match outcome {
        Outcome::Done => Ok(redirect(&here, Some(Flash::ok(done)))),
        Outcome::NotNow => Ok(redirect(&here, Some(Flash::info("inbox-not-now")))),
        Outcome::Gone => Err(Problem::new(Kind::NotFound)),
    }
}

async fn replay(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<DeliveryId>,
    Form(_): Form<Nothing>,
) -> Result<Response, Problem> {
    answer(id, service::replay(&app, id, &staff.actor()).await?, "inbox-replayed")
}

async fn set_aside(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<DeliveryId>,
    Form(_): Form<Nothing>,
) -> Result<Response, Problem> {
    answer(id, service::set_aside(&app, id, &staff.actor()).await?, "inbox-set-aside-done")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing;

    fn shown(state: domain::State, thing: Option<u64>) -> String {
        let cx = testing::cx();
        let delivery = Delivery {
            id: DeliveryId(5),
            shop: ShopId(1),
            topic: "order.updated".to_owned(),
            resource: "order".to_owned(),
            resource_id: thing,
            delivery_id: "abc".to_owned(),
            state,
            copies: 3,
            attempts: 1,
            outcome: Some("shop_error".to_owned()),
            error: None,
            received_at: cx.now,
            processed_at: None,
        };
        let body = words::body(b"{\"id\":7,\"note\":\"<script>alert(1)</script>\"}");
        let headers = vec![("x-wc-webhook-topic".to_owned(), "<b>".to_owned())];
        ShowPage { cx, delivery, shop: "Almendro".to_owned(), headers, body, others: Vec::new() }
            .render()
            .unwrap()
    }

    #[test]
    fn each_state_offers_what_can_be_done_in_it() {
        use domain::State::{Discarded, Failed, Pending, Processed, Quarantined};
        for (state, thing, replays, asides) in [
            (Processed, Some(7), true, false),
            (Failed, Some(7), true, false),
            (Pending, Some(7), false, false),
            (Quarantined, None, false, true),
            (Discarded, None, false, false),
        ] {
            let html = shown(state, thing);
            assert_eq!(html.contains("/admin/inbox/5/replay"), replays, "{state:?}");
            assert_eq!(html.contains("/admin/inbox/5/set-aside"), asides, "{state:?}");
        }
    }

    #[test]
    fn what_a_shop_sent_is_shown_as_text() {
        let html = shown(domain::State::Processed, Some(7));
        assert!(!html.contains("<script>alert") && !html.contains("<b>"));
        assert!(html.contains("Pedido 7: cambió"));
    }

    #[test]
    fn nonsense_in_the_address_narrows_nothing() {
        let form = ListForm {
            state: "x".to_owned(),
            resource: "moon".to_owned(),
            shop: "-1".to_owned(),
            number: "7a".to_owned(),
        };
        assert!(form.chips(&testing::cx(), &Vec::new()).is_empty());
    }
}
