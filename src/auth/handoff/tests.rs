use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};

use super::*;
use crate::db;

fn noon() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}
fn secret() -> Secret {
    Secret::new("a&b<c>\"d'e-0123456789")
}
fn signed(change: impl FnOnce(&mut Query)) -> Query {
    let mut query = Query {
        shop: "tienda".to_owned(),
        user: "7".to_owned(),
        email: "Ana@Example.test".to_owned(),
        name: "Ana Ñúñez & hijos".to_owned(),
        exp: (noon() + TimeDelta::seconds(60)).timestamp().to_string(),
        nonce: "0123456789abcdef".to_owned(),
        to: "/account/sessions?ver=todo".to_owned(),
        sig: String::new(),
    };
    change(&mut query);
    query.sig = query.signature(&secret());
    query
}
fn check(query: &Query) -> Result<VerifiedHandoff, Refusal> {
    query.verify(ShopId(3), &secret(), noon()).map(|checked| checked.handoff)
}

#[test]
fn what_the_shop_signed_is_what_we_read() {
    let handoff = check(&signed(|_| ())).unwrap();
    assert_eq!(
        handoff,
        VerifiedHandoff {
            shop: ShopId(3),
            wp_user: WcId(7),
            email: Email::parse("ana@example.test").unwrap(),
            name: "Ana Ñúñez & hijos".to_owned(),
            to: "/account/sessions?ver=todo".to_owned(),
        }
    );
}

/// Made with PHP 8.2: `hash_hmac('sha256', implode("\n", […]), $secret)`. The plugin depends on it.
#[test]
fn the_signature_is_the_one_php_makes() {
    let query = Query {
        shop: "tienda".to_owned(),
        user: "7".to_owned(),
        email: "ana@example.test".to_owned(),
        name: "Ana Ñúñez".to_owned(),
        exp: "1795521660".to_owned(),
        nonce: "0123456789abcdef".to_owned(),
        to: "/account".to_owned(),
        sig: String::new(),
    };
    assert_eq!(
        query.signature(&Secret::new("s3cr3t")),
        "910e041a8de602c0e4fedccff65496bcb89b33e3082a6b62e44d24707fe39b40"
    );
}

#[test]
fn any_altered_value_breaks_the_signature() {
    let changes: [fn(&mut Query); 9] = [
        |q| q.shop.push('2'),
        |q| q.user = "8".to_owned(),
        |q| q.email = "eva@example.test".to_owned(),
        |q| q.name = "Eva".to_owned(),
        |q| q.exp = (noon() + TimeDelta::seconds(61)).timestamp().to_string(),
        |q| q.nonce.push('0'),
        |q| q.to = "/account".to_owned(),
        |q| q.sig.make_ascii_uppercase(),
        |q| q.sig.clear(),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let mut query = signed(|_| ());
        change(&mut query);
        assert_eq!(check(&query), Err(Refusal::BadSignature), "change {n}");
    }
}

#[test]
fn a_value_cannot_slip_into_the_next_line() {
    let mut query = signed(|q| {
        q.email = "ana@example.test\nAna".to_owned();
        q.name = String::new();
    });
    assert_eq!(check(&query), Err(Refusal::Malformed));
    query.email = "ana@example.test".to_owned();
    query.name = "Ana\n".to_owned();
    assert_eq!(check(&query), Err(Refusal::Malformed));
}

#[test]
fn another_shops_secret_opens_nothing() {
    let query = signed(|_| ());
    let other = Secret::new("another-shop");
    assert_eq!(query.verify(ShopId(4), &other, noon()), Err(Refusal::BadSignature));
    let none = Secret::new("");
    let mut unsigned = signed(|_| ());
    unsigned.sig = unsigned.signature(&none);
    assert_eq!(unsigned.verify(ShopId(4), &none, noon()), Err(Refusal::Malformed));
}

#[test]
fn a_link_lives_two_minutes_at_most() {
    let living = |seconds: i64| {
        check(&signed(|q| {
            q.exp = (noon() + TimeDelta::seconds(seconds)).timestamp().to_string();
        }))
        .map(|_| ())
    };
    assert_eq!(living(0), Err(Refusal::Expired));
    assert_eq!(living(-1), Err(Refusal::Expired));
    assert_eq!(living(1), Ok(()));
    assert_eq!(living(120), Ok(()));
    assert_eq!(living(121), Err(Refusal::TooFarAhead));
    assert_eq!(check(&signed(|q| q.exp = "99999999999999999".to_owned())), Err(Refusal::Malformed));
}

#[test]
fn only_my_account_is_gone_to() {
    for bad in ["", "/admin", "https://evil.example/account", "/account/../admin"] {
        assert_eq!(check(&signed(|q| q.to = bad.to_owned())), Err(Refusal::Malformed));
    }
}

#[test]
fn short_nonces_and_nobody_are_refused() {
    let changes: [fn(&mut Query); 6] = [
        |q| q.nonce = "short".to_owned(),
        |q| q.nonce = "0123456789abcde/".to_owned(),
        |q| q.user = "0".to_owned(),
        |q| q.user = "-7".to_owned(),
        |q| q.email = "nobody".to_owned(),
        |q| q.name = "x".repeat(201),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        assert_eq!(check(&signed(change)), Err(Refusal::Malformed), "change {n}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_hand_off_is_taken_once_and_by_its_own_shop(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = db::connect_with(options, 8).await.unwrap();
    let keys = Keys::new(&[Secret::new("0123456789abcdef0123456789abcdef")]).unwrap();
    for (id, slug, secret) in [(3_u64, "tienda", secret()), (4, "otra", Secret::new("another-shop"))] {
        sqlx::query(
            "INSERT INTO shops (id, slug, name, url, consumer_key_sealed, consumer_secret_sealed, key_last4,
                                webhook_secret_sealed, handoff_secret_sealed, timezone, created_at)
             VALUES (?, ?, ?, ?, '', '', '', '', ?, 'Europe/Madrid', ?)",
        )
        .bind(id)
        .bind(slug)
        .bind(slug)
        .bind(slug)
        .bind(keys.seal(Purpose::HandoffSecret, &secret))
        .bind(noon())
        .execute(&db.0)
        .await
        .unwrap();
    }
    let query = signed(|_| ());
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (db, keys, query) = (db.clone(), keys.clone(), query.clone());
        racers.spawn(async move { accept(&db, &keys, &query, noon()).await });
    }
    let outcomes = racers.join_all().await;
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1);
    assert!(outcomes.iter().all(|o| matches!(o, Ok(_) | Err(HandoffError::Refused(Refusal::Used)))));
    for (slug, refusal) in [("otra", Refusal::BadSignature), ("ninguna", Refusal::UnknownShop)] {
        let replayed = Query { shop: slug.to_owned(), ..query.clone() };
        let outcome = accept(&db, &keys, &replayed, noon()).await;
        assert!(matches!(outcome, Err(HandoffError::Refused(r)) if r == refusal), "{slug}");
    }
}
