//! The help of the back office: one page, in the reader's language, for anyone on the staff.
use askama::Template;
use axum::response::Response;

use crate::{
    auth::{Role, extract::StatsStaff},
    web::{
        cx::Cx,
        lang::Lang,
        page::page,
        routes::{Access, Routes},
    },
};

pub fn routes() -> Routes {
    Routes::new().get("/admin/help", Access::Staff(Role::Stats), show)
}

/// The chapters, in the order of the page: anchor and text key. Both languages have the same.
const CHAPTERS: [(&str, &str); 9] = [
    ("pedido", "help-order"),
    ("gratuitas", "help-free"),
    ("licencias", "help-licences"),
    ("estados", "help-states"),
    ("tienda", "help-shop"),
    ("cuentas", "help-accounts"),
    ("papeles", "help-roles"),
    ("app", "help-app"),
    ("palabras", "help-words"),
];

#[derive(Debug, Template)]
#[template(path = "help/index.html")]
struct HelpPage {
    cx: Cx,
    chapters: &'static [(&'static str, &'static str)],
}

impl HelpPage {
    fn is_english(&self) -> bool {
        self.cx.lang == Lang::En
    }
}

async fn show(_staff: StatsStaff, cx: Cx) -> Response {
    page(&HelpPage { cx, chapters: &CHAPTERS })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing;

    #[test]
    fn every_chapter_of_the_contents_exists_in_both_languages() {
        for lang in Lang::ALL {
            let mut cx = testing::cx();
            cx.lang = lang;
            let html = HelpPage { cx, chapters: &CHAPTERS }.render().unwrap();
            for (anchor, key) in CHAPTERS {
                assert!(html.contains(&format!("href=\"#{anchor}\"")), "{lang:?} {anchor}");
                assert_eq!(html.matches(&format!("id=\"{anchor}\"")).count(), 1, "{lang:?} {anchor}");
                assert!(html.contains(&lang.t(key)), "{lang:?} {key}");
            }
        }
    }

    #[test]
    fn the_example_for_apps_names_this_installation() {
        let mut cx = testing::cx();
        cx.public_url = "https://abono.example".to_owned();
        let html = HelpPage { cx, chapters: &CHAPTERS }.render().unwrap();
        assert!(html.contains("https://abono.example/api/v1/sessions/consume"));
        assert!(html.contains("Idempotency-Key"));
    }
}
