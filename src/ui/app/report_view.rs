//! The view at `#/report/…`: one report, as wide as the page.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::focus_address::focus_in_address;
use crate::core::analyse::headline::Window;
use crate::ui::files::banner::OpenedBanner;
use crate::ui::files::open::OpenButton;
use crate::ui::files::open_reports::{Keeping, OpenReport, Opening, Source};
use crate::ui::navigation::ReportRef;
use crate::ui::report::bar::{Completeness, ReportBar, Saved};
use crate::ui::report::{ReportBody, SharedReport};
use crate::ui::run::state::{State, page_state};
use crate::ui::run::{RunBar, live_window};

/// The report that the address names.
#[component]
pub fn ReportView(which: ReportRef) -> impl IntoView {
    match which {
        ReportRef::Run => view! { <OwnReport /> }.into_any(),
        ReportRef::Example => view! { <Example /> }.into_any(),
        ReportRef::Opened(number) => view! { <Numbered number /> }.into_any(),
    }
}

/// A report by its number. One that the browser keeps is read when it is first shown.
#[component]
fn Numbered(number: u32) -> impl IntoView {
    let state = page_state();
    let open = Memo::new(move |_| {
        // Where the browser keeps it changes nothing on screen.
        let open = state.reports.find(|open| open.number == number);
        open.map(|open| OpenReport { kept: None, ..open })
    });
    Effect::new(move || {
        if open.with(|open| open.as_ref().is_some_and(|open| open.report.is_none())) {
            spawn_local(state.reports.load(number));
        }
    });
    let is_looking = Memo::new(move |_| state.reports.keeping.get() == Keeping::Looking);
    move || match open.get() {
        Some(OpenReport { report: Some(report), source, .. }) => {
            view! { <OpenedReport number source shared=report /> }.into_any()
        }
        Some(_) => view! { <p class="notice">"Reading the report …"</p> }.into_any(),
        None if is_looking.get() => ().into_any(),
        None => view! { <NotOpen /> }.into_any(),
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
        Some(OpenReport { number, source, report: Some(report), .. }) => {
            view! { <OpenedReport number source shared=report /> }.into_any()
        }
        _ => ().into_any(),
    }
}

/// A report that was opened.
#[component]
fn OpenedReport(number: u32, source: Source, shared: SharedReport) -> impl IntoView {
    let state = page_state();
    let report = Memo::new(move |_| Some(shared.clone()));
    let is_kept = matches!(source, Source::Run | Source::File(_));
    let close_label = Signal::derive(move || if is_kept { "Dismiss" } else { close_label(state) }.to_owned());
    let on_close = move |()| state.close(number);
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

/// Shown when this tab does not hold the report of the address: the tab was reloaded, or the report was closed.
#[component]
fn NotOpen() -> impl IntoView {
    let state = page_state();
    view! {
        <section class="empty-view" data-testid="not-open">
            <h2>"This report is not open in this tab"</h2>
            <p>"It was dismissed, or this browser keeps nothing for this page. Open the report's file again to see it here."</p>
            <OpenButton on_file=Callback::new(move |file| spawn_local(state.open_file(file))) />
        </section>
    }
}
