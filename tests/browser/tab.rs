//! A page as a person uses it: looks, clicks where something can be hit, types key by key, waits for what should appear.
use std::time::{Duration, Instant};

use chromiumoxide::{
    Page,
    cdp::{
        browser_protocol::{
            emulation::{
                SetDeviceMetricsOverrideParams, SetFocusEmulationEnabledParams,
                SetScriptExecutionDisabledParams,
            },
            input::{
                DispatchKeyEventParams, DispatchKeyEventType, DispatchMouseEventParams,
                DispatchMouseEventType, MouseButton,
            },
            page::{NavigateParams, ReloadParams},
        },
        js_protocol::runtime::EvaluateParams,
    },
    types::Command,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::chromium::{PATIENCE, new_page};

const TALL: u32 = 800;
/// What the other scripts use. Spaces are folded, since lines break anywhere.
const PRELUDE: &str = r"
const fold = text => (text ?? '').replace(/[\s\u00a0\u202f]+/g, ' ').trim();
const named = (tags, name) => [...document.querySelectorAll(tags)].find(e => e.checkVisibility() && fold(e.textContent) === name)
    ?? [...document.querySelectorAll(tags)].find(e => e.checkVisibility() && fold(e.textContent).includes(name));
const field = label => { const l = [...document.querySelectorAll('label')].find(l => fold(l.textContent).startsWith(label)); return l && l.control; };
";

/// One tab with cookies of its own, 1280 px wide to begin with.
pub(crate) struct Tab {
    pub(crate) page: Page,
}

/// A key that is not a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Tab,
    Enter,
    Escape,
    Down,
}

impl Key {
    /// Its name, its code on Windows, and the character it writes.
    const fn facts(self) -> (&'static str, i64, Option<&'static str>) {
        match self {
            Self::Tab => ("Tab", 9, None),
            Self::Enter => ("Enter", 13, Some("\r")),
            Self::Escape => ("Escape", 27, None),
            Self::Down => ("ArrowDown", 40, None),
        }
    }
}

impl Tab {
    pub(crate) async fn new() -> Self {
        let tab = Self { page: new_page().await };
        // Several tabs are open at once; each believes to be the one in front.
        tab.tell(SetFocusEmulationEnabledParams::new(true)).await;
        tab.width(1280).await;
        tab
    }

    pub(crate) async fn close(self) {
        self.page.close().await.expect("the tab closes");
    }

    /// Tells Chromium something that must work.
    pub(crate) async fn tell<C: Command + std::fmt::Debug>(&self, command: C) -> C::Response {
        let what = command.identifier();
        let answer = tokio::time::timeout(PATIENCE, self.page.execute(command)).await;
        let answer = answer.unwrap_or_else(|_| panic!("Chromium gave no answer to {what}"));
        answer.unwrap_or_else(|e| panic!("{what}: {e}")).result
    }

    pub(crate) async fn width(&self, width: u32) {
        let metrics = SetDeviceMetricsOverrideParams::new(i64::from(width), i64::from(TALL), 1.0, false);
        self.tell(metrics).await;
    }

    /// Scripts of the page do not run any more; the test still looks.
    pub(crate) async fn without_script(&self) {
        self.tell(SetScriptExecutionDisabledParams::new(true)).await;
    }

    /// The value of an expression, or nothing while one page gives way to another.
    async fn try_eval(&self, script: &str) -> Option<Value> {
        let script = format!("(() => {{ {PRELUDE} return ({script}); }})()");
        let wish =
            EvaluateParams::builder().expression(script.clone()).return_by_value(true).await_promise(true);
        let answer = tokio::time::timeout(PATIENCE, self.page.execute(wish.build().unwrap())).await;
        let answer = answer.unwrap_or_else(|_| panic!("Chromium gave no answer to {script}")).ok()?;
        if let Some(thrown) = &answer.result.exception_details {
            panic!("{script}: {:?}", thrown.exception.as_ref().and_then(|e| e.description.as_ref()));
        }
        Some(answer.result.result.value.clone().unwrap_or(Value::Null))
    }

