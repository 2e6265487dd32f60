//! «Where you are signed in», for staff and customers alike.
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::{
    app::App,
    auth::{
        device::Device,
        login::{self, Listed, Method, Owner},
    },
    core::{actor::Actor, ids::LoginId},
    web::{
        flash::Flash,
        problem::{Kind, Problem},
    },
};

/// A line of the list.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) id: LoginId,
    /// `Firefox · Windows`; empty when unknown.
    pub(super) device: String,
    pub(super) address: String,
    pub(super) method: &'static str,
    pub(super) created_at: DateTime<Utc>,
    pub(super) last_seen_at: DateTime<Utc>,
    /// The login that is reading the list.
    pub(super) is_this: bool,
}

impl Line {
    fn of(listed: Listed, this: LoginId) -> Self {
        Self {
            id: listed.id,
            device: Device::read(&listed.user_agent).label(),
            address: listed.address,
            method: match listed.method {
                Method::Password => "auth-method-password",
                Method::Link => "auth-method-link",
                Method::Handoff => "auth-method-handoff",
            },
            created_at: listed.created_at,
            last_seen_at: listed.last_seen_at,
            is_this: listed.id == this,
        }
    }
}

pub(super) async fn lines(
    app: &App,
    owner: Owner,
    this: LoginId,
    now: DateTime<Utc>,
) -> Result<Vec<Line>, Problem> {
    let listed = login::list(&mut *app.db.conn().await?, owner, now).await?;
    Ok(listed.into_iter().map(|one| Line::of(one, this)).collect())
}

/// Which login to end: a number, or `others`.
#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    login: String,
}

/// Ends what was chosen, and says what to tell.
pub(super) async fn end(
    app: &App,
    owner: Owner,
    this: LoginId,
    choice: &Choice,
    actor: &Actor,
) -> Result<Flash, Problem> {
    let now = app.clock.now();
    if choice.login == "others" {
        let ended = login::revoke_all_others(&app.db, owner, this, actor, now).await?;
        return Ok(Flash::ok("auth-logins-ended").count(i64::try_from(ended).unwrap_or(i64::MAX)));
    }
    let id: LoginId = choice.login.parse().map_err(|_| Problem::new(Kind::NotFound))?;
    if login::revoke(&app.db, owner, id, actor, now).await? {
        Ok(Flash::ok("auth-logins-ended").count(1))
    } else {
        Err(Problem::new(Kind::NotFound))
    }
}
