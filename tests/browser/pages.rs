//! The main pages, one after the other: none is wider than its window, none breaks its own rules.
use std::sync::{Arc, Mutex};

use chromiumoxide::{
    cdp::{
        IntoEventKind,
        browser_protocol::log::{EventEntryAdded, LogEntryLevel},
        js_protocol::runtime::{EventConsoleApiCalled, EventExceptionThrown},
    },
    listeners::EventStream,
};
use futures::StreamExt;

use crate::{scene::Scene, tab::Tab};

/// What sticks out at the right: that is what has to be changed. What is folded away counts too, and so does the menu of
/// the small screen.
const TOO_WIDE: &str = r"
(() => {
    const open = [...document.querySelectorAll('details:not([open])')];
    const over = [...document.querySelectorAll('[popover]')];
    const first = wide();
    open.forEach(e => e.open = true);
    over.forEach(e => e.showPopover());
    const all = [...first, ...wide()];
    over.forEach(e => e.hidePopover());
    open.forEach(e => e.open = false);
    return all;
    function wide() {
        const root = document.documentElement, width = root.clientWidth;
        if (root.scrollWidth <= width) return [];
        const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1);
        const inner = out.filter(e => ![...e.children].some(c => out.includes(c)));
        return [`${root.scrollWidth} px`, ...inner.slice(0, 5).map(e => `${e.tagName}.${e.className.baseVal ?? e.className}: ${fold(e.textContent).slice(0, 60)}`)];
    }
})()";

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_wider_than_a_small_phone_or_a_desk_screen() {
    let scene = Scene::full().await;
    let mut wrong = Vec::new();
    for (who, paths) in scene.pages().await {
        let tab = Tab::new().await;
        scene.become_one(&tab, who).await;
        for path in paths {
            tab.width(1280).await;
            tab.go(&format!("{}{path}", scene.world.url)).await;
            for width in [1280, 360] {
                tab.width(width).await;
                tab.until("the window to be resized", &format!("innerWidth === {width}")).await;
                let out: Vec<String> = tab.eval(TOO_WIDE).await;
                if !out.is_empty() {
                    wrong.push(format!("{path} at {width} px: {}", out.join(" | ")));
                }
            }
        }
        // Nobody measures in vain.
        tab.eval::<()>("void (document.querySelector('main h1').style.minWidth = '1300px')").await;
        assert_ne!(tab.eval::<Vec<String>>(TOO_WIDE).await, Vec::<String>::new());
        tab.close().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the browser complained of and what pages wrote to the console, behind the page that was being looked at.
#[derive(Debug, Clone, Default)]
struct Heard {
    page: Arc<Mutex<String>>,
    said: Arc<Mutex<Vec<String>>>,
}

impl Heard {
    fn keep(&self, what: &str) {
        let page = self.page.lock().unwrap();
        self.said.lock().unwrap().push(format!("{page}: {what}"));
    }

    fn hear<E: IntoEventKind + Unpin + Send + Sync>(
        &self,
        mut events: EventStream<E>,
        what: impl Fn(&E) -> Option<String> + Send + 'static,
    ) {
        let heard = self.clone();
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                if let Some(what) = what(&event) {
                    heard.keep(&what);
                }
            }
        });
    }

    fn has(&self, kind: &str) -> bool {
        self.said.lock().unwrap().iter().any(|said| said.contains(kind) && said.contains("misbehaved"))
    }
}

async fn listen(tab: &Tab) -> Heard {
    let heard = Heard::default();
    heard.hear(tab.page.event_listener().await.unwrap(), |event: &EventEntryAdded| {
        let entry = &event.entry;
        // What Chromium would do better is no complaint.
        let is_bad = !matches!(entry.level, LogEntryLevel::Verbose | LogEntryLevel::Info);
        is_bad.then(|| {
            format!("{:?}: {} ({})", entry.source, entry.text, entry.url.as_deref().unwrap_or_default())
        })
    });
    heard.hear(tab.page.event_listener().await.unwrap(), |event: &EventConsoleApiCalled| {
        let said: Vec<_> =
            event.args.iter().filter_map(|arg| arg.value.as_ref().map(ToString::to_string)).collect();
        Some(format!("console.{:?}: {}", event.r#type, said.join(" ")))
    });
    heard.hear(tab.page.event_listener().await.unwrap(), |event: &EventExceptionThrown| {
        let details = &event.exception_details;
        let what = details.exception.as_ref().and_then(|e| e.description.as_ref());
        Some(format!("exception: {}", what.unwrap_or(&details.text)))
    });
    tab.page.enable_log().await.unwrap();
    tab.page.enable_runtime().await.unwrap();
    heard
}

/// Breaks every rule, last of all: once that is heard, so was everything before it, and nobody listened in vain.
async fn misbehave(tab: &Tab, heard: &Heard) {
    for script in [
        "new Image().src = 'https://misbehaved.example/'",
        "console.error('misbehaved')",
        "setTimeout(() => { throw new Error('misbehaved') })",
    ] {
        tab.eval::<()>(&format!("void ({script})")).await;
    }
    let all = || ["Security: ", "console.", "exception: "].iter().all(|kind| heard.has(kind));
    tab.wait("Chromium to complain of a misbehaved page", async || all().then_some(())).await;
    heard.said.lock().unwrap().retain(|said| !said.contains("misbehaved"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_breaks_its_own_security_policy_or_writes_to_the_console() {
    let scene = Scene::full().await;
    let mut wrong = Vec::new();
    for (who, paths) in scene.pages().await {
        let tab = Tab::new().await;
        scene.become_one(&tab, who).await;
        let heard = listen(&tab).await;
        for path in paths {
            heard.page.lock().unwrap().clone_from(&path);
            tab.go(&format!("{}{path}", scene.world.url)).await;
        }
        misbehave(&tab, &heard).await;
        let of_missing = |said: &String| said.contains("status of 404") && said.contains("/nowhere)");
        wrong.extend(heard.said.lock().unwrap().drain(..).filter(|said| !of_missing(said)));
        tab.close().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