    /// The value of an expression of the page.
    pub(crate) async fn eval<T: DeserializeOwned>(&self, script: &str) -> T {
        let value = self.wait(script, async || self.try_eval(script).await).await;
        serde_json::from_value(value).unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// Asks again and again until there is an answer. `what` was waited for, if there never is.
    pub(crate) async fn wait<T>(&self, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            if began.elapsed() > PATIENCE {
                let seen = self.try_eval("location.href + '\\n' + fold(document.body?.innerText)").await;
                let seen = seen.as_ref().and_then(Value::as_str).unwrap_or("nothing");
                let seen: String = seen.chars().take(2000).collect();
                panic!("waited {} s for {what}; on the page is: {seen}", PATIENCE.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    /// Waits until an expression is true.
    pub(crate) async fn until(&self, what: &str, script: &str) {
        let truth = async || self.try_eval(script).await.filter(|v| *v == Value::Bool(true));
        self.wait(what, truth).await;
    }

    /// Waits until the page says so, wherever.
    pub(crate) async fn sees(&self, text: &str) {
        let script = format!("fold(document.body?.innerText).includes({})", json!(text));
        self.until(&format!("«{text}»"), &script).await;
    }

    pub(crate) async fn path(&self) -> String {
        self.eval("location.pathname + location.search").await
    }

    /// Every page has its own beginning of time.
    async fn birth(&self) -> f64 {
        self.eval("performance.timeOrigin").await
    }

    async fn arrives(&self, what: &str, left: f64) {
        let script = format!("performance.timeOrigin !== {left:?} && document.readyState === 'complete'");
        self.until(what, &script).await;
    }

    pub(crate) async fn go(&self, url: &str) {
        let left = self.birth().await;
        let went = self.tell(NavigateParams::new(url)).await;
        assert_eq!(went.error_text, None, "{url}");
        self.arrives(url, left).await;
    }

    pub(crate) async fn reload(&self) {
        let left = self.birth().await;
        self.tell(ReloadParams::default()).await;
        self.arrives("the page again", left).await;
    }

    /// Presses the button or follows the link of that name, to another page.
    pub(crate) async fn follow(&self, name: &str) {
        let left = self.birth().await;
        self.click_on(&format!("named('a, button', {})", json!(name)), name).await;
        self.arrives(&format!("the page behind «{name}»"), left).await;
    }

    /// Follows the link that a selector finds first.
    pub(crate) async fn follow_to(&self, selector: &str) {
        let left = self.birth().await;
        self.click(selector).await;
        self.arrives(&format!("the page behind {selector}"), left).await;
    }

    /// Clicks on what a selector finds first.
    pub(crate) async fn click(&self, selector: &str) {
        self.click_on(&format!("document.querySelector({})", json!(selector)), selector).await;
    }

    async fn click_on(&self, find: &str, what: &str) {
        let script = format!(
            "(e => {{
                if (!e) return null;
                e.scrollIntoView({{block: 'center', behavior: 'instant'}});
                const box = e.getClientRects()[0];
                if (!box) return null;
                const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
                const hit = document.elementFromPoint(x, y);
                return hit && (e.contains(hit) || hit.closest('label')?.control === e) ? [x, y] : null;
            }})({find})"
        );
        let place =
            async || self.try_eval(&script).await.and_then(|v| serde_json::from_value::<[f64; 2]>(v).ok());
        let [x, y] = self.wait(&format!("{what} to be where it can be clicked"), place).await;
        for kind in [
            DispatchMouseEventType::MouseMoved,
            DispatchMouseEventType::MousePressed,
            DispatchMouseEventType::MouseReleased,
        ] {
            let pressed = kind != DispatchMouseEventType::MouseMoved;
            let mut event = DispatchMouseEventParams::new(kind, x, y);
            event.button = Some(if pressed { MouseButton::Left } else { MouseButton::None });
            event.click_count = Some(i64::from(pressed));
            self.tell(event).await;
        }
    }

    pub(crate) async fn press(&self, key: Key) {
        let (name, code, text) = key.facts();
        for kind in [DispatchKeyEventType::KeyDown, DispatchKeyEventType::KeyUp] {
            let down = kind == DispatchKeyEventType::KeyDown;
            let mut event = DispatchKeyEventParams::new(kind);
            event.key = Some(name.to_owned());
            event.code = Some(name.to_owned());
            event.windows_virtual_key_code = Some(code);
            event.text = text.filter(|_| down).map(str::to_owned);
            self.tell(event).await;
        }
    }

    /// Presses Enter where the focus is, and arrives on another page.
    pub(crate) async fn enter(&self) {
        let left = self.birth().await;
        self.press(Key::Enter).await;
        self.arrives("the page behind the Enter key", left).await;
    }

    /// Types into whatever has the focus.
    pub(crate) async fn type_text(&self, text: &str) {
        for letter in text.chars() {
            let mut event = DispatchKeyEventParams::new(DispatchKeyEventType::Char);
            event.text = Some(letter.to_string());
            self.tell(event).await;
        }
    }

    /// Types into the empty field of that label.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        self.click_on(&format!("field({})", json!(label)), label).await;
        self.type_text(text).await;
        let script = format!("field({}).value === {}", json!(label), json!(text));
        self.until(&format!("{label} to hold what was typed"), &script).await;
    }

    /// Chooses from the list of that label with the arrow keys, by the beginning of the option's text.
    pub(crate) async fn choose(&self, label: &str, option: &str) {
        let list = format!("field({})", json!(label));
        self.until(&format!("the list {label}"), &format!("{list} instanceof HTMLSelectElement")).await;
        let (at, wanted): (i64, i64) = self
            .eval(&format!(
                "(l => {{ l.focus(); return [l.selectedIndex, [...l.options].findIndex(o => fold(o.text).startsWith({}))]; }})({list})",
                json!(option)
            ))
            .await;
        assert!(wanted >= at, "{option} is in the list {label}, below what is chosen: {wanted} and {at}");
        for _ in at..wanted {
            self.press(Key::Down).await;
        }
        self.until(&format!("{option} to be chosen"), &format!("{list}.selectedIndex === {wanted}")).await;
    }
}
