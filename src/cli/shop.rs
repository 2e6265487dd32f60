//! `abono shop …`: connecting and reading shops from a terminal, and what `abono doctor` asks of them.
use std::{
    collections::BTreeMap,
    io::BufRead,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, bail};
use clap::Subcommand;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{
    doctor::{Finding, Patient, Trouble},
    open::{self, Access, Schema},
    out,
};
use crate::{
    app::App,
    config::Config,
    core::{actor::Actor, secret::Secret},
    db::migrate,
    inbox::{
        connect::{self, NewConnection},
        hook,
        sync::{self, Mode},
    },
    shop::{
        client::{Http, ShopClient},
        store::{self, Shop},
        watchdog,
    },
};

#[derive(Debug, Subcommand)]
pub enum ShopCommand {
    /// Connect a WooCommerce shop: try its keys, save it, register its webhooks and read it (by a running `abono serve`)
    Add {
        /// Address of the `WordPress` site, e.g. `https://shop.example`
        #[arg(long)]
        url: String,
        /// Consumer key, `ck_…`, with permission to read and write
        #[arg(long)]
        key: String,
        /// Consumer secret, `cs_…`. `-` reads it from standard input, so that it does not stand in the list of processes
        #[arg(long, allow_hyphen_values = true)]
        secret: String,
        /// What to call it. Unset: what the shop calls itself
        #[arg(long, default_value = "")]
        name: String,
        /// Use products 483, 486 and 487 as 1, 5 and 10 sessions
        #[arg(long)]
        default_products: bool,
    },
    /// Read what changed in the shops, here and now
    Sync {
        /// Read everything, not only what changed
        #[arg(long)]
        full: bool,
        /// Only the shop of this name in addresses. Unset: every shop that is not paused
        #[arg(long)]
        shop: Option<String>,
    },
}

const ACTOR: Actor = Actor::System { name: "command line" };

pub(super) async fn run(command: ShopCommand, config: Config) -> anyhow::Result<()> {
    let opened = open::open(config, Access::Shared, Schema::Current).await?;
    let outcome = match command {
        ShopCommand::Add { url, key, secret, name, default_products } => {
            let form =
                NewConnection { url, key: Secret::new(key), secret: given(secret)?, name, default_products };
            add(&opened.app, &form).await
        }
        ShopCommand::Sync { full, shop } => {
            let mode = if full { Mode::Full } else { Mode::Delta };
            read_shops(&opened.app, mode, shop.as_deref()).await
        }
    };
    opened.close().await?;
    outcome
}

