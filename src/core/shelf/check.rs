//! Whether a text is right: the scenario that it is, what is wrong with it, or what must be given before it can run.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::core::scenario::Scenario;
use crate::core::scenario::file::asks::{Asks, asks};
use crate::core::scenario::file::problem::{Place, Problems};
use crate::core::scenario::file::read;
use crate::core::scenario::file::surroundings::{Choices, Nothing};
use crate::core::shelf::ready;

/// The result of reading a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It can run.
    Right(Arc<Scenario>),
    /// The text is right, and these values must be given before it can run.
    Wants(Vec<Want>, Arc<Scenario>),
    Wrong(Arc<Problems>),
}

/// A value that a text leaves open, to be given for the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// The value of a setting.
    Setting {
        name: String,
        /// The environment variable that has it on a command line.
        env: Option<String>,
    },
    /// The address of a service.
    Address(String),
}

impl Want {
    /// What must be given, for a sentence of the page.
    pub fn words(&self) -> String {
        match self {
            Self::Setting { name, env: None } => format!("a value for `{name}`"),
            Self::Setting { name, env: Some(env) } => {
                format!("a value for `{name}` (on a command line: {env})")
            }
            Self::Address(service) => format!("an address for the service `{service}`"),
        }
    }
}

impl Verdict {
    /// The scenario, where nothing is wrong with its text. A value that must be given has a stand-in in it, a service whose
    /// address must be given has none.
    pub fn scenario(&self) -> Option<&Arc<Scenario>> {
        match self {
            Self::Right(scenario) | Self::Wants(_, scenario) => Some(scenario),
            Self::Wrong(_) => None,
        }
    }
}

/// The values that are tried in place of one that was not given, so that the rest of a text can be read. Most such values are
/// names or numbers, the others addresses, statuses or paths.
const STAND_INS: [&str; 4] = ["1", "http://localhost", "200", "/"];

/// Reads a text with what was chosen and given for a run of it. Choices that the text does not ask for are left out, because
/// the text may have changed since they were made. `name` is the text's name in messages.
pub fn check(name: &str, text: &str, choices: &Choices) -> Verdict {
    if let Some(scenario) = ready::scenario(text, choices) {
        return Verdict::Right(Arc::new(scenario));
    }
    let asked = asks(text, choices.profile.as_deref());
    let choices = asked_for(choices, &asked);
    let wants = wants(&asked, &choices);
    if wants.is_empty() {
        return match read(name, text, &choices, &Nothing) {
            Ok(scenario) => Verdict::Right(Arc::new(scenario)),
            Err(problems) => Verdict::Wrong(Arc::new(problems)),
        };
    }
    let read_with =
        |stand_ins: &[&str]| read(name, text, &with_stand_ins(&choices, &wants, stand_ins), &Nothing);
    match with_best_stand_ins(wants.len(), read_with) {
        Ok(scenario) => {
            let scenario = without_stand_ins(scenario, &wants);
            Verdict::Wants(wants, Arc::new(scenario))
        }
        Err(problems) => Verdict::Wrong(Arc::new(problems)),
    }
}

/// Removes the addresses that were made up for services whose address must be given.
fn without_stand_ins(mut scenario: Scenario, wants: &[Want]) -> Scenario {
    for service in &mut scenario.services {
        if wants.contains(&Want::Address(service.name.clone())) {
            service.url = None;
        }
    }
    scenario
}

/// Reads a text with the stand-ins that leave the fewest problems, chosen one value after the other. One problem may hide
/// another, so it starts over as long as a choice has helped.
fn with_best_stand_ins(
    wants: usize,
    read_with: impl Fn(&[&str]) -> Result<Scenario, Problems>,
) -> Result<Scenario, Problems> {
    let [usual, others @ ..] = STAND_INS;
    let mut stand_ins = vec![usual; wants];
    let mut best = read_with(&stand_ins);
    let mut got_farther = true;
    while got_farther {
        got_farther = false;
        for (want, other) in (0..wants).flat_map(|want| others.map(|other| (want, other))) {
            if best.is_ok() {
                return best;
            }
            let mut tried = stand_ins.clone();
            tried.iter_mut().skip(want).take(1).for_each(|stand_in| *stand_in = other);
            let found = read_with(&tried);
            if distance(&found) < distance(&best) {
                (best, stand_ins, got_farther) = (found, tried, true);
            }
        }
    }
    best
}

/// How far a reading is from a scenario: the number of problems, then how early the first one stands.
fn distance(read: &Result<Scenario, Problems>) -> (usize, Reverse<Place>) {
    let Err(problems) = read else { return Default::default() };
    let first = problems.list.first().map_or_else(Default::default, |problem| problem.place);
    (problems.list.len() + problems.more, Reverse(first))
}

