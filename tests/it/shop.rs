//! Reading a shop that behaves like a real one: pages, lies, failures, zones. Numbers are those of the acceptance list.
use abono::{
    auth::Role,
    core::{email::Email, ids::WcId},
    demo::shop::{CustomerSpec, Fault, OrderSpec, OrderStatus, RefundSpec},
    inbox::{
        intake::IntakeError,
        sync::{self, Mode},
    },
    shop::{calls::PersonQuery, error::ShopError, mirror, order::OrderStatus as ShopStatus, store as shops},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::support::World;

async fn read(world: &World, mode: Mode) -> Result<sync::Tally, IntakeError> {
    sync::run(&world.app, world.shop, mode, &|_, _, _| ()).await
}

async fn ask(world: &World, person: &PersonQuery) -> Result<Vec<abono::shop::order::Order>, ShopError> {
    let shop = shops::find(&mut world.app.db.conn().await.unwrap(), world.shop).await.unwrap().unwrap();
    let client = shop.client(&world.app.http, world.app.clock.clone(), &world.app.keys).unwrap();
    client.orders_of(person, None).await
}

fn person(id: Option<u64>, email: &str) -> PersonQuery {
    PersonQuery { customer_id: id.map(WcId), emails: vec![Email::parse(email).unwrap()] }
}

/// Acceptance 47.
#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_ignores_the_filter_is_not_believed_and_the_person_stays_as_they_were() {
    let world = World::new().await;
    let ana = world.demo.add_customer(CustomerSpec::new("ana@example.test", "Ana", "Li")).unwrap();
    let own = world.demo.place_order(OrderSpec::by(ana).line(486, 1)).unwrap();
    world.demo.set_order_status(own, OrderStatus::Completed).unwrap();
    world.read_shop().await;
    for n in 0..30 {
        let spec = OrderSpec::guest("Otra", "Persona", &format!("otra{n}@example.test")).line(487, 1);
        world.demo.place_order(spec).unwrap();
    }
    world.demo.inject(Fault::FilterIgnored.always());
    assert_eq!(
        ask(&world, &person(Some(ana), "ana@example.test")).await,
        Err(ShopError::FilterIgnored { filter: "customer" })
    );
    let account = world.account("ana@example.test").await;
    let mut manager = world.staff(Role::Manager).await;
    let page = format!("/admin/accounts/{account}");
    manager.submit(&page, &format!("{page}/check-orders"), &[]).await;
    world.work().await;
    assert_eq!(world.balance("ana@example.test").await, 5);
    let told = world
        .number("SELECT COUNT(*) FROM audit_entries WHERE action = 'account.orders_not_checked' AND detail LIKE '%filter_ignored%'")
        .await;
    assert_eq!(told, 1);
    let dead = manager.get("/admin/jobs?state=dead&kind=account.orders").await;
    assert_eq!(dead.count("table.data tbody tr"), 1, "{}", dead.text());
}

/// Acceptance 66.
#[tokio::test(flavor = "multi_thread")]
async fn someone_without_orders_in_a_shop_of_250_foreign_ones_bought_for_nothing() {
    let world = World::new().await;
    let tecla = world.demo.add_customer(CustomerSpec::new("tecla@example.test", "Tecla", "Nica")).unwrap();
    for n in 0..250 {
        let spec = OrderSpec::guest("Otra", "Persona", &format!("otra{n}@example.test")).line(512, 1);
        world.demo.place_order(spec.status(OrderStatus::Completed)).unwrap();
    }
    assert_eq!(ask(&world, &person(Some(tecla), "tecla@example.test")).await, Ok(Vec::new()));
    read(&world, Mode::Full).await.unwrap();
    let account = world.account("tecla@example.test").await;
    let mut conn = world.app.db.conn().await.unwrap();
    let paid = [ShopStatus::Completed, ShopStatus::Processing];
    let sums = mirror::net_purchases(
        &mut conn,
        account,
        &paid,
        DateTime::UNIX_EPOCH,
        world.now() + TimeDelta::days(1),
    )
    .await;
    assert_eq!(sums.unwrap(), []);
    assert_eq!(world.number("SELECT COUNT(*) FROM wc_orders").await, 250);
}

