//! A request and its answer as text for people, without secrets. Writes nothing anywhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::exchange::Exchange;
use super::request::Request;
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::host::Host;
use crate::core::base::units::Micros;
use crate::core::base::visible::visible;

/// How much of a body is shown, in characters.
const MOST_SHOWN: usize = 4_000;
/// Stands for a secret.
const MASK: &str = "***";
/// Headers whose values are secrets, whatever the scenario says.
const SECRET_HEADERS: [&str; 5] =
    ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"];
/// Names whose values are secrets, where they contain one of these: of members of JSON, of headers, of fields of a query
/// or a form.
const SECRET_NAMES: [&str; 4] = ["password", "token", "secret", "apikey"];
/// Names of fields of a query or a form whose values are secrets: what a login hands over by way of an address (RFC 6749).
const SECRET_FIELDS: [&str; 2] = ["code", "assertion"];
/// What a value in a query or a form is written with.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What must not be shown.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// The texts, in each form in which they may be sent, longest first.
    texts: Vec<String>,
}

/// The lines of a request.
pub fn request_lines(request: &Request, host: &Host, secrets: &Secrets) -> Vec<String> {
    let mut lines =
        vec![format!("> {} {host}{}", request.method.as_str(), secrets.hide_address(&request.path))];
    let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    lines.extend(headers.map(|(name, value)| format!("> {name}: {}", secrets.hide_header(name, value))));
    lines.extend(request.body_text().map(|body| body_line('>', &body, secrets)));
    lines
}

/// The lines of what came of it.
pub fn answer_lines(exchange: &Exchange, secrets: &Secrets) -> Vec<String> {
    let latency = in_ms(exchange.timing.latency());
    let mut lines = vec![match &exchange.outcome {
        Ok(status) => format!("< {status} in {latency}, {} bytes", exchange.received_bytes),
        Err(failure) => format!("< no answer: {} ({latency})", failure.kind.label()),
    }];
    if let Some(answer) = &exchange.answer {
        let headers = answer.headers.iter();
        lines.extend(headers.map(|(name, value)| format!("< {name}: {}", secrets.hide_header(name, value))));
        lines.extend(answer.events.iter().map(|(_, data)| body_line('<', data, secrets)));
        if !answer.body.is_empty() && answer.events.iter().next().is_none() {
            lines.push(body_line('<', &answer.text(), secrets));
        }
    }
    lines.extend(exchange.failure().map(|failure| failure_line(&failure)));
    lines
}

/// The detail of a wrong status says by itself that it is one.
fn failure_line(failure: &Failure) -> String {
    let label = failure.kind.label();
    match (failure.kind, failure.detail.as_str()) {
        (_, "") => format!("! {label}"),
        (FailureKind::Status, detail) => format!("! {detail}"),
        (_, detail) => format!("! {label}: {detail}"),
    }
}

fn in_ms(span: Micros) -> String {
    format!("{:.1} ms", span.as_millis_f64())
}

fn body_line(mark: char, body: &str, secrets: &Secrets) -> String {
    let hidden = secrets.hide_body(body);
    let shown: String = hidden.chars().take(MOST_SHOWN).collect();
    let rest = hidden.chars().count().saturating_sub(MOST_SHOWN);
    let more = if rest > 0 { format!(" … and {rest} more characters") } else { String::new() };
    format!("{mark} {}{more}", visible(&shown))
}

impl Secrets {
    /// What must not be shown, where it is sent as it is, and in a query, in JSON or in base64.
    pub fn new(secrets: &[String]) -> Self {
        let mut texts: Vec<_> =
            secrets.iter().filter(|secret| !secret.is_empty()).flat_map(|s| forms(s)).collect();
        texts.sort_by_key(|text| (std::cmp::Reverse(text.len()), text.clone()));
        texts.dedup();
        Self { texts }
    }

    /// A text without the secrets that are known.
    pub fn hide(&self, text: &str) -> String {
        visible(&self.without_texts(text.to_owned())).into_owned()
    }

    fn without_texts(&self, text: String) -> String {
        self.texts.iter().fold(text, |text, secret| text.replace(secret.as_str(), MASK))
    }

