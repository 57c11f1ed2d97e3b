//! The app: the head of the page, and below it the view that the address names.
//!
//! | file | what lives there |
//! |---|---|
//! | `header.rs` | name, links to the views, state of the run, colours |
//! | `report_view.rs`, `focus_address.rs` | `#/report/…` |
//!
//! `#/run` is in `ui/run`, `#/scenarios` and `#/scenario/…` in `ui/scenarios`, `#/reports` in `ui/library`, `#/compare` in
//! `ui/compare`, `#/suite` in `ui/suite`.

mod focus_address;
pub mod header;
mod report_view;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::compare::view::CompareView;
use super::files::open::{DropTarget, OpeningNotice};
use super::library::notice::NotKeptNotice;
use super::library::view::LibraryView;
use super::navigation::{ReportRef, View};
use super::run::advice::Advice;
use super::run::companion_banner::CompanionBanner;
use super::run::cutoff::CutoffOffer;
use super::run::direct_question::DirectQuestion;
use super::run::state::State;
use super::run::{RunAside, RunReport};
use super::scenarios::editor::{ScenarioView, SharedScenarioView};
use super::scenarios::list::ScenariosView;
use super::suite::view::SuiteView;
use crate::browser::page::address::{self, Views};
use header::Header;
use report_view::ReportView;

/// The app: it looks for a companion, and starts a run if the address asks for one.
#[component]
pub fn App() -> impl IntoView {
    let parameters = address::read();
    let state = State::new(&parameters);
    let views = parameters.views;
    if parameters.autostart {
        address::forget_autostart();
    }
    if parameters.demo && address::fragment().is_empty() {
        state.navigation.replace(View::Report(ReportRef::Example));
    }
    spawn_local(state.restore_reports());
    spawn_local(state.find_cutoffs());
    spawn_local(state.follow_address(parameters));
    view! { <Page state views /> }
}

/// The whole page. Tests give it a state of their own.
#[component]
pub fn Page(
    state: State,
    /// What the page shows of a run under way.
    #[prop(optional)]
    views: Views,
) -> impl IntoView {
    provide_context(state);
    warn_when_leaving(state);
    keep_finished_runs(state);
    let is_run = move || state.navigation.view() == View::Run;
    let view = move || match state.navigation.view() {
        View::Run => view! { <RunReport views /> }.into_any(),
        View::Scenarios => view! { <ScenariosView /> }.into_any(),
        View::Scenario(which) => view! { <ScenarioView which /> }.into_any(),
        View::SharedScenario => view! { <SharedScenarioView /> }.into_any(),
        View::Reports => view! { <LibraryView /> }.into_any(),
        View::Report(which) => view! { <ReportView which /> }.into_any(),
        View::Compare => view! { <CompareView /> }.into_any(),
        View::Suite => view! { <SuiteView /> }.into_any(),
    };
    view! {
        <Header />
        <div class="page" class:page-wide=move || !is_run()>
            <Show when=is_run>
                <RunAside />
            </Show>
            <main class="page-report">
                <Show when=is_run>
                    <Advice />
                    <DirectQuestion />
                </Show>
                <CompanionBanner companion=state.companion_state hosts=state.run_hosts />
                <CutoffOffer />
                <NotKeptNotice />
                <OpeningNotice reports=state.reports />
                {view}
            </main>
        </div>
        <DropTarget
            words="Drop a report or a scenario to open it"
            on_file=Callback::new(move |file| spawn_local(state.open_file(file)))
        />
    }
}

/// Lets the browser keep the report of each run as soon as it is over, so that it comes back after a reload, and the suite
/// go on.
fn keep_finished_runs(state: State) {
    Effect::new(move |was: Option<(bool, bool)>| {
        let (is_active, is_over) = state.run_state.with(|run| (run.is_active(), run.is_over()));
        if is_over && was.is_some_and(|(_, was_over)| !was_over) {
            state.keep_this_run();
        }
        // A run that was stopped before its first request has no report. The suite has to know of it too.
        if !is_active && was.is_some_and(|(was_active, _)| was_active) {
            state.stage_is_over();
        }
        (is_active, is_over)
    });
}

/// Makes the browser ask before it closes the page while a run is under way or a scenario has changes that are not saved. If
/// the page is closed nevertheless, the seconds of the run up to then can be recovered.
fn warn_when_leaving(state: State) {
    let ask = move |event: ev::BeforeUnloadEvent| {
        if state.is_active.get_untracked() || untrack(move || state.shelf.has_changes()) {
            event.prevent_default();
        }
    };
    let handle = window_event_listener(ev::beforeunload, ask);
    on_cleanup(move || handle.remove());
}
