//! The agent's event sequence: the events of a generation, and the share of its time at which each is due.
//!
//! Pure. An event's progress decides when it is due: 10 at the start, 100 at the end, linear in between. Refinements
//! run past 95, so progress can fall back; such an event is due together with the one before it.

use serde::Serialize;
use serde_json::{Value, json};

use super::itinerary::{Itinerary, Trip};
use super::pyjson::{Characters, dumps};

/// Progress of the first event, which is sent at once.
const FIRST_PROGRESS: f64 = 10.0;
const LAST_PROGRESS: f64 = 100.0;

/// One server-sent event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When it is due, as a share of the generation's time, in [0, 1].
    pub share: f64,
    /// `data: {json}` and an empty line.
    pub text: String,
}

/// The fields of a status or progress event, in the agent's order.
#[derive(Serialize)]
struct Step<'a> {
    r#type: &'a str,
    message: String,
    progress: i64,
    step: &'a str,
}

/// The events of a generation: nine, and two more for each refinement.
pub fn generation(trip: &Trip, plan: &Itinerary) -> Vec<Event> {
    let mut steps = before_refining(trip);
    for round in 1..=trip.refinements() {
        let begins = format!("계획을 개선하고 있습니다... (반복 {round})");
        steps.push(step("status", "refine_plan", 70 + 5 * round, begins));
        steps.push(step("progress", "refine_plan", 75 + 5 * round, format!("개선 완료 (반복 {round})")));
    }
    steps.push(step("status", "finalize_plan", 95, "최종 계획을 완성하고 있습니다...".to_owned()));
    let mut latest = 0.0_f64;
    let mut events = Vec::with_capacity(steps.len() + 2);
    for step in &steps {
        latest = latest.max(share_of(step.progress));
        events.push(event(latest, step, Characters::Unicode));
    }
    let complete = json!({
        "type": "complete", "message": "여행 계획 생성 완료!", "progress": 100, "step": "finalize_plan", "plan": plan,
    });
    events.push(event(1.0, &complete, Characters::Unicode));
    events.push(done());
    events
}

/// The three events of a cache hit, all due at once and written in ASCII.
pub fn cached(plan: &Value) -> Vec<Event> {
    let found = json!({
        "type": "status", "message": "💾 저장된 계획을 불러오는 중...", "progress": 50, "cached": true,
    });
    let complete = json!({
        "type": "complete", "message": "✅ 저장된 계획 로드 완료!", "progress": 100, "plan": plan, "cached": true,
    });
    let mut events = vec![event(0.0, &found, Characters::Ascii), event(0.0, &complete, Characters::Ascii)];
    events.push(Event { share: 0.0, ..done() });
    events
}

/// The events of a generation whose model failed: a few steps, the error and `done`, all inside a 200.
pub fn model_failed(trip: &Trip) -> Vec<Event> {
    let reason = "429 Resource has been exhausted (e.g. check quota).";
    let mut events: Vec<Event> = before_refining(trip)
        .iter()
        .take(3)
        .map(|step| event(share_of(step.progress), step, Characters::Unicode))
        .collect();
    events.extend(failed_to_start(reason).into_iter().map(|error| Event { share: 1.0, ..error }));
    events.push(done());
    events
}

/// The only event of a generation that failed before it started; no `done` follows.
pub fn failed_to_start(reason: &str) -> Vec<Event> {
    let error =
        json!({"type": "error", "message": format!("계획 생성 중 오류 발생: {reason}"), "error": reason});
    vec![event(0.0, &error, Characters::Unicode)]
}

fn before_refining(trip: &Trip) -> Vec<Step<'static>> {
    let validated = match trip.issues() {
        0 => "검증 완료 - 문제 없음".to_owned(),
        issues => format!("개선할 점 {issues}개 발견"),
    };
    vec![
        step("status", "gather_context", 10, format!("{}의 날씨 정보를 수집하고 있습니다...", trip.location)),
        step("progress", "gather_context", 20, "날씨 정보 수집 완료".to_owned()),
        step("status", "generate_draft", 30, "AI가 여행 계획을 생성하고 있습니다...".to_owned()),
        step("progress", "generate_draft", 60, "초안 생성 완료".to_owned()),
        step("status", "validate_plan", 65, "계획을 검증하고 있습니다...".to_owned()),
        step("progress", "validate_plan", 70, validated),
    ]
}

