//! One account per person, over every id the outside world has for them.
use abono::{
    auth::Role,
    demo::shop::{CustomerSpec, OrderSpec, OrderStatus},
    inbox::sync::{self, Mode},
};
use axum::http::StatusCode;
use chrono::TimeDelta;

use crate::support::World;

async fn read_all(world: &World) {
    sync::run(&world.app, world.shop, Mode::Full, &|_, _, _| ()).await.unwrap();
}

/// Acceptance 50, as far as this issue goes.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_registers_keeps_what_they_bought() {
    let world = World::new().await;
    world.watch().await;
    world.bought("Ana@Example.test", 1).await;
    let before = world.account("ana@example.test").await;
    let ana = world.demo.add_customer(CustomerSpec::new("ana@example.test", "Ana", "Li")).unwrap();
    let order = world.demo.place_order(OrderSpec::by(ana).line(486, 1)).unwrap();
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    world.settle().await;
    assert_eq!(world.account("ana@example.test").await, before);
    assert_eq!(world.balance("ana@example.test").await, 10);
    let (status, _) = world.get(&world.any_key().await, &format!("/api/v1/accounts?wp_user_id={ana}")).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_takes_on_a_guests_address_becomes_that_guest_too() {
    let world = World::new().await;
    world.bought("taller@example.test", 1).await;
    let ana = world.demo.add_customer(CustomerSpec::new("ana@example.test", "Ana", "Li")).unwrap();
    let order = world.demo.place_order(OrderSpec::by(ana).line(486, 1)).unwrap();
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    read_all(&world).await;
    let (guest, user) = (world.account("taller@example.test").await, world.account("ana@example.test").await);
    assert_ne!(guest, user);
    world.advance(TimeDelta::minutes(10));
    world.demo.update_customer_email(ana, "taller@example.test").unwrap();
    read_all(&world).await;
    assert_eq!(world.account("taller@example.test").await, user);
    assert_eq!(world.account("ana@example.test").await, user, "the former address still leads to them");
    assert_eq!(world.balance("taller@example.test").await, 10);
    assert_eq!(world.number("SELECT COUNT(*) FROM account_merges").await, 1);
    let (status, body) = world.get(&world.any_key().await, &format!("/api/v1/accounts/{guest}")).await;
    assert_eq!(
        (status, body["id"].as_u64()),
        (StatusCode::OK, Some(user.0)),
        "the old number answers with the new"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_billing_address_of_a_registered_user_joins_nobody() {
    let world = World::new().await;
    world.bought("victima@example.test", 1).await;
    let mallory = world.demo.add_customer(CustomerSpec::new("mallory@example.test", "Mal", "Lory")).unwrap();
    let mut spec = OrderSpec::by(mallory).line(486, 1);
    spec.billing = OrderSpec::guest("Vic", "Tima", "victima@example.test").billing;
    let order = world.demo.place_order(spec).unwrap();
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    read_all(&world).await;
    assert_eq!(world.balance("victima@example.test").await, 5);
    assert_eq!(world.balance("mallory@example.test").await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_who_buys_is_a_person_like_any_other() {
    let world = World::new().await;
    let mut spec = CustomerSpec::new("jefa@example.test", "Ines", "Jefa");
    spec.role = "administrator".to_owned();
    let jefa = world.demo.add_customer(spec).unwrap();
    let order = world.demo.place_order(OrderSpec::by(jefa).line(486, 1)).unwrap();
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    read_all(&world).await;
    assert_eq!(world.balance("jefa@example.test").await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_merges_two_accounts_after_looking_and_everything_moves() {
    let world = World::new().await;
    world.bought("casa@example.test", 1).await;
    world.bought("trabajo@example.test", 2).await;
    let (casa, trabajo) =
        (world.account("casa@example.test").await, world.account("trabajo@example.test").await);
    let key = world.key(&abono::auth::key::Scope::ALL, Some(trabajo)).await;
    let mut manager = world.staff(Role::Manager).await;
    let page = format!("/admin/accounts/{casa}/merge");
    let wrong = manager.submit(&page, &page, &[("other", "nadie@example.test"), ("reason", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.count("[aria-invalid=true]"), 2);
    let review =
        manager.submit(&page, &page, &[("other", "trabajo@example.test"), ("reason", "Es la misma")]).await;
    assert_eq!((review.status, review.count(".confirm")), (StatusCode::OK, 1), "{}", review.text());
    assert_eq!(world.balance("casa@example.test").await, 5, "looking changes nothing");
    let fields = [("other", "trabajo@example.test"), ("reason", "Es la misma"), ("sure", "yes")];
    let done = manager.submit(&page, &page, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert_eq!(world.balance("casa@example.test").await, 15);
    assert_eq!(world.account("trabajo@example.test").await, casa);
    let (status, body) = world.get(&key, &format!("/api/v1/sessions/balance?id={trabajo}")).await;
    assert_eq!((status, body["available"].as_u64()), (StatusCode::OK, Some(15)), "a bound key moves along");
    let gone = manager.get(&format!("/admin/accounts/{trabajo}")).await;
    assert_eq!(gone.location(), format!("/admin/accounts/{casa}"));
    let seen = manager.get(&format!("/admin/accounts/{casa}")).await;
    assert!(seen.text().contains("Por qué le quedan 15 sesiones"), "{}", seen.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_users_of_one_shop_are_not_merged() {
    let world = World::new().await;
    for (email, name) in [("a@example.test", "Ana"), ("b@example.test", "Bea")] {
        world.demo.add_customer(CustomerSpec::new(email, name, "Li")).unwrap();
    }
    read_all(&world).await;
    let (a, b) = (world.account("a@example.test").await, world.account("b@example.test").await);
    let mut manager = world.staff(Role::Manager).await;
    let page = format!("/admin/accounts/{a}/merge");
    let refused =
        manager.submit(&page, &page, &[("other", &b.to_string()), ("reason", "x"), ("sure", "yes")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_ne!(world.account("a@example.test").await, world.account("b@example.test").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_webhooks_at_once_make_one_account_and_one_grant() {
    let world = std::sync::Arc::new(World::new().await);
    let ana = world.demo.add_customer(CustomerSpec::new("ana@example.test", "Ana", "Li")).unwrap();
    let order = world.demo.place_order(OrderSpec::by(ana).line(486, 1)).unwrap();
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    let mut all = tokio::task::JoinSet::new();
    for n in 0..8 {
        let world = world.clone();
        all.spawn(async move {
            let source = abono::inbox::intake::Source::open(&world.app, world.shop).await.unwrap();
            let (resource, id) = if n % 2 == 0 {
                (abono::inbox::domain::Resource::Order, order)
            } else {
                (abono::inbox::domain::Resource::Customer, ana)
            };
            abono::inbox::intake::refresh(&world.app, &source, resource, abono::core::ids::WcId(id), None)
                .await
                .unwrap();
        });
    }
    all.join_all().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, 1);
    assert_eq!(world.balance("ana@example.test").await, 5);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_entries").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_sees_their_own_sessions_and_a_handed_over_link_works_once() {
    let world = World::new().await;
    let ana = world.demo.add_customer(CustomerSpec::new("ana@example.test", "Ana", "Li")).unwrap();
    let order = world.demo.place_order(OrderSpec::by(ana).line(486, 1)).unwrap();
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    read_all(&world).await;
    let mut customer = world.customer(ana, "ana@example.test").await;
    let seen = customer.get("/account/sessions").await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.text().contains("5 sesiones disponibles"), "{}", seen.text());
    assert!(seen.text().contains(&format!("Pedido {order}")), "{}", seen.text());
}
