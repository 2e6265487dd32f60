//! What should stand on the shops' users: each person's balance, worked out anew whenever something of theirs may have changed.
//!
//! 1. The ledger is the outbox: whoever has a new row in it is looked at. So is whoever had something expire or run out, was merged,
//!    became a user of a shop, or whose balance changed without a row (another expiry, a shortfall that blocks).
//! 2. A reader's mark moves only to what it had already seen two minutes before: rows with smaller numbers may still be in open
//!    transactions. Whoever is looked at twice gets the same answer.
//! 3. Who was never given a session gets no field: nobody's old counter is set to zero for being unknown here.
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::MySqlConnection;

use super::{
    service,
    store::outbox::{self, Mark},
};
use crate::{
    accounts::links,
    app::App,
    core::ids::{AccountId, ShopId, WcId},
    db::DbError,
    shop::{
        member::Member,
        store::{self as shops, member_meta},
    },
};

/// How long a transaction may stay open unseen. Statements and lock waits end far sooner.
const SETTLED: TimeDelta = TimeDelta::minutes(2);
/// Rows of a feed looked through at once.
const SPAN: u64 = 20_000;
/// People whose balances are worked out in one transaction.
const PEOPLE: usize = 500;
/// The mark that remembers when we last looked for what ran out.
const CLOCK: &str = "member_meta_clock";

/// Something numbered that tells whose balance may have changed.
#[derive(Debug, Clone, Copy)]
enum Feed {
    Ledger,
    Touches,
    Links,
    Merges,
}

impl Feed {
    const ALL: [Self; 4] = [Self::Ledger, Self::Touches, Self::Links, Self::Merges];

    /// The name of its mark.
    fn mark(self) -> &'static str {
        match self {
            Self::Ledger => "member_meta",
            Self::Touches => "member_meta_touches",
            Self::Links => "member_meta_links",
            Self::Merges => "member_meta_merges",
        }
    }

    async fn newest(self, conn: &mut MySqlConnection) -> Result<u64, DbError> {
        match self {
            Self::Ledger => outbox::newest_entry(conn).await,
            Self::Touches => outbox::newest_touch(conn).await,
            Self::Links => links::newest_link(conn).await,
            Self::Merges => links::newest_merge(conn).await,
        }
    }

    async fn accounts(
        self,
        conn: &mut MySqlConnection,
        after: u64,
        upto: u64,
    ) -> Result<Vec<AccountId>, DbError> {
        match self {
            Self::Ledger => outbox::accounts_of_entries(conn, after, upto).await,
            Self::Touches => outbox::accounts_of_touches(conn, after, upto).await,
            Self::Links => links::linked(conn, after, upto).await,
            Self::Merges => links::merged(conn, after, upto).await,
        }
    }
}

/// Looks at everybody whose balance may have changed since the last time. Answers how many users of shops are to be told anew.
pub async fn mark_changed(app: &App) -> Result<u64, DbError> {
    let now = app.clock.now();
    let shops = {
        let shops = shops::list(&mut *app.db.conn().await?).await?;
        shops.into_iter().filter(|shop| shop.writes_member_meta).map(|shop| shop.id).collect::<Vec<_>>()
    };
    let mut changed = 0;
    for feed in Feed::ALL {
        changed += follow(app, feed, &shops, now).await?;
    }
    changed += ran_out(app, &shops, now).await?;
    Ok(changed)
}

