//! A row of the list: one report, its figures, and what can be done with it.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::details::Details;
use crate::browser::page::clock::minutes_ahead_at;
use crate::core::library::edit::Edit;
use crate::core::library::id::ReportId;
use crate::core::library::list::{Column, Listed, Place};
use crate::core::library::words;
use crate::core::present::words::NO_DATA;
use crate::ui::navigation::{ReportRef, View};
use crate::ui::run::state::page_state;
use crate::ui::widgets::row_button::RowButton;

/// Check box, columns and actions.
const CELLS: usize = Column::ALL.len() + 2;

/// The row of a report. It stays while its report changes, because it may have the focus.
#[component]
pub fn Row(
    id: ReportId,
    /// The reports in the list.
    found: Memo<Vec<Listed>>,
) -> impl IntoView {
    let library = page_state().library;
    let report = Memo::new(move |_| found.with(|found| found.iter().find(|report| report.id == id).cloned()));
    let record = move || report.get().map(|report| report.record);
    let title = Memo::new(move |_| record().map(|record| record.title()).unwrap_or_default());
    let is_kept = Memo::new(move |_| report.get().is_some_and(|report| report.place == Place::Kept));
    let is_baseline = Memo::new(move |_| record().is_some_and(|record| record.is_baseline));
    let is_chosen = Memo::new(move |_| library.chosen.with(|chosen| chosen.contains(&id)));
    let choose = move |_| {
        library.chosen.update(|chosen| {
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    };
    let is_edited = Memo::new(move |_| library.edited.get() == Some(id));
    let details = move || {
        let record = if is_edited.get() { untrack(record) } else { None };
        record
            .map(|record| view! { <tr class="details-row"><td colspan=CELLS><Details id record /></td></tr> })
    };
    view! {
        <tr class:is-chosen=is_chosen data-testid="report-row" data-id=id.to_string()>
            <td class="cell-check">
                <input
                    type="checkbox"
                    aria-label=move || format!("Choose {}", title.get())
                    data-testid="choose"
                    prop:checked=is_chosen
                    on:change=choose
                />
            </td>
            <th scope="row" class="cell-report" data-field="name">
                <a href=View::Report(ReportRef::Opened(id)).fragment() title=title>{title}</a>
                {move || report.get().map(|report| view! { <Noted report /> })}
            </th>
            {move || report.get().map(|report| view! { <Figures report /> })}
            <td class="cell-actions">
                <Show when=move || is_kept.get()>
                    <Actions id title is_baseline />
                </Show>
            </td>
        </tr>
        {details}
    }
}

/// The line below a report's name: where it is, its baseline mark, its tags, its note.
#[component]
fn Noted(report: Listed) -> impl IntoView {
    let library = page_state().library;
    let record = (*report.record).clone();
    let place = match report.place {
        Place::Kept => None,
        Place::ThisTab => Some("only in this tab"),
        Place::Folder => Some("folder"),
    };
    let tag = |tag: String| {
        let search = format!("#{tag}");
        let title = format!("Shows the reports with the tag {tag}");
        view! {
            <button type="button" class="tag" title=title on:click=move |_| library.search.set(search.clone())>
                {format!("#{tag}")}
            </button>
        }
    };
    let tags = record.tags.into_iter().map(tag).collect_view();
    view! {
        <span class="report-noted">
            {record.is_baseline.then(|| view! { <span class="mark" data-testid="baseline-mark">"baseline"</span> })}
            {place.map(|place| view! { <span class="mark mark-place">{place}</span> })}
            {tags}
            <span class="report-note" title=record.note.clone()>{record.note.clone()}</span>
        </span>
    }
}

#[component]
fn Figures(report: Listed) -> impl IntoView {
    let summary = &report.record.summary;
    let moment = report.record.moment_ms(report.id);
    let when = moment.map(|unix_ms| words::moment(unix_ms, minutes_ahead_at(unix_ms)));
    let texts = [
        ("when", when),
        ("host", summary.host.clone()),
        ("scenario", summary.scenario.clone()),
        ("load", summary.load.clone()),
    ];
    let texts = texts.map(|(field, text)| {
        let text = text.unwrap_or_else(|| NO_DATA.to_owned());
        view! { <td class=format!("cell-{field}") data-field=field title=text.clone()>{text.clone()}</td> }
    });
    let failed = summary.failures > 0;
    let verdict = words::verdict(summary.trust);
    view! {
        {texts.into_iter().collect_view()}
        <td class="cell-number" data-field="rps">{words::rps(summary)}</td>
        <td class="cell-number" data-field="p95">{words::p95(summary)}</td>
        <td class="cell-number" class:has-failures=failed data-field="failures">{words::failures(summary)}</td>
        <td class="cell-verdict" data-field="verdict">
            <span class="trust-mark" data-state=words::verdict_state(summary.trust)>{verdict}</span>
        </td>
    }
}

#[component]
fn Actions(id: ReportId, title: Memo<String>, is_baseline: Memo<bool>) -> impl IntoView {
    let state = page_state();
    let library = state.library;
    let mark = move || {
        let edit =
            if is_baseline.get_untracked() { Edit::UnmarkBaseline(id) } else { Edit::MarkBaseline(id) };
        spawn_local(async move { library.edit(&edit).await });
    };
    let is_edited = move || library.edited.get() == Some(id);
    let edit =
        move || library.edited.update(|edited| *edited = if *edited == Some(id) { None } else { Some(id) });
    view! {
        <RowButton
            action="Baseline:"
            of=title
            name="baseline"
            class="row-button row-baseline"
            explanation="The baseline of its scenario: later runs are compared with it"
            is_pressed=Signal::derive(move || is_baseline.get())
            on_click=mark
        >
            {move || if is_baseline.get() { "★" } else { "☆" }}
        </RowButton>
        <RowButton
            action="Name, tags and note of"
            of=title
            name="edit"
            is_expanded=Signal::derive(is_edited)
            on_click=edit
        >
            "Edit"
        </RowButton>
        <RowButton
            action="Delete"
            of=title
            name="delete"
            explanation="Deletes the report; that can be undone"
            on_click=move || state.delete(vec![id])
        >
            "Delete"
        </RowButton>
    }
}
