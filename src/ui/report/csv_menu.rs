//! The menu that saves a report's tables as Locust's CSV files, also while the run goes on.

use leptos::prelude::*;

use super::saved::Saved;
use super::shared_report::SharedReport;
use crate::browser::page::files::{self, Format};
use crate::core::convert::csv;
use crate::core::present::words::file_stem;

/// The files that are offered: the end of the name, the label, and the explanation.
const FILES: [(&str, &str, &str); 3] = [
    ("_stats.csv", "Statistics", "One row per method and name"),
    ("_stats_history.csv", "History", "One row per second"),
    ("_failures.csv", "Failures", "One row per kind of failure"),
];

#[component]
pub fn CsvMenu(
    report: Memo<Option<SharedReport>>,
    /// Gives the report with its histograms; without it, `report` has them.
    full: Option<Callback<(), Option<SharedReport>>>,
    /// Called when the browser refused a file.
    on_saved: Callback<Saved>,
) -> impl IntoView {
    let menu = NodeRef::<leptos::html::Details>::new();
    let save = move |ending: &'static str| {
        let whole = full.map_or_else(|| report.get_untracked(), |full| full.run(()));
        // A saved table is not the report: only the refusal is told.
        if let Some(refused @ Saved::Refused(_)) = whole.and_then(|whole| save_file(&whole, ending)) {
            on_saved.run(refused);
        }
        menu.get_untracked().into_iter().for_each(|menu| menu.set_open(false));
    };
    let item = move |(ending, label, title): (&'static str, &'static str, &'static str)| {
        let testid = format!("csv{}", ending.trim_end_matches(".csv").replace('_', "-"));
        view! {
            <button type="button" class="menu-item" data-testid=testid title=title on:click=move |_| save(ending)>
                {label}
            </button>
        }
    };
    let is_empty = move || report.with(Option::is_none);
    view! {
        <details class="menu" node_ref=menu hidden=is_empty>
            <summary class="button" data-testid="csv" title="The tables of the report so far, as Locust writes them">"CSV"</summary>
            <div class="menu-items">{FILES.map(item).into_iter().collect_view()}</div>
        </details>
    }
}

/// Saves the file with an ending; `None` when there is no such file.
fn save_file(report: &SharedReport, ending: &str) -> Option<Saved> {
    let (_, text) = csv::files(report).into_iter().find(|(name, _)| *name == ending)?;
    let name = format!("{}{ending}", file_stem(report));
    let saved = files::download(&name, &text, Format::Csv);
    Some(saved.map_or(Saved::Refused(name), |()| Saved::Done))
}
