//! The two groups of a comparison: they are in the address, and their reports are read when they are first named.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::core::compare::assemble::{Options, compare};
use crate::core::compare::difference::ENOUGH_RUNS;
use crate::core::compare::groups::Groups;
use crate::core::compare::input::Run;
use crate::core::compare::outcome::Comparison;
use crate::core::library::id::ReportId;
use crate::core::library::list::Listed;
use crate::core::library::sides::Sides;
use crate::ui::report::SharedReport;
use crate::ui::run::route::CompanionLookup;
use crate::ui::run::state::State;

/// The most like runs that are read to learn how far unchanged runs differ.
const MOST_LIKE: usize = 5;

/// A side of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Base,
    New,
}

impl Side {
    pub const fn other(self) -> Self {
        match self {
            Self::Base => Self::New,
            Self::New => Self::Base,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::New => "new",
        }
    }
}

/// What is compared. All copies share it.
#[derive(Clone, Copy)]
pub struct Comparing {
    state: State,
    pub sides: Memo<Sides>,
    /// Reports that nobody has any longer.
    pub missing: RwSignal<BTreeSet<ReportId>>,
    /// Relative changes below it do not count, in percent.
    pub matters: RwSignal<f64>,
    pub controls: RwSignal<BTreeSet<String>>,
    /// The reports of both groups, as far as they were read.
    pub reports: Memo<Groups<SharedReport>>,
    pub outcome: Memo<Option<Comparison>>,
}

impl Comparing {
    pub fn new(state: State) -> Self {
        let sides = Memo::new(move |_| Sides::at(&format!("?{}", state.navigation.query())));
        let (missing, matters) = (RwSignal::new(BTreeSet::new()), RwSignal::new(5.0));
        let controls = RwSignal::new(BTreeSet::new());
        let like = Memo::new(move |_| like_runs(state, &sides.get()));
        let reports = Memo::new(move |_| {
            let open = |ids: &[ReportId]| {
                ids.iter().filter_map(|id| state.reports.get(*id)).map(|open| open.report).collect::<Vec<_>>()
            };
            let sides = sides.get();
            Groups { base: open(&sides.base), new: open(&sides.new), like: open(&like.get()) }
        });
        let outcome = Memo::new(move |_| {
            let reports = reports.get();
            let options =
                Options { matters: matters.get() / 100.0, controls: controls.get().into_iter().collect() };
            let has_both = !reports.base.is_empty() && !reports.new.is_empty();
            has_both.then(|| compare(&runs(&reports), &options))
        });
        let this = Self { state, sides, missing, matters, controls, reports, outcome };
        this.read_what_is_named(like);
        this
    }

    /// Reads each report that is named and was not read yet.
    fn read_what_is_named(self, like: Memo<Vec<ReportId>>) {
        let Self { state, sides, missing, .. } = self;
        Effect::new(move || {
            // The folder is known as soon as the companion is.
            let is_looking = state.companion.get() == CompanionLookup::Looking;
            let named = sides.with(|sides| sides.base.iter().chain(&sides.new).copied().collect::<Vec<_>>());
            for id in named.into_iter().chain(like.get()) {
                let is_open = untrack(|| state.reports.get(id)).is_some();
                let must_wait = id.is_of_file() && is_looking;
                if !is_open && !must_wait {
                    spawn_local(async move {
                        if !state.load_report(id).await {
                            missing.try_update(|missing| missing.insert(id));
                        }
                    });
                }
            }
        });
    }

    /// Puts a report into a group, and takes it out of the other.
    pub fn put(self, id: ReportId, side: Side) {
        self.change(|sides| {
            remove(sides, id);
            match side {
                Side::Base => sides.base.push(id),
                Side::New => sides.new.push(id),
            }
        });
    }

    /// Takes a report out of the comparison.
    pub fn take_out(self, id: ReportId) {
        self.change(|sides| remove(sides, id));
    }

    pub fn swap(self) {
        self.change(|sides| std::mem::swap(&mut sides.base, &mut sides.new));
    }

    fn change(self, change: impl FnOnce(&mut Sides)) {
        let mut sides = self.sides.get_untracked();
        change(&mut sides);
        let fragment = sides.fragment();
        let (_, query) = fragment.split_once('?').unwrap_or_default();
        self.state.navigation.look_at(query);
    }

    /// The name of a report, as the library has it.
    pub fn title(self, id: ReportId) -> String {
        let of_library = self.state.library.listed().into_iter().find(|listed| listed.id == id);
        let title = of_library.map(|listed| listed.record.title());
        let open = || self.state.reports.get(id).map(|open| open.source.name());
        title.or_else(open).unwrap_or_else(|| "A report".to_owned())
    }

    /// The reports of the library by like runs: one scenario, load and host. The latest group first.
    pub fn offered(self) -> Vec<Vec<Listed>> {
        let mut groups: BTreeMap<_, Vec<Listed>> = BTreeMap::new();
        for listed in self.state.library.listed() {
            groups.entry(kind(&listed)).or_default().push(listed);
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        let moment = |listed: &Listed| listed.record.moment_ms(listed.id);
        groups.iter_mut().for_each(|group| group.sort_by_key(|listed| std::cmp::Reverse(moment(listed))));
        groups.sort_by_key(|group| std::cmp::Reverse(group.iter().filter_map(moment).max()));
        groups
    }
}

fn remove(sides: &mut Sides, id: ReportId) {
    sides.base.retain(|other| *other != id);
    sides.new.retain(|other| *other != id);
}

fn runs(reports: &Groups<SharedReport>) -> Groups<Run> {
    reports.map(|report| Run::of(report, report.run.started_at.clone().unwrap_or_default()))
}

/// What like runs have in common.
fn kind(listed: &Listed) -> [Option<String>; 3] {
    let summary = &listed.record.summary;
    [summary.scenario.clone(), summary.load.clone(), summary.host.clone()]
}

/// The library's runs that are like a single run of one side; none where both sides have several, or too few are like it.
fn like_runs(state: State, sides: &Sides) -> Vec<ReportId> {
    let single = [&sides.base, &sides.new].into_iter().find_map(|side| match side.as_slice() {
        [only] => Some(*only),
        _ => None,
    });
    let listed = state.library.listed();
    let Some(single) = single.and_then(|id| listed.iter().find(|listed| listed.id == id)) else {
        return Vec::new();
    };
    let is_like = |other: &&Listed| {
        let is_named = sides.base.contains(&other.id) || sides.new.contains(&other.id);
        kind(other) == kind(single) && !is_named
    };
    let like: Vec<_> = listed.iter().filter(is_like).map(|listed| listed.id).take(MOST_LIKE).collect();
    if like.len() >= ENOUGH_RUNS { like } else { Vec::new() }
}
