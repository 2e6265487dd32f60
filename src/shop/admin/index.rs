//! The list of shops.
use askama::Template;
use axum::{extract::State, response::Response};

use super::{Standing, awake};
use crate::{
    app::App,
    auth::{Role, extract::Manager},
    shop::{
        store::{self, Shop},
        watchdog::TOPICS,
    },
    web::{cx::Cx, page::page, problem::Problem},
};

#[derive(Debug)]
struct Row {
    shop: Shop,
    standing: Standing,
    awake: usize,
}

impl Row {
    fn host(&self) -> String {
        let url = self.shop.url.as_str();
        url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/').to_owned()
    }
}

#[derive(Debug, Template)]
#[template(path = "shop/admin_index.html")]
struct IndexPage {
    cx: Cx,
    rows: Vec<Row>,
    /// Webhooks a shop should have.
    topics: usize,
    may_connect: bool,
}

pub(super) async fn index(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let mut rows = Vec::new();
    for shop in store::list(&mut conn).await? {
        let awake = awake(&store::webhook_rows(&mut conn, shop.id).await?);
        rows.push(Row { standing: Standing::of(&shop), shop, awake });
    }
    let may_connect = staff.role >= Role::Admin;
    Ok(page(&IndexPage { cx, rows, topics: TOPICS.len(), may_connect }))
}
