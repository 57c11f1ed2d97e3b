//! Finds values in an answer: in its JSON, its headers, its cookies, its text, its events.

use serde_json::Value as Json;

use super::json::select;
use super::patterns::Patterns;
use super::seek::{is_seekable, seek};
use super::values::{List, Value};
use crate::core::base::rng::Rng;
use crate::core::http::answer::Answer;
use crate::core::scenario::model::answer::{Place, Take};

/// Everything at a place of an answer, in its order.
pub fn find(place: &Place, answer: &Answer, patterns: &Patterns) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    match place {
        Place::Json(path) if is_seekable(path) && !answer.is_tree_worth_it() => {
            seek(path, &answer.body).iter().map(Value::of).collect()
        }
        Place::Json(path) => {
            answer.json().map(|json| select(path, json)).into_iter().flatten().map(Value::of).collect()
        }
        Place::Header(name) => answer.headers.get(name).map(text).into_iter().collect(),
        Place::Cookie(name) => answer.cookie(name).map(text).into_iter().collect(),
        Place::Regex { pattern, group } => {
            let body = answer.text();
            let regex = patterns.get(pattern);
            let captures = regex.iter().flat_map(|regex| regex.captures_iter(&body));
            captures.filter_map(|found| found.get(*group).map(|group| text(group.as_str()))).collect()
        }
        Place::Event { kind, path } => {
            let datas = answer.events.iter().filter(|(known, _)| known == kind);
            let jsons = datas.filter_map(|(_, data)| serde_json::from_str::<Json>(data).ok());
            jsons
                .flat_map(|json| select(path, &json).into_iter().map(Value::of).collect::<Vec<_>>())
                .collect()
        }
        Place::Body => vec![Value::Text(answer.text().into_owned())],
        Place::Status => vec![Value::Json(answer.status.to_string())],
    }
}

/// Chooses among the values that were found; `None` when nothing was found.
pub fn take(mut found: Vec<Value>, take: Take, rng: &mut Rng) -> Option<Value> {
    if found.is_empty() {
        return None;
    }
    match take {
        Take::First => Some(found.swap_remove(0)),
        Take::Last => found.pop(),
        Take::Random => {
            let drawn = rng.below(found.len() as u64) as usize;
            Some(found.swap_remove(drawn))
        }
        Take::All => Some(Value::List(List::of(found))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::event_kind::EventKind;
    use crate::core::http::answer::HeaderLines;
    use crate::core::scenario::model::answer::{JsonPath, Segment};
    use crate::core::scenario::model::request::Pattern;

    fn answer(body: &str) -> Answer {
        let mut headers = HeaderLines::default();
        headers.push("Location", "/plans/9");
        headers.push("Set-Cookie", "sid=abc; Path=/");
        let mut answer = Answer::new(201, headers, body.into());
        answer.events.push(EventKind::Status, "no json");
        answer.events.push(EventKind::Complete, r#"{"type": "complete", "plan": {"title": "서울"}}"#);
        answer
    }

    fn texts(place: Place, body: &str) -> Vec<String> {
        find(&place, &answer(body), &Patterns::default()).into_iter().map(Value::into_text).collect()
    }

    fn field(name: &str) -> Segment {
        Segment::Field(name.to_owned())
    }

    #[test]
    fn a_value_is_found_wherever_it_stands() {
        let ids = Place::Json(JsonPath(vec![Segment::All, field("id")]));
        assert_eq!(texts(ids.clone(), r#"[{"id": 1}, {"id": "b"}]"#), ["1", "b"]);
        assert_eq!(texts(ids, "<html>"), [""; 0]);
        assert_eq!(texts(Place::Header("location".to_owned()), ""), ["/plans/9"]);
        assert_eq!(texts(Place::Cookie("sid".to_owned()), ""), ["abc"]);
        let token = Place::Regex { pattern: Pattern("value=\"([^\"]+)\"".to_owned()), group: 1 };
        assert_eq!(texts(token, r#"<input value="x1"><input value="x2">"#), ["x1", "x2"]);
        let title =
            Place::Event { kind: EventKind::Complete, path: JsonPath(vec![field("plan"), field("title")]) };
        assert_eq!(texts(title, ""), ["서울"]);
        assert_eq!(
            (texts(Place::Status, ""), texts(Place::Body, "b")),
            (vec!["201".to_owned()], vec!["b".to_owned()])
        );
    }

    #[test]
    fn one_of_several_is_taken_or_all() {
        let found = || ["a", "b", "c"].map(|text| Value::Text(text.to_owned())).to_vec();
        let mut rng = Rng::new(1);
        let mut taken = |how| take(found(), how, &mut rng).unwrap().into_text();
        assert_eq!((taken(Take::First), taken(Take::Last)), ("a".to_owned(), "c".to_owned()));
        assert_eq!(taken(Take::All), r#"["a","b","c"]"#);
        let drawn: std::collections::BTreeSet<_> = (0..50).map(|_| taken(Take::Random)).collect();
        assert_eq!(drawn.len(), 3);
        assert_eq!(take(Vec::new(), Take::All, &mut Rng::new(1)), None);
    }
}
