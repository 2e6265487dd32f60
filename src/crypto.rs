//! Sealing secrets, hashing tokens, and the only source of randomness.
use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::core::secret::Secret;

/// What a sealed value is for. Bound into the seal, so that one column's value cannot be moved to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    ConsumerKey,
    ConsumerSecret,
    WebhookSecret,
    HandoffSecret,
    MailBody,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::ConsumerKey => b"shop.consumer_key",
            Self::ConsumerSecret => b"shop.consumer_secret",
            Self::WebhookSecret => b"shop.webhook_secret",
            Self::HandoffSecret => b"shop.handoff_secret",
            Self::MailBody => b"mail.body",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("sealed with a key that is not among ABONO_SECRET_KEYS")]
    UnknownKey,
    #[error("the sealed value was changed or belongs elsewhere")]
    Broken,
}

/// The installation's secret keys: the first seals, all of them open (rotation).
#[derive(Clone)]
pub struct Keys(Arc<Vec<MasterKey>>);

struct MasterKey {
    id: [u8; 4],
    seal: [u8; 32],
    sign: [u8; 32],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({} loaded)", self.0.len())
    }
}

const VERSION: u8 = 1;
const NONCE: usize = 24;

impl Keys {
    /// Shortest secret key we take, in bytes: 32, what `openssl rand -hex 16` prints.
    pub const SHORTEST: usize = 32;

    /// From the configured texts, newest first. `None` when there is none or one is too short.
    pub fn new(texts: &[Secret]) -> Option<Self> {
        if texts.is_empty() || texts.iter().any(|t| t.reveal().len() < Self::SHORTEST) {
            return None;
        }
        let keys = texts
            .iter()
            .map(|text| {
                let master: [u8; 32] = Sha256::digest(text.reveal().as_bytes()).into();
                let id = hmac_sha256(&master, b"abono/key-id");
                MasterKey {
                    id: [id[0], id[1], id[2], id[3]],
                    seal: hmac_sha256(&master, b"abono/seal/v1"),
                    sign: hmac_sha256(&master, b"abono/sign/v1"),
                }
            })
            .collect();
        Some(Self(Arc::new(keys)))
    }

    /// Encrypts and authenticates. Layout: version, key id (4), nonce (24), ciphertext.
    ///
    /// # Panics
    /// For a secret of more than 256 GiB.
    pub fn seal(&self, purpose: Purpose, secret: &Secret) -> Vec<u8> {
        let key = &self.0[0];
        let mut nonce = [0; NONCE];
        rng().fill_bytes(&mut nonce);
        let cipher = XChaCha20Poly1305::new(&Key::from(key.seal));
        let payload = Payload { msg: secret.reveal().as_bytes(), aad: purpose.label() };
        #[expect(clippy::expect_used, reason = "fails only above 256 GiB")]
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).expect("a secret is short");
        [&[VERSION][..], &key.id, &nonce, &sealed].concat()
    }

    pub fn open(&self, purpose: Purpose, sealed: &[u8]) -> Result<Secret, SealError> {
        let (version, rest) = sealed.split_first().ok_or(SealError::Broken)?;
        if *version != VERSION || rest.len() < 4 + NONCE {
            return Err(SealError::Broken);
        }
        let (id, rest) = rest.split_at(4);
        let (nonce, body) = rest.split_at(NONCE);
        let key = self.0.iter().find(|k| k.id == id).ok_or(SealError::UnknownKey)?;
        let nonce = <[u8; NONCE]>::try_from(nonce).map_err(|_| SealError::Broken)?;
        let plain = XChaCha20Poly1305::new(&Key::from(key.seal))
            .decrypt(&XNonce::from(nonce), Payload { msg: body, aad: purpose.label() })
            .map_err(|_| SealError::Broken)?;
        String::from_utf8(plain).map(Secret::new).map_err(|_| SealError::Broken)
    }

    /// Signs short-lived values of ours (CSRF tokens, flash cookies) with the newest key.
    pub fn sign(&self, label: &str, value: &[u8]) -> [u8; 32] {
        sign_with(&self.0[0], label, value)
    }

    /// Whether any of our keys made `mac`, in constant time.
    pub fn verify(&self, label: &str, value: &[u8], mac: &[u8]) -> bool {
        self.0.iter().any(|key| constant_time_eq(&sign_with(key, label, value), mac))
    }
}

