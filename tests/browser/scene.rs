//! A shop with customers and an Abono that hears of it, for a browser to look at.
use abono::{
    auth::Role,
    demo::shop::{AccountLink, CustomerSpec, Fault, OrderSpec, OrderStatus, ProductSpec, RefundSpec},
    shop::store as shops,
};
use axum::http::StatusCode;
use serde_json::json;

use crate::{
    support::{STAFF_PASSWORD, World},
    tab::Tab,
};

/// The longest things people are called, without a place to break them at.
const LONG_EMAIL: &str = "guadalupe.fernandez-marcote.rivadulla_de_la_santisima_trinidad@correo-de-la-asociacion-cultural.example.test";
const LONG_PRODUCT: &str =
    "Bono anual de acompañamiento individualizado en desarrollo profesional (teleasistencia, convalidable)";

/// Abono and the shop, and Carla, who has bought nothing yet.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) carla: u64,
}

impl Scene {
    pub(crate) const EMAIL: &str = "carla@example.test";

    pub(crate) async fn new() -> Self {
        let world = World::new().await;
        world.watch().await;
        let shop = shops::find(&mut world.app.db.conn().await.unwrap(), world.shop).await.unwrap().unwrap();
        let secret = shop.handoff_secret(&world.app.keys).unwrap();
        world.demo.set_account_link(AccountLink { abono: world.url.clone(), slug: shop.slug, secret });
        let carla = world.demo.add_customer(CustomerSpec::new(Self::EMAIL, "Carla", "Ruiz")).unwrap();
        Self { world, carla }
    }

