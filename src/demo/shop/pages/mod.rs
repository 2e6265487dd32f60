//! The shop front, in Spanish: buy, pay, give back, and watch the webhooks leave. Works without script.
mod account;
mod rows;

use askama::Template;
use axum::{
    Form, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use rust_decimal::Decimal;
use serde::Deserialize;

use self::rows::{
    Action, CustomerRow, DeliveryRow, LineRow, OrderRow, ProductRow, actions, can_refund, refusal,
};
use super::{Address, DemoShop, LineSpec, OrderSpec, OrderStatus, RefundSpec, WebhookView};
use crate::core::email::Email;

/// Rows of a list, at most.
const SHOWN: usize = 50;

pub(super) fn routes() -> Router<DemoShop> {
    Router::new()
        .route("/", get(home))
        .route("/pedidos", get(orders).post(buy))
        .route("/pedidos/{id}", get(order))
        .route("/pedidos/{id}/{action}", post(act))
        .route("/product/{slug}/", get(product))
        .route("/mis-sesiones", get(account::account))
        .route("/entregas", get(deliveries))
        .route("/static/demo.css", get(style))
        .fallback(nowhere)
}

/// The purchase form as it was typed.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct Purchase {
    producto: String,
    cantidad: String,
    cliente: String,
    nombre: String,
    apellidos: String,
    correo: String,
    cupon: String,
}

impl Default for Purchase {
    fn default() -> Self {
        let empty = String::new;
        Self {
            producto: empty(),
            cantidad: "1".to_owned(),
            cliente: "0".to_owned(),
            nombre: empty(),
            apellidos: empty(),
            correo: empty(),
            cupon: empty(),
        }
    }
}

impl Purchase {
    /// The order that was typed, or what is wrong with it.
    fn order(&self) -> Result<OrderSpec, String> {
        let product = self.producto.split_once('-');
        let product = product.and_then(|(id, variation)| Some((id.parse().ok()?, variation.parse().ok()?)));
        let (product_id, variation_id) = product.ok_or("Elige qué quieres comprar.")?;
        let quantity = self.cantidad.trim().parse::<u32>().ok();
        let quantity = quantity.filter(|n| (1..=20).contains(n)).ok_or("La cantidad va de 1 a 20.")?;
        let customer_id: u64 = self.cliente.parse().map_err(|_| "Elige quién compra.")?;
        let billing = if customer_id == 0 {
            let email = self.correo.trim();
            if Email::parse(email).is_err() {
                return Err("Escribe un correo, por ejemplo ana@ejemplo.es.".to_owned());
            }
            Some(Address::of(self.nombre.trim(), self.apellidos.trim(), email))
        } else {
            None
        };
        let coupon = self.cupon.trim();
        Ok(OrderSpec {
            billing,
            lines: vec![LineSpec { product_id, variation_id, quantity }],
            coupons: if coupon.is_empty() { Vec::new() } else { vec![coupon.to_owned()] },
            ..OrderSpec::by(customer_id)
        })
    }
}

#[derive(Template)]
#[template(path = "demo/inicio.html")]
struct HomePage {
    shop: String,
    products: Vec<ProductRow>,
    customers: Vec<CustomerRow>,
    typed: Purchase,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "demo/pedidos.html")]
struct OrdersPage {
    shop: String,
    customers: Vec<CustomerRow>,
    cliente: String,
    correo: String,
    caption: String,
    orders: Vec<OrderRow>,
    /// Whether there is an Abono to go to.
    has_account: bool,
}

#[derive(Template)]
#[template(path = "demo/pedido.html")]
struct OrderPage {
    shop: String,
    order: OrderRow,
    lines: Vec<LineRow>,
    coupons: Option<String>,
    refunded: Option<String>,
    can_refund: bool,
    actions: Vec<Action>,
    back: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "demo/entregas.html")]
struct DeliveriesPage {
    shop: String,
    waiting: usize,
    hooks: Vec<WebhookView>,
    deliveries: Vec<DeliveryRow>,
}

#[derive(Template)]
#[template(path = "demo/nada.html")]
struct NowherePage {
    shop: String,
}

async fn home(State(shop): State<DemoShop>) -> Response {
    shop.home_page(StatusCode::OK, Purchase::default(), None)
}

