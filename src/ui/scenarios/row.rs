//! A row of the list: one scenario, and what can be done with it.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::News;
use crate::browser::page::clock::minutes_ahead_at;
use crate::core::library::words::moment;
use crate::core::present::words::NO_DATA;
use crate::core::shelf::draft::Standing;
use crate::core::shelf::list::{Content, Naming, Row, Which};
use crate::ui::navigation::View;
use crate::ui::run::state::page_state;
use crate::ui::widgets::row_button::RowButton;

/// The row of a scenario. It stays while the scenario changes, because it may have the focus.
#[component]
pub fn ScenarioRow(which: Which, rows: Memo<Vec<Row>>) -> impl IntoView {
    let row = Memo::new(move |_| rows.with(|rows| rows.iter().find(|row| row.which == which).cloned()));
    let name =
        Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.name.clone()).unwrap_or_default()));
    let is_broken =
        Memo::new(move |_| row.with(|row| matches!(row, Some(Row { content: Content::Broken(_), .. }))));
    view! {
        <tr data-testid="scenario-row" data-id=which.to_string()>
            <th scope="row" class="cell-scenario-name" data-field="name">
                <a href=View::Scenario(which).fragment() title=name>{name}</a>
                {move || row.get().map(|row| view! { <Noted row /> })}
            </th>
            {move || row.get().map(|row| view! { <Said row /> })}
            <td class="cell-actions">
                <Actions which name is_broken />
            </td>
        </tr>
    }
}

/// The line below the name: whether it is one's own, its problems, its sentence `about`.
#[component]
fn Noted(row: Row) -> impl IntoView {
    let shelf = page_state().shelf;
    let Row { which, about, naming, .. } = row;
    let is_changed = move || match which {
        Which::Own(id) => shelf.standing(id) != Standing::Same,
        Which::Shipped(_) => false,
    };
    let is_only_here = move || match which {
        Which::Own(id) => shelf.kept.unkept.with(|unkept| unkept.contains(&id)),
        Which::Shipped(_) => false,
    };
    let shipped = matches!(which, Which::Shipped(_));
    let is_shared = naming == Naming::Shared && !shipped;
    view! {
        <span class="report-noted">
            {shipped.then(|| view! { <span class="mark mark-place">"in the program"</span> })}
            <Show when=is_changed>
                <span class="mark" data-testid="unsaved-mark">"not saved"</span>
            </Show>
            <Show when=is_only_here>
                <span class="mark mark-place">"only in this tab"</span>
            </Show>
            {is_shared.then(|| view! {
                <span class="mark mark-warn" title="Reports of two scenarios with one name cannot be told apart">
                    "name used twice"
                </span>
            })}
            <span class="report-note" title=about.clone()>{about.clone()}</span>
        </span>
    }
}

#[component]
fn Said(row: Row) -> impl IntoView {
    let when = row.changed_ms.map(|unix_ms| moment(unix_ms, minutes_ahead_at(unix_ms)));
    let when = when.unwrap_or_else(|| NO_DATA.to_owned());
    let (classes, services) = match row.content {
        Content::Right { classes, services } => {
            let (classes, services) = (classes.join(", "), services.join(", "));
            (view! { <span title=classes.clone()>{classes.clone()}</span> }.into_any(), services)
        }
        Content::Broken(problems) => {
            let mark = view! { <span class="broken-mark" data-testid="broken-mark">{problems}</span> };
            (mark.into_any(), NO_DATA.to_owned())
        }
    };
    view! {
        <td class="cell-classes" data-field="classes">{classes}</td>
        <td class="cell-services" data-field="services" title=services.clone()>{services.clone()}</td>
        <td class="cell-when" data-field="when">{when}</td>
    }
}

#[component]
fn Actions(which: Which, name: Memo<String>, is_broken: Memo<bool>) -> impl IntoView {
    let state = page_state();
    let shelf = state.shelf;
    let copy = move || {
        shelf.copy(which);
    };
    let export = move || {
        if let Some(text) = untrack(move || shelf.kept_text(which)) {
            shelf.news.set(News::Said(shelf.export(&text)));
        }
    };
    let delete = match which {
        Which::Own(id) => Some(view! {
            <RowButton
                action="Delete"
                of=name
                name="delete-scenario"
                explanation="Deletes the scenario; that can be undone"
                on_click=move || spawn_local(shelf.delete(id))
            >
                "Delete"
            </RowButton>
        }),
        Which::Shipped(_) => None,
    };
    view! {
        <RowButton
            action="Run"
            of=name
            name="run-scenario"
            explanation="Goes to the form with this scenario chosen"
            is_disabled=Signal::derive(move || is_broken.get() || state.is_active.get())
            on_click=move || state.run_scenario(which)
        >
            "Run"
        </RowButton>
        <RowButton action="Copy" of=name name="copy-scenario" on_click=copy>
            "Copy"
        </RowButton>
        <RowButton
            action="Export"
            of=name
            name="export-scenario"
            explanation="Saves the scenario as a file that the runner reads too"
            on_click=export
        >
            "Export"
        </RowButton>
        {delete}
    }
}
