//! What a real shop's answers mean.
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{at, fixture, order_row};
use crate::{
    core::{email::Email, ids::WcId},
    shop::{
        dto,
        facts::zone_of,
        order::{Order, OrderStatus},
        words::{Coupon, Customer, Product},
    },
};

fn order(row: Value, refunds: Value) -> Result<Order, super::super::error::Malformed> {
    let refunds: Vec<dto::Refund> = dto::read("refund", refunds)?;
    Order::read(dto::read("order", row)?, refunds)
}

#[test]
fn an_order_with_a_refund_keeps_its_total_and_nets_less() {
    let order = order(fixture("order-with-refund"), fixture("order-refunds")).unwrap();
    assert_eq!((order.id, order.status.clone()), (WcId(12), OrderStatus::Completed));
    assert_eq!((order.total, order.refunded(), order.net()), (100.into(), 30.into(), 70.into()));
    assert_eq!(order.customer_id, Some(WcId(2)));
    assert_eq!(order.billing_email, Some(Email::parse("ana@example.test").unwrap()));
    assert_eq!(order.paid_at, Some(at("2026-11-21T05:33:28Z")), "UTC, not the shop's wall clock");
    assert_eq!(order.modified_at, at("2026-11-21T05:33:30Z"));
    assert_eq!((order.lines[0].quantity, order.lines[0].refunded_quantity), (2, 0), "an amount, no line");
}

#[test]
fn a_refunded_line_is_found_by_its_meta() {
    let mut row = order_row(506, 2, "ana@example.test", "2026-11-21T08:28:34");
    let line = |id: u64, quantity: i32, total: &str| json!({"id": id, "name": "Pack", "product_id": 486, "variation_id": 0, "quantity": quantity, "total": total, "total_tax": "0.00"});
    row["line_items"] = json!([line(13, 2, "90.00"), line(14, 1, "10.00")]);
    row["refunds"] = json!([{"id": 507, "reason": "prueba", "total": "-45.00"}]);
    let mut back = line(15, -1, "-45.00");
    back["meta_data"] = json!([{"id": 131, "key": "_refunded_item_id", "value": "13"}]);
    let refund = json!([{"id": 507, "date_created_gmt": "2026-11-21T08:28:34", "amount": "45.00", "reason": "prueba", "line_items": [back]}]);
    let read = order(row.clone(), refund.clone()).unwrap();
    assert_eq!((read.lines[0].refunded_quantity, read.lines[0].refunded_total), (1, 45.into()));
    assert_eq!((read.lines[1].refunded_quantity, read.lines[1].refunded_total), (0, Decimal::ZERO));

    assert_eq!(order(row.clone(), json!([])).unwrap_err().field, "refunds", "a refund without its details");
    let mut nameless = refund;
    nameless[0]["line_items"][0]["meta_data"] = json!([]);
    assert_eq!(order(row, nameless).unwrap_err().field, "refunds.line_items");
}

#[test]
fn a_used_coupon_is_named_by_the_order() {
    let order = order(fixture("order-with-coupon"), json!([])).unwrap();
    assert_eq!(
        (order.coupons.as_slice(), order.currency.as_str()),
        (&["canje-20261121-0001".to_owned()][..], "ARS")
    );
    assert_eq!(order.total, 45.into());
}

#[test]
fn every_captured_thing_reads() {
    let rows = |name: &str| fixture(name).as_array().unwrap().clone();
    for row in rows("orders-page") {
        let order: dto::Order = dto::read("order", row).unwrap();
        assert!(order.date_created_gmt.is_some());
    }
    for row in rows("customers-role-all") {
        let customer: Customer = dto::read::<dto::Customer>("customer", row).unwrap().try_into().unwrap();
        assert!(customer.email.is_some());
    }
    for row in rows("products") {
        let product: Product = dto::read::<dto::Product>("product", row).unwrap().try_into().unwrap();
        assert_eq!((product.kind.as_str(), product.price), ("simple", Some(99.into())));
    }
    for row in rows("coupons") {
        let coupon: Coupon = dto::read::<dto::Coupon>("coupon", row).unwrap().try_into().unwrap();
        assert_eq!(coupon.code, coupon.code.to_lowercase());
    }
    for row in rows("webhooks") {
        let hook: dto::Webhook = dto::read("webhook", row).unwrap();
        assert!(hook.topic.contains('.'));
    }
    let deliveries = include_str!("../../../tests/fixtures/woocommerce/webhook-deliveries.jsonl");
    let orders: Vec<dto::Order> = deliveries
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|delivery| {
            let topic = delivery["headers"]["X-WC-Webhook-Topic"].as_str();
            matches!(topic, Some("order.created" | "order.updated"))
        })
        .map(|delivery| serde_json::from_str(delivery["body"].as_str().unwrap()).unwrap())
        .map(|body| dto::read("order", body).unwrap())
        .collect();
    assert_eq!(orders.len(), 8);
}

