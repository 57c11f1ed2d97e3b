//! Reads ways into a JSON value: JSONPath's plain subset `$.a[0]['b'][*].c`, and JSON pointers `/a/0/b`.

use crate::core::scenario::model::answer::{JsonPath, Segment};

/// Reads a path.
pub fn read(text: &str) -> Result<JsonPath, String> {
    let segments = match text.as_bytes().first() {
        Some(b'$') => json_path(text.get(1..).unwrap_or_default()),
        Some(b'/') => Some(pointer(text)),
        _ => None,
    };
    segments.map(JsonPath).ok_or_else(|| {
        format!("`{text}` is no path into JSON; write `$.days[0].activity`, `$[*].id` or `/days/0/activity`")
    })
}

fn pointer(text: &str) -> Vec<Segment> {
    let unescape = |token: &str| token.replace("~1", "/").replace("~0", "~");
    text.split('/').skip(1).map(|token| Segment::Field(unescape(token))).collect()
}

fn json_path(mut rest: &str) -> Option<Vec<Segment>> {
    let mut segments = Vec::new();
    while !rest.is_empty() {
        let (segment, after) = match rest.strip_prefix('.') {
            Some(name) => field(name)?,
            None => bracketed(rest.strip_prefix('[')?)?,
        };
        segments.push(segment);
        rest = after;
    }
    Some(segments)
}

fn field(text: &str) -> Option<(Segment, &str)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let usable = !name.is_empty() && !name.contains(['*', ' ', '?', '(', '\'', '"']);
    if name == "*" {
        return Some((Segment::All, rest));
    }
    usable.then(|| (Segment::Field(name.to_owned()), rest))
}

fn bracketed(text: &str) -> Option<(Segment, &str)> {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let (name, rest) = text.get(1..)?.split_once(quote)?;
        return Some((Segment::Field(name.to_owned()), rest.strip_prefix(']')?));
    }
    let (inside, rest) = text.split_once(']')?;
    let segment = if inside == "*" { Segment::All } else { Segment::Index(inside.parse().ok()?) };
    Some((segment, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f(name: &str) -> Segment {
        Segment::Field(name.to_owned())
    }

    #[test]
    fn paths_and_pointers_are_read() {
        let read = |text: &str| read(text).unwrap().0;
        assert_eq!(read("$"), []);
        assert_eq!(read("$.a.b-c_1"), [f("a"), f("b-c_1")]);
        assert_eq!(
            read("$[0].a[*]['b.c'][-1].*"),
            [Segment::Index(0), f("a"), Segment::All, f("b.c"), Segment::Index(-1), Segment::All]
        );
        assert_eq!(read("/a/0/b~1c"), [f("a"), f("0"), f("b/c")]);
    }

    #[test]
    fn what_is_no_path_is_refused_with_what_to_write() {
        for text in ["", "a.b", "$a", "$.", "$..a", "$[", "$[x]", "$['a]", "$[?(@.a)]", "$.a b", "$[0"] {
            let problem = read(text).unwrap_err();
            assert!(
                problem.starts_with(&format!("`{text}` is no path into JSON; write `$.days")),
                "{problem}"
            );
        }
    }
}
