use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};

use super::*;
use crate::db;

const SYSTEM: Actor = Actor::System { name: "test" };

fn noon() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}
async fn open(options: MySqlConnectOptions) -> Db {
    db::connect_with(options, 8).await.unwrap()
}
fn wanted() -> NewKey {
    NewKey {
        name: "La app".to_owned(),
        scopes: vec![Scope::SessionsWrite, Scope::SessionsRead, Scope::SessionsWrite],
        account: None,
        expires_at: None,
    }
}

#[test]
fn every_scope_reads_back() {
    for scope in Scope::ALL {
        assert_eq!(Scope::parse(scope.as_str()), Some(scope));
    }
    assert_eq!(Scope::parse("sessions:*"), None);
}

#[test]
fn a_key_looks_like_a_key() {
    let (prefix, text) = make_text();
    assert!(looks_like_a_key(text.reveal()));
    assert!(text.reveal().starts_with(&format!("abk_{prefix}_")));
    for bad in ["", "abk_", "abk_01234567_short", &"é".repeat(28), &"a".repeat(56)] {
        assert!(!looks_like_a_key(bad), "{bad}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_key_opens_until_it_is_revoked(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    let made = create(&db, &wanted(), &SYSTEM, noon()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    let key = identify(&mut conn, &made.text, noon()).await.unwrap().unwrap();
    assert_eq!((key.id, key.scopes), (made.id, vec![Scope::SessionsRead, Scope::SessionsWrite]));
    let mut other = made.text.reveal().to_owned();
    let last = if other.ends_with('A') { "B" } else { "A" };
    other.replace_range(other.len() - 1.., last);
    assert!(identify(&mut conn, &Secret::new(other), noon()).await.unwrap().is_none());
    revoke(&db, made.id, &SYSTEM, noon()).await.unwrap();
    assert!(identify(&mut conn, &made.text, noon()).await.unwrap().is_none());
    let again = revoke(&db, made.id, &SYSTEM, noon()).await;
    assert!(matches!(again, Err(KeyError::Refused(Refusal::NotFound))));
    let actions: Vec<String> =
        sqlx::query_scalar("SELECT action FROM audit_entries ORDER BY id").fetch_all(&db.0).await.unwrap();
    assert_eq!(actions, ["key.created", "key.revoked"]);
}

#[sqlx::test(migrations = "./migrations")]
async fn the_database_and_the_audit_trail_do_not_know_the_key(
    _: MySqlPoolOptions,
    options: MySqlConnectOptions,
) {
    let db = open(options).await;
    let made = create(&db, &wanted(), &SYSTEM, noon()).await.unwrap();
    let secret = made.text.reveal().split('_').skip(2).collect::<Vec<_>>().join("_");
    let row: String = sqlx::query_scalar(
        "SELECT CONCAT_WS(' ', k.name, k.prefix, CONVERT(k.secret_hash USING latin1), k.scopes, k.created_by, a.detail)
           FROM api_keys k, audit_entries a",
    )
    .fetch_one(&db.0)
    .await
    .unwrap();
    assert!(row.contains(&made.text.reveal()[4..12]));
    assert!(!row.contains(&secret));
}

#[sqlx::test(migrations = "./migrations")]
async fn a_key_expires_at_the_instant_it_says(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    let end = noon() + TimeDelta::hours(1);
    let new = NewKey { expires_at: Some(end), ..wanted() };
    let made = create(&db, &new, &SYSTEM, noon()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    let before = end - TimeDelta::microseconds(1);
    assert!(identify(&mut conn, &made.text, before).await.unwrap().is_some());
    assert!(identify(&mut conn, &made.text, end).await.unwrap().is_none());
    let late = create(&db, &new, &SYSTEM, end).await;
    assert!(matches!(late, Err(KeyError::Refused(Refusal::ExpiresInThePast))));
}

#[sqlx::test(migrations = "./migrations")]
async fn a_bound_key_moves_with_its_merged_account(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    let bound = NewKey { account: Some(AccountId(2)), ..wanted() };
    let nobody = create(&db, &bound, &SYSTEM, noon()).await;
    assert!(matches!(nobody, Err(KeyError::Refused(Refusal::NoSuchAccount))));
    sqlx::query("INSERT INTO accounts (id, created_at, updated_at) VALUES (1, ?, ?), (2, ?, ?)")
        .bind(noon())
        .bind(noon())
        .bind(noon())
        .bind(noon())
        .execute(&db.0)
        .await
        .unwrap();
    let made = create(&db, &bound, &SYSTEM, noon()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    let key = identify(&mut conn, &made.text, noon()).await.unwrap().unwrap();
    assert_eq!(key.account, Some(AccountId(2)));
    sqlx::query("UPDATE accounts SET merged_into = 1 WHERE id = 2").execute(&db.0).await.unwrap();
    let key = identify(&mut conn, &made.text, noon()).await.unwrap().unwrap();
    assert_eq!(key.account, Some(AccountId(1)));
}

#[sqlx::test(migrations = "./migrations")]
async fn last_use_is_written_down_once_a_minute(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    let made = create(&db, &wanted(), &SYSTEM, noon()).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    assert_eq!(find(&mut conn, made.id).await.unwrap().unwrap().last_used_at, None);
    for (second, used) in [(0, 0), (59, 0), (60, 60), (100, 60)] {
        identify(&mut conn, &made.text, noon() + TimeDelta::seconds(second)).await.unwrap().unwrap();
        let key = &list(&mut conn).await.unwrap()[0];
        assert_eq!(key.last_used_at, Some(noon() + TimeDelta::seconds(used)), "after {second} s");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_key_without_scope_or_name_is_not_made(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = open(options).await;
    let mut new = wanted();
    new.scopes.clear();
    let bare = create(&db, &new, &SYSTEM, noon()).await;
    assert!(matches!(bare, Err(KeyError::Refused(Refusal::NoScope))));
    new.name = " ".to_owned();
    let unnamed = create(&db, &new, &SYSTEM, noon()).await;
    assert!(matches!(unnamed, Err(KeyError::Refused(Refusal::BadName))));
}
