//! The bar above a report: what was run, and the buttons that save the report as files.

use leptos::prelude::*;

use super::csv_menu::CsvMenu;
pub use super::saved::Saved;
use super::shared_report::SharedReport;
use crate::browser::page::files::{self, Format};
use crate::core::base::visible::cell;
use crate::core::present::load::load_in_words;
use crate::core::present::words::file_name;
use crate::core::report::{RunInfo, StopReason};

/// Whether a report is complete. Only a complete report can be saved as a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// There is no report, or its run is still under way.
    Unfinished,
    /// The run has ended.
    Complete,
}

/// The bar above a report.
#[component]
pub fn ReportBar(
    report: Memo<Option<SharedReport>>,
    #[prop(into)] completeness: Signal<Completeness>,
    /// Called after an attempt to save the report, with its result, and when the browser refused a table.
    on_saved: Callback<Saved>,
    /// Gives the report with its histograms; the one of a run under way, which `report` has, is without them.
    #[prop(optional)]
    full: Option<Callback<(), Option<SharedReport>>>,
    /// Buttons beside those that save.
    children: Children,
) -> impl IntoView {
    let title = move || {
        report.with(|report| {
            report.as_ref().map_or_else(
                || "No run yet".to_owned(),
                |report| report.run.host.as_deref().map_or_else(|| "Host not known".to_owned(), cell),
            )
        })
    };
    view! {
        <section class="report-bar" aria-label="Report">
            <div class="report-bar-what">
                <h2 class="report-bar-title" data-testid="report-host">{title}</h2>
                <p class="report-bar-facts">{move || report.with(|report| report.as_ref().map(|r| facts(&r.run)))}</p>
            </div>
            <div class="report-bar-buttons">
                {children()}
                <CsvMenu report full on_saved />
                <ExportButton report completeness on_saved />
            </div>
        </section>
    }
}

/// Describes the run in one line: what a reader needs to recognise the run and to repeat it.
fn facts(run: &RunInfo) -> String {
    let started =
        run.started_at.as_ref().map(|started| format!("started {}", cell(&started.replace('T', " "))));
    let seed = run.seed.map(|seed| format!("seed {seed}"));
    let stopped = (run.stopped_by == Some(StopReason::Stopped)).then(|| "stopped by hand".to_owned());
    let known = [run.scenario.as_deref().map(cell), Some(load_in_words(run)), seed, started, stopped];
    known.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The button that saves the report as a file.
#[component]
fn ExportButton(
    report: Memo<Option<SharedReport>>,
    completeness: Signal<Completeness>,
    /// Called after an attempt to save the report, with its result.
    on_saved: Callback<Saved>,
) -> impl IntoView {
    let is_unfinished = move || completeness.get() == Completeness::Unfinished;
    let save = move |_| {
        if let Some(report) = report.get_untracked() {
            let name = file_name(&report);
            let saved = files::download(&name, &report.to_json(), Format::Json);
            on_saved.run(saved.map_or(Saved::Refused(name), |()| Saved::Done));
        }
    };
    let title = move || {
        if is_unfinished() { "There is a report once a run has ended" } else { "Saves the whole report" }
    };
    view! {
        <button type="button" class="button" data-testid="export-json" disabled=is_unfinished title=title on:click=save>
            "Export JSON"
        </button>
    }
}