fn asked_for(choices: &Choices, asked: &Asks) -> Choices {
    let Choices { profile, settings, services } = choices.clone();
    let is_given = |(_, value): &(String, String)| !value.trim().is_empty();
    let has_setting =
        |(name, _): &(String, String)| asked.settings.iter().any(|setting| setting.name == *name);
    let has_service =
        |(name, _): &(String, String)| asked.services.iter().any(|service| service.name == *name);
    Choices {
        profile: profile.filter(|profile| asked.profiles.contains(profile)),
        settings: settings.into_iter().filter(is_given).filter(has_setting).collect(),
        services: services.into_iter().filter(is_given).filter(has_service).collect(),
    }
}

fn wants(asked: &Asks, choices: &Choices) -> Vec<Want> {
    let is_given = |given: &[(String, String)], name: &str| given.iter().any(|(known, _)| known == name);
    let settings = asked
        .settings
        .iter()
        .filter(|setting| setting.default.is_none() && !is_given(&choices.settings, &setting.name))
        .map(|setting| Want::Setting { name: setting.name.clone(), env: setting.env.clone() });
    // The main service's address is the host of the form.
    let services = asked.services.iter().skip(1);
    let services = services
        .filter(|service| service.url.is_none() && service.same_as.is_none())
        .filter(|service| !is_given(&choices.services, &service.name))
        .map(|service| Want::Address(service.name.clone()));
    settings.chain(services).collect()
}

fn with_stand_ins(choices: &Choices, wants: &[Want], stand_ins: &[&str]) -> Choices {
    let mut filled = choices.clone();
    for (want, stand_in) in wants.iter().zip(stand_ins) {
        match want {
            Want::Setting { name, .. } => filled.settings.push((name.clone(), (*stand_in).to_owned())),
            Want::Address(name) => filled.services.push((name.clone(), "http://localhost".to_owned())),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
scenario: shop
services:
  shop: http://localhost:8080
  pay: {}
settings:
  password: { env: SHOP_PASSWORD }
  size: 20
users:
  Buyer:
    tasks:
      - get: /items?size=${size}
        headers: { X-Password: \"${password}\" }
      - get: /pay
        service: pay
";

    fn choices(settings: &[(&str, &str)], services: &[(&str, &str)]) -> Choices {
        let owned = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        Choices { profile: None, settings: owned(settings), services: owned(services) }
    }

    #[test]
    fn what_a_right_text_leaves_open_is_asked_for_and_is_no_mistake() {
        let Verdict::Wants(wants, scenario) = check("shop", TEXT, &Choices::default()) else { panic!() };
        let words: Vec<_> = wants.iter().map(Want::words).collect();
        assert_eq!(
            words,
            ["a value for `password` (on a command line: SHOP_PASSWORD)", "an address for the service `pay`"]
        );
        assert_eq!((scenario.classes[0].name.as_str(), &scenario.services[1].url), ("Buyer", &None));
        let given = choices(&[("password", "s3cret-9")], &[("pay", "http://localhost:81")]);
        let Verdict::Right(scenario) = check("shop", TEXT, &given) else { panic!() };
        assert_eq!(scenario.services[1].url.as_ref().unwrap().port, 81);
        assert_eq!(scenario.secrets, ["s3cret-9"]);
    }

    #[test]
    fn an_empty_value_is_none_and_a_choice_that_the_text_does_not_ask_for_is_left_out() {
        let blank = choices(&[("password", " "), ("gone", "1")], &[("gone", "x"), ("pay", "")]);
        let Verdict::Wants(wants, _) = check("shop", TEXT, &blank) else { panic!() };
        assert_eq!(wants.len(), 2);
        let gone = Choices { profile: Some("gone".into()), ..Choices::default() };
        assert!(matches!(check("shop", TEXT, &gone), Verdict::Wants(..)));
    }

    #[test]
    fn a_mistake_is_found_also_where_something_is_still_to_be_given() {
        let Verdict::Wrong(problems) =
            check("shop", &TEXT.replace("headers:", "haeders:"), &Choices::default())
        else {
            panic!()
        };
        assert_eq!((problems.list.len(), problems.list[0].place.line), (1, 13));
        assert!(problems.list[0].message.contains("did you mean `headers`?"), "{problems}");
    }

    #[test]
    fn values_of_several_kinds_that_are_still_to_be_given_are_no_mistake() {
        let text = TEXT
            .replace("shop: http://localhost:8080", "shop: ${base}")
            .replace("size: 20", "base: { env: B }\n  size: 20\n  code: { env: C }\n  path: { env: P }")
            .replace("      - get: /pay", "      - get: ${path}\n        expect: ${code}\n      - get: /pay");
        let Verdict::Wants(wants, _) = check("shop", &text, &Choices::default()) else {
            panic!("{:?}", check("shop", &text, &Choices::default()))
        };
        assert_eq!(wants.len(), 5);
    }

    #[test]
    fn an_address_that_is_a_setting_is_asked_for_too() {
        let text = TEXT
            .replace("shop: http://localhost:8080", "shop: ${base}")
            .replace("size: 20", "base: { env: B }\n  size: 3");
        let Verdict::Wants(wants, _) = check("shop", &text, &Choices::default()) else { panic!() };
        assert_eq!(wants.len(), 3);
    }
}