/// Acceptance 48.
#[tokio::test(flavor = "multi_thread")]
async fn of_250_orders_40_of_one_second_more_inserted_while_paging_each_counts_once() {
    let world = World::new().await;
    let mut orders = Vec::new();
    for n in 0..250 {
        let spec = OrderSpec::guest("Ana", "Li", "ana@example.test").line(483, 1);
        let order = world.demo.place_order(spec.status(OrderStatus::Completed)).unwrap();
        let at = world.now() - TimeDelta::minutes(if n < 40 { 500 } else { 500 - i64::from(n) });
        world.demo.edit_order_at(order, at).unwrap();
        orders.push(order);
    }
    let inserting = world.demo.clone();
    let more = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let count = more.clone();
    let progress = move |resource: &str, _: u64, _: Option<u64>| {
        if resource == "orders" && count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 {
            for _ in 0..7 {
                let spec = OrderSpec::guest("Ana", "Li", "ana@example.test").line(483, 1);
                inserting.place_order(spec.status(OrderStatus::Completed)).unwrap();
            }
        }
    };
    sync::run(&world.app, world.shop, Mode::Full, &progress).await.unwrap();
    world.read_shop().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM wc_orders").await, 257);
    assert_eq!(world.balance("ana@example.test").await, 257);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries").await, 257);
}

/// Acceptance 51.
#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_fails_changes_nothing_and_is_shown_as_stale_with_the_reason() {
    let world = World::new().await;
    world.bought("ana@example.test", 1).await;
    for (fault, code) in [
        (Fault::Html(202), "shop_challenge|shop_not_json"),
        (Fault::Html(403), "shop_challenge|shop_not_json|shop_forbidden"),
        (Fault::Html(503), "shop_not_json|shop_server_error|shop_challenge"),
        (Fault::Status(401), "shop_unauthorized"),
        (Fault::Status(403), "shop_forbidden|shop_unauthorized"),
        (Fault::TooMany { retry_after: 1 }, "shop_rate_limited"),
        (Fault::Status(500), "shop_server_error"),
        (Fault::Hang, "shop_timeout"),
        (Fault::TruncatedJson, "shop_truncated|shop_not_json"),
    ] {
        world.advance(TimeDelta::minutes(10));
        world.demo.inject(fault.always().on("/orders"));
        let failed = read(&world, Mode::Full).await;
        assert!(matches!(failed, Err(IntakeError::Shop(_))), "{fault:?}: {failed:?}");
        world.demo.clear_faults();
        let mut conn = world.app.db.conn().await.unwrap();
        let shop = shops::find(&mut conn, world.shop).await.unwrap().unwrap();
        let said = shop.last_error.unwrap();
        assert!(code.split('|').any(|code| code == said), "{fault:?} is told as {said}");
        assert_eq!(shop.last_error_at, Some(world.now()), "{fault:?}");
        assert!(shop.last_ok_at < shop.last_error_at, "the last good reading keeps its date");
        assert_eq!(world.balance("ana@example.test").await, 5, "{fault:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM wc_orders WHERE deleted_at IS NULL").await, 1);
    }
    // An empty list is no proof that anything was deleted: the shop is asked about each thing.
    world.demo.inject(Fault::EmptyList.always());
    read(&world, Mode::Full).await.unwrap();
    world.demo.clear_faults();
    assert_eq!(world.balance("ana@example.test").await, 5);
    assert_eq!(world.number("SELECT COUNT(*) FROM wc_orders WHERE deleted_at IS NULL").await, 1);
}

/// Acceptance 51: page 2 fails; the next reading goes on there.
#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_breaks_off_at_page_two_goes_on_there() {
    let world = World::new().await;
    for n in 0..150 {
        let spec = OrderSpec::guest("Ana", "Li", &format!("ana{n}@example.test")).line(483, 1);
        world.demo.place_order(spec.status(OrderStatus::Completed)).unwrap();
    }
    // The walk overlaps its pages, so the second request of the list is the one that asks for what follows the first 100.
    world.demo.inject(Fault::Status(500).always().on("offset=80"));
    assert!(read(&world, Mode::Full).await.is_err());
    assert_eq!(world.number("SELECT COUNT(*) FROM wc_orders").await, 100);
    world.demo.clear_faults();
    world.demo.clear_requests();
    world.read_shop().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM wc_orders").await, 150);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries").await, 150);
}

