//! What pages say of licences: plans, how they stand, what happened to them.
use sqlx::MySqlConnection;

use super::{
    domain::{Act, Licence, Mode, Plan, Standing, Tier},
    store::Move,
};
use crate::{
    auth, core::feature::FeatureCode, db::DbError, entitlements::Feature, sessions::words::actor_key,
    web::cx::Cx,
};

/// A plan by the name that the brief gives it. Days that a free one by date lasts are part of its name.
pub fn plan(cx: &Cx, plan: Plan, free_days: u32) -> String {
    cx.n(plan_key(plan), free_days)
}

/// The text key of a plan's name.
pub(super) fn plan_key(plan: Plan) -> &'static str {
    match (plan.tier, plan.mode) {
        (Tier::Free, Mode::Quantity) => "licence-plan-free-quantity",
        (Tier::Free, Mode::Date) => "licence-plan-free-date",
        (Tier::Paid, Mode::Quantity) => "licence-plan-paid-quantity",
        (Tier::Paid, Mode::Date) => "licence-plan-paid-date",
    }
}

/// The tint of a plan: what was given away and what was paid for look as they do everywhere.
pub fn plan_tone(plan: &Plan) -> &'static str {
    match plan.tier {
        Tier::Free => "tone-plum",
        Tier::Paid => "tone-teal",
    }
}

/// The text key of how a licence stands.
pub fn standing_key(standing: &Standing) -> &'static str {
    match standing {
        Standing::Active => "licence-state-active",
        Standing::UsedUp => "licence-state-used-up",
        Standing::Expired => "licence-state-expired",
        Standing::Blocked => "licence-state-blocked",
        Standing::Undated => "licence-state-undated",
    }
}

/// The mark of how a licence stands.
pub fn standing_class(standing: &Standing) -> &'static str {
    match standing {
        Standing::Active => "is-ok",
        Standing::UsedUp | Standing::Expired => "is-over",
        Standing::Blocked => "is-bad",
        Standing::Undated => "is-warn",
    }
}

/// The icon of how a licence stands.
pub fn standing_icon(standing: &Standing) -> &'static str {
    match standing {
        Standing::Active => "circle-check",
        Standing::UsedUp | Standing::Expired => "info-circle",
        Standing::Blocked => "lock",
        Standing::Undated => "alert-triangle",
    }
}

/// What a feature is called, and so many of its unit.
#[derive(Debug, Clone, Default)]
pub struct Features(pub Vec<Feature>);

impl Features {
    fn find(&self, code: &FeatureCode) -> Option<&Feature> {
        self.0.iter().find(|feature| feature.code == *code)
    }

    pub fn name<'a>(&'a self, code: &'a FeatureCode) -> &'a str {
        self.find(code).map_or(code.as_str(), |feature| feature.name.as_str())
    }

    pub fn unit<'a>(&'a self, code: &'a FeatureCode, n: u32) -> &'a str {
        self.find(code).map_or(code.as_str(), |feature| feature.unit(n))
    }
}

/// What is left or until when, in a few words: `3 de 5 catálogos`, `hasta el 21 dic 2026`, `venció el 12 oct 2026`.
pub fn left(cx: &Cx, licence: &Licence, features: &Features) -> String {
    match (licence.plan.mode, licence.expires_on) {
        (Mode::Quantity, _) if licence.granted == 0 => cx.t("licence-left-none"),
        (Mode::Quantity, _) => {
            let unit = features.unit(&licence.feature, licence.granted);
            cx.na(
                "licence-left",
                licence.remaining(),
                &[("total", &cx.count(licence.granted)), ("unit", unit)],
            )
        }
        (Mode::Date, Some(day)) if day < cx.today() => cx.ta("licence-until-past", &[("day", &cx.on(&day))]),
        (Mode::Date, Some(day)) => cx.ta("licence-until", &[("day", &cx.on(&day))]),
        (Mode::Date, None) => cx.t("licence-no-day"),
    }
}

