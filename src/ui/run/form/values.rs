//! What the chosen scenario asks from outside: a profile, addresses of its further services, values of its settings. What is
//! typed stays in this tab; secrets are typed unseen.

use leptos::prelude::*;

use crate::core::oddiya::choice::can_choose;
use crate::core::scenario::file::asks::{AskedService, AskedSetting, Secrecy};
use crate::core::scenario::file::surroundings::Choices;
use crate::core::shelf::check::Want;
use crate::ui::run::state::page_state;
use crate::ui::widgets::ids::unique_id;

/// The fields of what the scenario asks for; nothing is shown where it asks for nothing.
#[component]
pub fn ScenarioValues() -> impl IntoView {
    let state = page_state();
    let chosen = state.draft.chosen;
    let has_any = Memo::new(move |_| {
        chosen
            .asks
            .with(|asks| !asks.profiles.is_empty() || asks.services.len() > 1 || !asks.settings.is_empty())
    });
    let wants = move || chosen.wants(|_| true);
    let details = NodeRef::<leptos::html::Details>::new();
    // The page opens this part when something must be given. Only a person closes it.
    Effect::new(move || {
        if let (true, Some(details)) = (wants(), details.get()) {
            details.set_open(true);
        }
    });
    view! {
        <Show when=move || has_any.get()>
            <details class="advanced scenario-values" node_ref=details data-testid="scenario-values">
                <summary>"Values of the scenario"</summary>
                <div class="advanced-fields">
                    <Profile />
                    <Services />
                    <Settings />
                </div>
            </details>
        </Show>
    }
}

#[component]
fn Profile() -> impl IntoView {
    let state = page_state();
    let chosen = state.draft.chosen;
    let id = unique_id("profile");
    let profiles = Memo::new(move |_| chosen.asks.with(|asks| asks.profiles.clone()));
    // Without a choice the host decides, where it can.
    let is_hosts = Memo::new(move |_| chosen.asks.with(can_choose));
    let current = move || {
        let given = chosen.given(chosen.which.get()).profile;
        let own = || chosen.asks.with(|asks| asks.profile.clone()).filter(|_| !is_hosts.get());
        given.or_else(own).unwrap_or_default()
    };
    let choose = move |value: String| {
        chosen.give(|choices| choices.profile = (!value.is_empty()).then_some(value));
    };
    let option = move |name: String| {
        let (this, value) = (name.clone(), name.clone());
        view! { <option value=value selected=move || current() == this>{name}</option> }
    };
    let has_none = move || is_hosts.get() || chosen.asks.with(|asks| asks.profile.is_none());
    let none = move || if is_hosts.get() { "auto: as the host calls for" } else { "none" };
    let field_id = StoredValue::new(id);
    view! {
        <Show when=move || !profiles.with(Vec::is_empty)>
            <div class="text-field">
                <label for=field_id.get_value()>"Profile"</label>
                <select
                    id=field_id.get_value()
                    data-testid="profile"
                    disabled=state.is_active
                    prop:value=current
                    on:change:target=move |event| choose(event.target().value())
                >
                    <Show when=has_none>
                        <option value="">{none}</option>
                    </Show>
                    {move || profiles.get().into_iter().map(option).collect_view()}
                </select>
            </div>
        </Show>
    }
}

/// The addresses of the further services; that of the main one is the host of the form.
#[component]
fn Services() -> impl IntoView {
    let chosen = page_state().draft.chosen;
    let names = Memo::new(move |_| {
        chosen.asks.with(|asks| asks.services.iter().skip(1).cloned().collect::<Vec<_>>())
    });
    let field = move |AskedService { name, url, same_as }: AskedService| {
        let hint = same_as.map_or_else(
            || "Where the service is.".to_owned(),
            |other| format!("Where the service is; without an address, {other} answers for it."),
        );
        view! {
            <Value
                kind=Kind::Service
                label=format!("Service {name}")
                name
                placeholder=url.unwrap_or_else(|| "http://localhost:8081".to_owned())
                hint
                secrecy=Secrecy::Open
            />
        }
    };
    view! { <For each=move || names.get() key=|service| (service.name.clone(), service.url.clone()) children=field /> }
}

