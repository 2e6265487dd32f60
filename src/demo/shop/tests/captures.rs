//! The shapes: same fields, same order, same kinds of value, same headers as the recorded answers.
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};

use super::*;

/// JSON with its keys in order, which `serde_json` forgets.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Null,
    Bool,
    Number,
    Text,
    List(Vec<Shape>),
    Object(Vec<(String, Shape)>),
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Shape;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("JSON")
            }
            fn visit_unit<E>(self) -> Result<Shape, E> {
                Ok(Shape::Null)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
                Ok(Shape::Bool)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
                Ok(Shape::Number)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
                Ok(Shape::Number)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
                Ok(Shape::Number)
            }
            fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Shape::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Shape::Object(fields))
            }
        }
        from.deserialize_any(Any)
    }
}

/// Where two shapes differ. Null fits everything; of lists the first members are compared.
fn difference(real: &Shape, ours: &Shape, at: &str) -> Option<String> {
    match (real, ours) {
        (Shape::Null, _) | (_, Shape::Null) => None,
        (Shape::List(real), Shape::List(ours)) => real
            .first()
            .zip(ours.first())
            .and_then(|(real, ours)| difference(real, ours, &format!("{at}[0]"))),
        (Shape::Object(real), Shape::Object(ours)) => {
            let keys = |fields: &[(String, Shape)]| fields.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
            if keys(real) != keys(ours) {
                return Some(format!("{at}: {:?} is not {:?}", keys(ours), keys(real)));
            }
            real.iter()
                .zip(ours)
                .find_map(|((key, real), (_, ours))| difference(real, ours, &format!("{at}.{key}")))
        }
        (real, ours) if std::mem::discriminant(real) == std::mem::discriminant(ours) => None,
        (real, ours) => Some(format!("{at}: {ours:?} is not {real:?}")),
    }
}

fn capture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/woocommerce/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn same_shape(name: &str, real: &str, ours: &str) {
    let (real, ours) = (serde_json::from_str(real).unwrap(), serde_json::from_str(ours).unwrap());
    if let Some(what) = difference(&real, &ours, name) {
        panic!("{what}");
    }
}

/// The same headers with the same values, but for what belongs to the server and the moment.
fn same_headers(name: &str, real: &str, ours: &Answer) {
    for line in real.lines().skip(1) {
        let Some((header, value)) = line.trim().split_once(": ") else {
            continue;
        };
        match header.to_lowercase().as_str() {
            "server" | "date" | "transfer-encoding" | "connection" => {}
            "x-wp-total" | "x-wp-totalpages" => {
                assert!(ours.headers.contains_key(header), "{name}: no {header}");
            }
            _ => {
                let value = value.replace("shop.example", "tienda.example");
                assert_eq!(ours.header(header), value, "{name}: {header}");
            }
        }
    }
}

/// Everything the captures show: an order with a coupon, one refunded in part and one in full, coupons with meta, webhooks.
async fn busy_shop() -> (DemoShop, u64, u64) {
    let (shop, _) = stocked();
    shop.add_coupon(CouponSpec {
        meta: vec![("_abono_redemption".to_owned(), "1".to_owned())],
        emails: vec!["ana@example.test".to_owned()],
        ..CouponSpec::percent("CANJE-1", 25)
    })
    .unwrap();
    let with_coupon = shop
        .place_order(OrderSpec::by(2).line(483, 1).coupon("canje-1").status(OrderStatus::Processing))
        .unwrap();
    let mut spec = OrderSpec::by(2).line(486, 2).status(OrderStatus::Completed);
    spec.meta = vec![("k".to_owned(), "v".to_owned())];
    let with_refund = shop.place_order(spec).unwrap();
    shop.refund(with_refund, &RefundSpec::amount("30")).unwrap();
    let hook = json!({"topic": "order.updated", "delivery_url": "http://127.0.0.1:9/x", "name": "n"});
    call(&shop, "POST", "webhooks", Some(hook)).await;
    let meta = json!({"meta_data": [{"key": "mhtp_available_sessions", "value": 7}]});
    call(&shop, "PUT", "customers/2", Some(meta)).await;
    (shop, with_coupon, with_refund)
}

#[tokio::test]
async fn every_answer_has_the_fields_and_headers_of_the_real_one() {
    let (shop, with_coupon, with_refund) = busy_shop().await;
    for (name, path) in [
        ("order-with-coupon", format!("orders/{with_coupon}")),
        ("order-with-refund", format!("orders/{with_refund}")),
        ("order-refunds", format!("orders/{with_refund}/refunds")),
        ("refunds", "refunds".to_owned()),
        ("products", "products".to_owned()),
        ("customer", "customers/2".to_owned()),
        ("customers-role-all", "customers?role=all".to_owned()),
        ("coupon", "coupons/513".to_owned()),
        ("coupons", "coupons".to_owned()),
        ("webhooks", "webhooks".to_owned()),
    ] {
        let ours = get(&shop, &path).await;
        assert_eq!(ours.status, 200, "{path}");
        same_shape(name, &capture(&format!("{name}.json")), &ours.text);
        same_headers(name, &capture(&format!("{name}.headers")), &ours);
    }
    let index = send(&shop, Request::get("/wp-json/").body(Body::empty()).unwrap()).await;
    same_shape("index", &capture("index.json"), &index.text);
    let batch = json!({"update": [{"id": 2, "first_name": "Ana"}, {"id": 999, "first_name": "?"}]});
    let batch = call(&shop, "POST", "customers/batch", Some(batch)).await;
    same_shape("batch", &capture("customers-batch-response.json"), &batch.text);
    let real: Value = serde_json::from_str(&capture("customers-batch-response.json")).unwrap();
    assert_eq!(batch.json()["update"][1], real["update"][1]);
}

