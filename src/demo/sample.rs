//! A few weeks in the life of the shop: products, people, orders, refunds and coupons, the same every time.
use chrono::{DateTime, TimeDelta, Utc};

use super::shop::{
    CouponSpec, CustomerSpec, DemoError, DemoShop, OrderSpec, OrderStatus, ProductSpec, RefundSpec,
};

/// One session.
pub const ONE_SESSION: u64 = 483;
/// Five sessions.
pub const FIVE_SESSIONS: u64 = 486;
/// Ten sessions.
pub const TEN_SESSIONS: u64 = 487;
/// Grants nothing.
pub const BOOK: u64 = 512;

/// Credits for catalogues. Nobody has bought it yet.
pub const CATALOGUES: u64 = 521;
/// A month of catalogues without counting them. Nobody has bought it yet.
pub const CATALOGUES_MONTH: u64 = 522;

/// Orders that [`fill`] places.
pub const ORDERS: u32 = 40;
/// Days that they are spread over.
const DAYS: i64 = 60;

/// First name, last name, e-mail. The first runs the shop and buys there too.
const PEOPLE: [(&str, &str, &str); 12] = [
    ("Elvira", "Almendro Soto", "elvira@almendro.example"),
    ("Ana", "Peña", "ana@example.test"),
    ("Bea", "Gil", "bea@example.test"),
    (
        "María de los Ángeles",
        "Fernández-Villaverde y Rodríguez de la Borbolla",
        "mariangeles.fernandez-villaverde@correo-muy-largo.example",
    ),
    ("Íñigo", "Echeverría", "inigo@example.test"),
    ("José Luis", "O'Donnell Núñez", "jl.odonnell@example.test"),
    ("Nuria", "Pi", "nuria@example.test"),
    ("Joaquín", "Zúñiga Ibáñez", "joaquin.zuniga@example.test"),
    ("Carme", "Solé i Ferrer", "carme+bonos@example.test"),
    ("Yolanda", "Martín García", "Yolanda.Martin@Example.test"),
    ("Xoán", "Castro", "xoan@example.test"),
    ("Li", "Wu", "li@example.test"),
];

/// People who buy without an account. Ana forgot that she has one.
const GUESTS: [(&str, &str, &str); 4] = [
    ("Rocío", "Vega Molina", "rocio.vega@example.test"),
    ("Tomás", "Sanz", "tomas@example.test"),
    ("Ana", "Peña", "Ana@Example.test"),
    ("Gabriel", "Ruiz de Azúa", "gabriel@example.test"),
];

/// Numbers that look drawn and are always the same (xorshift).
struct Dice(u32);

impl Dice {
    /// From 0 up to, not including, `sides`.
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % sides.max(1)
    }
}

/// Fills an empty shop with trade of the 60 days before `now`. Run it before webhooks exist, or they will all fire.
pub fn fill(shop: &DemoShop, now: DateTime<Utc>) -> Result<(), DemoError> {
    shop.add_product(ProductSpec::new(ONE_SESSION, "1 sesión", "40"))?;
    shop.add_product(ProductSpec::new(FIVE_SESSIONS, "Pack de 5 sesiones", "180"))?;
    shop.add_product(ProductSpec::new(TEN_SESSIONS, "Pack de 10 sesiones", "320"))?;
    shop.add_product(ProductSpec {
        is_virtual: false,
        ..ProductSpec::new(BOOK, "Libro «Respirar despacio»", "18.5")
    })?;
    shop.add_product(ProductSpec::new(CATALOGUES, "25 catálogos", "29"))?;
    shop.add_product(ProductSpec::new(CATALOGUES_MONTH, "Catálogos sin límite, un mes", "19"))?;
    let people = people(shop, now - TimeDelta::days(DAYS + 30))?;
    shop.add_coupon(CouponSpec::percent("BIENVENIDA10", 10))?;
    shop.add_coupon(CouponSpec {
        usage_limit: Some(1),
        emails: vec!["bea@example.test".to_owned()],
        expires: Some(now + TimeDelta::days(20)),
        meta: vec![("_wpcw_enabled".to_owned(), "1".to_owned())],
        ..CouponSpec::percent("REGALO-BEA", 25)
    })?;
    shop.add_coupon(CouponSpec {
        expires: Some(now - TimeDelta::days(3)),
        ..CouponSpec::percent("OTOÑO15", 15)
    })?;

    let mut dice = Dice(0x0A1B_0E0D);
    for number in 0..ORDERS {
        let at = now - TimeDelta::minutes(DAYS * 24 * 60 * i64::from(ORDERS - number) / i64::from(ORDERS))
            + TimeDelta::minutes(dice.roll(18 * 60).into());
        place(shop, &people, &mut dice, number, at.min(now), now)?;
    }
    Ok(())
}

