//! A house without a database, for unit tests of pages and layers.
use axum::http::{HeaderMap, Uri};
use clap::Parser;

use super::cx::Cx;
use crate::{
    app::App,
    auth::{Logins, Role, StaffLogin, Theme},
    config::Config,
    core::{
        clock::Clock,
        ids::{LoginId, StaffId},
        secret::Secret,
    },
    crypto::Keys,
    db::Db,
    shop::client::Http,
};

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    config: Config,
}

/// The configuration nobody has touched.
pub(crate) fn config() -> Config {
    Line::parse_from(["abono"]).config
}

/// An app at noon of 18 November 2026 whose database does not answer. Needs a tokio runtime.
pub(crate) fn app() -> App {
    app_with(config())
}

pub(crate) fn app_with(config: Config) -> App {
    let pool = sqlx::mysql::MySqlPoolOptions::new()
        .acquire_timeout(std::time::Duration::from_millis(50))
        .connect_lazy("mysql://nobody@127.0.0.1:1/nothing")
        .unwrap();
    App {
        db: Db(pool),
        clock: Clock::fixed("2026-11-18T11:00:00Z".parse().unwrap()),
        keys: Keys::new(&[Secret::new("0123456789abcdef0123456789abcdef")]).unwrap(),
        config: std::sync::Arc::new(config),
        http: Http::new(true).unwrap(),
        desk: crate::app::Desk::default(),
    }
}

/// A member of staff.
pub(crate) fn staff(role: Role) -> StaffLogin {
    StaffLogin {
        login: LoginId(1),
        staff: StaffId(1),
        name: "Inés Carvajal".to_owned(),
        email: "ines@abono.example".to_owned(),
        role,
        locale: None,
        theme: Theme::Auto,
    }
}

/// The context of a page in Spanish with nobody signed in.
pub(crate) fn cx() -> Cx {
    // On a thread of its own: the pool wants a runtime, and a test may or may not run in one.
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _entered = runtime.enter();
        Cx::of(&app(), &HeaderMap::new(), &Uri::from_static("/"), Logins::default())
    })
    .join()
    .unwrap()
}

/// Every file under `dir` (of the project) with this ending: path and content.
pub(crate) fn files(dir: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(dir)];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }
    found.sort();
    found
}

/// Every Rust file of the service with its comments and unit tests taken away.
pub(crate) fn code() -> Vec<(String, String)> {
    files("src", "rs")
        .into_iter()
        .filter(|(path, _)| !(path.ends_with("tests.rs") || path.contains("/tests/")))
        .map(|(path, source)| {
            let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            (path, lines.collect::<Vec<_>>().join("\n"))
        })
        .collect()
}

/// The string literals that come right after `call` in a source.
pub(crate) fn literals_after(source: &str, call: &str) -> Vec<String> {
    source
        .split(call)
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"'))
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}
