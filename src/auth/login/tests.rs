use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};

use super::*;
use crate::{
    auth::{Role, staff},
    db,
};

const PASSWORD: &str = "una frase bien larga";
const NOON: &str = "2026-11-24T12:00:00Z";

fn noon() -> DateTime<Utc> {
    NOON.parse().unwrap()
}
fn keys() -> Keys {
    Keys::new(&[Secret::new("0123456789abcdef0123456789abcdef")]).unwrap()
}
async fn open(options: MySqlConnectOptions) -> Db {
    db::connect_with(options, 12).await.unwrap()
}
fn visitor(address: &str) -> Visitor {
    Visitor::new(address.parse().unwrap(), "Mozilla/5.0 Firefox/140.0")
}
async fn someone(db: &Db) -> StaffId {
    let new = staff::NewStaff {
        email: Email::parse("ana@example.test").unwrap(),
        name: "Ana".to_owned(),
        password: Secret::new(PASSWORD),
        role: Role::Admin,
        locale: None,
    };
    staff::add(db, &new, &Actor::System { name: "test" }, noon()).await.unwrap()
}

async fn try_in(
    db: &Db,
    email: &str,
    password: &str,
    address: &str,
    now: DateTime<Utc>,
) -> Result<Issued, SignInError> {
    let attempt = Attempt { email, password: &Secret::new(password), from: &visitor(address), had: None };
    sign_in(db, &keys(), attempt, now).await
}

#[test]
fn a_busy_staff_login_still_ends_after_a_week() {
    let owner = Owner::Staff(StaffId(1));
    assert_eq!(ends(owner, noon(), noon()), noon() + TimeDelta::hours(12));
    let late = noon() + TimeDelta::days(7) - TimeDelta::hours(1);
    assert_eq!(ends(owner, noon(), late), noon() + TimeDelta::days(7));
}

