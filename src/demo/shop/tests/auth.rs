//! Keys over https, signatures over http.
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::*;

const KEEP: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn encode(text: &str) -> String {
    utf8_percent_encode(text, KEEP).to_string()
}

fn plain_http() -> (DemoShop, Clock) {
    let (shop, clock) = shop_with(|config| {
        config.behind_tls = false;
        config.url = "http://127.0.0.1:8090".to_owned();
    });
    stock(&shop);
    (shop, clock)
}

async fn ask(shop: &DemoShop, uri: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(shop, request.body(Body::empty()).unwrap()).await
}

/// A signed request as RFC 5849 describes it.
struct Signed<'a> {
    query: &'a [(&'a str, &'a str)],
    nonce: &'a str,
    at: i64,
    method: &'a str,
    secret: &'a str,
}

impl Signed<'_> {
    fn params(&self) -> (Vec<(String, String)>, String) {
        let at = self.at.to_string();
        let own = [
            ("oauth_consumer_key", KEY),
            ("oauth_nonce", self.nonce),
            ("oauth_signature_method", self.method),
            ("oauth_timestamp", &at),
        ];
        let mut all: Vec<(String, String)> =
            self.query.iter().chain(&own).map(|(k, v)| (encode(k), encode(v))).collect();
        all.sort();
        let joined: Vec<String> = all.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let base = format!(
            "GET&{}&{}",
            encode("http://127.0.0.1:8090/wp-json/wc/v3/orders"),
            encode(&joined.join("&"))
        );
        let key = format!("{}&", self.secret);
        let mac = if self.method == "HMAC-SHA256" {
            crypto::hmac_sha256(key.as_bytes(), base.as_bytes()).to_vec()
        } else {
            use hmac::{KeyInit, Mac};
            let mut mac = <hmac::Hmac<sha1::Sha1> as KeyInit>::new_from_slice(key.as_bytes()).unwrap();
            mac.update(base.as_bytes());
            mac.finalize().into_bytes().to_vec()
        };
        (all, STANDARD.encode(mac))
    }

    fn uri(&self) -> String {
        let (mut all, signature) = self.params();
        all.push(("oauth_signature".to_owned(), encode(&signature)));
        let joined: Vec<String> = all.iter().map(|(k, v)| format!("{k}={v}")).collect();
        format!("/wp-json/wc/v3/orders?{}", joined.join("&"))
    }
}

fn signed<'a>(clock: &Clock, query: &'a [(&'a str, &'a str)], nonce: &'a str) -> Signed<'a> {
    Signed { query, nonce, at: clock.now().timestamp(), method: "HMAC-SHA1", secret: SECRET }
}

#[tokio::test]
async fn basic_works_over_https_only() {
    let (shop, _) = plain_http();
    let auth = basic(KEY, SECRET);
    let plain = ask(&shop, "/wp-json/wc/v3/orders", &[("authorization", &auth)]).await;
    assert_eq!((plain.status.as_u16(), plain.code().as_str()), (401, "woocommerce_rest_cannot_view"));
    let behind =
        ask(&shop, "/wp-json/wc/v3/orders", &[("authorization", &auth), ("x-forwarded-proto", "https")])
            .await;
    assert_eq!(behind.status, 200);
    let kinds: Vec<AuthKind> = shop.requests().iter().map(|request| request.auth).collect();
    assert_eq!(kinds, [AuthKind::Basic, AuthKind::Basic]);
}

#[tokio::test]
async fn keys_in_the_query_work_over_https_too() {
    let (shop, _) = stocked();
    let uri = format!("/wp-json/wc/v3/orders?consumer_key={KEY}&consumer_secret={SECRET}");
    assert_eq!(ask(&shop, &uri, &[]).await.status, 200);
    assert_eq!(shop.requests()[0].auth, AuthKind::Query);
}

#[tokio::test]
async fn an_unknown_key_is_as_good_as_none() {
    let (shop, _) = stocked();
    for auth in [None, Some(basic("ck_other", SECRET))] {
        let headers: Vec<(&str, &str)> = auth.iter().map(|auth| ("authorization", auth.as_str())).collect();
        let list = ask(&shop, "/wp-json/wc/v3/orders", &headers).await;
        assert_eq!(list.json()["message"], "Sorry, you cannot list resources.");
        let one = ask(&shop, "/wp-json/wc/v3/orders/1", &headers).await;
        assert_eq!(one.json()["message"], "Sorry, you cannot view this resource.");
    }
}

