//! Walks over a shop whose orders are inserted, changed and deleted between two pages (acceptance 48).
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use serde_json::Value;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::path};

use super::{at, client, order_row};
use crate::core::ids::WcId;
use crate::shop::{
    calls::PersonQuery,
    error::ShopError,
    order::Order,
    sync::{Page, Position, Scope, Walk},
};

type Change = Box<dyn Fn(&mut BTreeMap<u64, Value>) + Send + Sync>;

/// A shop that does something to its orders before each answer.
struct Living {
    orders: Mutex<BTreeMap<u64, Value>>,
    asked: Mutex<usize>,
    fails_at: Option<usize>,
    ignores_offset: bool,
    change: Change,
}

impl Living {
    fn new(orders: impl IntoIterator<Item = u64>, change: Change) -> Self {
        // Forty orders of one second, in the middle, as an import makes them.
        let created = |id: u64| {
            if (100..140).contains(&id) { "2026-11-20T10:00:00" } else { "2026-11-20T11:00:00" }
        };
        Self {
            orders: Mutex::new(
                orders
                    .into_iter()
                    .map(|id| (id, order_row(id, 2, "ana@example.test", created(id))))
                    .collect(),
            ),
            asked: Mutex::new(0),
            fails_at: None,
            ignores_offset: false,
            change,
        }
    }

    fn answer(&self, request: &Request) -> ResponseTemplate {
        let mut asked = self.asked.lock().unwrap();
        *asked += 1;
        if self.fails_at == Some(*asked) {
            return ResponseTemplate::new(403).set_body_string("<html>");
        }
        let query: BTreeMap<String, String> = request.url.query_pairs().into_owned().collect();
        assert_eq!((query["orderby"].as_str(), query["order"].as_str()), ("id", "asc"));
        let mut orders = self.orders.lock().unwrap();
        let offset = if self.ignores_offset { 0 } else { query["offset"].parse().unwrap() };
        let matching: Vec<Value> = orders
            .values()
            .filter(|order| {
                query
                    .get("modified_after")
                    .is_none_or(|after| order["date_modified_gmt"].as_str().unwrap() > after.as_str())
            })
            .cloned()
            .collect();
        let total = matching.len().to_string();
        let page: Vec<Value> =
            matching.into_iter().skip(offset).take(query["per_page"].parse().unwrap()).collect();
        (self.change)(&mut orders);
        ResponseTemplate::new(200)
            .insert_header("X-WP-Total", total.as_str())
            .insert_header("Date", "Sat, 21 Nov 2026 06:29:00 GMT")
            .set_body_json(page)
    }

    async fn serve(self) -> MockServer {
        let server = MockServer::start().await;
        let living = Arc::new(self);
        Mock::given(path("/wp-json/wc/v3/orders"))
            .respond_with(move |request: &Request| living.answer(request))
            .mount(&server)
            .await;
        server
    }
}

/// All pages, or the first error with the position it left.
async fn walk(server: &MockServer, from: Position) -> (Vec<Page<Order>>, Position, Option<ShopError>) {
    let client = client(server);
    let mut walk = Walk::<Order>::new(&client, Scope::Listed, from);
    let mut pages = Vec::new();
    loop {
        match walk.next().await {
            Ok(Some(page)) => pages.push(page),
            Ok(None) => return (pages, walk.position().clone(), None),
            Err(e) => return (pages, walk.position().clone(), Some(e)),
        }
    }
}

fn ids(pages: &[Page<Order>]) -> Vec<u64> {
    pages.iter().flat_map(|page| &page.items).map(|order| order.id.0).collect()
}

#[tokio::test]
async fn orders_inserted_while_paging_are_each_read_once() {
    let insert: Change = Box::new(|orders| {
        let next = orders.keys().max().unwrap() + 1;
        if next <= 260 {
            orders.insert(next, order_row(next, 2, "ana@example.test", "2026-11-21T06:29:30"));
        }
    });
    let server = Living::new(1..=250, insert).serve().await;
    let (pages, position, error) = walk(&server, Position::full()).await;
    assert_eq!(error, None);
    let ids = ids(&pages);
    assert_eq!(ids[..250], (1..=250).collect::<Vec<_>>(), "each once, in order");
    assert!(ids.len() >= 252 && ids.is_sorted_by(|a, b| a < b), "and those that came in meanwhile");
    assert_eq!(position.started_at, Some(at("2026-11-21T06:29:00Z")), "the earlier of the two clocks");
    assert!(pages.last().unwrap().is_last && pages[0].total == Some(250));
}

