//! The shop front.
use super::*;

async fn view(shop: &DemoShop, uri: &str) -> Answer {
    send(shop, Request::get(uri).body(Body::empty()).unwrap()).await
}

async fn post(shop: &DemoShop, uri: &str, form: &str) -> Answer {
    let request = Request::post(uri).header("content-type", "application/x-www-form-urlencoded");
    send(shop, request.body(Body::from(form.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_guest_buys_pays_and_gets_a_line_back() {
    let (shop, _) = shop_with(|config| config.paying_completes = true);
    stock(&shop);
    assert!(view(&shop, "/").await.text.contains("180,00\u{a0}€"));
    let bought = post(
        &shop,
        "/pedidos",
        "producto=486-0&cantidad=2&cliente=0&correo=r%40example.test&nombre=Roc%C3%ADo",
    )
    .await;
    assert_eq!(bought.status, 303);
    let address = bought.header("location").to_owned();
    let page = view(&shop, &address).await;
    assert!(page.text.contains("Pendiente de pago") && page.text.contains("Rocío"));
    assert!(!page.text.contains("Reembolsar todo"));
    post(&shop, &format!("{address}/pagar"), "").await;
    let page = view(&shop, &address).await;
    assert!(page.text.contains("Completado") && page.text.contains("Reembolsar todo"));
    let order = shop.orders().pop().unwrap();
    let refunded =
        post(&shop, &format!("{address}/reembolsar"), &format!("linea={}", order.lines[0].0)).await;
    assert_eq!(refunded.status, 303);
    assert_eq!(shop.order(order.id).unwrap().status, OrderStatus::Refunded);
    post(&shop, &format!("{address}/papelera"), "").await;
    assert!(view(&shop, &address).await.text.contains("Recuperar de la papelera"));
    let mine = view(&shop, "/pedidos?correo=R%40example.test").await;
    assert!(mine.text.contains(&format!("N.º {}", order.id)));
}

#[tokio::test]
async fn a_wrong_form_comes_back_with_what_was_typed_and_what_is_wrong() {
    let (shop, _) = stocked();
    let page =
        post(&shop, "/pedidos", "producto=486-0&cantidad=3&cliente=0&correo=nada&nombre=%3Cb%3E").await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("Escribe un correo"));
    assert!(page.text.contains("value=\"3\"") && page.text.contains("value=\"486-0\" required checked"));
    assert!(!page.text.contains("<b>"), "escaped");
    let page = post(&shop, "/pedidos", "producto=486-0&cliente=2&cupon=nadie").await;
    assert!(page.text.contains("No hay ningún cupón «nadie»."), "{}", page.text);
    assert_eq!(post(&shop, "/pedidos", "producto=1-0&cliente=2").await.status, 422);
}

#[tokio::test]
async fn names_are_escaped_everywhere() {
    let (shop, _) = stocked();
    let evil = "<script>alert(1)</script>";
    shop.add_product(ProductSpec::new(600, evil, "1")).unwrap();
    shop.add_customer(CustomerSpec::new("e@example.test", evil, evil)).unwrap();
    let id = shop.place_order(OrderSpec::by(3).line(600, 1)).unwrap();
    for uri in ["/", "/pedidos", &format!("/pedidos/{id}"), "/pedidos?correo=%22%3E%3Cscript%3E"] {
        let page = view(&shop, uri).await;
        assert!(page.status.is_success() && !page.text.contains("<script"), "{uri}");
    }
}

#[tokio::test]
async fn the_deliveries_are_shown_with_what_was_answered() {
    let (shop, _) = stocked();
    assert!(view(&shop, "/entregas").await.text.contains("Nadie escucha"));
    let receiver = Receiver::start().await;
    receiver.listen(&shop, "order.created").await;
    receiver.say(418);
    shop.place_order(OrderSpec::by(2).line(483, 1)).unwrap();
    shop.deliver_pending().await;
    let page = view(&shop, "/entregas").await;
    assert!(page.text.contains("418") && page.text.contains("order.created") && page.text.contains("saludo"));
    assert!(!page.text.contains("a&amp;b"), "the secret stays inside");
}

#[tokio::test]
async fn another_sites_form_and_a_late_click_do_nothing() {
    let (shop, _) = stocked();
    let id = shop.place_order(OrderSpec::by(2).line(483, 1)).unwrap();
    let request = Request::post(format!("/pedidos/{id}/pagar"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site");
    assert_eq!(send(&shop, request.body(Body::empty()).unwrap()).await.status, 403);
    assert_eq!(post(&shop, &format!("/pedidos/{id}/completar"), "").await.status, 409);
    assert_eq!(shop.order(id).unwrap().status, OrderStatus::Pending);
    assert_eq!(post(&shop, "/pedidos/999/pagar", "").await.status, 404);
}

#[tokio::test]
async fn pages_carry_no_script_and_no_inline_style() {
    let (shop, _) = stocked();
    let id = shop.place_order(OrderSpec::by(2).line(483, 1)).unwrap();
    for uri in ["/", "/pedidos", "/entregas", "/nada", &format!("/pedidos/{id}")] {
        let page = view(&shop, uri).await;
        for banned in ["<script", "<style", " style=", " onclick="] {
            assert!(!page.text.contains(banned), "{uri}: {banned}");
        }
        assert!(page.header("content-security-policy").contains("default-src 'none'"), "{uri}");
        assert!(page.text.contains("<html lang=\"es\">") && page.text.contains("<h1>"));
    }
    assert_eq!(view(&shop, "/static/demo.css").await.header("content-type"), "text/css; charset=utf-8");
}
