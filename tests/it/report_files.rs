//! The report's page and files, and the list of grants as files: who may have them, and what is in them.
use std::io::Cursor;

use abono::{auth::Role, sessions::domain::Expiry};
use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use calamine::{Data, Range, Reader, Xlsx};

use crate::support::{Browser, World};

const REPORT: &str = "/admin/sessions/report";

/// A download: the test browser reads text only.
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

fn book(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

fn cell(table: &Range<Data>, row: u32, column: u32) -> Data {
    table.get_value((row, column)).cloned().unwrap_or(Data::Empty)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_see_statistics_sees_the_report_and_nothing_else_of_sessions() {
    let world = World::new().await;
    world.give("ana@example.test", 3, Expiry::Never).await;
    let mut stats = world.staff(Role::Stats).await;
    let mut seen_some = 0;
    for route in &world.table {
        if route.method != "GET" || !route.path.starts_with("/admin/sessions") || route.path.contains('{') {
            continue;
        }
        let seen = stats.get(&route.path).await;
        let is_report = route.path.starts_with(REPORT);
        let expected = if is_report { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(seen.status, expected, "{}", route.path);
        seen_some += usize::from(is_report);
    }
    assert_eq!(seen_some, 3, "the page and its two files");
    let page = stats.get(REPORT).await;
    assert!(page.text().contains("3 gratuitas") && !page.body.contains("ana@example.test"));
    assert_eq!(page.count("a[href='/admin/sessions']"), 0, "no link that leads to a refusal");
    assert_eq!(page.count(&format!("nav a[href='{REPORT}'][aria-current]")), 1);
    assert_eq!(page.count("a[aria-current=page]"), 1, "one place at a time");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_sessions_the_report_says_what_would_be_there() {
    let world = World::new().await;
    let mut manager = world.staff(Role::Manager).await;
    for path in [REPORT.to_owned(), format!("{REPORT}?period=all"), format!("{REPORT}?period=7d&kind=free")] {
        let page = manager.get(&path).await;
        assert_eq!((page.status, page.count(".nothing"), page.count(".figures")), (StatusCode::OK, 1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_make_no_sense_come_back_with_a_sentence() {
    let world = World::new().await;
    let mut manager = world.staff(Role::Manager).await;
    for (query, sentence) in [
        ("from=ayer&to=2026-11-18", "Elige un día"),
        ("from=2026-11-01&to=", "Elige un día"),
        ("from=2026-11-18&to=2026-11-17", "anterior al de «Desde»"),
        ("from=2026-11-01&to=2026-11-19", "no ha llegado"),
        ("from=1890-01-01&to=2026-11-01", "más de 20 años"),
    ] {
        for path in [REPORT.to_owned(), format!("{REPORT}.csv"), format!("{REPORT}.xlsx")] {
            let page = manager.get(&format!("{path}?{query}")).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}?{query}");
            assert!(page.text().contains(sentence), "{query}: {}", page.text());
        }
        let page = manager.get(&format!("{REPORT}?{query}")).await;
        assert!(page.count("[aria-invalid=true]") >= 1 && page.count("[role=alert]") == 1, "{query}");
    }
    // What makes no sense in a choice is as if it had not been chosen.
    let page = manager.get(&format!("{REPORT}?period=siempre&grain=hora&kind=x&category=y")).await;
    assert_eq!(page.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_choice_is_a_link_that_keeps_the_others() {
    let world = World::new().await;
    world.give("ana@example.test", 3, Expiry::Never).await;
    world.bought("bea@example.test", 1).await;
    let mut manager = world.staff(Role::Manager).await;
    let page = manager.get(&format!("{REPORT}?period=year&kind=free&category=promo")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.count("a[href='/admin/sessions/report?period=7d&kind=free&category=promo']"), 1);
    assert_eq!(
        page.count("a[href='/admin/sessions/report?period=year&grain=week&kind=free&category=promo']"),
        1
    );
    assert_eq!(
        page.count("a[href='/admin/sessions/report.csv?period=year&kind=free&category=promo']"),
        0,
        "days are said"
    );
    assert_eq!(page.count(".chip"), 2);
    assert_eq!(page.count("polyline"), 2, "two lines");
    assert!(page.text().contains("Gratuitas asignadas"));
    let both = manager.get(&format!("{REPORT}?from=2026-11-01&to=2026-11-18")).await;
    assert!(both.text().contains("Del 1 de noviembre al 18 de noviembre de 2026"), "{}", both.text());
    assert!(both.text().contains("aparte, 5 compradas"), "{}", both.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_leaves_as_csv_and_as_a_workbook_with_the_same_figures() {
    let world = World::new().await;
    world.give("ana@example.test", 3, Expiry::Never).await;
    world.bought("bea@example.test", 1).await;
    let reader = world.staff(Role::Stats).await;
    let (status, headers, csv) =
        download(&world, &reader, &format!("{REPORT}.csv?from=2026-11-01&to=2026-11-18")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-disposition"], "attachment; filename=\"informe-sesiones-2026-11-18.csv\"");
    let rows = lines(&csv);
    let find = |name: &str| rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(rows[0], ["Informe de sesiones"]);
    assert_eq!(find("Desde")[1], "2026-11-01");
    assert_eq!(find("Gratuitas asignadas")[1..], ["3", "0"]);
    assert_eq!(find("Personas que recibieron sesiones")[1..], ["2", "0"]);
    assert_eq!(find("2026-11-18"), &["2026-11-18", "2026-11-18", "3", "5", "0", "0"]);
    assert_eq!(
        rows.iter().filter(|row| row[0].starts_with("2026-11-")).count(),
        18,
        "every day, also the empty"
    );
    assert_eq!(find("Promocional"), &["Promocional", "3", "37.5", "0", "", "0"]);

    let (status, headers, bytes) =
        download(&world, &reader, &format!("{REPORT}.xlsx?from=2026-11-01&to=2026-11-18")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(headers["content-type"].to_str().unwrap().contains("spreadsheetml"));
    let mut book = book(bytes);
    assert_eq!(book.sheet_names(), ["Cifras", "Por día", "Por categoría"]);
    let trend = book.worksheet_range("Por día").unwrap();
    assert!(matches!(cell(&trend, 18, 0), Data::DateTime(_)), "days are days");
    assert_eq!((cell(&trend, 18, 2), cell(&trend, 18, 3)), (Data::Float(3.0), Data::Float(5.0)));
    for sheet in book.sheet_names() {
        assert_eq!(book.worksheet_formula(&sheet).unwrap().used_cells().count(), 0, "{sheet}");
    }
}

/// Acceptance 60.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_grants_leaves_with_its_filters_and_nothing_in_it_is_a_formula() {
    let world = World::new().await;
    for (n, name) in ["=1+1", "+34600", "-2", "@SUM(A1)", "\tx", "Ana; \"la\", Li"].into_iter().enumerate() {
        let email = format!("persona{n}@example.test");
        world.give(&email, 2, Expiry::Days(3)).await;
        sqlx::query("UPDATE accounts SET name = ? WHERE email = ?")
            .bind(name)
            .bind(&email)
            .execute(&world.app.db.0)
            .await
            .unwrap();
    }
    world.bought("bea@example.test", 1).await;
    let manager = world.staff(Role::Manager).await;
    let (status, headers, csv) =
        download(&world, &manager, "/admin/sessions/export.csv?kind=free&sort=person").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-disposition"], "attachment; filename=\"asignaciones-2026-11-18.csv\"");
    assert!(csv.windows(2).filter(|pair| pair == b"\r\n").count() == 7);
    let rows = lines(&csv);
    assert_eq!(rows.len(), 7, "a header and the free ones");
    let names: Vec<&str> = rows[1..].iter().map(|row| row[2].as_str()).collect();
    for name in ["'=1+1", "'+34600", "'-2", "'@SUM(A1)", "'\tx", "Ana; \"la\", Li"] {
        assert!(names.contains(&name), "{name:?} is not in {names:?}");
    }
    let column = |name: &str| rows[0].iter().position(|cell| cell == name).unwrap();
    assert_eq!(rows[1][column("Último día")], "2026-11-21");
    assert_eq!(rows[1][column("Categoría")], "Promocional");

    let (status, _, bytes) = download(&world, &manager, "/admin/sessions/export.xlsx?sort=person").await;
    assert_eq!(status, StatusCode::OK);
    let mut book = book(bytes);
    let table = book.worksheet_range("Asignaciones").unwrap();
    assert_eq!(table.height(), 8);
    let column = |name: &str| u32::try_from(column(name)).unwrap();
    let texts: Vec<Data> = (1..8).map(|row| cell(&table, row, 2)).collect();
    assert!(texts.contains(&Data::String("=1+1".to_owned())), "a text as it is: {texts:?}");
    assert!(matches!(cell(&table, 2, column("Último día")), Data::DateTime(_)));
    assert!(matches!(cell(&table, 2, column("Asignada el")), Data::DateTime(_)));
    assert_eq!(cell(&table, 2, column("Quedan")), Data::Float(2.0));
    assert_eq!(book.worksheet_formula("Asignaciones").unwrap().used_cells().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_longer_than_a_page_of_reading_has_every_row_once() {
    let world = World::new().await;
    let first = world.give("ana@example.test", 2, Expiry::Never).await;
    sqlx::query(
        "INSERT INTO session_grants (account_id, kind, category_id, quantity, remaining, note, created_by, created_at)
         SELECT g.account_id, g.kind, g.category_id, g.quantity, g.remaining, '', g.created_by, g.created_at
           FROM session_grants g
           JOIN (SELECT a.id FROM session_categories a, session_categories b, session_categories c, session_categories d, session_categories e, session_categories f) n
          WHERE g.id = ? LIMIT 2500",
    )
    .bind(first.0)
    .execute(&world.app.db.0)
    .await
    .unwrap();
    let manager = world.staff(Role::Manager).await;
    for sort in ["recent", "expiry", "left", "person"] {
        let (_, _, csv) =
            download(&world, &manager, &format!("/admin/sessions/export.csv?sort={sort}")).await;
        let mut ids: Vec<String> = lines(&csv)[1..].iter().map(|row| row[0].clone()).collect();
        assert_eq!(ids.len(), 2501, "{sort}");
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 2501, "{sort}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_the_beginning_of_any_word_of_their_name_whatever_their_rank() {
    let world = World::new().await;
    for (n, name) in ["Lucía Muñoz Vega", "Munoz, Íñigo", "María de la O", "Zoé"].into_iter().enumerate()
    {
        let account = world.person(&format!("persona{n}@example.test")).await;
        let now = world.now();
        let named: Result<bool, abono::db::DbError> = world
            .app
            .db
            .transact(|mut tx| async move {
                let done = abono::accounts::store::set_name(&mut tx, account, name, true, now).await?;
                tx.done(done).await
            })
            .await;
        assert!(named.unwrap());
        world.give(&format!("persona{n}@example.test"), 1, Expiry::Never).await;
    }
    let mut manager = world.staff(Role::Manager).await;
    for (typed, found) in [
        ("muñoz", 2),
        ("MUNOZ", 2),
        ("vega luc", 1),
        ("ínig", 1),
        ("de la o", 1),
        ("uñoz", 0),
        ("persona2", 1),
        ("persona", 4),
        ("%", 0),
        ("_", 0),
    ] {
        let query: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
        for list in ["/admin/sessions", "/admin/accounts"] {
            for sort in ["recent", "person", "expiry"] {
                let page = manager.get(&format!("{list}?q={query}&sort={sort}")).await;
                assert_eq!(page.count("tbody tr"), found, "{typed:?} in {list}, {sort}");
            }
        }
    }
}

/// The next page begins where the one before ended, in every order, also where people share a name.
#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_the_list_turns_its_pages_forth_and_back_without_a_gap() {
    let world = World::new().await;
    for n in 0..70 {
        let expiry = if n % 3 == 0 { Expiry::Never } else { Expiry::Days(1 + n % 5) };
        world.give(&format!("persona{}@example.test", n % 23), 1 + n % 4, expiry).await;
    }
    let mut manager = world.staff(Role::Manager).await;
    let rows = |html: &scraper::Html| -> Vec<String> {
        let row = scraper::Selector::parse("tbody a.row-link").unwrap();
        html.select(&row).filter_map(|a| a.value().attr("href").map(str::to_owned)).collect()
    };
    let link = |html: &scraper::Html, rel: &str| {
        let link = scraper::Selector::parse(&format!("a[rel={rel}]")).unwrap();
        html.select(&link).next().and_then(|a| a.value().attr("href").map(str::to_owned))
    };
    for query in ["sort=recent", "sort=expiry", "sort=left", "sort=person", "sort=person&q=persona"] {
        let first = manager.get(&format!("/admin/sessions?{query}")).await.html();
        let second = manager.get(&link(&first, "next").unwrap()).await.html();
        let again = manager.get(&link(&second, "prev").unwrap()).await.html();
        assert_eq!((rows(&first).len(), rows(&second).len()), (50, 20), "{query}");
        assert_eq!(rows(&first), rows(&again), "{query}: there and back");
        let mut all = [rows(&first), rows(&second)].concat();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 70, "{query}: each once");
        assert!(link(&second, "next").is_none() && link(&again, "prev").is_none(), "{query}");
    }
}