    /// With something on every page: used and refunded sessions, long names, a task that failed for good.
    pub(crate) async fn full() -> Self {
        let scene = Self::new().await;
        let (world, demo) = (&scene.world, &scene.world.demo);
        demo.add_product(ProductSpec::new(700, LONG_PRODUCT, "12345.60")).unwrap();
        let long = CustomerSpec::new(
            LONG_EMAIL,
            "María Guadalupe",
            "Fernández-Marcote Rivadulla de la Santísima Trinidad",
        );
        let long = demo.add_customer(long).unwrap();
        for customer in [scene.carla, long] {
            for product in [486, 487] {
                let order = demo.place_order(OrderSpec::by(customer).line(product, 2).line(700, 1)).unwrap();
                demo.set_order_status(order, OrderStatus::Completed).unwrap();
                world.settle().await;
                if product == 487 {
                    demo.refund(order, &RefundSpec::Full).unwrap();
                }
            }
        }
        let key = world.any_key().await;
        for (idem, email) in [("one", Self::EMAIL), ("two", LONG_EMAIL)] {
            let wish = json!({
                "account": {"email": email}, "amount": 3, "duration_seconds": 1500, "reason": LONG_PRODUCT,
                "expert_name": "Lic. Guadalupe Fernández-Marcote Rivadulla de la Santísima Trinidad",
            });
            let (status, body) = world.write(&key, "/api/v1/sessions/consume", idem, &wish).await;
            assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
        }
        let gift = json!({"account": {"email": LONG_EMAIL}, "quantity": 3, "category": "courtesy", "note": LONG_PRODUCT});
        let run = json!({"emails": [LONG_EMAIL, Self::EMAIL, "nadie@example.test"], "quantity": 2, "category": "promo"});
        for (path, wish) in [("grants", &gift), ("bulk-runs", &run)] {
            let (status, body) = world.write(&key, &format!("/api/v1/sessions/{path}"), path, wish).await;
            assert!(status.is_success(), "{}", String::from_utf8_lossy(&body));
        }
        world.settle().await;
        // Licence 1 by credits, licence 2 until a day, of whoever has the longest name.
        let mut marta = world.staff(Role::Manager).await;
        for email in [LONG_EMAIL, Self::EMAIL] {
            for plan in ["free_quantity", "paid_date"] {
                let fields = [
                    ("person", email),
                    ("feature", "catalogue"),
                    ("plan", plan),
                    ("credits", "1000000"),
                    ("expires_on", "2099-09-30"),
                    ("note", LONG_PRODUCT),
                ];
                let given = marta.submit("/admin/licences/new", "/admin/licences/new", &fields).await;
                assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text());
            }
        }
        demo.inject(Fault::FilterIgnored.always());
        let page = format!("/admin/accounts/{}", world.account(LONG_EMAIL).await);
        world.staff(Role::Manager).await.submit(&page, &format!("{page}/check-orders"), &[]).await;
        world.work().await;
        demo.clear_faults();
        scene
    }

    /// Signs Carla in, by the shop.
    pub(crate) async fn carla_enters(&self, tab: &Tab) {
        tab.go(&format!("{}/mis-sesiones?cliente={}", self.world.demo.url(), self.carla)).await;
        assert_eq!(tab.path().await, "/account/sessions");
    }

    /// The main pages by who may see them: everybody, staff, Carla.
    pub(crate) async fn pages(&self) -> [(Who, Vec<String>); 3] {
        let world = &self.world;
        let order = world.demo.orders()[2].id;
        let first = async |sql| world.number(sql).await;
        let ids = [
            ("accounts", world.account(LONG_EMAIL).await.to_string()),
            (
                "sessions",
                first("SELECT CAST(MIN(id) AS SIGNED) FROM session_grants WHERE voided > 0")
                    .await
                    .to_string(),
            ),
            ("orders", format!("{}/{order}", world.shop)),
            ("shops", world.shop.to_string()),
            ("inbox", first("SELECT CAST(MAX(id) AS SIGNED) FROM inbox_deliveries").await.to_string()),
            (
                "jobs",
                first("SELECT CAST(MAX(id) AS SIGNED) FROM jobs WHERE state = 'dead'").await.to_string(),
            ),
            ("audit", first("SELECT CAST(MAX(id) AS SIGNED) FROM audit_entries").await.to_string()),
            ("staff", first("SELECT CAST(MIN(id) AS SIGNED) FROM staff").await.to_string()),
        ];
        let mut admin = vec!["/admin".to_owned()];
        for (name, id) in ids {
            admin.push(format!("/admin/{name}"));
            admin.push(format!("/admin/{name}/{id}"));
        }
        let gift = first("SELECT CAST(MIN(id) AS SIGNED) FROM session_grants WHERE kind = 'free'").await;
        for page in ["", "/expiry", "/void", "/correct"] {
            admin.push(format!("/admin/sessions/{gift}{page}"));
        }
        admin.push(format!("/admin/sessions/review?id={gift}&action=void"));
        let others = [
            "sessions/products",
            "sessions/products?q=sesiones",
            "sessions/new",
            "sessions/categories",
            "sessions/categories/1",
            "sessions/categories/new",
            "sessions/settings",
            "sessions/report",
            "sessions/bulk",
            "sessions/bulk/new",
            "sessions/bulk/1",
            "sessions/bulk/1/people",
            "sessions/bulk/1/undo",
            "licences",
            "licences/new",
            "licences/settings",
            "licences/1",
            "licences/1/adjust",
            "licences/2/adjust",
            "licences/1/block",
            "products",
            "shops/new",
            "jobs/schedules",
            "settings",
            "keys",
            "keys/new",
            "help",
            "me",
            "nowhere",
        ];
        admin.extend(others.map(|path| format!("/admin/{path}")));
        let own = |paths: &[&str]| paths.iter().map(|&path| path.to_owned()).collect();
        [
            (
                Who::Anybody,
                own(&["/", "/admin/login", "/account/login", "/api/docs", "/problems", "/nowhere"]),
            ),
            (Who::Admin, admin),
            (Who::Carla, own(&["/account/sessions", "/account/licences", "/account/logins"])),
        ]
    }

    /// Makes the tab theirs.
    pub(crate) async fn become_one(&self, tab: &Tab, who: Who) {
        match who {
            Who::Anybody => {}
            Who::Admin => sign_in(tab, &self.world, Role::Admin).await,
            Who::Carla => self.carla_enters(tab).await,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Anybody,
    Admin,
    Carla,
}

/// Types address and password, and arrives on the overview.
pub(crate) async fn sign_in(tab: &Tab, world: &World, role: Role) {
    // Makes the person; the browser signs in by itself.
    world.staff(role).await;
    tab.go(&format!("{}/admin/login", world.url)).await;
    tab.fill("Correo", &format!("{}@abono.example", role.as_str())).await;
    tab.fill("Contraseña", STAFF_PASSWORD).await;
    tab.follow("Entrar").await;
    assert_eq!(tab.path().await, "/admin");
}
