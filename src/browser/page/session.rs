//! One run as the page sees it: started, watched, steered and ended, while a worker does the loading.
//!
//! Keeps the merged [`Run`]; views ask for a report of it. Looking for the host is `preflight.rs`'s, talking to
//! the worker `page_worker.rs`'s; no component and no statistics live here.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::journal::{Journal, NotKept};
use super::message::{Command, Destination, Event, Lanes};
use super::page_worker::{PageWorker, WorkerEvent};
use super::preflight;
use super::visibility;
use crate::core::base::units::Micros;
use crate::core::config::load::LoadChange;
use crate::core::config::run_config::RunConfigText;
use crate::core::http::exchange::TimingSource;
use crate::core::report::{Calibration, Detail, Generator, GeneratorKind, Report, Route, StopReason};
use crate::core::run::coordinator::Run;
use crate::core::run::journal::{Header, Record};
use crate::core::run::recorder::Snapshot;

/// Where a run stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was started, or a report was opened and closed again.
    #[default]
    Idle,
    /// The worker loads, the host is looked for.
    Starting,
    /// Requests are being started.
    Running,
    /// The last answers are awaited.
    Stopping,
    /// The report is complete.
    Done,
    /// It could not start or broke off: why, and what to do next.
    Failed(Trouble),
}

impl Phase {
    /// The word that the page shows and tests wait for.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Done => "done",
            Self::Failed(_) => "failed",
        }
    }

    /// Whether a run is under way.
    pub const fn is_active(&self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Stopping)
    }
}

/// What went wrong and what a person can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// One sentence: what is the matter.
    pub problem: String,
    /// What to do next, a sentence each.
    pub advice: Vec<String>,
    /// Whether the run may be started all the same (the host did not answer the check before the start).
    pub may_insist: bool,
}

impl Trouble {
    /// Something that trying again does not get round.
    pub fn new(problem: impl Into<String>, advice: &[&str]) -> Self {
        let advice = advice.iter().map(|sentence| (*sentence).to_owned()).collect();
        Self { problem: problem.into(), advice, may_insist: false }
    }
}

/// How a run is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preflight {
    /// Look for the host first, and fail within three seconds when it is not there.
    Check,
    /// Start whatever the check would say.
    Skip,
}

/// Said in the report when the browser keeps nothing for this page.
const RECOVERY_OFF: &str =
    "Had the tab closed or crashed, the run would have been lost: this browser keeps nothing for this page.";
/// Said when it stopped keeping things half-way.
const RECOVERY_LEAKS: &str =
    "Had the tab closed or crashed, seconds would have been lost: this browser could not keep all of them.";

/// One page's session. Clones share it.
#[derive(Clone)]
pub struct Session {
    state: Rc<RefCell<State>>,
    on_update: Rc<dyn Fn()>,
}

#[derive(Default)]
struct State {
    phase: Phase,
    /// Counts the starts: one that was stopped on its way must not go on.
    attempt: u64,
    run: Option<Run>,
    worker: Option<PageWorker>,
    /// Where the run is written down, in case the tab ends before it.
    journal: Option<Journal>,
    /// When the worker started the first user, on the page's clock.
    started_ms: Option<f64>,
    /// How long the run took, once it is over.
    lasted_s: Option<f64>,
    run_time: Option<Micros>,
    /// Where the load heads to, where that can be changed.
    to: Option<LoadChange>,
    why: Option<StopReason>,
}

impl Session {
    /// `on_update` is called whenever [`Session::phase`] or the report has changed: about once a second.
    pub fn new(on_update: impl Fn() + 'static) -> Self {
        let this = Self { state: Rc::default(), on_update: Rc::new(on_update) };
        let seen = Rc::downgrade(&this.state);
        visibility::on_change(move |visibility| {
            if let Some(state) = seen.upgrade() {
                state.borrow().order(&Command::See(visibility));
            }
        });
        this
    }

    /// Starts a run of a text that [`RunConfigText::check`] accepted; a run under way is left alone.
    pub fn start(&self, text: &RunConfigText, preflight: Preflight) {
        if self.phase().is_active() {
            return;
        }
        let attempt = self.state.borrow().attempt + 1;
        self.state.replace(State { phase: Phase::Starting, attempt, ..State::default() });
        (self.on_update)();
        let (this, text) = (self.clone(), text.clone());
        spawn_local(async move {
            let prepared = this.prepare(text, preflight, attempt).await;
            if let (Err(trouble), true) = (prepared, this.is_starting(attempt)) {
                this.fail(trouble);
            }
        });
    }

