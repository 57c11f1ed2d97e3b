//! The banner that says that the companion of a run is gone, silent or back without a host of the run, and how to start it again.

use leptos::prelude::*;

use super::route::{Hosts, serve_command};
use crate::browser::page::companion_state::CompanionState;
use crate::core::base::units::format_clock;

/// The banner. It is shown only while something is the matter.
#[component]
pub fn CompanionBanner(
    #[prop(into)] companion: Signal<CompanionState>,
    /// The hosts of the run.
    #[prop(into)]
    hosts: Signal<Hosts>,
) -> impl IntoView {
    // A screen reader says the banner once. So it is drawn anew only when its words change, and the seconds, which change
    // every second, are not said.
    let words = Memo::new(move |_| companion.with(words));
    let banner = move || words.get().map(|words| view! { <Banner words companion hosts /> });
    view! { <div role="alert">{banner}</div> }
}

/// What the banner says, without the seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Words {
    problem: &'static str,
    what: String,
}

fn words(companion: &CompanionState) -> Option<Words> {
    let (problem, what) = match companion {
        CompanionState::Present => return None,
        CompanionState::Gone { .. } => (
            "The companion is gone.",
            "No request is started until it is back; the run then goes on by itself. The seconds without it are marked, and \
             its lost requests are not counted as the host's failures. Start it again:"
                .to_owned(),
        ),
        CompanionState::Silent { .. } => (
            "The companion does not answer.",
            "It may be paused, or its machine overloaded; the host is not to blame. The seconds without it are marked. If it \
             does not come back, end it and start it again:"
                .to_owned(),
        ),
        CompanionState::BackWithAnotherHost { host } => (
            "The companion is back, but not for all hosts of this run.",
            format!("It relays to {host} now, so this run cannot go on through it. Start it again for the run's hosts:"),
        ),
    };
    Some(Words { problem, what })
}

fn for_s(companion: &CompanionState) -> Option<u64> {
    match companion {
        CompanionState::Gone { for_s } | CompanionState::Silent { for_s } => Some(*for_s),
        CompanionState::Present | CompanionState::BackWithAnotherHost { .. } => None,
    }
}

#[component]
fn Banner(words: Words, companion: Signal<CompanionState>, hosts: Signal<Hosts>) -> impl IntoView {
    let Words { problem, what } = words;
    let since = move || {
        let for_s = companion.with(for_s);
        for_s.map(|for_s| format!(" (for {})", format_clock(for_s as f64)))
    };
    let command = move || serve_command(&hosts.get());
    view! {
        <section class="notice notice-trouble" data-testid="companion-banner" aria-label="Companion">
            <h2>{problem}<span aria-live="off">{since}</span></h2>
            <p>{what}" "<code data-testid="companion-command">{command}</code></p>
        </section>
    }
}
