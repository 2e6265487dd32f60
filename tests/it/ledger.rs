//! Acceptance 10: whatever is done to a person's sessions, the ledger replayed gives the balances of the live tables.
use abono::{
    core::{
        actor::Actor,
        ids::{AccountId, CategoryId, GrantId, WcId},
    },
    db::DbError,
    sessions::{
        self, Line, Order, OrderStanding,
        domain::Expiry,
        service::{
            self, Spending, expiry,
            gifts::{self, Gift},
            reservations::{self, Wish},
        },
        store::{self, EntryKind},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Madrid;
use sqlx::Row;

use crate::support::World;

const ACTOR: Actor = Actor::System { name: "test" };

/// How many sequences are tried. `ABONO_SEQUENCES=10000 cargo test --test it ledger` tries as many as acceptance 10 asks for.
fn sequences() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a longer run is asked for by the environment")]
    let asked = std::env::var("ABONO_SEQUENCES");
    asked.ok().and_then(|n| n.parse().ok()).unwrap_or(150)
}

/// `SplitMix64`: a sequence of operations that can be had again from its seed.
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
    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        let n = u64::try_from(from.len()).unwrap();
        (n > 0).then(|| from[usize::try_from(self.roll(n)).unwrap()].clone())
    }
}

/// A refusal is a fine answer; a broken database is not.
fn fine<T>(outcome: Result<T, service::Error>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(service::Error::Refused(_) | service::Error::Expiry(_)) => None,
        Err(e) => panic!("{e:?}"),
    }
}

struct Sequence<'a> {
    world: &'a World,
    account: AccountId,
    number: u64,
    orders: Vec<(u64, u32)>,
    reservations: Vec<String>,
    policy: &'static str,
    seed: u64,
}