/// Acceptance 70.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_placed_at_half_past_midnight_in_madrid_is_that_day_everywhere() {
    let world = World::new().await;
    // 00:30 on 1 November in Madrid is still October in UTC.
    let placed: DateTime<Utc> = "2026-10-31T23:30:00Z".parse().unwrap();
    let spec = OrderSpec::guest("Ana", "Li", "ana@example.test").line(486, 1).at(placed);
    let order = world.demo.place_order(spec.status(OrderStatus::Completed)).unwrap();
    read(&world, Mode::Full).await.unwrap();
    let mut conn = world.app.db.conn().await.unwrap();
    let stored = mirror::order(&mut conn, world.shop, WcId(order)).await.unwrap().unwrap();
    assert_eq!(stored.order.created_at, placed);
    drop(conn);
    let mut manager = world.staff(Role::Manager).await;
    let on = |from: &str, to: &str| format!("/admin/orders?from={from}&to={to}");
    let november = manager.get(&on("2026-11-01", "2026-11-01")).await;
    assert_eq!(november.count("table.data tbody tr"), 1, "{}", november.text());
    let october = manager.get(&on("2026-10-01", "2026-10-31")).await;
    assert_eq!(october.count("table.data tbody tr"), 0, "{}", october.text());
    assert!(november.text().contains("1 nov"), "{}", november.text());
}

/// Acceptance 72.
#[tokio::test(flavor = "multi_thread")]
async fn a_plain_http_shop_is_asked_with_signed_requests_never_with_its_secret() {
    let world = World::new().await;
    world.bought("ana@example.test", 1).await;
    let asked = world.demo.requests();
    assert!(asked.iter().filter(|r| r.path_and_query.contains("/wc/v3/")).count() > 3);
    for request in asked {
        assert!(!request.path_and_query.contains("cs_test"), "{}", request.path_and_query);
    }
    assert_eq!(world.balance("ana@example.test").await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_refund_of_money_alone_takes_no_session_and_shows_in_the_net_sum() {
    let world = World::new().await;
    let order = world.bought("ana@example.test", 2).await;
    world.demo.refund(order, &RefundSpec::amount("30.00")).unwrap();
    world.read_shop().await;
    assert_eq!(world.balance("ana@example.test").await, 10);
    let account = world.account("ana@example.test").await;
    let mut conn = world.app.db.conn().await.unwrap();
    let sums = mirror::net_purchases(
        &mut conn,
        account,
        &[ShopStatus::Completed],
        DateTime::UNIX_EPOCH,
        world.now() + TimeDelta::days(1),
    )
    .await
    .unwrap();
    assert_eq!(json!(sums[0].net.to_string()), json!("50.0000"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_shop_stands_readable_in_the_database() {
    let world = World::new().await;
    world.watch().await;
    world.bought("ana@example.test", 1).await;
    world.settle().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT CAST(table_name AS CHAR) FROM information_schema.tables WHERE table_schema = DATABASE()",
    )
    .fetch_all(&world.app.db.0)
    .await
    .unwrap();
    assert!(tables.len() > 25);
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar(
            "SELECT CAST(column_name AS CHAR) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?",
        )
        .bind(&table)
        .fetch_all(&world.app.db.0)
        .await
        .unwrap();
        for secret in ["cs_test", "ck_test", crate::support::WEBHOOK_SECRET, "the hand-off secret"] {
            for column in &columns {
                let sql =
                    format!("SELECT COUNT(*) FROM `{table}` WHERE INSTR(CAST(`{column}` AS BINARY), ?) > 0");
                let n: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                    .bind(secret.as_bytes())
                    .fetch_one(&world.app.db.0)
                    .await
                    .unwrap();
                assert_eq!(n, 0, "{table}.{column} holds a secret");
            }
        }
    }
}
