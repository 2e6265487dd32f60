//! The main pages, one after the other: none is wider than its window, none breaks its own rules.
use std::sync::{Arc, Mutex};

use chromiumoxide::cdp::{
    browser_protocol::log::EventEntryAdded,
    js_protocol::runtime::{EventConsoleApiCalled, EventExceptionThrown},
};
use futures::StreamExt;

use crate::{scene::Scene, tab::Tab};

/// What sticks out at the right, innermost first: that is what has to be changed.
const TOO_WIDE: &str = r"
(() => {
    const root = document.documentElement, width = root.clientWidth;
    if (root.scrollWidth <= width) return [];
    const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1);
    const inner = out.filter(e => ![...e.children].some(c => out.includes(c)));
    return [`${root.scrollWidth} px`, ...inner.slice(0, 5).map(e => `${e.tagName}.${e.className.baseVal ?? e.className}: ${fold(e.textContent).slice(0, 60)}`)];
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
                let mut out: Vec<String> = tab.eval(TOO_WIDE).await;
                // What is folded away counts too, and so does the menu of the small screen.
                tab.eval::<()>("document.querySelectorAll('details').forEach(d => d.open = true)").await;
                tab.eval::<()>("document.querySelectorAll('[popover]').forEach(p => p.showPopover())").await;
                out.extend(tab.eval::<Vec<String>>(TOO_WIDE).await);
                tab.eval::<()>("document.querySelectorAll('[popover]').forEach(p => p.hidePopover())").await;
                if !out.is_empty() {
                    wrong.push(format!("{path} at {width} px: {}", out.join(" | ")));
                }
            }
        }
        tab.close().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

type Heard = Arc<Mutex<Vec<String>>>;

/// Keeps what the browser complains of in that tab, and what the page says to its console.
async fn listen(tab: &Tab) -> Heard {
    let heard = Heard::default();
    let (mut entries, keep) = (tab.page.event_listener::<EventEntryAdded>().await.unwrap(), heard.clone());
    tokio::spawn(async move {
        while let Some(event) = entries.next().await {
            let url = event.entry.url.as_deref().unwrap_or_default();
            keep.lock().unwrap().push(format!("{:?}: {} ({url})", event.entry.source, event.entry.text));
        }
    });
    let (mut calls, keep) = (tab.page.event_listener::<EventConsoleApiCalled>().await.unwrap(), heard.clone());
    tokio::spawn(async move {
        while let Some(event) = calls.next().await {
            let said: Vec<_> = event.args.iter().filter_map(|arg| arg.value.as_ref().map(ToString::to_string)).collect();
            keep.lock().unwrap().push(format!("console.{:?}: {}", event.r#type, said.join(" ")));
        }
    });
    let (mut thrown, keep) = (tab.page.event_listener::<EventExceptionThrown>().await.unwrap(), heard.clone());
    tokio::spawn(async move {
        while let Some(event) = thrown.next().await {
            let details = &event.exception_details;
            let what = details.exception.as_ref().and_then(|e| e.description.clone());
            keep.lock().unwrap().push(format!("exception: {}", what.unwrap_or_else(|| details.text.clone())));
        }
    });
    tab.page.enable_log().await.unwrap();
    tab.page.enable_runtime().await.unwrap();
    heard
}

/// Breaks every rule, last of all: once this is heard, so was everything before it, and nobody listened in vain.
async fn misbehave(tab: &Tab, heard: &Heard) {
    const BROKEN: [(&str, &str); 3] = [
        ("Content Security Policy", "document.head.append(Object.assign(document.createElement('style'), {textContent: 'p {}'}))"),
        ("the last call", "console.error('the last call')"),
        ("the last throw", "void setTimeout(() => { throw new Error('the last throw') })"),
    ];
    for (word, script) in BROKEN {
        tab.eval::<serde_json::Value>(script).await;
        let is_heard = || heard.lock().unwrap().iter().any(|said| said.contains(word));
        tab.wait(word, async || is_heard().then_some(())).await;
        heard.lock().unwrap().retain(|said| !said.contains(word) || said.contains("://") && !said.contains("/account/logins"));
    }
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
            tab.go(&format!("{}{path}", scene.world.url)).await;
        }
        misbehave(&tab, &heard).await;
        let of_missing = |said: &String| said.contains("status of 404") && said.contains("/nowhere)");
        wrong.extend(heard.lock().unwrap().drain(..).filter(|said| !of_missing(said)));
        tab.close().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
