//! The host's own reason for a failure, as a short text that groups with others of its kind.
//!
//! A host's text may hold anything: numbers that differ from request to request, ids, addresses, and by mistake a secret.
//! What differs or may be secret is masked, so that the text can be part of a failure's detail. Lengths are bounded here;
//! how many distinct texts are kept is bounded where failures are counted.

use http::StatusCode;
use serde_json::Value;

/// The length of a reason, in characters.
const MAX_LENGTH: usize = 120;
/// How much of a host's text is read, in characters. What follows is hardly the reason.
const MAX_READ: usize = 600;
/// Longer words are ids or keys. The longest names of errors have some 30 characters.
const LONGEST_WORD: usize = 40;
/// Where a host puts its reason, best first, as the value itself or as an object with one of these in it.
const REASON_FIELDS: [&str; 5] = ["error", "message", "detail", "reason", "type"];
/// Where an object of a reason has its number or short name.
const CODE_FIELDS: [&str; 3] = ["status", "code", "status_code"];
/// A value that follows one of these words is a secret.
const SECRET_NAMES: [&str; 9] =
    ["key", "token", "secret", "password", "passwd", "bearer", "authorization", "cookie", "credential"];
/// Stands for a number, an id or a secret.
const MASK: &str = "#";
/// Stands for what is left out.
const LEFT_OUT: char = '…';
/// A status that is in use without being registered: the host is overloaded.
const OVERLOADED: u16 = 529;

/// The reason in the data of an error event, masked; `None` when the event gives none. Data that is no JSON is the reason
/// itself.
pub fn of_error_event(data: &str) -> Option<String> {
    let event: Value = serde_json::from_str(data).unwrap_or_else(|_| data.into());
    // The event's own `type` says only that it is an error.
    let fields = REASON_FIELDS.iter().filter(|field| **field != "type");
    let in_field = || fields.filter_map(|field| event.get(*field)).find_map(text_of);
    let reason = if event.is_object() { in_field()? } else { text_of(&event)? };
    Some(masked(&reason)).filter(|reason| !reason.is_empty())
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(fields) => {
            let said = |field: &&str| fields.get(*field).filter(|value| !value.is_object()).and_then(text_of);
            let code = CODE_FIELDS.iter().find_map(said);
            let text = REASON_FIELDS.iter().find_map(said);
            let parts: Vec<_> = code.into_iter().chain(text).collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        }
        _ => None,
    }
}

/// A text without what differs from request to request: numbers and ids become `#`, and quoted values and addresses
/// become `…`. Statuses stay, because they tell failures apart. A text has one line and at most 120 characters.
pub fn masked(text: &str) -> String {
    let mut left: Vec<char> = text.chars().take(MAX_READ).collect();
    if text.chars().nth(MAX_READ).is_some() {
        // The last word may be a part of one, too short to be recognised.
        left.truncate(left.iter().rposition(|c| c.is_whitespace()).unwrap_or_default());
        left.push(LEFT_OUT);
    }
    let mut masked = Masked::default();
    let mut rest = left.as_slice();
    while let Some((first, others)) = rest.split_first() {
        let taken = match *first {
            c if is_word_char(c) => masked.word(rest),
            c if is_quote(c) && !masked.ends_in_word => masked.quoted(c, others),
            c => masked.other(c),
        };
        rest = rest.get(taken.max(1)..).unwrap_or_default();
    }
    shortened(masked.text.trim())
}

/// A masked text while it is put together.
#[derive(Default)]
struct Masked {
    text: String,
    ends_in_word: bool,
    /// Whether the next word is a secret.
    is_secret_next: bool,
}

