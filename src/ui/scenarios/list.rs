//! The view at `#/scenarios`: its bar, and the table.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::row::ScenarioRow;
use super::start;
use super::status::Status;
use crate::core::shelf::list::{Which, rows};
use crate::ui::files::open::OpenButton;
use crate::ui::navigation::View;
use crate::ui::run::state::page_state;
use crate::ui::widgets::ids::unique_id;

#[component]
pub fn ScenariosView() -> impl IntoView {
    let state = page_state();
    let shelf = state.shelf;
    let rows = Memo::new(move |_| shelf.kept.records.with(rows));
    let order = move || rows.with(|rows| rows.iter().map(|row| row.which).collect::<Vec<_>>());
    let title_id = unique_id("scenarios-title");
    let create = move |_| {
        let id = shelf.keep_new(start::TEXT);
        state.navigation.go(View::Scenario(Which::Own(id)));
    };
    view! {
        <section class="panel library scenarios" data-testid="scenarios" aria-labelledby=title_id.clone()>
            <div class="library-bar">
                <h2 class="panel-title" id=title_id.clone()>"Scenarios"</h2>
                <p class="scenarios-lead">"A scenario says what the users of a run do. Page and runner read the same file."</p>
                <div class="library-buttons">
                    <button type="button" class="button button-primary" data-testid="new-scenario" on:click=create>
                        "New scenario"
                    </button>
                    <OpenButton
                        label="Import"
                        name="import-scenario"
                        accept=".yaml,.yml,application/yaml"
                        title="A scenario file; it can also be dropped anywhere on the page"
                        on_file=Callback::new(move |file| spawn_local(state.open_scenario(file)))
                    />
                </div>
            </div>
            <Status />
            <div class="table-box" tabindex="0" role="group" aria-label="Scenarios">
                <table class="table scenario-table" data-testid="scenario-table">
                    <caption class="visually-hidden">"Scenarios: your own, then those in the program"</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="cell-scenario-name">"Name"</th>
                            <th scope="col">"User classes"</th>
                            <th scope="col">"Services"</th>
                            <th scope="col">"Last change"</th>
                            <th scope="col" class="cell-actions"><span class="visually-hidden">"Actions"</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=order key=|which| *which children=move |which| view! { <ScenarioRow which rows /> } />
                    </tbody>
                </table>
            </div>
            <Show when=move || rows.with(|rows| rows.iter().all(|row| matches!(row.which, Which::Shipped(_))))>
                <p class="library-line" data-testid="no-own-scenarios">
                    "None of your own yet. Copy one of these, begin a new one, or drop a file of the runner here."
                </p>
            </Show>
        </section>
    }
}
