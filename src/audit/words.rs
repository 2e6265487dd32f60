//! What the audit trail's words mean, for people.
use crate::web::{cx::Cx, lang};

/// An action in the reader's language; one we have no words for as it is.
pub fn action(cx: &Cx, action: &str) -> String {
    let key = format!("audit-{}", action.replace(['.', '_'], "-"));
    if lang::has(&key) { cx.t(&key) } else { action.to_owned() }
}
