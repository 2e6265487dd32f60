//! The Chromium of this binary: one process, one connection, a profile of its own that goes when the tests end.
use std::{
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use chromiumoxide::{Browser, Page, cdp::browser_protocol::target, handler::HandlerConfig};
use futures::StreamExt;

/// How long anything may take: Chromium to start, a page to load, a text to appear.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const APPLICATIONS: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Nothing here goes to the network by itself, and nobody is asked anything.
const FLAGS: [&str; 18] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-quic",
    "--disable-sync",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    "--accept-lang=es-ES",
    "--remote-debugging-port=0",
];

/// Runs Chromium until its standard input ends, which it does however the test process ends: well, by a panic, or killed.
/// Whoever is left of Chromium's processes is in its group, and told to go.
const KEEPER: &str = r#"
profile=$1; shift
trap : TERM
TMPDIR=$profile "$@" --user-data-dir="$profile" about:blank </dev/null >/dev/null 2>"$profile/log" &
while read -r _; do :; done
kill -TERM 0
wait
for _ in 1 2 3 4 5; do rm -rf "$profile" 2>/dev/null && exit; sleep 0.2; done
"#;

#[derive(Debug)]
struct Chromium {
    browser: Browser,
    /// Open as long as this process lives. Chromium goes when it closes.
    _leash: ChildStdin,
}

static CHROMIUM: OnceLock<Result<Chromium, String>> = OnceLock::new();

/// An empty page that shares nothing with any other: cookies and caches are its own.
pub(crate) async fn new_page() -> Page {
    // Starting takes a while, and blocks: the other tests have threads of their own.
    let chromium = match CHROMIUM.get_or_init(start) {
        Ok(chromium) => chromium,
        Err(why) => panic!("{why}"),
    };
    let browser = &chromium.browser;
    let context = target::CreateBrowserContextParams::builder().dispose_on_detach(true).build();
    let context = browser.create_browser_context(context).await.expect("a browser context");
    let wish =
        target::CreateTargetParams::builder().url("about:blank").browser_context_id(context).build().unwrap();
    let page = tokio::time::timeout(PATIENCE, browser.new_page(wish)).await;
    page.expect("Chromium opens a page in time").expect("Chromium opens a page")
}

fn executable() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let named = NAMES.iter().flat_map(|name| std::env::split_paths(&path).map(move |dir| dir.join(name)));
    named.chain(APPLICATIONS.map(PathBuf::from)).find(|file| file.is_file())
}

fn start() -> Result<Chromium, String> {
    let executable =
        executable().ok_or("no Chromium is installed: run tests/setup.sh chromium (make test does)")?;
    let profile = std::env::temp_dir().join(format!("abono-chromium-{}", std::process::id()));
    std::fs::create_dir_all(&profile).map_err(|e| format!("{}: {e}", profile.display()))?;
    let mut keeper = keep(&executable, &profile).map_err(|e| format!("{}: {e}", executable.display()))?;
    let leash = keeper.stdin.take().ok_or("the keeper has no standard input")?;
    let address = address(&mut keeper, &profile)?;
    let (tell, told) = std::sync::mpsc::channel();
    // The connection outlives the runtime of any single test.
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let config =
                HandlerConfig { viewport: None, request_timeout: PATIENCE, ..HandlerConfig::default() };
            match Browser::connect_with_config(address, config).await {
                Ok((browser, mut handler)) => {
                    tell.send(Ok(browser)).unwrap();
                    while handler.next().await.is_some() {}
                }
                Err(e) => tell.send(Err(format!("cannot talk to Chromium: {e}"))).unwrap(),
            }
        });
    });
    let browser = told.recv_timeout(PATIENCE).map_err(|e| format!("Chromium does not answer: {e}"))??;
    Ok(Chromium { browser, _leash: leash })
}

fn keep(executable: &Path, profile: &Path) -> std::io::Result<Child> {
    let mut command = Command::new("sh");
    command.args(["-c", KEEPER, "keeper"]).arg(profile).arg(executable).args(FLAGS);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

/// Where Chromium listens: it writes its port and path into the profile once it does.
fn address(keeper: &mut Child, profile: &Path) -> Result<String, String> {
    let began = Instant::now();
    loop {
        let written = std::fs::read_to_string(profile.join("DevToolsActivePort")).unwrap_or_default();
        if let Some((port, path)) = written.split_once('\n')
            && !path.is_empty()
        {
            return Ok(format!("ws://127.0.0.1:{}{}", port.trim(), path.trim()));
        }
        if began.elapsed() > PATIENCE || !matches!(keeper.try_wait(), Ok(None)) {
            let log = std::fs::read_to_string(profile.join("log")).unwrap_or_default();
            return Err(format!("Chromium did not start in {} s:\n{log}", PATIENCE.as_secs()));
        }
        thread::sleep(Duration::from_millis(20));
    }
}
