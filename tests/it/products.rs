//! Which products are worth sessions: picked from what the shop sells, and what happens when it sells them no more.
use abono::{
    auth::Role,
    demo::shop::{LineSpec, OrderSpec, OrderStatus, ProductSpec, VariationSpec},
    inbox::sync::{self, Mode},
};
use axum::http::StatusCode;
use chrono::TimeDelta;

use crate::support::World;

const PAGE: &str = "/admin/sessions/products";

fn bundle() -> ProductSpec {
    ProductSpec {
        variations: vec![
            VariationSpec { option: "Mañanas".into(), price: "90".into(), sessions_meta: None },
            VariationSpec { option: "Tardes".into(), price: "95".into(), sessions_meta: None },
        ],
        ..ProductSpec::new(900, "Bono de temporada", "90")
    }
}

async fn read(world: &World) {
    sync::run(&world.app, world.shop, Mode::Full, &|_, _, _| ()).await.unwrap();
}

fn of<'a>(shop: &'a str, product: &'a str, variation: &'a str, sessions: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("of", shop),
        ("product", product),
        ("variation", variation),
        ("sessions", sessions),
        ("list", "found"),
        ("q", "temporada"),
        ("shop", shop),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_found_by_name_sku_or_number_with_its_variations_under_it() {
    let world = World::new().await;
    world.demo.add_product(bundle()).unwrap();
    let mut other = ProductSpec::new(950, "Bono suelto", "30");
    other.sessions_meta = Some(3);
    world.demo.add_product(other).unwrap();
    read(&world).await;
    let tarde = world.demo.variations(900)[1].to_string();
    let mut manager = world.staff(Role::Manager).await;
    for q in ["temporada", "SES-900", "900", &tarde] {
        let seen = manager.get(&format!("{PAGE}?q={q}")).await;
        assert_eq!(
            (seen.status, seen.count("#buscar tbody tr")),
            (StatusCode::OK, 3),
            "{q}: {}",
            seen.text()
        );
        assert!(seen.text().contains("Como el producto"), "{}", seen.text());
    }
    let none = manager.get(&format!("{PAGE}?q=zapatos")).await;
    assert!(none.text().contains("Ningún producto de esta tienda se llama así"), "{}", none.text());
    let all = manager.get(PAGE).await;
    assert!(all.text().contains("Lo dice el producto"), "{}", all.text());
    assert_eq!(
        all.count("section[aria-labelledby=t-prod] tbody tr"),
        4,
        "three of the brief and one by meta"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variation_without_a_worth_of_its_own_is_worth_what_its_product_is() {
    let world = World::new().await;
    world.demo.add_product(bundle()).unwrap();
    read(&world).await;
    let [manana, tarde] = world.demo.variations(900)[..] else { panic!("two variations") };
    let shop = world.shop.to_string();
    let mut manager = world.staff(Role::Manager).await;
    let saved = manager.submit(PAGE, PAGE, &of(&shop, "900", "0", "6")).await;
    assert_eq!(
        (saved.status, saved.location()),
        (StatusCode::SEE_OTHER, "/admin/sessions/products?shop=1&q=temporada")
    );
    let tarde_text = tarde.to_string();
    manager.submit(PAGE, PAGE, &of(&shop, "900", &tarde_text, "8")).await;
    let seen = manager.get(&format!("{PAGE}?q=temporada")).await;
    assert!(seen.text().contains("Como el producto: 6"), "{}", seen.text());
    assert!(seen.text().contains("Bono de temporada: Tardes"), "{}", seen.text());
    for (email, variation) in [("ana@example.test", manana), ("berta@example.test", tarde)] {
        let mut spec = OrderSpec::guest("Ana", "Li", email);
        spec.lines.push(LineSpec { product_id: 900, variation_id: variation, quantity: 1 });
        let order = world.demo.place_order(spec).unwrap();
        world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    }
    world.read_shop().await;
    assert_eq!((world.balance("ana@example.test").await, world.balance("berta@example.test").await), (6, 8));
    let gone = manager.submit(PAGE, &format!("{PAGE}/remove"), &of(&shop, "900", &tarde_text, "")).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_products WHERE product_id = 900").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worth_that_makes_no_sense_is_shown_again_where_it_was_typed() {
    let world = World::new().await;
    world.demo.add_product(bundle()).unwrap();
    read(&world).await;
    let shop = world.shop.to_string();
    let mut manager = world.staff(Role::Manager).await;
    for wrong in ["", "0", "1001", "seis", "-1", "1.5"] {
        let seen = manager.submit(PAGE, PAGE, &of(&shop, "900", "0", wrong)).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert_eq!(seen.count("#f-sessions[aria-invalid=true]"), 1, "{wrong:?}");
        assert!(seen.body.contains(&format!(r#"value="{wrong}" aria-label"#)), "{wrong:?}");
        assert_eq!(seen.count("#buscar tbody tr"), 3, "the search stays");
    }
    for (product, variation) in [("123456", "0"), ("900", "123456")] {
        let seen = manager.submit(PAGE, PAGE, &of(&shop, product, variation, "5")).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(seen.text().contains("Ese producto ya no está en la tienda"), "{}", seen.text());
    }
    let seen = manager.submit(PAGE, PAGE, &of("99", "900", "0", "5")).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "another shop's product");
    assert_eq!(world.number("SELECT COUNT(*) FROM session_products WHERE product_id = 900").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_in_the_trash_is_noticed_by_the_sweep_marked_and_no_longer_offered() {
    let world = World::new().await;
    world.demo.add_product(bundle()).unwrap();
    read(&world).await;
    let mut customer = {
        let ana = world
            .demo
            .add_customer(abono::demo::shop::CustomerSpec::new("ana@example.test", "Ana", "Li"))
            .unwrap();
        world.customer(ana, "ana@example.test").await
    };
    assert!(customer.get("/account/sessions").await.text().contains("5 sesiones"));
    // No webhook tells of it.
    world.advance(TimeDelta::minutes(10));
    world.demo.trash_product(486).unwrap();
    world.demo.trash_product(900).unwrap();
    world.read_shop().await;
    let gone = world.number("SELECT COUNT(*) FROM wc_products WHERE deleted_at IS NOT NULL").await;
    assert_eq!(gone, 4, "the pack, the bundle, and its two variations");
    let mut manager = world.staff(Role::Manager).await;
    let seen = manager.get(PAGE).await;
    assert!(seen.text().contains("En la papelera de la tienda"), "{}", seen.text());
    assert_eq!(manager.get(&format!("{PAGE}?q=temporada")).await.count("#buscar tbody tr"), 0);
    let offers = customer.get("/account/sessions").await;
    assert!(!offers.text().contains("5 sesiones"), "{}", offers.text());
    world.advance(TimeDelta::minutes(10));
    world.demo.restore_product(486).unwrap();
    world.demo.restore_product(900).unwrap();
    world.read_shop().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM wc_products WHERE deleted_at IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_paid_orders_begin_to_count_those_that_wait_are_read_again() {
    let world = World::new().await;
    let order =
        world.demo.place_order(OrderSpec::guest("Ana", "Li", "ana@example.test").line(483, 3)).unwrap();
    world.demo.set_order_status(order, OrderStatus::Processing).unwrap();
    // Several readings later it is no longer among what changed lately.
    for _ in 0..3 {
        world.read_shop().await;
        world.advance(TimeDelta::minutes(10));
    }
    assert_eq!(world.balance("ana@example.test").await, 0);
    let mut admin = world.staff(Role::Admin).await;
    let page = format!("/admin/shops/{}", world.shop);
    let with = |grant: &'static str| {
        vec![
            ("name", "Almendro"),
            ("grant", grant),
            ("refunds", "forgive"),
            ("member_meta_key", "mhtp_available_sessions"),
        ]
    };
    assert_eq!(admin.submit(&page, &page, &with("processing")).await.status, StatusCode::SEE_OTHER);
    world.work().await;
    assert_eq!(world.balance("ana@example.test").await, 3);
    // Switched off again, what was given stays; completing the order adds nothing.
    admin.submit(&page, &page, &with("completed")).await;
    world.work().await;
    world.demo.set_order_status(order, OrderStatus::Completed).unwrap();
    world.read_shop().await;
    assert_eq!(world.balance("ana@example.test").await, 3);
}
