//! What the page shows.
//!
//! | file | what lives there |
//! |---|---|
//! | `state.rs` | the signals that everything follows from |
//! | `header.rs` | name, where the run stands, progress, colours |
//! | `form/` | what to run: fields, presets, classes, buttons |
//! | `notices.rs` | why it could not start; which report is open; what to do on an empty page |
//! | `transfer.rs` | reports out and in: export, file picker, drag and drop |
//! | `tiles.rs` | figures at a headline |
//! | `chart/` | charts over time, drawn from `core::plot` |
//! | `show.rs` | what is there only sometimes |
//! | `figure_table.rs` | a table of distributions |
//! | `statistics.rs`, `phases.rs`, `streams.rs`, `failures.rs`, `trust.rs` | the tables, and whether the generator could be trusted |
//!
//! Components take values and signals; requests and files are `browser`'s, arithmetic is `core`'s.
//!
//! In a view, what changes is written as a closure there and then: `{move || word()}`, not `{word}`. The macro gives
//! such closures one type for each kind of value; those that only have a name are compiled anew each.

#![expect(clippy::redundant_closure, reason = "said above: a name alone makes the page larger")]

mod chart;
mod failures;
mod figure_table;
mod form;
mod header;
mod notices;
mod phases;
mod show;
pub mod state;
mod statistics;
mod streams;
mod tiles;
mod transfer;
mod trust;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::browser::address::{self, Views};
use chart::Charts;
use failures::Failures;
use form::RunForm;
use header::Header;
use notices::{Advice, CutoffOffer, OpenedBanner, Welcome};
use phases::Phases;
use show::Show;
use state::{Shared, State, page_state};
use statistics::Statistics;
use streams::Streams;
use tiles::Tiles;
use transfer::{DropTarget, Transfer};
use trust::GeneratorTrust;

/// Puts the app into the page.
pub fn mount() {
    mount_to_body(App);
}

/// The page at its address: looks for a companion and starts what the address asks for.
#[component]
pub fn App() -> impl IntoView {
    let asked = address::read();
    let state = State::new(&asked);
    let views = asked.views;
    spawn_local(state.look_for_cutoffs());
    spawn_local(state.look_around(asked));
    view! { <Page state views /> }
}

/// The whole page, of a state.
#[component]
pub fn Page(
    /// What the page knows.
    state: State,
    /// What it shows of a run.
    #[prop(optional)]
    views: Views,
) -> impl IntoView {
    provide_context(state);
    warn_when_leaving(state);
    let report = move || match views {
        Views::On => view! { <RunReport /> }.into_any(),
        Views::Off => view! { <Show when=move || !state.active.get()><RunReport /></Show> }.into_any(),
    };
    view! {
        <Header />
        <div class="page">
            <aside class="page-form" aria-label="Run">
                <RunForm />
            </aside>
            <main class="page-report">
                <Advice />
                <CutoffOffer />
                {report()}
            </main>
        </div>
        <DropTarget />
    }
}

/// The report on screen.
#[component]
fn RunReport() -> impl IntoView {
    let state = page_state();
    // On a phone the form grows back above it when a run ends; what was on screen stays there.
    Effect::new(move |was: Option<bool>| {
        let active = state.active.get();
        if was == Some(true) && !active {
            request_animation_frame(|| bring_into_view(".tiles"));
        }
        active
    });
    view! {
        <OpenedBanner />
        <Welcome />
        <Transfer />
        <Tiles />
        <Charts />
        <ReportTables report=state.shown />
    }
}

fn bring_into_view(selector: &str) {
    let Ok(Some(element)) = document().query_selector(selector) else { return };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// While a run is under way, the browser asks before it closes the page. It would be found again all the same.
fn warn_when_leaving(state: State) {
    let ask = move |event: ev::BeforeUnloadEvent| {
        if state.active.get_untracked() {
            event.prevent_default();
        }
    };
    let handle = window_event_listener(ev::beforeunload, ask);
    on_cleanup(move || handle.remove());
}

/// What is below the charts.
#[component]
fn ReportTables(
    /// The report on screen.
    report: Memo<Option<Shared>>,
) -> impl IntoView {
    view! {
        <Statistics report />
        <Phases report />
        <Streams report />
        <div class="page-pair">
            <Failures report />
            <GeneratorTrust report />
        </div>
    }
}
