//! `serve` and `work`: the service itself.
use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    open::{self, Access, Schema},
    serve,
};
use crate::{app::App, config::Config, jobs::worker, site};

#[derive(Debug, Args)]
pub struct Serve {
    /// Answer requests only; jobs are left to `abono work`
    #[arg(long)]
    pub no_worker: bool,
    /// Bring an external database to this program's schema first (an embedded one always is)
    #[arg(long)]
    pub migrate: bool,
}

/// Serves until told to stop.
pub async fn serve(args: &Serve, config: Config) -> anyhow::Result<()> {
    let schema = if args.migrate { Schema::Migrate } else { Schema::Current };
    let listener =
        TcpListener::bind(config.bind).await.with_context(|| format!("cannot listen on {}", config.bind))?;
    let opened = open::open(config, Access::Own, schema).await?;
    let stop = serve::stop_on_signal();
    let outcome = run(&opened.app, listener, !args.no_worker, stop).await;
    opened.close().await?;
    outcome
}

/// Answers requests, and does the jobs if asked to, until `stop`; then lets what runs end.
pub async fn run(
    app: &App,
    listener: TcpListener,
    with_worker: bool,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let worker = with_worker.then(|| tokio::spawn(worker::run(app.clone(), stop.clone())));
    tracing::info!(address = %listener.local_addr()?, url = app.config.public_url(), "serving");
    let served = serve::serve_on(listener, site::build(app).router, stop.clone()).await;
    stop.cancel();
    if let Some(worker) = worker {
        worker.await?;
    }
    Ok(served?)
}

/// Does jobs until told to stop.
pub async fn work(config: Config) -> anyhow::Result<()> {
    let opened = open::open(config, Access::Shared, Schema::Current).await?;
    let stop = serve::stop_on_signal();
    tracing::info!(workers = opened.app.config.workers, "working");
    worker::run(opened.app.clone(), stop).await;
    opened.close().await
}
