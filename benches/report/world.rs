//! What the loads run on: a durable database server of our own, a pretend shop, people with plenty of sessions.
use std::{
    fs,
    path::{Path, PathBuf},
};

use abono::{
    accounts,
    auth::key::{self, NewKey, Scope},
    core::{
        actor::Actor,
        clock::Clock,
        email::Email,
        ids::{AccountId, GrantId, ShopId, WcId},
        secret::Secret,
    },
    crypto::Keys,
    db::{self, Db, DbError, Tx, embedded::Embedded},
    demo::shop::{DemoConfig, DemoShop, OrderSpec, OrderStatus, ProductSpec},
    sessions::{
        self,
        store::{Entry, EntryKind, NewGrant},
    },
    shop::{
        client::ShopAddress,
        store::{self as shops, NewShop},
    },
};
use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use sqlx::MySqlConnection;

use crate::process;

/// The data directory, below the one we work in.
pub const DATA: &str = "data";
pub const SECRET_KEY: &str = "0123456789abcdef0123456789abcdef";
pub const WEBHOOK_SECRET: &str = "the webhook secret of the benchmark";
/// People who spend.
pub const PEOPLE: u64 = 1000;
/// What each of them has: nobody runs out.
const PLENTY: u32 = 1_000_000;
/// Orders that the pretend shop knows.
const ORDERS: usize = 50;
/// Most connections that a load uses.
const CONNECTIONS: u32 = 40;
const BENCH: Actor = Actor::System { name: "bench" };

/// Someone with sessions to spend.
#[derive(Debug, Clone)]
pub struct Person {
    pub account: AccountId,
    pub email: String,
    pub grant: GrantId,
}

#[derive(Debug)]
pub struct World {
    embedded: Embedded,
    /// Where logs go.
    pub dir: PathBuf,
    pub db: Db,
    /// For services.
    pub database_url: String,
    /// The server's own word for its version, and how durable it is.
    pub version: String,
    pub server_pid: Option<u32>,
    pub shop: ShopId,
    pub key: String,
    pub people: Vec<Person>,
    /// Numbers of orders that the pretend shop knows.
    pub orders: Vec<u64>,
}

impl World {
    /// Starts a server on the data directory, which an Abono has migrated, and fills it.
    pub async fn open(dir: &Path) -> anyhow::Result<Self> {
        let data = dir.join(DATA);
        let embedded = Embedded::start(&data).await?;
        let options = embedded.options();
        let socket = options.get_socket().context("an embedded server has a socket")?.display().to_string();
        let socket: String = url::form_urlencoded::byte_serialize(socket.as_bytes()).collect();
        let db = db::connect_with(options, CONNECTIONS).await?;
        let flush: i64 = sqlx::query_scalar("SELECT CAST(@@innodb_flush_log_at_trx_commit AS SIGNED)")
            .fetch_one(&db.0)
            .await?;
        ensure!(flush == 1, "the embedded server does not wait for the disk");
        let version = db::version_of(&mut *db.conn().await?).await?;
        let server_pid =
            fs::read_to_string(data.join("mariadbd.pid")).ok().and_then(|pid| pid.trim().parse().ok());

        let keys = Keys::new(&[Secret::new(SECRET_KEY)]).context("the key is long enough")?;
        let now = Clock::System.now();
        let (url, orders) = open_shop().await?;
        let (shop, people) = db
            .transact(|mut tx: Tx| {
                let (keys, url) = (&keys, url.clone());
                async move {
                    let shop = add_shop(&mut tx, url, keys, now).await?;
                    let people = add_people(&mut tx, now).await?;
                    tx.done((shop, people)).await
                }
            })
            .await?;
        let new =
            NewKey { name: "bench".to_owned(), scopes: Scope::ALL.to_vec(), account: None, expires_at: None };
        let key = key::create(&db, &new, &BENCH, now).await?.text.reveal().to_owned();
        Ok(Self {
            embedded,
            dir: dir.to_owned(),
            db,
            database_url: format!("mysql://root@localhost/abono?socket={socket}&ssl-mode=disabled"),
            version: format!("{version}, innodb_flush_log_at_trx_commit=1"),
            server_pid,
            shop,
            key,
            people,
            orders,
        })
    }

    /// The answer of a query that counts.
    pub async fn number(&self, sql: &'static str) -> anyhow::Result<i64> {
        Ok(sqlx::query_scalar(sql).fetch_one(&self.db.0).await?)
    }

