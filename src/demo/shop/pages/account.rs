//! The way from the shop to «Mi Cuenta»: what a plugin does in a real shop.
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use chrono::TimeDelta;
use serde::Deserialize;

use super::super::DemoShop;
use crate::{auth::handoff, crypto};

/// Who wants to go there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Whose {
    cliente: String,
}

/// Signs the customer in at Abono. A guest, or a stranger, is asked for an address there.
pub(super) async fn account(State(shop): State<DemoShop>, Query(whose): Query<Whose>) -> Response {
    let Some(link) = shop.lock().account_link.clone() else {
        return shop.nowhere_page();
    };
    let customer = whose.cliente.parse().ok().and_then(|id: u64| shop.lock().customers.get(&id).cloned());
    let Some(customer) = customer else {
        return Redirect::to(&format!("{}/account/login", link.abono)).into_response();
    };
    let mut query = handoff::Query {
        shop: link.slug.clone(),
        user: customer.id.to_string(),
        email: customer.email.clone(),
        name: format!("{} {}", customer.first_name, customer.last_name).trim().to_owned(),
        exp: (shop.now() + TimeDelta::seconds(60)).timestamp().to_string(),
        nonce: hex::encode(crypto::random_bytes::<16>()),
        to: "/account/sessions".to_owned(),
        sig: String::new(),
    };
    query.sig = query.signature(&link.secret);
    let pairs = [
        ("shop", &query.shop),
        ("user", &query.user),
        ("email", &query.email),
        ("name", &query.name),
        ("exp", &query.exp),
        ("nonce", &query.nonce),
        ("to", &query.to),
        ("sig", &query.sig),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    Redirect::to(&format!("{}/handoff?{query}", link.abono)).into_response()
}