/// The secret itself, or the first line of standard input.
fn given(secret: String) -> anyhow::Result<Secret> {
    if secret != "-" {
        return Ok(Secret::new(secret));
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read the secret from standard input")?;
    Ok(Secret::new(line.trim()))
}

async fn add(app: &App, form: &NewConnection) -> anyhow::Result<()> {
    let id = connect::connect(app, form, &ACTOR).await.context("the shop was not connected")?;
    let shop = store::find(&mut *app.db.conn().await?, id).await?.context("the shop is gone again")?;
    out!("Connected {} as {}.", shop.name, shop.slug);
    out!("Its webhooks go to {}{}", app.config.public_url(), hook::path(&shop.slug));
    out!(
        "`abono serve` registers them and reads the shop; `abono shop sync --full --shop {}` reads it now.",
        shop.slug
    );
    Ok(())
}

async fn read_shops(app: &App, mode: Mode, slug: Option<&str>) -> anyhow::Result<()> {
    let shops = store::list(&mut *app.db.conn().await?).await?;
    let wanted: Vec<Shop> = match slug {
        Some(slug) => shops.into_iter().filter(|shop| shop.slug == slug).collect(),
        None => shops.into_iter().filter(|shop| shop.paused_at.is_none()).collect(),
    };
    match (wanted.is_empty(), slug) {
        (true, Some(slug)) => bail!("there is no shop {slug}"),
        (true, None) => out!("There is no shop to read. `abono shop add` connects one."),
        (false, _) => {}
    }
    let mut failed = 0;
    for shop in &wanted {
        if let Err(error) = read_shop(app, shop, mode).await {
            failed += 1;
            out!("{}: {error:#}", shop.name);
        }
    }
    if failed > 0 {
        bail!(
            "{failed} of {} shops could not be read to the end; the next reading goes on where this one stopped",
            wanted.len()
        );
    }
    Ok(())
}

async fn read_shop(app: &App, shop: &Shop, mode: Mode) -> anyhow::Result<()> {
    let bars = Bars::new()?;
    let tally = sync::run(app, shop.id, mode, &|list, seen, total| bars.tell(list, seen, total)).await;
    bars.end();
    let tally = tally?;
    out!(
        "{}: {} read, {} new, {} changed, {} gone, {} make no sense",
        shop.name,
        tally.read,
        tally.new,
        tally.changed,
        tally.gone,
        tally.rejected
    );
    Ok(())
}

/// A bar per list, each made when its first page comes. Nothing is drawn where nobody looks (no terminal).
struct Bars {
    all: MultiProgress,
    style: ProgressStyle,
    of: Mutex<BTreeMap<String, ProgressBar>>,
}

impl Bars {
    fn new() -> anyhow::Result<Self> {
        let style = ProgressStyle::with_template("{msg:10} {bar:30} {human_pos}/{human_len} {eta}")?;
        Ok(Self { all: MultiProgress::new(), style, of: Mutex::default() })
    }

    fn tell(&self, list: &str, seen: u64, total: Option<u64>) {
        let mut bars = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bars.entry(list.to_owned()).or_insert_with(|| {
            let bar = self.all.add(ProgressBar::new(0)).with_message(list.to_owned());
            bar.set_style(self.style.clone());
            bar
        });
        bar.set_length(total.unwrap_or(seen).max(seen));
        bar.set_position(seen);
    }

    fn end(&self) {
        for bar in self.of.lock().unwrap_or_else(PoisonError::into_inner).values() {
            bar.abandon();
        }
    }
}

/// The shops that can be asked: not paused, and with keys that open. (Keys that do not are told by another check.)
async fn askable(patient: &Patient) -> Result<Vec<(Shop, ShopClient)>, Trouble> {
    if migrate::pending(&patient.database.db).await? > 0 {
        return Ok(Vec::new());
    }
    let http = Http::new(patient.config.allow_private_shops)
        .map_err(|e| Trouble::new(e.to_string(), "look into the machine's TLS certificates"))?;
    let Ok(keys) = &patient.keys else {
        return Ok(Vec::new());
    };
    let shops = store::list(&mut *patient.database.db.conn().await?).await?;
    Ok(shops
        .into_iter()
        .filter(|shop| shop.paused_at.is_none())
        .filter_map(|shop| {
            let client = shop.client(&http, patient.clock.clone(), keys).ok()?;
            Some((shop, client))
        })
        .collect())
}

/// Whether each shop answers our keys.
pub(super) async fn reachable(patient: &Patient) -> Finding {
    let shops = askable(patient).await?;
    let mut troubles = Vec::new();
    for (shop, client) in &shops {
        match client.probe().await {
            Ok(facts) if facts.may_write => {}
            Ok(_) => troubles.push(format!("{}: the keys may only read", shop.slug)),
            Err(e) => troubles.push(format!("{}: {e}", shop.slug)),
        }
    }
    if troubles.is_empty() {
        return Ok(format!("{} answer", shops.len()));
    }
    let cure = "see the shop's page in the back office, which says what helps";
    Err(Trouble::new(troubles.join("; "), cure))
}

/// Whether our webhooks are registered in each shop, awake and pointing here.
pub(super) async fn webhooks(patient: &Patient) -> Finding {
    let shops = askable(patient).await?;
    let mut troubles = Vec::new();
    for (shop, client) in &shops {
        let url = format!("{}{}", patient.config.public_url(), hook::path(&shop.slug));
        let known = store::webhook_rows(&mut *patient.database.db.conn().await?, shop.id).await?;
        // A shop that does not answer is told by the check before.
        let Ok(found) = client.webhooks().await else {
            continue;
        };
        let steps = watchdog::plan(&url, &found, &known, false).steps.len();
        if steps > 0 {
            troubles.push(format!("{}: {steps} of {} need mending", shop.slug, watchdog::TOPICS.len()));
        }
    }
    if troubles.is_empty() {
        return Ok(format!("awake in {} shops", shops.len()));
    }
    let cure =
        "a running `abono serve` mends them within five minutes; check ABONO_PUBLIC_URL if it does not";
    Err(Trouble::new(troubles.join("; "), cure))
}
