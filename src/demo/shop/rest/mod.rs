//! `/wp-json/…`: takes a request apart, finds out who asks, and answers in the store's words.
mod answers;
mod body;
mod catalogue;
mod coupons;
mod customers;
mod orders;
mod refunds;
mod webhooks;

use axum::{
    Router,
    extract::{Request, State as AxumState},
    http::HeaderMap,
    response::Response,
    routing::any,
};
use chrono::Offset;

use self::{
    answers::{failing, halved, html, no_route, too_many, unknown},
    body::Fields,
};
use super::{
    DemoShop, VERSION,
    auth::Credentials,
    faults::Fault,
    json::{Json, list, object},
    query::{Paging, Query, Refused, Window},
    requests::RecordedRequest,
    shape::{Face, symbol},
};

/// Largest body that is read, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;

const LIST: &str = "GET, POST";
const ONE: &str = "GET, POST, PUT, PATCH, DELETE";

pub(super) fn routes() -> Router<DemoShop> {
    Router::new()
        .route("/wp-json", any(answer))
        .route("/wp-json/", any(answer))
        .route("/wp-json/{*path}", any(answer))
}

/// A request that was understood.
struct Call<'a> {
    shop: &'a DemoShop,
    query: Query,
    fields: Fields,
}

/// What the store says to it.
struct Reply {
    status: u16,
    body: Json,
    allow: &'static str,
    paging: Option<Paging>,
    location: Option<String>,
    /// A webhook to greet before answering.
    ping: Option<u64>,
}

impl Reply {
    fn one(body: Json) -> Self {
        Self { status: 200, body, allow: ONE, paging: None, location: None, ping: None }
    }

    fn created(body: Json, location: String) -> Self {
        Self { status: 201, allow: LIST, location: Some(location), ..Self::one(body) }
    }

    fn page(body: Json, paging: Paging) -> Self {
        Self { allow: LIST, paging: Some(paging), ..Self::one(body) }
    }

    fn allow(self, allow: &'static str) -> Self {
        Self { allow, ..self }
    }
}

impl Call<'_> {
    /// The slice of sorted rows that was asked for, and their count.
    fn slice_in<T>(
        &self,
        face: &Face<'_>,
        rows: &[T],
        path: &str,
        to_json: impl Fn(&T) -> Json,
    ) -> Result<Reply, Refused> {
        let window = Window::of(&self.query, true)?;
        let base = face.href(path);
        let start = window.start();
        // Past the end the order tables do not count at all; everything else does.
        let counted = if start >= rows.len() && matches!(path.rsplit('/').next(), Some("orders" | "refunds"))
        {
            0
        } else {
            rows.len()
        };
        let paging = Paging::of(&self.query, window, counted, start < rows.len(), &base);
        let slice = rows.iter().skip(start).take(window.per_page).map(to_json);
        Ok(Reply::page(Json::List(slice.collect()), paging))
    }
}

