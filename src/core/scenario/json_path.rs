//! A place in a JSON value, written as a JSON pointer (`/days/0/activity`, RFC 6901) or as a plain JSONPath
//! (`$.days[0].activity`, `$.plans[*].id`; RFC 9535 without filters, slices and descent). Parsed once, evaluated often.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A parsed path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonPath {
    segments: Vec<Segment>,
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Segment {
    /// A member of an object.
    Member(String),
    /// An element of an array, from 0; negative numbers count from the end.
    Element(i64),
    /// A member or, in an array, an element: a token of a JSON pointer is either.
    Token(String),
    /// Every member or element.
    Every,
}

/// The text that is not a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no path into JSON: {problem}; write `$.plans[0].id`, `$.plans[*].id` or `/plans/0/id`")]
pub struct NotAPath {
    text: String,
    problem: &'static str,
}

impl JsonPath {
    /// Reads a pointer or a plain JSONPath.
    pub fn parse(text: &str) -> Result<Self, NotAPath> {
        let segments = match text.chars().next() {
            None => Ok(Vec::new()),
            Some('/') => pointer(text),
            Some('$') => plain(text.get(1..).unwrap_or_default()),
            Some(_) => Err("it starts with neither `$` nor `/`"),
        };
        match segments {
            Ok(segments) => Ok(Self { segments }),
            Err(problem) => Err(NotAPath { text: text.to_owned(), problem }),
        }
    }

    /// The values at this place, in their order; more than one only where the path has `[*]`.
    pub fn select<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        let mut found = vec![value];
        for segment in &self.segments {
            found = found.into_iter().flat_map(|value| segment.within(value)).collect();
        }
        found
    }

    /// The first value at this place.
    pub fn first<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        let mut found = value;
        for (place, segment) in self.segments.iter().enumerate() {
            if *segment == Segment::Every {
                let rest = Self { segments: self.segments.get(place..).unwrap_or_default().to_vec() };
                return rest.select(found).into_iter().next();
            }
            found = segment.single(found)?;
        }
        Some(found)
    }
}

impl Segment {
    fn within<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        match (self, value) {
            (Self::Every, Value::Array(elements)) => elements.iter().collect(),
            (Self::Every, Value::Object(members)) => members.values().collect(),
            (Self::Every, _) => Vec::new(),
            _ => self.single(value).into_iter().collect(),
        }
    }

    fn single<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        match self {
            Self::Member(name) => value.as_object()?.get(name),
            Self::Element(number) => {
                let elements = value.as_array()?;
                let from_end = || elements.len().checked_sub(usize::try_from(number.unsigned_abs()).ok()?);
                let place = if *number < 0 { from_end()? } else { usize::try_from(*number).ok()? };
                elements.get(place)
            }
            Self::Token(token) => match value {
                Value::Array(elements) => elements.get(element_number(token)?),
                _ => value.as_object()?.get(token),
            },
            Self::Every => None,
        }
    }
}

/// The element that a pointer's token means: digits without a leading zero.
fn element_number(token: &str) -> Option<usize> {
    let is_number =
        token == "0" || (!token.starts_with('0') && token.bytes().all(|byte| byte.is_ascii_digit()));
    is_number.then(|| token.parse().ok()).flatten()
}

fn pointer(text: &str) -> Result<Vec<Segment>, &'static str> {
    let tokens = text.split('/').skip(1);
    Ok(tokens.map(|token| Segment::Token(token.replace("~1", "/").replace("~0", "~"))).collect())
}

fn plain(mut rest: &str) -> Result<Vec<Segment>, &'static str> {
    let mut segments = Vec::new();
    while !rest.is_empty() {
        let (segment, after) =
            if let Some(inner) = rest.strip_prefix('[') { bracketed(inner)? } else { dotted(rest)? };
        segments.push(segment);
        rest = after;
    }
    Ok(segments)
}

