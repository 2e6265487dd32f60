//! The report on sessions: its figures against a plain recount, whatever happened and however much of it is summed.
use std::collections::{BTreeMap, BTreeSet};

use abono::{
    accounts,
    auth::Role,
    core::{
        actor::Actor,
        calendar,
        ids::{AccountId, CategoryId, GrantId, WcId},
    },
    db::DbError,
    reports::{
        sessions::{
            Figures, Report, Scope,
            period::{Grain, Period},
        },
        store as overview,
    },
    sessions::{
        self, Kind, Line, Order, OrderStanding,
        domain::Expiry,
        service::{
            self, Spending, expiry,
            gifts::{self, Gift},
            reservations::{self, Wish},
            rollup,
        },
        store,
    },
};
use axum::http::StatusCode;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::Madrid;

use crate::support::World;

const ACTOR: Actor = Actor::System { name: "test" };

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn scope(from: NaiveDate, to: NaiveDate) -> Scope {
    let period = Period { from, to };
    Scope { period, compares: true, grain: Grain::Day, kind: None, category: None }
}

/// `SplitMix64`: a history that can be had again from its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
    fn amount(&mut self, most: u64) -> u32 {
        u32::try_from(1 + self.roll(most)).unwrap()
    }
    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let n = u64::try_from(from.len()).unwrap();
        (n > 0).then(|| from[usize::try_from(self.roll(n)).unwrap()])
    }
}

fn fine<T>(outcome: Result<T, service::Error>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(service::Error::Refused(_) | service::Error::Expiry(_)) => None,
        Err(e) => panic!("{e:?}"),
    }
}

impl World {
    async fn report(&self, scope: Scope) -> Report {
        let mut conn = self.app.db.conn().await.unwrap();
        Report::load(&mut conn, scope, Madrid, self.now()).await.unwrap()
    }

    async fn give_of(&self, account: AccountId, category: u64, quantity: u32, expiry: Expiry) -> GrantId {
        let now = self.now();
        let gift = &Gift {
            account,
            quantity,
            category: CategoryId(category),
            expiry: Some(expiry),
            note: String::new(),
        };
        let given = self.app.db.transact(|mut tx| async move {
            let grant = gifts::give(&mut tx, gift, &ACTOR, now, Madrid).await?;
            Ok(tx.done(grant.id).await?)
        });
        fine(given.await).unwrap()
    }

    async fn spend(&self, account: AccountId, amount: u32) -> bool {
        let now = self.now();
        let wish = &Spending {
            account,
            amount,
            reason: String::new(),
            expert_id: None,
            expert_name: None,
            duration_seconds: None,
            request_id: None,
        };
        let spent = self.app.db.transact(|mut tx| async move {
            let spent = service::consume(&mut tx, wish, &ACTOR, now).await?;
            Ok(tx.done(spent).await?)
        });
        fine(spent.await).is_some()
    }

    async fn order(&self, account: AccountId, order: u64, units: u32, standing: OrderStanding) {
        let now = self.now();
        let number = order.to_string();
        let order = &Order {
            shop: self.shop,
            id: WcId(order),
            number: &number,
            account,
            standing,
            lines: vec![Line { line: WcId(1), product: WcId(483), variation: WcId(0), units }],
            paid_at: now,
            refund_policy: "forgive",
        };
        let done: Result<u32, DbError> = self
            .app
            .db
            .transact(|mut tx| async move {
                let changed = sessions::apply_order(&mut tx, order, &ACTOR, now).await?;
                tx.done(changed).await
            })
            .await;
        done.unwrap();
    }

    /// Sums everything that there is, whatever the clock says.
    async fn roll_up(&self) {
        rollup::run(&self.app).await.unwrap();
        self.advance(TimeDelta::minutes(3));
        rollup::run(&self.app).await.unwrap();
        let open = self
            .number(
                "SELECT COUNT(*) FROM session_entries WHERE id > (SELECT done_id FROM session_marks WHERE name = 'days')",
            )
            .await;
        assert_eq!(open, 0, "the sums have come to the end of the ledger");
    }
}