#[tokio::test]
async fn a_signed_request_is_taken_in_query_and_header_and_with_both_methods() {
    let (shop, clock) = plain_http();
    let query = [("search", "a b+ñ~"), ("status[0]", "completed"), ("per_page", "2")];
    for (nonce, method) in [("n1", "HMAC-SHA1"), ("n2", "HMAC-SHA256")] {
        let request = Signed { method, ..signed(&clock, &query, nonce) };
        let answer = ask(&shop, &request.uri(), &[]).await;
        assert_eq!(answer.status, 200, "{method}: {}", answer.text);
    }
    let request = signed(&clock, &[("per_page", "2")], "n3");
    let (all, signature) = request.params();
    let mut parts: Vec<String> = all
        .iter()
        .filter(|(key, _)| key.starts_with("oauth_"))
        .map(|(key, value)| format!("{key}=\"{value}\""))
        .collect();
    parts.push(format!("oauth_signature=\"{}\"", encode(&signature)));
    let header = format!("OAuth {}", parts.join(", "));
    let answer = ask(&shop, "/wp-json/wc/v3/orders?per_page=2", &[("authorization", &header)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(shop.requests().iter().all(|request| request.auth == AuthKind::OAuth));
}

#[tokio::test]
async fn a_signature_is_for_one_request_at_one_time() {
    let (shop, clock) = plain_http();
    let uri = signed(&clock, &[], "n1").uri();
    assert_eq!(ask(&shop, &uri, &[]).await.status, 200);
    let refused = |answer: Answer| {
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (401, "woocommerce_rest_authentication_error")
        );
        answer.json()["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(ask(&shop, &uri, &[]).await), "Invalid nonce - nonce has already been used.");
    let wrong = Signed { secret: "cs_other", ..signed(&clock, &[], "n2") };
    assert_eq!(
        refused(ask(&shop, &wrong.uri(), &[]).await),
        "Invalid signature - provided signature does not match."
    );
    let changed = signed(&clock, &[("page", "1")], "n3").uri().replace("&page=1", "&page=2");
    assert_eq!(
        refused(ask(&shop, &changed, &[]).await),
        "Invalid signature - provided signature does not match."
    );
    let old = Signed { at: clock.now().timestamp() - 901, ..signed(&clock, &[], "n4") };
    assert_eq!(refused(ask(&shop, &old.uri(), &[]).await), "Invalid timestamp.");
    let odd = Signed { method: "PLAINTEXT", ..signed(&clock, &[], "n5") };
    assert_eq!(
        refused(ask(&shop, &odd.uri(), &[]).await),
        "Invalid signature - signature method is invalid."
    );
    let missing = signed(&clock, &[], "n6").uri().replace("oauth_nonce=n6&", "");
    assert_eq!(ask(&shop, &missing, &[]).await.json()["message"], "Missing OAuth parameter oauth_nonce");
}

#[tokio::test]
async fn a_key_without_the_right_to_write_is_told_so() {
    let (shop, _) = stocked();
    shop.set_read_only(true);
    let refused = call(&shop, "PUT", "customers/2", Some(json!({}))).await;
    assert_eq!(refused.json()["message"], "The API key provided does not have write permissions.");
    assert_eq!(get(&shop, "customers/2").await.status, 200);
}

#[tokio::test]
async fn the_index_needs_no_key_and_tells_the_zone() {
    let (shop, clock) = stocked();
    let index = ask(&shop, "/wp-json/", &[]).await.json();
    assert_eq!((&index["timezone_string"], &index["gmt_offset"]), (&json!("Europe/Madrid"), &json!(1)));
    clock.set(Utc.with_ymd_and_hms(2026, 7, 1, 0, 0, 0).unwrap());
    assert_eq!(ask(&shop, "/wp-json/", &[]).await.json()["gmt_offset"], 2);
    assert_eq!(
        ask(&shop, "/wp-json/wc/v3/nothing", &[("authorization", &basic(KEY, SECRET))]).await.code(),
        "rest_no_route"
    );
    assert_eq!(get(&shop, "system_status").await.json()["environment"]["version"], "11.0.1");
}
