//! One's own profile, the staff, and keys.
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};

use super::*;

#[sqlx::test(migrations = "./migrations")]
async fn an_admin_adds_someone_who_then_comes_in(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let mut browser = Browser::open(options).await;
    browser.add("ines@abono.example", Role::Admin).await;
    browser.sign_in("ines@abono.example").await;
    browser.get("/admin/staff/new").await;
    let bad = [("name", "  "), ("email", "teo@"), ("role", "owner"), ("password", "corta")];
    let page = browser.post("/admin/staff/new", &bad).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.text(".notice li"),
        [
            "Nombre: Escribe un nombre de 120 caracteres como mucho.",
            "Correo: Escribe un correo como nombre@ejemplo.es.",
            "Papel: Elige un papel.",
            "Contraseña: Usa 12 caracteres por lo menos.",
        ]
    );
    assert_eq!(page.value("#f-email").as_deref(), Some("teo@"));
    let good =
        [("name", "Teo <b>"), ("email", "teo@abono.example"), ("role", "stats"), ("password", PASSWORD)];
    let added = browser.post("/admin/staff/new", &good).await;
    assert_eq!(added.goes_to(), (303, "/admin/staff/2"));
    let page = browser.get("/admin/staff/2").await;
    assert_eq!(page.text(".flash"), ["Teo <b> ya puede entrar."]);
    assert_eq!(page.value("input[name=role][checked]").as_deref(), Some("stats"));
    let twice = browser.post("/admin/staff/new", &good).await;
    assert_eq!(twice.text(".error"), ["Ya hay alguien en el equipo con este correo."]);
    assert_eq!(twice.value("#f-name").as_deref(), Some("Teo <b>"));
    let mut teo = browser.another();
    teo.sign_in("teo@abono.example").await;
    assert_eq!(teo.get("/admin/me").await.status, 200);

    let asked = browser.get("/admin/staff/2/disable").await;
    assert_eq!(asked.text(".confirm h2"), ["¿Impedir la entrada a Teo <b>?"]);
    assert_eq!(browser.post("/admin/staff/2/disable", &[]).await.goes_to(), (303, "/admin/staff/2"));
    assert_eq!(teo.get("/admin/me").await.status, 303);
    let list = browser.get("/admin/staff").await;
    assert_eq!(list.text(".state"), ["Puede entrar", "No puede entrar"]);
    // Not even with a form of one's own making.
    assert_eq!(browser.post("/admin/staff/1/disable", &[]).await.status, 303);
    let page = browser.get("/admin/staff/1").await;
    assert!(page.text(".flash")[0].starts_with("Eso no puedes hacértelo a ti."));
}

#[sqlx::test(migrations = "./migrations")]
async fn people_look_after_themselves(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let mut browser = Browser::open(options).await;
    browser.add("ines@abono.example", Role::Stats).await;
    let mut other = browser.another();
    other.sign_in("ines@abono.example").await;
    browser.sign_in("ines@abono.example").await;
    let page = browser.get("/admin/me").await;
    assert_eq!(page.value("#f-name").as_deref(), Some("Inés Carvajal"));
    assert_eq!(page.text(".lines li").len(), 2);
    assert_eq!(page.text(".lines .is-ok"), ["Este navegador"]);
    let ended = browser.post("/admin/me/logins", &[("login", "others")]).await;
    assert_eq!(ended.goes_to(), (303, "/admin/me"));
    assert_eq!(other.get("/admin/me").await.status, 303);
    let page = browser.get("/admin/me").await;
    assert_eq!((page.text(".flash"), page.text(".lines li").len()), (vec!["Acceso cerrado.".to_owned()], 1));

    let bad = browser.post("/admin/me", &[("name", ""), ("theme", "dark")]).await;
    assert_eq!(
        (bad.status, bad.text("#t-profile ~ p, .error")),
        (422, vec!["Escribe un nombre de 120 caracteres como mucho.".to_owned()])
    );
    let good = [("name", "Inés C."), ("locale", "en"), ("theme", "dark")];
    assert_eq!(browser.post("/admin/me", &good).await.status, 303);
    let page = browser.get("/admin/me").await;
    assert_eq!(page.text("h1"), ["Your profile"]);
    assert!(page.html.contains("data-bs-theme=\"dark\""));

    let differing = [("current", PASSWORD), ("new", "otra frase larga"), ("again", "otra frase larg")];
    let page = browser.post("/admin/me/password", &differing).await;
    assert_eq!((page.status, page.text(".error")), (422, vec!["The two are not the same.".to_owned()]));
    let wrong = [("current", "no es esta"), ("new", "otra frase larga"), ("again", "otra frase larga")];
    let page = browser.post("/admin/me/password", &wrong).await;
    assert_eq!(page.text(".error"), ["Your current password is another."]);
    assert!(!page.html.contains("otra frase larga"));
    let right = [("current", PASSWORD), ("new", "otra frase larga"), ("again", "otra frase larga")];
    assert_eq!(browser.post("/admin/me/password", &right).await.goes_to(), (303, "/admin/me"));
    assert_eq!(browser.get("/admin/me").await.status, 200);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_key_is_shown_once_and_then_only_its_beginning(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let mut browser = Browser::open(options).await;
    browser.add("ines@abono.example", Role::Admin).await;
    browser.sign_in("ines@abono.example").await;
    let empty = browser.get("/admin/keys").await;
    assert_eq!(empty.text(".nothing h2"), ["Todavía no hay ninguna clave"]);
    browser.get("/admin/keys/new").await;
    let bad = [("name", ""), ("account", "9"), ("expires", "2026-11-17")];
    let page = browser.post("/admin/keys/new", &bad).await;
    assert_eq!((page.status, page.text(".error").len()), (422, 3));
    let unbound = [("name", "La app"), ("scope", "sessions:read"), ("account", "nadie@abono.example")];
    let page = browser.post("/admin/keys/new", &unbound).await;
    assert_eq!(page.text(".error"), ["No hay ninguna cuenta con este número o correo."]);
    assert_eq!(page.value("input[name=scope][checked]").as_deref(), Some("sessions:read"));
    let good = [
        ("name", "La app"),
        ("scope", "sessions:read"),
        ("scope", "sessions:write"),
        ("expires", "2026-11-18"),
    ];
    let made = browser.post("/admin/keys/new", &good).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.headers.get("cache-control").unwrap(), "no-store");
    let key = made.text("#the-key").remove(0);
    assert!(crate::auth::key::looks_like_a_key(&key), "{key}");
    let list = browser.get("/admin/keys").await;
    assert!(!list.html.contains(&key[14..]));
    assert!(list.html.contains(&key[..12]));
    assert_eq!(list.text("td .mono"), ["sessions:read", "sessions:write"]);
    assert_eq!(browser.get("/admin/keys/1/revoke").await.status, 200);
    assert_eq!(browser.post("/admin/keys/1/revoke", &[]).await.goes_to(), (303, "/admin/keys"));
    let list = browser.get("/admin/keys").await;
    assert_eq!(
        (list.text(".state"), list.text(".flash")),
        (vec!["Quitada".to_owned()], vec!["Clave «La app» quitada.".to_owned()])
    );
    assert_eq!(browser.post("/admin/keys/1/revoke", &[]).await.status, 404);
}