    /// A path or an address without secrets, also in the fields of its query.
    fn hide_address(&self, address: &str) -> String {
        match address.split_once('?') {
            Some((path, query)) => self.hide(&format!("{path}?{}", without_fields(query))),
            None => self.hide(address),
        }
    }

    fn hide_header(&self, name: &str, value: &str) -> String {
        let is_secret = SECRET_HEADERS.iter().any(|secret| secret.eq_ignore_ascii_case(name));
        if !is_secret && !is_secret_name(name) {
            return self.hide_address(value);
        }
        // The scheme of an authorization says what is wrong often enough.
        match value.split_once(' ').filter(|_| !name.to_ascii_lowercase().contains("cookie")) {
            Some((scheme, _)) => format!("{} {MASK}", self.hide(scheme)),
            None => MASK.to_owned(),
        }
    }

    /// A body without secrets: JSON, a form, or another text.
    fn hide_body(&self, body: &str) -> String {
        let masked = match serde_json::from_str::<serde_json::Value>(body) {
            Ok(mut json) if json.is_object() || json.is_array() => {
                mask_members(&mut json);
                json.to_string()
            }
            _ => without_fields(body),
        };
        self.without_texts(masked)
    }
}

/// A secret in each form in which it may be sent.
fn forms(secret: &str) -> Vec<String> {
    let quoted = serde_json::Value::from(secret).to_string();
    let in_json = quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned();
    let in_query = utf8_percent_encode(secret, VALUE).to_string();
    // In the base64 of a longer text, such as `user:password`, the secret begins at one of three places in a group.
    let in_base64 = (0..3).map(|before| {
        let text = STANDARD_NO_PAD.encode([vec![0; before], secret.as_bytes().to_vec()].concat());
        // The first and the last letter may also say something about the neighbours.
        let from = [0, 2, 3].get(before).copied().unwrap_or_default();
        let to = text.len().saturating_sub(usize::from(!(secret.len() + before).is_multiple_of(3)));
        text.get(from..to).unwrap_or_default().to_owned()
    });
    let long_enough = |text: &String| text.len() >= SHORTEST_BASE64;
    [secret.to_owned(), in_json, in_query].into_iter().chain(in_base64.filter(long_enough)).collect()
}

/// A shorter text stands in base64 by chance.
const SHORTEST_BASE64: usize = 4;

/// Whether a value of that name is a secret.
fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['_', '-'], "");
    SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

/// The fields of a query or a form without the secret ones. A text that has no fields stays what it is.
fn without_fields(text: &str) -> String {
    let field = |field: &str| match field.split_once('=') {
        Some((name, value)) if !value.is_empty() && is_secret_field(name) => format!("{name}={MASK}"),
        _ => field.to_owned(),
    };
    text.split('&').map(field).collect::<Vec<_>>().join("&")
}

/// What stands before the first `=` of any other text, such as a page of HTML, is no name.
fn is_secret_field(name: &str) -> bool {
    let is_name = !name.contains(|c: char| c.is_whitespace() || c == '<');
    is_name && (is_secret_name(name) || SECRET_FIELDS.contains(&name.to_ascii_lowercase().as_str()))
}

fn mask_members(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                match is_secret_name(name) {
                    true => mask_all(value),
                    false => mask_members(value),
                }
            }
        }
        serde_json::Value::Array(elements) => elements.iter_mut().for_each(mask_members),
        _ => {}
    }
}

