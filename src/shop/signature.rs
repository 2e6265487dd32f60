//! Whether a webhook's body was written by the shop that claims it.
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{core::secret::Secret, crypto};

/// The name of the header that carries the signature.
pub const HEADER: &str = "X-WC-Webhook-Signature";

/// Whether any of `secrets` made the signature over exactly these bytes.
///
/// `WooCommerce` signs with the secret as typed, characters like `&` and `"` included. Several secrets are the current one and,
/// during rotation, the one before. An empty secret verifies nothing: anyone could have used it.
pub fn verify(raw_body: &[u8], header: &str, secrets: &[Secret]) -> bool {
    let Ok(claimed) = STANDARD.decode(header.trim()) else {
        return false;
    };
    // No early exit: how long it takes does not tell which secret matched.
    secrets.iter().filter(|secret| !secret.is_empty()).fold(false, |found, secret| {
        let made = crypto::hmac_sha256(secret.reveal().as_bytes(), raw_body);
        crypto::constant_time_eq(&made, &claimed) | found
    })
}

/// The signature a shop with this secret would send: for shops we pretend to be.
pub fn sign(raw_body: &[u8], secret: &Secret) -> String {
    STANDARD.encode(crypto::hmac_sha256(secret.reveal().as_bytes(), raw_body))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn deliveries() -> Vec<(Vec<u8>, String)> {
        include_str!("../../tests/fixtures/woocommerce/webhook-deliveries.jsonl")
            .lines()
            .filter_map(|line| {
                let delivery: Value = serde_json::from_str(line).unwrap();
                let signature = delivery["headers"][HEADER].as_str()?.to_owned();
                Some((delivery["body"].as_str().unwrap().as_bytes().to_vec(), signature))
            })
            .collect()
    }

    #[test]
    fn every_delivery_of_a_real_shop_verifies() {
        let deliveries = deliveries();
        assert_eq!(deliveries.len(), 36);
        for (body, signature) in deliveries {
            assert!(verify(&body, &signature, &[Secret::new("s3cr3t")]));
            assert!(!verify(&body, &signature, &[Secret::new("s3cr3T")]));
            assert_eq!(sign(&body, &Secret::new("s3cr3t")), signature);
        }
    }

    #[test]
    fn any_flipped_byte_breaks_the_signature() {
        let (body, signature) = deliveries().swap_remove(0);
        for at in 0..body.len() {
            let mut changed = body.clone();
            changed[at] ^= 1;
            assert!(!verify(&changed, &signature, &[Secret::new("s3cr3t")]), "byte {at}");
        }
    }

    #[test]
    fn both_secrets_verify_during_rotation_and_odd_characters_are_taken_as_typed() {
        let (old, new) = (Secret::new("a&b<c>\"d'e"), Secret::new("otro"));
        let signature = sign(b"{}", &old);
        assert!(verify(b"{}", &signature, &[new.clone(), old.clone()]));
        assert!(verify(b"{}", &signature, &[old, new.clone()]));
        assert!(!verify(b"{}", &signature, &[new]));
    }

    #[test]
    fn an_empty_secret_or_signature_never_verifies() {
        let empty = Secret::new("");
        assert!(!verify(b"{}", &sign(b"{}", &empty), &[empty]));
        assert!(!verify(b"{}", "", &[Secret::new("s")]));
        assert!(!verify(b"{}", "not base64 !", &[Secret::new("s")]));
        assert!(!verify(b"{}", &sign(b"{}", &Secret::new("s")), &[]));
    }
}
