//! The line that says how requests will reach the host in the form, and what that route costs.

use leptos::prelude::*;

use crate::browser::page::probe::companion::Companion;
use crate::core::base::host::Host;
use crate::core::config::run_config::Field;
use crate::ui::run::state::{CompanionLookup, page_state};

/// The route to the host in the form.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Route {
    Unknown,
    Companion,
    /// There is a companion, but it relays only to this other host.
    PastCompanion(String),
    Direct,
}

fn route(lookup: &CompanionLookup, typed: &str) -> Route {
    match lookup {
        CompanionLookup::Looking => Route::Unknown,
        CompanionLookup::Missing => Route::Direct,
        CompanionLookup::Found(companion) if relays_to(companion, typed) => Route::Companion,
        CompanionLookup::Found(companion) => Route::PastCompanion(companion.host.clone()),
    }
}

/// Whether the companion relays to the typed host. A host that is typed only in part does not count.
fn relays_to(companion: &Companion, typed: &str) -> bool {
    typed.parse::<Host>().is_ok_and(|host| companion.relays_to(&host))
}

const COST: &str = "The browser then opens at most six connections, shared by all users (more only to a host on \
                    localhost that sends Timing-Allow-Origin), and the host must allow requests from this page (CORS).";

#[component]
pub fn RouteLine() -> impl IntoView {
    let state = page_state();
    let route = move || state.companion.with(|lookup| route(lookup, &state.draft.value(Field::Host)));
    let text = move || match route() {
        Route::Unknown => ("Looking for a companion…", String::new()),
        Route::Companion => ("Through the companion.", " Each user has connections of its own.".to_owned()),
        Route::PastCompanion(host) => ("Directly:", format!(" the companion relays only to {host}. {COST}")),
        Route::Direct => {
            let start = "oddiya-load serve avoids both.";
            ("Directly:", format!(" no companion found. {COST} {start}"))
        }
    };
    view! {
        <p class="route-line" data-testid="route">
            <strong>{move || text().0}</strong>
            {move || text().1}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_route_follows_from_the_typed_host() {
        let companion = Companion { host: "http://localhost:8080".to_owned(), token: String::new() };
        let found = CompanionLookup::Found(companion);
        assert_eq!(route(&found, " http://LOCALHOST:8080/ "), Route::Companion);
        assert_eq!(
            route(&found, "http://localhost:80"),
            Route::PastCompanion("http://localhost:8080".to_owned())
        );
        assert_eq!(route(&found, "http://localhost:80"), route(&found, "half-typed"));
        assert_eq!(route(&CompanionLookup::Missing, "http://localhost:8080"), Route::Direct);
        assert_eq!(route(&CompanionLookup::Looking, "http://localhost:8080"), Route::Unknown);
    }
}
