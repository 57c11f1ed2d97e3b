//! The program's first scenario as it was read beforehand. The page shows it when it opens, and reading its text would take a
//! tenth of the time until it can be used. The others are read when they are asked for.
//!
//! A test compares it with its text. `UPDATE_GOLDEN=1 cargo test --lib shelf::ready` writes them anew.

use serde::Deserialize;

use crate::core::scenario::Scenario;
use crate::core::scenario::file::asks::Asks;
use crate::core::scenario::file::surroundings::Choices;
use crate::core::scenario::shipped;

/// What was read, as JSON, by the names of the scenarios.
const READ: [(&str, &str); 1] = [("locust", include_str!("locust.json"))];

#[derive(Deserialize)]
struct OnlyScenario {
    scenario: Scenario,
}

#[derive(Deserialize)]
struct OnlyAsks {
    asks: Asks,
}

/// The scenario that a text of the program is, unless something was chosen for it.
pub fn scenario(text: &str, choices: &Choices) -> Option<Scenario> {
    let read: OnlyScenario = serde_json::from_str(json_of(text, choices)?).ok()?;
    Some(read.scenario)
}

/// What a text of the program asks for, unless something was chosen for it.
pub fn asks(text: &str, choices: &Choices) -> Option<Asks> {
    let read: OnlyAsks = serde_json::from_str(json_of(text, choices)?).ok()?;
    Some(read.asks)
}

fn json_of(text: &str, choices: &Choices) -> Option<&'static str> {
    if *choices != Choices::default() {
        return None;
    }
    let shipped = shipped::ALL.into_iter().find(|shipped| shipped.text == text)?;
    READ.into_iter().find(|(name, _)| *name == shipped.name).map(|(_, json)| json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::scenario::file::asks;
    use std::path::Path;

    #[test]
    fn the_scenario_that_the_page_opens_with_was_read_beforehand_as_it_is_read_now() {
        let choices = Choices::default();
        for shipped in READ.into_iter().filter_map(|(name, _)| shipped::named(name)) {
            let now_scenario = shipped.read(&choices).unwrap();
            let now_asks = asks::asks(shipped.text, None);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                let json = serde_json::json!({ "asks": now_asks, "scenario": now_scenario });
                let file = format!("src/core/shelf/ready/{}.json", shipped.name);
                let text = serde_json::to_string_pretty(&json).unwrap();
                std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), text + "\n").unwrap();
            } else {
                let how = "the text or the reader changed: UPDATE_GOLDEN=1 cargo test --lib shelf::ready";
                assert_eq!(scenario(shipped.text, &choices), Some(now_scenario), "{how}");
                assert_eq!(super::asks(shipped.text, &choices), Some(now_asks), "{how}");
            }
        }
    }

    #[test]
    fn what_was_chosen_for_a_run_is_read_from_the_text() {
        let [first, ..] = shipped::ALL;
        let chosen =
            Choices { services: vec![("llm".into(), "http://localhost:1".into())], ..Choices::default() };
        assert_eq!(scenario(first.text, &chosen), None);
        assert_eq!(scenario(&format!("{}\n", first.text), &Choices::default()), None);
    }
}
