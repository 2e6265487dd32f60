//! `demo`: an Abono and a pretend shop, connected, with some weeks of trade: everything to look at, nothing to set up.
use std::{sync::Arc, time::Duration};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;

use super::{
    demo_licences,
    open::{self, Access, Schema},
    out, people, run, serve,
};
use crate::{
    app::App,
    auth::{
        Role,
        key::{self, NewKey, Scope},
        staff::{self, NewStaff},
    },
    config::Config,
    core::{actor::Actor, email::Email, ids::ShopId, secret::Secret},
    crypto,
    demo::{
        sample,
        shop::{AccountLink, DemoConfig, DemoShop, sender},
    },
    inbox::connect::{self, NewConnection},
    jobs,
    sessions::{
        self,
        domain::Expiry,
        service::{
            Spending,
            gifts::{self, Gift},
        },
    },
    shop,
};

#[derive(Debug, Args)]
pub struct Demo {
    /// Where the pretend shop listens
    #[arg(long, default_value = "127.0.0.1:8081")]
    pub shop_bind: std::net::SocketAddr,
    /// Prepare everything, print it, and end: for trying whether it works here
    #[arg(long)]
    pub check: bool,
}

/// How long the first reading of the pretend shop may take.
const READING: Duration = Duration::from_mins(1);
/// The password of everybody in the demo. It protects nothing: the demo listens on this machine only.
const PASSWORD: &str = "almendro y canela";
const STAFF: [(&str, &str, Role); 3] = [
    ("ines@abono.example", "Inés Carvajal", Role::Admin),
    ("marta@abono.example", "Marta Solís", Role::Manager),
    ("bruno@abono.example", "Bruno Ferrer", Role::Stats),
];

/// Runs until told to stop. Each run starts afresh: the pretend shop keeps nothing, so neither does its Abono.
pub(super) async fn show(args: &Demo, mut config: Config) -> anyhow::Result<()> {
    if config.external_database().is_some() {
        bail!("the demo keeps to its own embedded database and will not touch the one in ABONO_DATABASE_URL");
    }
    if !config.bind.ip().is_loopback() || !args.shop_bind.ip().is_loopback() {
        bail!("the demo has known passwords: it listens on loopback addresses only");
    }
    config.data_dir = config.data_dir.join("demo");
    config.allow_private_shops = true;
    let listener =
        TcpListener::bind(config.bind).await.with_context(|| format!("cannot listen on {}", config.bind))?;
    let front = TcpListener::bind(args.shop_bind)
        .await
        .with_context(|| format!("cannot listen on {}", args.shop_bind))?;
    open::forget(&config).await?;
    let opened = open::open(config, Access::Own, Schema::Migrate).await?;
    let stop = serve::stop_on_signal();
    let outcome = play(&opened.app, args, listener, front, stop).await;
    opened.close().await?;
    outcome
}

async fn play(
    app: &App,
    args: &Demo,
    listener: TcpListener,
    front: TcpListener,
    stop: tokio_util::sync::CancellationToken,
) -> anyhow::Result<()> {
    let demo = open_shop(app, &front)?;
    let router = demo.router();
    let closing = stop.clone();
    let serving_shop = tokio::spawn(serve::serve_on(front, router, closing));
    for (email, name, role) in STAFF {
        let new = NewStaff {
            email: Email::parse(email)?,
            name: name.to_owned(),
            password: Secret::new(PASSWORD),
            role,
            locale: None,
        };
        staff::add(&app.db, &new, &people::ACTOR, app.clock.now()).await?;
    }
    // Abono answers before the shop is connected: a new webhook is greeted at once.
    let serving = tokio::spawn({
        let (app, stop) = (app.clone(), stop.clone());
        async move { run::run(&app, listener, true, stop).await }
    });
    let prepared = prepare(app, &demo).await;
    let delivering = demo.start_delivering();
    match &prepared {
        Ok(key) => tell(app, &demo, key),
        Err(_) => stop.cancel(),
    }
    if args.check {
        stop.cancel();
    }
    let served = serving.await?;
    delivering.abort();
    serving_shop.await??;
    prepared?;
    served
}

/// Connects the shop, waits until it is read, and makes a key. Answers the key.
async fn prepare(app: &App, demo: &DemoShop) -> anyhow::Result<Secret> {
    let shop = connect_shop(app, demo).await?;
    settle(app).await?;
    give_some(app, false).await?;
    spend_some(app).await?;
    give_some(app, true).await?;
    let people = sessions::list::holders(&mut *app.db.conn().await?, 9).await?;
    demo_licences::give_some(app, &people).await?;
    demo_licences::map_products(app, shop).await?;
    demo_licences::place_orders(app, demo)?;
    demo.deliver_pending().await;
    settle(app).await?;
    demo_licences::use_some(app).await?;
    let mut conn = app.db.conn().await?;
    let shop = shop::store::find(&mut conn, shop).await?.context("the shop was just connected")?;
    drop(conn);
    let secret = shop.handoff_secret(&app.keys)?;
    demo.set_account_link(AccountLink { abono: app.config.public_url(), slug: shop.slug, secret });
    let new = NewKey {
        name: "App de la demo".to_owned(),
        scopes: Scope::ALL.to_vec(),
        account: None,
        expires_at: None,
    };
    Ok(key::create(&app.db, &new, &people::ACTOR, app.clock.now()).await?.text)
}