/// What happened. `free_days` are part of a plan's name.
pub fn act(cx: &Cx, row: &Move, free_days: u32) -> String {
    let day = row.expires_on.map(|day| cx.on(&day));
    let dated = row.plan.is_dated();
    let said = |credits: &str, until: &str, undated: &str| match (dated, &day) {
        (false, _) => cx.n(credits, row.amount),
        (true, Some(day)) => cx.ta(until, &[("day", day)]),
        (true, None) => cx.t(undated),
    };
    match row.act {
        Act::Create => {
            said("licence-act-create-credits", "licence-act-create-date", "licence-act-create-undated")
        }
        Act::Renew => {
            said("licence-act-renew-credits", "licence-act-renew-date", "licence-act-renew-undated")
        }
        // The rest was used, or is held by reservations.
        Act::Revoke if !dated && row.delta.unsigned_abs() < row.amount => {
            let taken = cx.count(row.delta.unsigned_abs());
            cx.na("licence-act-revoke-part", row.amount, &[("taken", &taken)])
        }
        Act::Revoke => {
            said("licence-act-revoke-credits", "licence-act-revoke-date", "licence-act-revoke-undated")
        }
        Act::Restore => {
            said("licence-act-restore-credits", "licence-act-restore-date", "licence-act-restore-undated")
        }
        Act::Consume => cx.n("licence-act-consume", row.amount),
        Act::Credit => cx.n("licence-act-credit", row.amount),
        Act::Extend => cx.ta("licence-act-extend", &[("day", day.as_deref().unwrap_or_default())]),
        Act::Change => {
            let name = plan(cx, row.plan, free_days);
            match row.plan_before {
                Some(before) if before == row.plan => cx.ta("licence-act-change-within", &[("plan", &name)]),
                Some(before) => {
                    let before = plan(cx, before, free_days);
                    cx.ta("licence-act-change-from", &[("before", &before), ("plan", &name)])
                }
                None => cx.ta("licence-act-change", &[("plan", &name)]),
            }
        }
        Act::Block => cx.t("licence-act-block"),
        Act::Unblock => cx.t("licence-act-unblock"),
        Act::Settle => cx.n("licence-act-settle", row.amount),
        Act::Hold => cx.n("licence-act-hold", row.amount),
        Act::Release => cx.n("licence-act-release", row.amount),
    }
}

/// The icon of what happened.
pub fn act_icon(act: &Act) -> &'static str {
    match act {
        Act::Create => "license",
        Act::Consume => "ticket",
        Act::Credit => "circle-plus",
        Act::Extend => "calendar-event",
        Act::Change => "transfer",
        Act::Block => "lock",
        Act::Unblock => "lock-open",
        Act::Renew => "repeat",
        Act::Revoke | Act::Settle => "arrow-back-up",
        Act::Restore => "rotate",
        Act::Hold | Act::Release => "clock",
    }
}

/// What came of it for whoever has the licence: `−1 crédito`, `No gasta créditos`; nothing where nothing was counted.
pub fn result(cx: &Cx, row: &Move) -> String {
    match row.act {
        Act::Consume if row.delta == 0 => cx.t("licence-result-free"),
        _ if row.delta == 0 => String::new(),
        _ => cx.na("licence-result", row.delta.unsigned_abs(), &[("change", &cx.signed(row.delta))]),
    }
}

/// What was left after it: `Quedan 4`, `Hasta el 21 dic 2026`.
pub fn after(cx: &Cx, row: &Move) -> String {
    match (row.balance, row.expires_on) {
        (Some(left), _) => cx.n("licence-after", left),
        (None, Some(day)) => cx.ta("licence-after-date", &[("day", &cx.on(&day))]),
        (None, None) => cx.t("licence-after-undated"),
    }
}

/// Why: the order's number for what an order did, otherwise the words of whoever did it.
pub fn reason(cx: &Cx, row: &Move) -> String {
    if row.actor_kind == "shop" && !row.reason.is_empty() {
        cx.ta("session-order", &[("number", &row.reason)])
    } else {
        row.reason.clone()
    }
}

/// Names of the staff and of apps, by the words of a ledger row.
#[derive(Debug, Clone, Default)]
pub struct Names(Vec<(&'static str, String, String)>);

impl Names {
    pub async fn load(conn: &mut MySqlConnection) -> Result<Self, DbError> {
        let mut names: Vec<_> = auth::staff::list(conn)
            .await?
            .into_iter()
            .map(|staff| ("staff", staff.id.to_string(), staff.name))
            .collect();
        names.extend(
            auth::key::list(conn).await?.into_iter().map(|key| ("app", key.id.to_string(), key.name)),
        );
        Ok(Self(names))
    }

    /// Who did it, for the staff.
    pub fn who(&self, cx: &Cx, kind: &str, id: &str) -> String {
        let known = self.0.iter().find(|(of, key, _)| *of == kind && key == id);
        known.map_or_else(|| cx.t(actor_key(kind)), |(_, _, name)| name.clone())
    }

    /// The same, of the text that licences keep (`staff:3`), to stand alone: `La tienda`.
    pub fn by(&self, cx: &Cx, created_by: &str) -> String {
        let (kind, id) = created_by.split_once(':').unwrap_or((created_by, ""));
        let who = self.who(cx, kind, id);
        let mut letters = who.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }
}
