//! What imports of licences are called, by text key.
use crate::{licences::domain::Plan, web::cx::Cx};

/// The plan, as the brief calls it.
pub fn plan(cx: &Cx, plan: Plan) -> String {
    cx.word("licence-import-plan", plan.as_str())
}
