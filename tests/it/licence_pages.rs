//! The pages of licences: the list and its files, giving one, everything that is done to it by hand, «Mis licencias».
use std::io::Cursor;

use abono::{
    auth::Role,
    core::{
        actor::Actor,
        feature::FeatureCode,
        ids::{AccountId, LicenceId},
    },
    entitlements::{
        domain::Ask,
        source::{Moment, Purpose, Source, Use},
    },
    licences::{
        domain::{Act, Licence, New, Plan},
        pays::Licences,
        service::{self, Wish},
        settings::{self as licence_settings, LicenceSettings},
        store::{self, Entry},
    },
};
use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use calamine::{Data, Reader, Xlsx};
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Europe::Madrid;

use crate::support::{Browser, World};

const ACTOR: Actor = Actor::System { name: "test" };
const ANA: &str = "ana@example.test";

fn catalogue() -> FeatureCode {
    FeatureCode::parse("catalogue").unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

impl World {
    fn moment(&self) -> Moment {
        Moment { now: self.now(), zone: Madrid }
    }

    /// Uses catalogues, as an app does.
    async fn generate(&self, email: &str, amount: u32, reason: &str) -> bool {
        let account = self.person(email).await;
        let ask = &Ask { account, feature: catalogue(), amount, licence: None };
        let what = &Use {
            operation: hex::encode(abono::crypto::random_bytes::<16>()),
            reason: reason.to_owned(),
            actor: Actor::App { key: abono::core::ids::ApiKeyId(1), name: "app".to_owned() },
            request_id: None,
        };
        let moment = self.moment();
        let done: Result<bool, service::Error> = self
            .app
            .db
            .transact(|mut tx| async move {
                abono::accounts::lock(&mut tx, account).await?;
                let mut held = Licences.load(&mut tx, &[account], moment, Purpose::Spend).await?;
                let Ok(offer) = held.offer(ask) else { return Ok(tx.undone(false).await?) };
                held.take(ask, &offer, what.clone());
                held.save(&mut tx).await?;
                Ok(tx.done(true).await?)
            })
            .await;
        done.unwrap()
    }

    /// One by date that lacks its date: no form makes it, an older system may.
    async fn undated(&self, email: &str) -> LicenceId {
        let account = self.person(email).await;
        let now = self.now();
        let new = New {
            account,
            feature: catalogue(),
            plan: Plan::FREE_QUANTITY,
            credits: 0,
            expires_on: None,
            note: String::new(),
        };
        let mut licence = new.make(30, day("2026-11-18"), now).unwrap().after;
        licence.plan = Plan::PAID_DATE;
        let licence = &licence;
        let made: Result<LicenceId, abono::db::DbError> = self
            .app
            .db
            .transact(|mut tx| async move {
                let id = store::insert(&mut tx, licence, &ACTOR).await?;
                let licence = &Licence { id, ..licence.clone() };
                let entry = Entry::new(licence, "undated", (Act::Create, 0, 0), &ACTOR, now);
                store::append(&mut tx, &entry).await?;
                tx.done(id).await
            })
            .await;
        made.unwrap()
    }

    async fn tune_licences(&self, change: impl FnOnce(&mut LicenceSettings)) {
        let mut new = LicenceSettings::default();
        change(&mut new);
        licence_settings::save(&self.app, &new, &ACTOR).await.unwrap();
    }
}

fn id_of(location: &str) -> LicenceId {
    location.rsplit('/').next().unwrap().parse().unwrap()
}

async fn download(world: &World, browser: &Browser, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let cookie = format!("abono_staff={}", browser.cookie("abono_staff").unwrap());
    let request = Request::get(path).header("cookie", cookie).header("accept-language", "es");
    world.send(request.body(Body::empty()).unwrap()).await
}

fn lines(csv: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(csv).unwrap().strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

const NEW: &str = "/admin/licences/new";

/// What is typed, what is said of it, and which field is marked.
type Wrong<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

#[tokio::test(flavor = "multi_thread")]
async fn the_form_offers_the_four_plans_of_the_brief_and_each_with_its_own_fields() {
    let world = World::new().await;
    let mut marta = world.staff(Role::Manager).await;
    let page = marta.get(NEW).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for words in [
        "Free (Cantidad)",
        "Free (Fecha 30 días)",
        "Pagado (Cantidad)",
        "Pagado (Fecha)",
        "Créditos Iniciales",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(page.count(".if-quantity input[name=credits][value='5']"), 1);
    // Given on 18 November, day 0.
    assert_eq!(page.count(".if-days input[readonly][value='18 de diciembre de 2026']:not([name])"), 1);
    assert_eq!(page.count(".if-date input[type=date][name=expires_on]"), 1);
    world.tune_licences(|s| (s.free_days, s.credits) = (15, 8)).await;
    let page = marta.get(NEW).await;
    assert!(page.text().contains("Free (Fecha 15 días)"), "the days follow the settings: {}", page.text());
    assert_eq!(page.count("input[readonly][value='3 de diciembre de 2026']"), 1);
    assert_eq!(page.count("input[name=credits][value='8']"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_plan_is_given_with_what_belongs_to_it_and_nothing_else() {
    let world = World::new().await;
    let mut marta = world.staff(Role::Manager).await;
    let table = [
        ("free_quantity", 3, None),
        ("free_date", 0, Some("2026-12-18")),
        ("paid_quantity", 3, None),
        ("paid_date", 0, Some("2027-02-09")),
    ];
    for (plan, granted, until) in table {
        // Every field is filled in: those of the other plans are ignored.
        let fields = [
            ("person", ANA),
            ("feature", "catalogue"),
            ("plan", plan),
            ("credits", "3"),
            ("expires_on", "2027-02-09"),
            ("note", "Contrato 2026/114"),
        ];
        let seen = marta.submit(NEW, NEW, &fields).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{plan}: {}", seen.text());
        let licence = world.find_licence(id_of(seen.location())).await;
        assert_eq!((licence.plan.as_str(), licence.granted), (plan, granted));
        assert_eq!(licence.expires_on, until.map(day), "{plan}");
        assert_eq!(licence.note, "Contrato 2026/114");
        let page = marta.get(&format!("/admin/licences/{}", licence.id)).await.text();
        assert!(page.contains("Licencia creada.") && page.contains("Persona manager"), "{page}");
    }
    // Nobody had that address before: one account was made, and all four licences are its own.
    let ana = world.account(ANA).await;
    assert_eq!(world.number("SELECT COUNT(DISTINCT account_id) FROM licences").await, 1);
    let page = marta.get(&format!("/admin/licences/new?account={ana}")).await;
    assert_eq!(page.count(&format!("input[type=hidden][name=person][value='{ana}']")), 1);
    world.assert_licence_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_wrong_says_so_in_words_and_keeps_what_was_typed() {
    let world = World::new().await;
    let mut marta = world.staff(Role::Manager).await;
    let base = [("person", ANA), ("feature", "catalogue"), ("note", "de prueba")];
    let table: [Wrong<'_>; 7] = [
        (
            &[("plan", "paid_date"), ("credits", "9")],
            "Plan Pagado (Fecha) requiere una fecha de vencimiento",
            "#f-expires_on.is-invalid",
        ),
        (
            &[("plan", "paid_date"), ("expires_on", "2026-11-17")],
            "El 17 de noviembre de 2026 ya ha pasado",
            "#f-expires_on.is-invalid",
        ),
        (&[("plan", "paid_date"), ("expires_on", "mañana")], "Elige una fecha que exista", "#f-expires_on"),
        (&[("plan", "paid_date"), ("expires_on", "2999-01-01")], "cien años", "#f-expires_on.is-invalid"),
        (&[("plan", "free_quantity"), ("credits", "-1")], "entre 0 y 1000000", "#f-credits.is-invalid"),
        (&[("plan", "paid_quantity"), ("credits", "")], "entre 0 y 1000000", "#f-credits.is-invalid"),
        (&[("plan", "Gold")], "Elige una opción", "#f-plan[aria-invalid]"),
    ];
    for (typed, said, marked) in table {
        let fields: Vec<(&str, &str)> = base.iter().chain(typed).copied().collect();
        let seen = marta.submit(NEW, NEW, &fields).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
        assert!(seen.text().contains(said), "{said}: {}", seen.text());
        assert_eq!(seen.count(marked), 1, "{marked}");
        assert!(seen.body.contains("de prueba"), "what was typed stays");
    }
    for (person, feature, said) in [
        ("", "catalogue", "Escribe algo aquí"),
        ("nadie", "catalogue", "el número de una cuenta"),
        ("987654", "catalogue", "el número de una cuenta"),
        (ANA, "nothing_such", "Elige una opción"),
        // Sessions pay for that one, licences do not.
        (ANA, "session", "Elige una opción"),
    ] {
        let fields = [("person", person), ("feature", feature), ("plan", "free_quantity"), ("credits", "1")];
        let seen = marta.submit(NEW, NEW, &fields).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{person} {feature}");
        assert!(seen.text().contains(said), "{said}: {}", seen.text());
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM licences").await, 0);
    assert!(world.find_account(ANA).await.is_none(), "a form that is wrong makes nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_says_first_what_is_left_or_until_when_or_why_not() {
    let world = World::new().await;
    let mut marta = world.staff(Role::Manager).await;
    let heading = async |marta: &mut Browser, id: LicenceId| {
        let page = marta.get(&format!("/admin/licences/{id}")).await;
        assert_eq!(page.status, StatusCode::OK);
        let h1 = scraper::Selector::parse("h1").unwrap();
        let html = page.html();
        let heading = html.select(&h1).next().unwrap().text().collect::<String>();
        (heading, page.text())
    };
    let credits = world.licence("b@example.test", Plan::FREE_QUANTITY, 3, None).await;
    assert!(world.generate("b@example.test", 2, "Catálogo de otoño").await);
    assert_eq!(heading(&mut marta, credits).await.0, "Queda 1 de 3 catálogos");
    assert!(world.generate("b@example.test", 1, "").await);
    let (title, text) = heading(&mut marta, credits).await;
    assert_eq!(title, "Agotada: usó 3 de 3 catálogos");
    for row in ["Se dio con 3 créditos", "2 usos", "Queda 1", "No queda ninguno", "«Catálogo de otoño»"]
    {
        assert!(text.contains(row), "{row}: {text}");
    }
    let dated = world.licence("c@example.test", Plan::PAID_DATE, 0, Some("2026-12-21")).await;
    assert!(world.generate("c@example.test", 7, "").await);
    let (title, text) = heading(&mut marta, dated).await;
    assert_eq!(title, "Vigente hasta el 21 de diciembre de 2026");
    assert!(text.contains("7 usos No gasta créditos · Hasta el 21 dic 2026"), "{text}");
    world.advance(TimeDelta::days(34));
    // Her login is over by now.
    let mut marta = world.staff(Role::Manager).await;
    assert_eq!(heading(&mut marta, dated).await.0, "Venció el 21 de diciembre de 2026");
    let undated = world.undated("d@example.test").await;
    let (title, text) = heading(&mut marta, undated).await;
    assert_eq!(title, "Sin fecha de vencimiento");
    assert!(text.contains("no abre nada"), "{text}");
    let other = world.licence("d@example.test", Plan::PAID_QUANTITY, 4, None).await;
    world.change_licence(other, Wish::Block, "Impago de noviembre").await.unwrap();
    let (title, text) = heading(&mut marta, other).await;
    assert_eq!(title, "Bloqueada");
    assert!(text.contains("«Impago de noviembre»") && text.contains("4 de 4 catálogos"), "{text}");
    assert!(text.contains("Otras licencias de d@example.test"), "{text}");
    assert_eq!(marta.get("/admin/licences/987654").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_the_plan_works_at_once_and_says_before_what_is_lost() {
    let world = World::new().await;
    let mut marta = world.staff(Role::Manager).await;
    let id = world.licence(ANA, Plan::FREE_QUANTITY, 5, None).await;
    assert!(world.generate(ANA, 2, "").await);
    let page = format!("/admin/licences/{id}/adjust");
    let to = format!("/admin/licences/{id}/plan");
    let shown = marta.get(&page).await;
    assert_eq!(shown.count(".notice.if-dated"), 1);
    assert!(shown.text().contains("Pierde los 3 créditos que le quedan"), "{}", shown.text());
    assert_eq!(shown.count("input[name=plan][value=free_quantity][checked]"), 1);

    let missing = marta.submit(&page, &to, &[("version", "1"), ("plan", "paid_date")]).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(missing.text().contains("Plan Pagado (Fecha) requiere una fecha de vencimiento"));
    assert_eq!(missing.count("input[name=plan][value=paid_date][checked]"), 1, "what was chosen stays");
    let same = [("version", "1"), ("left", "3"), ("plan", "free_quantity"), ("credits", "3")];
    let same = marta.submit(&page, &to, &same).await;
    assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(same.text().contains("no hay nada que cambiar"), "{}", same.text());

    // Brief, test 3: from credits to a date, and what the form says of credits is ignored.
    let fields =
        [("version", "1"), ("plan", "free_date"), ("credits", "99"), ("why_plan", "Una prueba con final")];
    let seen = marta.submit(&page, &to, &fields).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    let after = world.find_licence(id).await;
    assert_eq!((after.plan, after.remaining()), (Plan::FREE_DATE, 0));
    assert_eq!(after.expires_on, Some(day("2026-12-18")));
    assert!(world.generate(ANA, 50, "").await, "at once, and as much as one likes");
    let text = marta.get(seen.location()).await.text();
    assert!(text.contains("Plan cambiado. Ahora es Free (Fecha 30 días): hasta el 18 dic 2026"), "{text}");
    assert!(text.contains("De Free (Cantidad) a Free (Fecha 30 días)") && text.contains("−3"), "{text}");
    assert!(text.contains("«Una prueba con final»"), "{text}");

    // And back: nothing of the date is left, credits are spent again.
    let shown = marta.get(&page).await;
    assert!(shown.text().contains("Pierde la fecha del 18 de diciembre de 2026"), "{}", shown.text());
    let fields = [
        ("version", "2"),
        ("left", "0"),
        ("plan", "paid_quantity"),
        ("credits", "1"),
        ("expires_on", "2030-01-01"),
    ];
    assert_eq!(marta.submit(&page, &to, &fields).await.status, StatusCode::SEE_OTHER);
    let after = world.find_licence(id).await;
    assert_eq!((after.plan, after.remaining(), after.expires_on), (Plan::PAID_QUANTITY, 1, None));
    assert!(world.generate(ANA, 1, "").await);
    assert!(!world.generate(ANA, 1, "").await);
    world.assert_licence_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credits_are_added_and_a_last_day_is_set_or_moved_by_months() {
    let world = World::new().await;
    let mut marta = world.staff(Role::Manager).await;
    let id = world.licence(ANA, Plan::PAID_QUANTITY, 2, None).await;
    let (page, add) = (format!("/admin/licences/{id}/adjust"), format!("/admin/licences/{id}/credits"));
    for wrong in ["", "0", "-3", "muchos", "1000001"] {
        let seen = marta.submit(&page, &add, &[("version", "1"), ("add", wrong)]).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert_eq!(seen.count("#f-add.is-invalid"), 1, "{wrong:?}");
    }
    let long = "x".repeat(256);
    let seen = marta.submit(&page, &add, &[("version", "1"), ("add", "1"), ("why_add", &long)]).await;
    assert_eq!((seen.status, seen.count("#f-why_add.is-invalid")), (StatusCode::UNPROCESSABLE_ENTITY, 1));
    let seen = marta.submit(&page, &add, &[("version", "1"), ("add", "10"), ("why_add", "Contrato")]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    assert_eq!(world.find_licence(id).await.remaining(), 12);
    let seen = marta
        .submit(&page, &format!("/admin/licences/{id}/until"), &[("version", "2"), ("day", "2027-01-01")])
        .await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text().contains("es por cantidad"), "{}", seen.text());

    let id = world.licence(ANA, Plan::PAID_DATE, 0, Some("2027-01-31")).await;
    let (page, until) = (format!("/admin/licences/{id}/adjust"), format!("/admin/licences/{id}/until"));
    let shown = marta.get(&page).await;
    for (value, words) in [
        ("2027-02-28", "1 mes más: 28 feb 2027"),
        ("2027-07-31", "6 meses más: 31 jul 2027"),
        ("2028-01-31", "12 meses más: 31 ene 2028"),
    ] {
        assert_eq!(shown.count(&format!("button[name=quick][value='{value}']")), 1, "{value}");
        assert!(shown.text().contains(words), "{words}: {}", shown.text());
    }
    let fields = [("version", "1"), ("day", "2027-01-31"), ("quick", "2027-02-28")];
    let seen = marta.submit(&page, &until, &fields).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    assert_eq!(world.find_licence(id).await.expires_on, Some(day("2027-02-28")));
    for (wrong, said) in
        [("2026-11-17", "ya ha pasado"), ("", "una fecha que exista"), ("2027-02-28", "lo que ya tiene")]
    {
        let seen = marta.submit(&page, &until, &[("version", "2"), ("day", wrong)]).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(seen.text().contains(said), "{said}: {}", seen.text());
    }
    let seen = marta.submit(&page, &until, &[("version", "2"), ("day", "2026-11-18")]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "today is a last day too: {}", seen.text());
    // Once it is over, months count from today.
    world.advance(TimeDelta::days(10));
    let mut marta = world.staff(Role::Manager).await;
    let shown = marta.get(&page).await;
    assert_eq!(shown.count("button[name=quick][value='2026-12-28']"), 1, "{}", shown.text());
    world.assert_licence_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_a_licence_that_someone_else_changed_meanwhile_is_told_and_changes_nothing() {
    let world = World::new().await;
    let mut marta = world.staff(Role::Manager).await;
    let id = world.licence(ANA, Plan::PAID_QUANTITY, 5, None).await;
    let page = format!("/admin/licences/{id}/adjust");
    world.change_licence(id, Wish::Credits(1), "").await.unwrap();
    let table: [(&str, &[(&str, &str)]); 3] = [
        ("credits", &[("version", "1"), ("add", "10")]),
        ("plan", &[("version", "1"), ("left", "5"), ("plan", "free_quantity"), ("credits", "1")]),
        ("plan", &[("plan", "free_quantity"), ("credits", "1")]),
    ];
    for (form, fields) in table {
        let seen = marta.submit(&page, &format!("/admin/licences/{id}/{form}"), fields).await;
        assert_eq!(seen.status, StatusCode::CONFLICT, "{form}: {}", seen.text());
        assert!(seen.text().contains("Alguien ha cambiado esta licencia"), "{}", seen.text());
        assert_eq!(seen.count("input[name=version][value='2']"), 2, "sent again, it is meant for what is");
    }
    assert_eq!(world.find_licence(id).await.remaining(), 6);
    // A use is no edit: nobody at a form has to hear of it.
    assert!(world.generate(ANA, 1, "").await);
    let seen = marta
        .submit(&page, &format!("/admin/licences/{id}/credits"), &[("version", "2"), ("add", "4")])
        .await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    assert_eq!(world.find_licence(id).await.remaining(), 9);
    // But who says what shall be left decided it of what was left then: the use would be given back.
    assert!(world.generate(ANA, 1, "").await);
    let to = format!("/admin/licences/{id}/plan");
    let fields = [("version", "3"), ("left", "9"), ("plan", "free_quantity"), ("credits", "9")];
    let seen = marta.submit(&page, &to, &fields).await;
    assert_eq!(seen.status, StatusCode::CONFLICT, "{}", seen.text());
    assert_eq!(seen.count("input[name=left][value='8']"), 1, "sent again, it is meant for what is");
    let seen = marta.submit(&page, &to, &[&fields[..1], &[("left", "8")], &fields[2..]].concat()).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    assert_eq!(world.find_licence(id).await.remaining(), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_is_blocked_and_unblocked_with_a_reason() {
    let world = World::new().await;
    let mut marta = world.staff(Role::Manager).await;
    let id = world.licence(ANA, Plan::FREE_QUANTITY, 5, None).await;
    let (block, unblock) = (format!("/admin/licences/{id}/block"), format!("/admin/licences/{id}/unblock"));
    assert_eq!(marta.get(&unblock).await.status, StatusCode::CONFLICT);
    let page = marta.get(&block).await;
    assert!(page.text().contains("¿Bloquear la licencia de ana@example.test?"), "{}", page.text());
    for (wrong, said) in [("  ", "Escribe algo aquí"), (&*"x".repeat(256), "255 caracteres")] {
        let seen = marta.submit(&block, &block, &[("reason", wrong)]).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(seen.text().contains(said), "{}", seen.text());
    }
    let seen = marta.submit(&block, &block, &[("reason", "Impago")]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    assert!(!world.generate(ANA, 1, "").await);
    let again = marta.get(&block).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains("ya está bloqueada"), "{}", again.text());
    let seen = marta.submit(&unblock, &unblock, &[("reason", "Pagó")]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    assert!(world.generate(ANA, 1, "").await);
    let text = marta.get(seen.location()).await.text();
    assert!(text.contains("Se bloqueó") && text.contains("«Impago»") && text.contains("«Pagó»"), "{text}");
}

/// One of every kind, each with its own person.
async fn zoo(world: &World) {
    world.licence("activa@example.test", Plan::FREE_QUANTITY, 5, None).await;
    world.licence("agotada@example.test", Plan::PAID_QUANTITY, 1, None).await;
    assert!(world.generate("agotada@example.test", 1, "").await);
    world.licence("pronto@example.test", Plan::PAID_DATE, 0, Some("2026-11-25")).await;
    world.licence("luego@example.test", Plan::FREE_DATE, 0, None).await;
    let over = world.licence("vencida@example.test", Plan::PAID_DATE, 0, Some("2026-11-18")).await;
    let change = "UPDATE licences SET expires_on = '2026-11-10' WHERE id = ?";
    sqlx::query(change).bind(over.0).execute(&world.app.db.0).await.unwrap();
    world.undated("sinfecha@example.test").await;
    let blocked = world.licence("bloqueada@example.test", Plan::PAID_DATE, 0, Some("2026-11-20")).await;
    world.change_licence(blocked, Wish::Block, "=Impago").await.unwrap();
}

/// The people of a list, in its order: the part of their address before the @.
fn listed(page: &str) -> Vec<String> {
    let link = scraper::Selector::parse("table.data .row-link").unwrap();
    scraper::Html::parse_document(page)
        .select(&link)
        .map(|a| a.text().collect::<String>().split('@').next().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_narrowed_by_everything_in_its_address_and_ordered() {
    let world = World::new().await;
    let mut marta = world.staff(Role::Manager).await;
    let empty = marta.get("/admin/licences").await;
    assert!(empty.text().contains("Todavía no hay licencias"), "{}", empty.text());
    zoo(&world).await;
    let table: [(&str, &[&str]); 16] = [
        ("state=active", &["activa", "luego", "pronto"]),
        ("state=used_up", &["agotada"]),
        ("state=expired", &["vencida"]),
        ("state=undated", &["sinfecha"]),
        ("state=blocked", &["bloqueada"]),
        ("soon=1", &["pronto"]),
        ("plan=free_quantity", &["activa"]),
        ("plan=paid_date", &["bloqueada", "pronto", "sinfecha", "vencida"]),
        ("plan=paid_date&state=active", &["pronto"]),
        ("feature=catalogue&plan=free_date", &["luego"]),
        ("feature=session", &[]),
        ("from=2026-11-20&to=2026-11-25", &["bloqueada", "pronto"]),
        ("to=2026-11-19", &["vencida"]),
        ("q=pron", &["pronto"]),
        ("q=nadie", &[]),
        (
            "state=nonsense&plan=Gold&from=x",
            &["activa", "agotada", "bloqueada", "luego", "pronto", "sinfecha", "vencida"],
        ),
    ];
    for (query, people) in table {
        let page = marta.get(&format!("/admin/licences?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        let mut found = listed(&page.body);
        found.sort();
        assert_eq!(found, people, "{query}");
        let total =
            if people.len() == 1 { "1 licencia".to_owned() } else { format!("{} licencias", people.len()) };
        assert!(page.text().contains(&total), "{query}: {}", page.text());
    }
    let page = marta.get("/admin/licences?soon=1&plan=paid_date").await;
    assert_eq!(page.count(".chips a.chip"), 2);
    assert!(page.text().contains("Caducan pronto: 7 días"), "{}", page.text());
    let page = marta.get("/admin/licences?sort=expiry").await;
    let order = ["vencida", "bloqueada", "pronto", "luego", "sinfecha", "activa", "agotada"];
    assert_eq!(listed(&page.body), order, "the soonest first, then what lacks its day, then what never ends");
    assert_eq!(page.count("th[aria-sort=ascending]"), 1);
    assert_eq!(listed(&marta.get("/admin/licences").await.body)[0], "bloqueada", "the latest first");
    // The boundary of what ends soon is the setting's.
    world.tune_licences(|s| s.soon_days = 6).await;
    assert_eq!(listed(&marta.get("/admin/licences?soon=1").await.body), Vec::<String>::new());
    world.tune_licences(|s| s.soon_days = 30).await;
    assert_eq!(listed(&marta.get("/admin/licences?soon=1").await.body).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_list_turn_forth_and_back_in_every_order() {
    let world = World::new().await;
    let mut marta = world.staff(Role::Manager).await;
    for n in 0..60 {
        let email = format!("p{n:02}@example.test");
        match n % 3 {
            0 => world.licence(&email, Plan::FREE_QUANTITY, n, None).await,
            1 => world.licence(&email, Plan::PAID_DATE, 0, Some(&format!("2027-0{}-15", 1 + n % 9))).await,
            _ => world.undated(&email).await,
        };
        world.advance(TimeDelta::seconds(1));
    }
    let link = |page: &str, rel: &str| {
        let selector = scraper::Selector::parse(&format!(".pager a[rel={rel}]")).unwrap();
        let html = scraper::Html::parse_document(page);
        html.select(&selector).next().map(|a| a.value().attr("href").unwrap().to_owned())
    };
    for sort in ["recent", "expiry", "person"] {
        let first = marta.get(&format!("/admin/licences?sort={sort}")).await;
        assert!(link(&first.body, "prev").is_none(), "{sort}");
        let second = marta.get(&link(&first.body, "next").unwrap()).await;
        assert!(link(&second.body, "next").is_none(), "{sort}");
        let mut all = listed(&first.body);
        assert_eq!((all.len(), listed(&second.body).len()), (50, 10), "{sort}");
        all.extend(listed(&second.body));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 60, "{sort}: everybody once");
        let back = marta.get(&link(&second.body, "prev").unwrap()).await;
        assert_eq!(listed(&back.body), listed(&first.body), "{sort}");
        // The cursor of another order starts from the top.
        let other = link(&first.body, "next").unwrap().replace(&format!("sort={sort}"), "sort=nothing");
        assert_eq!(marta.get(&other).await.status, StatusCode::OK, "{sort}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_filtered_is_exported_for_other_programs_and_for_excel() {
    let world = World::new().await;
    zoo(&world).await;
    let marta = world.staff(Role::Manager).await;
    let (status, headers, csv) =
        download(&world, &marta, "/admin/licences/export.csv?plan=paid_date&sort=expiry").await;
    assert_eq!(status, StatusCode::OK);
    let name = headers["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.contains("licencias-2026-11-18.csv"), "{name}");
    let rows = lines(&csv);
    assert_eq!(rows[0][..6], ["Licencia", "Cuenta", "Persona", "Correo", "Función", "Plan"]);
    let emails: Vec<&str> = rows[1..].iter().map(|row| row[3].as_str()).collect();
    assert_eq!(
        emails,
        ["vencida@example.test", "bloqueada@example.test", "pronto@example.test", "sinfecha@example.test"]
    );
    let blocked = &rows[2];
    assert_eq!(blocked[4..8], ["Catálogos", "Pagado (Fecha)", "Bloqueada", ""]);
    assert_eq!((blocked[11].as_str(), blocked[12].as_str()), ("2026-11-20", "'=Impago"));
    let (_, _, csv) = download(&world, &marta, "/admin/licences/export.csv?state=used_up").await;
    assert_eq!(lines(&csv)[1][7..11], ["1", "1", "0", "0"]);

    let (status, _, bytes) =
        download(&world, &marta, "/admin/licences/export.xlsx?state=active&sort=expiry").await;
    assert_eq!(status, StatusCode::OK);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range("Licencias").unwrap();
    assert_eq!(sheet.height(), 4);
    assert_eq!(sheet.get_value((1, 3)), Some(&Data::String("pronto@example.test".to_owned())));
    assert!(matches!(sheet.get_value((1, 11)), Some(Data::DateTime(_))), "{:?}", sheet.get_value((1, 11)));
    assert_eq!(sheet.get_value((3, 9)), Some(&Data::Float(5.0)));

    let bruno = world.staff(Role::Stats).await;
    let (status, ..) = download(&world, &bruno, "/admin/licences/export.csv").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_are_checked_cleaned_and_written_into_the_trail() {
    let world = World::new().await;
    let path = "/admin/licences/settings";
    let mut marta = world.staff(Role::Manager).await;
    let seen = marta.get(path).await;
    assert_eq!((seen.status, seen.count("button.btn-primary")), (StatusCode::OK, 0), "managers look");
    let mut ines = world.staff(Role::Admin).await;
    let good = [
        ("free_days", "15"),
        ("credits", "8"),
        ("soon_days", "10"),
        ("whatsapp", " +34 600-11.22 (33) "),
        ("notices", "true"),
        ("notice_days", "4"),
    ];
    for (field, wrong) in [
        ("free_days", "0"),
        ("free_days", "366"),
        ("credits", "-1"),
        ("soon_days", "91"),
        ("notice_days", "0"),
        ("notice_days", "31"),
        ("whatsapp", "1234567"),
        ("whatsapp", "1234567890123456"),
        ("whatsapp", "seiscientos"),
    ] {
        let fields: Vec<(&str, &str)> =
            good.iter().map(|(name, value)| (*name, if *name == field { wrong } else { value })).collect();
        let seen = ines.submit(path, path, &fields).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {wrong}");
        assert_eq!(seen.count(&format!("#f-{field}.is-invalid[value='{wrong}']")), 1, "{field} {wrong}");
        assert_eq!(seen.count(".is-invalid"), 1, "{field} {wrong}");
    }
    assert_eq!(ines.submit(path, path, &good).await.status, StatusCode::SEE_OTHER);
    let saved: LicenceSettings = abono::settings::get(&mut world.app.db.conn().await.unwrap()).await.unwrap();
    let expected = LicenceSettings {
        free_days: 15,
        credits: 8,
        whatsapp: "34600112233".to_owned(),
        soon_days: 10,
        notices: true,
        notice_days: 4,
    };
    assert_eq!(saved, expected);
    let shown = ines.get(path).await;
    assert_eq!(shown.count("a[href^='https://wa.me/34600112233?text=Hola']"), 1, "{}", shown.body);
    let trail = ines.get("/admin/audit").await.text();
    assert!(trail.contains("Ajustes de licencias"), "{trail}");
    let id = world.number("SELECT CAST(MAX(id) AS SIGNED) FROM audit_entries").await;
    let entry = ines.get(&format!("/admin/audit/{id}")).await;
    assert!(entry.text().contains("WhatsApp de ventas") && entry.text().contains("34600112233"));
    assert_eq!(entry.count("a[href='/admin/licences/settings']"), 1);
    let seen = ines.submit(path, path, &good).await;
    assert!(ines.get(seen.location()).await.text().contains("No había nada que cambiar"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_page_and_the_overview_speak_of_licences() {
    let world = World::new().await;
    let mut marta = world.staff(Role::Manager).await;
    let nobody = world.person("otra@example.test").await;
    let page = marta.get(&format!("/admin/accounts/{nobody}")).await;
    assert!(page.text().contains("No tiene ninguna licencia"), "{}", page.text());
    assert_eq!(page.count(&format!("a[href='/admin/licences/new?account={nobody}']")), 1);
    let ana = world.person(ANA).await;
    let id = world.licence(ANA, Plan::PAID_DATE, 0, Some("2027-02-09")).await;
    let page = marta.get(&format!("/admin/accounts/{ana}")).await;
    assert_eq!(page.count(&format!("table.data a[href='/admin/licences/{id}']")), 1);
    let text = page.text();
    assert!(text.contains("Pagado (Fecha)") && text.contains("hasta el 9 feb 2027"), "{text}");
    assert!(text.contains("Licencia: Se dio hasta el 9 feb 2027"), "in the history: {text}");

    let overview = marta.get("/admin").await.text();
    assert!(
        !overview.contains("por fecha no tiene fecha") && !overview.contains("caduca pronto"),
        "{overview}"
    );
    zoo(&world).await;
    let overview = marta.get("/admin").await;
    let text = overview.text();
    assert!(text.contains("1 licencia por fecha no tiene fecha"), "{text}");
    assert!(text.contains("1 licencia caduca pronto"), "{text}");
    assert_eq!(overview.count("a[href='/admin/licences?state=undated']"), 1);
    assert_eq!(listed(&marta.get("/admin/licences?state=undated").await.body), ["sinfecha"]);
}

async fn customer(world: &World, email: &str) -> (Browser, AccountId) {
    let browser = world.customer(7, email).await;
    (browser, world.account(email).await)
}

const MINE: &str = "/account/licences";

#[tokio::test(flavor = "multi_thread")]
async fn customers_see_what_is_left_until_when_and_why_not_each_in_its_own_words() {
    let world = World::new().await;
    let (mut carla, _) = customer(&world, "carla@example.test").await;
    let page = carla.get(MINE).await;
    assert!(page.text().contains("Aún no tienes ninguna licencia"), "{}", page.text());
    assert_eq!(page.count("a[href='/account/licences'][aria-current=page]"), 1);
    assert_eq!(page.count("a[href^='https://wa.me/']"), 0, "no number is set");

    let credits = world.licence("carla@example.test", Plan::FREE_QUANTITY, 5, None).await;
    assert!(world.generate("carla@example.test", 2, "Catálogo de otoño").await);
    let text = carla.get(MINE).await.text();
    assert!(text.contains("Te quedan 3 de 5 catálogos") && text.contains("Free (Cantidad)"), "{text}");
    assert!(text.contains("2 usos Catálogo de otoño") && text.contains("−2 créditos Quedan 3"), "{text}");
    assert!(world.generate("carla@example.test", 3, "").await);
    assert!(carla.get(MINE).await.text().contains("Has agotado tus catálogos"));
    world.change_licence(credits, Wish::Block, "Palabras del equipo").await.unwrap();
    let text = carla.get(MINE).await.text();
    assert!(text.contains("Tu licencia está bloqueada"), "{text}");
    assert!(!text.contains("Palabras del equipo"), "what the team writes to itself stays with it: {text}");

    world.licence("carla@example.test", Plan::PAID_DATE, 0, Some("2026-12-18")).await;
    assert!(world.generate("carla@example.test", 4, "").await);
    let text = carla.get(MINE).await.text();
    assert!(text.contains("Vigente hasta el 18 de diciembre de 2026 (30 días)"), "{text}");
    assert!(text.contains("No gasta créditos Hasta el 18 dic 2026"), "{text}");
    world.advance(TimeDelta::days(30));
    let (mut carla, _) = customer(&world, "carla@example.test").await;
    assert!(carla.get(MINE).await.text().contains("(hoy es el último día)"));
    world.advance(TimeDelta::days(1));
    let (mut carla, _) = customer(&world, "carla@example.test").await;
    assert!(carla.get(MINE).await.text().contains("Tu plan venció el 18 de diciembre de 2026"));
    world.undated("carla@example.test").await;
    assert!(carla.get(MINE).await.text().contains("A tu plan le falta la fecha de vencimiento"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_their_own_licences_only_and_ask_for_more_by_their_address() {
    let world = World::new().await;
    world.tune_licences(|s| "34600112233".clone_into(&mut s.whatsapp)).await;
    world.licence(ANA, Plan::PAID_QUANTITY, 77, None).await;
    assert!(world.generate(ANA, 1, "Secreto de Ana").await);
    let (mut carla, _) = customer(&world, "carla@example.test").await;
    let page = carla.get(MINE).await;
    assert!(!page.text().contains("Secreto de Ana") && !page.text().contains("77"), "{}", page.text());
    let link = "a[href='https://wa.me/34600112233?text=Hola%2C%20quiero%20ampliar%20mi%20plan.%20Mi%20correo%20es%20carla%40example.test']";
    assert_eq!(page.count(link), 1, "{}", page.body);
    world.licence("carla@example.test", Plan::FREE_QUANTITY, 1, None).await;
    let page = carla.get(MINE).await;
    assert_eq!(page.count(link), 1);
    assert!(page.text().contains("Ampliar plan"), "{}", page.text());
    assert_eq!(world.browser().get(MINE).await.status, StatusCode::SEE_OTHER, "only who has signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_is_turned_page_by_page() {
    let world = World::new().await;
    let (mut carla, _) = customer(&world, "carla@example.test").await;
    world.licence("carla@example.test", Plan::FREE_QUANTITY, 30, None).await;
    for n in 0..25 {
        assert!(world.generate("carla@example.test", 1, &format!("Catálogo {n}")).await);
    }
    let first = carla.get(MINE).await;
    assert_eq!(first.count("table.data tbody tr"), 20);
    let next = scraper::Selector::parse("a[rel=next]").unwrap();
    let href = first.html().select(&next).next().unwrap().value().attr("href").unwrap().to_owned();
    let second = carla.get(&href).await;
    assert_eq!(second.count("table.data tbody tr"), 6);
    assert!(second.text().contains("Se dio con 30 créditos"), "{}", second.text());
    let back = scraper::Selector::parse("a[rel=prev]").unwrap();
    let href = second.html().select(&back).next().unwrap().value().attr("href").unwrap().to_owned();
    assert!(carla.get(&href).await.text().contains("Catálogo 24"));
}
