//! Follows a path into a JSON value.

use serde_json::Value;

use crate::core::scenario::model::answer::{JsonPath, Segment};

/// The values at a place, in their order; more than one only where the path has a [`Segment::All`].
pub fn select<'a>(path: &JsonPath, value: &'a Value) -> Vec<&'a Value> {
    let mut found = vec![value];
    for segment in &path.0 {
        found = found.into_iter().flat_map(|value| within(segment, value)).collect();
    }
    found
}

/// Whether a path can find several values.
pub fn finds_several(path: &JsonPath) -> bool {
    path.0.contains(&Segment::All)
}

fn within<'a>(segment: &Segment, value: &'a Value) -> Vec<&'a Value> {
    match (segment, value) {
        (Segment::All, Value::Array(elements)) => elements.iter().collect(),
        (Segment::All, Value::Object(members)) => members.values().collect(),
        (Segment::All, _) => Vec::new(),
        (Segment::Field(name), Value::Object(members)) => members.get(name).into_iter().collect(),
        (Segment::Field(name), Value::Array(elements)) => {
            element_number(name).and_then(|number| elements.get(number)).into_iter().collect()
        }
        (Segment::Index(index), Value::Array(elements)) => element(elements, *index).into_iter().collect(),
        (Segment::Field(_) | Segment::Index(_), _) => Vec::new(),
    }
}

fn element(elements: &[Value], index: i64) -> Option<&Value> {
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    elements.get(if index < 0 { elements.len().checked_sub(distance)? } else { distance })
}

/// The element that a pointer's token means: digits without a leading zero (RFC 6901, §4).
pub fn element_number(token: &str) -> Option<usize> {
    let is_number =
        token == "0" || (!token.starts_with('0') && token.bytes().all(|byte| byte.is_ascii_digit()));
    is_number.then(|| token.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(segments: &[Segment], value: &Value) -> Vec<String> {
        select(&JsonPath(segments.to_vec()), value).into_iter().map(Value::to_string).collect()
    }

    fn field(name: &str) -> Segment {
        Segment::Field(name.to_owned())
    }

    #[test]
    fn a_path_finds_members_elements_and_all_of_them() {
        let value = json!({"plans": [{"id": 7}, {"title": "x"}, {"id": 9}], "none": null});
        assert_eq!(found(&[field("plans"), Segment::Index(0), field("id")], &value), ["7"]);
        assert_eq!(found(&[field("plans"), field("2"), field("id")], &value), ["9"]);
        assert_eq!(found(&[field("plans"), Segment::Index(-1), field("id")], &value), ["9"]);
        assert_eq!(found(&[field("plans"), Segment::All, field("id")], &value), ["7", "9"]);
        assert_eq!(found(&[field("none")], &value), ["null"]);
        assert_eq!(found(&[], &json!(1)), ["1"]);
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let value = json!({"plans": [1, 2]});
        for segments in [
            vec![field("plan")],
            vec![field("plans"), Segment::Index(2)],
            vec![field("plans"), Segment::Index(-3)],
            vec![field("plans"), field("01")],
            vec![field("plans"), Segment::Index(0), Segment::All],
            vec![Segment::Index(0)],
        ] {
            assert_eq!(found(&segments, &value), [""; 0], "{segments:?}");
        }
    }
}
