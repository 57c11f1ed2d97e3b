//! The user of a request: from the gateway's Bearer token, or from the header that every service trusts.
//!
//! Pure. As in Oddiya, a token's signature, expiry and issuer are not checked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::Value;

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
    let parts: Vec<&str> = token.split('.').collect();
    let [_, payload, signature] = parts.as_slice() else { return None };
    if signature.is_empty() {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    match serde_json::from_slice::<Value>(&claims).ok()?.get("userId")? {
        Value::Null => None,
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|n| n as i64)),
        Value::String(text) => Some(text.parse().unwrap_or(0)),
        _ => Some(0),
    }
}

/// Why the user header cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadHeader {
    Missing,
    /// Not a whole number. The mobile app sends "null" after it refreshed a token.
    NotANumber,
}

/// The user id in the header.
pub fn user_of_header(headers: &HeaderMap) -> Result<i64, BadHeader> {
    let value = headers.get(USER_HEADER).ok_or(BadHeader::Missing)?;
    value.to_str().ok().and_then(|text| text.trim().parse().ok()).ok_or(BadHeader::NotANumber)
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert_eq!(user_of_header(&with("null")), Err(BadHeader::NotANumber));
        assert_eq!(user_of_header(&HeaderMap::new()), Err(BadHeader::Missing));
    }

    #[test]
    fn only_sign_in_and_health_are_public() {
        assert!(is_public("/actuator/health") && is_public("/api/auth/login") && is_public("/"));
        assert!(!is_public("/api/users/me") && !is_public("/api/authx"));
    }
}
