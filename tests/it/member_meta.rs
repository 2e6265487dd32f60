//! The balance on each of the shop's users: written in batches, read back, and noticed when it does not stay.
use abono::{
    accounts,
    auth::Role,
    core::{actor::Actor, ids::CategoryId},
    demo::shop::{CustomerSpec, Fault, OrderSpec, OrderStatus, RefundSpec},
    inbox, jobs,
    sessions::{
        domain::Expiry,
        service::{
            Spending, expiry,
            gifts::{self, Gift},
            reservations::{self, Wish},
        },
    },
    shop::store::RefundPolicy,
};
use axum::http::StatusCode;
use chrono::TimeDelta;
use chrono_tz::Europe::Madrid;

use crate::support::World;

const KEY: &str = "mhtp_available_sessions";

/// What happens every minute: who changed is looked up, and what follows is done.
async fn minute(world: &World) {
    let now = world.now();
    jobs::schedule::run_now(&world.app, "sessions.member_meta", now).await.unwrap();
    world.work().await;
}

async fn night(world: &World) {
    jobs::schedule::run_now(&world.app, "sessions.member_meta_check", world.now()).await.unwrap();
    world.work().await;
}

fn requests(world: &World, path: &str) -> usize {
    world.demo.requests().iter().filter(|r| r.path_and_query.contains(path)).count()
}

fn batches(world: &World) -> usize {
    requests(world, "/customers/batch")
}

/// A user of the shop, known to Abono.
async fn member(world: &World, email: &str) -> u64 {
    let id = world.demo.add_customer(CustomerSpec::new(email, "Ana", "Li")).unwrap();
    inbox::sync::run(&world.app, world.shop, inbox::sync::Mode::Full, &|_, _, _| ()).await.unwrap();
    id
}

async fn give(world: &World, email: &str, quantity: u32) -> abono::core::ids::GrantId {
    let account = world.account(email).await;
    give_until(world, account, quantity, Expiry::Never).await
}

async fn give_until(
    world: &World,
    account: abono::core::ids::AccountId,
    quantity: u32,
    expiry: Expiry,
) -> abono::core::ids::GrantId {
    let (actor, now) = (&Actor::System { name: "test" }, world.now());
    world
        .app
        .db
        .transact(|mut tx| async move {
            let gift = Gift {
                account,
                quantity,
                category: CategoryId(1),
                expiry: Some(expiry),
                note: String::new(),
            };
            let grant = gifts::give(&mut tx, &gift, actor, now, Madrid).await?;
            Ok::<_, abono::sessions::service::Error>(tx.done(grant.id).await?)
        })
        .await
        .unwrap()
}

async fn consume(world: &World, email: &str, amount: u32) {
    let account = world.account(email).await;
    let (actor, now) = (&Actor::System { name: "test" }, world.now());
    let wish = &Spending {
        account,
        amount,
        reason: String::new(),
        expert_id: None,
        expert_name: None,
        duration_seconds: None,
        request_id: None,
    };
    world
        .app
        .db
        .transact(|mut tx| async move {
            abono::sessions::service::consume(&mut tx, wish, actor, now).await?;
            Ok::<_, abono::sessions::service::Error>(tx.done(()).await?)
        })
        .await
        .unwrap();
}

async fn state(world: &World, user: u64) -> (String, Option<u32>, Option<String>, Option<String>) {
    sqlx::query_as("SELECT state, written, seen, error FROM shop_member_meta WHERE customer_id = ?")
        .bind(user)
        .fetch_one(&world.app.db.0)
        .await
        .unwrap()
}