/// Waits until nothing is left to do.
async fn settle(app: &App) -> anyhow::Result<()> {
    let began = std::time::Instant::now();
    loop {
        let mut conn = app.db.conn().await?;
        let counts = jobs::store::counts(&mut conn, app.clock.now()).await?;
        if counts.due + counts.running == 0 {
            return Ok(());
        }
        if began.elapsed() > READING {
            bail!("the pretend shop could not be read in {} s", READING.as_secs());
        }
        drop(conn);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn open_shop(app: &App, front: &TcpListener) -> anyhow::Result<DemoShop> {
    let http = sender(Duration::from_secs(10))?;
    let mut config = DemoConfig::new(fresh("ck_"), fresh("cs_"), app.clock.clone(), http);
    config.behind_tls = false;
    config.paying_completes = true;
    let demo = DemoShop::new(config);
    demo.set_url(&format!("http://{}", front.local_addr()?));
    sample::fill(&demo, app.clock.now())?;
    Ok(demo)
}

/// Keys as `WooCommerce` makes them: 40 hexadecimal digits after the prefix.
fn fresh(prefix: &str) -> Secret {
    Secret::new(format!("{prefix}{}", hex::encode(crypto::random_bytes::<20>())))
}

async fn connect_shop(app: &App, demo: &DemoShop) -> anyhow::Result<ShopId> {
    let (key, secret) = demo.keys();
    let form = NewConnection { url: demo.url(), key, secret, name: String::new(), default_products: true };
    Ok(connect::connect(app, &form, &people::ACTOR).await?)
}

/// Free sessions, some of which have expired or soon will: four weeks ago to every third person, and lately to others.
async fn give_some(app: &App, lately: bool) -> anyhow::Result<()> {
    let actor = &Actor::System { name: "demo" };
    let now = app.clock.now();
    let zone = app.config.timezone;
    let mut conn = app.db.conn().await?;
    let people = sessions::list::holders(&mut conn, 60).await?;
    let known = sessions::store::categories::list(&mut conn).await?;
    drop(conn);
    for (n, account) in people.into_iter().enumerate().filter(|(n, _)| (n % 3 == 0) != lately) {
        let (days_ago, lasts) = if lately { (n % 3, 14) } else { (28, [20, 29, 31, 60][n % 4]) };
        let at = now
            - chrono::TimeDelta::days(i64::try_from(days_ago)?)
            - chrono::TimeDelta::minutes(i64::try_from(n * 7)?);
        let gift = &Gift {
            account,
            quantity: u32::try_from(1 + n % 4)?,
            category: known[n % known.len()].id,
            expiry: Some(if n % 7 == 5 { Expiry::Never } else { Expiry::Days(lasts) }),
            note: if n % 5 == 0 { "Por la espera del otro día".to_owned() } else { String::new() },
        };
        app.db
            .transact(|mut tx| async move {
                gifts::give(&mut tx, gift, actor, at, zone).await?;
                Ok::<_, sessions::service::Error>(tx.done(()).await?)
            })
            .await?;
    }
    Ok(())
}

/// Some uses in the past weeks, so that histories and charts have something to show.
async fn spend_some(app: &App) -> anyhow::Result<()> {
    let actor = &Actor::System { name: "demo" };
    let experts =
        ["Dra. Elena Robles Mantilla", "Lic. Tomás Aguirre", "Lic. Guadalupe Fernández-Marcote Rivadulla"];
    let now = app.clock.now();
    let mut conn = app.db.conn().await?;
    let mut uses = Vec::new();
    for (n, account) in sessions::list::holders(&mut conn, 40).await?.into_iter().enumerate() {
        let first =
            sessions::store::of_account(&mut conn, account).await?.iter().map(|grant| grant.created_at).min();
        for use_ in 0..=(n % 4) {
            let days = i64::try_from((n * 5 + use_ * 3) % 27)?;
            let at = now
                - chrono::TimeDelta::days(days)
                - chrono::TimeDelta::minutes(i64::try_from(n * 17 % 600)?);
            // Nobody uses a session before the first purchase.
            if first.is_some_and(|first| first < at) {
                uses.push((at, n, use_, account));
            }
        }
    }
    drop(conn);
    // The ledger is written in the order in which things happened.
    uses.sort_by_key(|(at, n, use_, _)| (*at, *n, *use_));
    for (at, n, use_, account) in uses {
        let wish = &Spending {
            account,
            amount: 1,
            reason: String::new(),
            expert_id: Some(format!("experto-{}", (n + use_) % experts.len())),
            expert_name: Some(experts[(n + use_) % experts.len()].to_owned()),
            duration_seconds: Some(u32::try_from(1500 + (n * 211 + use_ * 97) % 1200)?),
            request_id: None,
        };
        let spent = app
            .db
            .transact(|mut tx| async move {
                sessions::service::consume(&mut tx, wish, actor, at).await?;
                Ok::<_, sessions::service::Error>(tx.done(()).await?)
            })
            .await;
        match spent {
            Ok(()) | Err(sessions::service::Error::Refused(_)) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(())
}

fn tell(app: &App, demo: &DemoShop, key: &Secret) {
    let url = Arc::new(app.config.public_url());
    out!();
    out!("Abono is running with a pretend shop. Each start begins afresh.");
    out!();
    out!("  Shop (buy, pay, refund)   {}", demo.url());
    out!("  Back office               {url}/admin");
    for (email, _, role) in STAFF {
        out!("    {:<24}{}  ({})", email, PASSWORD, role.as_str());
    }
    out!(
        "  «Mi Cuenta»               {}/pedidos, choose a customer, then «Entrar en su Mi Cuenta»",
        demo.url()
    );
    out!("  API                       {url}/api/docs");
    out!("    key                     {}", key.reveal());
    out!();
    out!("  Spend a session:");
    out!("    curl -X POST {url}/api/v1/sessions/consume -H 'Authorization: Bearer {}' \\", key.reveal());
    out!("      -H 'Idempotency-Key: my-first' -d '{}'", json!({"account": {"id": 1}}));
    out!();
    out!("Ctrl-C stops it.");
}