#[tokio::test]
async fn refusals_are_word_for_word_the_real_ones() {
    let (shop, ..) = busy_shop().await;
    let known = |real: &str| serde_json::from_str::<Value>(real).unwrap();
    let unknown = get(&shop, "orders/999").await;
    assert_eq!((unknown.status.as_u16(), unknown.json()), (404, known(&capture("error-404.json"))));
    same_headers("404", &capture("error-404.headers"), &unknown);
    let many = get(&shop, "orders?per_page=101").await;
    assert_eq!((many.status.as_u16(), many.json()), (400, known(&capture("error-per-page.json"))));
    same_headers("per_page", &capture("error-per-page.headers"), &many);
    let again = call(&shop, "POST", "coupons", Some(json!({"code": "Canje-1"}))).await;
    assert_eq!((again.status.as_u16(), again.json()), (400, known(&capture("error-coupon-exists.json"))));
    let request = Request::get("/wp-json/wc/v3/orders").header("authorization", basic(KEY, "cs_wrong"));
    let denied = send(&shop, request.body(Body::empty()).unwrap()).await;
    assert_eq!((denied.status.as_u16(), denied.json()), (401, known(&capture("error-bad-key.json"))));
    same_headers("bad key", &capture("error-bad-key.headers"), &denied);
}

#[tokio::test]
async fn the_link_to_the_next_page_carries_what_the_real_one_carries() {
    let (shop, _) = stocked();
    // The first of the recorded orders was for a product that did not exist.
    let lost = json!({"customer_id": 2, "line_items": [{"product_id": 99_999, "quantity": 2}]});
    call(&shop, "POST", "orders", Some(lost)).await;
    for _ in 0..8 {
        shop.place_order(OrderSpec::by(2).line(483, 1)).unwrap();
    }
    let page = get(&shop, "orders?per_page=3&dates_are_gmt=true&orderby=id&order=asc&status=any").await;
    same_headers("page", &capture("orders-page.headers"), &page);
    assert_eq!((page.header("x-wp-total"), page.header("x-wp-totalpages")), ("9", "3"));
    same_shape("page", &capture("orders-page.json"), &page.text);
}

#[tokio::test]
async fn a_body_is_escaped_as_php_escapes_it() {
    let (shop, _) = stocked();
    let product = get(&shop, "products/483").await;
    assert!(product.text.contains(r#""name":"1 sesi\u00f3n""#), "{}", product.text);
    assert!(product.text.contains(r"https:\/\/tienda.example\/product\/1-sesion\/"));
}

/// What was delivered by the real store: topic, headers, body.
fn real_deliveries() -> Vec<(HeaderMap, String)> {
    let file = capture("webhook-deliveries.jsonl");
    let lines = file.lines();
    lines
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            let mut headers = HeaderMap::new();
            for (name, value) in row["headers"].as_object().unwrap() {
                headers.insert(
                    axum::http::HeaderName::try_from(name).unwrap(),
                    value.as_str().unwrap().parse().unwrap(),
                );
            }
            (headers, row["body"].as_str().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn the_real_signatures_verify_with_the_signing_used_here() {
    let mut signed = 0;
    for (headers, body) in real_deliveries() {
        let Some(signature) = headers.get("x-wc-webhook-signature") else {
            assert!(body.starts_with("webhook_id="), "only the ping is unsigned");
            continue;
        };
        let mac = crypto::hmac_sha256(b"s3cr3t", body.as_bytes());
        assert_eq!(STANDARD.encode(mac), signature.to_str().unwrap());
        signed += 1;
    }
    assert!(signed >= 36, "{signed}");
}

#[tokio::test]
async fn deliveries_have_the_headers_and_bodies_of_the_real_ones() {
    let (shop, _) = stocked();
    let receiver = Receiver::start().await;
    for topic in ["order.updated", "coupon.created", "customer.updated", "product.updated", "order.deleted"] {
        receiver.listen(&shop, topic).await;
    }
    let order = shop.place_order(OrderSpec::by(2).line(483, 1)).unwrap();
    shop.add_coupon(CouponSpec::percent("X", 5)).unwrap();
    shop.update_customer_email(2, "ana@otra.test").unwrap();
    shop.edit_product(483, "1 sesión", "41").unwrap();
    shop.deliver_pending().await;
    shop.trash_order(order).unwrap();
    shop.deliver_pending().await;
    let got = receiver.got.lock().unwrap().clone();
    let (pings, ours): (Vec<_>, Vec<_>) =
        got.iter().partition(|(headers, _)| !headers.contains_key("x-wc-webhook-topic"));
    assert_eq!((pings.len(), ours.len()), (5, 5));
    let ping = |headers: &HeaderMap| headers["content-type"].to_str().unwrap().to_owned();
    let real = real_deliveries();
    assert_eq!(ping(&pings[0].0), ping(&real[0].0));
    assert_eq!(pings[0].1, "webhook_id=1");
    for (headers, body) in ours {
        let topic = &headers["x-wc-webhook-topic"];
        let (real_headers, real_body) =
            real.iter().find(|(real, _)| real.get("x-wc-webhook-topic") == Some(topic)).unwrap();
        for name in real_headers.keys() {
            // How the two HTTP clients speak of themselves and of the connection.
            if !matches!(name.as_str(), "connection" | "accept-encoding") {
                assert!(headers.contains_key(name), "{topic:?}: no {name}");
            }
        }
        assert_eq!(headers["user-agent"], real_headers["user-agent"]);
        assert_eq!(headers["x-wc-webhook-source"], "https://tienda.example/");
        same_shape("delivery", real_body, std::str::from_utf8(body).unwrap());
    }
}
