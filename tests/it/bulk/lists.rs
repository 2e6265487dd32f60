//! Lists from CSV files, and runs for later.
use abono::{auth::Role, sessions::bulk::domain::State};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use chrono::{DateTime, TimeDelta, Utc};

use super::{BULK, FORM, NEW, add_people, category, drafted, number, state};
use crate::support::{Browser, World};

/// Uploads a file and answers the page of the draft.
pub(super) async fn uploaded(world: &World, staff: &mut Browser, file: &[u8]) -> String {
    let promo = category(world, "promo").await.to_string();
    let mut fields = FORM.to_vec();
    fields[0] = ("source", "csv");
    fields.push(("category", &promo));
    let seen = staff.upload(NEW, BULK, &fields, ("lista.csv", file)).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    seen.location().to_owned()
}

/// Acceptance 60.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_any_spreadsheet_gives_its_good_rows_and_lists_its_bad_ones() {
    let world = World::new().await;
    add_people(&world, 4).await;
    let mut staff = world.staff(Role::Manager).await;
    let file =
        b"\xef\xbb\xbfNombre;Correo\r\n\"Ana; la de abajo\";P1@example.test\r\nLuz;p2@example.test\r\n\
        Otra;nadie@example.test\r\nRota;esto no es\r\n\xd3scar;p2@example.test\r\nUna;'=p9@example.test\r\n";
    let page = uploaded(&world, &mut staff, file).await;
    let review = staff.get(&page).await;
    let text = review.text();
    assert!(text.contains("2 personas recibirán"), "{text}");
    for (row, why) in [
        ("Fila 4", "No hay nadie con ese dato"),
        ("Fila 5", "No es un correo ni un número"),
        ("Fila 6", "Ya está más arriba en la lista"),
        ("Fila 7", "=p9@example.test"),
    ] {
        assert!(text.contains(row) && text.contains(why), "{row} {why}: {text}");
    }
    staff.submit(&page, &format!("{page}/confirm"), &[]).await;
    world.work().await;
    assert_eq!(world.balance("p1@example.test").await + world.balance("p2@example.test").await, 4);

    // What we wrote is read back: formulas are neutralised on the way out, and ours again on the way in.
    let csv = staff.get(&format!("{page}/csv")).await;
    assert!(csv.body.starts_with('\u{feff}') && csv.body.contains("'=p9@example.test"), "{}", csv.body);
    let again = uploaded(&world, &mut staff, csv.body.as_bytes()).await;
    let again = staff.get(&again).await;
    assert!(again.text().contains("=p9@example.test") && !again.text().contains("'=p9"), "{}", again.text());
    assert!(again.text().contains("Ya tienen Promocional activas"), "{}", again.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_the_shop_are_named_by_number_and_one_person_counts_once() {
    let world = World::new().await;
    add_people(&world, 2).await;
    sqlx::query(
        "INSERT INTO account_identities (account_id, kind, shop_id, value, label, source, created_at)
         SELECT a.id, 'wp_user', ?, n.value, 'shop', 'test', a.created_at
           FROM accounts a JOIN (SELECT '71' AS value UNION SELECT '72') n WHERE a.email = 'p1@example.test'",
    )
    .bind(world.shop.0)
    .execute(&world.app.db.0)
    .await
    .unwrap();
    let mut staff = world.staff(Role::Manager).await;
    let page = uploaded(&world, &mut staff, b"user_id\n71\n72\n99\n").await;
    let text = staff.get(&page).await.text();
    assert!(text.contains("1 persona recibirá") && text.contains("Ya está más arriba"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_used_is_one_error_and_stores_nothing() {
    let world = World::new().await;
    let mut staff = world.staff(Role::Manager).await;
    let promo = category(&world, "promo").await.to_string();
    let mut fields = FORM.to_vec();
    fields[0] = ("source", "csv");
    fields.push(("category", &promo));
    fields.push(("note", "se conserva"));
    for (file, why) in [
        (&b"nombre,telefono\nAna,600\n"[..], "No hay ninguna columna llamada email"),
        (b"", "El archivo está vacío"),
        (b"email\n", "solo tiene la cabecera"),
    ] {
        let seen = staff.upload(NEW, BULK, &fields, ("lista.csv", file)).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(seen.text().contains(why) && seen.body.contains("value=\"se conserva\""), "{}", seen.text());
    }
    let without = staff.submit(NEW, BULK, &fields).await;
    assert!(without.text().contains("Elige un archivo CSV"), "{}", without.text());
    let huge = vec![b'x'; 11 * 1024 * 1024];
    let seen = staff.upload(NEW, BULK, &fields, ("lista.csv", &huge)).await;
    assert_eq!(seen.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_bulk_runs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_the_token_of_its_form_is_refused() {
    let world = World::new().await;
    let mut admin = world.staff(Role::Admin).await;
    admin.get(NEW).await;
    let cookies = ["abono_staff", "abono_csrf"]
        .map(|name| format!("{name}={}", admin.cookie(name).unwrap()))
        .join("; ");
    let part = |name: &str, value: &str| {
        format!("--e\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = "--e\r\ncontent-disposition: form-data; name=\"file\"; filename=\"l.csv\"\r\n\r\nemail\np1@example.test\n\r\n";
    for body in [
        format!("{}{file}--e--\r\n", part("source", "csv")),
        format!("{}{file}--e--\r\n", part("_csrf", "made-up")),
        format!("{}--e--\r\n", part("quantity", "1")),
    ] {
        let request = Request::post(BULK)
            .header("cookie", &cookies)
            .header("content-type", "multipart/form-data; boundary=e")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap();
        assert_eq!(world.send(request).await.0, StatusCode::FORBIDDEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_scheduled_in_madrid_begins_at_its_moment_with_whoever_fits_then() {
    let world = World::new().await;
    add_people(&world, 5).await;
    let mut staff = world.staff(Role::Manager).await;
    let page = drafted(&world, &mut staff, &[("run_at", "2026-11-20T09:30")]).await;
    let review = staff.get(&page).await.text();
    assert!(
        review.contains("Programar 10 sesiones para 5 personas") && review.contains("Europe/Madrid"),
        "{review}"
    );
    // Days count from the day on which they are given.
    assert!(review.contains("20 de diciembre de 2026"), "{review}");
    staff.submit(&page, &format!("{page}/confirm"), &[]).await;
    staff.submit(&page, &format!("{page}/confirm"), &[]).await;
    assert_eq!(state(&world, number(&page)).await, State::Scheduled);
    let moment: DateTime<Utc> = "2026-11-20T08:30:00Z".parse().unwrap();
    world.advance(moment - world.now() - TimeDelta::milliseconds(1));
    world.work().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM session_grants").await, 0);
    // Someone who was not there when it was confirmed.
    sqlx::query("INSERT INTO accounts (name, email, created_at, updated_at) VALUES ('Nueva', 'p6@example.test', ?, ?)")
        .bind(world.now())
        .bind(world.now())
        .execute(&world.app.db.0)
        .await
        .unwrap();
    world.advance(TimeDelta::milliseconds(1));
    world.work().await;
    assert_eq!(state(&world, number(&page)).await, State::Done);
    assert_eq!(world.number("SELECT COUNT(*) FROM session_grants").await, 6);
    let ends: DateTime<Utc> = sqlx::query_scalar("SELECT MIN(expires_at) FROM session_grants")
        .fetch_one(&world.app.db.0)
        .await
        .unwrap();
    assert_eq!(ends.to_rfc3339(), "2026-12-20T23:00:00+00:00");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_that_a_clock_change_skips_is_the_end_of_the_gap_and_a_past_or_unreadable_one_an_error() {
    let world = World::new().await;
    add_people(&world, 1).await;
    let mut staff = world.staff(Role::Manager).await;
    drafted(&world, &mut staff, &[("run_at", "2027-03-28T02:30")]).await;
    let at: DateTime<Utc> =
        sqlx::query_scalar("SELECT run_at FROM session_bulk_runs").fetch_one(&world.app.db.0).await.unwrap();
    assert_eq!(at.to_rfc3339(), "2027-03-28T01:00:00+00:00");
    let promo = category(&world, "promo").await.to_string();
    for (when, why) in
        [("2026-11-18T11:59", "Esa hora ya ha pasado"), ("mañana", "un día y una hora que existan")]
    {
        let mut fields = FORM.to_vec();
        fields.extend([("category", promo.as_str()), ("run_at", when)]);
        let seen = staff.submit(NEW, BULK, &fields).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(seen.text().contains(why), "{}", seen.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_off_before_its_time_never_begins() {
    let world = World::new().await;
    add_people(&world, 2).await;
    let mut staff = world.staff(Role::Manager).await;
    let page = drafted(&world, &mut staff, &[("run_at", "2026-11-18T13:00")]).await;
    staff.submit(&page, &format!("{page}/confirm"), &[]).await;
    staff.submit(&page, &format!("{page}/cancel"), &[]).await;
    world.advance(TimeDelta::hours(3));
    world.work().await;
    staff.submit(&page, &format!("{page}/confirm"), &[]).await;
    staff.submit(&page, &format!("{page}/resume"), &[]).await;
    world.work().await;
    assert_eq!(state(&world, number(&page)).await, State::Cancelled);
    assert!(staff.get(&page).await.text().contains("Cancelada antes de empezar"));
    assert_eq!(world.number("SELECT COUNT(*) FROM session_grants").await, 0);
    // A draft whose time went by while it was reviewed is not begun behind anybody's back.
    let late = drafted(&world, &mut staff, &[("run_at", "2026-11-18T15:30")]).await;
    world.advance(TimeDelta::hours(1));
    staff.submit(&late, &format!("{late}/confirm"), &[]).await;
    assert!(staff.get(&late).await.text().contains("La hora prevista ya ha pasado"));
    assert_eq!(state(&world, number(&late)).await, State::Draft);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retired_category_and_a_last_day_that_is_over_fail_with_their_reason() {
    let world = World::new().await;
    add_people(&world, 2).await;
    let mut staff = world.staff(Role::Manager).await;
    let page = drafted(&world, &mut staff, &[("run_at", "2026-11-18T13:00")]).await;
    staff.submit(&page, &format!("{page}/confirm"), &[]).await;
    sqlx::query("UPDATE session_categories SET retired_at = '2026-11-18' WHERE code = 'promo'")
        .execute(&world.app.db.0)
        .await
        .unwrap();
    world.advance(TimeDelta::hours(3));
    world.work().await;
    let done = staff.get(&page).await.text();
    assert!(
        done.contains("nadie ha recibido sesiones") && done.contains("La categoría se había retirado"),
        "{done}"
    );
    let repeated = staff.submit(&page, &format!("{page}/repeat"), &[]).await.location().to_owned();
    assert!(repeated.contains("/new?from="), "the form says what has to change: {repeated}");
    assert_eq!(staff.get(&repeated).await.status, StatusCode::OK);
}
