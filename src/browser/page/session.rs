//! One run as the page sees it: started, watched, changed and ended, while a worker does the loading.
//!
//! Keeps the run's [`Coordinator`]; views ask for a report of it. `probe/` finds the way to the host, `worker_handle.rs` talks
//! to the worker. No component and no statistics live here.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::companion_state::CompanionState;
use super::generator::{connections, generator, not_kept_note};
use super::probe::asking::{Asked, ask};
use super::probe::{HostProbe, find_destination};
use super::run_state::RunState;
use super::storage::journal::Journal;
use super::trouble::Trouble;
use super::visibility;
use super::worker_handle::{WorkerEvent, WorkerHandle};
use crate::browser::message::{Command, CompanionNews, Destination, Event};
use crate::core::base::units::Micros;
use crate::core::config::load::LoadChange;
use crate::core::config::run_config::{RunConfig, RunConfigText};
use crate::core::report::{Calibration, Detail, Note, Report};
use crate::core::run::coordinator::Coordinator;
use crate::core::run::journal::Header;
use crate::core::run::record::Record;
use crate::core::run::recorder::Snapshot;
use crate::core::scenario::Scenario;
use crate::core::shelf::readable::Readable;

/// One page's session. Clones share it.
#[derive(Clone)]
pub struct Session {
    state: Rc<RefCell<State>>,
    on_update: Rc<dyn Fn()>,
}

#[derive(Default)]
struct State {
    run_state: RunState,
    /// Counts the starts, so that a start that was stopped before its run began does not go on.
    attempt: u64,
    run: Option<Coordinator>,
    worker: Option<WorkerHandle>,
    /// What the worker is told when it is ready.
    first_command: Option<Command>,
    /// The journal of the run, in case the tab ends before it.
    journal: Option<Journal>,
    /// When the worker started the first user, on the page's clock.
    started_ms: Option<f64>,
    /// How long the run took, once it is over.
    lasted_s: Option<f64>,
    /// What was found out about the host before the run, in sentences.
    said: Vec<String>,
    /// What the worker noticed of the companion last, and when, on the page's clock.
    companion: (CompanionNews, f64),
}

impl Session {
    /// `on_update` is called whenever [`Session::run_state`] or the report has changed: about once a second.
    pub fn new(on_update: impl Fn() + 'static) -> Self {
        let this = Self { state: Rc::default(), on_update: Rc::new(on_update) };
        let state = Rc::downgrade(&this.state);
        visibility::on_change(move |visibility| {
            if let Some(state) = state.upgrade() {
                state.borrow().send(&Command::SetVisibility(visibility));
            }
        });
        this
    }

    /// Starts a run of a text that [`RunConfigText::check_for`] accepted for the scenario; a run under way is left alone.
    pub fn start(&self, text: &RunConfigText, scenario: Scenario, readable: Readable, probe: HostProbe) {
        if self.run_state().is_active() {
            return;
        }
        let attempt = self.state.borrow().attempt + 1;
        self.state.replace(State { run_state: RunState::Starting, attempt, ..State::default() });
        (self.on_update)();
        let (this, text) = (self.clone(), text.clone());
        spawn_local(async move {
            let prepared = this.prepare(text, (scenario, readable), probe, attempt).await;
            if let (Err(trouble), true) = (prepared, this.is_starting(attempt)) {
                this.fail(trouble);
            }
        });
    }

    /// Checks the text, finds a way to the host and hands the run to a worker.
    async fn prepare(
        &self,
        text: RunConfigText,
        (scenario, readable): (Scenario, Readable),
        probe: HostProbe,
        attempt: u64,
    ) -> Result<(), Trouble> {
        let (text, config) = checked(text, scenario)?;
        let destination = find_destination(&config, probe).await?;
        let config = match probe {
            HostProbe::Before => self.ask(config, &text, &readable, &destination, attempt).await,
            HostProbe::Skip => config,
        };
        let started_at = started_at();
        let mut run = Coordinator::new(&config, generator(&destination), started_at.clone());
        connections(&destination).into_iter().for_each(|summary| run.connects(summary));
        let bare = RunConfig { scenario: config.scenario.bare(), ..config.clone() };
        let header =
            Header { text, config: Some(Box::new(bare)), generator: run.generator().clone(), started_at };
        let journal = Journal::begin(&header).await;
        if let Err(error) = &journal {
            run.note(not_kept_note(*error));
        }
        if !self.is_starting(attempt) {
            journal.into_iter().for_each(Journal::remove);
            return Ok(());
        }
        let this = self.clone();
        let worker = WorkerHandle::spawn(move |event| this.on_event(event)).map_err(|_| {
            Trouble::new("The browser could not start the load worker.", &["Reload the page and try again."])
        })?;
        let mut state = self.state.borrow_mut();
        state.run = Some(run);
        state.worker = Some(worker);
        state.journal = journal.ok();
        state.first_command = Some(Command::Start { config: Box::new(config), destination });
        Ok(())
    }

