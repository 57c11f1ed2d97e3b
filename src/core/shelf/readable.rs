//! A chosen scenario that can be read again, in the profile that its host turns out to call for.

use crate::core::scenario::Scenario;
use crate::core::scenario::file::asks::{Asks, asks};
use crate::core::scenario::file::surroundings::Choices;
use crate::core::shelf::check::{Verdict, check};
use crate::core::shelf::list::Which;
use crate::core::shelf::names::title;

/// The text of a scenario, and what a person gave for a run of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Readable {
    pub which: Which,
    pub text: String,
    pub given: Choices,
}

impl Readable {
    pub fn asks(&self) -> Asks {
        asks(&self.text, self.given.profile.as_deref())
    }

    /// The scenario in a profile, with addresses of services besides those that were given; `None` where it cannot be read so.
    pub fn read(&self, profile: Option<&str>, services: &[(String, String)]) -> Option<Scenario> {
        let choices = self.given.clone().with_found(profile, services);
        match check(&title(&self.text), &self.text, &choices) {
            Verdict::Right(scenario) => Some((*scenario).clone()),
            Verdict::Wants(..) | Verdict::Wrong(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::shelf::Records;
    use crate::core::shelf::list::text_of;

    #[test]
    fn a_scenario_is_read_again_in_the_profile_of_its_host() {
        let text = text_of(Which::default_one(), &Records::default()).unwrap();
        let readable = Readable { which: Which::default_one(), text, given: Choices::default() };
        let services = [("plan".to_owned(), "http://localhost:8083".to_owned())];
        let scenario = readable.read(Some("direct"), &services).unwrap();
        let further: Vec<_> = scenario.further_services().into_iter().map(|(name, _)| name).collect();
        assert_eq!(further, ["plan"]);
        let paths: Vec<_> = scenario.request_steps().iter().map(|step| step.request.path.clone()).collect();
        assert!(format!("{paths:?}").contains("/api/v1/users/me"));
    }
}
