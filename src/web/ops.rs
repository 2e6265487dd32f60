//! Health and metrics, for whoever runs the service. Keep `/metrics` inside your network: it names routes, not people.
use std::time::Duration;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    extract::Json,
    routes::{Access, Routes},
};
use crate::{app::App, db::migrate, telemetry};

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn routes() -> Routes {
    // Counting starts with the house, not with the first look at the counters.
    telemetry::metrics_handle();
    Routes::new().get("/healthz", Access::Operations, alive).get("/readyz", Access::Operations, ready).get(
        "/metrics",
        Access::Operations,
        metrics,
    )
}

/// The process answers.
async fn alive() -> &'static str {
    "ok\n"
}

#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    database: &'static str,
    migrations: &'static str,
}

/// The database answers and has the schema this binary was built for.
async fn ready(State(app): State<App>) -> Response {
    let pending = tokio::time::timeout(PATIENCE, migrate::pending(&app.db)).await;
    let readiness = match pending {
        Ok(Ok(0)) => Readiness { ready: true, database: "ok", migrations: "current" },
        Ok(Ok(_)) => Readiness { ready: false, database: "ok", migrations: "pending" },
        Ok(Err(_)) | Err(_) => Readiness { ready: false, database: "away", migrations: "unknown" },
    };
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(readiness)).into_response()
}

async fn metrics() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], telemetry::metrics_handle().render())
        .into_response()
}
