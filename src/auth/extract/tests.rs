use axum::{Router, body::Body, http::Request, routing::get};
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use tower::ServiceExt;

use super::*;
use crate::{auth::key::NewKey, core::ids::ApiKeyId, db, web::testing};

fn client(account: Option<AccountId>) -> ApiClient {
    ApiClient(ApiKey {
        id: ApiKeyId(1),
        name: "La app".to_owned(),
        prefix: "01234567".to_owned(),
        scopes: vec![Scope::SessionsRead],
        account,
        created_by: "1".to_owned(),
        created_at: chrono::DateTime::UNIX_EPOCH,
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    })
}

#[test]
fn a_bound_key_speaks_of_its_account_alone() {
    let bound = client(Some(AccountId(7)));
    assert!(bound.may_speak_of(AccountId(7)));
    assert!(!bound.may_speak_of(AccountId(8)));
    assert!(client(None).may_speak_of(AccountId(8)));
}

#[test]
fn a_scope_does_not_imply_another() {
    assert!(client(None).need(Scope::SessionsRead).is_ok());
    let refused = client(None).need(Scope::SessionsWrite).unwrap_err();
    assert_eq!(refused.kind(), Kind::Forbidden);
}

#[test]
fn the_scheme_is_read_in_any_case() {
    let mut headers = HeaderMap::new();
    assert_eq!(bearer(&headers), None);
    for (value, token) in
        [("Bearer x", Some("x")), ("bearer  x", Some("x")), ("Basic x", None), ("Bearer", None)]
    {
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        assert_eq!(bearer(&headers).as_ref().map(Secret::reveal), token, "{value}");
    }
}

/// Status and `WWW-Authenticate` of a request with this header.
async fn asked(router: &Router, authorization: Option<&str>) -> (u16, Option<String>) {
    let mut request = Request::get("/api/v1/x");
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let challenge = response.headers().get("www-authenticate");
    let challenge = challenge.map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), challenge)
}

#[sqlx::test(migrations = "./migrations")]
async fn a_program_needs_a_key_and_the_key_the_scope(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let mut app = testing::app();
    app.db = db::connect_with(options, 4).await.unwrap();
    let router = Router::new()
        .route("/api/v1/x", get(async |_: Scoped<scope::SessionsRead>| "yes"))
        .with_state(app.clone());
    let mut made = vec![];
    for scope in [Scope::SessionsRead, Scope::GrantsWrite] {
        let new = NewKey { name: "La app".to_owned(), scopes: vec![scope], account: None, expires_at: None };
        let actor = Actor::System { name: "test" };
        let key = key::create(&app.db, &new, &actor, app.clock.now()).await.unwrap();
        made.push(format!("Bearer {}", key.text.reveal()));
    }
    let challenge = Some("Bearer realm=\"abono\"".to_owned());
    assert_eq!(asked(&router, Some(&made[0])).await, (200, None));
    assert_eq!(asked(&router, Some(&made[1])).await, (403, None));
    assert_eq!(asked(&router, None).await, (401, challenge.clone()));
    assert_eq!(asked(&router, Some("Bearer abk_x")).await, (401, challenge.clone()));
    assert_eq!(asked(&router, Some(&made[0].replace("Bearer", "Basic"))).await, (401, challenge));
}
