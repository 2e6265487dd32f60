//! Every error comes out as a problem: JSON for programs, a page for people.
use super::*;

#[tokio::test]
async fn what_is_not_there_is_json_for_programs_and_a_page_for_people() {
    let mut browser = house();
    let api = browser.get("/api/v1/nothing").await;
    assert_eq!(api.status, StatusCode::NOT_FOUND);
    assert_eq!(api.header("content-type"), "application/problem+json");
    assert_eq!(api.json()["type"], "/problems/not-found");
    assert_eq!(api.json()["status"], 404);
    assert_eq!(api.json()["instance"], api.header("x-request-id"));
    assert!(api.cookies().is_empty());

    let page = browser.get("/nothing").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.body.contains("No está aquí"));
    assert!(page.body.contains(page.header("x-request-id")));

    let asked = Request::get("/nothing").header("accept", "application/json");
    let json = browser.send(asked, Body::empty()).await;
    assert_eq!(json.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn a_wrong_method_says_which_ones_are_right() {
    let mut browser = house();
    for path in ["/healthz", "/admin/closed", "/static/app.css"] {
        let answer = browser.send(Request::delete(path), Body::empty()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert!(answer.header("allow").contains("GET"), "{path}");
    }
    let api = browser.get("/api/v1/counts/1").await;
    assert_eq!(api.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(api.json()["type"], "/problems/method-not-allowed");
    assert_eq!(api.header("allow"), "POST");
}

#[tokio::test]
async fn axums_own_refusals_become_problems() {
    let mut browser = house();
    let json = |path: &str| Request::post(path).header("content-type", "application/json");
    for (request, body, status, kind) in [
        (json("/api/v1/counts/1"), "{", 400, "unreadable-body"),
        (json("/api/v1/counts/1"), "\"x\"", 400, "unreadable-body"),
        (json("/api/v1/counts/x"), "1", 404, "not-found"),
        (Request::post("/api/v1/counts/1"), "1", 415, "unsupported-media-type"),
        (json("/api/v1/counts/1"), "0", 422, "invalid"),
    ] {
        let answer = browser.send(request, body).await;
        assert_eq!(answer.status.as_u16(), status, "{kind}");
        assert_eq!(answer.json()["type"], format!("/problems/{kind}"));
    }
    let invalid = browser.send(json("/api/v1/counts/1"), "0").await.json();
    assert_eq!(invalid["errors"][0]["field"], "n");
    assert_eq!(invalid["errors"][0]["code"], "form-number");
    let counted = browser.send(json("/api/v1/counts/1"), "2").await;
    assert_eq!((counted.status, counted.body.as_str()), (StatusCode::OK, "3"));
    let cursor = browser.get("/admin/things?after=!").await;
    assert_eq!(cursor.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn too_large_a_body_is_refused_and_webhooks_have_their_own_limit() {
    let mut config = testing::config();
    config.request_max_bytes = 100;
    config.webhook_max_bytes = 200;
    let mut browser = house_with(config);
    let json = Request::post("/api/v1/counts/1").header("content-type", "application/json");
    let answer = browser.send(json, " ".repeat(150)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["type"], "/problems/payload-too-large");
    let form = browser.post("/admin/things", &format!("email={}", "x".repeat(150))).await;
    assert_eq!(form.status, StatusCode::PAYLOAD_TOO_LARGE);
    let hook = |size| (Request::post("/hooks/test"), " ".repeat(size));
    let (request, body) = hook(150);
    assert_eq!(browser.send(request, body).await.body, "150");
    let (request, body) = hook(250);
    let answer = browser.send(request, body).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["type"], "/problems/payload-too-large");
}

#[tokio::test]
async fn a_panic_is_an_apology_without_its_cause() {
    let answer = house().signed_in("admin").get("/admin/panic").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.body.contains("Algo ha fallado"));
    assert!(!answer.body.contains("secret cause"));
}

#[tokio::test]
async fn what_takes_too_long_is_stopped() {
    let mut config = testing::config();
    config.request_timeout = 0;
    let answer = house_with(config).get("/admin/slow").await;
    assert_eq!(answer.status, StatusCode::GATEWAY_TIMEOUT);
    assert!(answer.body.contains("Ha tardado demasiado"));
}

#[tokio::test]
async fn a_database_that_is_away_asks_for_patience_even_while_signing_in() {
    let answer = house().signed_in("broken").get("/admin/things").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "5");
    assert!(answer.body.contains("La base de datos no responde"));
}

#[test]
fn database_errors_tell_clients_nothing() {
    let unknown = Problem::from(DbError::Sqlx(sqlx::Error::Protocol("secret".to_owned())));
    assert_eq!(unknown.kind(), Kind::Internal);
    assert_eq!(Problem::from(DbError::Stale).kind(), Kind::Unavailable);
}

#[tokio::test]
async fn who_is_not_signed_in_goes_to_the_right_door_and_comes_back() {
    let mut browser = house();
    let staff = browser.get("/admin/closed?estado=a%26b").await;
    assert_eq!(staff.status, StatusCode::SEE_OTHER);
    assert_eq!(staff.header("location"), format!("{STAFF_LOGIN}?next=%2Fadmin%2Fclosed%3Festado%3Da%2526b"));
    assert_eq!(staff.header("www-authenticate"), "");
    assert!(staff.body.is_empty());
    let customer = browser.get("/account/closed").await;
    assert_eq!(customer.header("location"), format!("{CUSTOMER_LOGIN}?next=%2Faccount%2Fclosed"));
    let htmx = browser.send(Request::get("/admin/closed").header("hx-request", "true"), Body::empty()).await;
    assert_eq!(htmx.status, StatusCode::UNAUTHORIZED);
    assert!(htmx.header("hx-redirect").starts_with(STAFF_LOGIN));
    let json =
        browser.send(Request::get("/admin/closed").header("accept", "application/json"), Body::empty()).await;
    assert_eq!(json.status, StatusCode::UNAUTHORIZED);
    assert_eq!(json.header("www-authenticate"), "Bearer realm=\"abono\"");
}

#[tokio::test]
async fn a_bare_status_gets_a_face_and_an_explanation_replaces_the_general_text() {
    let mut browser = house().signed_in("admin");
    let bare = browser.get("/admin/bare-status").await;
    assert_eq!(bare.status, StatusCode::FORBIDDEN);
    assert!(bare.body.contains("No tienes acceso"));
    assert!(bare.body.contains("app-nav"), "inside the back office");
    let explained = browser.get("/admin/explained").await;
    assert!(
        explained.body.contains("Usa &#60;b&#62; caracteres")
            || explained.body.contains("Usa &lt;b&gt; caracteres")
    );
    let asked = Request::get("/admin/explained").header("accept", "application/json");
    let json = browser.send(asked, Body::empty()).await.json();
    assert_eq!(json["detail"], "Use <b> characters at most.");
}

#[tokio::test]
async fn every_kind_of_problem_is_explained_in_both_languages() {
    let mut browser = house();
    let list = browser.get("/problems").await.body;
    for kind in Kind::ALL {
        assert!(list.contains(kind.path()), "{kind:?}");
        for lang in ["es", "en"] {
            let asked = Request::get(kind.path()).header("accept-language", lang);
            let answer = browser.send(asked, Body::empty()).await;
            assert_eq!(answer.status, StatusCode::OK);
            let title = super::super::lang::Lang::parse(lang).unwrap().t(kind.title_key());
            assert!(answer.body.contains(&title), "{kind:?} {lang}");
        }
        assert_eq!(Kind::from_slug(kind.slug()), Some(*kind));
    }
    assert_eq!(browser.get("/problems/of-life").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_request_keeps_a_sound_id_and_gets_one_otherwise() {
    let mut browser = house();
    let mut id = async |given: &'static str| {
        let asked = Request::get("/healthz").header("x-request-id", given);
        let answer = browser.send(asked, Body::empty()).await;
        answer.header("x-request-id").to_owned()
    };
    assert_eq!(id("trace-0001").await, "trace-0001");
    for bad in ["short", "with space in it", "<script>alert(1)</script>"] {
        let fresh = id(bad).await;
        assert_ne!(fresh, bad);
        assert_eq!(fresh.len(), 14);
    }
}

#[tokio::test]
async fn health_is_of_the_process_and_readiness_of_the_database() {
    let mut browser = house();
    assert_eq!(browser.get("/healthz").await.body, "ok\n");
    let ready = browser.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.json()["database"], "away");
    let metrics = browser.get("/metrics").await.body;
    assert!(metrics.contains("http_requests_total{"), "{metrics}");
    assert!(metrics.contains("http_request_seconds_bucket{"), "{metrics}");
    assert!(!metrics.contains("/nothing"));
}

#[tokio::test]
async fn the_log_has_one_line_without_what_people_asked_for() {
    let lines = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let writer = tracing_subscriber::fmt::writer::BoxMakeWriter::new({
        let lines = std::sync::Arc::clone(&lines);
        move || Lines(std::sync::Arc::clone(&lines))
    });
    let subscriber = tracing_subscriber::fmt().with_writer(writer).with_ansi(false).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    // Another test's thread may have met the log's places first and found nobody listening: let them ask again.
    house().get("/healthz").await;
    tracing::callsite::rebuild_interest_cache();
    lines.lock().unwrap().clear();
    let answer = house().signed_in("admin").get("/admin/things?q=lucia.sanz%40correo.example").await;
    drop(guard);
    let log = String::from_utf8(lines.lock().unwrap().clone()).unwrap();
    let line = log.lines().find(|line| line.contains("answered")).unwrap();
    assert!(line.contains("route=\"/admin/things\""), "{line}");
    assert!(line.contains("status=200") && line.contains("method=\"GET\""), "{line}");
    assert!(line.contains(answer.header("x-request-id")), "{line}");
    assert!(!log.contains("lucia") && !log.contains("Carvajal"), "{log}");
}

struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
