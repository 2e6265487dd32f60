//! «Mis Sesiones»: what a customer has left, where it comes from, where it went, and where to get more.
use askama::Template;
use axum::{extract::State, response::Response};
use rust_decimal::Decimal;

use super::{
    domain::{Grant, Standing, burn_key},
    list::{self, Movement, MovementFilter},
    products,
    service::{self, Balance},
    store::{self, EntryKind},
};
use crate::{
    app::App,
    auth::extract::Customer,
    core::page::Page,
    shop,
    web::{
        cx::Cx,
        extract::Query,
        flash::redirect,
        list::{Cursor, Pager},
        page::page,
        problem::Problem,
        routes::{Access, Routes},
    },
};

/// Finished grants that are shown without asking.
const FINISHED: usize = 5;
/// Uses per page.
const USES: u32 = 20;

pub fn routes() -> Routes {
    Routes::new().get("/account", Access::Customer, home).get("/account/sessions", Access::Customer, sessions)
}

async fn home(_customer: Customer) -> Response {
    redirect("/account/sessions", None)
}

/// Something to buy.
#[derive(Debug)]
struct Offer {
    sessions: u32,
    price: Decimal,
    currency: String,
    each: Decimal,
    href: String,
}

#[derive(Debug, Template)]
#[template(path = "sessions/account.html")]
struct SessionsPage {
    cx: Cx,
    balance: Balance,
    /// Usable ones first, in the order in which they will be spent; then the others, the latest first.
    grants: Vec<(Grant, Standing, Option<String>)>,
    first: Option<Grant>,
    last_use: Option<chrono::DateTime<chrono::Utc>>,
    uses: Vec<Movement>,
    pager: Pager,
    offers: Vec<Offer>,
}

impl SessionsPage {
    /// Widths of the bar, in percent of it: free, the gap, bought.
    fn split(&self) -> (String, String, String) {
        let (free, all) = (self.balance.free, self.balance.free + self.balance.purchased);
        let percent = |part: u32| f64::from(part) * 100.0 / f64::from(all.max(1));
        let gap = if free > 0 && free < all { 1.0 } else { 0.0 };
        let width = percent(free);
        (format!("{width:.1}%"), format!("{:.1}%", width + gap), format!("{:.1}%", 100.0 - width - gap))
    }
    /// What can be used and the latest of the others; and the rest, folded away.
    fn groups(&self) -> Vec<&[(Grant, Standing, Option<String>)]> {
        let active = self.grants.iter().filter(|(_, standing, _)| *standing == Standing::Active).count();
        let (shown, older) = self.grants.split_at(self.grants.len().min(active + FINISHED));
        [shown, older].into_iter().filter(|group| !group.is_empty()).collect()
    }
    fn spent(grant: &Grant) -> u32 {
        grant.spent()
    }
}

async fn sessions(
    State(app): State<App>,
    Customer(customer): Customer,
    cx: Cx,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mut conn = app.db.conn().await?;
    let balance = service::balance(&mut conn, customer.account, cx.now).await?;
    let mut grants = Vec::new();
    for grant in store::of_account(&mut conn, customer.account).await? {
        let number = match grant.source {
            Some(source) => {
                shop::mirror::order(&mut conn, source.shop, source.order).await?.map(|o| o.order.number)
            }
            None => None,
        };
        grants.push((grant.standing(cx.now), grant, number));
    }
    grants.sort_by_key(|(standing, grant, _)| {
        (*standing != Standing::Active, (*standing == Standing::Active).then(|| burn_key(grant)))
    });
    let grants: Vec<_> =
        grants.into_iter().map(|(standing, grant, number)| (grant, standing, number)).collect();
    let first =
        grants.iter().find(|(_, standing, _)| *standing == Standing::Active).map(|(grant, ..)| grant.clone());
    let filter = MovementFilter {
        account: Some(customer.account),
        kind: Some(EntryKind::Consume),
        ..MovementFilter::default()
    };
    let Page { items: uses, next, prev } = list::movements(&mut conn, &filter, &cursor.seek(USES)?).await?;
    let pager = Pager::new(&cx, &Page { items: Vec::<()>::new(), next, prev }, "");
    let offers = offers(&mut conn).await?;
    let last_use = uses.first().map(|m| m.at);
    Ok(page(&SessionsPage { cx, balance, grants, first, last_use, uses, pager, offers }))
}

/// Products that are worth sessions, that can be bought, cheapest first.
async fn offers(conn: &mut sqlx::MySqlConnection) -> Result<Vec<Offer>, Problem> {
    let shops = shop::store::list(conn).await?;
    let mut offers: Vec<Offer> = products::list(conn)
        .await?
        .into_iter()
        .filter(|worth| !worth.is_gone)
        .filter_map(|worth| {
            let sessions = worth.sessions();
            let price = worth.price?;
            let href = worth.permalink.filter(|link| link.starts_with("http"))?;
            let shop = shops.iter().find(|s| s.id == worth.shop)?;
            let each = (price / Decimal::from(sessions)).round_dp(2);
            Some(Offer { sessions, price, currency: shop.currency.clone(), each, href })
        })
        .collect();
    offers.sort_by_key(|offer| (offer.sessions, offer.price));
    offers.truncate(6);
    Ok(offers)
}
