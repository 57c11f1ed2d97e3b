//! A request and its answer as text for people, without secrets. Writes nothing anywhere.

use super::exchange::Exchange;
use super::request::Request;
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
/// Members of JSON whose values are secrets, where their names contain one of these.
const SECRET_MEMBERS: [&str; 4] = ["password", "token", "secret", "apikey"];

/// What must not be shown.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// The texts themselves, longest first.
    pub texts: Vec<String>,
}

/// The lines of a request.
pub fn request_lines(request: &Request, host: &Host, secrets: &Secrets) -> Vec<String> {
    let mut lines = vec![format!("> {} {host}{}", request.method.as_str(), secrets.hide(&request.path))];
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
    lines.extend(exchange.failure().map(|failure| {
        let detail = if failure.detail.is_empty() { String::new() } else { format!(": {}", failure.detail) };
        format!("! {}{detail}", failure.kind.label())
    }));
    lines
}

fn in_ms(span: Micros) -> String {
    format!("{:.1} ms", span.as_millis_f64())
}

fn body_line(mark: char, body: &str, secrets: &Secrets) -> String {
    let hidden = secrets.hide_json(body);
    let shown: String = hidden.chars().take(MOST_SHOWN).collect();
    let rest = hidden.chars().count().saturating_sub(MOST_SHOWN);
    let more = if rest > 0 { format!(" … and {rest} more characters") } else { String::new() };
    format!("{mark} {}{more}", visible(&shown))
}

impl Secrets {
    /// A text without the secrets that are known.
    pub fn hide(&self, text: &str) -> String {
        let known = self.texts.iter().filter(|secret| !secret.is_empty());
        let hidden = known.fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK));
        visible(&hidden).into_owned()
    }

    fn hide_header(&self, name: &str, value: &str) -> String {
        if !SECRET_HEADERS.iter().any(|secret| secret.eq_ignore_ascii_case(name)) {
            return self.hide(value);
        }
        // The scheme of an authorization says what is wrong often enough.
        match value.split_once(' ').filter(|_| !name.to_ascii_lowercase().contains("cookie")) {
            Some((scheme, _)) => format!("{} {MASK}", self.hide(scheme)),
            None => MASK.to_owned(),
        }
    }

    fn hide_json(&self, body: &str) -> String {
        let masked = match serde_json::from_str::<serde_json::Value>(body) {
            Ok(mut json) if json.is_object() || json.is_array() => {
                mask_members(&mut json);
                json.to_string()
            }
            _ => body.to_owned(),
        };
        let known = self.texts.iter().filter(|secret| !secret.is_empty());
        known.fold(masked, |text, secret| text.replace(secret.as_str(), MASK))
    }
}

fn mask_members(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                let name = name.to_ascii_lowercase().replace(['_', '-'], "");
                let is_secret = SECRET_MEMBERS.iter().any(|secret| name.contains(secret));
                match value {
                    serde_json::Value::String(text) if is_secret => MASK.clone_into(text),
                    value => mask_members(value),
                }
            }
        }
        serde_json::Value::Array(elements) => elements.iter_mut().for_each(mask_members),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::failure::{Failure, FailureKind};
    use crate::core::http::answer::{Answer, HeaderLines};
    use crate::core::http::exchange::{Judged, Timing};
    use crate::core::scenario::Method;

    #[test]
    fn a_request_and_its_answer_are_shown_without_secrets() {
        let secrets = Secrets { texts: vec!["hunter2".to_owned()] };
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
    fn a_long_body_is_cut_and_control_characters_are_shown_as_such() {
        let secrets = Secrets::default();
        let long = body_line('<', &"a".repeat(5_000), &secrets);
        assert!(long.ends_with("… and 1000 more characters"), "{}", &long[4_000..]);
        assert!(!body_line('<', "\u{1b}[31mred", &secrets).contains('\u{1b}'));
    }
}
