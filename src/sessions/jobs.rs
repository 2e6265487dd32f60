//! Background work of sessions. All of it only tidies and tells: what expired or lapsed is over by itself.
use super::{
    notices,
    service::{expiry, reservations, rollup},
};
use crate::{app::App, jobs::worker::JobError};

/// Reservations written down at once.
const BATCH: u32 = 1000;

/// Writes off what expired.
pub async fn expire(app: &App) -> Result<(), JobError> {
    let written = expiry::write_off(app).await?;
    if written > 0 {
        tracing::info!(grants = written, "expired sessions were written off");
    }
    Ok(())
}

/// Writes down reservations that ran out.
pub async fn lapse(app: &App) -> Result<(), JobError> {
    while reservations::tidy(app, BATCH).await? > 0 {}
    Ok(())
}

/// Tells people of sessions that expire soon.
pub async fn notify(app: &App) -> Result<(), JobError> {
    let sent = notices::send(app).await.map_err(|e| JobError::new("notice", e))?;
    if sent > 0 {
        tracing::info!(letters = sent, "people were told of sessions that expire soon");
    }
    Ok(())
}

/// Sums the ledger by day.
pub async fn roll_up(app: &App) -> Result<(), JobError> {
    rollup::run(app).await?;
    Ok(())
}
