//! The route by which requests would reach the host in the form: through the companion, or straight to it.

use crate::browser::page::address;
use crate::browser::page::probe::companion::Companion;
use crate::core::base::host::Host;

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

/// Whether somebody was asked if a run may go past the companion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DirectRun {
    #[default]
    NotAsked,
    /// The question is on screen.
    Asked {
        /// The host as typed.
        host: String,
        /// The companion's host.
        relays_to: String,
    },
    /// Runs of the host with this text may go past the companion.
    Allowed(String),
}

/// The route to a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Unknown,
    Companion,
    /// There is a companion, but it relays to another host: requests would go straight to the typed one.
    PastCompanion {
        /// The host that the companion relays to.
        relays_to: String,
    },
    Direct,
}

/// The route to a typed host. A host that is typed only in part is not one that the companion relays to.
pub fn route(lookup: &CompanionLookup, typed: &str) -> Route {
    match lookup {
        CompanionLookup::Looking => Route::Unknown,
        CompanionLookup::Missing => Route::Direct,
        CompanionLookup::Found(companion) if relays_to(companion, typed) => Route::Companion,
        CompanionLookup::Found(companion) => Route::PastCompanion { relays_to: companion.host.clone() },
    }
}

fn relays_to(companion: &Companion, typed: &str) -> bool {
    typed.parse::<Host>().is_ok_and(|host| companion.relays_to(&host))
}

/// The command that starts a companion for a host, on the port that this page came from.
pub fn serve_command(host: &str) -> String {
    command_at(host, address::port().unwrap_or(USUAL_PORT))
}

/// A host that was typed only in part is left to the reader.
fn command_at(typed: &str, port: u16) -> String {
    let host = typed.parse::<Host>().map_or_else(|_| "HOST".to_owned(), |host| host.to_string());
    let port = if port == USUAL_PORT { String::new() } else { format!(" --port {port}") };
    format!("oddiya-load serve -H {host}{port}")
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
        let companion = Companion { host: "http://localhost:8080".to_owned(), token: String::new() };
        let found = CompanionLookup::Found(companion);
        assert_eq!(route(&found, " http://LOCALHOST:8080/ "), Route::Companion);
        let past = Route::PastCompanion { relays_to: "http://localhost:8080".to_owned() };
        assert_eq!(route(&found, "http://localhost:80"), past);
        assert_eq!(route(&found, "half-typed"), past);
        assert_eq!(route(&CompanionLookup::Missing, "http://localhost:8080"), Route::Direct);
        assert_eq!(route(&CompanionLookup::Looking, "http://localhost:8080"), Route::Unknown);
    }

    #[test]
    fn the_command_names_the_host_and_a_port_that_is_not_the_usual_one() {
        assert_eq!(command_at("http://localhost:8000/", 8089), "oddiya-load serve -H http://localhost:8000");
        assert_eq!(
            command_at("https://oddiya.example", 8090),
            "oddiya-load serve -H https://oddiya.example --port 8090"
        );
        assert_eq!(command_at("half-typed", 8089), "oddiya-load serve -H HOST");
    }
}
