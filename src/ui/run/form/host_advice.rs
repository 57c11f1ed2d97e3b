//! The line under the host that says when the chosen classes want another one, and offers it.

use leptos::prelude::*;

use crate::core::base::host::Host;
use crate::core::config::run_config::Field;
use crate::core::config::streams_host::{HostAdvice, host_advice};
use crate::core::shelf::list::Which;
use crate::ui::run::state::page_state;
use crate::ui::run::ticks::names;

#[component]
pub fn HostAdviceLine() -> impl IntoView {
    let state = page_state();
    let advice = Memo::new(move |_| {
        // Others name their services.
        let is_oddiya = state.draft.chosen.which.get() == Which::default_one();
        let scenario = state.draft.chosen.scenario().filter(|_| is_oddiya);
        let chosen: Vec<String> = names(&state.draft.value(Field::Classes)).map(str::to_owned).collect();
        let scenario = scenario.filter(|_| !chosen.is_empty());
        let ticked = scenario.and_then(|scenario| (*scenario).clone().with_classes(&chosen).ok());
        ticked.map_or(HostAdvice::Fits, |ticked| host_advice(&ticked, &state.draft.value(Field::Host)))
    });
    let line = move || {
        match advice.get() {
        HostAdvice::Fits => ().into_any(),
        HostAdvice::Mixed => view! {
            <p class="form-advice" data-testid="host-advice">
                "PlanStreamUser loads the llm-agent, the other classes the gateway: run them one after the other, each with \
                 its own host."
            </p>
        }
        .into_any(),
        HostAdvice::WantsAgent { offer } => view! { <WantsAgent offer /> }.into_any(),
    }
    };
    view! { <div role="status">{line}</div> }
}

/// Asks for the llm-agent's address, and offers it where it can be guessed.
#[component]
fn WantsAgent(offer: Option<Host>) -> impl IntoView {
    let state = page_state();
    let button = offer.map(|host| {
        let address = host.to_string();
        let take = {
            let address = address.clone();
            move |_| state.draft.type_into(Field::Host, address.clone())
        };
        view! {
            <button type="button" class="button" data-testid="take-agent" disabled=state.is_active on:click=take>
                {format!("Use {address}")}
            </button>
        }
    });
    view! {
        <div class="form-advice" data-testid="host-advice">
            <p>"These plans are streamed by the llm-agent, not by the gateway. Is this its address?"</p>
            {button}
        </div>
    }
}
