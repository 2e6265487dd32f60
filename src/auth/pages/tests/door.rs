//! Staff coming in, and who gets no further.
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};

use super::*;

#[sqlx::test(migrations = "./migrations")]
async fn staff_sign_in_come_back_to_their_page_and_sign_out(
    _: MySqlPoolOptions,
    options: MySqlConnectOptions,
) {
    let mut browser = Browser::open(options).await;
    browser.add("ines@abono.example", Role::Admin).await;
    let sent_away = browser.get("/admin/keys?x=1").await;
    assert_eq!(sent_away.goes_to(), (303, "/admin/login?next=%2Fadmin%2Fkeys%3Fx%3D1"));
    let page = browser.get(&sent_away.location).await;
    assert_eq!((page.status, page.text("h1")), (200, vec!["Entrar en Abono".to_owned()]));
    let before = browser.cookie("abono_csrf").unwrap().to_owned();
    let next = page.value("input[name=next]").unwrap();
    let fields = [("email", "ines@abono.example"), ("password", PASSWORD), ("next", &next)];
    let entered = browser.post("/admin/login", &fields).await;
    assert_eq!(entered.goes_to(), (303, "/admin/keys?x=1"));
    let cookies: Vec<&str> =
        entered.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    let staff = cookies.iter().find(|c| c.starts_with("abono_staff=")).unwrap();
    assert!(staff.contains("HttpOnly") && staff.contains("SameSite=Lax"), "{staff}");
    // Whoever knew the form's secret before does not know it after.
    assert_ne!(browser.cookie("abono_csrf"), Some(before.as_str()));
    let keys = browser.get("/admin/keys").await;
    assert_eq!((keys.status, keys.text("h1")), (200, vec!["Claves de API".to_owned()]));
    let stolen = browser.cookie("abono_staff").unwrap().to_owned();
    assert_eq!(browser.post("/admin/logout", &[]).await.goes_to(), (303, "/admin/login"));
    assert_eq!(browser.cookie("abono_staff"), None);
    browser.cookies.push(("abono_staff".to_owned(), stolen));
    assert_eq!(browser.get("/admin/keys").await.status, 303);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_wrong_password_keeps_the_e_mail_and_then_has_to_wait(
    _: MySqlPoolOptions,
    options: MySqlConnectOptions,
) {
    let mut browser = Browser::open(options).await;
    browser.add("ines@abono.example", Role::Admin).await;
    browser.get("/admin/login").await;
    let fields = [("email", "ines@abono.example"), ("password", "no es esta"), ("next", "//evil.example")];
    for _ in 0..6 {
        let page = browser.post("/admin/login", &fields).await;
        assert_eq!(page.status, 422);
        assert_eq!(page.value("#f-email").as_deref(), Some("ines@abono.example"));
        assert_eq!(page.value("#f-password").as_deref(), Some(""));
        assert_eq!(page.value("input[name=next]").as_deref(), Some("/admin"));
        assert_eq!(page.text(".notice li"), ["El correo y la contraseña no encajan."]);
    }
    let page = browser.post("/admin/login", &fields).await;
    assert_eq!(page.status, 429);
    assert_eq!(page.text(".notice li"), ["Demasiados intentos. Prueba otra vez dentro de 1 min."]);
    assert_eq!(page.headers.get("retry-after").unwrap(), "31");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_form_without_its_token_changes_nothing(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let mut browser = Browser::open(options).await;
    browser.add("ines@abono.example", Role::Admin).await;
    browser.sign_in("ines@abono.example").await;
    browser.get("/admin/me").await;
    for token in ["", "x"] {
        browser.token = token.to_owned();
        for path in [
            "/admin/logout",
            "/admin/me",
            "/admin/me/password",
            "/admin/me/logins",
            "/admin/staff/new",
            "/admin/staff/1/role",
            "/admin/staff/1/password",
            "/admin/staff/1/disable",
            "/admin/staff/1/enable",
            "/admin/keys/new",
            "/admin/keys/1/revoke",
            "/account/login",
            "/account/enter",
            "/account/logout",
        ] {
            let page = browser.post(path, &[]).await;
            assert_eq!(page.status, 403, "{path}");
            browser.token = token.to_owned();
        }
    }
    assert_eq!(browser.get("/admin/me").await.status, 200);
}

#[sqlx::test(migrations = "./migrations")]
async fn each_page_opens_for_its_role_and_no_lower_one(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let browser = Browser::open(options).await;
    let mut stranger = browser.another();
    stranger.get("/admin/login").await;
    let mut readers = vec![(None, stranger)];
    for role in Role::ALL {
        let email = format!("{}@abono.example", role.as_str());
        browser.add(&email, role).await;
        let mut reader = browser.another();
        reader.sign_in(&email).await;
        reader.get("/admin/me").await;
        readers.push((Some(role), reader));
    }
    for route in routes(|_, _, _| Box::pin(async { Ok(AccountId(1)) })).table() {
        let is_for_staff = match route.access {
            Access::Staff(_) => true,
            Access::Customer => false,
            _ => continue,
        };
        let path = route.path.replace("{id}", "1");
        for (role, reader) in &mut readers {
            let is_get = route.method == axum::http::Method::GET;
            let may = match route.access {
                Access::Staff(least) => role.is_some_and(|role| role >= least),
                _ => false,
            };
            let token = reader.token.clone();
            let status = if is_get {
                reader.get(&path).await.status
            } else {
                // Whoever may post does it without the token, and is stopped there; the others have one that fits.
                if may {
                    reader.token.clear();
                }
                reader.post(&path, &[]).await.status
            };
            reader.token = token;
            let expected: &[u16] = match (may, role.is_some() && is_for_staff) {
                // No key has the number 1: that page is not found by those who may look.
                (true, _) if is_get => &[200, 404],
                (true, _) | (false, true) => &[403],
                (false, false) => &[303],
            };
            assert!(expected.contains(&status), "{role:?} {} {path}: {status}", route.method);
        }
    }
}
