//! From the shop to «Mi Cuenta» to the back office: an order is bought, used and given back.
use abono::auth::Role;
use axum::http::StatusCode;
use serde_json::json;

use crate::{
    scene::{Scene, sign_in},
    tab::Tab,
};

/// Buys five sessions in the shop as Carla and has them paid and completed; ends on the order, and answers its number.
async fn buy(tab: &Tab, scene: &Scene) -> u64 {
    tab.go(&scene.world.demo.url()).await;
    tab.click("input[name=producto][value='486-0']").await;
    tab.choose("Cliente", "Carla Ruiz").await;
    tab.follow("Hacer el pedido").await;
    tab.sees("Pendiente de pago").await;
    tab.follow("Pagar").await;
    tab.sees("En proceso").await;
    tab.follow("Completar").await;
    tab.sees("Completado").await;
    scene.world.settle().await;
    scene.world.demo.orders()[0].id
}

/// From an order in the shop to the sessions in Abono.
async fn enter_mi_cuenta(tab: &Tab) {
    tab.follow("Volver a mis pedidos").await;
    tab.follow("Entrar en su «Mi Cuenta» y ver sus sesiones").await;
    assert_eq!(tab.path().await, "/account/sessions");
}

async fn give_back(tab: &Tab, scene: &Scene, order: u64) {
    tab.go(&format!("{}/pedidos/{order}", scene.world.demo.url())).await;
    tab.follow("Reembolsar todo").await;
    tab.sees("Reembolsado").await;
    scene.world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_paid_in_the_shop_shows_up_as_five_sessions_in_mi_cuenta_and_in_the_back_office() {
    let scene = Scene::new().await;
    let carla = Tab::new().await;
    let order = buy(&carla, &scene).await;
    enter_mi_cuenta(&carla).await;
    carla.sees("5 sesiones disponibles").await;
    carla.sees("5 compradas, sin caducidad").await;
    carla.sees("Comprar 5 sesiones").await;

    let key = scene.world.any_key().await;
    let wish = json!({"account": {"email": Scene::EMAIL}, "expert_name": "Dra. Elena Robles", "duration_seconds": 1500});
    let (status, body) = scene.world.write(&key, "/api/v1/sessions/consume", "one", &wish).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    carla.reload().await;
    carla.sees("4 sesiones disponibles").await;
    carla.sees("Dra. Elena Robles 18 nov Comprada 25 min").await;

    let staff = Tab::new().await;
    sign_in(&staff, &scene.world, Role::Admin).await;
    staff.follow("Pedidos").await;
    staff.sees("Carla Ruiz").await;
    staff.follow(&order.to_string()).await;
    staff.sees(&format!("Pedido {order}")).await;
    staff.sees("Sesiones que dio").await;
    staff.sees("5 sesiones").await;
    staff.follow("Carla Ruiz").await;
    staff.sees("Por qué le quedan 4 sesiones").await;
    staff.follow_to("ol.burn a").await;
    staff.sees("Quedan 4 sesiones").await;
    staff.sees("Dra. Elena Robles").await;

    staff.follow("Avisos recibidos").await;
    staff.follow(&format!("Pedido {order}: cambió")).await;
    staff.sees("Se leyó en la tienda y se aplicó.").await;
    staff.sees("\"status\": \"completed\"").await;
    staff.follow("Auditoría").await;
    staff.sees("Se creó una clave de API").await;
    staff.follow("Alguien entró").await;
    staff.sees("con contraseña").await;

    let shop = Tab::new().await;
    give_back(&shop, &scene, order).await;
    carla.reload().await;
    carla.sees("No te quedan sesiones").await;
    carla.sees("4 reembolsadas").await;
    carla.sees("0 de 5").await;
    staff.follow("Pedidos").await;
    staff.follow(&order.to_string()).await;
    staff.sees("Reembolsado").await;
    for tab in [carla, staff, shop] {
        tab.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_one_buys_sees_the_credit_and_filters_a_list_all_the_same() {
    let scene = Scene::new().await;
    let carla = Tab::new().await;
    carla.without_script().await;
    let order = buy(&carla, &scene).await;
    enter_mi_cuenta(&carla).await;
    carla.sees("5 sesiones disponibles").await;
    assert_eq!(carla.eval::<String>("typeof htmx").await, "undefined", "scripts were to be off");

    let staff = Tab::new().await;
    staff.without_script().await;
    sign_in(&staff, &scene.world, Role::Manager).await;
    staff.follow("Pedidos").await;
    staff.choose("Estado", "Completado").await;
    staff.follow("Filtrar").await;
    assert!(staff.path().await.contains("status=completed"), "{}", staff.path().await);
    staff.sees(&order.to_string()).await;
    staff.choose("Estado", "Reembolsado").await;
    staff.follow("Filtrar").await;
    staff.sees("Ningún pedido con estos filtros").await;

    let shop = Tab::new().await;
    shop.without_script().await;
    give_back(&shop, &scene, order).await;
    carla.reload().await;
    carla.sees("No te quedan sesiones").await;
    carla.sees("Reembolsada").await;
    staff.reload().await;
    staff.follow(&order.to_string()).await;
    staff.sees("Reembolso del 18 nov").await;
    for tab in [carla, staff, shop] {
        tab.close().await;
    }
}
