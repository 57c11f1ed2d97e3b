//! What virtual users do: classes of users with their tasks, think times and requests, as data.
//!
//! | file | what lives there |
//! |---|---|
//! | `model/` | a checked scenario as data |
//! | `choose.rs` | which classes take part, and which class a user is of |
//! | `wire.rs`, `oddiya.json` | the scenario inside the program |
//! | `method.rs`, `reading.rs` | HTTP methods; how an answer is read |
//!
//! A text becomes a checked [`Scenario`] here. Nothing is sent and no clock is read.

pub mod choose;
pub mod method;
pub mod model;
pub mod reading;
mod wire;

pub use choose::UnknownClass;
pub use method::Method;
pub use model::class::{Presence, UserClass};
pub use model::scenario::{EntryId, EntryKey, EntryKind, Scenario, ServiceId};
pub use model::think_time::{NotAThinkTime, ThinkTime};
pub use reading::Reading;
pub use wire::ScenarioError;

/// The scenario inside the program. It has the classes of Oddiya's locustfile.
const ODDIYA: &str = include_str!("oddiya.json");

impl Scenario {
    /// The scenario inside the program. It has `OddiyaUser`, `StressTestUser` and `DatabaseStressUser` of Oddiya's
    /// locustfile, and `PlanStreamUser` for the llm-agent, which takes part only when it is named.
    #[expect(clippy::expect_used, reason = "the text is part of the program, and a test reads it")]
    pub fn oddiya() -> Self {
        wire::parse(ODDIYA).expect("the shipped scenario is valid")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::scenario::model::class::Tasks;

    #[test]
    fn the_shipped_scenario_is_oddiyas_locustfile() {
        let scenario = Scenario::oddiya().with_classes(&[]).unwrap();
        let classes: Vec<_> = scenario
            .classes
            .iter()
            .map(|c| {
                let weights: Vec<_> = c.tasks.all().map(|task| task.weight).collect();
                (c.name.as_str(), c.think_time.to_string(), weights)
            })
            .collect();
        assert_eq!(
            classes,
            [
                ("OddiyaUser", "1s..3s".to_owned(), vec![10, 5, 2, 1, 3]),
                ("StressTestUser", "100ms..500ms".to_owned(), vec![1, 1]),
                ("DatabaseStressUser", "500ms..1s".to_owned(), vec![3, 1]),
            ]
        );
        assert!(scenario.classes.iter().all(|class| matches!(class.tasks, Tasks::Weighted(_))));
        let names: Vec<_> =
            scenario.entries.iter().map(|e| format!("{} {}", e.kind.as_str(), e.name)).collect();
        assert_eq!(
            names,
            [
                "GET /api/users/me",
                "GET /api/plans",
                "POST /api/plans",
                "POST /api/videos",
                "GET /api/videos/{id}",
                "GET /actuator/health"
            ]
        );
    }
}
