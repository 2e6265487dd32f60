//! Who a filter chooses.
use abono::{
    auth::Role,
    core::ids::WcId,
    demo::shop::{OrderSpec, OrderStatus, RefundSpec},
    sessions::bulk::{
        domain::{AtLeast, Criteria, Purchases},
        people::{self, Asked},
    },
};

use super::{BULK, add_people, category, drafted};
use crate::support::World;

async fn count(world: &World, criteria: Criteria) -> u32 {
    let asked =
        Asked { now: world.now(), zone: chrono_tz::Europe::Madrid, category: category(world, "promo").await };
    let mut conn = world.app.db.conn().await.unwrap();
    let counted = people::count(&mut conn, &criteria, asked).await.unwrap().chosen;
    let listed = people::page(&mut conn, &criteria, asked, None, (None, false), 10_000).await.unwrap();
    assert_eq!(counted as usize, listed.len());
    counted
}

fn bought(purchases: Purchases) -> Criteria {
    Criteria { purchases, ..Criteria::default() }
}

/// Requirements 1.10, bug 11: «No» was read as «any», and more than 100 people were cut off.
#[tokio::test(flavor = "multi_thread")]
async fn did_not_buy_means_did_not_buy_and_nobody_is_cut_off() {
    let world = World::new().await;
    add_people(&world, 130).await;
    world.bought("p1@example.test", 1).await;
    world.bought("compra@example.test", 2).await;
    // An order that was never paid is no purchase.
    let order =
        world.demo.place_order(OrderSpec::guest("Ana", "Li", "p2@example.test").line(486, 1)).unwrap();
    world.demo.set_order_status(order, OrderStatus::Pending).unwrap();
    world.read_shop().await;
    assert_eq!(count(&world, bought(Purchases::Any)).await, 131);
    assert_eq!(count(&world, bought(Purchases::Yes)).await, 2);
    assert_eq!(count(&world, bought(Purchases::None)).await, 129);
    let mut staff = world.staff(Role::Manager).await;
    let part = staff.get(&format!("{BULK}/count?source=filter&purchases=none")).await;
    assert!(part.body.contains("129 personas cumplen estos filtros"), "{}", part.body);
    let page = drafted(&world, &mut staff, &[("purchases", "none")]).await;
    staff.submit(&page, &format!("{page}/confirm"), &[]).await;
    world.work().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM session_grants WHERE kind = 'free'").await, 129);
    assert_eq!(world.balance("p1@example.test").await, 5, "bought ones only");
}

#[tokio::test(flavor = "multi_thread")]
async fn purchases_are_narrowed_by_product_days_and_amount_less_refunds() {
    let world = World::new().await;
    add_people(&world, 3).await;
    world.bought("p1@example.test", 3).await;
    let refunded = world.bought("p2@example.test", 3).await;
    world.demo.refund(refunded, &RefundSpec::amount("100.00")).unwrap();
    world.read_shop().await;
    let of = |product| Criteria { product: Some((world.shop, WcId(product))), ..bought(Purchases::Yes) };
    assert_eq!((count(&world, of(486)).await, count(&world, of(512)).await), (2, 0));
    let not = Criteria { product: Some((world.shop, WcId(486))), ..bought(Purchases::None) };
    assert_eq!(count(&world, not).await, 1);
    let least = |amount: &str, currency: &str| Criteria {
        at_least: Some(AtLeast { amount: amount.parse().unwrap(), currency: currency.to_owned() }),
        ..bought(Purchases::Yes)
    };
    let total: rust_decimal::Decimal =
        sqlx::query_scalar("SELECT MAX(total) FROM wc_orders").fetch_one(&world.app.db.0).await.unwrap();
    assert_eq!(count(&world, least(&total.to_string(), "EUR")).await, 1, "one of them got 100 back");
    assert_eq!(count(&world, least("1", "EUR")).await, 2);
    assert_eq!(count(&world, least("1", "USD")).await, 0, "currencies are never mixed");
    let day = |text: &str| text.parse().ok();
    for (from, to, found) in
        [(day("2026-11-18"), None, 2), (None, day("2026-11-17"), 0), (day("2026-11-19"), None, 0)]
    {
        let criteria = Criteria { bought_from: from, bought_to: to, ..bought(Purchases::Yes) };
        assert_eq!(count(&world, criteria).await, found, "{from:?} {to:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_role_registration_sessions_left_and_name() {
    let world = World::new().await;
    add_people(&world, 6).await;
    let sql = |text: &'static str| sqlx::query(text).execute(&world.app.db.0);
    sql("INSERT INTO account_roles (account_id, role, created_at) SELECT id, 'technician', created_at FROM accounts WHERE email IN ('p1@example.test', 'p2@example.test')").await.unwrap();
    // Half past midnight in Madrid on 1 September is still August in UTC.
    sql("INSERT INTO wc_customers (shop_id, wc_id, email, role, registered_at, account_id, seen_at)
         SELECT 1, id, email, 'subscriber', '2026-08-31 22:30:00', id, created_at FROM accounts WHERE email = 'p3@example.test'").await.unwrap();
    sql("INSERT INTO wc_customers (shop_id, wc_id, email, role, registered_at, account_id, seen_at)
         SELECT 1, id, email, 'customer', '2026-08-31 21:30:00', id, created_at FROM accounts WHERE email = 'p4@example.test'").await.unwrap();
    sql("UPDATE accounts SET merged_into = (SELECT id FROM (SELECT id FROM accounts WHERE email = 'p1@example.test') one), email = NULL WHERE email = 'p6@example.test'").await.unwrap();
    let role = |role: &str| Criteria { role: Some(role.to_owned()), ..Criteria::default() };
    assert_eq!(count(&world, Criteria::default()).await, 5, "a merged account is nobody");
    assert_eq!(count(&world, role("technician")).await, 2);
    assert_eq!(count(&world, role("wp:subscriber")).await, 1);
    assert_eq!(count(&world, role("wp:nothing")).await, 0);
    let registered = |from: &str, to: &str| Criteria {
        registered_from: from.parse().ok(),
        registered_to: to.parse().ok(),
        ..Criteria::default()
    };
    assert_eq!(count(&world, registered("2026-09-01", "2026-09-01")).await, 1);
    assert_eq!(count(&world, registered("", "2026-08-31")).await, 1);
    assert_eq!(count(&world, registered("2026-09-01", "")).await, 4);
    let named = |text: &str| Criteria { text: text.to_owned(), ..Criteria::default() };
    assert_eq!((count(&world, named("persona 2")).await, count(&world, named("P3@")).await), (1, 1));
    assert_eq!(count(&world, named("100%")).await, 0, "a percent sign is only a percent sign");
    let left = |yes| Criteria { has_sessions: Some(yes), ..Criteria::default() };
    assert_eq!((count(&world, left(true)).await, count(&world, left(false)).await), (0, 5));
    world.bought("p5@example.test", 1).await;
    assert_eq!((count(&world, left(true)).await, count(&world, left(false)).await), (1, 4));
}