async fn follow(app: &App, feed: Feed, shops: &[ShopId], now: DateTime<Utc>) -> Result<u64, DbError> {
    let mut conn = app.db.conn().await?;
    let known = outbox::mark(&mut conn, feed.mark()).await?;
    let newest = feed.newest(&mut conn).await?;
    let mut changed = 0;
    let mut after = known.map_or(0, |mark| mark.done_id);
    while after < newest {
        let upto = newest.min(after + SPAN);
        // Where nobody is told, the mark moves on all the same: a shop that is switched on is gone through as a whole.
        if !shops.is_empty() {
            let accounts = feed.accounts(&mut conn, after, upto).await?;
            changed += mark(app, &accounts, shops, now).await?;
        }
        after = upto;
    }
    let next = match known {
        Some(mark) if now - mark.seen_at < SETTLED => return Ok(changed),
        Some(mark) => Mark { done_id: mark.seen_id, seen_id: newest, seen_at: now },
        None => Mark { done_id: 0, seen_id: newest, seen_at: now },
    };
    outbox::save_mark(&mut conn, feed.mark(), next).await?;
    if matches!(feed, Feed::Touches) {
        outbox::forget_touches(&mut conn, next.done_id).await?;
    }
    Ok(changed)
}

/// What expired, and reservations that ran out, need nobody to write them down.
async fn ran_out(app: &App, shops: &[ShopId], now: DateTime<Utc>) -> Result<u64, DbError> {
    let mut conn = app.db.conn().await?;
    let mut changed = 0;
    // The first time, the whole ledger was gone through just now.
    if let Some(last) = outbox::mark(&mut conn, CLOCK).await? {
        let accounts = outbox::lapsed_between(&mut conn, last.seen_at, now).await?;
        changed = mark(app, &accounts, shops, now).await?;
    }
    outbox::save_mark(&mut conn, CLOCK, Mark { done_id: 0, seen_id: 0, seen_at: now }).await?;
    Ok(changed)
}

/// Looks at every user of a shop: its people are told of for the first time, or again.
pub async fn mark_shop(app: &App, shop: ShopId) -> Result<u64, DbError> {
    let (mut after, mut changed) = (0, 0);
    loop {
        let page = {
            let most = u32::try_from(PEOPLE).unwrap_or(u32::MAX);
            links::users_of_shop(&mut *app.db.conn().await?, shop, after, most).await?
        };
        let Some((last, _)) = page.last() else {
            return Ok(changed);
        };
        after = *last;
        let mut accounts: Vec<AccountId> = page.into_iter().map(|(_, account)| account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        changed += mark(app, &accounts, &[shop], app.clock.now()).await?;
    }
}

/// Works out these people's balances and notes them for their users in these shops.
async fn mark(
    app: &App,
    accounts: &[AccountId],
    shops: &[ShopId],
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let mut changed = 0;
    for people in accounts.chunks(PEOPLE) {
        changed += app
            .db
            .transact(|mut tx| async move {
                let changed = mark_some(&mut tx, people, shops, now).await?;
                tx.done(changed).await
            })
            .await?;
    }
    Ok(changed)
}

async fn mark_some(
    conn: &mut MySqlConnection,
    people: &[AccountId],
    shops: &[ShopId],
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let users = links::users_of(conn, people).await?;
    if users.is_empty() {
        return Ok(0);
    }
    let mut changed = Vec::new();
    for shop in shops {
        let here: Vec<(AccountId, WcId)> =
            users.iter().filter(|(_, s, _)| s == shop).map(|(account, _, user)| (*account, *user)).collect();
        let ids: Vec<WcId> = here.iter().map(|(_, user)| *user).collect();
        // Locked before the balances are read: of two that look at once, the later look is the one that stays.
        let mut known = member_meta::lock_members(conn, *shop, &ids).await?;
        let balances = service::balances(conn, people, now).await?;
        for (account, user) in here {
            let balance = balances.get(&account).copied();
            let wanted = balance.unwrap_or_default().available();
            match (known.iter_mut().find(|member| member.customer == user), balance) {
                (Some(member), _) => {
                    if member.want(account, wanted, now) {
                        changed.push(member.clone());
                    }
                }
                (None, Some(_)) => changed.push(Member::new(*shop, user, account, wanted, now)),
                (None, None) => {}
            }
        }
    }
    member_meta::save_members(conn, &changed).await?;
    Ok(changed.len() as u64)
}
