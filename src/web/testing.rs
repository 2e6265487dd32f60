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
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let _entered = runtime.enter();
    Cx::of(
        &app(),
        &HeaderMap::new(),
        &Uri::from_static("/"),
        Logins::default(),
    )
}
