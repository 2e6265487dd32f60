//! Licences sold in the shop: paid orders create and renew, refunds take back exactly what their line gave. Numbers are those of the
//! acceptance list.
use abono::{
    auth::Role,
    core::{
        actor::Actor,
        feature::FeatureCode,
        ids::{AccountId, LicenceId, WcId},
        order::{Line, Order, OrderStanding},
    },
    db::DbError,
    demo::shop::{LineSpec, OrderSpec, OrderStatus, ProductSpec, RefundSpec, VariationSpec},
    inbox::sync::{self, Mode},
    licences::{
        self, Plan, Standing, Tier,
        domain::{
            Licence,
            orders::{Unit, Worth},
            terms::{Renewal, Span, Term, end_of},
        },
        products,
        service::{self, Context, Wish},
        store,
    },
};
use axum::http::StatusCode;
use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::Madrid;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::World;

const ACTOR: Actor = Actor::System { name: "test" };
const ANA: &str = "ana@example.test";
const BOOK: u64 = 512;
const RESERVE: &str = "/api/v1/entitlements/reservations";
const PAGE: &str = "/admin/licences/products";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn credits(n: u32) -> Unit {
    Unit::Credits(n)
}

fn months(months: u32, renewal: Renewal) -> Unit {
    Unit::Span { span: Span { months, days: 0 }, renewal }
}

fn month() -> Unit {
    months(1, Renewal::FromNowIfExpired)
}

/// Says what a unit of a product, or of one variation, gives.
async fn sells(world: &World, product: u64, variation: u64, unit: Unit) {
    let worth = &Worth { feature: FeatureCode::parse("catalogue").unwrap(), tier: Tier::Paid, unit };
    let key = (world.shop, WcId(product), WcId(variation));
    products::save(&world.app, key, Some(worth), &ACTOR).await.unwrap();
}

async fn of(world: &World, account: AccountId) -> Vec<Licence> {
    assert_books(world).await;
    let mut conn = world.app.db.conn().await.unwrap();
    store::of_account(&mut conn, account, world.now()).await.unwrap()
}