/// A row of the ledger, with what is known of its grant.
#[derive(sqlx::FromRow)]
struct Row {
    account_id: u64,
    kind: String,
    grant_kind: String,
    category_id: Option<u64>,
    delta: i32,
    at: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

/// The same figures, from every single row of the ledger.
async fn recount(world: &World, scope: &Scope) -> Figures {
    let pool = &world.app.db.0;
    let within = |at: DateTime<Utc>| scope.period.contains(calendar::day_of(at, Madrid));
    let wanted = |kind: &str, category: Option<u64>| {
        scope.kind.is_none_or(|k| k.as_str() == kind) && scope.category.is_none_or(|c| Some(c.0) == category)
    };
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT e.account_id, e.kind, g.kind AS grant_kind, g.category_id, e.delta, e.at, g.created_at
           FROM session_entries e JOIN session_grants g ON g.id = e.grant_id JOIN accounts a ON a.id = e.account_id
          WHERE a.is_test = FALSE ORDER BY e.id",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut figures = Figures::default();
    let mut people = BTreeSet::new();
    let mut first_use: BTreeMap<u64, DateTime<Utc>> = BTreeMap::new();
    for row in &rows {
        if row.kind == "consume" && row.grant_kind == "free" {
            let first = first_use.entry(row.account_id).or_insert(row.at);
            *first = row.at.min(*first);
        }
        if !(within(row.at) && wanted(&row.grant_kind, row.category_id)) {
            continue;
        }
        let sessions = u64::from(row.delta.unsigned_abs());
        match (row.kind.as_str(), row.grant_kind.as_str()) {
            ("grant", kind) => {
                people.insert(row.account_id);
                let given =
                    if kind == "free" { &mut figures.counts.free } else { &mut figures.counts.bought };
                *given += sessions;
            }
            ("consume", _) => {
                figures.counts.used += sessions;
                figures.counts.uses += 1;
                figures.counts.waited += (row.at - row.created_at).num_seconds().unsigned_abs();
            }
            _ => {}
        }
    }
    figures.people = u64::try_from(people.len()).unwrap();
    // What was left on its last day: written off, or still there and held by nobody.
    let expired: Vec<(DateTime<Utc>, String, Option<u64>, i64)> = sqlx::query_as(
        "SELECT g.expires_at, g.kind, g.category_id, CAST(g.written_off + g.remaining AS SIGNED) - CAST(COALESCE((SELECT SUM(h.amount)
             FROM session_holds h JOIN session_reservations r ON r.id = h.reservation_id
            WHERE h.grant_id = g.id AND r.state = 'reserved' AND r.expires_at > ?), 0) AS SIGNED)
           FROM session_grants g JOIN accounts a ON a.id = g.account_id WHERE a.is_test = FALSE AND g.expires_at <= ?",
    )
    .bind(world.now())
    .bind(world.now())
    .fetch_all(pool)
    .await
    .unwrap();
    for (end, kind, category, left) in expired {
        if within(end - TimeDelta::microseconds(1)) && wanted(&kind, category) {
            figures.counts.expired += u64::try_from(left).unwrap();
        }
    }
    let bought: Vec<(u64, DateTime<Utc>)> = sqlx::query_as(
        "SELECT account_id, created_at FROM session_grants WHERE kind = 'purchased' AND quantity > voided + shortfall",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    for (account, first) in first_use.into_iter().filter(|(_, first)| within(*first)) {
        figures.conversion.used += 1;
        let after = bought.iter().any(|(who, when)| *who == account && *when > first);
        figures.conversion.bought += u64::from(after);
    }
    figures
}

/// Checks reports of several periods, kinds and categories, with the period before each.
async fn assert_equal(world: &World, today: NaiveDate, what: &str) {
    let ago = |days| today - Days::new(days);
    let whole = scope(ago(40), today);
    let scopes = [
        whole,
        scope(today, today),
        scope(ago(9), ago(2)),
        Scope { grain: Grain::Week, ..scope(ago(20), ago(1)) },
        Scope { grain: Grain::Month, kind: Some(Kind::Free), ..whole },
        Scope { kind: Some(Kind::Purchased), ..scope(ago(15), today) },
        Scope { category: Some(CategoryId(2)), ..whole },
    ];
    for scope in scopes {
        let report = world.report(scope).await;
        assert_eq!(report.now, recount(world, &scope).await, "{what}: {scope:?}");
        let before = Scope { period: scope.period.before(), ..scope };
        assert_eq!(report.before, Some(recount(world, &before).await), "{what}: before {scope:?}");
        let counts = report.now.counts;
        let steps = |of: fn(&abono::reports::sessions::Counts) -> u64| -> u64 {
            report.steps.iter().map(|step| of(&step.counts)).sum()
        };
        assert_eq!(
            (steps(|c| c.used), steps(abono::reports::sessions::Counts::given)),
            (counts.used, counts.given()),
            "{what}: steps"
        );
        let parts: u64 = report.parts.iter().map(|part| part.counts.given()).sum();
        assert_eq!(parts, counts.given(), "{what}: parts");
    }
}