fn step(kind: &'static str, step: &'static str, progress: i64, message: String) -> Step<'static> {
    Step { r#type: kind, message, progress, step }
}

fn share_of(progress: i64) -> f64 {
    ((progress as f64 - FIRST_PROGRESS) / (LAST_PROGRESS - FIRST_PROGRESS)).clamp(0.0, 1.0)
}

fn done() -> Event {
    event(1.0, &json!({"type": "done"}), Characters::Ascii)
}

fn event(share: f64, value: &impl Serialize, characters: Characters) -> Event {
    Event { share, text: format!("data: {}\n\n", dumps(value, characters)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stub::options::Model;

    fn trip(max_iterations: i64) -> Trip {
        let (location, budget) = ("Seoul".to_owned(), "medium".to_owned());
        Trip { location, days: 3, budget, max_iterations, model: Model::Mock }
    }

    fn sequence(events: &[Event]) -> Vec<(String, String, i64)> {
        let read = |event: &Event| {
            let json = event.text.strip_prefix("data: ").unwrap().strip_suffix("\n\n").unwrap();
            let value: Value = serde_json::from_str(json).unwrap();
            let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
            (text("type"), text("step"), value["progress"].as_i64().unwrap_or_default())
        };
        events.iter().map(read).collect()
    }

    #[test]
    fn the_default_generation_is_thirteen_events_in_order() {
        let plan = trip(3).plan(String::new());
        let expected = [
            ("status", "gather_context", 10),
            ("progress", "gather_context", 20),
            ("status", "generate_draft", 30),
            ("progress", "generate_draft", 60),
            ("status", "validate_plan", 65),
            ("progress", "validate_plan", 70),
            ("status", "refine_plan", 75),
            ("progress", "refine_plan", 80),
            ("status", "refine_plan", 80),
            ("progress", "refine_plan", 85),
            ("status", "finalize_plan", 95),
            ("complete", "finalize_plan", 100),
            ("done", "", 0),
        ]
        .map(|(kind, step, progress)| (kind.to_owned(), step.to_owned(), progress));
        assert_eq!(sequence(&generation(&trip(3), &plan)), expected);
    }

    #[test]
    fn one_iteration_is_nine_events() {
        assert_eq!(generation(&trip(1), &trip(1).plan(String::new())).len(), 9);
    }

    #[test]
    fn the_stream_is_as_long_as_the_one_seen_on_the_real_agent() {
        // Seen: 3 603 B for 13 events.
        let plan = trip(3).plan("2025-11-10T12:34:56.123456".to_owned());
        let bytes: usize = generation(&trip(3), &plan).iter().map(|event| event.text.len()).sum();
        assert_eq!(bytes, 3603);
        let hit: usize =
            cached(&serde_json::to_value(&plan).unwrap()).iter().map(|event| event.text.len()).sum();
        assert_eq!(hit, 2525);
    }

    #[test]
    fn events_are_due_in_order_from_the_first_moment_to_the_last() {
        let events = generation(&trip(12), &trip(12).plan(String::new()));
        assert_eq!((events[0].share, events[events.len() - 1].share), (0.0, 1.0));
        assert!(events.windows(2).all(|pair| pair[0].share <= pair[1].share));
    }

    #[test]
    fn a_hit_is_three_ascii_events_without_steps() {
        let plan = serde_json::to_value(trip(3).plan(String::new())).unwrap();
        let events = cached(&plan);
        assert_eq!(events.len(), 3);
        assert!(events.iter().all(|event| event.text.is_ascii() && !event.text.contains("\"step\"")));
        assert!(events[1].text.contains("\"cached\": true"));
    }

    #[test]
    fn a_failed_model_is_an_error_and_done() {
        let kinds: Vec<String> =
            sequence(&model_failed(&trip(3))).into_iter().map(|(kind, ..)| kind).collect();
        assert_eq!(kinds, ["status", "progress", "status", "error", "done"]);
    }

    #[test]
    fn a_failed_start_has_no_done() {
        assert_eq!(sequence(&failed_to_start("x"))[0].0, "error");
        assert_eq!(failed_to_start("x").len(), 1);
    }
}
