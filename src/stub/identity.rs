//! The user of a request: from the gateway's Bearer token, or from the header that every service trusts.
//!
//! Pure. As in Oddiya, a token's signature, expiry and issuer are not checked.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::Value;

use super::services::java_numbers::{long, long_or_zero};

/// The header that carries the user's id between Oddiya's services.
pub const USER_HEADER: &str = "x-user-id";

const PUBLIC_PREFIXES: &[&str] =
    &["/api/auth/", "/api/v1/auth/", "/oauth2/", "/login/oauth2/", "/actuator/", "/.well-known/"];

/// Whether the gateway lets a path pass without a token.
pub fn is_public(path: &str) -> bool {
    ["/", "/index.html", "/favicon.ico"].contains(&path)
        || PUBLIC_PREFIXES.iter().any(|prefix| path.starts_with(prefix))
}

/// The user id in a Bearer token; `None` means 401.
pub fn user_of_token(headers: &HeaderMap) -> Option<i64> {
    let token = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    // Java's `split` drops empty parts at the end, so a trailing dot passes.
    let parts: Vec<&str> = token.trim_end_matches('.').split('.').collect();
    let [_, payload, _] = parts.as_slice() else { return None };
    let claims = decode(payload)?;
    // Jackson reads the first value and ignores what follows.
    let claims = serde_json::Deserializer::from_slice(&claims).into_iter::<Value>().next()?.ok()?;
    Some(match claims.get("userId")? {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|n| n as i64)).unwrap_or(0),
        Value::String(text) => long_or_zero(text),
        Value::Bool(flag) => i64::from(*flag),
        Value::Null | Value::Array(_) | Value::Object(_) => 0,
    })
}

/// Java's decoder of base64url: padding may be missing, but not be wrong; unused bits of the last letter do not count.
fn decode(text: &str) -> Option<Vec<u8>> {
    if text.contains('=') && !text.len().is_multiple_of(4) {
        return None;
    }
    let lax = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&URL_SAFE, lax).decode(text).ok()
}

/// Why the user header cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadHeader {
    Missing,
    /// There is nothing in it.
    Blank,
    /// Not a whole number, but this. The mobile app sends "null" after it refreshed a token.
    NotANumber(String),
}

/// The user id in the header. Of several headers the first counts.
pub fn user_of_header(headers: &HeaderMap) -> Result<i64, BadHeader> {
    let value = headers.get(USER_HEADER).ok_or(BadHeader::Missing)?;
    let text = String::from_utf8_lossy(value.as_bytes());
    long(&text).map_err(BadHeader::NotANumber)?.ok_or(BadHeader::Blank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use http::HeaderValue;

    fn bearer(token: &str) -> HeaderMap {
        let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
        HeaderMap::from_iter([(AUTHORIZATION, value)])
    }

    fn minted(claims: &str) -> HeaderMap {
        bearer(&format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims)))
    }

    #[test]
    fn an_unsigned_expired_token_names_its_user() {
        assert_eq!(user_of_token(&minted(r#"{"userId":17,"exp":1}"#)), Some(17));
        assert_eq!(user_of_token(&minted(r#"{"userId":"23"}"#)), Some(23));
        assert_eq!(user_of_token(&minted(r#"{"userId":"abc"}"#)), Some(0));
    }

    #[test]
    fn whatever_stands_under_the_key_is_some_user() {
        for (claims, user) in [
            (r#"{"userId":null}"#, 0),
            (r#"{"userId":true}"#, 1),
            (r#"{"userId":12.9}"#, 12),
            (r#"{"userId":" 12.9 "}"#, 12),
            (r#"{"userId":"+1"}"#, 1),
            (r#"{"userId":[1]}"#, 0),
            (r#"{"userId":5,"userId":7}"#, 7),
            (r#"{"userId":7} x"#, 7),
        ] {
            assert_eq!(user_of_token(&minted(claims)), Some(user), "{claims}");
        }
    }

    #[test]
    fn padding_trailing_bits_and_trailing_dots_pass() {
        let payload = URL_SAFE_NO_PAD.encode(r#"{"userId": 1}"#);
        assert_eq!(payload.len() % 4, 2);
        for token in [
            format!("e30.{payload}.x."),
            format!(".{payload}.x"),
            format!("e30.{payload}==.x"),
            format!("e30.{}R.x", &payload[..payload.len() - 1]),
        ] {
            assert_eq!(user_of_token(&bearer(&token)), Some(1), "{token}");
        }
        for token in [format!("e30.{payload}=.x"), format!("e30.{payload}.")] {
            assert_eq!(user_of_token(&bearer(&token)), None, "{token}");
        }
    }

    #[test]
    fn malformed_tokens_are_refused() {
        assert_eq!(user_of_token(&HeaderMap::new()), None);
        assert_eq!(user_of_token(&minted(r#"{"user_id":17}"#)), None);
        for token in ["", "a.b", "a.b.c", "e30.e30.x", "e30.eyJ1c2VySWQiOjF9.", "a.b.c.d"] {
            assert_eq!(user_of_token(&bearer(token)), None, "{token}");
        }
    }

    #[test]
    fn the_user_header_must_be_a_whole_number() {
        let with = |text: &'static str| {
            HeaderMap::from_iter([(USER_HEADER.parse().unwrap(), HeaderValue::from_static(text))])
        };
        assert_eq!(user_of_header(&with("42")), Ok(42));
        assert_eq!(user_of_header(&with("null")), Err(BadHeader::NotANumber("null".to_owned())));
        assert_eq!(user_of_header(&with(" ")), Err(BadHeader::Blank));
        assert_eq!(user_of_header(&HeaderMap::new()), Err(BadHeader::Missing));
    }

    #[test]
    fn only_sign_in_and_health_are_public() {
        assert!(is_public("/actuator/health") && is_public("/api/auth/login") && is_public("/"));
        assert!(!is_public("/api/users/me") && !is_public("/api/authx"));
    }
}