#[test]
fn careless_json_is_understood_and_money_never_guessed() {
    let mut row = order_row(7, 0, "", "2026-11-21T05:00:00");
    row["id"] = "7".into();
    row["billing"] = json!([]);
    row["line_items"] = json!({});
    row["customer_id"] = "0".into();
    row["total"] = json!(10.5);
    row["status"] = "esperando-factura".into();
    row["date_paid_gmt"] = "".into();
    let read = order(row.clone(), json!([])).unwrap();
    assert_eq!(
        (read.id, read.customer_id, read.billing_email.clone(), read.paid_at),
        (WcId(7), None, None, None)
    );
    assert_eq!(
        (read.total, read.status),
        (Decimal::new(105, 1), OrderStatus::Other("esperando-factura".to_owned()))
    );
    for (field, bad) in [
        ("total", json!("")),
        ("total", json!("1,50")),
        ("total", json!(null)),
        ("currency", json!("")),
        ("customer_id", json!("ana")),
        ("date_created_gmt", json!(null)),
        ("date_created_gmt", json!("ayer")),
        ("line_items", json!("none")),
    ] {
        let mut broken = row.clone();
        broken[field] = bad.clone();
        assert!(order(broken, json!([])).is_err(), "{field}: {bad}");
    }
}

#[test]
fn a_guest_order_belongs_to_nobodys_account() {
    let read = order(order_row(7, 0, "Ana@Example.test", "2026-11-21T05:00:00"), json!([])).unwrap();
    assert_eq!((read.customer_id, read.billing_email.unwrap().as_str()), (None, "ana@example.test"));
}

#[test]
fn a_shops_zone_is_its_place_or_one_that_keeps_its_offset() {
    let index = |place: &str, offset: Value| {
        dto::read::<dto::Index>("index", json!({"timezone_string": place, "gmt_offset": offset})).unwrap()
    };
    for (place, offset, zone) in [
        ("Europe/Madrid", json!(1), "Europe/Madrid"),
        ("America/Argentina/Buenos_Aires", json!("-3"), "America/Argentina/Buenos_Aires"),
        ("", json!(0), "UTC"),
        ("", json!(2), "Etc/GMT-2"),
        ("", json!("-3"), "Etc/GMT+3"),
        ("", json!(5.5), "Asia/Kolkata"),
        ("", json!("5.75"), "Asia/Kathmandu"),
        ("", json!(-9.5), "Pacific/Marquesas"),
    ] {
        let got = zone_of(&index(place, offset)).unwrap();
        assert_eq!(got.name(), zone);
    }
    for (place, offset) in
        [("Marte/Olympus", json!(1)), ("", json!(-3.5)), ("", json!(null)), ("", json!(25))]
    {
        assert!(zone_of(&index(place, offset)).is_err(), "{place}");
    }
    let fixed = zone_of(&index("", json!(2))).unwrap();
    let noon = at("2026-07-01T10:00:00Z").with_timezone(&fixed);
    assert_eq!(noon.format("%H:%M").to_string(), "12:00", "east of UTC is later");
}

#[test]
fn sessions_of_a_product_come_from_its_meta() {
    let mut row = fixture("products")[0].clone();
    row["meta_data"] = json!([{"id": 1, "key": "_mhtp_sessions_count", "value": "5"}]);
    let product: Product = dto::read::<dto::Product>("product", row).unwrap().try_into().unwrap();
    assert_eq!(product.sessions, Some(5));
}
