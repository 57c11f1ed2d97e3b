//! The scenarios inside the program.

use super::file;
use super::file::problem::Problems;
use super::file::surroundings::{Choices, Nothing};
use super::model::scenario::Scenario;
use crate::core::base::renamed::scenario_now;

/// A scenario inside the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    pub name: &'static str,
    /// The text, which is a good start for a scenario of one's own.
    pub text: &'static str,
}

/// All scenarios inside the program. A run that names none takes the first.
pub const ALL: [Shipped; 10] = [
    Shipped { name: "locust", text: include_str!("locust.yaml") },
    Shipped { name: "app-browse", text: include_str!("app-browse.yaml") },
    Shipped { name: "app-login", text: include_str!("app-login.yaml") },
    Shipped { name: "app-create", text: include_str!("app-create.yaml") },
    Shipped { name: "app-token-expiry", text: include_str!("app-token-expiry.yaml") },
    Shipped { name: "video", text: include_str!("video.yaml") },
    Shipped { name: "web-app", text: include_str!("web-app.yaml") },
    Shipped { name: "plan-lifecycle", text: include_str!("plan-lifecycle.yaml") },
    Shipped { name: "idempotency", text: include_str!("idempotency.yaml") },
    Shipped { name: "mobile-day", text: include_str!("mobile-day.yaml") },
];

/// The scenario of that name, or of an earlier name of it.
pub fn named(name: &str) -> Option<Shipped> {
    let name = scenario_now(name);
    ALL.into_iter().find(|shipped| shipped.name == name)
}

impl Shipped {
    /// Reads the scenario, with what was chosen for the run.
    ///
    /// # Errors
    /// A choice that the scenario does not have.
    pub fn read(self, choices: &Choices) -> Result<Scenario, Problems> {
        file::read(self.name, self.text, choices, &Nothing)
    }
}

impl Scenario {
    /// What a run does when it names no scenario: `OddiyaUser`, `StressTestUser` and `DatabaseStressUser` of Oddiya's
    /// locustfile, and `PlanStreamUser` for the llm-agent, which takes part only when it is named.
    #[expect(clippy::expect_used, reason = "the text is part of the program, and a test reads it")]
    pub fn oddiya() -> Self {
        let [first, ..] = ALL;
        first.read(&Choices::default()).expect("the shipped scenario is right")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::scenario::model::class::Tasks;
    use crate::core::scenario::model::request::RequestStep;
    use crate::core::scenario::model::step::Step;

    fn requests<'s>(scenario: &'s Scenario, class: &str) -> Vec<(u32, &'s RequestStep)> {
        let class = scenario.classes.iter().find(|known| known.name == class).unwrap();
        let Tasks::Weighted(tasks) = &class.tasks else { panic!("{:?}", class.tasks) };
        let request = |step: &'s Step| match step {
            Step::Request(request) => &**request,
            other => panic!("{other:?}"),
        };
        tasks.iter().map(|task| (task.weight, request(&task.steps[0]))).collect()
    }

    #[test]
    fn every_shipped_scenario_is_right_and_has_its_name() {
        for shipped in ALL {
            let scenario =
                shipped.read(&Choices::default()).map_err(|problems| problems.to_string()).unwrap();
            assert_eq!(scenario.name, shipped.name);
        }
    }

    #[test]
    fn the_name_that_the_first_one_had_still_leads_to_it() {
        assert_eq!(named("oddiya"), Some(ALL[0]));
        assert_eq!(named("oddiya").map(|shipped| shipped.name), Some("locust"));
    }

    #[test]
    fn the_locustfiles_tasks_are_there_with_their_weights_and_names() {
        let scenario = Scenario::oddiya();
        let shown = |class: &str| {
            let one = |(weight, request): (u32, &RequestStep)| {
                let key = &scenario.entries[request.entry.0];
                format!("{weight} {} {}", key.kind.as_str(), key.name)
            };
            requests(&scenario, class).into_iter().map(one).collect::<Vec<_>>()
        };
        assert_eq!(
            shown("OddiyaUser"),
            [
                "10 GET /api/users/me",
                "5 GET /api/plans",
                "2 POST /api/plans",
                "1 POST /api/videos",
                "3 GET /api/videos/{id}"
            ]
        );
        assert_eq!(shown("StressTestUser"), ["1 GET /actuator/health", "1 GET /api/users/me"]);
        assert_eq!(shown("DatabaseStressUser"), ["3 GET /api/plans", "1 POST /api/plans"]);
        assert_eq!(shown("PlanStreamUser"), ["1 POST /api/v1/plans/generate/stream"]);
    }

    #[test]
    fn a_request_without_blanks_is_ready_made() {
        let scenario = Scenario::oddiya();
        let ready = |class: &str| {
            requests(&scenario, class).iter().map(|(_, step)| step.request.id.is_some()).collect::<Vec<_>>()
        };
        assert_eq!(
            (ready("StressTestUser"), ready("DatabaseStressUser")),
            (vec![true, true], vec![false, false])
        );
        assert_eq!(scenario.ready_made, 2);
    }

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
