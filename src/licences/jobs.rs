//! Background work of licences. It only tells: a licence ends by itself.
use super::notices;
use crate::{app::App, jobs::worker::JobError};

/// Tells people of licences that end soon.
pub async fn notify(app: &App) -> Result<(), JobError> {
    let sent = notices::send(app).await.map_err(|e| JobError::new("notice", e))?;
    if sent > 0 {
        tracing::info!(letters = sent, "people were told of licences that end soon");
    }
    Ok(())
}
