//! What each refusal of this slice is to a client, where no form shows it beside a field.
use super::{
    handoff::HandoffError,
    key::{self, KeyError},
    link::LinkError,
    login::SignInError,
    password::HashFailed,
    staff::{self, StaffError},
    throttle::Blocked,
};
use crate::web::problem::{Kind, Problem};

impl From<HashFailed> for Problem {
    fn from(error: HashFailed) -> Self {
        Self::internal(&error)
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Db(e) => e.into(),
            SignInError::Hash(e) => e.into(),
            SignInError::Blocked(_) => Self::new(Kind::TooManyRequests),
            SignInError::Wrong => Self::new(Kind::NotSignedIn),
        }
    }
}

impl From<StaffError> for Problem {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Db(e) => e.into(),
            StaffError::Hash(e) => e.into(),
            StaffError::Blocked(Blocked { .. }) => Self::new(Kind::TooManyRequests),
            StaffError::Refused(refusal) => match refusal {
                staff::Refusal::NotFound => Self::new(Kind::NotFound),
                staff::Refusal::LastAdmin => {
                    Self::new(Kind::Conflict).explain("auth-refused-last-admin", &[])
                }
                staff::Refusal::Yourself => Self::new(Kind::Conflict).explain("auth-refused-yourself", &[]),
                staff::Refusal::EmailTaken
                | staff::Refusal::BadName
                | staff::Refusal::WeakPassword(_)
                | staff::Refusal::WrongPassword => Self::new(Kind::Invalid).detail(refusal),
            },
        }
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Db(e) => e.into(),
            KeyError::Refused(refusal) => match refusal {
                key::Refusal::NotFound => Self::new(Kind::NotFound),
                key::Refusal::BadName
                | key::Refusal::NoScope
                | key::Refusal::ExpiresInThePast
                | key::Refusal::NoSuchAccount => Self::new(Kind::Invalid).detail(refusal),
            },
        }
    }
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Db(e) => e.into(),
            LinkError::Blocked(_) => Self::new(Kind::TooManyRequests),
            LinkError::Mail(e) => Self::internal(&e),
            LinkError::Dead => Self::new(Kind::Gone).explain("auth-link-dead", &[]),
        }
    }
}

impl From<HandoffError> for Problem {
    fn from(error: HandoffError) -> Self {
        match error {
            HandoffError::Db(e) => e.into(),
            HandoffError::Seal(e) => Self::internal(&e),
            // Why is for the log of the shop's owner, not for whoever tries.
            HandoffError::Refused(refusal) => {
                tracing::warn!(reason = %refusal, "a hand-off was refused");
                Self::new(Kind::Gone).explain("auth-handoff-dead", &[])
            }
        }
    }
}
