//! A person's balance as it should stand on their user in the shop, what was written there, and what the shop shows. No I/O.
//!
//! 1. `pending` is to be written, again if need be: writing one number twice is no harm.
//! 2. What was written is read back: `written`, or `dropped` (the shop keeps no such field), or `overwritten` (it shows something else).
//! 3. What the shop dropped or overwrote is written again when the balance changes, or by hand, and never by itself: something in
//!    the shop that counts on its own would make that an endless fight.
//! 4. A user the shop does not know (`failed`) waits until the shop shows them again.
use chrono::{DateTime, TimeDelta, Utc};

use super::words::clip;
use crate::core::ids::{AccountId, ShopId, WcId};

/// Characters kept of what the shop shows.
pub const SEEN_MOST: usize = 64;
/// Times a user that the shop refuses is tried before only a change, or a person, tries again.
const TRIES: u32 = 8;
/// Our own code for a user that the shop no longer has.
pub const GONE: &str = "customer_gone";
/// Our own code for a user who was accepted and then not shown.
pub const NOT_SHOWN: &str = "not_shown";

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Pending,
    Written,
    Dropped,
    Overwritten,
    Failed,
}

impl State {
    pub const ALL: [Self; 5] = [Self::Pending, Self::Written, Self::Dropped, Self::Overwritten, Self::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Written => "written",
            Self::Dropped => "dropped",
            Self::Overwritten => "overwritten",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// The balance of one user of one shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub shop: ShopId,
    /// The user's number in the shop.
    pub customer: WcId,
    pub account: AccountId,
    pub wanted: u32,
    pub wanted_at: DateTime<Utc>,
    /// What was last written; it may not have stayed.
    pub written: Option<u32>,
    pub written_at: Option<DateTime<Utc>>,
    /// What the shop showed when it last showed something else.
    pub seen: Option<String>,
    pub seen_at: Option<DateTime<Utc>>,
    pub state: State,
    /// Of a failed one: the shop's code.
    pub error: Option<String>,
    pub attempts: u32,
    /// When to try (again).
    pub next_at: DateTime<Utc>,
}

/// After everything: what waits for a change or a person is due then.
///
/// Not later: `MariaDB` before 11.5 takes our bound times for TIMESTAMPs, and stores NULL for those after January 2038.
pub fn never() -> DateTime<Utc> {
    DateTime::from_timestamp(2_145_916_800, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Whether the shop says by this code that it has no such user.
pub fn is_gone(code: &str) -> bool {
    code == GONE || code.ends_with("_invalid_id")
}

impl Member {
    pub fn new(shop: ShopId, customer: WcId, account: AccountId, wanted: u32, now: DateTime<Utc>) -> Self {
        Self {
            shop,
            customer,
            account,
            wanted,
            wanted_at: now,
            written: None,
            written_at: None,
            seen: None,
            seen_at: None,
            state: State::Pending,
            error: None,
            attempts: 0,
            next_at: now,
        }
    }

    fn is_gone(&self) -> bool {
        self.state == State::Failed && self.error.as_deref().is_some_and(is_gone)
    }

    /// What the balance is now. False: nothing to note.
    pub fn want(&mut self, account: AccountId, wanted: u32, now: DateTime<Utc>) -> bool {
        let moved = std::mem::replace(&mut self.account, account) != account;
        if self.wanted == wanted {
            return moved;
        }
        self.wanted = wanted;
        self.wanted_at = now;
        if !self.is_gone() {
            self.pend(now);
        }
        true
    }

    fn pend(&mut self, now: DateTime<Utc>) {
        self.state = State::Pending;
        self.error = None;
        self.attempts = 0;
        self.next_at = now;
    }

    /// Somebody asks for another try, whatever stood in its way.
    pub fn again(&mut self, now: DateTime<Utc>) {
        self.pend(now);
    }

    /// The shop took `sent`, and then showed `found` (`None`: no such field).
    pub fn sent(&mut self, sent: u32, found: Option<&str>, now: DateTime<Utc>) {
        self.written = Some(sent);
        self.written_at = Some(now);
        self.error = None;
        self.attempts = 0;
        if self.wanted == sent {
            self.found(found, now);
        } else {
            // The balance changed while the shop was asked: the next round writes that.
            self.state = State::Pending;
            self.next_at = now;
        }
    }

    fn found(&mut self, found: Option<&str>, at: DateTime<Utc>) {
        let fits = |found: &str| self.written.is_some_and(|n| found.trim() == n.to_string());
        let seen = match found {
            None => Some((State::Dropped, None)),
            Some(text) if fits(text) => None,
            Some(text) => Some((State::Overwritten, Some(clip(text, SEEN_MOST)))),
        };
        (self.state, self.seen) = seen.unwrap_or((State::Written, None));
        self.seen_at = Some(at);
        self.next_at = never();
    }

    /// The shop refused this one user.
    pub fn refused(&mut self, code: &str, now: DateTime<Utc>) {
        self.attempts += 1;
        self.state = State::Failed;
        self.error = Some(code.chars().filter(char::is_ascii_graphic).take(64).collect());
        self.seen_at = Some(now);
        let wait = TimeDelta::minutes(1 << self.attempts.min(8));
        self.next_at = if is_gone(code) || self.attempts >= TRIES { never() } else { now + wait };
    }

    /// The shop no longer has this user.
    pub fn gone(&mut self, now: DateTime<Utc>) -> bool {
        let known = self.is_gone();
        self.refused(GONE, now);
        !known
    }

    /// A look at the user that began at `seen_at` showed `found` (`None`: no such field). False: it tells nothing new.
    pub fn look(&mut self, found: Option<&str>, seen_at: DateTime<Utc>) -> bool {
        if self.is_gone() {
            self.pend(seen_at);
            return true;
        }
        let settled = matches!(self.state, State::Written | State::Dropped | State::Overwritten);
        let too_old = [self.written_at, self.seen_at].into_iter().flatten().any(|at| seen_at < at);
        if !settled || too_old {
            return false;
        }
        let before = (self.state, self.seen.clone());
        let since = self.seen_at;
        self.found(found, seen_at);
        if before == (self.state, self.seen.clone()) {
            // Since when, not when last.
            self.seen_at = since;
            return false;
        }
        true
    }
}

/// What is wrong with the name of a field of the shop's users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    #[error("a key has 1 to 64 letters, digits, hyphens and underscores")]
    Unreadable,
    /// `WooCommerce` drops it without a word (FACTS 12).
    #[error("the shop drops fields of its users that begin with an underscore")]
    Hidden,
}

/// Whether the shop's users may carry a field of this name.
pub fn check_key(key: &str) -> Result<(), BadKey> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    if key.is_empty() || key.len() > 64 || !key.bytes().all(fits) {
        Err(BadKey::Unreadable)
    } else if key.starts_with('_') {
        Err(BadKey::Hidden)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
    }

    fn member() -> Member {
        Member::new(ShopId(1), WcId(2), AccountId(3), 7, at(0))
    }

    #[test]
    fn what_was_written_stays_until_the_balance_changes() {
        let mut m = member();
        m.sent(7, Some("7"), at(1));
        assert_eq!((m.state, m.written, m.next_at), (State::Written, Some(7), never()));
        assert!(!m.want(AccountId(3), 7, at(2)), "the same balance is nothing new");
        assert!(m.want(AccountId(3), 6, at(3)));
        assert_eq!((m.state, m.wanted, m.next_at), (State::Pending, 6, at(3)));
    }

    #[test]
    fn a_balance_that_changed_while_the_shop_was_asked_is_written_next() {
        let mut m = member();
        m.want(AccountId(3), 6, at(1));
        m.sent(7, Some("7"), at(2));
        assert_eq!((m.state, m.written, m.next_at), (State::Pending, Some(7), at(2)));
    }

    #[test]
    fn what_the_shop_drops_or_overwrites_is_told_apart_and_not_fought_over() {
        let mut m = member();
        m.sent(7, None, at(1));
        assert_eq!((m.state, m.next_at), (State::Dropped, never()));
        assert!(m.look(Some("9"), at(2)));
        assert_eq!((m.state, m.seen.as_deref(), m.seen_at), (State::Overwritten, Some("9"), Some(at(2))));
        assert!(!m.look(Some("9"), at(3)), "nothing new");
        assert_eq!(m.seen_at, Some(at(2)), "since when, not when last");
        assert!(m.look(Some(" 7 "), at(4)));
        assert_eq!((m.state, m.seen.as_deref()), (State::Written, None));
        assert!(m.look(Some(&"x".repeat(99)), at(5)));
        assert_eq!(m.seen.map(|seen| seen.len()), Some(SEEN_MOST));
    }

    #[test]
    fn a_look_that_began_before_the_writing_ended_proves_nothing() {
        let mut m = member();
        assert!(!m.look(Some("9"), at(1)), "it is about to be written anyway");
        m.sent(7, Some("7"), at(5));
        assert!(!m.look(Some("9"), at(4)));
        assert_eq!(m.state, State::Written);
    }

    #[test]
    fn a_user_the_shop_does_not_have_waits_until_it_is_seen_and_others_are_tried_less_and_less() {
        let mut m = member();
        m.refused("wc_user_invalid_id", at(1));
        assert_eq!((m.state, m.next_at), (State::Failed, never()));
        assert!(m.want(AccountId(3), 5, at(2)));
        assert_eq!(m.state, State::Failed, "a change alone does not bring the user back");
        assert!(m.look(None, at(3)));
        assert_eq!((m.state, m.wanted, m.next_at), (State::Pending, 5, at(3)));
        let mut waits = Vec::new();
        while m.next_at != never() {
            let tried = m.next_at;
            m.refused("woocommerce_rest_cannot_edit", tried);
            waits.push(m.next_at - tried);
        }
        assert_eq!(waits.len(), TRIES as usize);
        assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
        assert!(m.want(AccountId(3), 4, at(9)));
        assert_eq!((m.state, m.attempts), (State::Pending, 0));
    }

    #[test]
    fn a_key_the_shop_would_drop_is_refused_before_it_is_tried() {
        assert_eq!(check_key("mhtp_available_sessions"), Ok(()));
        assert_eq!(check_key("_mhtp_available_sessions"), Err(BadKey::Hidden));
        for key in ["", "with space", "ñ", "a.b", &"x".repeat(65)] {
            assert_eq!(check_key(key), Err(BadKey::Unreadable), "{key}");
        }
    }
}
