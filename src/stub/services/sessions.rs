//! Refresh tokens, in memory instead of Redis, and access tokens.
//!
//! Nothing here is secret: no service checks a token's signature, so the signature is random bytes.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::core::base::rng::Rng;
use crate::stub::{uuid, wallclock};

/// Lifetime of an access token, in seconds, as its claims state it.
pub const ACCESS_TOKEN_SECS: i64 = 3600;

/// The maximum number of refresh tokens. A new one beyond it replaces an arbitrary other one.
const CAPACITY: usize = 500_000;

/// Number of 64-bit words in an RSA-2048 signature.
const SIGNATURE_WORDS: usize = 32;

/// The user id of each refresh token.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<HashMap<String, i64>>);

impl Sessions {
    /// Makes a new refresh token for a user.
    pub fn open(&self, user: i64, rng: &mut Rng) -> String {
        let token = uuid::random(rng);
        let mut sessions = self.sessions();
        if sessions.len() >= CAPACITY
            && let Some(other) = sessions.keys().next().cloned()
        {
            sessions.remove(&other);
        }
        sessions.insert(token.clone(), user);
        token
    }

    /// The user of a refresh token. The token stays valid until [`close`](Self::close), so two concurrent uses can both
    /// succeed.
    pub fn user_of(&self, token: &str) -> Option<i64> {
        self.sessions().get(token).copied()
    }

    /// Invalidates a refresh token.
    pub fn close(&self, token: &str) {
        self.sessions().remove(token);
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An access token with Oddiya's claims.
pub fn access_token(user: i64, email: &str, rng: &mut Rng) -> String {
    let now = wallclock::epoch_millis() / 1000;
    let claims =
        json!({"userId": user, "email": email, "sub": email, "iat": now, "exp": now + ACCESS_TOKEN_SECS});
    let signature: Vec<u8> = (0..SIGNATURE_WORDS).flat_map(|_| rng.next_u64().to_be_bytes()).collect();
    format!(
        "{}.{}.{}",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#),
        URL_SAFE_NO_PAD.encode(claims.to_string()),
        URL_SAFE_NO_PAD.encode(signature)
    )
}

/// Stands in for a BCrypt hash: it has the same length, and equal passwords have equal values. It protects nothing.
pub fn fake_password_hash(password: &str, email: &str) -> String {
    const ALPHABET: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const HASH_LETTERS: usize = 53;
    // FNV-1a, 64 bits.
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let seed = email.bytes().chain([0]).chain(password.bytes()).fold(0xcbf2_9ce4_8422_2325, fold);
    let mut rng = Rng::new(seed);
    let letter = |_| ALPHABET.get(rng.below(64) as usize).map_or('.', |byte| char::from(*byte));
    format!("$2a$10${}", (0..HASH_LETTERS).map(letter).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_token_is_good_until_it_is_closed() {
        let (sessions, mut rng) = (Sessions::default(), Rng::new(1));
        let token = sessions.open(7, &mut rng);
        assert_eq!(sessions.user_of(&token), Some(7));
        sessions.close(&token);
        assert_eq!(sessions.user_of(&token), None);
    }

    #[test]
    fn a_fake_hash_is_as_long_as_a_bcrypt_hash_and_differs_between_passwords() {
        assert_eq!(fake_password_hash("secret", "a@b").len(), 60);
        assert_eq!(fake_password_hash("secret", "a@b"), fake_password_hash("secret", "a@b"));
        assert_ne!(fake_password_hash("secret", "a@b"), fake_password_hash("Secret", "a@b"));
    }
}