impl Masked {
    /// Takes the word, or the address, at the start of `rest`, and returns its length.
    fn word(&mut self, rest: &[char]) -> usize {
        self.ends_in_word = true;
        let length = word_length(rest);
        let after = rest.get(length..).unwrap_or_default();
        if after.starts_with(&[':', '/', '/']) {
            self.text.push(LEFT_OUT);
            return rest.iter().position(|c| ends_address(*c)).unwrap_or(rest.len());
        }
        let word: String = rest.iter().take(length).collect();
        let is_secret = std::mem::replace(&mut self.is_secret_next, names_secret(&word, after));
        if is_secret && names_scheme(&word) {
            // `Authorization: Bearer …`: the secret is the word after this one.
            self.is_secret_next = true;
            self.text.push_str(&word);
        } else {
            self.text.push_str(if is_secret || differs(&word) { MASK } else { &word });
        }
        length
    }

    /// Takes a quoted value, whose opening quote stands before `rest`, and returns its length with both quotes.
    fn quoted(&mut self, quote: char, rest: &[char]) -> usize {
        let closing = closing_of(quote);
        let closes = |at: &usize| !rest.get(at + 1).is_some_and(|next| is_word_char(*next));
        let Some(end) = (0..rest.len()).find(|at| rest.get(*at) == Some(&closing) && closes(at)) else {
            return self.other(quote);
        };
        self.text.extend([quote, LEFT_OUT, closing]);
        (self.ends_in_word, self.is_secret_next) = (false, false);
        end + 2
    }

    /// Takes a character that belongs to no word. Any number of blanks and line ends become one blank.
    fn other(&mut self, c: char) -> usize {
        self.ends_in_word = false;
        match c {
            c if c.is_whitespace() || c.is_control() => {
                if !self.text.ends_with(' ') {
                    self.text.push(' ');
                }
            }
            c => self.text.push(c),
        }
        1
    }
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Characters that belong to a word when they stand inside it: in ids, keys, versions, addresses of mail.
const fn joins_words(c: char) -> bool {
    matches!(c, '-' | '.' | '/' | '+' | '@' | '~')
}

fn word_length(rest: &[char]) -> usize {
    let is_inner = |at: usize| {
        let joined = || rest.get(at + 1).is_some_and(|next| is_word_char(*next));
        rest.get(at).is_some_and(|c| is_word_char(*c) || (joins_words(*c) && joined()))
    };
    (0..rest.len()).find(|at| !is_inner(*at)).unwrap_or(rest.len())
}

/// Whether a word differs from request to request, or may be a secret: it has digits, is an address, or is very long.
fn differs(word: &str) -> bool {
    let has_digits = word.chars().any(|c| c.is_numeric());
    (has_digits && !is_status(word)) || word.contains('@') || word.chars().count() > LONGEST_WORD
}

/// Whether a word is a status of a failed request.
fn is_status(word: &str) -> bool {
    let status = word.parse::<u16>().ok().filter(|status| word.len() == 3 && (400..600).contains(status));
    status.is_some_and(|status| {
        let known = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        known.is_some() || status == OVERLOADED
    })
}

/// Whether the word after this one is a secret, as in `api_key=…`, `token: …` and `Bearer …`.
fn names_secret(word: &str, after: &[char]) -> bool {
    // The names are ASCII; tables of all other letters would make the load worker a twentieth larger.
    let lower = word.to_ascii_lowercase();
    let assigns = after.iter().find(|c| !c.is_whitespace() && !is_quote(**c));
    SECRET_NAMES.iter().any(|name| lower.ends_with(name))
        && (names_scheme(word) || assigns.is_some_and(|c| matches!(c, ':' | '=')))
}

fn names_scheme(word: &str) -> bool {
    ["bearer", "basic"].contains(&word.to_ascii_lowercase().as_str())
}

const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '“' | '‘' | '«')
}

const fn closing_of(quote: char) -> char {
    match quote {
        '“' => '”',
        '‘' => '’',
        '«' => '»',
        same => same,
    }
}