    /// Looks for a way to the host and hands the run to a worker.
    async fn prepare(
        &self,
        mut text: RunConfigText,
        preflight: Preflight,
        attempt: u64,
    ) -> Result<(), Trouble> {
        let seed = (js_sys::Math::random() * 1e6) as u64;
        let config = text.check(seed).map_err(|errors| {
            let problems = errors.iter().map(|error| format!("{}: {}", error.field.label(), error.problem));
            Trouble::new(problems.collect::<Vec<_>>().join("; "), &[])
        })?;
        text.seed = config.seed.to_string();
        let target = preflight::find_way(&config.host, preflight).await?;
        let started_at = started_at();
        let mut run = Run::new(&config, generator(&target), started_at.clone());
        notes(&target).into_iter().for_each(|note| run.note(note));
        let header = Header { text: text.clone(), generator: run.generator().clone(), started_at };
        let journal = Journal::begin(&header).await;
        if journal.is_err() {
            run.note(RECOVERY_OFF.to_owned());
        }
        if !self.is_starting(attempt) {
            journal.into_iter().for_each(Journal::remove);
            return Ok(());
        }
        let this = self.clone();
        let mut order = Some(Command::Start { text: Box::new(text), target });
        let worker = PageWorker::spawn(move |event| this.hear(event, &mut order)).map_err(|_| {
            Trouble::new("The browser could not start the load worker.", &["Reload the page and try again."])
        })?;
        let mut state = self.state.borrow_mut();
        state.run = Some(run);
        state.worker = Some(worker);
        state.journal = journal.ok();
        state.run_time = config.run_time;
        state.to = config.load.as_change();
        Ok(())
    }

    /// Whether that attempt to start is still the one, and was not stopped meanwhile.
    fn is_starting(&self, attempt: u64) -> bool {
        let state = self.state.borrow();
        state.attempt == attempt && state.phase == Phase::Starting
    }

    fn hear(&self, event: WorkerEvent, first_order: &mut Option<Command>) {
        match event {
            WorkerEvent::Event(Event::Ready { version }) => self.greet(&version, first_order.take()),
            WorkerEvent::Event(Event::Started { calibration }) => self.started(calibration),
            WorkerEvent::Event(Event::Second(snapshot)) => self.state.borrow_mut().absorb(snapshot),
            WorkerEvent::Event(Event::Ended { stopped, ended }) => {
                self.state.borrow_mut().end(stopped, ended)
            }
            WorkerEvent::Event(Event::Refused { problem }) => return self.fail(Trouble::new(problem, &[])),
            WorkerEvent::Broke(problem) => return self.break_off(&problem),
        }
        (self.on_update)();
    }

    fn greet(&self, version: &str, order: Option<Command>) {
        if version != env!("CARGO_PKG_VERSION") {
            let problem = format!("The page and its worker are of different versions ({version}).");
            return self.fail(Trouble::new(problem, &["Reload the page."]));
        }
        let state = self.state.borrow();
        order.into_iter().for_each(|order| state.order(&order));
        state.order(&Command::See(visibility::now()));
    }

    fn started(&self, calibration: Option<Calibration>) {
        let mut state = self.state.borrow_mut();
        calibration.into_iter().for_each(|calibration| state.record(Record::Calibrated(calibration)));
        state.started_ms = Some(now_ms());
        state.phase = Phase::Running;
    }

    fn fail(&self, trouble: Trouble) {
        let mut state = self.state.borrow_mut();
        state.dismiss_worker();
        state.phase = Phase::Failed(trouble);
        drop(state);
        (self.on_update)();
    }

    /// The worker died: what it had reported is kept.
    fn break_off(&self, problem: &str) {
        let mut state = self.state.borrow_mut();
        let lasted = state.elapsed();
        if let Some(run) = &mut state.run {
            run.finish(lasted, lasted, StopReason::Unfinished);
        }
        drop(state);
        let advice = ["What was measured until then is below.", "Start again, or report the message above."];
        self.fail(Trouble::new(format!("The load worker broke off: {problem}"), &advice));
    }

    /// Says why what was asked for is not even tried.
    pub fn refuse(&self, trouble: Trouble) {
        if !self.phase().is_active() {
            self.fail(trouble);
        }
    }

    /// Another load, from now on; the time limit stays.
    pub fn change_load(&self, to: LoadChange) {
        let mut state = self.state.borrow_mut();
        if state.phase != Phase::Running {
            return;
        }
        if state.to == Some(to) {
            return;
        }
        state.to = Some(to);
        state.order(&Command::ChangeLoad(to));
        let at = state.elapsed();
        state.record(Record::Changed { at, to });
    }