async fn buy(State(shop): State<DemoShop>, headers: HeaderMap, Form(typed): Form<Purchase>) -> Response {
    if is_foreign(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let placed = typed.order().and_then(|spec| shop.place_order(spec).map_err(|error| refusal(&error)));
    match placed {
        Ok(id) => Redirect::to(&format!("/pedidos/{id}")).into_response(),
        Err(problem) => shop.home_page(StatusCode::UNPROCESSABLE_ENTITY, typed, Some(problem)),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Whose {
    cliente: String,
    correo: String,
}

async fn orders(State(shop): State<DemoShop>, Query(whose): Query<Whose>) -> Response {
    let customer: Option<u64> = whose.cliente.parse().ok();
    let email = whose.correo.trim();
    let rows = shop.orders().into_iter().rev().filter(|order| {
        customer.is_none_or(|id| order.customer_id == id)
            && (email.is_empty() || order.billing.email.eq_ignore_ascii_case(email))
    });
    let rows: Vec<OrderRow> = rows.take(SHOWN).map(|order| shop.order_row(&order)).collect();
    let caption = match rows.len() {
        1 => "Un pedido".to_owned(),
        SHOWN => format!("Los últimos {SHOWN} pedidos"),
        n => format!("{n} pedidos, el más reciente primero"),
    };
    page(
        StatusCode::OK,
        &OrdersPage {
            shop: shop.config.name.clone(),
            customers: shop.customer_rows(),
            cliente: whose.cliente.clone(),
            correo: whose.correo.clone(),
            caption,
            orders: rows,
            has_account: shop.lock().account_link.is_some(),
        },
    )
}

async fn order(State(shop): State<DemoShop>, Path(id): Path<u64>) -> Response {
    shop.order_page(StatusCode::OK, id, None)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    linea: String,
}

async fn act(
    State(shop): State<DemoShop>,
    Path((id, action)): Path<(u64, String)>,
    headers: HeaderMap,
    Form(which): Form<Which>,
) -> Response {
    if is_foreign(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(order) = shop.order(id) else {
        return shop.nowhere_page();
    };
    let offered = actions(&order).iter().any(|offer| offer.path == action)
        || (action == "reembolsar" && can_refund(&order));
    if !offered {
        let problem = "El pedido ha cambiado y eso ya no se puede hacer.".to_owned();
        return shop.order_page(StatusCode::CONFLICT, id, Some(problem));
    }
    let done = match action.as_str() {
        "pagar" => shop.pay(id),
        "completar" => shop.set_order_status(id, OrderStatus::Completed),
        "papelera" => shop.trash_order(id),
        "recuperar" => shop.restore_order(id),
        _ => {
            let line = order.lines.iter().find(|line| line.0.to_string() == which.linea);
            let spec = line.map_or(RefundSpec::Full, |line| RefundSpec::Lines(vec![(line.0, line.4)]));
            shop.refund(id, &spec).map(|_| ())
        }
    };
    match done {
        Ok(()) => Redirect::to(&format!("/pedidos/{id}")).into_response(),
        Err(_) => shop.order_page(
            StatusCode::CONFLICT,
            id,
            Some("No queda tanto por devolver en este pedido.".to_owned()),
        ),
    }
}

async fn deliveries(State(shop): State<DemoShop>) -> Response {
    let sent = shop.deliveries();
    let rows = sent.iter().rev().take(SHOWN).map(|delivery| shop.delivery_row(delivery));
    page(
        StatusCode::OK,
        &DeliveriesPage {
            shop: shop.config.name.clone(),
            waiting: shop.pending_deliveries(),
            hooks: shop.webhooks(),
            deliveries: rows.collect(),
        },
    )
}

/// Products have no page of their own: all are on the front.
async fn product() -> Redirect {
    Redirect::to("/")
}

async fn nowhere(State(shop): State<DemoShop>) -> Response {
    shop.nowhere_page()
}

async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")],
        include_str!("../../../../static/demo.css"),
    )
}

impl DemoShop {
    fn home_page(&self, status: StatusCode, typed: Purchase, problem: Option<String>) -> Response {
        let products = self.product_rows();
        let shop = self.config.name.clone();
        let customers = self.customer_rows();
        page(status, &HomePage { shop, products, customers, typed, problem })
    }

    fn order_page(&self, status: StatusCode, id: u64, problem: Option<String>) -> Response {
        let Some(order) = self.order(id) else {
            return self.nowhere_page();
        };
        let lines = order.lines.iter();
        let back = if order.customer_id == 0 {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("correo", &order.billing.email)
                .finish();
            format!("/pedidos?{query}")
        } else {
            format!("/pedidos?cliente={}", order.customer_id)
        };
        page(
            status,
            &OrderPage {
                shop: self.config.name.clone(),
                lines: lines
                    .map(|line| LineRow { id: line.0, name: line.1.clone(), quantity: line.4 })
                    .collect(),
                coupons: (!order.coupons.is_empty()).then(|| order.coupons.join(", ")),
                refunded: (order.refunded > Decimal::ZERO).then(|| self.amount(order.refunded)),
                can_refund: can_refund(&order),
                actions: actions(&order),
                back,
                problem,
                order: self.order_row(&order),
            },
        )
    }

    fn nowhere_page(&self) -> Response {
        let shop = self.config.name.clone();
        page(StatusCode::NOT_FOUND, &NowherePage { shop })
    }
}

/// Whether another site's page sent the form.
fn is_foreign(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    !matches!(site, None | Some("same-origin" | "none"))
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    let Ok(html) = template.render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
