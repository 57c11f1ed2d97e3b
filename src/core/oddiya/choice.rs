//! What a recognised host changes in a run: the profile of its scenario, addresses of services, and its classes where nobody
//! chose any.

use super::recognition::{Part, Recognition, Target};
use crate::core::base::host::Host;
use crate::core::scenario::file::asks::{AskedService, Asks};

/// The class of the usual scenario whose host is the llm-agent.
const OF_AGENT: &str = "PlanStreamUser";
/// The llm-agent's name among the services of a scenario.
const AGENT: &str = "llm";

/// Who chose the classes of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassesBy {
    /// A person named them, or the scenario is a person's.
    Person,
    /// The scenario is the usual one, with its usual classes.
    Nobody,
}

/// What is chosen for a run. What a person chose stands beside it and counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub profile: Option<&'static str>,
    /// The addresses of services that were found, or that the host's name says. What a person typed goes before them.
    pub services: Vec<(String, String)>,
    pub classes: Option<String>,
}

/// Whether recognising the host could change a run of this scenario.
pub fn can_choose(asks: &Asks) -> bool {
    asks.profiles.iter().any(|name| Target::of_profile(name).is_some())
}

/// What a recognised host changes; `None` when it is nothing.
pub fn choice(recognition: &Recognition, host: &Host, asks: &Asks, classes: ClassesBy) -> Option<Choice> {
    let profile = recognition.target().map(Target::profile);
    let profile = profile.filter(|profile| asks.profiles.iter().any(|known| known == profile));
    let services = asks.services.iter().skip(1).filter(|_| profile.is_some());
    let services = services.filter_map(|asked| {
        let place = found(recognition, host, asked).or_else(|| beside(host, asked))?;
        Some((asked.name.clone(), place.to_string()))
    });
    let choice = Choice {
        profile,
        services: services.collect(),
        classes: (recognition.is_agent() && classes == ClassesBy::Nobody).then(|| OF_AGENT.to_owned()),
    };
    (choice != Choice::default()).then_some(choice)
}

/// Where a service was found, where that says more than the text. A service without an address is part of the main one.
fn found(recognition: &Recognition, host: &Host, asked: &AskedService) -> Option<Host> {
    let (_, place) = recognition.parts().iter().find(|(part, _)| part.name() == asked.name)?;
    (asked.url.is_some() || place != host).then(|| place.clone())
}

/// The text's port at the name of the host, for a part of Oddiya that the text has at localhost: who loads a host elsewhere has
/// its other parts there too.
fn beside(host: &Host, asked: &AskedService) -> Option<Host> {
    let is_oddiyas = asked.name == AGENT || Part::ALL.iter().any(|part| part.name() == asked.name);
    let written: Host = asked.url.as_ref()?.parse().ok()?;
    let is_meant = is_oddiyas && written.is_localhost() && !host.is_localhost();
    is_meant.then(|| written.named_as(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::oddiya::recognition::{NotSeen, Oddiya};
    use crate::core::scenario::file::asks::asks;
    use crate::core::scenario::shipped;

    fn host(port: u16) -> Host {
        format!("http://localhost:{port}").parse().unwrap()
    }

    fn usual() -> Asks {
        let [first, ..] = shipped::ALL;
        asks(first.text, None)
    }

    fn chosen(recognition: Recognition, asks: &Asks, classes: ClassesBy) -> Option<Choice> {
        choice(&recognition, &host(8082), asks, classes)
    }

    #[test]
    fn the_profile_is_that_of_the_host_and_services_have_the_addresses_that_were_found() {
        let parts = vec![(Part::User, host(8082)), (Part::Plan, host(8083)), (Part::Auth, host(8081))];
        let direct = Recognition::Oddiya(Oddiya::Direct { parts });
        let services = vec![("plan".to_owned(), "http://localhost:8083".to_owned())];
        let right = Choice { profile: Some("direct"), services, classes: None };
        assert_eq!(chosen(direct, &usual(), ClassesBy::Nobody), Some(right));
    }

    #[test]
    fn services_that_were_found_stand_in_place_of_the_addresses_in_the_text() {
        let asks = asks(shipped::named("app-browse").unwrap().text, Some("direct"));
        let at = |port: u16| format!("http://far:{port}").parse::<Host>().unwrap();
        let parts = vec![(Part::User, at(8082)), (Part::Plan, at(8083))];
        let direct = Recognition::Oddiya(Oddiya::Direct { parts });
        let services = choice(&direct, &at(8082), &asks, ClassesBy::Person).unwrap().services;
        let named = |name: &str, port| (name.to_owned(), at(port).to_string());
        let beside = [named("video", 8084), named("llm", 8000)];
        assert_eq!(services, [&[named("plan", 8083), named("user", 8082)][..], &beside].concat());
    }

    #[test]
    fn oddiyas_other_parts_are_where_the_host_is_and_a_persons_own_service_stays() {
        let text = "scenario: s\nservices:\n  oddiya: http://localhost:8080\n  llm: http://localhost:8000\n  \
                    auth: http://other:8081\n  payments: http://localhost:9000\nprofiles: { gateway: {} }\n";
        let asks = asks(text, None);
        let services = |host: &str| {
            let gateway = Recognition::Oddiya(Oddiya::Gateway);
            choice(&gateway, &host.parse().unwrap(), &asks, ClassesBy::Person).unwrap().services
        };
        assert_eq!(services("https://far"), [("llm".to_owned(), "http://far:8000".to_owned())]);
        assert_eq!(services("http://localhost:8080"), []);
    }

    #[test]
    fn the_llm_agent_has_its_own_class_unless_a_person_chose() {
        let agent = || Recognition::Oddiya(Oddiya::Agent);
        let right = Choice { classes: Some(OF_AGENT.to_owned()), ..Choice::default() };
        assert_eq!(chosen(agent(), &usual(), ClassesBy::Nobody), Some(right));
        assert_eq!(chosen(agent(), &usual(), ClassesBy::Person), None);
    }

    #[test]
    fn a_scenario_with_other_profiles_and_a_host_that_is_none_stay_as_they_are() {
        let own = Asks { profiles: vec!["staging".to_owned()], ..Asks::default() };
        assert!(!can_choose(&own) && can_choose(&usual()));
        assert_eq!(chosen(Recognition::Oddiya(Oddiya::Gateway), &own, ClassesBy::Nobody), None);
        let none = Recognition::None(NotSeen::OutOfTime);
        assert_eq!(chosen(none, &usual(), ClassesBy::Nobody), None);
    }
}
