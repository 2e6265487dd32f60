use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

use super::*;
use crate::db;

fn noon() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}
fn keys() -> Keys {
    Keys::new(&[Secret::new("0123456789abcdef0123456789abcdef")]).unwrap()
}
fn mail() -> Mail {
    Mail {
        to: Email::parse("ana@example.test").unwrap(),
        subject: "Tu código".to_owned(),
        body: Secret::new("El código es 4711.\n.\nHasta luego, Ñ\n"),
        kind: Kind::SignInLink,
        account: None,
    }
}
async fn written_down(db: &Db) -> MailId {
    let mut conn = db.conn().await.unwrap();
    enqueue(&mut conn, &keys(), mail(), noon()).await.unwrap()
}
fn directory(name: &str) -> std::path::PathBuf {
    let unique = hex::encode(crate::crypto::random_bytes::<8>());
    std::env::temp_dir().join(format!("abono-{name}-{unique}"))
}

#[sqlx::test(migrations = "./migrations")]
async fn a_mail_waits_sealed_with_a_job(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = db::connect_with(options, 4).await.unwrap();
    let id = written_down(&db).await;
    let stored = store::find(&mut db.conn().await.unwrap(), id).await.unwrap().unwrap();
    let sealed = stored.body_sealed.unwrap();
    assert!(!sealed.windows(4).any(|four| four == b"4711"));
    let (kind, payload): (String, String) =
        sqlx::query_as("SELECT kind, CAST(payload AS CHAR) FROM jobs").fetch_one(&db.0).await.unwrap();
    assert_eq!((kind.as_str(), payload.replace(' ', "")), (JOB, format!("{{\"mail\":{id}}}")));
}

#[sqlx::test(migrations = "./migrations")]
async fn without_a_server_it_becomes_a_private_file_and_is_wiped(
    _: MySqlPoolOptions,
    options: MySqlConnectOptions,
) {
    let db = db::connect_with(options, 4).await.unwrap();
    let id = written_down(&db).await;
    let directory = directory("mails");
    let post = Post::files("Abono <abono@example.test>", directory.clone()).unwrap();
    send_by(&db, &keys(), &post, id, noon()).await.unwrap();
    let file = directory.join(format!("{id}.eml"));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("To: ana@example.test\r\n"), "{text}");
    assert!(text.contains("Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let stored = store::find(&mut db.conn().await.unwrap(), id).await.unwrap().unwrap();
    assert_eq!((stored.body_sealed, stored.sent_at), (None, Some(noon())));
    // A job that runs twice sends once.
    std::fs::remove_file(&file).unwrap();
    send_by(&db, &keys(), &post, id, noon()).await.unwrap();
    assert!(!file.exists());
    std::fs::remove_dir_all(&directory).unwrap();
}

#[sqlx::test(migrations = "./migrations")]
async fn a_subject_cannot_hold_another_header(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = db::connect_with(options, 4).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    for subject in ["", "Hola\r\nBcc: eva@example.test", "Hola\nX: y", &"x".repeat(201)] {
        let bad = Mail { subject: subject.to_owned(), ..mail() };
        let outcome = enqueue(&mut conn, &keys(), bad, noon()).await;
        assert!(matches!(outcome, Err(MailError::BadSubject)), "{subject}");
    }
    let long = Mail { body: Secret::new("x".repeat(BODY_MOST)), ..mail() };
    enqueue(&mut conn, &keys(), long, noon()).await.unwrap();
    let longer = Mail { body: Secret::new("x".repeat(BODY_MOST + 1)), ..mail() };
    let outcome = enqueue(&mut conn, &keys(), longer, noon()).await;
    assert!(matches!(outcome, Err(MailError::BodyTooLong)));
}

/// Speaks just enough SMTP for one mail; refuses the recipient with `rcpt`.
async fn server(rcpt: &'static str) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut heard = vec![];
        let mut in_data = false;
        write.write_all(b"220 test\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "." if in_data => {
                    in_data = false;
                    "250 taken"
                }
                _ if in_data => {
                    heard.push(line);
                    continue;
                }
                "DATA" => {
                    in_data = true;
                    "354 go on"
                }
                "RCPT" => rcpt,
                "QUIT" => "221 bye",
                _ => "250 fine",
            };
            heard.push(line);
            if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                break;
            }
        }
        heard
    });
    (url, heard)
}

#[sqlx::test(migrations = "./migrations")]
async fn a_mail_server_gets_it_whole(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = db::connect_with(options, 4).await.unwrap();
    let id = written_down(&db).await;
    let (url, heard) = server("250 fine").await;
    let post = Post::server("Abono <abono@example.test>", Secret::new(url)).unwrap();
    send_by(&db, &keys(), &post, id, noon()).await.unwrap();
    let heard = heard.await.unwrap();
    assert!(heard.contains(&"MAIL FROM:<abono@example.test>".to_owned()), "{heard:?}");
    assert!(heard.contains(&"RCPT TO:<ana@example.test>".to_owned()), "{heard:?}");
    assert!(heard.iter().any(|line| line.starts_with("Message-ID: <")), "{heard:?}");
    let stored = store::find(&mut db.conn().await.unwrap(), id).await.unwrap().unwrap();
    assert_eq!(stored.sent_at, Some(noon()));
}

#[sqlx::test(migrations = "./migrations")]
async fn a_refused_mail_waits_and_the_error_names_nobody(_: MySqlPoolOptions, options: MySqlConnectOptions) {
    let db = db::connect_with(options, 4).await.unwrap();
    let id = written_down(&db).await;
    let (url, _heard) = server("550 ana@example.test does not live here").await;
    let post = Post::server("Abono <abono@example.test>", Secret::new(url)).unwrap();
    let error = send_by(&db, &keys(), &post, id, noon()).await.unwrap_err();
    assert_eq!(error.to_string(), "the mail server did not take it: answer 550");
    let stored = store::find(&mut db.conn().await.unwrap(), id).await.unwrap().unwrap();
    assert!(stored.body_sealed.is_some() && stored.sent_at.is_none());
}
