//! The view at `#/reports`: its bar, and the table or what to do without one.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::{Library, listed};
use super::status::Status;
use super::table::ReportTable;
use super::toolbar::Toolbar;
use super::watch::watch_folder;
use crate::core::base::visible::{cell, sentence};
use crate::core::library::folder::UnreadableFile;
use crate::core::library::list::{Listed, Place, select};
use crate::core::library::record::{Origin, Record};
use crate::core::library::summary::Summary;
use crate::ui::files::open_reports::{OpenReport, Source};
use crate::ui::keeping::Keeping;
use crate::ui::navigation::{ReportRef, View};
use crate::ui::run::state::{State, page_state};
use crate::ui::widgets::ids::unique_id;

#[component]
pub fn LibraryView() -> impl IntoView {
    let state = page_state();
    let library = state.library;
    watch_folder(state);
    spawn_local(library.look_at_room());
    let all = Memo::new(move |_| all(state));
    let found = Memo::new(move |_| select(all.get(), &library.search.get(), library.order.get()));
    let is_empty = Memo::new(move |_| all.with(Vec::is_empty));
    let title_id = unique_id("reports-title");
    let is_looking = Memo::new(move |_| library.kept.keeping.get() == Keeping::Looking);
    let body = move || match (is_empty.get(), is_looking.get()) {
        (false, _) => view! { <ReportTable found /> }.into_any(),
        (true, true) => {
            view! { <p class="library-empty" role="status">"Reading the reports …"</p> }.into_any()
        }
        (true, false) => view! { <NoReports /> }.into_any(),
    };
    view! {
        <section class="panel library" data-testid="reports" aria-labelledby=title_id.clone()>
            <div class="library-bar">
                <h2 class="panel-title" id=title_id.clone()>"Reports"</h2>
                <Toolbar all found />
            </div>
            <RunUnderWay />
            <Status all found />
            {body}
            <FolderProblems library />
        </section>
    }
}

/// What is kept, what only this tab has, and what the folder has.
fn all(state: State) -> Vec<Listed> {
    let mut all = state.library.listed();
    let here = state.reports.all().into_iter().filter_map(|open| only_here(&open));
    let here: Vec<Listed> = here.filter(|open| !all.iter().any(|kept| kept.id == open.id)).collect();
    // A report that was deleted a moment ago is closed a moment later.
    let is_deleted =
        |report: &Listed| state.library.kept.records.with(|records| records.contains_key(&report.id));
    all.extend(here.into_iter().filter(|report| !is_deleted(report)));
    all
}

fn only_here(open: &OpenReport) -> Option<Listed> {
    let (origin, name) = match &open.source {
        Source::Run => (Origin::Run, None),
        Source::File(name) => (Origin::File(name.clone()), None),
        Source::Recovered(_) => (Origin::Run, Some(open.source.name())),
        Source::Example | Source::Folder(_) => return None,
    };
    let record = Record { name, ..Record::new(origin, Summary::of(&open.report), 0) };
    Some(listed(open.id, record, Place::ThisTab))
}

/// A line for the run under way, which gets its row when it has ended.
#[component]
fn RunUnderWay() -> impl IntoView {
    let state = page_state();
    view! {
        <Show when=move || state.is_active.get()>
            <p class="library-line">
                "A run is under way. "
                <a href=View::Report(ReportRef::Run).fragment() data-testid="run-under-way">"See its report"</a>
            </p>
        </Show>
    }
}

/// Shown when there is no report anywhere.
#[component]
fn NoReports() -> impl IntoView {
    view! {
        <div class="library-empty" data-testid="no-reports">
            <p>"No reports yet. Every run of this page is kept here when it ends; files can be dropped anywhere on the page."</p>
            <p>
                "Reports of the runner appear here too: "
                <code>"oddiya-load run --reports reports"</code>", and "<code>"oddiya-load serve"</code>" beside that folder."
            </p>
            <div class="empty-view-buttons">
                <a class="button" href=View::Run.fragment()>"Start a run"</a>
                <a class="button" href=View::Report(ReportRef::Example).fragment()>"See an example report"</a>
            </div>
        </div>
    }
}

/// Files of the folder that look like reports and cannot be opened.
#[component]
fn FolderProblems(library: Library) -> impl IntoView {
    let problems = move || {
        let line = |file: &UnreadableFile| {
            let (name, problem) = (cell(&file.name), sentence(&file.problem));
            view! { <li><strong>{name}</strong>": "{problem}</li> }
        };
        library.folder.with(|folder| folder.unreadable.iter().map(line).collect_view())
    };
    let count = move || library.folder.with(|folder| folder.unreadable.len());
    view! {
        <Show when=move || count() != 0>
            <details class="library-line" data-testid="folder-problems">
                <summary>{move || format!("Files of the companion's folder that cannot be opened: {}", count())}</summary>
                <ul>{problems}</ul>
            </details>
        </Show>
    }
}
