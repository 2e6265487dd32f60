//! «Necesita tu atención»: what someone has to do, the worst first. What happened, what it means now, one verb.
use chrono::{Days, TimeDelta};
use sqlx::MySqlConnection;

use super::store::{self, Owing};
use crate::{
    auth::Role,
    db::DbError,
    inbox::store as inbox,
    jobs::store as jobs,
    licences::settings::LicenceSettings,
    settings,
    shop::{
        admin::{Standing, awake, error_key},
        member::State as Member,
        store::{self as shops, Shop, member_meta},
        watchdog::TOPICS,
    },
    web::cx::Cx,
};

/// People with open shortfalls that are named one by one.
const NAMED: u32 = 5;
/// Minutes a new shop has to get its webhooks before anyone is told.
const NEW_MINUTES: i64 = 10;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Todo {
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) title: String,
    pub(super) text: String,
    /// Where it is done; nowhere in particular when empty.
    pub(super) href: String,
    pub(super) act: String,
}

/// Everything to do, as `cx`'s reader may do it.
pub(super) async fn list(conn: &mut MySqlConnection, cx: &Cx, shops: &[Shop]) -> Result<Vec<Todo>, DbError> {
    let is_admin = cx.staff.as_ref().is_some_and(|staff| staff.role >= Role::Admin);
    let mut todos = of_licences(conn, cx).await?;
    if shops.is_empty() {
        todos.insert(0, first_shop(cx, is_admin));
        return Ok(todos);
    }
    for shop in shops {
        let awake = awake(&shops::webhook_rows(conn, shop.id).await?);
        todos.extend(of_shop(cx, shop, awake, is_admin));
        if shop.writes_member_meta {
            let spoiled =
                member_meta::count_members(conn, shop.id, &[Member::Dropped, Member::Overwritten]).await?;
            todos.extend(
                spoiled.into_iter().filter(|(_, n)| *n > 0).map(|(state, n)| of_balances(cx, shop, state, n)),
            );
        }
    }
    let dead = jobs::counts(conn, cx.now).await?.dead;
    if dead > 0 {
        todos.push(Todo {
            class: "is-bad",
            icon: "alert-circle",
            title: cx.n("reports-todo-jobs", dead),
            text: cx.t("reports-todo-jobs-text"),
            href: "/admin/jobs?state=dead".to_owned(),
            act: cx.t("reports-todo-jobs-act"),
        });
    }
    let (quarantined, failed) = inbox::needing_attention(conn).await?;
    if failed > 0 {
        todos.push(Todo {
            class: "is-bad",
            icon: "inbox",
            title: cx.n("reports-todo-failed", failed),
            text: cx.t("reports-todo-failed-text"),
            href: "/admin/inbox?state=failed".to_owned(),
            act: cx.t("reports-todo-inbox-act"),
        });
    }
    if quarantined > 0 {
        todos.push(Todo {
            class: "is-warn",
            icon: "inbox",
            title: cx.n("reports-todo-quarantined", quarantined),
            text: cx.t("reports-todo-quarantined-text"),
            href: "/admin/inbox?state=quarantined".to_owned(),
            act: cx.t("reports-todo-inbox-act"),
        });
    }
    let (people, all) = store::owing(conn, NAMED).await?;
    let named = u64::try_from(people.len()).unwrap_or(u64::MAX);
    todos.extend(people.iter().map(|owing| of_person(cx, owing)));
    if all > named {
        todos.push(Todo {
            class: "is-warn",
            icon: "receipt-refund",
            title: cx.n("reports-todo-owing-more", all - named),
            text: cx.t("reports-todo-owing-more-text"),
            href: String::new(),
            act: String::new(),
        });
    }
    todos.sort_by_key(|todo| ["is-bad", "is-warn", "is-info"].iter().position(|class| *class == todo.class));
    Ok(todos)
}

async fn of_licences(conn: &mut MySqlConnection, cx: &Cx) -> Result<Vec<Todo>, DbError> {
    let chosen: LicenceSettings = settings::get(conn).await?;
    let (today, days) = (cx.today(), Days::new(chosen.soon_days.into()));
    let work = store::licence_work(conn, today, today.checked_add_days(days).unwrap_or(today)).await?;
    let mut todos = Vec::new();
    if work.undated > 0 {
        todos.push(Todo {
            class: "is-warn",
            icon: "license",
            title: cx.n("reports-todo-undated", work.undated),
            text: cx.t("reports-todo-undated-text"),
            href: "/admin/licences?state=undated".to_owned(),
            act: cx.t("reports-todo-undated-act"),
        });
    }
    if work.ending > 0 {
        todos.push(Todo {
            class: "is-info",
            icon: "calendar-due",
            title: cx.n("reports-todo-soon", work.ending),
            text: cx.n("reports-todo-soon-text", chosen.soon_days),
            href: "/admin/licences?soon=1&sort=expiry".to_owned(),
            act: cx.t("reports-todo-soon-act"),
        });
    }
    Ok(todos)
}

