use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};

use super::*;
use crate::{
    auth::{
        Visitor,
        login::{self, Attempt, Issued},
    },
    db,
};

const PASSWORD: &str = "una frase bien larga";
const SYSTEM: Actor = Actor::System { name: "test" };

fn noon() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}
fn keys() -> Keys {
    Keys::new(&[Secret::new("0123456789abcdef0123456789abcdef")]).unwrap()
}
async fn open(options: MySqlConnectOptions) -> Db {
    db::connect_with(options, 12).await.unwrap()
}
async fn try_add(db: &Db, email: &str, role: Role, password: &str) -> Result<StaffId, StaffError> {
    let new = NewStaff {
        email: Email::parse(email).unwrap(),
        name: "Ana".to_owned(),
        password: Secret::new(password),
        role,
        locale: None,
    };
    add(db, &new, &SYSTEM, noon()).await
}
async fn someone(db: &Db, email: &str, role: Role) -> StaffId {
    try_add(db, email, role, PASSWORD).await.unwrap()
}
async fn come_in(db: &Db, email: &str, password: &str) -> Option<Issued> {
    let attempt = Attempt { email, password: &Secret::new(password), from: &Visitor::default(), had: None };
    login::sign_in(db, &keys(), attempt, noon()).await.ok()
}
async fn audited(db: &Db) -> Vec<String> {
    sqlx::query_scalar("SELECT action FROM audit_entries ORDER BY id").fetch_all(&db.0).await.unwrap()
}
fn refusal<T: std::fmt::Debug>(outcome: Result<T, StaffError>) -> Refusal {
    match outcome {
        Err(StaffError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_name_is_trimmed_and_on_one_line() {
    assert_eq!(check_name("  Ana Ruiz "), Ok("Ana Ruiz"));
    for bad in ["", "   ", "a\nb", &"x".repeat(121)] {
        assert_eq!(check_name(bad), Err(Refusal::BadName));
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn two_people_do_not_share_an_e_mail(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    someone(&db, "ana@example.test", Role::Admin).await;
    let again = try_add(&db, "ANA@example.test", Role::Stats, PASSWORD).await;
    assert_eq!(refusal(again), Refusal::EmailTaken);
    let weak = try_add(&db, "eva@example.test", Role::Stats, "corta").await;
    assert_eq!(refusal(weak), Refusal::WeakPassword(Flaw::TooShort));
    assert_eq!(audited(&db).await, ["staff.added"]);
}

#[sqlx::test(migrations = "./migrations")]
async fn the_last_admin_stays(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    let ana = someone(&db, "ana@example.test", Role::Admin).await;
    let eva = someone(&db, "eva@example.test", Role::Manager).await;
    assert_eq!(refusal(disable(&db, ana, &SYSTEM, noon()).await), Refusal::LastAdmin);
    let demoted = set_role(&db, ana, Role::Stats, &SYSTEM, noon()).await;
    assert_eq!(refusal(demoted), Refusal::LastAdmin);
    disable(&db, eva, &SYSTEM, noon()).await.unwrap();
    // An admin who is disabled does not count.
    set_role(&db, eva, Role::Admin, &SYSTEM, noon()).await.unwrap();
    assert_eq!(refusal(disable(&db, ana, &SYSTEM, noon()).await), Refusal::LastAdmin);
    enable(&db, eva, &SYSTEM, noon()).await.unwrap();
    disable(&db, ana, &SYSTEM, noon()).await.unwrap();
    assert_eq!(
        audited(&db).await,
        [
            "staff.added",
            "staff.added",
            "staff.disabled",
            "staff.role_changed",
            "staff.enabled",
            "staff.disabled"
        ]
    );
}

#[sqlx::test(migrations = "./migrations")]
async fn two_admins_cannot_remove_each_other_at_once(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    let ana = someone(&db, "ana@example.test", Role::Admin).await;
    let eva = someone(&db, "eva@example.test", Role::Admin).await;
    let by = |id| Actor::Staff { id, name: String::new() };
    let (by_eva, by_ana) = (by(eva), by(ana));
    let (one, other) =
        tokio::join!(disable(&db, ana, &by_eva, noon()), set_role(&db, eva, Role::Manager, &by_ana, noon()));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
}

#[sqlx::test(migrations = "./migrations")]
async fn nobody_disables_themself(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    let ana = someone(&db, "ana@example.test", Role::Admin).await;
    someone(&db, "eva@example.test", Role::Admin).await;
    let own = Actor::Staff { id: ana, name: "Ana".to_owned() };
    assert_eq!(refusal(disable(&db, ana, &own, noon()).await), Refusal::Yourself);
    let demoted = set_role(&db, ana, Role::Stats, &own, noon()).await;
    assert_eq!(refusal(demoted), Refusal::Yourself);
}

#[sqlx::test(migrations = "./migrations")]
async fn someone_disabled_is_out_at_once_and_stays_out(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    someone(&db, "ana@example.test", Role::Admin).await;
    let eva = someone(&db, "eva@example.test", Role::Manager).await;
    let issued = come_in(&db, "eva@example.test", PASSWORD).await.unwrap();
    disable(&db, eva, &SYSTEM, noon()).await.unwrap();
    assert!(come_in(&db, "eva@example.test", PASSWORD).await.is_none());
    enable(&db, eva, &SYSTEM, noon()).await.unwrap();
    // Coming back does not bring old logins back.
    let mut conn = db.conn().await.unwrap();
    assert!(login::find_staff(&mut conn, &issued.token, noon()).await.unwrap().is_none());
    assert!(come_in(&db, "eva@example.test", PASSWORD).await.is_some());
}

#[sqlx::test(migrations = "./migrations")]
async fn a_new_password_signs_the_other_browsers_out(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    let ana = someone(&db, "ana@example.test", Role::Admin).await;
    let here = come_in(&db, "ana@example.test", PASSWORD).await.unwrap();
    let there = come_in(&db, "ana@example.test", PASSWORD).await.unwrap();
    let next = Secret::new("otra frase, más larga");
    let change = |current| OwnPassword { current, new: &next, keep: here.login };
    let guess = Secret::new("no es esta");
    let wrong = change_password(&db, &keys(), ana, change(&guess), &SYSTEM, noon()).await;
    assert_eq!(refusal(wrong), Refusal::WrongPassword);
    let current = Secret::new(PASSWORD);
    change_password(&db, &keys(), ana, change(&current), &SYSTEM, noon()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    assert!(login::find_staff(&mut conn, &here.token, noon()).await.unwrap().is_some());
    assert!(login::find_staff(&mut conn, &there.token, noon()).await.unwrap().is_none());
    assert!(come_in(&db, "ana@example.test", PASSWORD).await.is_none());
    assert!(come_in(&db, "ana@example.test", next.reveal()).await.is_some());
    let reset = Secret::new("la que puso el admin");
    reset_password(&db, ana, &reset, &SYSTEM, noon()).await.unwrap();
    assert!(login::find_staff(&mut conn, &here.token, noon()).await.unwrap().is_none());
    assert!(come_in(&db, "ana@example.test", reset.reveal()).await.is_some());
}

#[sqlx::test(migrations = "./migrations")]
async fn the_current_password_cannot_be_guessed_at_leisure(
    _: MySqlPoolOptions,
    options: MySqlConnectOptions,
) {
    let db = open(options).await;
    let ana = someone(&db, "ana@example.test", Role::Admin).await;
    let guess = Secret::new("no es esta");
    let change = OwnPassword { current: &guess, new: &guess, keep: LoginId(0) };
    for _ in 0..6 {
        let wrong = change_password(&db, &keys(), ana, change, &SYSTEM, noon()).await;
        assert_eq!(refusal(wrong), Refusal::WrongPassword);
    }
    let blocked = change_password(&db, &keys(), ana, change, &SYSTEM, noon()).await;
    assert!(matches!(blocked, Err(StaffError::Blocked(_))));
}

#[sqlx::test(migrations = "./migrations")]
async fn people_are_listed_enabled_first_with_their_last_visit(
    _: MySqlPoolOptions,
    options: MySqlConnectOptions,
) {
    let db = open(options).await;
    let ana = someone(&db, "ana@example.test", Role::Admin).await;
    let eva = someone(&db, "eva@example.test", Role::Manager).await;
    let leo = someone(&db, "leo@example.test", Role::Stats).await;
    disable(&db, eva, &SYSTEM, noon()).await.unwrap();
    set_profile(&db, leo, "Zoe", Some("en"), Theme::Dark, &SYSTEM, noon()).await.unwrap();
    come_in(&db, "leo@example.test", PASSWORD).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    let all = list(&mut conn).await.unwrap();
    assert_eq!(all.iter().map(|s| s.id).collect::<Vec<_>>(), [ana, leo, eva]);
    assert_eq!(all[1].last_seen_at, Some(noon()));
    assert_eq!((all[1].theme, all[1].locale.as_deref()), (Theme::Dark, Some("en")));
    assert_eq!(find(&mut conn, leo).await.unwrap().unwrap().name, "Zoe");
}
