use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};

use super::*;
use crate::{core::ids::AccountId, crypto::Purpose, db};

fn noon() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}
fn keys() -> Keys {
    Keys::new(&[Secret::new("0123456789abcdef0123456789abcdef")]).unwrap()
}
async fn open(options: MySqlConnectOptions) -> Db {
    let db = db::connect_with(options, 8).await.unwrap();
    sqlx::query(
        "INSERT INTO accounts (id, email, created_at, updated_at) VALUES (5, 'ana@example.test', ?, ?)",
    )
    .bind(noon())
    .bind(noon())
    .execute(&db.0)
    .await
    .unwrap();
    db
}
fn wanted(email: &str) -> Request {
    Request { email: email.to_owned(), locale: "es".to_owned() }
}
async fn count(db: &Db, table: &'static str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}")))
        .fetch_one(&db.0)
        .await
        .unwrap()
}
/// The token in the last mail that waits.
async fn token(db: &Db) -> Secret {
    let sealed: Vec<u8> = sqlx::query_scalar("SELECT body_sealed FROM mails ORDER BY id DESC LIMIT 1")
        .fetch_one(&db.0)
        .await
        .unwrap();
    let body = keys().open(Purpose::MailBody, &sealed).unwrap();
    let (_, rest) = body.reveal().split_once("https://abono.example/account/enter?token=").unwrap();
    Secret::new(&rest[..43])
}
async fn deliver_to(db: &Db, email: &str, now: DateTime<Utc>) {
    deliver(db, &keys(), "https://abono.example", &wanted(email), now).await.unwrap();
}

#[sqlx::test(migrations = "./migrations")]
async fn asking_looks_the_same_for_a_stranger(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    for email in ["ana@example.test", "nadie@example.test"] {
        let email = Email::parse(email).unwrap();
        request(&db, &keys(), &email, "es", &Visitor::default(), noon()).await.unwrap();
    }
    assert_eq!((count(&db, "jobs").await, count(&db, "sign_in_links").await), (2, 0));
    deliver_to(&db, "nadie@example.test", noon()).await;
    assert_eq!((count(&db, "mails").await, count(&db, "sign_in_links").await), (0, 0));
    deliver_to(&db, "ana@example.test", noon()).await;
    assert_eq!((count(&db, "mails").await, count(&db, "sign_in_links").await), (1, 1));
}

#[sqlx::test(migrations = "./migrations")]
async fn a_mailbox_is_not_flooded(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    let email = Email::parse("ana@example.test").unwrap();
    let from = |n: u8| Visitor::new([192, 0, 2, n].into(), "");
    for n in 0..4 {
        request(&db, &keys(), &email, "es", &from(n), noon()).await.unwrap();
    }
    let fifth = request(&db, &keys(), &email, "es", &from(9), noon()).await;
    assert!(matches!(fifth, Err(LinkError::Blocked(_))));
    // They were asked for while the first still waited: one mail.
    assert_eq!(count(&db, "jobs").await, 1);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_link_signs_in_once(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    deliver_to(&db, "ana@example.test", noon()).await;
    let token = token(&db).await;
    // Looking does not use it up.
    assert!(is_alive(&db, &token, noon()).await.unwrap());
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (db, token) = (db.clone(), token.clone());
        racers.spawn(async move { enter(&db, &token, &Visitor::default(), None, noon()).await });
    }
    let outcomes = racers.join_all().await;
    let mut entered: Vec<_> = outcomes.into_iter().filter_map(Result::ok).collect();
    assert_eq!(entered.len(), 1);
    let issued = entered.pop().unwrap();
    assert!(!is_alive(&db, &token, noon()).await.unwrap());
    let mut conn = db.conn().await.unwrap();
    let customer = login::find_customer(&mut conn, &issued.token, noon()).await.unwrap().unwrap();
    assert_eq!(customer.account, AccountId(5));
    assert_eq!(count(&db, "logins").await, 1);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_link_dies_after_a_quarter_of_an_hour(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    deliver_to(&db, "ana@example.test", noon()).await;
    let token = token(&db).await;
    let late = noon() + LIFE;
    assert!(is_alive(&db, &token, late - TimeDelta::microseconds(1)).await.unwrap());
    assert!(!is_alive(&db, &token, late).await.unwrap());
    let outcome = enter(&db, &token, &Visitor::default(), None, late).await;
    assert!(matches!(outcome, Err(LinkError::Dead)));
    let guess = enter(&db, &Secret::new("x".repeat(43)), &Visitor::default(), None, noon()).await;
    assert!(matches!(guess, Err(LinkError::Dead)));
}

#[sqlx::test(migrations = "./migrations")]
async fn entering_ends_the_login_that_was_there(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    deliver_to(&db, "ana@example.test", noon()).await;
    let first = enter(&db, &token(&db).await, &Visitor::default(), None, noon()).await.unwrap();
    deliver_to(&db, "ana@example.test", noon()).await;
    let had = Some(&first.token);
    let second = enter(&db, &token(&db).await, &Visitor::default(), had, noon()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    assert!(login::find_customer(&mut conn, &first.token, noon()).await.unwrap().is_none());
    assert!(login::find_customer(&mut conn, &second.token, noon()).await.unwrap().is_some());
}

#[sqlx::test(migrations = "./migrations")]
async fn tidying_takes_what_is_over_and_nothing_else(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    deliver_to(&db, "ana@example.test", noon()).await;
    let email = Email::parse("ana@example.test").unwrap();
    request(&db, &keys(), &email, "es", &Visitor::default(), noon()).await.unwrap();
    assert_eq!(crate::auth::tidy::tidy(&db, noon() + TimeDelta::hours(24)).await.unwrap(), 0);
    // One link and two buckets.
    assert_eq!(crate::auth::tidy::tidy(&db, noon() + TimeDelta::hours(25)).await.unwrap(), 3);
}