fn first_shop(cx: &Cx, is_admin: bool) -> Todo {
    Todo {
        class: "is-info",
        icon: "building-store",
        title: cx.t("reports-todo-first-shop"),
        text: cx.t(if is_admin { "reports-todo-first-shop-text" } else { "shops-none-manager" }),
        href: if is_admin { "/admin/shops/new" } else { "/admin/shops" }.to_owned(),
        act: cx.t(if is_admin { "reports-todo-connect" } else { "reports-todo-shop-act" }),
    }
}

fn of_shop(cx: &Cx, shop: &Shop, awake: usize, is_admin: bool) -> Vec<Todo> {
    let page = crate::shop::admin::path(shop.id);
    let name = ("shop", shop.name.as_str());
    let mut todos = Vec::new();
    match Standing::of(shop) {
        Standing::Paused => todos.push(Todo {
            class: "is-info",
            icon: "player-pause",
            title: match shop.paused_at {
                Some(at) => cx.ta("reports-todo-paused", &[name, ("day", &cx.day_short(&at))]),
                None => String::new(),
            },
            text: cx.t("shop-paused-text"),
            href: page,
            act: cx.t("reports-todo-shop-act"),
        }),
        Standing::Failing => {
            let code = shop.last_error.as_deref().unwrap_or_default();
            let keys = is_admin && code == "shop_unauthorized";
            todos.push(Todo {
                class: "is-bad",
                icon: "plug-connected-x",
                title: match shop.last_ok_at {
                    Some(at) => cx.ta("reports-todo-failing", &[name, ("ago", &cx.ago(&at))]),
                    None => cx.ta("reports-todo-failing-ever", &[name]),
                },
                text: cx.t(error_key(code)),
                href: if keys { format!("{page}/keys") } else { page },
                act: cx.t(if keys { "shop-keys-change" } else { "reports-todo-shop-act" }),
            });
        }
        // A shop that does not answer says nothing of its webhooks: one thing at a time.
        Standing::Connected => {
            let asleep = TOPICS.len().saturating_sub(awake);
            if asleep > 0 && shop.created_at < cx.now - TimeDelta::minutes(NEW_MINUTES) {
                todos.push(Todo {
                    class: "is-warn",
                    icon: "webhook-off",
                    title: cx.na("reports-todo-hooks", asleep, &[name]),
                    text: cx.t("reports-todo-hooks-text"),
                    href: format!("{page}#t-hooks"),
                    act: cx.t("reports-todo-hooks-act"),
                });
            }
        }
    }
    todos
}

/// Balances that do not stay in the shop.
fn of_balances(cx: &Cx, shop: &Shop, state: Member, n: u64) -> Todo {
    let (title, text) = if state == Member::Dropped {
        ("reports-todo-meta-dropped", "reports-todo-meta-dropped-text")
    } else {
        ("reports-todo-meta-overwritten", "reports-todo-meta-overwritten-text")
    };
    Todo {
        class: "is-warn",
        icon: "refresh-alert",
        title: cx.na(title, n, &[("shop", shop.name.as_str())]),
        text: cx.t(text),
        href: format!("{}#t-meta", crate::shop::admin::path(shop.id)),
        act: cx.t("reports-todo-meta-act"),
    }
}

fn of_person(cx: &Cx, owing: &Owing) -> Todo {
    let person = person(cx, &owing.name, owing.email.as_deref());
    Todo {
        class: "is-warn",
        icon: "receipt-refund",
        title: cx.na("reports-todo-owing", owing.sessions, &[("person", &person)]),
        text: cx.t(if owing.policy == "block" {
            "account-shortfall-block"
        } else {
            "reports-todo-owing-debt"
        }),
        href: format!("/admin/accounts/{}", owing.account),
        act: cx.t("reports-todo-owing-act"),
    }
}

/// What to call someone: the name, else the address.
pub(super) fn person(cx: &Cx, name: &str, email: Option<&str>) -> String {
    match (name, email) {
        ("", Some(email)) => email.to_owned(),
        ("", None) => cx.t("account-nameless"),
        (name, _) => name.to_owned(),
    }
}
