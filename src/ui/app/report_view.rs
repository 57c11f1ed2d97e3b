//! The view at `#/report/…`: one report, as wide as the page.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::core::analyse::headline::Window;
use crate::ui::files::banner::OpenedBanner;
use crate::ui::files::open::OpenButton;
use crate::ui::files::open_reports::{OpenReport, Opening, Source};
use crate::ui::navigation::ReportRef;
use crate::ui::report::bar::{Completeness, ReportBar, Saved};
use crate::ui::report::{ReportBody, SharedReport};
use crate::ui::run::state::{State, page_state};
use crate::ui::run::{RunBar, live_window};

/// The report that the address names.
#[component]
pub fn ReportView(which: ReportRef) -> impl IntoView {
    let state = page_state();
    match which {
        ReportRef::Run => view! { <OwnReport /> }.into_any(),
        ReportRef::Example => view! { <Example /> }.into_any(),
        ReportRef::Opened(number) => match state.reports.find(|open| open.number == number) {
            Some(open) => view! { <OpenedReport open /> }.into_any(),
            None => view! { <NotOpen /> }.into_any(),
        },
    }
}

/// The report of this tab's last run.
#[component]
fn OwnReport() -> impl IntoView {
    let state = page_state();
    view! {
        <RunBar report=state.live />
        <ReportBody report=state.live window=live_window(state) />
    }
}

/// The example report. A worker makes it when it is first shown.
#[component]
fn Example() -> impl IntoView {
    let state = page_state();
    spawn_local(state.make_example());
    move || match state.reports.find(|open| open.source == Source::Example) {
        Some(open) => view! { <OpenedReport open /> }.into_any(),
        None => ().into_any(),
    }
}

/// A report that was opened.
#[component]
fn OpenedReport(open: OpenReport) -> impl IntoView {
    let state = page_state();
    let shared = open.report.clone();
    let report = Memo::new(move |_| Some(shared.clone()));
    let close_label = Signal::derive(move || close_label(state).to_owned());
    let closed = open.clone();
    let on_close = move |()| state.close(&closed);
    view! {
        <OpenedBanner source=open.source.clone() close_label on_close=Callback::new(on_close) />
        <OpenedBar report source=open.source />
        <ReportBody report window=Memo::new(|_| Window::Whole) />
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

/// Shown when this tab does not hold the report of the address: the tab was reloaded, or the report was closed.
#[component]
fn NotOpen() -> impl IntoView {
    let state = page_state();
    view! {
        <section class="empty-view" data-testid="not-open">
            <h2>"This report is not open in this tab"</h2>
            <p>"A tab holds opened reports until it is closed or reloaded. Open the report's file again to see it here."</p>
            <OpenButton on_file=Callback::new(move |file| spawn_local(state.open_file(file))) />
        </section>
    }
}