    /// Asks the host which run it calls for.
    async fn ask(
        &self,
        config: RunConfig,
        text: &RunConfigText,
        readable: &Readable,
        destination: &Destination,
        attempt: u64,
    ) -> RunConfig {
        let Asked { config, said } = ask(config, text, readable, destination).await;
        if self.is_starting(attempt) {
            self.state.borrow_mut().said = said;
        }
        config
    }

    /// What was found out about the host of the run, in sentences.
    pub fn said(&self) -> Vec<String> {
        self.state.borrow().said.clone()
    }

    /// Whether that attempt to start is still the current one, and was not stopped meanwhile.
    fn is_starting(&self, attempt: u64) -> bool {
        let state = self.state.borrow();
        state.attempt == attempt && state.run_state == RunState::Starting
    }

    fn on_event(&self, event: WorkerEvent) {
        match event {
            WorkerEvent::Posted(Event::Ready { version }) => self.on_ready(&version),
            WorkerEvent::Posted(Event::Started { calibration }) => self.on_started(calibration),
            WorkerEvent::Posted(Event::Second(snapshot)) => self.state.borrow_mut().on_second(snapshot),
            WorkerEvent::Posted(Event::LoadChanged { at, to }) => {
                self.state.borrow_mut().record(Record::Changed { at, to });
            }
            WorkerEvent::Posted(Event::Companion(companion)) => {
                self.state.borrow_mut().companion = (companion, now_ms());
            }
            WorkerEvent::Posted(Event::Ended { stopped, ended }) => {
                self.state.borrow_mut().on_ended(stopped, ended);
            }
            WorkerEvent::Posted(Event::Refused { problem }) => return self.fail(Trouble::new(problem, &[])),
            WorkerEvent::Broke(problem) => return self.on_broke(&problem),
        }
        (self.on_update)();
    }

    fn on_ready(&self, version: &str) {
        if version != env!("CARGO_PKG_VERSION") {
            let problem = format!("The page and its load worker are of different versions ({version}).");
            return self.fail(Trouble::new(problem, &["Reload the page."]));
        }
        let mut state = self.state.borrow_mut();
        let first = state.first_command.take();
        first.into_iter().for_each(|command| state.send(&command));
        state.send(&Command::SetVisibility(visibility::now()));
    }

    fn on_started(&self, calibration: Option<Calibration>) {
        let mut state = self.state.borrow_mut();
        calibration.into_iter().for_each(|calibration| state.record(Record::Calibrated(calibration)));
        state.started_ms = Some(now_ms());
        state.run_state = RunState::Running;
    }

    fn fail(&self, trouble: Trouble) {
        let mut state = self.state.borrow_mut();
        state.dismiss_worker();
        state.run_state = RunState::Failed(trouble);
        drop(state);
        (self.on_update)();
    }

    /// The worker died: what it had reported is kept.
    fn on_broke(&self, problem: &str) {
        let mut state = self.state.borrow_mut();
        let lasted = state.elapsed();
        if let Some(run) = &mut state.run {
            run.break_off(lasted);
        }
        drop(state);
        let advice = ["What was measured until then is below.", "Start again, or report the message above."];
        self.fail(Trouble::new(format!("The load worker broke off: {problem}"), &advice));
    }

    /// Says why the page does not even try to start what was asked for.
    pub fn refuse(&self, trouble: Trouble) {
        if !self.run_state().is_active() {
            self.fail(trouble);
        }
    }

    /// Asks for another load from now on; the time limit stays. The worker says when it took effect.
    pub fn change_load(&self, to: LoadChange) {
        let mut state = self.state.borrow_mut();
        let changes = state.run.as_mut().is_some_and(|run| run.asks_for(to));
        if state.run_state == RunState::Running && changes {
            state.send(&Command::ChangeLoad(to));
        }
    }

    /// Starts no further request; a second call drops what is in flight. A run that has not begun never does.
    pub fn stop(&self) {
        let mut state = self.state.borrow_mut();
        match state.run_state {
            RunState::Running => {
                state.send(&Command::Stop);
                state.run_state = RunState::Stopping;
                state.run.iter_mut().for_each(Coordinator::on_stop);
            }
            RunState::Stopping => state.send(&Command::Abandon),
            // Nothing was sent yet.
            RunState::Starting => {
                state.dismiss_worker();
                state.run = None;
                state.run_state = RunState::Idle;
            }
            _ => return,
        }
        drop(state);
        (self.on_update)();
    }

    /// Hands over the journal of a run that is over. The caller removes it once the run's report is stored.
    pub fn take_journal(&self) -> Option<Journal> {
        let mut state = self.state.borrow_mut();
        if state.run_state.is_over() { state.journal.take() } else { None }
    }

    /// Takes a journal back whose report could not be kept: as long as the tab is there it is nobody else's, and after that
    /// the run can be recovered.
    pub fn put_back(&self, journal: Journal) {
        let mut state = self.state.borrow_mut();
        if state.run_state.is_over() && state.journal.is_none() {
            state.journal = Some(journal);
        }
    }