#[tokio::test]
async fn orders_deleted_while_paging_take_none_of_the_others_with_them() {
    for at_once in [1, 25, 90] {
        let deleted = Mutex::new(false);
        let delete: Change = Box::new(move |orders| {
            if !std::mem::replace(&mut *deleted.lock().unwrap(), true) {
                orders.retain(|id, _| *id > at_once);
            }
        });
        let server = Living::new(1..=250, delete).serve().await;
        let (pages, _, error) = walk(&server, Position::full()).await;
        assert_eq!(error, None);
        assert_eq!(ids(&pages), (1..=250).collect::<Vec<_>>(), "{at_once} deleted after the first page");
    }
}

#[tokio::test]
async fn orders_that_start_to_match_behind_the_reader_cost_nobody_else_their_turn() {
    // 300 old orders are touched after the first page: they enter a delta in front of what was read.
    let touched = Mutex::new(false);
    let touch: Change = Box::new(move |orders| {
        if !std::mem::replace(&mut *touched.lock().unwrap(), true) {
            for id in 1..=300 {
                orders.insert(id, order_row(id, 2, "ana@example.test", "2026-11-21T06:29:59"));
            }
        }
    });
    let living = Living::new(1000..=1249, touch);
    for id in 1..=300 {
        let old = order_row(id, 2, "ana@example.test", "2020-01-01T00:00:00");
        living.orders.lock().unwrap().insert(id, old);
    }
    let server = living.serve().await;
    let (pages, position, error) = walk(&server, Position::since(at("2026-11-20T00:00:00Z"))).await;
    assert_eq!(error, None);
    let read = ids(&pages);
    assert_eq!(read, (1000..=1249).collect::<Vec<_>>());
    // They were touched after this walk began, so the next one sees them.
    let (pages, _, _) = walk(&server, Position::since(position.started_at.unwrap())).await;
    assert_eq!(ids(&pages), (1..=300).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_failed_page_leaves_the_walk_where_it_can_go_on() {
    let mut living = Living::new(1..=250, Box::new(|_| {}));
    living.fails_at = Some(2);
    let server = living.serve().await;
    let (pages, position, error) = walk(&server, Position::full()).await;
    assert_eq!(error.map(|e| e.code()), Some("shop_not_json"));
    assert_eq!((ids(&pages).len(), position.after_id), (100, WcId(100)));
    let (rest, _, error) = walk(&server, position).await;
    assert_eq!((error, ids(&rest)), (None, (101..=250).collect::<Vec<_>>()));
}

#[tokio::test]
async fn a_position_that_is_far_off_still_finds_its_place() {
    let server = Living::new(1..=450, Box::new(|_| {})).serve().await;
    for seen in [0, 300, 5000] {
        let position = Position { after_id: WcId(310), seen, ..Position::full() };
        let (pages, _, error) = walk(&server, position).await;
        assert_eq!((error, ids(&pages)), (None, (311..=450).collect::<Vec<_>>()), "seen {seen}");
    }
}

#[tokio::test]
async fn a_shop_that_ignores_the_offset_is_noticed_instead_of_read_forever() {
    let mut living = Living::new(1..=250, Box::new(|_| {}));
    living.ignores_offset = true;
    let server = living.serve().await;
    let (pages, _, error) = walk(&server, Position::full()).await;
    assert_eq!((ids(&pages).len(), error), (100, Some(ShopError::FilterIgnored { filter: "offset" })));
}

#[tokio::test]
async fn one_senseless_order_does_not_hold_up_the_others() {
    let living = Living::new(1..=3, Box::new(|_| {}));
    living.orders.lock().unwrap().get_mut(&2).unwrap()["total"] = "gratis".into();
    let server = living.serve().await;
    let (pages, _, error) = walk(&server, Position::full()).await;
    assert_eq!((error, ids(&pages)), (None, vec![1, 3]));
    assert_eq!(pages[0].rejected[0].id, 2);
}

#[tokio::test]
async fn a_persons_two_hundred_and_fifty_orders_count_once_each_while_more_come_in() {
    let insert: Change = Box::new(|orders| {
        let next = orders.keys().max().unwrap() + 1;
        if next <= 253 {
            orders.insert(next, order_row(next, 2, "ana@example.test", "2026-11-21T06:29:30"));
        }
    });
    let server = Living::new(1..=250, insert).serve().await;
    let ana = PersonQuery {
        customer_id: Some(WcId(2)),
        emails: vec![crate::core::email::Email::parse("ana@example.test").unwrap()],
    };
    let orders = client(&server).orders_of(&ana, None).await.unwrap();
    let ids: Vec<u64> = orders.iter().map(|order| order.id.0).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "no order twice");
    assert_eq!(ids[..250], (1..=250).collect::<Vec<_>>());
}
