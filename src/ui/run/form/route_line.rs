//! How requests will reach the host that is typed, and what that costs.

use leptos::prelude::*;

use crate::core::base::host::Host;
use crate::core::config::run_config::Field;
use crate::ui::state::{Lookup, page_state};

/// A way to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    Unknown,
    Companion,
    /// There is a companion, but it relays to this host only.
    PastCompanion(String),
    Direct,
}

fn way(lookup: &Lookup, typed: &str) -> Way {
    match lookup {
        Lookup::Looking => Way::Unknown,
        Lookup::Missing => Way::Direct,
        Lookup::Found(companion) if same_host(&companion.host, typed) => Way::Companion,
        Lookup::Found(companion) => Way::PastCompanion(companion.host.clone()),
    }
}

fn same_host(one: &str, other: &str) -> bool {
    match (one.parse::<Host>(), other.parse::<Host>()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one.trim() == other.trim(),
    }
}

const COST: &str = "The browser then opens at most six connections, shared by all users (more only to a host on \
                    localhost that sends Timing-Allow-Origin), and the host must allow requests from this page (CORS).";

/// The line below the host.
#[component]
pub fn RouteLine() -> impl IntoView {
    let state = page_state();
    let way = move || state.companion.with(|lookup| way(lookup, &state.draft.value(Field::Host)));
    let text = move || match way() {
        Way::Unknown => ("Looking for a companion…", String::new()),
        Way::Companion => ("Through the companion.", " Each user has connections of its own.".to_owned()),
        Way::PastCompanion(host) => ("Directly:", format!(" the companion relays only to {host}. {COST}")),
        Way::Direct => {
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
    use crate::browser::companion::Companion;

    #[test]
    fn the_way_follows_from_what_is_typed() {
        let companion = Companion { host: "http://localhost:8080".to_owned(), token: String::new() };
        let found = Lookup::Found(companion);
        assert_eq!(way(&found, " http://LOCALHOST:8080/ "), Way::Companion);
        assert_eq!(
            way(&found, "http://localhost:80"),
            Way::PastCompanion("http://localhost:8080".to_owned())
        );
        assert_eq!(way(&found, "http://localhost:80"), way(&found, "half-typed"));
        assert_eq!(way(&Lookup::Missing, "http://localhost:8080"), Way::Direct);
        assert_eq!(way(&Lookup::Looking, "http://localhost:8080"), Way::Unknown);
    }
}