fn sign_with(key: &MasterKey, label: &str, value: &[u8]) -> [u8; 32] {
    hmac_sha256(&key.sign, &[label.as_bytes(), &[0], value].concat())
}

/// HMAC-SHA256. Keys of any length, as they are.
///
/// # Panics
/// Never: HMAC takes keys of any length.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("any key length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Compares without telling by its duration where two values differ. Lengths are not secret.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && bool::from(a.ct_eq(b))
}

fn rng() -> impl Rng {
    #[expect(clippy::disallowed_methods, reason = "the one place that may")]
    rand::rng()
}

pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rng().fill_bytes(&mut bytes);
    bytes
}

/// 256 random bits as 43 URL-safe characters: cookies, keys, links, webhook secrets.
pub fn random_token() -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(random_bytes::<32>()))
}

/// A key to be shown once: the label, 8 characters that may be shown, `_`, and 43 that may not. Answers the 8 and the whole.
pub fn new_key(label: &str) -> (String, Secret) {
    let prefix = hex::encode(random_bytes::<4>());
    let text = Secret::new(format!("{label}{prefix}_{}", random_token().reveal()));
    (prefix, text)
}

/// A random fraction in `[0, 1)`, for jitter.
pub fn random_fraction() -> f64 {
    f64::from(u32::from_le_bytes(random_bytes())) / 4_294_967_296.0
}

/// Hashes a staff password (argon2id, the library's recommended cost). Slow on purpose: call it off the async threads.
pub fn hash_password(password: &Secret) -> Result<String, argon2::password_hash::Error> {
    Argon2::default()
        .hash_password_with_salt(password.reveal().as_bytes(), &random_bytes::<16>())
        .map(|hash| hash.to_string())
}

/// Whether `password` made `hash`. Slow on purpose: call it off the async threads.
pub fn verify_password(password: &Secret, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|parsed| Argon2::default().verify_password(password.reveal().as_bytes(), &parsed).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(texts: &[&str]) -> Keys {
        Keys::new(&texts.iter().map(|t| Secret::new(*t)).collect::<Vec<_>>()).unwrap()
    }
    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "fedcba9876543210fedcba9876543210";

    #[test]
    fn a_sealed_secret_opens_after_rotation_and_only_for_its_purpose() {
        let secret = Secret::new("cs_a&b<c>\"d'e");
        let sealed = keys(&[OLD]).seal(Purpose::ConsumerSecret, &secret);
        let rotated = keys(&[NEW, OLD]);
        assert_eq!(rotated.open(Purpose::ConsumerSecret, &sealed), Ok(secret));
        assert_eq!(rotated.open(Purpose::ConsumerKey, &sealed), Err(SealError::Broken));
        assert_eq!(keys(&[NEW]).open(Purpose::ConsumerSecret, &sealed), Err(SealError::UnknownKey));
    }

    #[test]
    fn any_flipped_byte_breaks_the_seal() {
        let keys = keys(&[OLD]);
        let sealed = keys.seal(Purpose::MailBody, &Secret::new("hola"));
        for at in 0..sealed.len() {
            let mut broken = sealed.clone();
            broken[at] ^= 1;
            assert!(keys.open(Purpose::MailBody, &broken).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_password_verifies_and_another_does_not() {
        let hash = hash_password(&Secret::new("correcta")).unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password(&Secret::new("correcta"), &hash));
        assert!(!verify_password(&Secret::new("Correcta"), &hash));
        assert!(!verify_password(&Secret::new("correcta"), "not a hash"));
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(Keys::new(&[Secret::new("short")]).is_none());
        assert!(Keys::new(&[]).is_none());
    }
}