fn ends_address(c: char) -> bool {
    c.is_whitespace() || is_quote(c) || matches!(c, ')' | ']' | '>' | ',' | ';' | '”' | '’' | '»')
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= MAX_LENGTH {
        return text.to_owned();
    }
    let kept: String = text.chars().take(MAX_LENGTH - 1).collect();
    kept.trim_end().to_owned() + &LEFT_OUT.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ids_are_masked_and_statuses_stay() {
        for (said, masked_text) in [
            ("429 Too Many Requests", "429 Too Many Requests"),
            ("Error code: 529 - overloaded", "Error code: 529 - overloaded"),
            ("status=503, retry after 1.25 s", "status=503, retry after # s"),
            ("4290 tokens of 599 or 200", "# tokens of # or #"),
            ("request req_011CSHoEeqs5C35K2UUqR7Fy failed", "request # failed"),
            ("plan 3f2b8c1e-9d4a-4c77-8a2f-0123456789ab", "plan #"),
            ("at 0xdeadbeef1, model gpt-4o", "at #, model #"),
            ("도시 3개, 사용자 17명의 한도 초과", "도시 #, 사용자 # 한도 초과"),
            ("2026-11-26T08:19:34Z timed out", "#:#:# timed out"),
        ] {
            assert_eq!(masked(said), masked_text, "{said}");
        }
    }

    #[test]
    fn quoted_values_and_addresses_are_masked_and_apostrophes_are_not_quotes() {
        for (said, masked_text) in [
            ("unknown city 'Busan' in \"trip\"", "unknown city '…' in \"…\""),
            ("can't reach the users' limit", "can't reach the users' limit"),
            ("see https://api.example.com/v1/a?b=c, please", "see …, please"),
            ("refused by 10.0.0.7:8000", "refused by #:#"),
            ("mail ops@example.com", "mail #"),
            ("an “odd” «pair»", "an “…” «…»"),
            ("'it's here' and done", "'…' and done"),
        ] {
            assert_eq!(masked(said), masked_text, "{said}");
        }
    }

    #[test]
    fn a_secret_never_passes() {
        let long_key = "AbCdEfGhIj".repeat(5);
        for secret in ["hunter", "sk-ant-api03-xyz", "wJalrXUtnFEMI/K7MDENG", &long_key] {
            for said in [
                format!("invalid api_key={secret} given"),
                format!("Incorrect API key: {secret}."),
                format!("Authorization: Bearer {secret}"),
                format!("token : '{secret}'"),
                format!("got bearer {secret} here"),
                format!("https://user:{secret}@host/path"),
            ] {
                assert!(!masked(&said).contains(secret), "{said} → {}", masked(&said));
            }
        }
        assert!(!masked(&format!("key {long_key}")).contains(&long_key));
    }

    #[test]
    fn a_reason_has_one_line_and_a_bounded_length() {
        assert_eq!(masked("  one\n\n two\u{1b}[2J  "), "one two [#");
        let long = masked(&"word ".repeat(100_000));
        assert!(long.chars().count() <= MAX_LENGTH && long.ends_with('…'), "{long}");
        let secret_at_the_cut = format!("{} {}", " ".repeat(MAX_READ - 10), "abcdefghij1234567890");
        assert_eq!(masked(&secret_at_the_cut), "…");
    }

    #[test]
    fn the_reason_is_found_where_hosts_put_it() {
        for (data, reason) in [
            (
                r#"{"type":"error","message":"생성 중 오류 발생: 429","error":"429 rate limit"}"#,
                "429 rate limit",
            ),
            (r#"{"type":"error","message":"x"}"#, "x"),
            (r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, "Overloaded"),
            (r#"{"type":"error","error":{"code":429,"type":"rate_limit"}}"#, "429 rate_limit"),
            (r#"{"type":"error","error":"","detail":"late"}"#, "late"),
            (r#"{"type":"error","error":503}"#, "503"),
            ("quota exceeded", "quota exceeded"),
            (r#""overloaded""#, "overloaded"),
        ] {
            assert_eq!(of_error_event(data).as_deref(), Some(reason), "{data}");
        }
        for data in [r#"{"type":"error"}"#, "  ", r#"{"type":"error","error":{"a":{}}}"#, "[1]"] {
            assert_eq!(of_error_event(data), None, "{data}");
        }
    }
}