#[component]
fn Settings() -> impl IntoView {
    let chosen = page_state().draft.chosen;
    let settings = Memo::new(move |_| chosen.asks.with(|asks| asks.settings.clone()));
    let field = move |AskedSetting { name, about, env, default, secrecy }: AskedSetting| {
        let env = env.map(|env| format!("On a command line: {env}."));
        let hint = [about, env].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let placeholder = match (secrecy, default) {
            (_, None) => "must be given".to_owned(),
            (Secrecy::Secret, Some(_)) => "as the scenario says".to_owned(),
            (Secrecy::Open, Some(default)) => default,
        };
        view! { <Value kind=Kind::Setting label=name.clone() name placeholder hint secrecy /> }
    };
    let key = |setting: &AskedSetting| (setting.name.clone(), setting.default.clone());
    view! { <For each=move || settings.get() key=key children=field /> }
}

/// What a value is given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Setting,
    Service,
}

impl Kind {
    fn of(self, choices: &Choices) -> &[(String, String)] {
        match self {
            Self::Setting => &choices.settings,
            Self::Service => &choices.services,
        }
    }

    const fn of_mut(self, choices: &mut Choices) -> &mut Vec<(String, String)> {
        match self {
            Self::Setting => &mut choices.settings,
            Self::Service => &mut choices.services,
        }
    }

    /// Whether it is this value that must be given.
    fn is_wanted(self, name: &str, want: &Want) -> bool {
        match (self, want) {
            (Self::Setting, Want::Setting { name: wanted, .. }) | (Self::Service, Want::Address(wanted)) => {
                wanted == name
            }
            (Self::Setting, Want::Address(_)) | (Self::Service, Want::Setting { .. }) => false,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Setting => "setting",
            Self::Service => "service",
        }
    }
}

/// The input of one value, with its label and hint.
#[component]
fn Value(
    kind: Kind,
    name: String,
    label: String,
    placeholder: String,
    hint: String,
    secrecy: Secrecy,
) -> impl IntoView {
    let state = page_state();
    let chosen = state.draft.chosen;
    let id = unique_id(kind.word());
    let hint_id = format!("{id}-hint");
    let testid = format!("{}-{name}", kind.word());
    let current = {
        let name = name.clone();
        move || {
            let given = chosen.given(chosen.which.get());
            let value = kind.of(&given).iter().find(|(known, _)| *known == name);
            value.map(|(_, value)| value.clone()).unwrap_or_default()
        }
    };
    let is_wrong = {
        let name = name.clone();
        Memo::new(move |_| {
            state.draft.scenario_problem().is_some() && chosen.wants(|want| kind.is_wanted(&name, want))
        })
    };
    let type_into = move |value: String| {
        chosen.give(|choices| {
            let all = kind.of_mut(choices);
            all.retain(|(known, _)| *known != name);
            all.push((name.clone(), value));
        });
    };
    let input = match secrecy {
        Secrecy::Open => "text",
        Secrecy::Secret => "password",
    };
    let note = (!hint.is_empty())
        .then(|| view! { <p class="text-field-note" id=hint_id.clone()>{hint.clone()}</p> });
    let described_by = (!hint.is_empty()).then(|| hint_id.clone());
    view! {
        <div class="text-field" class:is-wrong=is_wrong>
            <label for=id.clone()>{label}</label>
            <input
                id=id
                type=input
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder=placeholder
                readonly=state.is_active
                aria-describedby=described_by
                aria-invalid=move || is_wrong.get().to_string()
                data-testid=testid
                prop:value=current
                on:input:target=move |event| type_into(event.target().value())
            />
            {note}
        </div>
    }
}