    /// Forgets a run that is over. A run under way is left alone.
    pub fn forget(&self) {
        if self.run_state().is_active() {
            return;
        }
        self.take_journal().into_iter().for_each(Journal::remove);
        let attempt = self.state.borrow().attempt;
        self.state.replace(State { attempt, ..State::default() });
        (self.on_update)();
    }

    /// Where the run stands.
    pub fn run_state(&self) -> RunState {
        self.state.borrow().run_state.clone()
    }

    /// Whether the companion that carries the run is there.
    pub fn companion(&self) -> CompanionState {
        let state = self.state.borrow();
        let (news, since_ms) = &state.companion;
        let for_s = ((now_ms() - since_ms) / 1e3) as u64;
        match news {
            CompanionNews::Present => CompanionState::Present,
            CompanionNews::Silent => CompanionState::Silent { for_s },
            CompanionNews::Gone => CompanionState::Gone { for_s },
            CompanionNews::OfAnotherHost { host } => {
                CompanionState::BackWithAnotherHost { host: host.clone() }
            }
        }
    }

    /// Starts the statistics anew; the run goes on.
    pub fn reset_statistics(&self) {
        let mut state = self.state.borrow_mut();
        if state.run_state != RunState::Running {
            return;
        }
        let reset = state.run.as_ref().map(Coordinator::reset_now);
        reset.into_iter().for_each(|record| state.record(record));
        drop(state);
        (self.on_update)();
    }

    /// The report so far with figures only, or the complete one once done; `None` before the first run.
    pub fn report(&self) -> Option<Report> {
        let state = self.state.borrow();
        let detail = if state.run_state.is_active() { Detail::Figures } else { Detail::Full };
        state.run.as_ref()?.report(detail)
    }

    /// The report so far with its histograms, which takes longer to make than one for views; `None` before the first run.
    pub fn full_report(&self) -> Option<Report> {
        self.state.borrow().run.as_ref()?.report(Detail::Full)
    }

    /// Seconds since the first user started; 0 before.
    pub fn elapsed_s(&self) -> f64 {
        self.state.borrow().elapsed().as_secs_f64()
    }
}

impl State {
    fn send(&self, command: &Command) {
        self.worker.iter().for_each(|worker| worker.send(command));
    }

    fn on_second(&mut self, snapshot: Box<Snapshot>) {
        let is_over = self.run.as_ref().is_some_and(|run| run.is_over_by(snapshot.second));
        if self.run_state == RunState::Running && is_over {
            self.run_state = RunState::Stopping;
        }
        self.record(Record::Second(snapshot));
    }

    /// Writes down what happened and adds it to the run; the run goes on when it cannot be written.
    fn record(&mut self, record: Record) {
        let kept = self.journal.as_ref().map_or(Ok(()), |journal| journal.append(&record));
        let Some(run) = &mut self.run else { return };
        run.on_record(record);
        if kept.is_err() {
            run.note(Note::RecoveryIncomplete);
        }
    }

    fn on_ended(&mut self, stopped: Micros, ended: Micros) {
        if let Some(run) = &mut self.run {
            run.finish(stopped, ended);
        }
        self.lasted_s = Some(ended.as_secs_f64());
        self.run_state = RunState::Done;
        self.dismiss_worker();
    }

    /// The run is over, and what is known of it is on the page. Its journal stays until its report is kept; of a run that
    /// measured nothing there is none.
    fn dismiss_worker(&mut self) {
        self.companion = Default::default();
        self.worker = None;
        self.first_command = None;
        if self.run.as_ref().and_then(|run| run.report(Detail::Figures)).is_none() {
            self.journal.take().into_iter().for_each(Journal::remove);
        }
    }

    fn elapsed(&self) -> Micros {
        let running = || self.started_ms.map(|started| (now_ms() - started) / 1e3);
        Micros::from_secs_f64(self.lasted_s.or_else(running).unwrap_or(0.0))
    }
}

/// The text with its seed filled in, and what it asks for.
fn checked(mut text: RunConfigText, scenario: Scenario) -> Result<(RunConfigText, RunConfig), Trouble> {
    let seed = (js_sys::Math::random() * 1e6) as u64;
    let config = text.check_for(scenario, seed).map_err(|errors| {
        let problems = errors.iter().map(|error| format!("{}: {}", error.field.label(), error.problem));
        Trouble::new(problems.collect::<Vec<_>>().join("; "), &[])
    })?;
    text.seed = config.seed.to_string();
    Ok((text, config))
}

fn now_ms() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// To the second: `2026-11-23T14:05:00Z`.
fn started_at() -> String {
    let now = String::from(js_sys::Date::new_0().to_iso_string());
    now.split_once('.').map_or_else(|| now.clone(), |(to_the_second, _)| format!("{to_the_second}Z"))
}