async fn answer(AxumState(shop): AxumState<DemoShop>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path_and_query = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let method = parts.method.as_str().to_owned();
    let path = parts.uri.path().to_owned();
    let mut query = Query::parse(parts.uri.query().unwrap_or_default());
    let (auth, known) = shop.authenticate(&Credentials {
        method: &method,
        path: &path,
        query: &query,
        authorization: text(&parts.headers, "authorization"),
        is_https: shop.config.behind_tls || text(&parts.headers, "x-forwarded-proto") == Some("https"),
    });
    shop.record(RecordedRequest { method: method.clone(), path_and_query: path_and_query.clone(), auth });
    let page = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let fault = shop.take_fault(&method, &path_and_query, page);
    match fault {
        Some(Fault::Html(status)) => return html(status),
        Some(Fault::TooMany { retry_after }) => return too_many(retry_after),
        Some(Fault::Hang) => return std::future::pending().await,
        Some(Fault::Status(status)) => return shop.respond(&path, Err(failing(status)), false, None),
        Some(Fault::EmptyList) => {
            return shop.respond(&path, Ok(Reply::one(list![]).allow(LIST)), true, None);
        }
        Some(Fault::FilterIgnored) => query.forget("customer"),
        Some(Fault::TruncatedJson | Fault::AnswerLost) | None => {}
    }
    let only = query.get("_fields").map(str::to_owned);
    let (trusted, reply) = match known {
        Err(refused) => (false, Err(refused)),
        Ok(trusted) => {
            let read = axum::body::to_bytes(body, LARGEST).await.unwrap_or_default();
            let kind = text(&parts.headers, "content-type").unwrap_or_default();
            let reply = Fields::read(kind, &read).and_then(|fields| {
                let call = Call { shop: &shop, query, fields };
                call.route(&method, &path, trusted)
            });
            (trusted, reply)
        }
    };
    if let Ok(Reply { ping: Some(id), .. }) = reply {
        shop.ping(id).await;
    }
    if fault == Some(Fault::AnswerLost) {
        return html(504);
    }
    let whole = shop.respond(&path, reply, trusted, only.as_deref());
    if fault == Some(Fault::TruncatedJson) {
        return halved(whole).await;
    }
    whole
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

impl Call<'_> {
    fn route(&self, method: &str, path: &str, trusted: bool) -> Result<Reply, Refused> {
        let below = path.trim_start_matches("/wp-json").trim_matches('/');
        let parts: Vec<&str> = below.split('/').collect();
        let parts = match parts.as_slice() {
            [""] if method == "GET" => return Ok(self.index()),
            ["wc", "v3", rest @ ..] => rest,
            _ => return Err(no_route()),
        };
        let method = if method == "PATCH" { "PUT" } else { method };
        let id_at = |at: usize| parts.get(at).and_then(|text| text.parse::<u64>().ok()).ok_or_else(no_route);
        let is_one = parts.len().is_multiple_of(2);
        if !trusted {
            return Err(unknown(method, is_one));
        }
        if method != "GET" && self.shop.lock().read_only {
            return Err(Refused::new(
                401,
                "woocommerce_rest_authentication_error",
                "The API key provided does not have write permissions.",
            ));
        }
        match (method, parts) {
            ("GET", ["orders"]) => self.orders(),
            ("POST", ["orders"]) => self.create_order(),
            ("GET", ["orders", _]) => self.order(id_at(1)?),
            ("PUT" | "POST", ["orders", _]) => self.update_order(id_at(1)?),
            ("DELETE", ["orders", _]) => self.delete_order(id_at(1)?),
            ("GET", ["refunds"]) => self.refunds(None),
            ("GET", ["orders", _, "refunds"]) => self.refunds(Some(id_at(1)?)),
            ("POST", ["orders", _, "refunds"]) => self.create_refund(id_at(1)?),
            ("GET", ["orders", _, "refunds", _]) => self.one_refund(id_at(1)?, id_at(3)?),
            ("DELETE", ["orders", _, "refunds", _]) => self.delete_refund(id_at(1)?, id_at(3)?),
            ("GET", ["products"]) => self.products(),
            ("GET", ["products", _]) => self.product(id_at(1)?),
            ("GET", ["products", _, "variations"]) => self.variations(id_at(1)?),
            ("GET", ["products", _, "variations", _]) => self.variation(id_at(1)?, id_at(3)?),
            ("GET", ["customers"]) => self.customers(),
            ("POST" | "PUT", ["customers", "batch"]) => self.batch_customers(),
            ("GET", ["customers", _]) => self.customer(id_at(1)?),
            ("PUT" | "POST", ["customers", _]) => self.update_customer(id_at(1)?),
            ("GET", ["coupons"]) => self.coupons(),
            ("POST", ["coupons"]) => self.create_coupon(),
            ("GET", ["coupons", _]) => self.coupon(id_at(1)?),
            ("PUT" | "POST", ["coupons", _]) => self.update_coupon(id_at(1)?),
            ("DELETE", ["coupons", _]) => self.delete_coupon(id_at(1)?),
            ("GET", ["webhooks"]) => self.webhooks(),
            ("POST", ["webhooks"]) => self.create_webhook(),
            ("POST" | "PUT", ["webhooks", "batch"]) => self.batch_webhooks(),
            ("GET", ["webhooks", _]) => self.webhook(id_at(1)?),
            ("PUT" | "POST", ["webhooks", _]) => self.update_webhook(id_at(1)?),
            ("DELETE", ["webhooks", _]) => self.delete_webhook(id_at(1)?),
            ("GET", ["system_status"]) => Ok(self.system_status()),
            _ => Err(no_route()),
        }
    }

    fn index(&self) -> Reply {
        let config = &self.shop.config;
        let seconds = self.shop.now().with_timezone(&config.timezone).offset().fix().local_minus_utc();
        let hours = rust_decimal::Decimal::from(seconds) / rust_decimal::Decimal::from(3600);
        let url = self.shop.url();
        let body = object! {
            "name" => &config.name, "description" => "", "url" => &url, "home" => &url,
            "gmt_offset" => hours, "timezone_string" => config.timezone.name(),
            "namespaces" => list!["oembed/1.0", "wc/v3", "wc/v2", "wc/v1", "wc-admin", "wc/store", "wc/store/v1", "wp/v2"],
        };
        Reply::one(body).allow("GET")
    }

    fn system_status(&self) -> Reply {
        let url = self.shop.url();
        let currency = &self.shop.config.currency;
        let body = object! {
            "environment" => object! {
                "home_url" => &url, "site_url" => &url, "version" => VERSION, "wp_version" => "7.1", "wp_multisite" => false,
                "wp_debug_mode" => false, "wp_cron" => true, "language" => "es_ES", "php_version" => "8.2.35",
                "mysql_version" => "10.11.19", "default_timezone" => "UTC",
            },
            "settings" => object! {
                "api_enabled" => false, "force_ssl" => false, "currency" => currency, "currency_symbol" => symbol(currency),
                "currency_position" => "right_space", "thousand_separator" => ".", "decimal_separator" => ",",
                "number_of_decimals" => 2,
            },
        };
        Reply::one(body).allow("GET")
    }

    /// Runs `f` over the store with something that knows how to print it.
    fn read<T>(&self, f: impl FnOnce(Face<'_>) -> T) -> T {
        let state = self.shop.lock();
        f(self.shop.face(&state))
    }
}
