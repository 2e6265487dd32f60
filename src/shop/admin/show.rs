//! Everything about one shop: whether it answers, how far it was read, whether it tells us what happens, its settings.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use sqlx::MySqlConnection;

use super::{Standing, awake, member_meta::Card, path};
use crate::{
    app::App,
    auth::{
        Role, StaffLogin,
        extract::{Admin, Manager},
    },
    core::{ids::ShopId, page::Seek},
    db::DbError,
    inbox::{connect, hook},
    jobs::store::{self as jobs, State as JobState},
    shop::{
        member::{self, BadKey},
        store::{self, RefundPolicy, Settings, Shop, SyncMode, SyncRow, WebhookRow, WebhookState},
        watchdog::TOPICS,
    },
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::{Form, FormErrors, Opt},
        lang,
        page::{page, page_with},
        problem::{Kind, Problem},
    },
};

/// The lists of a shop in the order they are read, with the text keys of their names.
const LISTS: [(&str, &str); 4] = [
    ("customers", "shop-list-customers"),
    ("products", "shop-list-products"),
    ("coupons", "shop-list-coupons"),
    ("orders", "shop-list-orders"),
];
/// A reading that waits for longer than this is not shown as about to begin.
const SOON: TimeDelta = TimeDelta::minutes(1);
/// Waiting and running readings looked through: there is at most one of a kind per shop.
const READINGS: u32 = 100;

/// How far one list was read.
#[derive(Debug)]
struct Reading {
    key: &'static str,
    row: Option<SyncRow>,
}

impl Reading {
    /// Rows so far and rows in all, while a reading is under way.
    fn progress(&self) -> Option<(u64, Option<u64>)> {
        let row = self.row.as_ref().filter(|row| row.mode != SyncMode::Idle)?;
        Some((row.seen, row.total.map(|total| total.max(row.seen))))
    }
    fn error(&self) -> Option<&str> {
        self.row.as_ref()?.last_error.as_deref()
    }
    fn error_at(&self) -> Option<DateTime<Utc>> {
        self.row.as_ref()?.last_error_at
    }
    fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.row.as_ref()?.finished_at
    }
    fn full_at(&self) -> Option<DateTime<Utc>> {
        self.row.as_ref()?.full_at
    }
    fn seen(&self) -> u64 {
        self.row.as_ref().map_or(0, |row| row.seen)
    }
}

/// The text key of a webhook's name.
pub(super) fn topic_key(topic: &str) -> String {
    format!("shop-topic-{}", topic.replace('.', "-"))
}

/// What a webhook tells of, in words. A topic that is not ours is shown as it came.
pub(super) fn topic(cx: &Cx, topic: &str) -> String {
    let key = topic_key(topic);
    if lang::has(&key) { cx.t(&key) } else { topic.to_owned() }
}

fn webhook_key(state: WebhookState) -> &'static str {
    match state {
        WebhookState::Wanted => "shop-hook-wanted",
        WebhookState::Active => "shop-hook-active",
        WebhookState::Paused => "shop-hook-paused",
        WebhookState::Disabled => "shop-hook-disabled",
        WebhookState::Missing => "shop-hook-missing",
    }
}

