//! The view at `#/report/…`: one report, as wide as the page.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::focus_address::focus_in_address;
use crate::core::analyse::headline::Window;
use crate::core::library::id::ReportId;
use crate::ui::files::banner::OpenedBanner;
use crate::ui::files::open::OpenButton;
use crate::ui::files::open_reports::{OpenReport, Opening, Source};
use crate::ui::navigation::{ReportRef, View};
use crate::ui::report::bar::{Completeness, ReportBar, Saved};
use crate::ui::report::{ReportBody, SharedReport};
use crate::ui::run::route::CompanionLookup;
use crate::ui::run::state::{State, page_state};
use crate::ui::run::{RunBar, live_window};

/// The report that the address names.
#[component]
pub fn ReportView(which: ReportRef) -> impl IntoView {
    match which {
        ReportRef::Run => view! { <OwnReport /> }.into_any(),
        ReportRef::Example => view! { <Example /> }.into_any(),
        ReportRef::Opened(id) => view! { <ById id /> }.into_any(),
    }
}

/// A report by its id. One that is kept elsewhere is read when it is first shown.
#[component]
fn ById(id: ReportId) -> impl IntoView {
    let state = page_state();
    let open = Memo::new(move |_| state.reports.get(id));
    let is_missing = RwSignal::new(false);
    Effect::new(move || {
        // The folder is known as soon as the companion is.
        let is_looking = id.is_of_file() && state.companion.get() == CompanionLookup::Looking;
        if open.with_untracked(Option::is_none) && !is_looking {
            spawn_local(async move {
                let is_found = state.load_report(id).await;
                is_missing.try_set(!is_found);
            });
        }
    });
    move || match open.get() {
        Some(OpenReport { report, source, .. }) => {
            view! { <OpenedReport id source shared=report /> }.into_any()
        }
        None if is_missing.get() => view! { <NotOpen /> }.into_any(),
        None => view! { <p class="notice" role="status">"Reading the report …"</p> }.into_any(),
    }
}

/// The report of this tab's last run.
#[component]
fn OwnReport() -> impl IntoView {
    let state = page_state();
    view! {
        <RunBar report=state.live />
        <ReportBody report=state.live window=live_window(state) focus=focus_in_address(state.navigation) />
    }
}

/// The example report. It is made when it is first shown.
#[component]
fn Example() -> impl IntoView {
    let state = page_state();
    // After this view is built, because it changes what the view shows.
    spawn_local(async move { state.make_example() });
    move || match state.reports.find(|open| open.source == Source::Example) {
        Some(OpenReport { id, source, report }) => {
            view! { <OpenedReport id source shared=report /> }.into_any()
        }
        None => ().into_any(),
    }
}

/// A report that was opened.
#[component]
fn OpenedReport(id: ReportId, source: Source, shared: SharedReport) -> impl IntoView {
    let state = page_state();
    let report = Memo::new(move |_| Some(shared.clone()));
    let is_listed = matches!(source, Source::Run | Source::File(_) | Source::Folder(_));
    let close_label = Signal::derive(move || if is_listed { "Close" } else { close_label(state) }.to_owned());
    let on_close = move |()| state.close(id);
    view! {
        <OpenedBanner source=source.clone() close_label on_close=Callback::new(on_close) />
        <OpenedBar report source />
        <ReportBody report window=Memo::new(|_| Window::Whole) focus=focus_in_address(state.navigation) />
    }
}

fn close_label(state: State) -> &'static str {
    match (state.is_active.get(), state.live.with(Option::is_some)) {
        (true, _) => "Back to the run under way",
        (false, true) => "Back to the run",
        (false, false) => "Close",
    }
}

#[component]
fn OpenedBar(report: Memo<Option<SharedReport>>, source: Source) -> impl IntoView {
    let state = page_state();
    let on_saved = move |saved| match (saved, source.clone()) {
        (Saved::Refused(name), _) => state.reports.refuse(name, "the browser did not let it be saved"),
        // The report is in a file now, so the browser need not keep the run any longer.
        (Saved::Done, Source::Recovered(cutoff)) => spawn_local(state.discard(cutoff)),
        (Saved::Done, _) => state.reports.opening.set(Opening::Quiet),
    };
    view! {
        <ReportBar report completeness=Completeness::Complete on_saved=Callback::new(on_saved)>
            <OpenButton on_file=Callback::new(move |file| spawn_local(state.open_file(file))) />
        </ReportBar>
    }
}

/// Shown when nobody has the report of the address.
#[component]
fn NotOpen() -> impl IntoView {
    let state = page_state();
    view! {
        <section class="empty-view" data-testid="not-open">
            <h2>"This report is not here"</h2>
            <p>"It was deleted, another browser has it, or this one keeps nothing for this page. Open the report's file to see it here."</p>
            <div class="empty-view-buttons">
                <OpenButton on_file=Callback::new(move |file| spawn_local(state.open_file(file))) />
                <a class="button" href=View::Reports.fragment()>"All reports"</a>
            </div>
        </section>
    }
}
