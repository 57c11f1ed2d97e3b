//! The view at `#/reports`: the list of the reports in this tab.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ui::files::open::OpenButton;
use crate::ui::files::open_reports::Source;
use crate::ui::navigation::{ReportRef, View};
use crate::ui::report::SharedReport;
use crate::ui::run::state::page_state;

struct Item {
    name: String,
    of: String,
    view: View,
}

/// The list, and the buttons that add to it.
#[component]
pub fn ReportsView() -> impl IntoView {
    let state = page_state();
    let items = move || {
        let own = state.live.get().map(|report| Item {
            name: "This tab's run".to_owned(),
            of: of(&report),
            view: View::Report(ReportRef::Run),
        });
        let opened = state.reports.all().into_iter().map(|open| Item {
            name: open.source.name(),
            of: of(&open.report),
            view: match open.source {
                Source::Example => View::Report(ReportRef::Example),
                _ => View::Report(ReportRef::Opened(open.number)),
            },
        });
        own.into_iter().chain(opened).collect::<Vec<_>>()
    };
    let list = move || {
        let line = |item: Item| {
            view! {
                <li class="report-item">
                    <a href=item.view.fragment()>{item.name}</a>
                    <span>{item.of}</span>
                </li>
            }
        };
        items().into_iter().map(line).collect_view()
    };
    view! {
        <section class="empty-view" data-testid="reports">
            <h2>"Reports"</h2>
            <p>
                "The reports that are open in this tab. Each run's report will be kept here too; until then, export a \
                 report to keep it, and open its file to read it again."
            </p>
            <ul class="report-list">{list}</ul>
            <div class="empty-view-buttons">
                <OpenButton on_file=Callback::new(move |file| spawn_local(state.open_file(file))) />
                <a class="button" href=View::Report(ReportRef::Example).fragment()>"See an example report"</a>
            </div>
        </section>
    }
}

fn of(report: &SharedReport) -> String {
    let started = report.run.started_at.as_ref().map(|started| started.replace('T', " "));
    [report.run.host.clone(), started].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