fn dotted(text: &str) -> Result<(Segment, &str), &'static str> {
    let name = text.strip_prefix('.').ok_or("`.` or `[` is missing")?;
    if name.starts_with('.') {
        return Err("`..` is not supported");
    }
    let end = name.find(['.', '[']).unwrap_or(name.len());
    match name.split_at(end) {
        ("", _) => Err("a name is missing"),
        ("*", after) => Ok((Segment::Every, after)),
        (name, after) => Ok((Segment::Member(name.to_owned()), after)),
    }
}

/// Reads from behind a `[`.
fn bracketed(text: &str) -> Result<(Segment, &str), &'static str> {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let inner = text.get(1..).unwrap_or_default();
        let (name, after) = inner.split_once(quote).ok_or("a quote is not closed")?;
        let after = after.strip_prefix(']').ok_or("`]` is missing")?;
        return Ok((Segment::Member(name.to_owned()), after));
    }
    let (inner, after) = text.split_once(']').ok_or("`]` is missing")?;
    match inner.trim() {
        "*" => Ok((Segment::Every, after)),
        number => {
            let number =
                number.parse().map_err(|_| "only `[0]`, `[-1]`, `[*]` and `['name']` are supported")?;
            Ok((Segment::Element(number), after))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(path: &str, value: &Value) -> Vec<String> {
        JsonPath::parse(path).unwrap().select(value).into_iter().map(Value::to_string).collect()
    }

    #[test]
    fn a_pointer_and_a_path_find_the_same_value() {
        let value = json!({"plans": [{"id": 7, "a b": 1}, {"id": 8}], "m~/n": true});
        for path in ["/plans/1/id", "$.plans[1].id", "$['plans'][-1][\"id\"]"] {
            assert_eq!(found(path, &value), ["8"], "{path}");
            assert_eq!(JsonPath::parse(path).unwrap().first(&value), Some(&json!(8)), "{path}");
        }
        assert_eq!(found("/m~0~1n", &value), ["true"]);
        assert_eq!(found("$.plans[0]['a b']", &value), ["1"]);
        assert_eq!(
            (found("$", &value), found("", &value)),
            (vec![value.to_string()], vec![value.to_string()])
        );
    }

    #[test]
    fn a_star_finds_every_element_in_order() {
        let value = json!({"plans": [{"id": 7}, {"title": "x"}, {"id": 9}]});
        assert_eq!(found("$.plans[*].id", &value), ["7", "9"]);
        assert_eq!(JsonPath::parse("$.plans[*].id").unwrap().first(&value), Some(&json!(7)));
        assert_eq!(found("$.*[0].id", &value), ["7"]);
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let value = json!({"plans": [1, 2], "none": null});
        for path in
            ["$.plan", "$.plans[2]", "$.plans[-3]", "$.plans.id", "/plans/01", "/plans/-", "$.plans[0][*]"]
        {
            assert_eq!(found(path, &value), [""; 0], "{path}");
            assert_eq!(JsonPath::parse(path).unwrap().first(&value), None, "{path}");
        }
        assert_eq!(found("$.none", &value), ["null"]);
    }

    #[test]
    fn a_text_that_is_no_path_says_why() {
        let problem = |text: &str| JsonPath::parse(text).unwrap_err().problem;
        assert_eq!(problem("plans[0]"), "it starts with neither `$` nor `/`");
        assert_eq!(problem("$..id"), "`..` is not supported");
        assert_eq!(problem("$.a[?(@.b)]"), "only `[0]`, `[-1]`, `[*]` and `['name']` are supported");
        assert_eq!(
            (problem("$.a[0"), problem("$['a]"), problem("$.a.")),
            ("`]` is missing", "a quote is not closed", "a name is missing")
        );
        assert_eq!(problem("$a"), "`.` or `[` is missing");
        assert!(JsonPath::parse("x").unwrap_err().to_string().contains("write `$.plans[0].id`"));
    }
}