    /// Starts no further request; a second call drops what is in flight. A run that has not begun never does.
    pub fn stop(&self) {
        let mut state = self.state.borrow_mut();
        match state.phase {
            Phase::Running => {
                state.order(&Command::Stop);
                state.phase = Phase::Stopping;
                state.why = Some(StopReason::Stopped);
            }
            Phase::Stopping => state.order(&Command::Abandon),
            // Nothing was sent yet.
            Phase::Starting => {
                state.dismiss_worker();
                state.run = None;
                state.phase = Phase::Idle;
            }
            _ => return,
        }
        drop(state);
        (self.on_update)();
    }

    /// Where the run stands.
    pub fn phase(&self) -> Phase {
        self.state.borrow().phase.clone()
    }

    /// The report so far with figures only, or the complete one once done; `None` before the first run.
    pub fn report(&self) -> Option<Report> {
        let state = self.state.borrow();
        let detail = if state.phase.is_active() { Detail::Figures } else { Detail::Full };
        state.run.as_ref().filter(|run| !run.timeline().is_empty()).map(|run| run.report(detail))
    }

    /// Seconds since the first user started; 0 before.
    pub fn elapsed_s(&self) -> f64 {
        self.state.borrow().elapsed().as_secs_f64()
    }
}

impl State {
    fn order(&self, order: &Command) {
        self.worker.iter().for_each(|worker| worker.order(order));
    }

    fn absorb(&mut self, snapshot: Box<Snapshot>) {
        let over = Micros::from_secs(snapshot.second + 1);
        if self.phase == Phase::Running && self.run_time.is_some_and(|limit| over >= limit) {
            self.phase = Phase::Stopping;
        }
        self.record(Record::Second(snapshot));
    }

    /// Writes down what happened and adds it to the run; the run goes on when it cannot be written.
    fn record(&mut self, record: Record) {
        let kept = self.journal.as_ref().map_or(Ok(()), |journal| journal.append(&record));
        let Some(run) = &mut self.run else { return };
        record.apply(run);
        if kept == Err(NotKept) {
            run.note(RECOVERY_LEAKS.to_owned());
        }
    }

    fn end(&mut self, stopped: Micros, ended: Micros) {
        let why = self.why.unwrap_or(StopReason::RunTime);
        if let Some(run) = &mut self.run {
            run.finish(stopped, ended, why);
        }
        self.lasted_s = Some(ended.as_secs_f64());
        self.phase = Phase::Done;
        self.dismiss_worker();
    }

    /// The run is over, and what is known of it is on the page.
    fn dismiss_worker(&mut self) {
        self.worker = None;
        self.journal.take().into_iter().for_each(Journal::remove);
    }

    fn elapsed(&self) -> Micros {
        let running = || self.started_ms.map(|started| (now_ms() - started) / 1e3);
        Micros::from_secs_f64(self.lasted_s.or_else(running).unwrap_or(0.0))
    }
}

fn now_ms() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// To the second: `2026-11-23T14:05:00Z`.
fn started_at() -> String {
    let now = String::from(js_sys::Date::new_0().to_iso_string());
    now.split_once('.').map_or_else(|| now.clone(), |(to_the_second, _)| format!("{to_the_second}Z"))
}

fn generator(target: &Destination) -> Generator {
    let route = if target.is_direct() { Route::Direct } else { Route::Companion };
    Generator {
        kind: GeneratorKind::Browser,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        shards: 1,
        route,
        timing: TimingSource::Wire,
        calibration: None,
        notes: Vec::new(),
    }
}

/// What the way to the host costs, in words for the report.
fn notes(target: &Destination) -> Option<String> {
    match target {
        Destination::Companion { lanes: Lanes::PerUser, .. } => None,
        Destination::Companion { lanes: Lanes::Shared, .. } => Some(
            "Names under .localhost do not resolve in this browser, so all users share six connections: more than \
             six requests at a time wait in the browser's queue."
                .to_owned(),
        ),
        Destination::Direct { lanes: Lanes::PerUser } => Some(
            "Requests went straight to the host, each user's to a name of its own (u0.localhost, u1.localhost, …), \
             which is also what the host reads in Host. The browser asks the host for permission by OPTIONS before \
             requests with headers of their own; through the companion it need not."
                .to_owned(),
        ),
        Destination::Direct { lanes: Lanes::Shared } => Some(
            "Requests went straight to the host, where the browser allows six connections for all users together; \
             through the companion each user has its own."
                .to_owned(),
        ),
    }
}
