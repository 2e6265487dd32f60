//! How an answer leaves: headers as the store sets them, its refusals, and the pages of whoever stands in front of it.
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

use super::{LIST, ONE, Reply};
use crate::demo::shop::{DemoShop, query::Refused};

pub(super) fn no_route() -> Refused {
    Refused::new(404, "rest_no_route", "No route was found matching the URL and request method.")
}

pub(super) fn unknown(method: &str, is_one: bool) -> Refused {
    let (code, message) = match (method, is_one) {
        ("GET", true) => ("woocommerce_rest_cannot_view", "Sorry, you cannot view this resource."),
        ("GET", false) => ("woocommerce_rest_cannot_view", "Sorry, you cannot list resources."),
        ("DELETE", _) => {
            ("woocommerce_rest_cannot_delete", "Sorry, you are not allowed to delete this resource.")
        }
        ("POST", false) => {
            ("woocommerce_rest_cannot_create", "Sorry, you are not allowed to create resources.")
        }
        _ => ("woocommerce_rest_cannot_edit", "Sorry, you are not allowed to edit this resource."),
    };
    Refused::new(401, code, message)
}

pub(super) fn failing(status: u16) -> Refused {
    match status {
        401 => unknown("GET", false),
        _ => {
            Refused::new(status, "internal_server_error", "There has been a critical error on this website.")
        }
    }
}

impl DemoShop {
    /// `path` decides which verbs a refusal still offers.
    pub(super) fn respond(
        &self,
        path: &str,
        reply: Result<Reply, Refused>,
        trusted: bool,
        only: Option<&str>,
    ) -> Response {
        let is_list = path.trim_matches('/').split('/').count().is_multiple_of(2);
        let reply = reply.unwrap_or_else(|refused| Reply {
            status: refused.status,
            allow: if is_list { LIST } else { ONE },
            ..Reply::one(refused.body)
        });
        let body = match only {
            Some(fields) if reply.status < 300 => reply.body.only(&fields.split(',').collect::<Vec<_>>()),
            _ => reply.body,
        };
        let mut response = Response::new(Body::from(body.encode()));
        *response.status_mut() =
            StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        let mut put = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put("content-type", "application/json; charset=UTF-8");
        put("x-robots-tag", "noindex");
        put("link", &format!("<{}/wp-json/>; rel=\"https://api.w.org/\"", self.url()));
        put("x-content-type-options", "nosniff");
        put("access-control-expose-headers", "X-WP-Total, X-WP-TotalPages, Link");
        put(
            "access-control-allow-headers",
            "Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type",
        );
        if let Some(location) = &reply.location {
            put("location", location);
        }
        if let Some(paging) = &reply.paging {
            put("x-wp-total", &paging.total.to_string());
            put("x-wp-totalpages", &paging.pages.to_string());
            if let Some(link) = &paging.link {
                put("link", link);
            }
        }
        if trusted {
            put("allow", reply.allow);
            put("expires", "Wed, 11 Jan 1984 05:00:00 GMT");
            put("cache-control", "no-cache, must-revalidate, max-age=0, no-store, private");
        } else {
            put("vary", "Origin");
        }
        response
    }
}

pub(super) fn html(status: u16) -> Response {
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>{status}</title></head><body><h1>Un momento…</h1></body></html>\n"
    );
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
    response
}

pub(super) fn too_many(retry_after: u32) -> Response {
    let mut response = html(429);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    response
}

/// The same answer with half its body, as a broken gateway passes it on.
pub(super) async fn halved(whole: Response) -> Response {
    let (parts, body) = whole.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    Response::from_parts(parts, Body::from(bytes.slice(..bytes.len() / 2)))
}
