//! Whether an answer is the recorded one, once what varies is set aside.

use std::net::SocketAddr;

use serde_json::Value;

use super::exchange::Recorded;
use super::variables::Variables;
use super::wire::Answer;

/// The aspects of an answer that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    Status,
    Closing,
    Framing,
    Headers,
    Body,
    /// The body's length, to within the digits of ids and times.
    Size,
}

pub const ASPECTS: [Aspect; 6] =
    [Aspect::Status, Aspect::Closing, Aspect::Framing, Aspect::Headers, Aspect::Body, Aspect::Size];

/// What differs, with a word about each. `closes` is whether the connection was closed after the answer.
pub fn differences(
    recorded: &Recorded,
    answer: &Answer,
    closes: bool,
    to: SocketAddr,
    variables: &mut Variables,
) -> Vec<(Aspect, String)> {
    let mut found = Vec::new();
    let mut differ = |aspect, what: String| found.push((aspect, what));
    if recorded.status != answer.status {
        differ(Aspect::Status, format!("{} instead of {}", answer.status, recorded.status));
    }
    if recorded.closes != closes {
        differ(Aspect::Closing, if closes { "closes" } else { "stays open" }.to_owned());
    }
    if recorded.framing != answer.framing {
        differ(Aspect::Framing, format!("{} instead of {}", answer.framing, recorded.framing));
    }
    if let Some(what) = headers(recorded, answer, to) {
        differ(Aspect::Headers, what);
    }
    let body = recorded.body.clone().unwrap_or(Value::Null);
    if !body_matches(&body, &answer.body, to, variables) {
        let text: String = String::from_utf8_lossy(&answer.body).chars().take(1500).collect();
        let wanted: String = body.to_string().chars().take(1500).collect();
        differ(Aspect::Body, format!("{text}\n        instead of {wanted}"));
    }
    if recorded.bytes.abs_diff(answer.body.len()) > slack(&body.to_string(), recorded.bytes) {
        differ(Aspect::Size, format!("{} bytes instead of {}", answer.body.len(), recorded.bytes));
    }
    found
}

/// How much a length may differ: ids, addresses and times have as many digits as they have.
fn slack(body: &str, bytes: usize) -> usize {
    let times = |what: &str| body.matches(what).count();
    let shown = 8 * (times("<ts") + times("<T>") + times("<rid>"))
        + 4 * (times("<int>") + times("@P") + times("@V"))
        + 16 * (times("@E") + times("<jwt>") + times("href"));
    // A list that was cut in the recording shows only its first entries.
    if body.contains("in all)") { shown.max(bytes / 20) } else { shown }
}