fn shown(world: &World, user: u64) -> Option<String> {
    world.demo.customer_meta(user, KEY)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_balances_of_250_people_reach_the_shop_in_three_requests() {
    let world = World::new().await;
    let mut users = Vec::new();
    for n in 0..250 {
        let spec = CustomerSpec::new(&format!("p{n}@example.test"), "P", &n.to_string());
        users.push(world.demo.add_customer(spec).unwrap());
    }
    inbox::sync::run(&world.app, world.shop, inbox::sync::Mode::Full, &|_, _, _| ()).await.unwrap();
    for n in 0..250 {
        give(&world, &format!("p{n}@example.test"), n % 7 + 1).await;
    }
    world.demo.clear_requests();
    minute(&world).await;
    assert_eq!(batches(&world), 3);
    assert_eq!(requests(&world, "include="), 3, "each batch is read back at once");
    for (n, user) in users.iter().enumerate() {
        assert_eq!(shown(&world, *user), Some((n % 7 + 1).to_string()));
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM shop_member_meta WHERE state = 'written'").await, 250);
    minute(&world).await;
    assert_eq!(batches(&world), 3, "nothing changed, nothing is written");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_changes_between_two_rounds_are_one_write_of_the_last() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    give(&world, "ana@example.test", 5).await;
    consume(&world, "ana@example.test", 1).await;
    give(&world, "ana@example.test", 2).await;
    minute(&world).await;
    assert_eq!((batches(&world), shown(&world, ana)), (1, Some("6".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_never_had_a_session_keeps_whatever_the_shop_says_of_them() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    world.demo.set_customer_meta(ana, KEY, "3").unwrap();
    minute(&world).await;
    assert_eq!((batches(&world), shown(&world, ana).as_deref()), (0, Some("3")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_a_use_a_void_and_a_refund_each_reach_the_shop() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    let order = world.demo.place_order(OrderSpec::by(ana).line(486, 2)).unwrap();
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    world.read_shop().await;
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("10"));
    consume(&world, "ana@example.test", 3).await;
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("7"));
    let grant = give(&world, "ana@example.test", 4).await;
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("11"));
    let (actor, now) = (&Actor::System { name: "test" }, world.now());
    world
        .app
        .db
        .transact(|mut tx| async move {
            gifts::void(&mut tx, grant, "error", actor, now).await?;
            Ok::<_, abono::sessions::service::Error>(tx.done(()).await?)
        })
        .await
        .unwrap();
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("7"));
    world.demo.refund(order, &RefundSpec::Full).unwrap();
    world.read_shop().await;
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expiry_reaches_the_shop_written_off_or_not() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    let berta = member(&world, "berta@example.test").await;
    for email in ["ana@example.test", "berta@example.test"] {
        let account = world.account(email).await;
        give_until(&world, account, 4, Expiry::Days(1)).await;
        give(&world, email, 1).await;
    }
    minute(&world).await;
    assert_eq!((shown(&world, ana).as_deref(), shown(&world, berta).as_deref()), (Some("5"), Some("5")));
    // Long after any row of the ledger is looked at again.
    world.advance(TimeDelta::minutes(5));
    minute(&world).await;
    world.advance(TimeDelta::minutes(5));
    minute(&world).await;
    world.advance(TimeDelta::days(2));
    minute(&world).await;
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries WHERE kind = 'expire'").await, 0);
    assert_eq!((shown(&world, ana).as_deref(), shown(&world, berta).as_deref()), (Some("1"), Some("1")));
    expiry::write_off(&world.app).await.unwrap();
    world.demo.clear_requests();
    minute(&world).await;
    assert_eq!(batches(&world), 0, "writing it off changes no balance");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_expiry_reaches_the_shop_though_the_ledger_has_no_row_of_it() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    let account = world.account("ana@example.test").await;
    let grant = give_until(&world, account, 4, Expiry::Days(1)).await;
    minute(&world).await;
    world.advance(TimeDelta::days(3));
    minute(&world).await;
    world.advance(TimeDelta::minutes(5));
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("0"));
    let (actor, now) = (&Actor::System { name: "test" }, world.now());
    world
        .app
        .db
        .transact(|mut tx| async move {
            gifts::change_expiry(&mut tx, grant, Expiry::Never, actor, now, Madrid).await?;
            Ok::<_, abono::sessions::service::Error>(tx.done(()).await?)
        })
        .await
        .unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries").await, 1);
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("4"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reservation_that_runs_out_gives_back_in_the_shop_too() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    give(&world, "ana@example.test", 5).await;
    let account = world.account("ana@example.test").await;
    let (actor, now) = (&Actor::System { name: "test" }, world.now());
    let wish = &Wish {
        account,
        amount: 2,
        ttl_seconds: 3600,
        reason: String::new(),
        expert_id: None,
        expert_name: None,
    };
    world
        .app
        .db
        .transact(|mut tx| async move {
            reservations::reserve(&mut tx, wish, actor, now).await?;
            Ok::<_, abono::sessions::service::Error>(tx.done(()).await?)
        })
        .await
        .unwrap();
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("3"));
    for _ in 0..2 {
        world.advance(TimeDelta::minutes(20));
        minute(&world).await;
    }
    assert_eq!(shown(&world, ana).as_deref(), Some("3"));
    world.advance(TimeDelta::minutes(21));
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("5"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_and_its_end_reach_the_shop() {
    let world = World::new().await;
    sqlx::query("UPDATE shops SET refund_policy = ?")
        .bind(RefundPolicy::Block.as_str())
        .execute(&world.app.db.0)
        .await
        .unwrap();
    let ana = member(&world, "ana@example.test").await;
    let order = world.demo.place_order(OrderSpec::by(ana).line(486, 1)).unwrap();
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    world.read_shop().await;
    consume(&world, "ana@example.test", 5).await;
    give(&world, "ana@example.test", 3).await;
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("3"));
    for _ in 0..3 {
        world.advance(TimeDelta::minutes(5));
        minute(&world).await;
    }
    world.demo.refund(order, &RefundSpec::Full).unwrap();
    world.read_shop().await;
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("0"), "all five were spent: only a shortfall was written");
    let account = world.account("ana@example.test").await;
    let shortfall: u64 = sqlx::query_scalar("SELECT MAX(id) FROM session_shortfalls")
        .fetch_one(&world.app.db.0)
        .await
        .unwrap();
    let actor = Actor::System { name: "test" };
    abono::sessions::service::close_shortfall(&world.app, account, shortfall, &actor).await.unwrap();
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("3"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_merge_brings_reaches_the_shop_and_so_does_a_guest_who_registers() {
    let world = World::new().await;
    world.bought("guest@example.test", 1).await;
    minute(&world).await;
    assert_eq!(batches(&world), 0, "a guest is no user");
    let ana = member(&world, "ana@example.test").await;
    let (from, into) = (world.account("guest@example.test").await, world.account("ana@example.test").await);
    for _ in 0..3 {
        world.advance(TimeDelta::minutes(5));
        minute(&world).await;
    }
    let actor = Actor::System { name: "test" };
    accounts::service::merge(&world.app, from, into, &actor, "one person").await.unwrap();
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("5"));
    world.bought("berta@example.test", 2).await;
    for _ in 0..3 {
        world.advance(TimeDelta::minutes(5));
        minute(&world).await;
    }
    let berta = member(&world, "berta@example.test").await;
    minute(&world).await;
    assert_eq!(shown(&world, berta).as_deref(), Some("10"));
}

/// The mark waits: a row that was not visible when later ones were is read all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_committed_late_is_not_passed_over() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    member(&world, "berta@example.test").await;
    let account = world.account("ana@example.test").await;
    let (actor, now) = (&Actor::System { name: "test" }, world.now());
    // Ana's transaction has its ledger row, with a smaller number, and stays open.
    let mut open = world.app.db.0.begin().await.unwrap();
    let gift = Gift { account, quantity: 5, category: CategoryId(1), expiry: None, note: String::new() };
    gifts::give(&mut open, &gift, actor, now, Madrid).await.unwrap();
    give(&world, "berta@example.test", 1).await;
    minute(&world).await;
    world.advance(TimeDelta::seconds(70));
    minute(&world).await;
    assert_eq!(shown(&world, ana), None);
    open.commit().await.unwrap();
    world.advance(TimeDelta::seconds(55));
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("5"));
}

// Acceptance 71.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_the_shop_drops_is_noticed_by_reading_back_and_shown() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    give(&world, "ana@example.test", 7).await;
    world.demo.drop_customer_meta(KEY);
    minute(&world).await;
    assert_eq!(state(&world, ana).await, ("dropped".to_owned(), Some(7), None, None));
    let mut manager = world.staff(Role::Manager).await;
    let shop_page = format!("/admin/shops/{}", world.shop);
    let seen = manager.get(&shop_page).await;
    assert!(seen.text().contains("La tienda descarta este campo."), "{}", seen.text());
    assert!(seen.text().contains("Descartado 1"), "{}", seen.text());
    assert!(seen.text().contains("Ana Li"), "{}", seen.text());
    let home = manager.get("/admin").await;
    assert!(home.text().contains("Almendro no guarda el saldo de 1 persona"), "{}", home.text());
    let account = world.account("ana@example.test").await;
    let person = manager.get(&format!("/admin/accounts/{account}")).await;
    assert!(person.text().contains("La tienda descartó lo escrito"), "{}", person.text());
    world.demo.clear_requests();
    minute(&world).await;
    assert_eq!(batches(&world), 0, "it is not tried again by itself");
    // Whoever keeps the shop puts it right, and has it written again.
    world.demo.keep_customer_meta(KEY);
    world.advance(TimeDelta::minutes(3));
    let again = manager.submit(&shop_page, &format!("{shop_page}/member-meta"), &[]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
    world.work().await;
    assert_eq!((state(&world, ana).await.0.as_str(), shown(&world, ana).as_deref()), ("written", Some("7")));
    let person = manager.get(&format!("/admin/accounts/{account}")).await;
    assert!(person.text().contains("La tienda dice 7 · escrito ahora mismo"), "{}", person.text());
    let home = manager.get("/admin").await;
    assert!(!home.text().contains("no guarda el saldo"), "{}", home.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_the_shop_is_known_to_drop_is_refused_in_the_form() {
    let world = World::new().await;
    let mut admin = world.staff(Role::Admin).await;
    let page = format!("/admin/shops/{}", world.shop);
    let fields =
        [("name", "Almendro"), ("grant", "completed"), ("refunds", "forgive"), ("member_meta", "true")];
    let hidden = [&fields[..], &[("member_meta_key", "_mhtp_available_sessions")]].concat();
    let seen = admin.submit(&page, &page, &hidden).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text().contains("WooCommerce descarta sin avisar"), "{}", seen.text());
    assert_eq!(world.number("SELECT COUNT(*) FROM shops WHERE member_meta_key LIKE '\\_%'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_is_filled_for_everybody() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    give(&world, "ana@example.test", 7).await;
    minute(&world).await;
    let mut admin = world.staff(Role::Admin).await;
    let page = format!("/admin/shops/{}", world.shop);
    let fields = [
        ("name", "Almendro"),
        ("grant", "completed"),
        ("refunds", "forgive"),
        ("member_meta", "true"),
        ("member_meta_key", "abono_saldo"),
    ];
    let saved = admin.submit(&page, &page, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    world.work().await;
    assert_eq!(world.demo.customer_meta(ana, "abono_saldo").as_deref(), Some("7"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_counts_by_itself_is_noticed_by_its_webhook_and_not_fought_over() {
    let world = World::new().await;
    world.watch().await;
    let ana = member(&world, "ana@example.test").await;
    give(&world, "ana@example.test", 7).await;
    minute(&world).await;
    world.settle().await;
    assert_eq!(state(&world, ana).await.0, "written", "our own writing comes back as a webhook and fits");
    world.advance(TimeDelta::minutes(1));
    world.demo.set_customer_meta(ana, KEY, "6").unwrap();
    world.settle().await;
    assert_eq!(state(&world, ana).await, ("overwritten".to_owned(), Some(7), Some("6".to_owned()), None));
    world.demo.clear_requests();
    for _ in 0..5 {
        world.advance(TimeDelta::minutes(1));
        minute(&world).await;
    }
    assert_eq!((batches(&world), shown(&world, ana).as_deref()), (0, Some("6")));
    let mut manager = world.staff(Role::Manager).await;
    let seen = manager.get(&format!("/admin/shops/{}", world.shop)).await;
    assert!(seen.text().contains("Otro complemento de la tienda lo cambia."), "{}", seen.text());
    let home = manager.get("/admin").await;
    assert!(home.text().contains("Almendro cambia por su cuenta el saldo de 1 persona"), "{}", home.text());
    consume(&world, "ana@example.test", 2).await;
    minute(&world).await;
    assert_eq!((state(&world, ana).await.0.as_str(), shown(&world, ana).as_deref()), ("written", Some("5")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_writes_over_us_at_once_is_noticed_by_reading_back() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    world.demo.overwrite_customer_meta(KEY, Some("99"));
    give(&world, "ana@example.test", 7).await;
    minute(&world).await;
    assert_eq!(state(&world, ana).await, ("overwritten".to_owned(), Some(7), Some("99".to_owned()), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_webhook_told_is_noticed_at_night() {
    let world = World::new().await;
    let mut users = Vec::new();
    for n in 0..120 {
        let spec = CustomerSpec::new(&format!("p{n}@example.test"), "P", &n.to_string());
        users.push(world.demo.add_customer(spec).unwrap());
    }
    inbox::sync::run(&world.app, world.shop, inbox::sync::Mode::Full, &|_, _, _| ()).await.unwrap();
    for n in 0..120 {
        give(&world, &format!("p{n}@example.test"), 4).await;
    }
    minute(&world).await;
    world.advance(TimeDelta::hours(1));
    world.demo.set_customer_meta(users[3], KEY, "5").unwrap();
    world.demo.set_customer_meta(users[110], KEY, "cinco").unwrap();
    world.demo.clear_requests();
    night(&world).await;
    assert_eq!((batches(&world), requests(&world, "include=")), (0, 2));
    assert_eq!(state(&world, users[3]).await.2.as_deref(), Some("5"));
    assert_eq!(state(&world, users[110]).await.2.as_deref(), Some("cinco"));
    assert_eq!(world.number("SELECT COUNT(*) FROM shop_member_meta WHERE state = 'written'").await, 118);
    world.advance(TimeDelta::hours(1));
    world.demo.set_customer_meta(users[3], KEY, "4").unwrap();
    night(&world).await;
    assert_eq!(state(&world, users[3]).await.0, "written", "it fits again");
    // A list that comes back empty is no proof of anything.
    world.advance(TimeDelta::hours(1));
    world.demo.inject(Fault::EmptyList.always());
    night(&world).await;
    assert_eq!(world.number("SELECT COUNT(*) FROM shop_member_meta WHERE state = 'written'").await, 119);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_user_the_shop_refuses_does_not_stop_the_others() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    let berta = member(&world, "berta@example.test").await;
    let carme = member(&world, "carme@example.test").await;
    for email in ["ana@example.test", "berta@example.test", "carme@example.test"] {
        give(&world, email, 3).await;
    }
    world.demo.refuse_customer(ana, Some("woocommerce_rest_cannot_edit"));
    world.demo.delete_customer(carme).unwrap();
    minute(&world).await;
    assert_eq!(shown(&world, berta).as_deref(), Some("3"));
    let (failed, _, _, code) = state(&world, ana).await;
    assert_eq!((failed.as_str(), code.as_deref()), ("failed", Some("woocommerce_rest_cannot_edit")));
    assert_eq!(state(&world, carme).await.3.as_deref(), Some("wc_user_invalid_id"));
    assert_eq!(world.number("SELECT COUNT(*) FROM jobs WHERE state = 'dead'").await, 0);
    // The one who is refused is tried again later; the one who is gone is not, whatever changes here.
    world.demo.refuse_customer(ana, None);
    give(&world, "carme@example.test", 1).await;
    world.demo.clear_requests();
    minute(&world).await;
    assert_eq!(batches(&world), 0);
    world.advance(TimeDelta::minutes(3));
    minute(&world).await;
    assert_eq!((batches(&world), shown(&world, ana).as_deref()), (1, Some("3")));
    let mut spec = CustomerSpec::new("carme@example.test", "Carme", "Solé");
    spec.id = Some(carme);
    world.demo.add_customer(spec).unwrap();
    inbox::sync::run(&world.app, world.shop, inbox::sync::Mode::Full, &|_, _, _| ()).await.unwrap();
    minute(&world).await;
    assert_eq!(shown(&world, carme).as_deref(), Some("4"), "seen again, told again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_is_down_loses_nothing_and_is_told_later() {
    for fault in [Fault::Status(500), Fault::Html(503), Fault::TooMany { retry_after: 90 }, Fault::Hang] {
        let world = World::new().await;
        let ana = member(&world, "ana@example.test").await;
        give(&world, "ana@example.test", 7).await;
        world.demo.inject(fault.always().on("/customers/batch"));
        for _ in 0..3 {
            minute(&world).await;
            world.advance(TimeDelta::minutes(15));
        }
        assert_eq!(state(&world, ana).await.0, "pending", "{fault:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM jobs WHERE state = 'dead'").await, 0);
        let waiting = "SELECT COUNT(*) FROM jobs WHERE kind = 'shop.member_meta' AND state = 'ready'";
        assert_eq!(world.number(waiting).await, 1, "one job waits, not one for every minute");
        let mut manager = world.staff(Role::Manager).await;
        let seen = manager.get(&format!("/admin/shops/{}", world.shop)).await;
        assert!(seen.text().contains("Ahora no podemos escribir."), "{fault:?}: {}", seen.text());
        world.demo.clear_faults();
        consume(&world, "ana@example.test", 1).await;
        minute(&world).await;
        assert_eq!(
            (state(&world, ana).await.0.as_str(), shown(&world, ana).as_deref()),
            ("written", Some("6"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_may_only_read_are_said_to_be_so_and_the_shop_still_counts_as_connected() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    give(&world, "ana@example.test", 7).await;
    world.demo.set_read_only(true);
    minute(&world).await;
    let mut manager = world.staff(Role::Manager).await;
    let page = format!("/admin/shops/{}", world.shop);
    let seen = manager.get(&page).await;
    assert!(seen.text().contains("Las claves de la tienda solo pueden leer."), "{}", seen.text());
    assert_eq!(world.number("SELECT COUNT(*) FROM shops WHERE last_error IS NOT NULL").await, 0);
    world.demo.set_read_only(false);
    manager.submit(&page, &format!("{page}/member-meta"), &[]).await;
    world.work().await;
    assert_eq!((state(&world, ana).await.0.as_str(), shown(&world, ana).as_deref()), ("written", Some("7")));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_batch_and_the_note_it_is_written_again_with_the_same_result() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    give(&world, "ana@example.test", 7).await;
    // The shop carries it out and the answer is lost; then the reading back is what never comes.
    world.demo.inject(Fault::AnswerLost.once().on("/customers/batch"));
    minute(&world).await;
    assert_eq!((state(&world, ana).await.0.as_str(), shown(&world, ana).as_deref()), ("pending", Some("7")));
    world.demo.inject(Fault::Status(500).times(4).on("include="));
    world.advance(TimeDelta::minutes(15));
    minute(&world).await;
    assert_eq!((state(&world, ana).await.0.as_str(), shown(&world, ana).as_deref()), ("pending", Some("7")));
    world.advance(TimeDelta::minutes(15));
    minute(&world).await;
    assert_eq!((state(&world, ana).await.0.as_str(), shown(&world, ana).as_deref()), ("written", Some("7")));
    assert_eq!(batches(&world), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_is_not_to_be_told_is_not_told_and_is_told_of_everybody_once_it_is() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    let berta = member(&world, "berta@example.test").await;
    sqlx::query("UPDATE shops SET writes_member_meta = FALSE").execute(&world.app.db.0).await.unwrap();
    give(&world, "ana@example.test", 7).await;
    give(&world, "berta@example.test", 2).await;
    for _ in 0..4 {
        minute(&world).await;
        night(&world).await;
        world.advance(TimeDelta::minutes(5));
    }
    assert_eq!((batches(&world), requests(&world, "include=")), (0, 0));
    assert_eq!(shown(&world, ana), None);
    let mut admin = world.staff(Role::Admin).await;
    let page = format!("/admin/shops/{}", world.shop);
    let fields = [
        ("name", "Almendro"),
        ("grant", "completed"),
        ("refunds", "forgive"),
        ("member_meta", "true"),
        ("member_meta_key", KEY),
    ];
    let saved = admin.submit(&page, &page, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    world.work().await;
    assert_eq!((shown(&world, ana).as_deref(), shown(&world, berta).as_deref()), (Some("7"), Some("2")));
    assert_eq!(batches(&world), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_shop_is_told_when_it_is_resumed() {
    let world = World::new().await;
    let ana = member(&world, "ana@example.test").await;
    let mut admin = world.staff(Role::Admin).await;
    let page = format!("/admin/shops/{}", world.shop);
    admin.submit(&page, &format!("{page}/pause"), &[]).await;
    give(&world, "ana@example.test", 7).await;
    minute(&world).await;
    assert_eq!((batches(&world), shown(&world, ana)), (0, None));
    admin.submit(&page, &format!("{page}/resume"), &[]).await;
    minute(&world).await;
    assert_eq!(shown(&world, ana).as_deref(), Some("7"));
}