#[sqlx::test(migrations = "./migrations")]
async fn the_right_password_makes_a_login_that_ends_without_use(
    _: MySqlPoolOptions,
    options: MySqlConnectOptions,
) {
    let db = open(options).await;
    let id = someone(&db).await;
    let issued = try_in(&db, " Ana@Example.test", PASSWORD, "192.0.2.1", noon()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    let almost = noon() + TimeDelta::hours(12) - TimeDelta::seconds(1);
    let found = find_staff(&mut conn, &issued.token, almost).await.unwrap().unwrap();
    assert_eq!((found.staff, found.role), (id, Role::Admin));
    // That use moved the end.
    assert!(find_staff(&mut conn, &issued.token, almost + TimeDelta::hours(11)).await.unwrap().is_some());
    assert!(find_staff(&mut conn, &issued.token, almost + TimeDelta::hours(23)).await.unwrap().is_none());
    let other = Secret::new("x".repeat(43));
    assert!(find_staff(&mut conn, &other, noon()).await.unwrap().is_none());
    assert!(find_customer(&mut conn, &issued.token, noon()).await.unwrap().is_none());
}

#[sqlx::test(migrations = "./migrations")]
async fn the_database_does_not_know_the_cookie(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    someone(&db).await;
    let issued = try_in(&db, "ana@example.test", PASSWORD, "192.0.2.1", noon()).await.unwrap();
    let (hash, address): (Vec<u8>, String) =
        sqlx::query_as("SELECT token_hash, address FROM logins").fetch_one(&db.0).await.unwrap();
    assert_eq!(hash, crypto::sha256(issued.token.reveal().as_bytes()));
    assert_eq!(address, "192.0.2.1");
}

#[sqlx::test(migrations = "./migrations")]
async fn signing_in_again_ends_the_login_the_browser_had(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    someone(&db).await;
    let first = try_in(&db, "ana@example.test", PASSWORD, "192.0.2.1", noon()).await.unwrap();
    let attempt = Attempt {
        email: "ana@example.test",
        password: &Secret::new(PASSWORD),
        from: &visitor("192.0.2.1"),
        had: Some(&first.token),
    };
    let second = sign_in(&db, &keys(), attempt, noon()).await.unwrap();
    assert_ne!(first.token, second.token);
    let mut conn = db.conn().await.unwrap();
    assert!(find_staff(&mut conn, &first.token, noon()).await.unwrap().is_none());
    assert!(find_staff(&mut conn, &second.token, noon()).await.unwrap().is_some());
}

#[sqlx::test(migrations = "./migrations")]
async fn thirty_guesses_at_once_get_six_answers(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    someone(&db).await;
    let mut racers = tokio::task::JoinSet::new();
    for n in 0..30 {
        let db = db.clone();
        racers.spawn(async move {
            let address = format!("192.0.2.{n}");
            try_in(&db, "ana@example.test", "otra frase cualquiera", &address, noon()).await
        });
    }
    let answers = racers.join_all().await;
    let wrong = answers.iter().filter(|a| matches!(a, Err(SignInError::Wrong))).count();
    let blocked = answers.iter().filter(|a| matches!(a, Err(SignInError::Blocked(_)))).count();
    // Five free ones and the one that starts the block.
    assert_eq!((wrong, blocked), (6, 24));
    // Not even the right password gets an answer now, but it does when the block is over.
    assert!(matches!(
        try_in(&db, "ana@example.test", PASSWORD, "192.0.2.99", noon()).await,
        Err(SignInError::Blocked(_))
    ));
    let later = noon() + TimeDelta::seconds(30);
    try_in(&db, "ana@example.test", PASSWORD, "192.0.2.99", later).await.unwrap();
    // And that cleared the account's bucket.
    for _ in 0..5 {
        let answer = try_in(&db, "ana@example.test", "no", "192.0.2.98", later).await;
        assert!(matches!(answer, Err(SignInError::Wrong)));
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn an_unknown_person_is_throttled_like_a_known_one(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    for _ in 0..6 {
        let answer = try_in(&db, "nadie@example.test", PASSWORD, "192.0.2.1", noon()).await;
        assert!(matches!(answer, Err(SignInError::Wrong)));
    }
    let answer = try_in(&db, "nadie@example.test", PASSWORD, "192.0.2.2", noon()).await;
    assert!(matches!(answer, Err(SignInError::Blocked(_))));
}

#[sqlx::test(migrations = "./migrations")]
async fn one_address_cannot_try_many_names_but_may_sign_many_in(
    _: MySqlPoolOptions,
    options: MySqlConnectOptions,
) {
    let db = open(options).await;
    someone(&db).await;
    for _ in 0..25 {
        try_in(&db, "ana@example.test", PASSWORD, "192.0.2.1", noon()).await.unwrap();
    }
    for n in 0..21 {
        let answer = try_in(&db, &format!("p{n}@example.test"), "no", "192.0.2.1", noon()).await;
        assert!(matches!(answer, Err(SignInError::Wrong)), "{n}");
    }
    let answer = try_in(&db, "p99@example.test", "no", "192.0.2.1", noon()).await;
    assert!(matches!(answer, Err(SignInError::Blocked(_))));
}

#[sqlx::test(migrations = "./migrations")]
async fn nobody_ends_another_persons_login(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    let id = someone(&db).await;
    let actor = Actor::System { name: "test" };
    let issued = try_in(&db, "ana@example.test", PASSWORD, "192.0.2.1", noon()).await.unwrap();
    let stranger = Owner::Staff(StaffId(id.0 + 1));
    let same_number = Owner::Customer(AccountId(id.0));
    for other in [stranger, same_number] {
        assert!(!revoke(&db, other, issued.login, &actor, noon()).await.unwrap());
    }
    assert!(revoke(&db, issued.owner, issued.login, &actor, noon()).await.unwrap());
    assert!(!revoke(&db, issued.owner, issued.login, &actor, noon()).await.unwrap());
}

#[sqlx::test(migrations = "./migrations")]
async fn ending_the_others_keeps_the_one_in_use(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    someone(&db).await;
    let mut last = None;
    for _ in 0..3 {
        last = Some(try_in(&db, "ana@example.test", PASSWORD, "192.0.2.1", noon()).await.unwrap());
    }
    let last = last.unwrap();
    let actor = Actor::System { name: "test" };
    let ended = revoke_all_others(&db, last.owner, last.login, &actor, noon()).await.unwrap();
    assert_eq!(ended, 2);
    let mut conn = db.conn().await.unwrap();
    let left = list(&mut conn, last.owner, noon()).await.unwrap();
    assert_eq!(left.iter().map(|l| l.id).collect::<Vec<_>>(), [last.login]);
    drop(conn);
    sign_out(&db, &last.token, noon()).await.unwrap();
    assert!(find_staff(&mut db.conn().await.unwrap(), &last.token, noon()).await.unwrap().is_none());
}

#[sqlx::test(migrations = "./migrations")]
async fn use_is_written_down_once_a_minute(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    someone(&db).await;
    let issued = try_in(&db, "ana@example.test", PASSWORD, "192.0.2.1", noon()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    for (second, seen) in [(59, 0), (60, 60), (90, 60), (120, 120)] {
        find_staff(&mut conn, &issued.token, noon() + TimeDelta::seconds(second)).await.unwrap().unwrap();
        let last = list(&mut conn, issued.owner, noon()).await.unwrap()[0].last_seen_at;
        assert_eq!(last, noon() + TimeDelta::seconds(seen), "after {second} s");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_customers_login_follows_their_merged_account(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    for (id, into) in [(1_u64, None), (2, Some(1_u64))] {
        sqlx::query(
            "INSERT INTO accounts (id, name, merged_into, created_at, updated_at) VALUES (?, 'Eva', ?, ?, ?)",
        )
        .bind(id)
        .bind(into)
        .bind(noon())
        .bind(noon())
        .execute(&db.0)
        .await
        .unwrap();
    }
    let mut conn = db.conn().await.unwrap();
    let old = Owner::Customer(AccountId(2));
    let issued = begin(&mut conn, old, Method::Link, &visitor("192.0.2.1"), None, noon()).await.unwrap();
    let found = find_customer(&mut conn, &issued.token, noon()).await.unwrap().unwrap();
    assert_eq!(found.account, AccountId(1));
    let living = Owner::Customer(AccountId(1));
    assert_eq!(list(&mut conn, living, noon()).await.unwrap().len(), 1);
    let actor = found.actor();
    assert!(revoke(&db, living, issued.login, &actor, noon()).await.unwrap());
    let issued = begin(&mut conn, old, Method::Link, &visitor("192.0.2.1"), None, noon()).await.unwrap();
    let ended = revoke_all_others(&db, living, LoginId(0), &actor, noon()).await.unwrap();
    assert_eq!(ended, 1);
    assert!(find_customer(&mut conn, &issued.token, noon()).await.unwrap().is_none());
}
