//! Slows guessing down, for all processes at once: a row per bucket, counted before the attempt is looked at.
//!
//! 1. A bucket is the name that is tried, or the address that tries (IPv6: its /64). Only a keyed hash of it is kept.
//! 2. Some attempts are free. After those each one blocks the bucket, twice as long each time, up to a quarter of an hour.
//! 3. An attempt is counted *before* it is checked, in a transaction that locks the row: a thousand at once get no more
//!    answers than a thousand in a row. A refused attempt is not counted.
//! 4. A quarter of an hour after the first attempt, or after the last block, the bucket is forgotten.
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use super::store;
use crate::{
    crypto::Keys,
    db::{Db, DbError, Transient},
};

/// How long attempts are remembered, and the longest block.
pub const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// The first block.
const FIRST_BLOCK: TimeDelta = TimeDelta::seconds(30);

/// How many attempts a bucket has before it blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Passwords tried for one e-mail.
    SignInAccount,
    /// Passwords tried from one address.
    SignInAddress,
    /// Wrong current passwords by someone signed in.
    CurrentPassword,
    /// Links asked for one mailbox.
    LinkMailbox,
    /// Links asked from one address.
    LinkAddress,
}

impl Limit {
    /// Attempts that block nothing.
    pub const fn free(self) -> u32 {
        match self {
            Self::LinkMailbox => 3,
            Self::SignInAccount | Self::CurrentPassword => 5,
            Self::LinkAddress => 10,
            Self::SignInAddress => 20,
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::SignInAccount => "sign-in/account",
            Self::SignInAddress => "sign-in/address",
            Self::CurrentPassword => "password/staff",
            Self::LinkMailbox => "link/mailbox",
            Self::LinkAddress => "link/address",
        }
    }
}

/// A limit on one particular name or address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    pub limit: Limit,
    pub hash: [u8; 32],
}

impl Bucket {
    pub fn of_name(keys: &Keys, limit: Limit, name: &str) -> Self {
        Self { limit, hash: keys.sign("throttle", format!("{}\0{name}", limit.label()).as_bytes()) }
    }

    pub fn of_address(keys: &Keys, limit: Limit, address: IpAddr) -> Self {
        Self::of_name(keys, limit, &network(address))
    }
}

/// The network that one visitor can pick addresses from at will.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let s = v6.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
        }
    }
}

/// What a bucket remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    pub count: u32,
    pub first_at: DateTime<Utc>,
    pub blocked_until: Option<DateTime<Utc>>,
}

/// Too many attempts: come back later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; try again after {until}")]
pub struct Blocked {
    pub until: DateTime<Utc>,
}

impl Blocked {
    /// Whole seconds to wait, at least one: for `Retry-After`.
    pub fn seconds(&self, now: DateTime<Utc>) -> u64 {
        u64::try_from((self.until - now).num_seconds()).unwrap_or(0) + 1
    }
}

impl Tries {
    /// One more attempt at `now`, if the bucket is open.
    pub fn count(self, free: u32, now: DateTime<Utc>) -> Result<Self, Blocked> {
        if let Some(until) = self.blocked_until.filter(|until| *until > now) {
            return Err(Blocked { until });
        }
        let since = self.blocked_until.unwrap_or(self.first_at);
        if self.count == 0 || now - since >= WINDOW {
            return Ok(Self { count: 1, first_at: now, blocked_until: None });
        }
        let count = self.count.saturating_add(1);
        let block = count.checked_sub(free).filter(|over| *over > 0).map(|over| {
            let doubled = FIRST_BLOCK * 2_i32.pow((over - 1).min(10));
            now + doubled.min(WINDOW)
        });
        Ok(Self { count, first_at: self.first_at, blocked_until: block })
    }
}

/// Why an attempt was not counted.
#[derive(Debug, thiserror::Error)]
pub enum ThrottleError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Blocked(#[from] Blocked),
}

impl Transient for ThrottleError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Db(e) if e.is_transient())
    }
}

/// Counts an attempt in every bucket, or in none if one of them is blocked.
pub async fn attempt(db: &Db, buckets: &[Bucket], now: DateTime<Utc>) -> Result<(), ThrottleError> {
    let mut buckets = buckets.to_vec();
    buckets.sort_unstable_by_key(|bucket| bucket.hash);
    let buckets = &buckets;
    db.transact(|mut tx| async move {
        for bucket in buckets {
            let tries = store::throttle::lock(&mut tx, &bucket.hash, now).await?;
            let counted = tries.count(bucket.limit.free(), now)?;
            store::throttle::save(&mut tx, &bucket.hash, counted).await?;
        }
        Ok::<_, ThrottleError>(tx.done(()).await?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }
    const FRESH: fn() -> Tries = || Tries { count: 0, first_at: at(0), blocked_until: None };

    #[test]
    fn five_are_free_then_each_block_is_twice_as_long() {
        let mut tries = FRESH();
        for _ in 0..5 {
            tries = tries.count(5, at(1)).unwrap();
            assert_eq!(tries.blocked_until, None);
        }
        let mut now = at(2);
        let mut waits = vec![];
        for _ in 0..7 {
            tries = tries.count(5, now).unwrap();
            let until = tries.blocked_until.unwrap();
            assert_eq!(tries.count(5, until - TimeDelta::microseconds(1)), Err(Blocked { until }));
            waits.push((until - now).num_seconds());
            now = until;
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900]);
    }

    #[test]
    fn a_bucket_is_forgotten_a_quarter_of_an_hour_after_its_block() {
        let mut tries = FRESH();
        for _ in 0..6 {
            tries = tries.count(5, at(0)).unwrap();
        }
        assert_eq!(tries.blocked_until, Some(at(30)));
        assert_eq!(tries.count(5, at(30 + 899)).unwrap().count, 7);
        assert_eq!(tries.count(5, at(30 + 900)).unwrap().count, 1);
    }

    #[test]
    fn one_network_is_one_visitor() {
        let same = |a: &str, b: &str| network(a.parse().unwrap()) == network(b.parse().unwrap());
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(same("::ffff:192.0.2.7", "192.0.2.7"));
        assert!(!same("192.0.2.7", "192.0.2.8"));
    }

    #[test]
    fn waiting_is_told_in_whole_seconds_and_never_zero() {
        let blocked = Blocked { until: at(30) };
        assert_eq!(blocked.seconds(at(0)), 31);
        assert_eq!(blocked.seconds(at(40)), 1);
    }
}