/// What the overview says that people have, from every single grant.
async fn assert_balances(world: &World, what: &str) {
    let (now, soon) = (world.now(), world.now() + TimeDelta::days(3));
    let mut conn = world.app.db.conn().await.unwrap();
    let seen = overview::balances(&mut conn, now, soon).await.unwrap();
    let counted = overview::people_with_sessions(&mut conn, now).await.unwrap();
    let rows: Vec<(u64, u32, Option<DateTime<Utc>>)> = sqlx::query_as(
        "SELECT g.account_id, g.remaining, g.expires_at FROM session_grants g JOIN accounts a ON a.id = g.account_id
          WHERE a.is_test = FALSE AND g.remaining > 0",
    )
    .fetch_all(&world.app.db.0)
    .await
    .unwrap();
    let usable: Vec<_> = rows.into_iter().filter(|(_, _, end)| end.is_none_or(|end| end > now)).collect();
    let people: BTreeSet<u64> = usable.iter().map(|(account, ..)| *account).collect();
    let sum = |rows: Vec<&(u64, u32, Option<DateTime<Utc>>)>| -> u64 {
        rows.iter().map(|(_, left, _)| u64::from(*left)).sum()
    };
    let expected = overview::Balances {
        available: sum(usable.iter().collect()),
        expiring: sum(usable.iter().filter(|(_, _, end)| end.is_some_and(|end| end <= soon)).collect()),
    };
    assert_eq!((seen, counted), (expected, u64::try_from(people.len()).unwrap()), "{what}");
}