fn webhook_class(state: WebhookState) -> &'static str {
    match state {
        WebhookState::Wanted => "is-over",
        WebhookState::Active => "is-ok",
        WebhookState::Paused => "is-warn",
        WebhookState::Disabled | WebhookState::Missing => "is-bad",
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SettingsForm {
    name: String,
    grant: String,
    refunds: String,
    member_meta: Option<String>,
    member_meta_key: String,
}

const LABELS: &[(&str, &str)] = &[
    ("name", "shop-name"),
    ("grant", "shop-grant"),
    ("refunds", "shop-refunds"),
    ("member_meta_key", "shop-member-meta-key"),
];

impl SettingsForm {
    fn of(shop: &Shop) -> Self {
        Self {
            name: shop.name.clone(),
            grant: if shop.grant_on_processing { "processing" } else { "completed" }.to_owned(),
            refunds: shop.refund_policy.as_str().to_owned(),
            member_meta: shop.writes_member_meta.then(|| "true".to_owned()),
            member_meta_key: shop.member_meta_key.clone(),
        }
    }

    fn check(&self) -> Result<Settings, FormErrors> {
        let mut errors = FormErrors::of(LABELS);
        let name = self.name.trim();
        if name.is_empty() {
            errors.add("name", "shop-name-empty");
        } else if name.chars().count() > 120 {
            errors.add_with("name", "form-too-long", &[("max", "120")]);
        }
        let grant = match self.grant.as_str() {
            "completed" => Some(false),
            "processing" => Some(true),
            _ => None,
        };
        if grant.is_none() {
            errors.add("grant", "form-choose");
        }
        let refunds = RefundPolicy::from_word(&self.refunds);
        if refunds.is_none() {
            errors.add("refunds", "form-choose");
        }
        let key = self.member_meta_key.trim();
        match member::check_key(key) {
            Ok(()) => {}
            Err(BadKey::Unreadable) => errors.add("member_meta_key", "shop-member-meta-key-wrong"),
            Err(BadKey::Hidden) => errors.add("member_meta_key", "shop-member-meta-key-hidden"),
        }
        match (grant, refunds, errors.is_empty()) {
            (Some(grant_on_processing), Some(refund_policy), true) => Ok(Settings {
                name: name.to_owned(),
                grant_on_processing,
                refund_policy,
                writes_member_meta: self.member_meta.is_some(),
                member_meta_key: key.to_owned(),
            }),
            _ => Err(errors),
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "shop/admin_show.html")]
struct ShowPage {
    cx: Cx,
    shop: Shop,
    standing: Standing,
    readings: Vec<Reading>,
    is_reading: bool,
    webhooks: Vec<WebhookRow>,
    awake: usize,
    topics: usize,
    hook_url: String,
    card: Card,
    may_change: bool,
    form: SettingsForm,
    errors: FormErrors,
}

impl ShowPage {
    async fn load(
        app: &App,
        staff: &StaffLogin,
        cx: Cx,
        id: ShopId,
        typed: Option<(SettingsForm, FormErrors)>,
    ) -> Result<Self, Problem> {
        let mut conn = app.db.conn().await?;
        let shop = store::find(&mut conn, id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
        let rows = store::sync_rows(&mut conn, id).await?;
        let readings = LISTS
            .iter()
            .map(|(list, key)| Reading { key, row: rows.iter().find(|row| row.resource == *list).cloned() })
            .collect();
        let mut webhooks = store::webhook_rows(&mut conn, id).await?;
        // Orders first, as they matter most.
        webhooks.sort_by_key(|row| TOPICS.iter().position(|topic| *topic == row.topic).unwrap_or(usize::MAX));
        let is_reading = shop.paused_at.is_none() && is_reading(&mut conn, id, cx.now).await?;
        let card = Card::load(&mut conn, &cx, &shop).await?;
        let (form, errors) = typed.unwrap_or_else(|| (SettingsForm::of(&shop), FormErrors::of(LABELS)));
        Ok(Self {
            standing: Standing::of(&shop),
            readings,
            is_reading,
            awake: awake(&webhooks),
            webhooks,
            topics: TOPICS.len(),
            hook_url: format!("{}{}", app.config.public_url(), hook::path(&shop.slug)),
            card,
            may_change: staff.role >= Role::Admin,
            form,
            errors,
            shop,
            cx,
        })
    }

    /// The secret before the current one is still believed until then.
    fn old_secret_until(&self) -> Option<DateTime<Utc>> {
        self.shop.webhook_secret_old_until.filter(|until| *until > self.cx.now)
    }

    fn grants(&self) -> Vec<Opt> {
        vec![
            Opt::new("completed", self.cx.t("shop-grant-completed"))
                .hint(self.cx.t("shop-grant-completed-text")),
            Opt::new("processing", self.cx.t("shop-grant-processing"))
                .hint(self.cx.t("shop-grant-processing-text")),
        ]
    }

    fn policies(&self) -> Vec<Opt> {
        vec![
            Opt::new("forgive", self.cx.t("shop-refunds-forgive"))
                .hint(self.cx.t("shop-refunds-forgive-text")),
            Opt::new("debt", self.cx.t("shop-refunds-debt")).hint(self.cx.t("shop-refunds-debt-text")),
            Opt::new("block", self.cx.t("shop-refunds-block")).hint(self.cx.t("shop-refunds-block-text")),
        ]
    }
}

/// Whether a reading of this shop runs or is about to.
async fn is_reading(conn: &mut MySqlConnection, shop: ShopId, now: DateTime<Utc>) -> Result<bool, DbError> {
    for state in [JobState::Running, JobState::Ready] {
        let filter = jobs::Filter {
            state: Some(state),
            kind: Some("shop.sync".to_owned()),
            ..jobs::Filter::default()
        };
        let seek = Seek::forward(None, READINGS);
        let found = jobs::list(conn, &filter, &seek).await?.items;
        if found.iter().any(|job| {
            job.payload["shop"].as_u64() == Some(shop.0)
                && (state == JobState::Running || job.run_at <= now + SOON)
        }) {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) async fn show(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(id): Path<ShopId>,
) -> Result<Response, Problem> {
    Ok(page(&ShowPage::load(&app, &staff, cx, id, None).await?))
}

pub(super) async fn save(
    State(app): State<App>,
    Admin(staff): Admin,
    cx: Cx,
    Path(id): Path<ShopId>,
    Form(form): Form<SettingsForm>,
) -> Result<Response, Problem> {
    match form.check() {
        Ok(settings) => {
            connect::change_settings(&app, id, &settings, &staff.actor()).await?;
            Ok(redirect(&path(id), Some(Flash::ok("shop-saved"))))
        }
        Err(errors) => {
            let again = ShowPage::load(&app, &staff, cx, id, Some((form, errors))).await?;
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &again))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_need_a_name_and_two_choices() {
        let form = SettingsForm {
            name: " Almendro ".into(),
            grant: "processing".into(),
            refunds: "debt".into(),
            member_meta: None,
            member_meta_key: " mhtp_available_sessions ".into(),
        };
        let settings = form.check().unwrap();
        assert_eq!((settings.name.as_str(), settings.grant_on_processing), ("Almendro", true));
        assert_eq!(settings.refund_policy, RefundPolicy::Debt);
        assert_eq!(
            (settings.writes_member_meta, settings.member_meta_key.as_str()),
            (false, "mhtp_available_sessions")
        );
        let hidden = SettingsForm { member_meta_key: "_sessions".into(), ..form }.check().unwrap_err();
        assert_eq!(hidden.on("member_meta_key").map(|e| e.key), Some("shop-member-meta-key-hidden"));
        let errors = SettingsForm::default().check().unwrap_err();
        let fields: Vec<_> = errors.iter().map(|e| e.field).collect();
        assert_eq!(fields, ["name", "grant", "refunds", "member_meta_key"]);
    }

    #[test]
    fn a_list_that_grows_while_it_is_read_never_shows_more_than_all() {
        let row = SyncRow {
            resource: "orders".into(),
            modified_cursor: None,
            id_cursor: crate::core::ids::WcId(7),
            mode: SyncMode::Full,
            seen: 120,
            total: Some(118),
            started_at: None,
            finished_at: None,
            full_at: None,
            last_error: None,
            last_error_detail: None,
            last_error_at: None,
        };
        let reading = |row| Reading { key: "shop-list-orders", row: Some(row) };
        assert_eq!(reading(row.clone()).progress(), Some((120, Some(120))));
        assert_eq!(reading(SyncRow { mode: SyncMode::Idle, ..row }).progress(), None);
        assert_eq!(Reading { key: "shop-list-orders", row: None }.progress(), None);
    }
}
