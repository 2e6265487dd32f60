//! What a staff password must be, and hashing that never blocks the async threads.
//!
//! Length is what counts: 12 to 200 characters, any characters, no rules of composition. A short list keeps out what
//! every guessing tool tries first.
use std::sync::LazyLock;

use tokio::sync::Semaphore;

use crate::{core::secret::Secret, crypto};

/// Fewest characters of a password.
pub const SHORTEST: usize = 12;
/// Most characters of a password.
pub const LONGEST: usize = 200;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("shorter than 12 characters")]
    TooShort,
    #[error("longer than 200 characters")]
    TooLong,
    #[error("among the first that anyone would guess")]
    Obvious,
}

/// Common passwords of 12 characters or more, lower case. Shorter ones fail by length already.
const OBVIOUS: [&str; 28] = [
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123456789123",
    "123456123456",
    "987654321098",
    "0123456789012",
    "abcdefghijkl",
    "abcdefghijklm",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasdf",
    "qwerty123456",
    "qwerty12345678",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "asdfghjklñ12",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "contraseña123",
    "contrasena123",
    "contraseña1234",
    "contrasena1234",
    "administrador",
    "administrator",
    "cambiame1234",
];

/// Whether `password` will do for the person with this e-mail and name.
pub fn check(password: &Secret, email: &str, name: &str) -> Result<(), Flaw> {
    let text = password.reveal();
    let length = text.chars().count();
    if length < SHORTEST {
        return Err(Flaw::TooShort);
    }
    if length > LONGEST {
        return Err(Flaw::TooLong);
    }
    let lower = text.to_lowercase();
    let mut distinct: Vec<char> = lower.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let is_own = |word: &str| !word.trim().is_empty() && lower.trim() == word.trim().to_lowercase();
    if distinct.len() < 3 || OBVIOUS.contains(&lower.as_str()) || is_own(email) || is_own(name) {
        return Err(Flaw::Obvious);
    }
    Ok(())
}

/// Hashing died: a bug, or the process is stopping.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashFailed;

/// Each hash takes 19 MiB: a flood of sign-ins queues here instead of filling the memory.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// A hash of nothing anyone knows: what an unknown e-mail is compared with, so that it takes as long as a known one.
static DECOY: LazyLock<String> =
    LazyLock::new(|| crypto::hash_password(&crypto::random_token()).unwrap_or_default());

/// Hashes off the async threads.
pub async fn hash(password: &Secret) -> Result<String, HashFailed> {
    let _turn = AT_ONCE.acquire().await.map_err(|_| HashFailed)?;
    let password = password.clone();
    tokio::task::spawn_blocking(move || crypto::hash_password(&password))
        .await
        .map_err(|_| HashFailed)?
        .map_err(|_| HashFailed)
}

/// Compares off the async threads. Without a hash it does the same work and says no.
pub async fn verify(password: &Secret, hash: Option<&str>) -> Result<bool, HashFailed> {
    let _turn = AT_ONCE.acquire().await.map_err(|_| HashFailed)?;
    let (password, hash) = (password.clone(), hash.map(str::to_owned));
    tokio::task::spawn_blocking(move || {
        let decoy = LazyLock::force(&DECOY);
        let same = crypto::verify_password(&password, hash.as_ref().unwrap_or(decoy));
        same && hash.is_some()
    })
    .await
    .map_err(|_| HashFailed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<(), Flaw> {
        check(&Secret::new(text), "ana@example.test", "Ana María Ruiz")
    }

    #[test]
    fn only_length_is_asked_for() {
        assert_eq!(checked("once letras"), Err(Flaw::TooShort));
        assert_eq!(checked("doce letras!"), Ok(()));
        assert_eq!(checked("ñandú, ñandú"), Ok(()));
        assert_eq!(checked(&"ab ".repeat(66)), Ok(()));
        assert_eq!(checked(&"ab ".repeat(67)), Err(Flaw::TooLong));
    }

    #[test]
    fn what_everyone_tries_first_is_refused() {
        for obvious in [
            "Password1234",
            "CONTRASEÑA123",
            "aaaaaaaaaaaaaa",
            "abababababab",
            "ana@example.test",
            "ana maría ruiz",
        ] {
            assert_eq!(checked(obvious), Err(Flaw::Obvious), "{obvious}");
        }
    }

    #[tokio::test]
    async fn without_a_hash_nothing_fits_but_the_work_is_done() {
        let password = Secret::new("una frase larga");
        let hash = hash(&password).await.unwrap();
        assert!(verify(&password, Some(&hash)).await.unwrap());
        assert!(!verify(&password, None).await.unwrap());
        assert!(DECOY.starts_with("$argon2id$"));
    }
}