/// One thing that happens to somebody.
async fn happen(
    world: &World,
    dice: &mut Dice,
    people: &mut Vec<AccountId>,
    orders: &mut Vec<(u64, AccountId)>,
) {
    let (now, app) = (world.now(), &world.app);
    let person = dice.pick(people).unwrap();
    let grants: Vec<GrantId> = {
        let mut conn = app.db.conn().await.unwrap();
        let grants = store::of_account(&mut conn, person).await.unwrap();
        grants.iter().filter(|grant| grant.source.is_none()).map(|grant| grant.id).collect()
    };
    let grant = dice.pick(&grants);
    match (dice.roll(16), grant) {
        (0..=2, _) => {
            let expiry = if dice.roll(4) == 0 { Expiry::Never } else { Expiry::Days(dice.amount(5)) };
            world.give_of(person, 1 + dice.roll(4), dice.amount(4), expiry).await;
        }
        (3..=6, _) => {
            world.spend(person, dice.amount(2)).await;
        }
        (7, _) => {
            let order = 1000 + u64::try_from(orders.len()).unwrap();
            world.order(person, order, dice.amount(3), OrderStanding::Paid).await;
            orders.push((order, person));
        }
        (8, _) => {
            if let Some((order, buyer)) = dice.pick(orders).filter(|(_, buyer)| people.contains(buyer)) {
                let gone = dice.roll(2) == 0;
                let standing = if gone { OrderStanding::Gone } else { OrderStanding::Paid };
                world.order(buyer, order, dice.amount(2), standing).await;
            }
        }
        (9, _) => {
            let wish = &Wish {
                account: person,
                amount: dice.amount(2),
                ttl_seconds: 3600,
                reason: String::new(),
                expert_id: None,
                expert_name: None,
            };
            let starts = dice.roll(3) == 0;
            let reserved = app.db.transact(|mut tx| async move {
                let (reservation, ..) = reservations::reserve(&mut tx, wish, &ACTOR, now).await?;
                if starts {
                    reservations::start(&mut tx, &reservation.uid, Some(1), &ACTOR, now).await?;
                }
                Ok(tx.done(()).await?)
            });
            fine(reserved.await);
        }
        (10, Some(grant)) => {
            let expiry = Expiry::Days(dice.amount(12));
            let changed = app.db.transact(|mut tx| async move {
                let grant = gifts::change_expiry(&mut tx, grant, expiry, &ACTOR, now, Madrid).await?;
                Ok(tx.done(grant).await?)
            });
            fine(changed.await);
        }
        (11, Some(grant)) => {
            let category = CategoryId(1 + dice.roll(4));
            let changed = app.db.transact(|mut tx| async move {
                let grant = gifts::change_category(&mut tx, grant, category, &ACTOR, now).await?;
                Ok(tx.done(grant).await?)
            });
            fine(changed.await);
        }
        (12, Some(grant)) => {
            let voided = app.db.transact(|mut tx| async move {
                let done = gifts::void(&mut tx, grant, "test", &ACTOR, now).await?;
                Ok(tx.done(done).await?)
            });
            fine(voided.await);
        }
        (13, _) => {
            let tests = dice.roll(3) == 0;
            accounts::service::set_test(app, person, tests, &ACTOR).await.unwrap();
        }
        (14, _) if people.len() > 4 => {
            let into = dice.pick(people).unwrap();
            // A test account and a real one are not merged by hand.
            if person != into && accounts::service::merge(app, person, into, &ACTOR, "test").await.is_ok() {
                people.retain(|one| *one != person);
            }
        }
        _ => {
            expiry::write_off(app).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_equal_a_plain_recount_before_after_and_in_the_middle_of_summing() {
    for seed in 1..=histories() {
        history(seed).await;
    }
}

/// How many histories are tried. `ABONO_HISTORIES=50 cargo test --test it report` tries more.
fn histories() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a longer run is asked for by the environment")]
    let asked = std::env::var("ABONO_HISTORIES");
    asked.ok().and_then(|n| n.parse().ok()).unwrap_or(2)
}

async fn history(seed: u64) {
    let world = World::new().await;
    let mut dice = Dice(seed);
    let (mut people, mut orders) = (Vec::new(), Vec::new());
    for n in 0..9 {
        people.push(world.person(&format!("persona{n}@example.test")).await);
    }
    for round in 0..6 {
        for _ in 0..35 {
            happen(&world, &mut dice, &mut people, &mut orders).await;
            let minutes = i64::try_from(dice.roll(900)).unwrap();
            world.advance(TimeDelta::minutes(minutes));
        }
        let today = calendar::day_of(world.now(), Madrid);
        assert_equal(&world, today, &format!("seed {seed}, round {round}, as it is")).await;
        match round {
            0 => {}
            // A few rows at a time, and stopped in the middle.
            1 | 4 => {
                rollup::step(&world.app, 7).await.unwrap();
                world.advance(TimeDelta::minutes(3));
                for _ in 0..5 {
                    rollup::step(&world.app, 7).await.unwrap();
                }
            }
            2 => {
                // Another zone's days are thrown away.
                sqlx::query("UPDATE session_marks SET zone = 'America/Lima'")
                    .execute(&world.app.db.0)
                    .await
                    .unwrap();
                assert_equal(&world, today, "with the sums of another zone").await;
                world.roll_up().await;
            }
            _ => world.roll_up().await,
        }
        assert_balances(&world, &format!("seed {seed}, round {round}")).await;
        let today = calendar::day_of(world.now(), Madrid);
        assert_equal(&world, today, &format!("seed {seed}, round {round}, summed")).await;
    }
    world.assert_ledger().await;
    // The history was worth it.
    for sql in [
        "SELECT COUNT(*) FROM session_entries e JOIN session_grants g ON g.id = e.grant_id WHERE e.kind = 'restore' AND g.kind = 'free'",
        "SELECT COUNT(*) FROM session_entries WHERE kind = 'expire'",
        "SELECT COUNT(*) FROM session_entries WHERE kind = 'hold'",
        "SELECT COUNT(*) FROM audit_entries WHERE action = 'session_grant.category'",
        "SELECT COUNT(*) FROM audit_entries WHERE action = 'account.test_changed'",
        "SELECT COUNT(*) FROM accounts WHERE merged_into IS NOT NULL",
        "SELECT COUNT(*) FROM session_people WHERE bought_after_at IS NOT NULL",
        "SELECT COUNT(*) FROM session_grants WHERE voided > 0 AND kind = 'purchased'",
    ] {
        assert!(world.number(sql).await > 0, "seed {seed}: {sql}");
    }
}

/// A process that dies between the sums and the mark, and a run that meets another.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_summed_twice_at_once_or_again_after_a_crash_counts_once() {
    let world = std::sync::Arc::new(World::new().await);
    let ana = world.person("ana@example.test").await;
    for _ in 0..30 {
        world.give_of(ana, 1, 2, Expiry::Never).await;
        world.spend(ana, 1).await;
    }
    rollup::run(&world.app).await.unwrap();
    world.advance(TimeDelta::minutes(3));
    // A batch that is not committed leaves nothing.
    let mut dying = world.app.db.0.begin().await.unwrap();
    sqlx::query("UPDATE session_marks SET done_id = 5").execute(&mut *dying).await.unwrap();
    sqlx::query("INSERT INTO session_days VALUES ('2026-11-18', 'free', 1, 'grant', 3, 6, 0)")
        .execute(&mut *dying)
        .await
        .unwrap();
    drop(dying);
    let mut runs = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let world = world.clone();
        runs.spawn(async move { while rollup::step(&world.app, 7).await.unwrap() {} });
    }
    runs.join_all().await;
    assert_eq!(
        world.number("SELECT CAST(SUM(sessions) AS SIGNED) FROM session_days WHERE entry = 'grant'").await,
        60
    );
    assert_eq!(
        world.number("SELECT CAST(SUM(entries) AS SIGNED) FROM session_days WHERE entry = 'consume'").await,
        30
    );
    let today = day("2026-11-18");
    let report = world.report(scope(today, today)).await;
    assert_eq!(report.now, recount(&world, &scope(today, today)).await);
    assert_eq!((report.now.people, report.now.conversion.used), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_may_still_be_overtaken_are_not_summed() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    world.give_of(ana, 1, 2, Expiry::Never).await;
    rollup::run(&world.app).await.unwrap();
    world.advance(TimeDelta::seconds(119));
    rollup::run(&world.app).await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM session_days").await, 0, "two minutes have not gone by");
    world.advance(TimeDelta::seconds(1));
    world.give_of(ana, 1, 3, Expiry::Never).await;
    rollup::run(&world.app).await.unwrap();
    let summed = "SELECT CAST(SUM(sessions) AS SIGNED) FROM session_days";
    assert_eq!(world.number(summed).await, 2, "the newer row is not settled yet");
    let today = day("2026-11-18");
    assert_eq!(world.report(scope(today, today)).await.now.counts.free, 5, "and counts all the same");
}

/// Acceptance 12, 70.
#[tokio::test(flavor = "multi_thread")]
async fn someone_who_was_given_sessions_and_used_none_counts() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    world.give_of(ana, 2, 4, Expiry::Never).await;
    let today = day("2026-11-18");
    for summed in [false, true] {
        if summed {
            world.roll_up().await;
        }
        let report = world.report(scope(today, today)).await;
        let counts = report.now.counts;
        assert_eq!((report.now.people, counts.free, counts.used, counts.wait()), (1, 4, 0, None));
        assert_eq!((report.now.rate(), report.parts.len()), (None, 1));
        let mut manager = world.staff(Role::Manager).await;
        let list = manager.get("/admin/sessions").await;
        assert_eq!(list.status, StatusCode::OK);
        assert_eq!(list.count("tbody tr"), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_past_midnight_in_madrid_is_that_day_on_both_sides_of_both_clock_changes() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    world.app.clock.set(at("2026-03-01T10:00:00Z"));
    world.give_of(ana, 1, 50, Expiry::Never).await;
    let uses = [
        ("2026-03-28T23:30:00Z", "2026-03-29"),
        ("2026-03-29T21:59:59Z", "2026-03-29"),
        ("2026-03-29T22:30:00Z", "2026-03-30"),
        ("2026-10-24T22:30:00Z", "2026-10-25"),
        ("2026-10-25T22:59:59Z", "2026-10-25"),
        ("2026-10-25T23:30:00Z", "2026-10-26"),
    ];
    for (when, _) in uses {
        world.app.clock.set(at(when));
        assert!(world.spend(ana, 1).await);
    }
    world.app.clock.set(at("2026-11-18T11:00:00Z"));
    for summed in [false, true] {
        if summed {
            world.roll_up().await;
        }
        for (_, on) in uses {
            let expected = u64::try_from(uses.iter().filter(|(_, day)| *day == on).count()).unwrap();
            let report = world.report(scope(day(on), day(on))).await;
            assert_eq!(report.now.counts.used, expected, "{on}, summed: {summed}");
        }
        let week = world.report(scope(day("2026-10-23"), day("2026-10-28"))).await;
        let daily: Vec<u64> = week.steps.iter().map(|step| step.counts.used).collect();
        assert_eq!(daily, [0, 0, 2, 1, 0, 0], "a day without uses is a zero");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_bought_after_their_first_free_use_and_was_not_refunded_is_converted() {
    let world = World::new().await;
    let mut people = Vec::new();
    for name in ["antes", "despues", "reembolsada", "nunca", "prueba"] {
        people.push(world.person(&format!("{name}@example.test")).await);
    }
    let [before, after, refunded, never, test] = people[..] else { panic!() };
    for person in people.clone() {
        world.give_of(person, 1, 2, Expiry::Never).await;
    }
    world.order(before, 1, 1, OrderStanding::Paid).await;
    world.advance(TimeDelta::hours(1));
    for person in &people {
        assert!(world.spend(*person, 1).await);
    }
    world.advance(TimeDelta::hours(1));
    world.order(after, 2, 1, OrderStanding::Paid).await;
    world.order(refunded, 3, 1, OrderStanding::Paid).await;
    world.order(test, 4, 1, OrderStanding::Paid).await;
    accounts::service::set_test(&world.app, test, true, &ACTOR).await.unwrap();
    let today = day("2026-11-18");
    let converted = async || {
        let conversion = world.report(scope(today, today)).await.now.conversion;
        (conversion.bought, conversion.used)
    };
    assert_eq!(converted().await, (2, 4));
    world.order(refunded, 3, 1, OrderStanding::Gone).await;
    assert_eq!(converted().await, (1, 4), "a refund is no purchase");
    // The day after belongs to another report: the first use says when somebody counts.
    world.advance(TimeDelta::days(1));
    world.order(never, 5, 1, OrderStanding::Paid).await;
    assert_eq!(converted().await, (2, 4));
    assert_eq!(world.report(scope(day("2026-11-19"), day("2026-11-19"))).await.now.conversion.used, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_expired_counts_once_on_its_last_day_whether_or_not_it_was_written_off() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    let grant = world.give_of(ana, 1, 3, Expiry::Days(2)).await;
    assert!(world.spend(ana, 1).await);
    let expired = async |on: &str| world.report(scope(day(on), day(on))).await.now.counts.expired;
    // Its last day is the 20th: nothing is over before it is.
    world.app.clock.set(at("2026-11-20T22:59:59Z"));
    assert_eq!(expired("2026-11-20").await, 0);
    world.app.clock.set(at("2026-11-20T23:00:00Z"));
    assert_eq!((expired("2026-11-20").await, expired("2026-11-21").await), (2, 0), "nobody wrote it off");
    for _ in 0..2 {
        expiry::write_off(&world.app).await.unwrap();
        assert_eq!(expired("2026-11-20").await, 2, "written off");
    }
    world.roll_up().await;
    assert_eq!(expired("2026-11-20").await, 2, "summed");
    // Given another day, it did not expire; then it does.
    let now = world.now();
    let changed: Result<_, service::Error> = world
        .app
        .db
        .transact(|mut tx| async move {
            let grant = gifts::change_expiry(&mut tx, grant, Expiry::Days(9), &ACTOR, now, Madrid).await?;
            Ok(tx.done(grant).await?)
        })
        .await;
    changed.unwrap();
    assert_eq!(expired("2026-11-20").await, 0);
    world.roll_up().await;
    assert_eq!(expired("2026-11-20").await, 0, "taken off the day on which it seemed to expire");
    world.app.clock.set(at("2026-11-28T10:00:00Z"));
    expiry::write_off(&world.app).await.unwrap();
    world.roll_up().await;
    assert_eq!((expired("2026-11-20").await, expired("2026-11-27").await), (0, 2));
    let all = world.report(scope(day("2026-11-01"), day("2026-11-28"))).await;
    assert_eq!(all.now.counts.expired, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mean_wait_is_that_of_all_uses() {
    let world = World::new().await;
    let ana = world.person("ana@example.test").await;
    world.give_of(ana, 1, 2, Expiry::Never).await;
    world.advance(TimeDelta::hours(2));
    world.spend(ana, 1).await;
    world.advance(TimeDelta::hours(2));
    world.spend(ana, 1).await;
    world.roll_up().await;
    let today = day("2026-11-18");
    assert_eq!(world.report(scope(today, today)).await.now.counts.wait(), Some(3 * 3600));
}
