//! The route by which requests would reach the host in the form: through the companion, or straight to it.

use crate::browser::page::address;
use crate::browser::page::probe::companion::Companion;
use crate::core::base::host::Host;
use crate::core::present::command;

/// The port of a companion that was started without `--port`.
const USUAL_PORT: u16 = 8089;

/// The result of looking for a companion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CompanionLookup {
    #[default]
    Looking,
    /// A companion served the page.
    Found(Companion),
    /// No companion served the page.
    Missing,
}

/// Whether a person was asked if a run may go past the companion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DirectRun {
    #[default]
    NotAsked,
    /// The question is on screen.
    Asked {
        /// The host as typed.
        host: String,
        past: Past,
    },
    /// Runs of the host with this text may go past the companion.
    Allowed(String),
}

/// Where a run's requests go: to the host in the form, and to further services of the scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    /// The text of the field Host, unchecked.
    pub main: String,
    pub services: Vec<(String, Host)>,
}

/// A run past the companion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The hosts that the companion relays to.
    pub relays_to: String,
    /// The hosts of the run that it does not relay to.
    pub not_to: String,
}

/// The route to the hosts of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Unknown,
    Companion,
    /// There is a companion, but it does not relay to all hosts: requests would go straight to them.
    PastCompanion(Past),
    Direct,
}

/// The route to the hosts of a run. A host that is typed only in part is not one that the companion relays to.
pub fn route(lookup: &CompanionLookup, hosts: &Hosts) -> Route {
    match lookup {
        CompanionLookup::Looking => Route::Unknown,
        CompanionLookup::Missing => Route::Direct,
        CompanionLookup::Found(companion) => {
            past(companion, hosts).map_or(Route::Companion, Route::PastCompanion)
        }
    }
}

fn past(companion: &Companion, hosts: &Hosts) -> Option<Past> {
    if !hosts.main.parse::<Host>().is_ok_and(|host| companion.relays_to(&host)) {
        let not_to = hosts.main.trim().to_owned();
        return Some(Past { relays_to: companion.host.clone(), not_to });
    }
    let missing = hosts.services.iter().filter(|(name, host)| !companion.relays_to_service(name, host));
    let missing: Vec<_> = missing.map(|(name, host)| format!("the service {name} at {host}")).collect();
    let services = companion.services.iter().map(|(name, host)| format!("{name} at {host}"));
    let relays_to: Vec<_> = std::iter::once(companion.host.clone()).chain(services).collect();
    let past = Past { relays_to: relays_to.join(", "), not_to: missing.join(", ") };
    (!missing.is_empty()).then_some(past)
}

/// The command that starts a companion for the hosts, on the port that this page came from.
pub fn serve_command(hosts: &Hosts) -> String {
    command_at(hosts, address::port().unwrap_or(USUAL_PORT))
}

/// A host that was typed only in part is left to the reader.
fn command_at(hosts: &Hosts, port: u16) -> String {
    let host = hosts.main.parse::<Host>().map_or_else(|_| "HOST".to_owned(), |host| host.to_string());
    let serve = command::serve(&host, &hosts.services);
    if port == USUAL_PORT { serve } else { format!("{serve} --port {port}") }
}

/// What a run without the companion costs.
pub const COST_OF_DIRECT: &str = "Directly, all users share the browser's six connections (each has its own only on a localhost that sends \
     Timing-Allow-Origin), latency is by the page's own clock with the browser's queue in it, and the host must allow \
     requests from this page (CORS).";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_route_follows_from_the_typed_host() {
        let found = CompanionLookup::Found(companion(&[]));
        assert_eq!(route(&found, &hosts(" http://LOCALHOST:8080/ ", &[])), Route::Companion);
        for typed in ["http://localhost:80", "half-typed"] {
            let past = Past { relays_to: "http://localhost:8080".to_owned(), not_to: typed.to_owned() };
            assert_eq!(route(&found, &hosts(typed, &[])), Route::PastCompanion(past));
        }
        let typed = hosts("http://localhost:8080", &[]);
        assert_eq!(route(&CompanionLookup::Missing, &typed), Route::Direct);
        assert_eq!(route(&CompanionLookup::Looking, &typed), Route::Unknown);
    }

    #[test]
    fn every_service_of_the_scenario_must_be_relayed_to() {
        let found = CompanionLookup::Found(companion(&[("llm", "http://localhost:8000")]));
        let main = "http://localhost:8080";
        assert_eq!(route(&found, &hosts(main, &[("llm", "http://localhost:8000")])), Route::Companion);
        let both = [("llm", "http://localhost:8000"), ("auth", "http://localhost:8081")];
        let past = Past {
            relays_to: "http://localhost:8080, llm at http://localhost:8000".to_owned(),
            not_to: "the service auth at http://localhost:8081".to_owned(),
        };
        assert_eq!(route(&found, &hosts(main, &both)), Route::PastCompanion(past));
        let other = hosts(main, &[("llm", "http://localhost:1")]);
        assert!(matches!(route(&found, &other), Route::PastCompanion(_)));
        assert_eq!(
            command_at(&hosts(main, &both), 8089),
            "oddiya-load serve -H http://localhost:8080 --service llm=http://localhost:8000 --service \
             auth=http://localhost:8081"
        );
    }

    fn companion(services: &[(&str, &str)]) -> Companion {
        let services = services.iter().map(|(name, host)| ((*name).to_owned(), (*host).to_owned()));
        Companion {
            host: "http://localhost:8080".to_owned(),
            services: services.collect(),
            token: String::new(),
        }
    }

    fn hosts(main: &str, services: &[(&str, &str)]) -> Hosts {
        let services = services.iter().map(|(name, host)| ((*name).to_owned(), host.parse().unwrap()));
        Hosts { main: main.to_owned(), services: services.collect() }
    }

    #[test]
    fn the_command_names_the_host_and_a_port_that_is_not_the_usual_one() {
        assert_eq!(
            command_at(&hosts("http://localhost:8000/", &[]), 8089),
            "oddiya-load serve -H http://localhost:8000"
        );
        assert_eq!(
            command_at(&hosts("https://oddiya.example", &[]), 8090),
            "oddiya-load serve -H https://oddiya.example --port 8090"
        );
        assert_eq!(command_at(&hosts("half-typed", &[]), 8089), "oddiya-load serve -H HOST");
    }
}