fn people(shop: &DemoShop, since: DateTime<Utc>) -> Result<Vec<u64>, DemoError> {
    let mut ids = Vec::new();
    for (at, (first, last, email)) in PEOPLE.iter().enumerate() {
        let mut spec = CustomerSpec::new(email, first, last);
        spec.created = Some(since);
        if at == 0 {
            "administrator".clone_into(&mut spec.role);
        }
        ids.push(shop.add_customer(spec)?);
    }
    Ok(ids)
}

fn place(
    shop: &DemoShop,
    people: &[u64],
    dice: &mut Dice,
    number: u32,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DemoError> {
    let sides = u32::try_from(people.len()).unwrap_or(1);
    // The first dozen goes round, so that everybody has bought once.
    let who = if number < sides { number } else { dice.roll(sides) } as usize;
    let spec = if number % 7 == 5 {
        let (first, last, email) = GUESTS[dice.roll(4) as usize];
        OrderSpec::guest(first, last, email)
    } else {
        OrderSpec::by(people[who])
    };
    let product =
        [ONE_SESSION, ONE_SESSION, FIVE_SESSIONS, FIVE_SESSIONS, TEN_SESSIONS, BOOK][dice.roll(6) as usize];
    let mut spec = spec.line(product, 1 + dice.roll(8) / 6).at(at);
    if dice.roll(5) == 0 {
        spec = spec.line(if product == BOOK { ONE_SESSION } else { BOOK }, 1);
    }
    if number % 9 == 3 {
        spec = spec.coupon("bienvenida10");
    }
    let status = match number % 10 {
        4 => OrderStatus::Processing,
        8 if number > 25 => OrderStatus::Pending,
        8 => OrderStatus::Cancelled,
        _ => OrderStatus::Completed,
    };
    let id = shop.place_order(spec.status(status))?;
    let later = (at + TimeDelta::days(2)).min(now);
    match number {
        6 | 21 => {
            shop.refund_at(id, &RefundSpec::Full, later)?;
        }
        11 | 27 => {
            shop.refund_at(id, &RefundSpec::amount("10.00"), later)?;
        }
        13 | 31 => {
            let line = shop.order(id).and_then(|order| order.lines.first().cloned());
            if let Some((line, ..)) = line {
                shop.refund_at(id, &RefundSpec::Lines(vec![(line, 1)]), later)?;
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::demo::shop::test_shop;

    fn filled() -> DemoShop {
        let (shop, clock) = test_shop();
        fill(&shop, clock.now()).unwrap();
        shop
    }

    #[test]
    fn the_sample_is_the_same_every_time() {
        assert_eq!(filled().orders(), filled().orders());
    }

    #[test]
    fn the_sample_has_something_of_everything() {
        let (orders, now) = (filled().orders(), test_shop().1.now());
        assert_eq!(orders.len(), ORDERS as usize);
        let has = |wanted: OrderStatus| orders.iter().any(|order| order.status == wanted);
        for status in [
            OrderStatus::Pending,
            OrderStatus::Processing,
            OrderStatus::Completed,
            OrderStatus::Cancelled,
            OrderStatus::Refunded,
        ] {
            assert!(has(status), "{status:?}");
        }
        assert!(orders.iter().any(|order| order.customer_id == 0), "guests");
        assert!(orders.iter().any(|order| !order.coupons.is_empty()), "coupons");
        let partly = |order: &&crate::demo::shop::OrderView| {
            order.status == OrderStatus::Completed && order.refunded > rust_decimal::Decimal::ZERO
        };
        assert!(orders.iter().filter(partly).count() >= 3, "refunded in part");
        let buyers: BTreeSet<u64> = orders.iter().map(|order| order.customer_id).collect();
        assert!(buyers.contains(&1), "the administrator buys too");
        assert!(buyers.len() >= 12);
        let bought: BTreeSet<u64> = orders.iter().flat_map(|o| &o.lines).map(|l| l.2).collect();
        assert_eq!(bought, BTreeSet::from([ONE_SESSION, FIVE_SESSIONS, TEN_SESSIONS, BOOK]));
        assert!(orders.iter().all(|o| o.created <= now && o.created > now - TimeDelta::days(DAYS + 1)));
    }
}
