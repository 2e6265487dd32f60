//! Telling people by letter that a licence ends soon: who, who not, and each ending once.
use std::time::Duration;

use abono::{
    auth::Role,
    core::{feature::FeatureCode, ids::LicenceId, secret::Secret},
    crypto::Purpose,
    licences::{
        Plan, notices,
        service::Wish,
        settings::{self, LicenceSettings},
    },
};
use axum::http::StatusCode;
use chrono::TimeDelta;

use crate::support::World;

const ACTOR: abono::core::actor::Actor = abono::core::actor::Actor::System { name: "tests" };
const ANA: &str = "ana@example.test";
const LETTERS: &str = "SELECT COUNT(*) FROM mails WHERE kind = 'licence_notice'";

impl World {
    async fn notices_on(&self, days: u32) {
        let on = LicenceSettings {
            notices: true,
            notice_days: days,
            whatsapp: "34600112233".to_owned(),
            ..LicenceSettings::default()
        };
        settings::save(&self.app, &on, &ACTOR).await.unwrap();
    }

    async fn tell(&self) -> u32 {
        notices::send(&self.app).await.unwrap()
    }

    /// To whom letters went, in order.
    async fn told(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT recipient FROM mails WHERE kind = 'licence_notice' ORDER BY recipient, id")
            .fetch_all(&self.app.db.0)
            .await
            .unwrap()
    }

    /// The newest letter as it will be read.
    async fn newest_letter(&self) -> (String, String) {
        let (subject, sealed): (String, Vec<u8>) =
            sqlx::query_as("SELECT subject, body_sealed FROM mails ORDER BY id DESC LIMIT 1")
                .fetch_one(&self.app.db.0)
                .await
                .unwrap();
        let body: Secret = self.app.keys.open(Purpose::MailBody, &sealed).unwrap();
        (subject, body.reveal().to_owned())
    }

    async fn until(&self, email: &str, day: &str) -> LicenceId {
        self.licence(email, Plan::PAID_DATE, 0, Some(day)).await
    }
}

