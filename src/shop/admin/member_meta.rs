//! How the balances stand on a shop's users: how many, what the shop does to them, and what to do about it.
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use super::{Nothing, path};
use crate::{
    accounts,
    app::App,
    auth::extract::Manager,
    core::{ids::ShopId, page::Seek},
    db::DbError,
    inbox::member_meta,
    jobs::store::{self as jobs, State as JobState},
    shop::{
        member::{self, Member, State as MemberState},
        service,
        store::{Shop, member_meta as rows},
    },
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::Form,
        problem::Problem,
    },
};

/// Users in trouble that are named one by one.
const NAMED: u32 = 20;
/// Waiting jobs looked through: there are at most two for a shop.
const JOBS: u32 = 200;

/// Why nothing can be written at all.
#[derive(Debug)]
pub(super) struct Failing {
    /// Stable code of the job's error.
    pub code: String,
    pub again_at: DateTime<Utc>,
}

/// What the page says of the balances.
#[derive(Debug)]
pub(super) struct Card {
    pub counts: Vec<(MemberState, u64)>,
    pub troubled: Vec<(Member, String)>,
    pub failing: Option<Failing>,
}

impl Card {
    pub(super) async fn load(conn: &mut MySqlConnection, cx: &Cx, shop: &Shop) -> Result<Self, DbError> {
        let counts = rows::count_members(conn, shop.id, &MemberState::ALL).await?;
        let mut troubled = Vec::new();
        if counts.iter().any(|(state, n)| *n > 0 && is_trouble(*state)) {
            for member in rows::troubled_members(conn, shop.id, NAMED).await? {
                let account = accounts::store::find(conn, member.account).await?;
                let name = account.map(|account| account.label()).filter(|name| !name.is_empty());
                troubled.push((member, name.unwrap_or_else(|| cx.t("account-nameless"))));
            }
        }
        Ok(Self { counts, troubled, failing: failing(conn, shop.id).await? })
    }

    pub(super) fn n(&self, state: MemberState) -> u64 {
        self.counts.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n)
    }

    fn trouble(&self) -> u64 {
        self.counts.iter().filter(|(state, _)| is_trouble(*state)).map(|(_, n)| n).sum()
    }

    /// Users in trouble that are not named.
    pub(super) fn more(&self) -> u64 {
        self.trouble().saturating_sub(self.troubled.len() as u64)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counts.iter().all(|(_, n)| *n == 0)
    }

    pub(super) fn has_trouble(&self) -> bool {
        self.trouble() > 0
    }
}

fn is_trouble(state: MemberState) -> bool {
    matches!(state, MemberState::Dropped | MemberState::Overwritten | MemberState::Failed)
}

/// What the job that writes last ran into, while it waits for its next try.
async fn failing(conn: &mut MySqlConnection, shop: ShopId) -> Result<Option<Failing>, DbError> {
    let filter = jobs::Filter {
        state: Some(JobState::Ready),
        kind: Some(member_meta::WRITE.to_owned()),
        ..jobs::Filter::default()
    };
    let seek = Seek::forward(None, JOBS);
    let waiting = jobs::list(conn, &filter, &seek).await?.items;
    Ok(waiting.into_iter().find_map(|job| {
        let ours = job.payload["shop"].as_u64() == Some(shop.0);
        let code = job.last_error.filter(|_| ours)?;
        Some(Failing { code, again_at: job.run_at })
    }))
}

/// The text key of how a balance stands in the shop.
pub fn state_key(state: &MemberState) -> &'static str {
    match state {
        MemberState::Pending => "member-meta-pending",
        MemberState::Written => "member-meta-written",
        MemberState::Dropped => "member-meta-dropped",
        MemberState::Overwritten => "member-meta-overwritten",
        MemberState::Failed => "member-meta-failed",
    }
}

pub fn state_class(state: &MemberState) -> &'static str {
    match state {
        MemberState::Pending => "is-info",
        MemberState::Written => "is-ok",
        MemberState::Dropped | MemberState::Overwritten => "is-warn",
        MemberState::Failed => "is-bad",
    }
}

/// What the shop says, in words: the number or text it shows, that it shows nothing, or why it refused.
pub fn says(cx: &Cx, member: &Member) -> String {
    match (member.state, &member.seen, &member.error) {
        (MemberState::Failed, _, Some(code)) if member::is_gone(code) => cx.t("member-meta-says-gone"),
        (MemberState::Failed, _, Some(code)) if code == member::NOT_SHOWN => {
            cx.t("member-meta-says-not-shown")
        }
        (MemberState::Failed, _, Some(code)) => cx.ta("member-meta-says-refused", &[("code", code)]),
        (MemberState::Overwritten, Some(seen), _) => seen.clone(),
        (MemberState::Dropped, ..) => cx.t("member-meta-says-nothing"),
        (MemberState::Written | MemberState::Pending, ..) => {
            member.written.map_or_else(|| cx.t("member-meta-says-nothing"), |n| cx.count(n))
        }
        _ => String::new(),
    }
}

/// One sentence on one person: what the shop says, and since when.
pub fn sentence(cx: &Cx, member: &Member) -> String {
    let says = says(cx, member);
    let ago = member.written_at.map(|at| cx.ago(&at)).unwrap_or_default();
    let args = [("says", says.as_str()), ("ago", ago.as_str())];
    match member.state {
        MemberState::Pending if member.written.is_none() => cx.t("member-meta-person-first"),
        MemberState::Pending => cx.ta("member-meta-person-pending", &args),
        MemberState::Written => cx.ta("member-meta-person-written", &args),
        MemberState::Dropped => cx.ta("member-meta-person-dropped", &args),
        MemberState::Overwritten => cx.ta("member-meta-person-overwritten", &args),
        MemberState::Failed => says,
    }
}

/// Writes again what the shop dropped, overwrote or refused.
pub(super) async fn again(
    State(app): State<App>,
    Manager(staff): Manager,
    Path(id): Path<ShopId>,
    Form(_): Form<Nothing>,
) -> Result<Response, Problem> {
    let shop = service::load(&app, id).await?;
    if shop.paused_at.is_some() {
        return Ok(redirect(&path(id), Some(Flash::bad("shop-paused-first"))));
    }
    if !shop.writes_member_meta {
        return Ok(redirect(&path(id), Some(Flash::bad("member-meta-off-first"))));
    }
    let users = member_meta::again(&app, id, &staff.actor()).await?;
    let said = Flash::info("member-meta-again-started").count(i64::try_from(users).unwrap_or(i64::MAX));
    Ok(redirect(&format!("{}#t-meta", path(id)), Some(said)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::lang;

    #[test]
    fn every_state_has_a_word() {
        for state in MemberState::ALL {
            assert!(lang::has(state_key(&state)), "{state:?}");
        }
    }
}
