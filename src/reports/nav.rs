//! What every page shows around itself: badges in the menu of the back office, the shop's name in «Mi Cuenta».
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::store::{self, Problems};
use crate::{
    app::App,
    auth::{Logins, Role},
    db::DbError,
    web::{cx::Storefront, nav::Nav},
};

/// Puts [`Nav`] into the extensions of requests of the back office, [`Storefront`] into those of customers. Runs inside of
/// whoever finds out who is signed in. A database that does not answer costs the badges, not the page.
pub async fn layer(State(app): State<App>, mut req: Request, next: Next) -> Response {
    let path = req.uri().path();
    if is_below(path, "/admin") && is_manager(&req) {
        match problems(&app).await {
            Ok(problems) => {
                req.extensions_mut().insert(badges(problems));
            }
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "no badges"),
        }
    } else if is_below(path, "/account") {
        match storefront(&app).await {
            Ok(Some(storefront)) => {
                req.extensions_mut().insert(storefront);
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "no storefront"),
        }
    }
    next.run(req).await
}

fn is_below(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_manager(req: &Request) -> bool {
    let logins = req.extensions().get::<Logins>();
    logins.and_then(|logins| logins.staff.as_ref()).is_some_and(|staff| staff.role >= Role::Manager)
}

async fn problems(app: &App) -> Result<Problems, DbError> {
    store::problems(&mut *app.db.conn().await?).await
}

fn badges(problems: Problems) -> Nav {
    let mut nav = Nav::default();
    nav.set("/admin/shops", problems.shops);
    nav.set("/admin/inbox", problems.deliveries);
    nav.set("/admin/jobs", problems.jobs);
    nav
}

async fn storefront(app: &App) -> Result<Option<Storefront>, DbError> {
    let shop = store::first_shop(&mut *app.db.conn().await?).await?;
    Ok(shop.map(|(name, url)| Storefront { name, url }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::nav::SECTIONS;

    #[test]
    fn every_badge_belongs_to_a_link_of_the_menu() {
        let nav = badges(Problems { shops: 1, deliveries: 2, jobs: 3 });
        let links = || SECTIONS.iter().flat_map(|section| section.items);
        let shown: u64 = links().filter_map(|item| nav.count(item.href)).sum();
        assert_eq!(shown, 6);
        assert_eq!(badges(Problems::default()), Nav::default());
    }

    #[test]
    fn only_whole_words_of_a_path_count() {
        assert!(is_below("/admin", "/admin") && is_below("/account/sessions", "/account"));
        assert!(!is_below("/accounts", "/account") && !is_below("/administration", "/admin"));
    }
}