// The tests begin on Wednesday 18 November 2026.

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_licence_that_ends_soon_is_told_and_nobody_else() {
    let world = World::new().await;
    world.until("hoy@example.test", "2026-11-18").await;
    world.until("tercero@example.test", "2026-11-21").await;
    world.until("cuarto@example.test", "2026-11-22").await;
    world.licence("cantidad@example.test", Plan::PAID_QUANTITY, 1, None).await;
    let blocked = world.until("bloqueada@example.test", "2026-11-20").await;
    world.change_licence(blocked, Wish::Block, "impago").await.unwrap();
    // One that lasts longer stands in for one that ends; one that is blocked does not, nor does one for something else.
    world.until("renovada@example.test", "2026-11-20").await;
    world.until("renovada@example.test", "2026-12-20").await;
    world.until("enfalso@example.test", "2026-11-20").await;
    let longer = world.until("enfalso@example.test", "2026-12-20").await;
    world.change_licence(longer, Wish::Block, "impago").await.unwrap();
    world.until("otracosa@example.test", "2026-11-20").await;
    let other = world.until("otracosa@example.test", "2026-12-20").await;
    sqlx::query("UPDATE licences SET feature = 'invoice_new' WHERE id = ?")
        .bind(other.0)
        .execute(&world.app.db.0)
        .await
        .unwrap();
    // Credits cost something once the date is over: they do not stand in for it.
    world.until("ademas@example.test", "2026-11-20").await;
    world.licence("ademas@example.test", Plan::PAID_QUANTITY, 9, None).await;
    assert_eq!(world.tell().await, 0, "notices are off");
    world.notices_on(3).await;
    assert_eq!(world.tell().await, 5);
    assert_eq!(
        world.told().await,
        [
            "ademas@example.test",
            "enfalso@example.test",
            "hoy@example.test",
            "otracosa@example.test",
            "tercero@example.test"
        ]
    );
    world.advance(TimeDelta::days(1));
    assert_eq!(world.tell().await, 1, "the fourth day has come near");
    world.advance(TimeDelta::days(40));
    assert_eq!(world.tell().await, 0, "nothing is told of what is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_ending_is_told_of_once_and_again_after_an_extension() {
    let world = World::new().await;
    world.notices_on(3).await;
    let licence = world.until(ANA, "2026-11-20").await;
    for _ in 0..3 {
        world.tell().await;
    }
    assert_eq!(world.number(LETTERS).await, 1);
    world.change_licence(licence, Wish::Until("2026-12-20".parse().unwrap()), "").await.unwrap();
    world.tell().await;
    world.advance(TimeDelta::days(28));
    world.tell().await;
    assert_eq!(world.number(LETTERS).await, 1, "the new end is four days away");
    world.advance(TimeDelta::days(1));
    for _ in 0..3 {
        world.tell().await;
    }
    assert_eq!(world.number(LETTERS).await, 2, "the new end is told of, once");
    let (subject, _) = world.newest_letter().await;
    assert_eq!(subject, "Tu licencia vence el domingo 20 de diciembre");
    // Shortened to a day that nobody was told of, and back to one that was.
    world.change_licence(licence, Wish::Until("2026-12-18".parse().unwrap()), "").await.unwrap();
    world.tell().await;
    assert_eq!(world.number(LETTERS).await, 3);
    world.change_licence(licence, Wish::Until("2026-12-20".parse().unwrap()), "").await.unwrap();
    world.tell().await;
    assert_eq!(world.number(LETTERS).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_that_is_unblocked_in_time_is_told_of_and_one_that_is_renewed_in_time_is_not() {
    let world = World::new().await;
    world.notices_on(3).await;
    let licence = world.until(ANA, "2026-11-20").await;
    world.change_licence(licence, Wish::Block, "impago").await.unwrap();
    assert_eq!(world.tell().await, 0);
    world.change_licence(licence, Wish::Unblock, "pagó").await.unwrap();
    assert_eq!(world.tell().await, 1);
    world.until("eva@example.test", "2026-11-20").await;
    let longer = world.until("eva@example.test", "2026-12-20").await;
    assert_eq!(world.tell().await, 0);
    world.change_licence(longer, Wish::Block, "impago").await.unwrap();
    assert_eq!(world.tell().await, 1, "what stood in for it does not any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_letter_is_in_the_persons_language_and_holds_everything_of_theirs() {
    let world = World::new().await;
    world.notices_on(10).await;
    world.until(ANA, "2026-11-24").await;
    world.licence("john@example.test", Plan::PAID_DATE, 0, Some("2026-11-24")).await;
    sqlx::query("UPDATE accounts SET locale = 'en' WHERE email = 'john@example.test'")
        .execute(&world.app.db.0)
        .await
        .unwrap();
    let invoices = world.until("john@example.test", "2026-11-23").await;
    sqlx::query("UPDATE licences SET feature = 'invoice_new' WHERE id = ?")
        .bind(invoices.0)
        .execute(&world.app.db.0)
        .await
        .unwrap();
    assert_eq!(world.tell().await, 2);
    let (subject, body) = world.newest_letter().await;
    assert_eq!(subject, "You have 2 licences that end soon");
    let (first, second) = (body.find("until Monday 23 November"), body.find("until Tuesday 24 November"));
    assert!(first.is_some() && first < second, "{body}");
    for part in [
        format!("\n{}/account/licences\n", world.app.config.public_url()),
        "\nhttps://wa.me/34600112233?text=".to_owned(),
        "john%40example.test\n".to_owned(),
    ] {
        assert!(body.contains(&part), "{part} is not in\n{body}");
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM notices WHERE source = 'licences'").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_of_a_feature_that_is_retired() {
    let world = World::new().await;
    world.notices_on(3).await;
    world.until(ANA, "2026-11-20").await;
    let code = FeatureCode::parse("catalogue").unwrap();
    let retire = async |is_retired| {
        abono::entitlements::service::features::retire(&world.app, &code, is_retired, &ACTOR).await.unwrap();
    };
    retire(true).await;
    assert_eq!(world.tell().await, 0);
    retire(false).await;
    assert_eq!(world.tell().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_processes_that_tell_at_once_tell_everyone_once() {
    let world = std::sync::Arc::new(World::new().await);
    world.notices_on(3).await;
    for n in 0..12 {
        world.until(&format!("p{n}@example.test"), "2026-11-20").await;
    }
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let world = world.clone();
        racers.spawn(async move { world.tell().await });
    }
    assert_eq!(racers.join_all().await.into_iter().sum::<u32>(), 12);
    assert_eq!(world.number(LETTERS).await, 12);
}

/// Wherever it dies, a letter and its mark are both there or neither is; what was written is sent by the mail alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_at_any_moment_leaves_nobody_out_and_tells_nobody_twice() {
    let world = World::new().await;
    world.notices_on(3).await;
    for n in 0..30 {
        world.until(&format!("p{n}@example.test"), "2026-11-20").await;
    }
    let (mut killed, mut pause) = (0, Duration::from_micros(300));
    loop {
        let run = tokio::time::timeout(pause, notices::send(&world.app)).await;
        let half = world
            .number(
                "SELECT (SELECT COUNT(*) FROM mails) + (SELECT COUNT(*) FROM notices) * 10000
                      + (SELECT COUNT(*) FROM jobs WHERE kind = 'mail.send') * 100000000",
            )
            .await;
        assert_eq!((half % 10_000, half / 100_000_000), (half / 10_000 % 10_000, half % 10_000), "{half}");
        if run.is_ok() {
            break;
        }
        killed += 1;
        pause = pause.mul_f64(1.15);
    }
    assert!(killed > 5, "it was killed {killed} times");
    assert_eq!(world.number("SELECT COUNT(DISTINCT recipient) FROM mails").await, 30);
    assert_eq!(world.number(LETTERS).await, 30);
    world.work().await;
    assert_eq!(world.number("SELECT COUNT(*) FROM mails WHERE sent_at IS NOT NULL").await, 30);
    assert_eq!(world.tell().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_turn_it_on_and_show_the_letter_and_whom_it_would_go_to() {
    let world = World::new().await;
    world.until(ANA, "2026-11-20").await;
    world.until("eva@example.test", "2026-11-24").await;
    let mut ines = world.staff(Role::Admin).await;
    let path = "/admin/licences/settings";
    let seen = ines.get(path).await;
    assert!(seen.text().contains("Ahora mismo se avisaría a 1 persona, de 1 licencia:"), "{}", seen.text());
    assert!(seen.text().contains("Tu licencia vence el sábado 21 de noviembre"), "{}", seen.text());
    assert_eq!(seen.count("aside a[href^='/admin/accounts/']"), 1);
    let fields = |days: &'static str| {
        [
            ("free_days", "30"),
            ("credits", "5"),
            ("soon_days", "7"),
            ("whatsapp", ""),
            ("notices", "true"),
            ("notice_days", days),
        ]
    };
    let seen = ines.submit(path, path, &fields("31")).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text().contains("Días antes: "), "{}", seen.text());
    let seen = ines.submit(path, path, &fields("6")).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text());
    let seen = ines.get(path).await;
    assert!(seen.text().contains("a 2 personas, de 2 licencias:"), "{}", seen.text());
    assert_eq!(world.tell().await, 2);
    let seen = ines.get(path).await;
    assert!(seen.text().contains("Ahora mismo no hay nadie a quien avisar."), "{}", seen.text());
    let audit = ines.get("/admin/audit").await.text();
    assert!(audit.contains("Avisar por correo: No → Sí"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_tells_at_nine_in_the_business_zone() {
    let world = World::new().await;
    world.notices_on(3).await;
    world.until(ANA, "2026-11-20").await;
    let schedule = abono::jobs::schedule::find("licences.notices").unwrap();
    let next = schedule.next_after(world.now(), chrono_tz::Europe::Madrid);
    assert_eq!(next.to_rfc3339(), "2026-11-19T08:00:00+00:00");
    abono::jobs::schedule::run_now(&world.app, "licences.notices", world.now()).await.unwrap();
    world.work().await;
    assert_eq!(world.told().await, [ANA]);
}
