//! `/problems/{slug}`: what each kind means, in words. Its address is the `type` of the problem.
use askama::Template;
use axum::response::Response;

use super::{Kind, Problem};
use crate::web::{
    cx::Cx,
    extract::Path,
    page::page,
    routes::{Access, Routes},
};

pub(in crate::web) fn routes() -> Routes {
    Routes::new().get("/problems", Access::Public, list).get("/problems/{slug}", Access::Public, show)
}

#[derive(Debug, Template)]
#[template(path = "errors/problems.html")]
struct ListPage {
    cx: Cx,
    kinds: &'static [Kind],
}

#[derive(Debug, Template)]
#[template(path = "errors/problem_kind.html")]
struct KindPage {
    cx: Cx,
    kind: Kind,
}

async fn list(cx: Cx) -> Response {
    page(&ListPage { cx, kinds: Kind::ALL })
}

async fn show(cx: Cx, Path(slug): Path<String>) -> Result<Response, Problem> {
    let kind = Kind::from_slug(&slug).ok_or(Problem::new(Kind::NotFound))?;
    Ok(page(&KindPage { cx, kind }))
}