fn headers(recorded: &Recorded, answer: &Answer, to: SocketAddr) -> Option<String> {
    let mut problems = Vec::new();
    for (name, wanted) in &recorded.headers {
        let found: Vec<&str> =
            answer.headers.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect();
        let wanted: Vec<&str> = match wanted {
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        let same = match (found.as_slice(), wanted.as_slice()) {
            ([], _) => false,
            (_, ["*"]) => true,
            ([found], [wanted]) if name == "content-length" => lengths_match(found, wanted, recorded),
            // One line with a comma says the same as two.
            (found, wanted) => matches_star(&found.join(", "), &wanted.join(", "), to),
        };
        if !same {
            problems.push(format!("{name}: {found:?} instead of {wanted:?}"));
        }
    }
    let extra = answer.headers.iter().filter(|(name, _)| !recorded.headers.contains_key(name));
    problems.extend(extra.map(|(name, value)| format!("{name}: {value} is too much")));
    (!problems.is_empty()).then(|| problems.join("; "))
}

fn lengths_match(found: &str, wanted: &str, recorded: &Recorded) -> bool {
    let (Ok(found), Ok(wanted)) = (found.parse::<usize>(), wanted.parse::<usize>()) else { return false };
    let body = recorded.body.as_ref().map(Value::to_string).unwrap_or_default();
    // An answer to HEAD has no body to read the slack from.
    let slack = if recorded.framing == "none" { 8 } else { slack(&body, recorded.bytes) };
    found.abs_diff(wanted) <= slack
}

/// Whether a text is the wanted one, in which one `*` stands for anything.
fn matches_star(found: &str, wanted: &str, to: SocketAddr) -> bool {
    let wanted = if wanted.starts_with("http://localhost:8000") || wanted == "http://localhost:8080" {
        wanted.replace("localhost:8000", &to.to_string()).replace("localhost:8080", &to.to_string())
    } else {
        wanted.to_owned()
    };
    match wanted.split_once('*') {
        Some((before, after)) if wanted != "*/*" => found.starts_with(before) && found.ends_with(after),
        _ => found == wanted,
    }
}

fn body_matches(recorded: &Value, body: &[u8], to: SocketAddr, variables: &mut Variables) -> bool {
    match recorded {
        Value::Null => body.is_empty(),
        Value::Object(fields) if fields.len() == 1 && fields.contains_key("bytes") => {
            fields["bytes"].as_u64() == Some(body.len() as u64)
        }
        Value::Object(fields) if fields.len() == 1 && fields.contains_key("events") => {
            events(body).is_some_and(|events| matches(&fields["events"], &events, to, variables))
        }
        _ => match serde_json::from_slice(body) {
            Ok(found) => matches(recorded, &found, to, variables),
            Err(_) => {
                recorded.as_str().is_some_and(|wanted| text_matches(&variables.fill(wanted), body_text(body)))
            }
        },
    }
}

fn body_text(body: &[u8]) -> &str {
    std::str::from_utf8(body).unwrap_or_default()
}

fn events(body: &[u8]) -> Option<Value> {
    let frames = body_text(body).split_terminator("\n\n");
    let read = |frame: &str| serde_json::from_str::<Value>(frame.strip_prefix("data: ")?).ok();
    frames.map(read).collect()
}

fn matches(recorded: &Value, found: &Value, to: SocketAddr, variables: &mut Variables) -> bool {
    match (recorded, found) {
        (Value::String(wanted), Value::Number(number)) => {
            (wanted == "<int>" && (number.is_i64() || number.is_u64()))
                || (wanted == "<T>" && number.is_u64())
        }
        (Value::String(wanted), Value::String(text)) => {
            let wanted = variables.fill(wanted);
            if let Some((_, path)) =
                wanted.strip_prefix("http://localhost:").and_then(|rest| rest.split_once('/'))
            {
                return *text == format!("http://{to}/{path}");
            }
            text_matches(&wanted, text)
        }
        (Value::Array(wanted), Value::Array(found)) => lists_match(wanted, found, to, variables),
        // The recorder wrote an empty object as an empty list.
        (Value::Array(wanted), Value::Object(found)) => wanted.is_empty() && found.is_empty(),
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.len() == found.len()
                && wanted.iter().all(|(key, value)| {
                    found.get(key).is_some_and(|found| matches(value, found, to, variables))
                })
        }
        _ => recorded == found,
    }
}

fn lists_match(wanted: &[Value], found: &[Value], to: SocketAddr, variables: &mut Variables) -> bool {
    let cut = wanted.last().and_then(Value::as_str).and_then(|last| last.strip_prefix("… ("));
    let (shown, length) = match cut.and_then(|rest| rest.strip_suffix(" in all)")) {
        Some(length) => (wanted.len() - 1, length.parse().unwrap()),
        None => (wanted.len(), wanted.len()),
    };
    let pairs = wanted.iter().zip(found).take(shown);
    found.len() == length && pairs.into_iter().all(|(wanted, found)| matches(wanted, found, to, variables))
}

fn text_matches(wanted: &str, found: &str) -> bool {
    match wanted {
        "<uuid>" => found.len() == 36 && found.matches('-').count() == 4,
        "<jwt>" => found.split('.').count() == 3,
        "<rid>" => found.contains('-'),
        "<T>" => is_time(found, 9),
        _ if wanted.starts_with("<ts <=") => is_time(found, 9),
        _ => match wanted.strip_suffix(" characters)").and_then(|rest| rest.rsplit_once("… (")) {
            Some((start, length)) => {
                found.starts_with(start) && length.parse() == Ok(found.encode_utf16().count())
            }
            None => wanted == found,
        },
    }
}

/// `2025-11-26T09:00:00`, up to that many digits of a second, perhaps an offset.
fn is_time(text: &str, most_digits: usize) -> bool {
    let Some((seconds, rest)) = text.split_at_checked(19) else { return false };
    let digits =
        rest.strip_prefix('.').map_or(0, |rest| rest.chars().take_while(char::is_ascii_digit).count());
    seconds.as_bytes()[10] == b'T' && digits <= most_digits
}