/// Masks all texts and numbers of a value; what is there and what is not stays visible.
fn mask_all(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(members) => members.values_mut().for_each(mask_all),
        serde_json::Value::Array(elements) => elements.iter_mut().for_each(mask_all),
        serde_json::Value::String(_) | serde_json::Value::Number(_) => *json = MASK.into(),
        serde_json::Value::Null | serde_json::Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::http::answer::{Answer, HeaderLines};
    use crate::core::http::exchange::{Judged, Timing};
    use crate::core::scenario::Method;

    #[test]
    fn a_request_and_its_answer_are_shown_without_secrets() {
        let secrets = Secrets::new(&["hunter2".to_owned()]);
        let request = Request {
            method: Method::Post,
            path: "/login?key=hunter2".to_owned(),
            headers: vec![
                ("Authorization".to_owned(), "Bearer abc.def".to_owned()),
                ("X-User-Id".to_owned(), "7".to_owned()),
            ],
            body: Some(br#"{"email": "kim@x", "password": "hunter2", "n": 1}"#.to_vec()),
            ..Request::default()
        };
        let host = "http://localhost:8081".parse().unwrap();
        assert_eq!(
            request_lines(&request, &host, &secrets),
            [
                "> POST http://localhost:8081/login?key=***",
                "> Authorization: Bearer ***",
                "> X-User-Id: 7",
                r#"> {"email":"kim@x","password":"***","n":1}"#
            ]
        );
        let mut headers = HeaderLines::default();
        headers.push("Set-Cookie", "sid=abc");
        let body = br#"{"accessToken": "ey.x.y", "userId": 7}"#.to_vec();
        let timing = Timing { finished: Micros(77_040), ..Timing::default() };
        let exchange = Exchange {
            answer: Some(Box::new(Answer::new(200, headers, body))),
            judged: Judged::Failure(Box::new(Failure::new(FailureKind::Check, "has an e-mail"))),
            ..Exchange::new(Ok(200), timing, 38)
        };
        assert_eq!(
            answer_lines(&exchange, &secrets),
            [
                "< 200 in 77.0 ms, 38 bytes",
                "< Set-Cookie: ***",
                r#"< {"accessToken":"***","userId":7}"#,
                "! check failed: has an e-mail"
            ]
        );
    }

    #[test]
    fn a_failure_says_its_status_once() {
        let last_line = |outcome| {
            let exchange = Exchange::new(outcome, Timing::default(), 0);
            answer_lines(&exchange, &Secrets::default()).pop().unwrap()
        };
        assert_eq!(last_line(Ok(400)), "! HTTP 400");
        let refused = |detail| Err(Failure::new(FailureKind::Refused, detail));
        assert_eq!(last_line(refused("")), "! connection refused");
        assert_eq!(last_line(refused("nobody listens")), "! connection refused: nobody listens");
    }

    #[test]
    fn a_secret_is_hidden_in_each_form_in_which_it_is_sent() {
        let secret = "p@ss \"w0rd\"";
        let secrets = Secrets::new(&[secret.to_owned()]);
        let in_query = utf8_percent_encode(secret, VALUE).to_string();
        assert_eq!(secrets.hide_address(&format!("/a?b={in_query}")), "/a?b=***");
        assert_eq!(secrets.hide_body(&format!("note={in_query}&x=1")), "note=***&x=1");
        assert_eq!(
            secrets.hide_body(&serde_json::json!({ "note": secret }).to_string()),
            r#"{"note":"***"}"#
        );
        for user in ["u", "kim", "test", "users"] {
            let sent = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{secret}"));
            let shown = secrets.hide_header("X-Key", &sent);
            assert!(shown.contains(MASK) && shown.len() < 16, "{sent} is shown as {shown}");
        }
    }

    #[test]
    fn what_bears_the_name_of_a_secret_is_hidden_wherever_it_stands() {
        let secrets = Secrets::default();
        assert_eq!(secrets.hide_address("/a?access_token=abc&size=2"), "/a?access_token=***&size=2");
        assert_eq!(secrets.hide_header("Location", "/cb?code=abc&state=1"), "/cb?code=***&state=1");
        assert_eq!(secrets.hide_header("X-Refresh-Token", "abc"), "***");
        assert_eq!(secrets.hide_body("user=kim&password=abc"), "user=kim&password=***");
        let body = r#"{"token":{"value":"ey","exp":7,"old":null},"n":1}"#;
        assert_eq!(secrets.hide_body(body), r#"{"token":{"value":"***","exp":"***","old":null},"n":1}"#);
        for other in ["a = b & c", "<input name=token>"] {
            assert_eq!(secrets.hide_body(other), other);
        }
    }

    #[test]
    fn a_long_body_is_cut_and_control_characters_are_shown_as_such() {
        let secrets = Secrets::default();
        let long = body_line('<', &"a".repeat(5_000), &secrets);
        assert!(long.ends_with("… and 1000 more characters"), "{}", &long[4_000..]);
        assert!(!body_line('<', "\u{1b}[31mred", &secrets).contains('\u{1b}'));
    }
}
