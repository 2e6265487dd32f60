//! `abono import …`: what an older system knew, from a file, with a bar and a summary.
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::{
    open::{self, Access, Schema},
    out,
};
use crate::{
    app::App,
    config::Config,
    core::{
        actor::Actor,
        ids::{LicenceImportId, ShopId},
        page::Seek,
    },
    licences::import::{
        domain::{Import, RowState, State, file},
        jobs, service,
        store::{
            self,
            rows::{self, Only},
        },
        words,
    },
    shop,
    web::lang::Lang,
};

#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Give and change licences from a CSV file: who, which plan, credits or last day
    Licences(Licences),
}

#[derive(Debug, Args)]
pub struct Licences {
    /// The file, in any separator, with English or Spanish column names and new or old plan names
    file: PathBuf,
    /// The shop whose user numbers the file has, by its name in addresses. Unset: the only shop
    #[arg(long)]
    shop: Option<String>,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

const ACTOR: Actor = Actor::System { name: "command line" };
/// Bad rows that are printed.
const SHOWN: u32 = 100;

pub(super) async fn run(command: ImportCommand, config: Config) -> anyhow::Result<()> {
    let ImportCommand::Licences(args) = command;
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let opened = open::open(config, Access::Shared, Schema::Current).await?;
    let outcome = licences(&opened.app, &args, &bytes).await;
    opened.close().await?;
    outcome
}

async fn shop_named(app: &App, slug: Option<&str>) -> anyhow::Result<Option<ShopId>> {
    let shops = shop::store::list(&mut *app.db.conn().await?).await?;
    match (slug, shops.as_slice()) {
        (Some(slug), shops) => match shops.iter().find(|shop| shop.slug == slug) {
            Some(shop) => Ok(Some(shop.id)),
            None => bail!("there is no shop {slug}"),
        },
        (None, [only]) => Ok(Some(only.id)),
        (None, _) => Ok(None),
    }
}

async fn licences(app: &App, args: &Licences, bytes: &[u8]) -> anyhow::Result<()> {
    let rows = service::read(app, bytes).await??;
    let shop = shop_named(app, args.shop.as_deref()).await?;
    if shop.is_none() && file::names_users(&rows) {
        bail!("the file names people by user numbers: say of which shop with --shop");
    }
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name: String = name.chars().take(200).collect();
    let draft = service::draft(app, &name, &rows, shop, &ACTOR).await?;
    let counts = rows::counts(&mut *app.db.conn().await?, draft.id).await?;
    out!(
        "{} rows: {} will get a licence, {} will be changed, {} are so already, {} cannot be used.",
        counts.total,
        counts.give,
        counts.change,
        counts.same,
        counts.failed
    );
    print_bad(app, draft.id, counts.failed).await?;
    if args.dry_run || counts.total == counts.failed {
        service::forget(app, draft.id).await?;
        if !args.dry_run {
            bail!("no row of the file can be used");
        }
        out!("Nothing was changed.");
        return Ok(());
    }
    let import = service::confirm(app, draft.id, &ACTOR).await?;
    apply(app, &import).await
}

async fn print_bad(app: &App, id: LicenceImportId, bad: u32) -> anyhow::Result<()> {
    let seek = Seek::forward(None, SHOWN);
    let page = rows::page(&mut *app.db.conn().await?, id, Only::State(RowState::Failed), &seek).await?;
    for item in &page.items {
        let reason = item.reason.map(|reason| Lang::En.t(words::reason_key(reason))).unwrap_or_default();
        let cell = if item.cell.is_empty() { String::new() } else { format!(" ({})", item.cell) };
        out!("  line {}: {}: {reason}{cell}", item.row, item.label);
    }
    if bad > SHOWN {
        out!("  … and {} more", bad - SHOWN);
    }
    Ok(())
}

async fn find(app: &App, id: LicenceImportId) -> anyhow::Result<Import> {
    store::find(&mut *app.db.conn().await?, id).await?.context("the import is gone")
}

/// Applies what was confirmed. A running `abono serve` may help: each row is done once.
async fn apply(app: &App, import: &Import) -> anyhow::Result<()> {
    let bar = ProgressBar::new(u64::from(import.left()));
    bar.set_style(ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} {eta}")?);
    let reason = jobs::reason(app, import.id);
    while service::run::step(app, import.id, &reason, service::run::STRETCH).await? {
        let left = find(app, import.id).await?.left();
        bar.set_position(u64::from(import.left().saturating_sub(left)));
    }
    bar.finish_and_clear();
    let ended = find(app, import.id).await?;
    out!(
        "{} licences given, {} changed, {} were so already, {} rows could not be used.",
        ended.given,
        ended.changed,
        ended.same,
        ended.failed
    );
    if ended.state != State::Done {
        bail!("it was stopped with {} rows to go: /admin/licences/import/{} goes on", ended.left(), ended.id);
    }
    Ok(())
}
