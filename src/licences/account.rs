//! «Mis licencias»: what a customer may use, how much or until when, what happened to it, and where to get more.
use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;

use super::{
    domain::{Act, Licence, Standing},
    settings::LicenceSettings,
    store::{
        self, Move,
        entries::{self, Of},
    },
    words::{self, Features},
};
use crate::{
    accounts,
    app::App,
    auth::extract::Customer,
    core::page::Page,
    entitlements, settings,
    web::{
        cx::Cx,
        extract::Query,
        list::{Cursor, Pager},
        page::page,
        problem::Problem,
        routes::{Access, Routes},
    },
};

/// Licences that can no longer be used that are shown without asking.
const FINISHED: usize = 3;
/// Rows of the history per page.
const ROWS: u32 = 20;

pub fn routes() -> Routes {
    Routes::new().get("/account/licences", Access::Customer, licences)
}

#[derive(Debug, Template)]
#[template(path = "licences/account.html")]
struct LicencesPage {
    cx: Cx,
    /// What can be used first, then the others, the latest first.
    licences: Vec<(Licence, Standing)>,
    chosen: LicenceSettings,
    features: Features,
    history: Vec<Move>,
    pager: Pager,
    /// Where the customer asks for more.
    more: Option<String>,
}

impl LicencesPage {
    fn plan(&self, licence: &Licence) -> String {
        words::plan(&self.cx, licence.plan, self.chosen.free_days)
    }
    fn unit<'a>(&'a self, licence: &'a Licence) -> &'a str {
        self.features.unit(&licence.feature, licence.granted)
    }
    fn units<'a>(&'a self, licence: &'a Licence) -> &'a str {
        // Of none and of many people speak alike.
        self.features.unit(&licence.feature, 0)
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn day(&self, day: &NaiveDate) -> String {
        self.cx.on_full(day)
    }
    /// `30 días`, `mañana`, `hoy`: how far the last day is.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn away(&self, day: &NaiveDate) -> String {
        let days = (*day - self.cx.today()).num_days();
        if days == 0 { self.cx.t("my-licences-today") } else { self.cx.n("my-licences-days", days) }
    }
    /// What can be used and the latest of the others; and the rest, folded away.
    fn groups(&self) -> Vec<&[(Licence, Standing)]> {
        let active = self.licences.iter().filter(|(_, standing)| *standing == Standing::Active).count();
        let (shown, older) = self.licences.split_at(self.licences.len().min(active + FINISHED));
        [shown, older].into_iter().filter(|group| !group.is_empty()).collect()
    }
    fn what(&self, row: &Move) -> String {
        words::act(&self.cx, row, self.chosen.free_days)
    }
    /// Of what and of which plan, where there are several; the app's words for a use, the number of an order; what the team writes
    /// to itself stays with the team.
    fn detail(&self, row: &Move) -> String {
        let mut parts = Vec::new();
        let all = || self.licences.iter().map(|(licence, _)| licence);
        let feature = all().find(|licence| licence.id == row.licence).map(|licence| &licence.feature);
        if let Some(code) = feature.filter(|code| all().any(|other| other.feature != **code)) {
            parts.push(self.features.name(code).to_owned());
        }
        let alike = all().filter(|other| Some(&other.feature) == feature).count();
        if alike > 1 && row.act != Act::Change {
            parts.push(words::plan(&self.cx, row.plan, self.chosen.free_days));
        }
        if row.is_for_its_person() {
            parts.push(words::reason(&self.cx, row));
        }
        parts.retain(|part| !part.is_empty());
        parts.join(" · ")
    }
    fn result(&self, row: &Move) -> String {
        words::result(&self.cx, row)
    }
    fn after(&self, row: &Move) -> String {
        words::after(&self.cx, row)
    }
}

async fn licences(
    State(app): State<App>,
    Customer(customer): Customer,
    cx: Cx,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let chosen: LicenceSettings = settings::get(&mut conn).await?;
    let features = Features(entitlements::store::features(&mut conn).await?);
    let today = cx.today();
    let mut licences: Vec<(Licence, Standing)> = store::of_account(&mut conn, customer.account, cx.now)
        .await?
        .into_iter()
        .map(|licence| {
            let standing = licence.standing(today);
            (licence, standing)
        })
        .collect();
    licences.sort_by_key(|(licence, standing)| (*standing != Standing::Active, !licence.plan.is_dated()));
    let of = Of::AccountWithoutHolds(customer.account);
    let Page { items: history, next, prev } = entries::page(&mut conn, of, &cursor.seek(ROWS)?).await?;
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, "");
    let account = accounts::store::find(&mut conn, customer.account).await?;
    let email = account.and_then(|account| account.email).map(|email| email.to_string());
    let text = match email {
        Some(email) => cx.ta("my-licences-whatsapp", &[("email", &email)]),
        None => cx.ta("my-licences-whatsapp-number", &[("id", &customer.account.to_string())]),
    };
    let more = chosen.whatsapp_link(&text);
    Ok(page(&LicencesPage { cx, licences, chosen, features, history, pager, more }))
}
