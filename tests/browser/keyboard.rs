//! Abono without a mouse.
use abono::auth::Role;

use crate::{
    scene::{Scene, Who},
    support::STAFF_PASSWORD,
    tab::{Key, Tab},
};

/// Presses Tab until that has the focus.
async fn tab_to(tab: &Tab, selector: &str) {
    for _ in 0..40 {
        tab.press(Key::Tab).await;
        if tab.eval::<bool>(&format!("document.activeElement?.matches({selector:?}) ?? false")).await {
            return;
        }
    }
    panic!("{selector} was not reached with the Tab key");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_tab_offers_to_skip_the_menu_and_one_signs_in_without_a_mouse() {
    let scene = Scene::new().await;
    let email = format!("{}@abono.example", Role::Admin.as_str());
    scene.world.staff(Role::Admin).await;
    let tab = Tab::new().await;
    tab.go(&format!("{}/admin/login", scene.world.url)).await;
    skips(&tab).await;
    tab_to(&tab, "input[name=email]").await;
    tab.type_text(&email).await;
    tab_to(&tab, "input[name=password]").await;
    tab.type_text(STAFF_PASSWORD).await;
    tab.enter().await;
    assert_eq!(tab.path().await, "/admin");
    skips(&tab).await;

    // On a small screen the menu is behind a button.
    tab.width(360).await;
    tab.reload().await;
    tab_to(&tab, "button[popovertarget=menu]").await;
    tab.press(Key::Enter).await;
    tab.until("the menu", "document.querySelector('#menu').matches(':popover-open')").await;
    tab_to(&tab, "#menu a[href='/admin/orders']").await;
    tab.press(Key::Escape).await;
    tab.until("the menu to close", "!document.querySelector('#menu').matches(':popover-open')").await;
    tab.until("the focus to return", "document.activeElement.matches('button[popovertarget=menu]')").await;
    tab.press(Key::Enter).await;
    tab_to(&tab, "#menu a[href='/admin/orders']").await;
    tab.enter().await;
    assert_eq!(tab.path().await, "/admin/orders");
    tab.close().await;
}

/// The first thing on a page leads past the menu.
async fn skips(tab: &Tab) {
    tab.press(Key::Tab).await;
    tab.until("the first Tab to find the skip link", "document.activeElement.matches('a.skip')").await;
    let is_seen = "(box => box.left >= 0 && box.top >= 0 && box.width > 20)(document.activeElement.getBoundingClientRect())";
    tab.until("the skip link to show itself", is_seen).await;
    tab.press(Key::Enter).await;
    tab.until("the focus to be in the main part", "document.activeElement.matches('main')").await;
}

/// Remembers what can be used, then what had the focus, and what of that did not show it.
const WATCH: &str = r"
(() => {
    const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex=\'0\']';
    const alone = e => e.type !== 'radio' || e.checked || !document.querySelector(`input[type=radio][name='${e.name}']:checked`);
    window.wanted = new Set([...document.querySelectorAll(all)].filter(e =>
        !e.disabled && alone(e) && e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})));
    window.dull = [];
})()";

/// Where the focus is now; answers whether everything has had it.
const STEP: &str = r"
(() => {
    const e = document.activeElement;
    wanted.delete(e);
    const shows = e => (s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none')(getComputedStyle(e));
    // The parts of a date show it themselves; a choice shows it around its words.
    if (e !== document.body && e.type !== 'date' && !shows(e.closest('.choice') ?? e)) dull.push(e.outerHTML.slice(0, 120));
    return wanted.size === 0;
})()";

#[tokio::test(flavor = "multi_thread")]
async fn everything_on_a_page_is_reached_with_the_tab_key_and_shows_that_it_was() {
    let scene = Scene::full().await;
    let mut wrong = Vec::new();
    for (who, paths) in [
        (
            Who::Admin,
            &["/admin/orders", "/admin/accounts/1", "/admin/sessions/products", "/admin/staff/1"][..],
        ),
        (Who::Carla, &["/account/sessions"]),
        (Who::Anybody, &["/account/login"]),
    ] {
        let tab = Tab::new().await;
        scene.become_one(&tab, who).await;
        for path in paths {
            tab.go(&format!("{}{path}", scene.world.url)).await;
            tab.eval::<()>(WATCH).await;
            for _ in 0..200 {
                tab.press(Key::Tab).await;
                if tab.eval::<bool>(STEP).await {
                    break;
                }
            }
            let missed: Vec<String> = tab.eval("[...wanted].map(e => e.outerHTML.slice(0, 120))").await;
            let dull: Vec<String> = tab.eval("dull").await;
            wrong.extend(missed.iter().map(|e| format!("{path}: not reached: {e}")));
            wrong.extend(dull.iter().map(|e| format!("{path}: has the focus and does not show it: {e}")));
        }
        tab.close().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
