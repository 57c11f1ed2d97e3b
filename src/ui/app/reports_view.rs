//! The view at `#/reports`: the list of the reports in this tab.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::core::base::visible::cell;
use crate::ui::files::open::OpenButton;
use crate::ui::files::open_reports::{Keeping, Source};
use crate::ui::navigation::{ReportRef, View};
use crate::ui::run::state::{OnScreen, page_state};

const KEPT: &str = "Finished runs and opened files. This browser keeps them until you dismiss them; export a report to keep \
                    it elsewhere.";
const NOT_KEPT: &str = "Finished runs and opened files. This browser keeps nothing for this page: they are gone when the \
                        tab is closed or reloaded. Export a report to keep it.";

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
        let own = match state.on_screen.get() {
            OnScreen::ThisRun(report) => Some(report),
            // It is among the open reports.
            OnScreen::EarlierRun(_) | OnScreen::Nothing => None,
        };
        let own = own.map(|report| Item {
            name: "This tab's run".to_owned(),
            of: of(report.run.host.as_ref(), report.run.started_at.as_ref()),
            view: View::Report(ReportRef::Run),
        });
        let opened =
            state.reports.all().into_iter().filter(|open| !state.is_this_run(open)).map(|open| Item {
                name: open.source.name(),
                of: of(open.host.as_ref(), open.started_at.as_ref()),
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
    let keeping = move || match state.reports.keeping.get() {
        Keeping::NotKept(_) => NOT_KEPT,
        Keeping::Looking | Keeping::Kept => KEPT,
    };
    view! {
        <section class="empty-view" data-testid="reports">
            <h2>"Reports"</h2>
            <p>
                {keeping}
            </p>
            <ul class="report-list">{list}</ul>
            <div class="empty-view-buttons">
                <OpenButton on_file=Callback::new(move |file| spawn_local(state.open_file(file))) />
                <a class="button" href=View::Report(ReportRef::Example).fragment()>"See an example report"</a>
            </div>
        </section>
    }
}

fn of(host: Option<&String>, started_at: Option<&String>) -> String {
    let started = started_at.map(|started| cell(&started.replace('T', " ")));
    [host.map(|host| cell(host)), started].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
