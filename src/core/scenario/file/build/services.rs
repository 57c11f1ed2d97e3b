//! The hosts of a scenario: their addresses by file, profile and command line.

use super::pieces::plain_name;
use crate::core::base::host::Host;
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::problem::Place;
use crate::core::scenario::file::settings::Settings;
use crate::core::scenario::file::surroundings::Choices;
use crate::core::scenario::file::trouble::Trouble;
use crate::core::scenario::file::wire::forms::{Fields, TextOr};
use crate::core::scenario::file::wire::{WireScenario, WireService};
use crate::core::scenario::model::scenario::{Service, ServiceId};

/// The name of the only service of a file that names none.
const MAIN: &str = "main";

/// The hosts, and what stands before the paths of their requests.
#[derive(Clone, Debug)]
pub struct Services {
    pub list: Vec<Service>,
    prefixes: Vec<String>,
    /// The service that answers for another one: itself, unless it has no address.
    answering: Vec<ServiceId>,
}

impl Services {
    /// Finds the addresses, and notes what is wrong with them.
    pub fn find(wire: &WireScenario, settings: &Settings, choices: &Choices, trouble: &Trouble) -> Self {
        let in_profile = settings.profile.as_ref().map(|profile| &profile.services);
        let known = || wire.services.0.iter().map(|(name, _)| name.value.as_str());
        for (name, _) in in_profile.into_iter().flat_map(|fields| &fields.0) {
            if !known().any(|known| known == name.value) {
                trouble.about(
                    name,
                    format!("no service `{}`; {}", name.value, trouble.instead(&name.value, known())),
                );
            }
        }
        for (name, _) in &choices.services {
            if !known().any(|known| known == name) {
                let message =
                    format!("no service `{name}` for --service; {}", trouble.instead(name, known()));
                trouble.add(Place::default(), 1, message);
            }
        }
        let mut services = Self { list: Vec::new(), prefixes: Vec::new(), answering: Vec::new() };
        for (name, service) in &wire.services.0 {
            services.add(name, service, in_profile, choices, trouble);
        }
        if services.list.is_empty() {
            services.list.push(Service { name: MAIN.to_owned(), url: None });
            services.prefixes.push(String::new());
            services.answering.push(ServiceId(0));
        }
        services
    }

    fn add(
        &mut self,
        name: &At<String>,
        service: &TextOr<WireService>,
        in_profile: Option<&Fields<TextOr<WireService>>>,
        choices: &Choices,
        trouble: &Trouble,
    ) {
        if let Err(problem) = plain_name(&name.value) {
            trouble.about(name, problem);
        }
        let own = full(name, service);
        let other = in_profile
            .and_then(|fields| fields.0.iter().find(|(known, _)| known.value == name.value))
            .map(|(name, service)| full(name, service))
            .unwrap_or_default();
        let chosen = choices.services.iter().rev().find(|(chosen, _)| *chosen == name.value);
        let url = other.url.or(own.url);
        let is_main = self.list.is_empty();
        let prefix = other.prefix.or(own.prefix);
        let written = |url: &At<String>| {
            let host = url.value.parse::<Host>().map_err(|error| format!("the address {error}"));
            trouble.keep(url, host)
        };
        let address = match chosen {
            Some((_, chosen)) => chosen_address(&name.value, chosen, trouble),
            None => url.as_ref().and_then(written),
        };
        let has_address = url.is_some() || chosen.is_some();
        let stand_in = other.same_as.or(own.same_as).filter(|_| !has_address);
        let stand_in = stand_in.map(|same_as| self.named(&same_as, trouble));
        if !has_address && !is_main && stand_in.is_none() {
            let way = format!("write `{}: http://…`, or run with --service {}=URL", name.value, name.value);
            trouble.about(name, format!("the service has no address; {way}"));
        }
        let prefix = prefix.filter(|prefix| {
            let right = prefix.value.is_empty() || prefix.value.starts_with('/');
            if !right {
                trouble.about(prefix, format!("the prefix `{}` must begin with `/`", prefix.value));
            }
            right
        });
        self.answering.push(stand_in.flatten().unwrap_or(ServiceId(self.list.len())));
        self.list.push(Service { name: name.value.clone(), url: address });
        self.prefixes
            .push(prefix.map(|prefix| prefix.value.trim_end_matches('/').to_owned()).unwrap_or_default());
    }

    /// The service that answers for the one of that name.
    pub fn named(&self, name: &At<String>, trouble: &Trouble) -> Option<ServiceId> {
        let found = self.list.iter().position(|service| service.name == name.value);
        if found.is_none() {
            let known = self.list.iter().map(|service| service.name.as_str());
            trouble
                .about(name, format!("no service `{}`; {}", name.value, trouble.instead(&name.value, known)));
        }
        found.and_then(|place| self.answering.get(place).copied())
    }

    /// What stands before the paths of a service's requests.
    pub fn prefix(&self, service: ServiceId) -> &str {
        self.prefixes.get(service.0).map_or("", String::as_str)
    }
}

/// An address that was chosen beside the text, which has no place in it.
fn chosen_address(service: &str, url: &str, trouble: &Trouble) -> Option<Host> {
    let wrong = |error| {
        trouble.add(Place::default(), 1, format!("--service {service}: the address {error}"));
    };
    url.parse::<Host>().map_err(wrong).ok()
}

/// A service with its fields; an address alone stands for `url`.
fn full(name: &At<String>, service: &TextOr<WireService>) -> WireService {
    match service {
        TextOr::Full(full) => full.clone(),
        TextOr::Text(url) => {
            let url = At { place: name.place, value: url.text.clone() };
            WireService { url: Some(url), ..WireService::default() }
        }
    }
}
