//! Starting a run: as the address or the form says, through the companion or, when somebody allowed it, past it.

use futures_util::future::join;
use leptos::prelude::*;
use leptos::task::{spawn_local, tick};

use super::route::{COST_OF_DIRECT, CompanionLookup, DirectRun, Hosts, Route, route, serve_command};
use super::state::State;
use super::ticks::names;
use crate::browser::page::address::AddressParameters;
use crate::browser::page::probe::HostProbe;
use crate::browser::page::probe::companion;
use crate::browser::page::trouble::Trouble;
use crate::core::config::run_config::Field;
use crate::core::shelf::list::Which;
use crate::ui::navigation::View;

impl State {
    /// Looks for the companion, puts its host into the form unless the address named a host, and starts a run if the
    /// address says so.
    pub async fn follow_address(self, parameters: AddressParameters) {
        let found = match &parameters.scenario {
            // The stored scenarios are read first, because the run may be of one of them.
            Some(_) => join(companion::find(), self.shelf.restore()).await.0,
            None => {
                spawn_local(self.shelf.restore());
                companion::find().await
            }
        };
        if let (Some(companion), false) = (&found, parameters.names_host) {
            self.draft.text.update(|text| text.host.clone_from(&companion.host));
        }
        self.companion.set(found.map_or(CompanionLookup::Missing, CompanionLookup::Found));
        if parameters.autostart {
            // The form ticks the classes of the scenario first.
            tick().await;
            self.start_as_asked(&parameters);
        }
    }

    /// Looks for the companion again: it may have been started anew for another host.
    pub async fn look_for_companion(self) {
        // A companion that is gone stays known, so that Start can say that it is gone.
        if let Some(found) = companion::find().await {
            self.companion.set(CompanionLookup::Found(found));
        }
    }

    /// Where the requests of the run in the form go.
    pub fn hosts(self) -> Hosts {
        let classes: Vec<String> = names(&self.draft.value(Field::Classes)).map(str::to_owned).collect();
        Hosts { main: self.draft.value(Field::Host), services: self.draft.chosen.services(&classes) }
    }

    /// The route to them.
    pub fn route(self) -> Route {
        self.companion.with(|lookup| route(lookup, &self.hosts()))
    }

    /// Chooses a scenario for the next run, and goes to the form.
    pub fn run_scenario(self, which: Which) {
        if !self.is_active.get_untracked() {
            self.draft.chosen.which.set(which);
        }
        self.navigation.go(View::Run);
    }

    /// Starts the run of the address, unless parameters are unknown or contradict each other. The form would hide one
    /// of two contradicting parameters, and a person would not see it.
    fn start_as_asked(self, parameters: &AddressParameters) {
        let unknown = parameters.unknown.iter().map(|name| format!("`{name}` is no parameter of a run."));
        let contradictions = parameters.text.check(0).err().into_iter().flatten();
        let contradictions = contradictions
            .filter(|error| self.draft.is_unused(error.field))
            .map(|error| format!("{}: {}.", error.field.label(), error.problem));
        let named = parameters.scenario.as_deref();
        let no_scenario = named.filter(|name| Which::named(name).is_none());
        let no_scenario =
            no_scenario.map(|name| format!("`{name}` is no scenario; Scenarios lists those that there are."));
        let problems: Vec<String> = unknown.chain(contradictions).chain(no_scenario).collect();
        if problems.is_empty() {
            // The address names the host on purpose, so no question is asked.
            self.allow_direct_run();
            return self.start(HostProbe::Before);
        }
        let problems: Vec<&str> = problems.iter().map(String::as_str).collect();
        let trouble = Trouble::new("The address is not clear about the run.", &problems);
        self.session.with_value(|session| session.refuse(trouble));
    }

    /// Starts the run that the form describes. If a field is wrong, nothing starts, and the problem is shown beside the
    /// field. A run that would go past the companion starts only when somebody allowed that. During a suite its stages are
    /// the only runs.
    pub fn start(self, probe: HostProbe) {
        if self.is_active.get_untracked() || self.is_suite_under_way.get_untracked() || !self.draft.check() {
            return;
        }
        self.navigation.go(View::Run);
        match self.companion.get_untracked() {
            CompanionLookup::Found(_) => spawn_local(async move {
                self.look_and_start(probe).await;
            }),
            CompanionLookup::Looking | CompanionLookup::Missing => {
                self.start_now(probe);
            }
        }
    }

    /// Starts the run of a stage, or tells the suite that it could not. Whoever reads something else meanwhile goes on reading.
    pub fn start_stage(self) {
        spawn_local(async move {
            let has_started = match self.companion.get_untracked() {
                _ if self.is_active.get_untracked() || !self.draft.check() => false,
                CompanionLookup::Found(_) => self.look_and_start(HostProbe::Before).await,
                CompanionLookup::Looking | CompanionLookup::Missing => self.start_now(HostProbe::Before),
            };
            if !has_started {
                self.stage_did_not_start();
            }
        });
    }

    /// Starts the run past the companion.
    pub fn start_directly(self) {
        self.allow_direct_run();
        self.start(HostProbe::Before);
    }

    fn allow_direct_run(self) {
        let host = self.draft.text.with_untracked(|text| text.host.clone());
        self.direct_run.set(DirectRun::Allowed(host));
    }

    /// Looks whether the companion is still there and which host it relays to, for it may have been started anew; then
    /// starts the run, or asks whether it may go past the companion. Returns whether a run has started.
    async fn look_and_start(self, probe: HostProbe) -> bool {
        let host = self.draft.text.with_untracked(|text| text.host.clone());
        let Some(found) = companion::find().await else {
            // What was found before stays: a run never goes straight to the host because the companion is gone.
            return match probe {
                HostProbe::Skip => self.start_now(probe),
                HostProbe::Before => {
                    let trouble = companion_gone(&untrack(move || self.hosts()));
                    self.session.with_value(|session| session.refuse(trouble));
                    false
                }
            };
        };
        self.companion.set(CompanionLookup::Found(found));
        let is_allowed = self.direct_run.with_untracked(|run| *run == DirectRun::Allowed(host.clone()));
        match untrack(move || self.route()) {
            Route::PastCompanion(past) if !is_allowed => {
                self.direct_run.set(DirectRun::Asked { host, past });
                false
            }
            _ => self.start_now(probe),
        }
    }

    /// Returns whether a run has started.
    fn start_now(self, probe: HostProbe) -> bool {
        if matches!(self.direct_run.get_untracked(), DirectRun::Asked { .. }) {
            self.direct_run.set(DirectRun::NotAsked);
        }
        // Looking for the companion takes a moment, in which a value may be emptied or another tab may save the text.
        if !self.draft.check() {
            return false;
        }
        let text = self.draft.asked();
        let Some(scenario) = untrack(move || self.draft.chosen.scenario()) else { return false };
        self.run_hosts.set(untrack(move || self.hosts()));
        let Some(readable) = untrack(move || self.draft.chosen.readable()) else { return false };
        self.session.with_value(|session| session.start(&text, (*scenario).clone(), readable, probe));
        true
    }
}

fn companion_gone(hosts: &Hosts) -> Trouble {
    let start = format!("Start it again, then press Start: {}", serve_command(hosts));
    let anyway = format!("Run anyway goes straight to the host. {COST_OF_DIRECT}");
    Trouble::of_check("The companion that served this page does not answer.", &[&start, &anyway])
}