/// The only licence of a person.
async fn only(world: &World, account: AccountId) -> Licence {
    let mut all = of(world, account).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// What is left of every licence is the sum of its ledger.
async fn assert_books(world: &World) {
    let wrong = world
        .number(
            "SELECT COUNT(*) FROM licences l WHERE CAST(l.granted AS SIGNED) - CAST(l.used AS SIGNED) <>
             COALESCE((SELECT SUM(e.delta) FROM licence_entries e WHERE e.licence_id = l.id), 0)",
        )
        .await;
    assert_eq!(wrong, 0, "a licence does not equal the sum of its ledger");
    let wrong = world
        .number(
            "SELECT COUNT(*) FROM licences l WHERE
                COALESCE((SELECT SUM(h.refunded) FROM licence_holds h WHERE h.licence_id = l.id), 0) <>
                COALESCE((SELECT SUM(g.held) FROM licence_lines g WHERE g.licence_id = l.id AND g.ended_at IS NULL), 0)",
        )
        .await;
    assert_eq!(wrong, 0, "what lines and reservations say of refunded credits differs");
}

/// The ledger of a licence, oldest first: what happened, the change, the last day after it, the reason.
async fn ledger(world: &World, licence: LicenceId) -> Vec<(String, i32, Option<NaiveDate>, String)> {
    let mut conn = world.app.db.conn().await.unwrap();
    let rows = store::entries_of(&mut conn, licence, None, 500).await.unwrap();
    rows.into_iter().rev().map(|e| (e.act.as_str().to_owned(), e.delta, e.expires_on, e.reason)).collect()
}

/// Uses credits, as apps do.
async fn uses(world: &World, licence: &Licence, amount: u32) {
    let take = licences::domain::Take { licence: licence.id, amount };
    let mut conn = world.app.db.conn().await.unwrap();
    store::take(&mut conn, &[take]).await.unwrap();
    let after = Licence { used: licence.used + amount, ..licence.clone() };
    let act = (licences::domain::Act::Consume, amount, -i64::from(amount));
    store::append(&mut conn, &store::Entry::new(&after, "use", act, &ACTOR, world.now())).await.unwrap();
}

/// An order of one line, told as the inbox tells it.
#[derive(Clone)]
struct Told {
    account: AccountId,
    order: u64,
    product: u64,
    units: u32,
    standing: OrderStanding,
    paid_at: DateTime<Utc>,
    policy: &'static str,
}

impl Told {
    fn paid(world: &World, account: AccountId, order: u64, units: u32) -> Self {
        let standing = OrderStanding::Paid;
        Self { account, order, product: BOOK, units, standing, paid_at: world.now(), policy: "forgive" }
    }
    fn units(self, units: u32) -> Self {
        Self { units, ..self }
    }
    fn gone(self) -> Self {
        Self { standing: OrderStanding::Gone, ..self }
    }
    fn on(self, day: &str) -> Self {
        Self { paid_at: at(&format!("{day}T11:00:00Z")), ..self }
    }
    fn policy(self, policy: &'static str) -> Self {
        Self { policy, ..self }
    }
    fn product(self, product: u64) -> Self {
        Self { product, ..self }
    }

    /// Answers how many lines changed something.
    async fn tell(&self, world: &World) -> u32 {
        let number = format!("N-{}", self.order);
        let line = Line { line: WcId(1), product: WcId(self.product), variation: WcId(0), units: self.units };
        let order = &Order {
            shop: world.shop,
            id: WcId(self.order),
            number: &number,
            account: self.account,
            standing: self.standing,
            lines: vec![line],
            paid_at: self.paid_at,
            refund_policy: self.policy,
        };
        let now = world.now();
        let done: Result<u32, DbError> = world
            .app
            .db
            .transact(|mut tx| async move {
                let changed = licences::apply_order(&mut tx, order, Madrid, &ACTOR, now).await?;
                tx.done(changed).await
            })
            .await;
        done.unwrap()
    }
}

async fn order(world: &World, spec: OrderSpec) -> u64 {
    let order = world.demo.place_order(spec).unwrap();
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    world.read_shop().await;
    order
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_order_makes_a_licence_and_the_next_one_renews_it() {
    let world = World::new().await;
    // A product may be worth sessions and a licence at once.
    sells(&world, 486, 0, credits(10)).await;
    let first = order(&world, OrderSpec::guest("Ana", "Li", ANA).line(486, 2)).await;
    let ana = world.account(ANA).await;
    let licence = only(&world, ana).await;
    assert_eq!((licence.plan, licence.granted, licence.used), (Plan::PAID_QUANTITY, 20, 0));
    assert_eq!(world.balance(ANA).await, 10);
    let second = order(&world, OrderSpec::guest("Ana", "Li", ANA).line(486, 1)).await;
    let licence = only(&world, ana).await;
    assert_eq!(licence.granted, 30);
    let rows = ledger(&world, licence.id).await;
    let number = |order: u64| order.to_string();
    assert_eq!(
        rows,
        [("create".to_owned(), 20, None, number(first)), ("renew".to_owned(), 10, None, number(second)),]
    );
    // A product that gives nothing gives nothing.
    order(&world, OrderSpec::guest("Berta", "Li", "berta@example.test").line(BOOK, 1)).await;
    assert!(of(&world, world.account("berta@example.test").await).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_told_of_ten_times_acts_once_and_so_does_its_refund() {
    let world = World::new().await;
    sells(&world, BOOK, 0, month()).await;
    world.watch().await;
    let bought = order(&world, OrderSpec::guest("Ana", "Li", ANA).line(BOOK, 2)).await;
    world.settle().await;
    for refund in [false, true] {
        if refund {
            world.demo.refund(bought, &RefundSpec::Full).unwrap();
        } else {
            world.demo.set_order_status(bought, OrderStatus::Processing).unwrap();
            world.demo.set_order_status(bought, OrderStatus::Completed).unwrap();
        }
        let told = world.demo.deliver_pending().await;
        assert!(!told.is_empty());
        for delivery in &told {
            for _ in 0..10 {
                world.demo.replay(delivery).await;
            }
        }
        world.settle().await;
    }
    let licence = only(&world, world.account(ANA).await).await;
    let acts: Vec<String> = ledger(&world, licence.id).await.into_iter().map(|row| row.0).collect();
    assert_eq!(acts, ["create", "revoke"]);
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_terms").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_processes_at_one_order_give_it_once() {
    let world = std::sync::Arc::new(World::new().await);
    sells(&world, BOOK, 0, credits(5)).await;
    let (ana, berta) = (world.person(ANA).await, world.person("berta@example.test").await);
    for round in 1..=10 {
        let mut racers = JoinSet::new();
        for racer in 0..8_u64 {
            // The shop gives the order to someone else meanwhile: whoever comes first keeps it.
            let account = if racer % 2 == 0 { ana } else { berta };
            let (world, told) = (world.clone(), Told::paid(&world, account, round, 1));
            racers.spawn(async move { told.tell(&world).await });
        }
        let changed: u32 = racers.join_all().await.into_iter().sum();
        assert_eq!(changed, 1, "round {round}");
    }
    let granted: u32 =
        of(&world, ana).await.iter().chain(&of(&world, berta).await).map(|licence| licence.granted).sum();
    assert_eq!(granted, 50);
}

/// Acceptance 31, M11.
#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_counts_from_where_the_product_says() {
    let world = World::new().await;
    world.advance(TimeDelta::days(400));
    // Policy; the day of the second payment; the end after it. The first month ends on 15 February.
    let table = [
        (Renewal::FromNowIfExpired, "2027-02-15", "2027-03-15"),
        (Renewal::FromNowIfExpired, "2027-02-16", "2027-03-16"),
        (Renewal::FromExpiry, "2027-02-01", "2027-03-15"),
        (Renewal::FromExpiry, "2027-06-01", "2027-03-15"),
        (Renewal::FromNow, "2027-02-01", "2027-03-01"),
        (Renewal::FromNow, "2027-06-01", "2027-07-01"),
    ];
    for (n, (renewal, paid, end)) in (1..).zip(table) {
        sells(&world, BOOK, 0, months(1, renewal)).await;
        let person = world.person(&format!("p{n}@example.test")).await;
        Told::paid(&world, person, n * 10, 1).on("2027-01-15").tell(&world).await;
        assert_eq!(only(&world, person).await.expires_on, Some(day("2027-02-15")));
        Told::paid(&world, person, n * 10 + 1, 1).on(paid).tell(&world).await;
        assert_eq!(only(&world, person).await.expires_on, Some(day(end)), "{renewal:?} {paid}");
    }
    // The units of one order add up under each policy.
    for renewal in Renewal::ALL {
        sells(&world, BOOK, 0, months(1, renewal)).await;
        let person = world.person(&format!("{}@example.test", renewal.as_str())).await;
        Told::paid(&world, person, 1000 + person.0, 3).on("2027-01-15").tell(&world).await;
        assert_eq!(only(&world, person).await.expires_on, Some(day("2027-04-15")), "{renewal:?}");
    }
}

/// Acceptance 30.
#[tokio::test(flavor = "multi_thread")]
async fn months_bought_on_31_january_end_on_the_last_of_february_and_then_on_31_march() {
    let world = World::new().await;
    world.advance(TimeDelta::days(200));
    sells(&world, BOOK, 0, month()).await;
    let ana = world.person(ANA).await;
    for (order, paid, end) in [
        (1, "2027-01-31", "2027-02-28"),
        (2, "2027-02-20", "2027-03-31"),
        (3, "2027-03-31", "2027-04-30"),
        (4, "2027-04-30", "2027-05-31"),
    ] {
        Told::paid(&world, ana, order, 1).on(paid).tell(&world).await;
        assert_eq!(only(&world, ana).await.expires_on, Some(day(end)), "paid on {paid}");
    }
}

/// Acceptance 70: half past midnight in Madrid is the next day there.
#[tokio::test(flavor = "multi_thread")]
async fn the_day_of_payment_is_a_day_of_the_business_zone_and_an_old_order_gave_its_licence_then() {
    let world = World::new().await;
    sells(&world, BOOK, 0, month()).await;
    let ana = world.person(ANA).await;
    let paid_at = at("2026-07-31T22:30:00Z");
    Told { paid_at, ..Told::paid(&world, ana, 1, 1) }.tell(&world).await;
    let licence = only(&world, ana).await;
    assert_eq!((licence.expires_on, licence.created_at), (Some(day("2026-09-01")), paid_at));
    assert_eq!(
        licence.standing(day("2026-11-18")),
        Standing::Expired,
        "a licence of August is none in November"
    );
    // An order whose clock is ahead was paid now.
    let berta = world.person("berta@example.test").await;
    Told::paid(&world, berta, 2, 1).on("2030-01-01").tell(&world).await;
    assert_eq!(only(&world, berta).await.expires_on, Some(day("2026-12-18")));
}

/// Acceptance 9.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_the_second_of_three_renewals_shifts_the_end_by_exactly_that_period() {
    let world = World::new().await;
    let ana = world.person(ANA).await;
    // A month, a quarter, a year.
    let mut orders = Vec::new();
    for (order, n) in [(1, 1), (2, 3), (3, 12)] {
        sells(&world, BOOK, 0, months(n, Renewal::FromNowIfExpired)).await;
        let told = Told::paid(&world, ana, order, 1);
        told.tell(&world).await;
        orders.push(told);
        world.advance(TimeDelta::days(5));
    }
    assert_eq!(only(&world, ana).await.expires_on, Some(day("2028-03-18")));
    orders[1].clone().gone().tell(&world).await;
    let licence = only(&world, ana).await;
    assert_eq!(licence.expires_on, Some(day("2027-12-18")), "three months earlier");
    assert_eq!(licence.standing(day("2026-12-03")), Standing::Active);
    let last = ledger(&world, licence.id).await.pop().unwrap();
    assert_eq!(last, ("revoke".to_owned(), 0, Some(day("2027-12-18")), "N-2".to_owned()));
    orders[1].tell(&world).await;
    assert_eq!(only(&world, ana).await.expires_on, Some(day("2028-03-18")));
    assert_eq!(ledger(&world, licence.id).await.pop().unwrap().0, "restore");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_refund_takes_back_the_last_units_of_its_line_alone() {
    let world = World::new().await;
    sells(&world, BOOK, 0, month()).await;
    sells(&world, 483, 0, credits(7)).await;
    let spec = OrderSpec::guest("Ana", "Li", ANA).line(BOOK, 3).line(483, 2);
    let bought = order(&world, spec).await;
    let ana = world.account(ANA).await;
    let line = world.demo.order(bought).unwrap().lines.iter().find(|line| line.2 == BOOK).unwrap().0;
    world.demo.refund(bought, &RefundSpec::Lines(vec![(line, 1)])).unwrap();
    world.read_shop().await;
    let all = of(&world, ana).await;
    let dated = all.iter().find(|l| l.plan.is_dated()).unwrap();
    let credit = all.iter().find(|l| !l.plan.is_dated()).unwrap();
    assert_eq!((all.len(), dated.expires_on, credit.granted), (2, Some(day("2027-01-18")), 14));
    let reversed =
        world.number("SELECT CAST(SUM(unit) AS SIGNED) FROM licence_terms WHERE reversed_at IS NOT NULL");
    assert_eq!(reversed.await, 3, "the third of three");
    let other = world.demo.order(bought).unwrap().lines.iter().find(|line| line.2 == 483).unwrap().0;
    world.demo.refund(bought, &RefundSpec::Lines(vec![(other, 1)])).unwrap();
    world.read_shop().await;
    let all = of(&world, ana).await;
    assert_eq!(all.iter().find(|l| !l.plan.is_dated()).unwrap().granted, 7);
    assert_eq!(all.iter().find(|l| l.plan.is_dated()).unwrap().expires_on, Some(day("2027-01-18")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_of_which_every_order_was_refunded_ended_yesterday_and_the_next_one_begins_anew() {
    for renewal in Renewal::ALL {
        let world = World::new().await;
        sells(&world, BOOK, 0, months(6, renewal)).await;
        let bought = order(&world, OrderSpec::guest("Ana", "Li", ANA).line(BOOK, 1)).await;
        let ana = world.account(ANA).await;
        world.advance(TimeDelta::days(10));
        world.demo.set_order_status(bought, OrderStatus::Cancelled).unwrap();
        world.read_shop().await;
        let licence = only(&world, ana).await;
        assert_eq!(licence.expires_on, Some(day("2026-11-27")));
        assert_eq!(licence.standing(day("2026-11-28")), Standing::Expired);
        // Told again days later, it does not move.
        world.advance(TimeDelta::days(10));
        world.demo.trash_order(bought).unwrap();
        world.read_shop().await;
        assert_eq!(only(&world, ana).await.expires_on, Some(day("2026-11-27")));
        order(&world, OrderSpec::guest("Ana", "Li", ANA).line(BOOK, 1)).await;
        assert_eq!(only(&world, ana).await.expires_on, Some(day("2027-06-08")), "{renewal:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_that_is_completed_again_counts_again_even_behind_what_was_bought_meanwhile() {
    let world = World::new().await;
    sells(&world, BOOK, 0, month()).await;
    let ana = world.person(ANA).await;
    let first = Told::paid(&world, ana, 1, 1);
    first.tell(&world).await;
    world.advance(TimeDelta::days(2));
    first.clone().gone().tell(&world).await;
    let second = Told::paid(&world, ana, 2, 1);
    second.tell(&world).await;
    assert_eq!(only(&world, ana).await.expires_on, Some(day("2026-12-20")), "a month from its own day");
    first.tell(&world).await;
    assert_eq!(only(&world, ana).await.expires_on, Some(day("2027-01-18")), "two months from the first day");
    first.gone().tell(&world).await;
    assert_eq!(only(&world, ana).await.expires_on, Some(day("2026-12-18")), "exactly that month less");
}

/// Acceptance 8, policy `forgive`.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_ten_credits_with_four_used_takes_back_six_and_forgives_four() {
    let world = World::new().await;
    sells(&world, BOOK, 0, credits(5)).await;
    let ana = world.person(ANA).await;
    let told = Told::paid(&world, ana, 1, 2);
    told.tell(&world).await;
    uses(&world, &only(&world, ana).await, 4).await;
    for _ in 0..10 {
        told.clone().gone().tell(&world).await;
    }
    let licence = only(&world, ana).await;
    assert_eq!((licence.granted, licence.used, licence.owed, licence.remaining()), (4, 4, 0, 0));
    let shortfall = "SELECT CAST(SUM(voided * 100 + shortfall * 10 + debt) AS SIGNED) FROM licence_lines";
    assert_eq!(world.number(shortfall).await, 640);
    assert_eq!(ledger(&world, licence.id).await.len(), 3, "create, the use, revoke");
    Told::paid(&world, ana, 2, 1).tell(&world).await;
    assert_eq!(only(&world, ana).await.remaining(), 5, "what is forgiven is not asked for again");
    told.tell(&world).await;
    assert_eq!(only(&world, ana).await.remaining(), 11, "six come back, four were used");
    let mut manager = world.staff(Role::Manager).await;
    let seen = manager.get("/admin/audit").await;
    assert!(seen.text().contains("Créditos usados de un pedido reembolsado"), "{}", seen.text());
    let page = manager.get(&format!("/admin/licences/{}", licence.id)).await.text();
    let said = "Un reembolso retiró 6 de 10 créditos: los demás ya no estaban libres";
    assert!(page.contains(said), "{page}");
}

/// Acceptance 8, policy `debt`.
#[tokio::test(flavor = "multi_thread")]
async fn a_debt_of_credits_is_paid_by_the_next_order_and_paid_back_when_the_refund_is_undone() {
    let world = World::new().await;
    sells(&world, BOOK, 0, credits(5)).await;
    let ana = world.person(ANA).await;
    let told = Told::paid(&world, ana, 1, 2).policy("debt");
    told.tell(&world).await;
    uses(&world, &only(&world, ana).await, 4).await;
    told.clone().gone().tell(&world).await;
    let licence = only(&world, ana).await;
    assert_eq!((licence.owed, licence.remaining()), (4, 0));
    // Three pay a part, ten the rest.
    sells(&world, BOOK, 0, credits(3)).await;
    Told::paid(&world, ana, 2, 1).tell(&world).await;
    let licence = only(&world, ana).await;
    assert_eq!((licence.owed, licence.remaining()), (1, 0));
    sells(&world, BOOK, 0, credits(10)).await;
    Told::paid(&world, ana, 3, 1).tell(&world).await;
    let licence = only(&world, ana).await;
    assert_eq!((licence.owed, licence.remaining()), (0, 9));
    told.tell(&world).await;
    let licence = only(&world, ana).await;
    assert_eq!((licence.owed, licence.remaining()), (0, 19), "six restored, four paid back");
    assert_eq!((licence.granted, licence.used), (23, 4));
}

/// Acceptance 8, policy `block`.
#[tokio::test(flavor = "multi_thread")]
async fn a_block_names_the_order_and_is_lifted_when_the_order_counts_again() {
    let world = World::new().await;
    sells(&world, BOOK, 0, credits(5)).await;
    let ana = world.person(ANA).await;
    let (first, second) =
        (Told::paid(&world, ana, 1, 1).policy("block"), Told::paid(&world, ana, 2, 1).policy("block"));
    first.tell(&world).await;
    second.tell(&world).await;
    uses(&world, &only(&world, ana).await, 10).await;
    first.clone().gone().tell(&world).await;
    second.clone().gone().tell(&world).await;
    let licence = only(&world, ana).await;
    let reason = licence.blocked.as_ref().map(|block| block.reason.as_str());
    assert_eq!(reason, Some("Reembolso del pedido N-1: 5 créditos ya usados"));
    // Buying again is no way around it: the credits are there when it is lifted.
    Told::paid(&world, ana, 3, 1).tell(&world).await;
    let licence = only(&world, ana).await;
    assert_eq!((licence.blocked.is_some(), licence.remaining()), (true, 5));
    let is_blocked = async || of(&world, ana).await.iter().any(|l| l.blocked.is_some());
    first.tell(&world).await;
    assert!(is_blocked().await, "the other order is still refunded");
    second.tell(&world).await;
    assert!(!is_blocked().await);
    // A block by hand is lifted by hand.
    uses(&world, &only(&world, ana).await, 5).await;
    first.clone().gone().tell(&world).await;
    let context = Context { actor: &ACTOR, now: world.now(), zone: Madrid, request_id: None };
    let mut tx = world.app.db.0.begin().await.unwrap();
    service::change(&mut tx, licence.id, None, &Wish::Unblock, "aclarado", &context).await.unwrap();
    service::change(&mut tx, licence.id, None, &Wish::Block, "impago", &context).await.unwrap();
    tx.commit().await.unwrap();
    first.tell(&world).await;
    let kept = of(&world, ana).await.into_iter().find(|l| l.id == licence.id).unwrap();
    assert_eq!(kept.blocked.unwrap().reason, "impago");
}

/// Reserves credits of a licence's owner; answers the path of the reservation.
async fn reserves(world: &World, key: &str, name: &str, amount: u32) -> String {
    let wish =
        json!({"account": {"email": ANA}, "feature": "catalogue", "amount": amount, "ttl_seconds": 600});
    let (status, body) = world.write(key, RESERVE, name, &wish).await;
    assert_eq!(status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&body));
    let reserved: Value = serde_json::from_slice(&body).unwrap();
    format!("{RESERVE}/{}", reserved["id"].as_str().unwrap())
}

/// Used, held, refunded: what a refund finds while a reservation holds credits is what the policy is about until they are let go.
#[tokio::test(flavor = "multi_thread")]
async fn credits_that_were_held_when_they_were_refunded_are_taken_back_when_they_are_let_go() {
    for policy in ["forgive", "debt", "block"] {
        for ending in ["release", "confirm", "lapse"] {
            let case = format!("{policy}, {ending}");
            let world = World::new().await;
            let key = world.any_key().await;
            sells(&world, BOOK, 0, credits(5)).await;
            let ana = world.person(ANA).await;
            let told = Told::paid(&world, ana, 1, 2).policy(policy);
            told.tell(&world).await;
            uses(&world, &only(&world, ana).await, 4).await;
            let path = reserves(&world, &key, "before", 3).await;
            told.clone().gone().tell(&world).await;
            let licence = only(&world, ana).await;
            assert_eq!((licence.granted, licence.held, licence.available()), (7, 3, 0), "{case}");
            assert_eq!(licence.owed, if policy == "debt" { 7 } else { 0 }, "{case}");
            assert_eq!(licence.blocked.is_some(), policy == "block", "{case}");
            let line = "SELECT CAST(voided * 1000 + shortfall * 100 + held * 10 + debt AS SIGNED) FROM licence_lines";
            assert_eq!(world.number(line).await, 3730 + if policy == "debt" { 7 } else { 0 }, "{case}");
            match ending {
                "release" => {
                    let (status, _) = world.write(&key, &format!("{path}/release"), "r", &json!({})).await;
                    assert_eq!(status, StatusCode::OK);
                }
                "confirm" => {
                    let one = json!({"amount": 1});
                    let (status, _) = world.write(&key, &format!("{path}/confirm"), "c", &one).await;
                    assert_eq!(status, StatusCode::OK);
                }
                _ => {
                    world.advance(TimeDelta::seconds(600));
                    assert_eq!(only(&world, ana).await.available(), 0, "{case}: nobody uses it in between");
                    service::uses::tidy(&world.app, 100).await.unwrap();
                }
            }
            let used = if ending == "confirm" { 5 } else { 4 };
            let licence = only(&world, ana).await;
            assert_eq!((licence.granted, licence.used, licence.held), (used, used, 0), "{case}");
            assert_eq!(licence.owed, if policy == "debt" { used } else { 0 }, "{case}");
            let debt = if policy == "debt" { i64::from(used) } else { 0 };
            let all = (10 - i64::from(used)) * 1000 + i64::from(used) * 100 + debt;
            assert_eq!(world.number(line).await, all, "{case}: what was let go is no shortfall");
            assert_eq!(licence.blocked.is_some(), policy == "block", "{case}: four were used");
            let rows = ledger(&world, licence.id).await;
            // The shop's mirror does not know this order: its identifier stands in for its number.
            let shops = "SELECT COUNT(*) FROM licence_entries WHERE kind = 'revoke' AND actor_kind <> 'shop' AND reason = '1'";
            assert_eq!(world.number(shops).await, 0, "{case}: it is the shop that takes it back");
            let taken = ("revoke".to_owned(), -i32::try_from(7 - used).unwrap(), None, "1".to_owned());
            assert!(rows.contains(&taken), "{case}: {rows:?}");
            world.assert_licence_ledger().await;
            // What is held of another order is nobody's business.
            Told::paid(&world, ana, 2, 2).tell(&world).await;
            if policy == "forgive" {
                let path = reserves(&world, &key, "after", 2).await;
                world.write(&key, &format!("{path}/release"), "r2", &json!({})).await;
                assert_eq!(only(&world, ana).await.available(), 10, "{case}");
            }
            // All of it counts again.
            told.tell(&world).await;
            let licence = only(&world, ana).await;
            assert_eq!((licence.remaining(), licence.owed), (20 - used, 0), "{case}");
            assert!(licence.blocked.is_none(), "{case}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credits_that_count_again_while_they_are_held_are_not_taken_back() {
    let world = World::new().await;
    let key = world.any_key().await;
    sells(&world, BOOK, 0, credits(5)).await;
    let ana = world.person(ANA).await;
    let told = Told::paid(&world, ana, 1, 1).policy("block");
    told.tell(&world).await;
    let path = reserves(&world, &key, "all", 5).await;
    told.clone().gone().tell(&world).await;
    assert!(only(&world, ana).await.blocked.is_some());
    told.tell(&world).await;
    let licence = only(&world, ana).await;
    assert_eq!((licence.blocked.is_none(), licence.granted, licence.held), (true, 5, 5));
    world.write(&key, &format!("{path}/release"), "r", &json!({})).await;
    assert_eq!(only(&world, ana).await.available(), 5);
    // Held and let go: nothing was used after all, so nothing blocks.
    let path = reserves(&world, &key, "again", 5).await;
    told.clone().gone().tell(&world).await;
    world.write(&key, &format!("{path}/release"), "r2", &json!({})).await;
    let licence = only(&world, ana).await;
    assert_eq!((licence.blocked.is_none(), licence.granted), (true, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_held_of_an_order_is_over_with_the_plan_and_other_orders_keep_what_is_theirs() {
    let world = World::new().await;
    let key = world.any_key().await;
    sells(&world, BOOK, 0, credits(5)).await;
    let ana = world.person(ANA).await;
    let (first, second) = (Told::paid(&world, ana, 1, 1).policy("debt"), Told::paid(&world, ana, 2, 1));
    first.tell(&world).await;
    reserves(&world, &key, "first", 5).await;
    first.clone().gone().tell(&world).await;
    let licence = only(&world, ana).await;
    assert_eq!(licence.owed, 5);
    let to =
        |plan, until: Option<&str>| Wish::Plan { plan, credits: 0, expires_on: until.map(day), seen: None };
    world.change_licence(licence.id, to(Plan::PAID_DATE, Some("2027-06-30")), "").await.unwrap();
    world.change_licence(licence.id, to(Plan::PAID_QUANTITY, None), "").await.unwrap();
    assert_eq!(only(&world, ana).await.owed, 0, "what was owed of the old plan is gone with it");
    let told = "SELECT COUNT(*) FROM audit_entries WHERE action = 'licence.plan_changed' AND JSON_VALUE(detail, '$.from.credits_owed') = 5";
    assert_eq!(world.number(told).await, 1, "and the trail says so");
    second.tell(&world).await;
    let path = reserves(&world, &key, "second", 5).await;
    second.clone().gone().tell(&world).await;
    first.tell(&world).await;
    world.write(&key, &format!("{path}/release"), "r", &json!({})).await;
    let licence = only(&world, ana).await;
    assert_eq!((licence.granted, licence.held), (0, 0), "the second order's credits are taken back");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_counts_again_after_a_change_of_plan_is_not_owed_and_does_not_block() {
    for policy in ["debt", "block"] {
        let world = World::new().await;
        sells(&world, BOOK, 0, credits(5)).await;
        let ana = world.person(ANA).await;
        let told = Told::paid(&world, ana, 1, 1).policy(policy);
        told.tell(&world).await;
        let licence = only(&world, ana).await;
        uses(&world, &licence, 5).await;
        told.clone().gone().tell(&world).await;
        let dated =
            Wish::Plan { plan: Plan::PAID_DATE, credits: 0, expires_on: Some(day("2027-06-30")), seen: None };
        world.change_licence(licence.id, dated, "cambio").await.unwrap();
        told.tell(&world).await;
        let licence = only(&world, ana).await;
        assert_eq!((licence.owed, licence.blocked, licence.granted), (0, None, 0), "{policy}");
        assert_eq!(licence.expires_on, Some(day("2027-06-30")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_remembers_what_a_unit_was_worth_when_it_was_bought() {
    let world = World::new().await;
    sells(&world, BOOK, 0, credits(5)).await;
    let ana = world.person(ANA).await;
    let told = Told::paid(&world, ana, 1, 4);
    told.tell(&world).await;
    for unit in [credits(100), month()] {
        sells(&world, BOOK, 0, unit).await;
        assert_eq!(told.tell(&world).await, 0);
    }
    told.clone().units(3).tell(&world).await;
    assert_eq!(only(&world, ana).await.granted, 15);
    // Not sold any more.
    products::save(&world.app, (world.shop, WcId(BOOK), WcId(0)), None, &ACTOR).await.unwrap();
    told.clone().units(1).tell(&world).await;
    assert_eq!(only(&world, ana).await.granted, 5);
    told.clone().units(6).tell(&world).await;
    assert_eq!(only(&world, ana).await.granted, 30, "more units of the same line than ever");
    // Undecided: what was given stays, nothing is added.
    let waiting = Told { standing: OrderStanding::Undecided, ..told };
    assert_eq!(waiting.clone().units(9).tell(&world).await, 0);
    waiting.units(2).tell(&world).await;
    assert_eq!(only(&world, ana).await.granted, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variation_says_what_it_gives_before_its_product_does() {
    let world = World::new().await;
    let spec = ProductSpec {
        variations: vec![
            VariationSpec { option: "Mes".into(), price: "9".into(), sessions_meta: None },
            VariationSpec { option: "Año".into(), price: "90".into(), sessions_meta: None },
        ],
        ..ProductSpec::new(900, "Plan", "9")
    };
    world.demo.add_product(spec).unwrap();
    sync::run(&world.app, world.shop, Mode::Full, &|_, _, _| ()).await.unwrap();
    let [monthly, yearly] = world.demo.variations(900)[..] else { panic!("two variations") };
    sells(&world, 900, 0, month()).await;
    sells(&world, 900, yearly, months(12, Renewal::FromNowIfExpired)).await;
    for (email, variation, end) in
        [(ANA, monthly, "2026-12-18"), ("berta@example.test", yearly, "2027-11-18")]
    {
        let mut spec = OrderSpec::guest("Ana", "Li", email);
        spec.lines.push(LineSpec { product_id: 900, variation_id: variation, quantity: 1 });
        let bought = order(&world, spec).await;
        assert_eq!(only(&world, world.account(email).await).await.expires_on, Some(day(end)));
        // A product in the trash still owns up to what it gave.
        if variation == yearly {
            world.demo.trash_product(900).unwrap();
            world.demo.refund(bought, &RefundSpec::Full).unwrap();
            world.read_shop().await;
            assert_eq!(only(&world, world.account(email).await).await.expires_on, Some(day("2026-11-17")));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_renews_the_newest_licence_of_the_same_plan_wherever_it_came_from() {
    let world = World::new().await;
    sells(&world, BOOK, 0, month()).await;
    let ana = world.person(ANA).await;
    let context = Context { actor: &ACTOR, now: world.now(), zone: Madrid, request_id: None };
    let mut given = Vec::new();
    for (plan, end) in [(Plan::PAID_DATE, "2027-03-31"), (Plan::FREE_DATE, ""), (Plan::PAID_QUANTITY, "")] {
        let new = licences::domain::New {
            account: ana,
            feature: FeatureCode::parse("catalogue").unwrap(),
            plan,
            credits: 5,
            expires_on: end.parse().ok(),
            note: String::new(),
        };
        let mut tx = world.app.db.0.begin().await.unwrap();
        given.push(service::give(&mut tx, new, "a mano", &context).await.unwrap());
        tx.commit().await.unwrap();
    }
    let told = Told::paid(&world, ana, 1, 1);
    told.tell(&world).await;
    let all = of(&world, ana).await;
    let end = |id: LicenceId| all.iter().find(|l| l.id == id).unwrap().expires_on;
    assert_eq!(all.len(), 3);
    assert_eq!(end(given[0].id), Some(day("2027-04-30")), "a day set by hand is an end like any other");
    assert_eq!(end(given[1].id), given[1].expires_on);
    told.gone().tell(&world).await;
    let all = of(&world, ana).await;
    assert_eq!(all.iter().find(|l| l.id == given[0].id).unwrap().expires_on, Some(day("2027-03-31")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_order_gave_is_gone_with_the_plan_and_its_refund_says_so_and_takes_nothing() {
    let world = World::new().await;
    let ana = world.person(ANA).await;
    let context = Context { actor: &ACTOR, now: world.now(), zone: Madrid, request_id: None };
    for (n, (unit, plan)) in (1..).zip([(credits(10), Plan::PAID_DATE), (month(), Plan::PAID_QUANTITY)]) {
        sells(&world, BOOK, 0, unit).await;
        let told = Told::paid(&world, ana, n, 1);
        told.tell(&world).await;
        let licence = of(&world, ana).await.remove(0);
        let mut changed = licence.clone();
        // There and back again: the mode is what it was, what the order gave is not.
        for plan in [plan, licence.plan] {
            let wish = Wish::Plan { plan, credits: 3, expires_on: Some(day("2027-06-30")), seen: None };
            let mut tx = world.app.db.0.begin().await.unwrap();
            changed = service::change(&mut tx, licence.id, None, &wish, "", &context).await.unwrap();
            tx.commit().await.unwrap();
        }
        for told in [told.clone().gone(), told.clone(), told.clone().gone()] {
            told.tell(&world).await;
            let after = of(&world, ana).await.into_iter().find(|l| l.id == licence.id).unwrap();
            assert_eq!((after.granted, after.expires_on), (changed.granted, changed.expires_on));
        }
        let rows = ledger(&world, licence.id).await;
        let acts: Vec<&str> = rows.iter().map(|row| row.0.as_str()).collect();
        assert_eq!(acts, ["create", "change", "change", "revoke", "restore", "revoke"]);
        assert!(rows[3..].iter().all(|row| row.1 == 0 && row.3 == format!("N-{n}")), "{rows:?}");
        // Out of the way of the next round.
        let mut tx = world.app.db.0.begin().await.unwrap();
        service::change(&mut tx, licence.id, None, &Wish::Block, "visto", &context).await.unwrap();
        tx.commit().await.unwrap();
        world.advance(TimeDelta::minutes(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_taken_out_of_the_order_gives_nothing_any_more() {
    let world = World::new().await;
    sells(&world, BOOK, 0, credits(5)).await;
    let ana = world.person(ANA).await;
    Told::paid(&world, ana, 1, 2).tell(&world).await;
    let empty = &Order {
        shop: world.shop,
        id: WcId(1),
        number: "N-1",
        account: ana,
        standing: OrderStanding::Paid,
        lines: Vec::new(),
        paid_at: world.now(),
        refund_policy: "forgive",
    };
    let mut tx = world.app.db.0.begin().await.unwrap();
    assert_eq!(licences::apply_order(&mut tx, empty, Madrid, &ACTOR, world.now()).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(only(&world, ana).await.granted, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_licence_of_a_merged_person_is_renewed_and_refunded_under_its_new_owner() {
    let world = World::new().await;
    sells(&world, BOOK, 0, month()).await;
    let (ana, guest) = (world.person(ANA).await, world.person("invitada@example.test").await);
    let told = Told::paid(&world, guest, 1, 1);
    told.tell(&world).await;
    abono::accounts::service::merge(&world.app, guest, ana, &ACTOR, "la misma").await.unwrap();
    Told::paid(&world, ana, 2, 1).tell(&world).await;
    assert_eq!(only(&world, ana).await.expires_on, Some(day("2027-01-18")));
    Told { account: ana, ..told }.gone().tell(&world).await;
    assert_eq!(only(&world, ana).await.expires_on, Some(day("2026-12-18")));
    // Given by the number they were found under a moment before they were merged.
    let new = licences::domain::New {
        account: guest,
        feature: FeatureCode::parse("catalogue").unwrap(),
        plan: Plan::FREE_QUANTITY,
        credits: 5,
        expires_on: None,
        note: String::new(),
    };
    let context = Context { actor: &ACTOR, now: world.now(), zone: Madrid, request_id: None };
    let mut tx = world.app.db.0.begin().await.unwrap();
    assert_eq!(service::give(&mut tx, new, "", &context).await.unwrap().account, ana);
}

struct Dice(u64);
impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_bought_refunded_and_paid_again_the_licences_are_made_of_what_counts() {
    let world = World::new().await;
    let (monthly, pack) = (BOOK, 483);
    sells(&world, monthly, 0, month()).await;
    sells(&world, pack, 0, credits(3)).await;
    for seed in 1..=6_u64 {
        let mut dice = Dice(seed);
        let person = world.person(&format!("azar{seed}@example.test")).await;
        let mut paid = [0_u32; 8];
        for step in 0..40 {
            let order = usize::try_from(dice.roll(8)).unwrap();
            let units = u32::try_from(dice.roll(4)).unwrap();
            let product = if order % 2 == 0 { monthly } else { pack };
            let id = seed * 100 + u64::try_from(order).unwrap();
            let told = Told::paid(&world, person, id, units).product(product);
            let told = if units == 0 { told.gone() } else { told };
            told.tell(&world).await;
            assert_eq!(told.tell(&world).await, 0, "seed {seed}, step {step}: told again, nothing changes");
            paid[order] = units;
            let all = of(&world, person).await;
            let sum = |odd: usize| (0..8).filter(|o| o % 2 == odd).map(|o| paid[o]).sum::<u32>();
            if let Some(dated) = all.iter().find(|l| l.plan.is_dated()) {
                let mut conn = world.app.db.conn().await.unwrap();
                let terms: Vec<Term> =
                    store::terms_of(&mut conn, dated.id).await.unwrap().into_iter().map(|w| w.term).collect();
                // All is paid on one day, so the end is that day and as many months as are paid for.
                let months = day("2026-11-18").checked_add_months(Months::new(sum(0))).unwrap();
                let end = if sum(0) == 0 { day("2026-11-17") } else { months };
                assert_eq!(dated.expires_on, Some(end), "seed {seed}, step {step}: {terms:?}");
                assert_eq!(end_of(&terms), (sum(0) > 0).then_some(end));
            }
            if let Some(credit) = all.iter().find(|l| !l.plan.is_dated()) {
                assert_eq!(credit.granted, 3 * sum(1), "seed {seed}, step {step}");
            }
            assert!(all.len() <= 2, "one licence of each plan: {all:?}");
        }
    }
}

fn form<'a>(plan: &'a str, credits: &'a str, months: &'a str, days: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("feature", "catalogue"),
        ("plan", plan),
        ("credits", credits),
        ("months", months),
        ("days", days),
        ("renewal", "from_now_if_expired"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_picked_from_the_shop_and_given_a_plan() {
    let world = World::new().await;
    sync::run(&world.app, world.shop, Mode::Full, &|_, _, _| ()).await.unwrap();
    let mut manager = world.staff(Role::Manager).await;
    let empty = manager.get(PAGE).await;
    assert_eq!((empty.status, empty.count("#buscar tbody tr")), (StatusCode::OK, 4), "{}", empty.text());
    assert!(empty.text().contains("Ningún producto da licencias todavía"), "{}", empty.text());
    let page = format!("{PAGE}/{}/{BOOK}/0", world.shop);
    let here = format!("{page}?shop={}&q=libro", world.shop);
    let blank = manager.get(&here).await;
    for name in ["Pagado (Cantidad)", "Pagado (Fecha)", "Free (Cantidad)", "Free (Fecha)", "Catálogos"] {
        assert!(blank.text().contains(name), "{name}: {}", blank.text());
    }
    assert_eq!(blank.count("input[name=plan][value=paid_quantity][checked]"), 1);
    assert_eq!(blank.count("input[name=renewal][value=from_now_if_expired][checked]"), 1);
    // What the plan has no use for is ignored.
    let saved = manager.submit(&here, &here, &form("paid_quantity", "10", "nada", "-3")).await;
    let back = format!("{PAGE}?shop={}&q=libro", world.shop);
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, back.as_str()));
    let seen = manager.get(saved.location()).await;
    assert!(
        seen.text().contains("Cada unidad del producto 512 da 10 créditos: Catálogos · Pagado (Cantidad).")
    );
    let saved = manager.submit(&here, &here, &form("paid_date", "", "1", "15")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let seen = manager.get(PAGE).await;
    assert!(seen.text().contains("1 mes y 15 días"), "{}", seen.text());
    assert!(seen.text().contains("Desde el final, o desde el pago si ya venció"), "{}", seen.text());
    // Saved as it is: nothing is written down again.
    manager.submit(&here, &here, &form("paid_date", "", "1", "15")).await;
    let audits = "SELECT COUNT(*) FROM audit_entries WHERE action = 'licence_product.set'";
    assert_eq!(world.number(audits).await, 2);
    let removed = manager.submit(&here, &format!("{page}/remove"), &[]).await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER);
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_products").await, 0);
    let trail = manager.get("/admin/audit").await;
    for words in ["Plan de un producto cambiado", "Plan de un producto quitado"] {
        assert!(trail.text().contains(words), "{}", trail.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_makes_no_sense_is_shown_again_with_what_is_wrong() {
    let world = World::new().await;
    sync::run(&world.app, world.shop, Mode::Full, &|_, _, _| ()).await.unwrap();
    let mut manager = world.staff(Role::Manager).await;
    let page = format!("{PAGE}/{}/{BOOK}/0", world.shop);
    let mut wrong: Vec<(Vec<(&str, &str)>, &str)> = Vec::new();
    for credits in ["", "0", "-1", "1.5", "diez", "100001"] {
        wrong.push((form("paid_quantity", credits, "", ""), "credits"));
    }
    wrong.push((form("paid_date", "5", "", ""), "months"));
    wrong.push((form("paid_date", "5", "0", "0"), "months"));
    wrong.push((form("free_date", "5", "121", ""), "months"));
    wrong.push((form("paid_date", "5", "1", "3651"), "days"));
    wrong.push((form("paid_date", "5", "1", "x"), "days"));
    wrong.push((form("Premium", "5", "1", ""), "plan"));
    let with = |field: &'static str, value: &'static str| {
        let mut fields = form("paid_date", "", "1", "");
        fields.iter_mut().filter(|f| f.0 == field).for_each(|f| f.1 = value);
        fields
    };
    wrong.push((with("feature", "nada"), "feature"));
    wrong.push((with("renewal", ""), "renewal"));
    for (fields, field) in wrong {
        let seen = manager.submit(&page, &page, &fields).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert_eq!(seen.count(&format!("#f-{field}[aria-invalid=true]")), 1, "{fields:?}: {}", seen.body);
        assert_eq!(seen.count(".notice.is-bad[role=alert] li"), 1, "{fields:?}");
        let typed = fields.iter().find(|f| f.0 == field).unwrap().1;
        if matches!(field, "credits" | "months" | "days") {
            assert_eq!(
                seen.count(&format!("#f-{field}[value='{typed}']")),
                1,
                "{fields:?}: what was typed stays"
            );
        }
    }
    for path in ["1/999999/0", "1/512/999", "99/512/0", "1/x/0"] {
        let path = format!("{PAGE}/{path}");
        assert_eq!(manager.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        let seen = manager.submit(&page, &path, &form("paid_quantity", "5", "", "")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM licence_products").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variation_shows_what_it_inherits_and_what_is_trashed_is_marked() {
    let world = World::new().await;
    let spec = ProductSpec {
        variations: vec![VariationSpec { option: "Mes".into(), price: "9".into(), sessions_meta: None }],
        ..ProductSpec::new(900, "Plan de temporada", "9")
    };
    world.demo.add_product(spec).unwrap();
    sync::run(&world.app, world.shop, Mode::Full, &|_, _, _| ()).await.unwrap();
    let variation = world.demo.variations(900)[0];
    sells(&world, 900, 0, month()).await;
    let mut manager = world.staff(Role::Manager).await;
    let seen = manager.get(&format!("{PAGE}?q=temporada")).await;
    assert!(seen.text().contains("Como el producto: 1 mes"), "{}", seen.text());
    let page = format!("{PAGE}/{}/900/{variation}", world.shop);
    let form_seen = manager.get(&page).await;
    assert!(form_seen.text().contains("Plan de temporada: Mes"), "{}", form_seen.text());
    assert!(
        form_seen.text().contains("Ahora da lo mismo que su producto, 1 mes: Catálogos · Pagado (Fecha)."),
        "{}",
        form_seen.text()
    );
    manager.submit(&page, &page, &form("paid_date", "", "2", "")).await;
    assert!(manager.get(PAGE).await.text().contains("2 meses"));
    world.advance(TimeDelta::minutes(10));
    world.demo.trash_product(900).unwrap();
    world.read_shop().await;
    let seen = manager.get(PAGE).await;
    assert!(seen.text().contains("En la papelera de la tienda"), "{}", seen.text());
    assert_eq!(manager.get(&format!("{PAGE}?q=temporada")).await.count("#buscar tbody tr"), 0);
    assert_eq!(manager.get(&page).await.status, StatusCode::OK, "what it gave can still be looked at");
}