    /// A pool of another, new database on the same server, without tables.
    pub async fn another(&self, name: &'static str) -> anyhow::Result<Db> {
        let create = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
        sqlx::query(sqlx::AssertSqlSafe(create)).execute(&self.db.0).await?;
        Ok(db::connect_with(self.embedded.options().database(name), 4).await?)
    }

    /// Connections of their own, with the session settings of the service's.
    pub async fn connections(&self, count: usize) -> anyhow::Result<Vec<MySqlConnection>> {
        let mut connections = Vec::new();
        for _ in 0..count {
            connections.push(self.db.conn().await?.detach());
        }
        Ok(connections)
    }

    /// The `n`th spender: as good as random, and the same for every load.
    pub fn person(people: &[Person], n: u64) -> anyhow::Result<&Person> {
        // splitmix64
        let mut z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        people.get(usize::try_from((z ^ (z >> 31)) % PEOPLE)?).context("there are people")
    }

    pub async fn close(self) -> anyhow::Result<()> {
        self.db.0.close().await;
        Ok(self.embedded.stop().await?)
    }
}

/// A pretend shop on loopback, with orders that are paid.
async fn open_shop() -> anyhow::Result<(url::Url, Vec<u64>)> {
    let (key, secret) = (Secret::new("ck_bench"), Secret::new("cs_bench"));
    let mut config = DemoConfig::new(key, secret, Clock::System, process::client()?);
    // Plain http, as a developer's own shop.
    config.behind_tls = false;
    let demo = DemoShop::new(config);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    demo.set_url(&url);
    tokio::spawn(axum::serve(listener, demo.router()).into_future());
    for (id, sessions) in sessions::products::BRIEF_PRODUCTS {
        demo.add_product(ProductSpec::new(id, &format!("{sessions} sesiones"), "40.00"))?;
    }
    let mut orders = Vec::new();
    for n in 0..ORDERS {
        let spec = OrderSpec::guest("Ana", "Li", &format!("comprador{n}@example.test")).line(486, 1);
        let order = demo.place_order(spec)?;
        demo.set_order_status(order, OrderStatus::Completed)?;
        orders.push(order);
    }
    Ok((url.parse()?, orders))
}

async fn add_shop(
    conn: &mut MySqlConnection,
    url: url::Url,
    keys: &Keys,
    now: DateTime<Utc>,
) -> Result<ShopId, DbError> {
    let new = NewShop {
        slug: "almendro".to_owned(),
        name: "Almendro".to_owned(),
        address: ShopAddress {
            url,
            consumer_key: Secret::new("ck_bench"),
            consumer_secret: Secret::new("cs_bench"),
        },
        webhook_secret: Secret::new(WEBHOOK_SECRET),
        handoff_secret: Secret::new("the hand-off secret of the benchmark"),
        timezone: chrono_tz::Europe::Madrid,
        currency: "EUR".to_owned(),
        wc_version: "11.0.1".to_owned(),
    };
    let shop = shops::insert(conn, &new, keys, now).await?;
    for (product, n) in sessions::products::BRIEF_PRODUCTS {
        sessions::products::put(conn, (shop, WcId(product), WcId(0)), n, &BENCH, now).await?;
    }
    Ok(shop)
}

async fn add_people(conn: &mut MySqlConnection, now: DateTime<Utc>) -> Result<Vec<Person>, DbError> {
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        let email = format!("persona{n}@example.test");
        let address = Email::parse(&email).map_err(|_| DbError::Stale)?;
        let account = accounts::store::create(conn, "Persona", Some(&address), now).await?;
        accounts::store::add_email(conn, account, &address, "primary", "bench", now).await?;
        let grant = NewGrant {
            account,
            kind: sessions::Kind::Purchased,
            category: None,
            per_unit: None,
            quantity: PLENTY,
            expires_at: None,
            source: None,
            note: "",
            created_by: &BENCH,
            created_at: now,
        };
        let grant = sessions::store::insert(conn, &grant).await?;
        let entry = Entry {
            account,
            grant,
            operation: "bench",
            kind: EntryKind::Grant,
            delta: i64::from(PLENTY),
            held: 0,
            at: now,
            actor: &BENCH,
            reason: "",
            expert_id: None,
            expert_name: None,
            duration_seconds: None,
            request_id: None,
        };
        sessions::store::append(conn, &entry).await?;
        people.push(Person { account, email, grant });
    }
    Ok(people)
}
