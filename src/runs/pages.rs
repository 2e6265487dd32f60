//! What the pages of runs share; the parts of their templates are in `parts/run.html`.
use axum::response::Response;
use serde::Deserialize;

use crate::web::{
    cx::Cx,
    flash::{Flash, redirect},
    problem::Problem,
};

/// A form that is one button.
#[derive(Debug, Deserialize)]
pub struct Button {}

/// Back to the run's page, which says what is; a step that cannot be taken, which `refused` names by its text key, is told there.
pub fn back<E: Into<Problem>>(
    address: &str,
    outcome: Result<Option<Flash>, E>,
    refused: impl FnOnce(&E) -> Option<&'static str>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(flash) => Ok(redirect(address, flash)),
        Err(error) => match refused(&error) {
            Some(key) => Ok(redirect(address, Some(Flash::bad(key)))),
            None => Err(error.into()),
        },
    }
}

/// How much of `all` is done; nothing of nothing.
pub fn percent(cx: &Cx, done: u64, all: u64) -> String {
    let share = done.saturating_mul(100).checked_div(all).unwrap_or(0);
    cx.percent(&share.min(100).into())
}
