//! What an account is, and how ids of the outside world lead to one. No I/O.
use chrono::{DateTime, Utc};

use crate::core::{
    email::Email,
    ids::{AccountId, ShopId, WcId},
};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    /// May be empty: a guest who gave none.
    pub name: String,
    /// The address we write to; `None` when the shop gave it to someone else.
    pub email: Option<Email>,
    pub locale: Option<String>,
    /// Never counted in statistics.
    pub is_test: bool,
    pub created_at: DateTime<Utc>,
    pub version: u32,
}

impl Account {
    /// What to call them: the name, else the address, else the number.
    pub fn label(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        self.email.as_ref().map_or_else(|| format!("#{}", self.id), ToString::to_string)
    }
}

/// What an account is besides a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Customer,
    Partner,
    InstitutionManager,
    Distributor,
    Technician,
}

impl Role {
    pub const ALL: [Self; 5] =
        [Self::Customer, Self::Partner, Self::InstitutionManager, Self::Distributor, Self::Technician];

    /// The word in the `role` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Partner => "partner",
            Self::InstitutionManager => "institution_manager",
            Self::Distributor => "distributor",
            Self::Technician => "technician",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// How someone outside names an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    Id(AccountId),
    Email(Email),
    /// The number of a user (= customer) of a shop.
    User {
        shop: ShopId,
        user: WcId,
    },
}

/// The account that an e-mail address leads to today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmailOwner {
    pub account: AccountId,
    /// Whether that account already is another user of the shop that is speaking.
    pub is_other_user_here: bool,
}

/// What we know before a shop tells us "user N has address E".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    pub by_user: Option<AccountId>,
    pub by_email: Option<EmailOwner>,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nobody has either: a new person.
    Create,
    /// Known, nothing to change.
    Keep(AccountId),
    /// The known user has a new address that nobody had.
    AddEmail(AccountId),
    /// Someone known by this address (a guest, or a user of another shop) has registered here.
    AddUser(AccountId),
    /// The known user and the guest with this address are one person.
    Merge { from: AccountId, into: AccountId },
    /// The address was another user's of the same shop. Addresses are unique there, so that claim is outdated: the
    /// address moves, to the known account or (`None`) to a new one.
    TakeEmail { from: AccountId, to: Option<AccountId> },
}

/// Decides who a registered user of a shop is.
pub fn decide(known: Known) -> Decision {
    match (known.by_user, known.by_email) {
        (None, None) => Decision::Create,
        (Some(user), None) => Decision::AddEmail(user),
        (Some(user), Some(owner)) if owner.account == user => Decision::Keep(user),
        (to, Some(owner)) if owner.is_other_user_here => Decision::TakeEmail { from: owner.account, to },
        (None, Some(owner)) => Decision::AddUser(owner.account),
        (Some(into), Some(owner)) => Decision::Merge { from: owner.account, into },
    }
}

/// Why a merge asked for by a person is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("an account cannot be merged with itself")]
    SameAccount,
    #[error("both accounts are users of the same shop")]
    TwoUsersOfOneShop,
    #[error("a test account stays apart from real ones")]
    TestAndReal,
}

/// Whether two accounts may become one. `shops_*`: the shops in which each is a user.
pub fn may_merge(
    from: &Account,
    into: &Account,
    shops_from: &[ShopId],
    shops_into: &[ShopId],
) -> Result<(), Refusal> {
    if from.id == into.id {
        return Err(Refusal::SameAccount);
    }
    if shops_from.iter().any(|shop| shops_into.contains(shop)) {
        return Err(Refusal::TwoUsersOfOneShop);
    }
    if from.is_test != into.is_test {
        return Err(Refusal::TestAndReal);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: AccountId = AccountId(1);
    const B: AccountId = AccountId(2);

    fn known(by_user: Option<AccountId>, by_email: Option<(AccountId, bool)>) -> Known {
        Known {
            by_user,
            by_email: by_email
                .map(|(account, is_other_user_here)| EmailOwner { account, is_other_user_here }),
        }
    }

    #[test]
    fn a_guest_who_registers_keeps_the_account() {
        assert_eq!(decide(known(None, Some((B, false)))), Decision::AddUser(B));
    }

    #[test]
    fn a_user_who_takes_on_the_address_of_a_guest_is_that_guest() {
        assert_eq!(decide(known(Some(A), Some((B, false)))), Decision::Merge { from: B, into: A });
    }

    #[test]
    fn an_address_that_another_user_of_the_shop_had_moves_and_joins_nobody() {
        assert_eq!(decide(known(Some(A), Some((B, true)))), Decision::TakeEmail { from: B, to: Some(A) });
        assert_eq!(decide(known(None, Some((B, true)))), Decision::TakeEmail { from: B, to: None });
    }

    #[test]
    fn nobody_is_made_twice() {
        assert_eq!(decide(known(None, None)), Decision::Create);
        assert_eq!(decide(known(Some(A), Some((A, false)))), Decision::Keep(A));
        assert_eq!(decide(known(Some(A), None)), Decision::AddEmail(A));
    }

    #[test]
    fn two_users_of_one_shop_are_two_people() {
        let account = |id| Account {
            id,
            name: String::new(),
            email: None,
            locale: None,
            is_test: false,
            created_at: DateTime::UNIX_EPOCH,
            version: 1,
        };
        let (a, b) = (account(A), account(B));
        assert_eq!(may_merge(&a, &b, &[ShopId(1)], &[ShopId(2)]), Ok(()));
        assert_eq!(may_merge(&a, &b, &[ShopId(1)], &[ShopId(1)]), Err(Refusal::TwoUsersOfOneShop));
        assert_eq!(may_merge(&a, &a, &[], &[]), Err(Refusal::SameAccount));
        assert_eq!(may_merge(&a, &Account { is_test: true, ..b }, &[], &[]), Err(Refusal::TestAndReal));
    }
}