impl Sequence<'_> {
    async fn grants(&self) -> Vec<GrantId> {
        let mut conn = self.world.app.db.conn().await.unwrap();
        let grants = store::of_account(&mut conn, self.account).await.unwrap();
        grants.into_iter().map(|grant| grant.id).collect()
    }

    async fn order(&self, order: u64, units: u32, standing: OrderStanding, now: DateTime<Utc>) {
        let number = order.to_string();
        let order = &Order {
            shop: self.world.shop,
            id: WcId(order),
            number: &number,
            account: self.account,
            standing,
            lines: vec![Line { line: WcId(1), product: WcId(486), variation: WcId(0), units }],
            paid_at: now,
            refund_policy: self.policy,
        };
        let done: Result<u32, DbError> = self
            .world
            .app
            .db
            .transact(|mut tx| async move {
                let changed = sessions::apply_order(&mut tx, order, &ACTOR, now).await?;
                tx.done(changed).await
            })
            .await;
        done.unwrap_or_else(|e| panic!("seed {}: {e:?}", self.seed));
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each thing that can be done")]
    async fn step(&mut self, dice: &mut Dice) {
        let (now, account, app) = (self.world.now(), self.account, &self.world.app);
        match dice.roll(14) {
            0 | 1 => {
                let expiry = match dice.roll(3) {
                    0 => Expiry::Never,
                    _ => Expiry::Days(dice.amount(5)),
                };
                let gift = &Gift {
                    account,
                    quantity: dice.amount(6),
                    category: CategoryId(1),
                    expiry: Some(expiry),
                    note: String::new(),
                };
                let given = app.db.transact(|mut tx| async move {
                    let grant = gifts::give(&mut tx, gift, &ACTOR, now, Madrid).await?;
                    Ok(tx.done(grant).await?)
                });
                fine(given.await);
            }
            2 => {
                let order = self.number * 100 + u64::try_from(self.orders.len()).unwrap() + 1;
                let units = dice.amount(2);
                self.orders.push((order, units));
                self.order(order, units, OrderStanding::Paid, now).await;
            }
            3 => {
                if let Some((order, units)) = dice.pick(&self.orders) {
                    let left = u32::try_from(dice.roll(u64::from(units) + 1)).unwrap();
                    let standing = if left == 0 { OrderStanding::Gone } else { OrderStanding::Paid };
                    self.order(order, left, standing, now).await;
                }
            }
            4..=6 => {
                let wish = &Spending {
                    account,
                    amount: dice.amount(4),
                    reason: String::new(),
                    expert_id: None,
                    expert_name: None,
                    duration_seconds: None,
                    request_id: None,
                };
                let spent = app.db.transact(|mut tx| async move {
                    let spent = service::consume(&mut tx, wish, &ACTOR, now).await?;
                    Ok(tx.done(spent).await?)
                });
                fine(spent.await);
            }
            7 | 8 => {
                let wish = &Wish {
                    account,
                    amount: dice.amount(3),
                    ttl_seconds: 60,
                    reason: String::new(),
                    expert_id: None,
                    expert_name: None,
                };
                let reserved = app.db.transact(|mut tx| async move {
                    let (reservation, ..) = reservations::reserve(&mut tx, wish, &ACTOR, now).await?;
                    Ok(tx.done(reservation.uid).await?)
                });
                self.reservations.extend(fine(reserved.await));
            }
            9 | 10 => {
                let Some(uid) = dice.pick(&self.reservations) else { return };
                let (uid, starts, amount) = (uid.as_str(), dice.roll(3) > 0, dice.amount(3));
                let stepped = app.db.transact(|mut tx| async move {
                    let reservation = if starts {
                        reservations::start(&mut tx, uid, Some(amount), &ACTOR, now).await?
                    } else {
                        reservations::release(&mut tx, uid, &ACTOR, now).await?
                    };
                    Ok(tx.done(reservation).await?)
                });
                fine(stepped.await);
            }
            11 => {
                let Some(grant) = dice.pick(&self.grants().await) else { return };
                let (what, by) = (dice.roll(3), i32::try_from(dice.roll(7)).unwrap() - 3);
                let days = dice.amount(6);
                let changed = app.db.transact(|mut tx| async move {
                    let grant = match what {
                        0 => gifts::void(&mut tx, grant, "x", &ACTOR, now).await?.0,
                        1 => gifts::adjust(&mut tx, grant, by, "x", &ACTOR, now).await?,
                        _ => {
                            let expiry = Expiry::Days(days);
                            gifts::change_expiry(&mut tx, grant, expiry, &ACTOR, now, Madrid).await?
                        }
                    };
                    Ok(tx.done(grant).await?)
                });
                fine(changed.await);
            }
            12 => self.world.advance(TimeDelta::seconds(i64::try_from(dice.roll(90)).unwrap())),
            _ => {
                self.world.advance(TimeDelta::hours(i64::try_from(dice.roll(40)).unwrap()));
                if dice.roll(2) == 0 {
                    expiry::write_off(app).await.unwrap();
                    reservations::tidy(app, 100).await.unwrap();
                }
            }
        }
    }

    /// Adds up the ledger row by row, and compares with what the tables say.
    async fn check(&self, seed: u64) {
        let now = self.world.now();
        let db = &self.world.app.db.0;
        let rows = sqlx::query(
            "SELECT grant_id, kind, delta, held FROM session_entries WHERE account_id = ? ORDER BY id",
        )
        .bind(self.account.0)
        .fetch_all(db)
        .await
        .unwrap();
        let mut sums: std::collections::BTreeMap<u64, (i64, i64)> = std::collections::BTreeMap::new();
        for row in rows {
            let (grant, kind): (u64, String) = (row.get("grant_id"), row.get("kind"));
            let sum = sums.entry(grant).or_default();
            sum.0 += i64::from(row.get::<i32, _>("delta"));
            sum.1 += i64::from(row.get::<i32, _>("held"));
            assert!(EntryKind::parse(&kind).is_some());
            assert!(
                sum.0 >= 0 && sum.1 >= 0 && sum.1 <= sum.0,
                "seed {seed}: grant {grant} went to {sum:?} by {kind}"
            );
        }
        let mut conn = self.world.app.db.conn().await.unwrap();
        let grants = store::of_account(&mut conn, self.account).await.unwrap();
        assert_eq!(grants.len(), sums.len(), "seed {seed}: a grant without a ledger");
        for grant in &grants {
            let live = (i64::from(grant.remaining), i64::from(grant.held));
            assert_eq!(sums[&grant.id.0], live, "seed {seed}: grant {}", grant.id);
        }
        // What lapsed is free again, whoever wrote it down; what expired cannot be spent, whoever wrote it off.
        let held: i64 = sqlx::query_scalar(
            "SELECT CAST(COALESCE(SUM(h.amount), 0) AS SIGNED) FROM session_holds h
               JOIN session_reservations r ON r.id = h.reservation_id
               JOIN session_grants g ON g.id = h.grant_id
              WHERE r.account_id = ? AND r.state = 'reserved' AND r.expires_at > ? AND (g.expires_at IS NULL OR g.expires_at > ?)",
        )
        .bind(self.account.0)
        .bind(now)
        .bind(now)
        .fetch_one(db)
        .await
        .unwrap();
        let replayed: i64 =
            grants.iter().filter(|grant| !grant.is_expired(now)).map(|grant| sums[&grant.id.0].0).sum();
        let balance = service::balance(&mut conn, self.account, now).await.unwrap();
        assert_eq!(i64::from(balance.free + balance.purchased), replayed - held, "seed {seed}");
    }
}

/// Acceptance 10.
#[tokio::test(flavor = "multi_thread")]
async fn any_sequence_of_operations_replayed_from_the_ledger_gives_the_live_balances() {
    let mut world = World::new().await;
    let base = u64::from_le_bytes(abono::crypto::random_bytes());
    let mut refused_nothing = 0;
    for number in 1..=sequences() {
        // Each sequence takes days of its clock: a world does not last for ever.
        if number % 500 == 0 {
            world = World::new().await;
        }
        let seed = base.wrapping_add(number);
        let mut dice = Dice(seed);
        let account = world.person(&format!("p{number}@example.test")).await;
        let policy = ["forgive", "debt", "block"][usize::try_from(dice.roll(3)).unwrap()];
        let mut sequence =
            Sequence { world: &world, account, number, orders: vec![], reservations: vec![], policy, seed };
        for _ in 0..10 + dice.roll(10) {
            sequence.step(&mut dice).await;
        }
        sequence.check(seed).await;
        refused_nothing += u64::from(!sequence.reservations.is_empty());
    }
    assert!(refused_nothing > sequences() / 5, "too few sequences reserved anything: the dice are loaded");
}
