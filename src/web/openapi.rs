//! The API's description: as JSON for programs, as one page for people.
use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use serde_json::Value;
use utoipa::openapi::{
    OpenApi,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::{
    cx::Cx,
    extract::Json,
    page::page,
    routes::{Access, Routes},
};

/// What every description says about us.
pub fn describe(openapi: &mut OpenApi) {
    "Abono".clone_into(&mut openapi.info.title);
    env!("CARGO_PKG_VERSION").clone_into(&mut openapi.info.version);
    openapi.info.description = Some(
        "Who may use what, how much is left, until when, and why. Send `Authorization: Bearer` with an API key; send an \
         `Idempotency-Key` with every write. Errors are problem details (RFC 9457); `/problems` explains each kind."
            .to_owned(),
    );
    let components = openapi.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
}

pub(super) fn routes(openapi: &OpenApi) -> Routes {
    let spec: Arc<Value> = Arc::new(serde_json::to_value(openapi).unwrap_or_default());
    let operations: Arc<Vec<Operation>> = Arc::new(operations(&spec));
    Routes::new()
        .get("/api/openapi.json", Access::Public, move || {
            let spec = Arc::clone(&spec);
            async move { Json(spec) }
        })
        .get("/api/docs", Access::Public, move |cx: Cx| {
            let operations = Arc::clone(&operations);
            async move { docs(cx, &operations) }
        })
}

#[derive(Debug)]
struct Operation {
    method: String,
    path: String,
    id: String,
    summary: String,
    description: String,
    scope: String,
    params: Vec<Param>,
    body: String,
    answers: Vec<(String, String, String)>,
}

#[derive(Debug)]
struct Param {
    name: String,
    place: String,
    required: bool,
    description: String,
}

#[derive(Debug, Template)]
#[template(path = "errors/api_docs.html")]
struct DocsPage<'a> {
    cx: Cx,
    operations: &'a [Operation],
}

fn docs(cx: Cx, operations: &[Operation]) -> Response {
    page(&DocsPage { cx, operations })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The name of the schema a content refers to.
fn schema(content: &Value) -> String {
    let media = content.as_object().and_then(|media| media.values().next());
    let reference = media.map_or(&Value::Null, |media| &media["schema"]["$ref"]);
    text(reference).rsplit('/').next().unwrap_or_default().to_owned()
}

fn operations(spec: &Value) -> Vec<Operation> {
    let empty = serde_json::Map::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut out = Vec::new();
    for (path, item) in spec["paths"].as_object().unwrap_or(&empty) {
        for (method, operation) in item.as_object().unwrap_or(&empty) {
            if !operation["responses"].is_object() {
                continue;
            }
            let scope = operation["security"][0]
                .as_object()
                .and_then(|schemes| schemes.values().next())
                .map(|scopes| text(&scopes[0]))
                .unwrap_or_default();
            let params = list(&operation["parameters"])
                .iter()
                .map(|param| Param {
                    name: text(&param["name"]),
                    place: text(&param["in"]),
                    required: param["required"].as_bool().unwrap_or(false),
                    description: text(&param["description"]),
                })
                .collect();
            let answers = operation["responses"]
                .as_object()
                .unwrap_or(&empty)
                .iter()
                .map(|(status, answer)| {
                    (status.clone(), text(&answer["description"]), schema(&answer["content"]))
                })
                .collect();
            out.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                id: text(&operation["operationId"]),
                summary: text(&operation["summary"]),
                description: text(&operation["description"]),
                scope,
                params,
                body: schema(&operation["requestBody"]["content"]),
                answers,
            });
        }
    }
    out
}
