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
    use crate::core::scenario::choose::visit;
    use crate::core::scenario::model::class::Tasks;
    use crate::core::scenario::model::condition::Condition;
    use crate::core::scenario::model::request::{Body, RequestStep};
    use crate::core::scenario::model::step::Step;
    use crate::core::scenario::model::text::{Escape, Generator, Part, Source, Template};

    fn in_profile(profile: &str) -> Scenario {
        let [first, ..] = ALL;
        let choices = Choices { profile: Some(profile.to_owned()), ..Choices::default() };
        first.read(&choices).map_err(|problems| problems.to_string()).unwrap()
    }

    /// The weight of each task and the first request in it.
    fn requests<'s>(scenario: &'s Scenario, class: &str) -> Vec<(u32, &'s RequestStep)> {
        let class = scenario.classes.iter().find(|known| known.name == class).unwrap();
        let Tasks::Weighted(tasks) = &class.tasks else { panic!("{:?}", class.tasks) };
        let first = |steps: &'s [Step]| {
            let mut found = None;
            visit(steps, &mut |step| {
                if let (Step::Request(request), None) = (step, found) {
                    found = Some(&**request);
                }
            });
            found.unwrap()
        };
        tasks.iter().map(|task| (task.weight, first(&task.steps))).collect()
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
    fn every_request_that_makes_a_plan_is_said_to_hold_one() {
        for shipped in ALL {
            let profiles = crate::core::scenario::file::asks::asks(shipped.text, None).profiles;
            for profile in profiles {
                let choices = Choices { profile: Some(profile), ..Choices::default() };
                let scenario = shipped.read(&choices).map_err(|problems| problems.to_string()).unwrap();
                for step in scenario.request_steps() {
                    let entry = &scenario.entries[step.entry.0];
                    let makes = entry.kind.as_str() == "POST"
                        && (entry.name.ends_with("/plans") || entry.name.ends_with("/plans/generate/stream"));
                    assert_eq!(step.plan.is_some(), makes, "{}: {}", shipped.name, entry.name);
                }
            }
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
    fn in_profile_locust_a_plan_and_a_video_are_asked_for_as_the_locustfile_does() {
        let scenario = in_profile("locust");
        assert_eq!(scenario, Scenario::oddiya(), "it is the usual one");
        let [_, _, (_, create), _, (_, video)] = requests(&scenario, "OddiyaUser")[..] else { panic!() };
        let Body::Text(body) = &create.request.body else { panic!("{:?}", create.request.body) };
        let [Part::Text(start), _, Part::Text(end)] = &body.parts[..] else { panic!("{body:?}") };
        assert_eq!(start, "{\"title\":\"Test Plan ");
        assert_eq!(end, "\",\"startDate\":\"2025-12-01\",\"endDate\":\"2025-12-03\"}");
        let of_video = Part::Blank {
            source: Source::Generator(Generator::Int { from: 1, to: 10 }),
            escape: Escape::Path,
        };
        assert_eq!(video.request.path.parts, [Part::Text("/api/videos/".to_owned()), of_video]);
    }

    #[test]
    fn in_the_other_profiles_bodies_are_what_the_host_takes_and_a_video_is_the_users_own() {
        for (profile, base) in [("gateway", "/api"), ("direct", "/api/v1")] {
            let scenario = in_profile(profile);
            let [(_, me), _, (_, create), _, _] = requests(&scenario, "OddiyaUser")[..] else { panic!() };
            assert_eq!(me.request.path, Template::plain(format!("{base}/users/me")));
            let Body::Text(body) = &create.request.body else { panic!("{:?}", create.request.body) };
            let right = r#"{"destination":"Seoul","startDate":"2025-12-01","endDate":"2025-12-03"}"#;
            assert_eq!(body, &Template::plain(right));
            let status = &scenario.classes[0].tasks.all().nth(4).unwrap().steps;
            assert!(matches!(status[..], [Step::If { condition: Condition::Filled(_), .. }]), "{status:?}");
        }
    }

    #[test]
    fn a_request_without_blanks_is_ready_made() {
        let scenario = Scenario::oddiya();
        let health = requests(&scenario, "StressTestUser")[0].1;
        assert!(health.request.id.is_some(), "{health:?}");
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
