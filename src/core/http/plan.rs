//! What a plan in an answer says of the model that made it: a mocked model and one that fails give placeholder plans.
//!
//! Behind plan-service the two look the same. Only the llm-agent itself shows which it was: a plan in place of one that the
//! model could not make has no `metadata`.

use serde_json::Value;

use super::answer::Answer;
use crate::core::base::event_kind::EventKind;

/// Where every day of a placeholder plan takes place.
const PLACEHOLDER: &str = "City Center";

/// What a plan says of its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanSeen {
    /// It names places: a living model made it.
    Real,
    /// It names none: the model is mocked, or failed.
    Placeholder,
    /// It names none, and the agent shows that the model failed.
    Fallback,
}

/// The plan that an answer holds: its body, or what the event `complete` of its stream carries. `None` where there is no plan
/// with days.
pub fn plan_in(answer: &Answer) -> Option<PlanSeen> {
    let complete = || {
        let data = answer.events.first_of(EventKind::Complete)?;
        serde_json::from_str::<Value>(data).ok()?.get_mut("plan").map(Value::take)
    };
    match complete() {
        Some(plan) => seen(&plan),
        None => seen(answer.json()?),
    }
}

fn seen(plan: &Value) -> Option<PlanSeen> {
    // The agent writes `days`, plan-service `details`.
    let of_agent = plan.get("days").and_then(Value::as_array);
    let days = of_agent.or_else(|| plan.get("details").and_then(Value::as_array))?;
    let names_none =
        |day: &Value| day.get("location").and_then(Value::as_str).is_some_and(|place| place == PLACEHOLDER);
    if days.is_empty() {
        return None;
    }
    let is_fallback = of_agent.is_some() && plan.get("metadata").is_none();
    Some(match days.iter().all(names_none) {
        false => PlanSeen::Real,
        true if is_fallback => PlanSeen::Fallback,
        true => PlanSeen::Placeholder,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::http::answer::{Events, HeaderLines};

    fn of_body(body: &str) -> Option<PlanSeen> {
        plan_in(&Answer::new(200, HeaderLines::default(), body.into()))
    }

    #[test]
    fn behind_plan_service_a_placeholder_does_not_tell_a_mocked_model_from_a_dead_one() {
        let plan = |place: &str| {
            format!(r#"{{"id":1,"details":[{{"location":"{place}"}},{{"location":"City Center"}}]}}"#)
        };
        assert_eq!(of_body(&plan("City Center")), Some(PlanSeen::Placeholder));
        assert_eq!(of_body(&plan("Haeundae")), Some(PlanSeen::Real), "one day that names a place is enough");
    }

    #[test]
    fn at_the_agent_a_plan_without_metadata_stands_for_a_model_that_failed() {
        let days = r#""days":[{"location":"City Center"}]"#;
        assert_eq!(of_body(&format!("{{{days}}}")), Some(PlanSeen::Fallback));
        assert_eq!(of_body(&format!(r#"{{{days},"metadata":{{}}}}"#)), Some(PlanSeen::Placeholder));
        let mut events = Events::default();
        events.push(EventKind::Status, "{}");
        events.push(EventKind::Complete, &format!(r#"{{"plan":{{{days}}}}}"#));
        let answer = Answer::new(200, HeaderLines::default(), Vec::new()).with_events(events);
        assert_eq!(plan_in(&answer), Some(PlanSeen::Fallback));
    }

    #[test]
    fn an_answer_without_days_holds_no_plan() {
        for body in ["", "[]", "{}", r#"{"details":null}"#, r#"{"days":[]}"#, "<html>"] {
            assert_eq!(of_body(body), None, "{body}");
        }
    }
}
