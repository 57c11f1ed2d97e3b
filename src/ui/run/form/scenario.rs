//! The choice of the scenario, and the line that offers its own address where the form has another one.

use leptos::prelude::*;

use super::values::ScenarioValues;
use crate::core::base::host::Host;
use crate::core::config::run_config::Field;
use crate::core::shelf::list::Which;
use crate::ui::navigation::View;
use crate::ui::run::state::page_state;
use crate::ui::widgets::ids::unique_id;

#[component]
pub fn ScenarioChoice() -> impl IntoView {
    let state = page_state();
    let chosen = state.draft.chosen;
    let id = unique_id("scenario");
    let note_id = format!("{id}-note");
    let problem = move || state.draft.scenario_problem();
    // What is missing is marked where it is missing.
    let is_wrong = move || problem().is_some() && !chosen.wants(|_| true);
    let offers = Memo::new(move |_| {
        let (which, mut offers) = (chosen.which.get(), chosen.offers());
        // What is chosen stays in sight when it is deleted.
        if !offers.iter().any(|(offered, _)| *offered == which) {
            offers.push((which, "not here any more".to_owned()));
        }
        offers
    });
    let option = move |(which, name): (Which, String)| {
        view! {
            <option value=which.to_string() selected=move || chosen.which.get() == which>{name}</option>
        }
    };
    let options = move |of: fn(&Which) -> bool| {
        let offers = offers.get().into_iter().filter(move |(which, _)| of(which));
        offers.map(option).collect_view()
    };
    let has_own = move || offers.with(|offers| offers.iter().any(|(which, _)| is_own(which)));
    let choose =
        move |value: String| Which::named(&value).into_iter().for_each(|which| chosen.which.set(which));
    let about = move || chosen.scenario().map(|scenario| scenario.about.clone()).unwrap_or_default();
    view! {
        <div class="text-field scenario-choice" class:is-wrong=is_wrong>
            <div class="scenario-label">
                <label for=id.clone()>"Scenario"</label>
                <a
                    href=move || View::Scenario(chosen.which.get()).fragment()
                    data-testid="open-scenario"
                    title="Shows the chosen scenario: what its users do"
                >
                    "Show"
                </a>
            </div>
            <select
                id=id
                data-testid="scenario"
                disabled=state.is_active
                aria-describedby=note_id.clone()
                aria-invalid=move || is_wrong().to_string()
                prop:value=move || chosen.which.get().to_string()
                on:change:target=move |event| choose(event.target().value())
            >
                <optgroup label="In the program">{move || options(is_shipped)}</optgroup>
                <Show when=has_own>
                    <optgroup label="Your own">{move || options(is_own)}</optgroup>
                </Show>
            </select>
            <p class="text-field-note" id=note_id>
                {move || match problem() {
                    Some(problem) => view! {
                        <span class="problem" data-testid="scenario-error">{format!("Scenario: {problem}")}</span>
                    }
                    .into_any(),
                    None => view! { <span>{about}</span> }.into_any(),
                }}
            </p>
        </div>
        <OwnAddress />
        <ScenarioValues />
    }
}

const fn is_own(which: &Which) -> bool {
    matches!(which, Which::Own(_))
}

const fn is_shipped(which: &Which) -> bool {
    matches!(which, Which::Shipped(_))
}

/// Offers the main service's address of the scenario where the form has another host.
#[component]
fn OwnAddress() -> impl IntoView {
    let state = page_state();
    let offer = Memo::new(move |_| {
        let scenario = state.draft.chosen.scenario()?;
        let main = scenario.services.first()?;
        let url = main.url.clone()?;
        let typed = state.draft.value(Field::Host).parse::<Host>().ok();
        (typed.as_ref() != Some(&url)).then(|| (main.name.clone(), url.to_string()))
    });
    let line = move || {
        let (name, url) = offer.get()?;
        let take = {
            let url = url.clone();
            move |_| state.draft.type_into(Field::Host, url.clone())
        };
        Some(view! {
            <div class="form-advice" data-testid="own-address">
                <p>{format!("The scenario's main service, {name}, is at {url}. The host above is used in its place.")}</p>
                <button type="button" class="button" data-testid="take-own-address" disabled=state.is_active on:click=take>
                    {format!("Use {url}")}
                </button>
            </div>
        })
    };
    view! { <div role="status">{line}</div> }
}
