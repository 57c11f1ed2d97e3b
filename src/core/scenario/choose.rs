//! Which classes of a scenario take part in a run, and which class a user is of.

use std::cmp::Reverse;

use super::model::class::{Number, Presence, Task, Tasks, UserClass};
use super::model::request::RequestStep;
use super::model::scenario::{EntryId, Scenario};
use super::model::step::Step;
use super::model::think_time::ThinkTime;
use crate::core::base::host::Host;
use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;

/// Why a choice of classes is refused. `known` are the names of the classes in the scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongClasses {
    #[error("unknown user class `{name}`; this scenario has {}", known.join(", "))]
    Unknown { name: String, known: Vec<String> },
    #[error("no class takes part unless it is named; name one or more of {}", known.join(", "))]
    NoneByDefault { known: Vec<String> },
}

impl Scenario {
    /// The address of the main service, where the scenario has one.
    pub fn main_url(&self) -> Option<&Host> {
        self.services.first().and_then(|service| service.url.as_ref())
    }

    /// The host of each service: `main` of the main service, and of each that has none of its own.
    pub fn hosts(&self, main: &Host) -> Vec<Host> {
        let others = self.services.iter().skip(1);
        let others = others.map(|service| service.url.clone().unwrap_or_else(|| main.clone()));
        std::iter::once(main.clone()).chain(others).collect()
    }

    /// The scenario with the address of every service.
    pub fn at(mut self, main: &Host) -> Self {
        let hosts = self.hosts(main);
        self.services.iter_mut().zip(hosts).for_each(|(service, host)| service.url = Some(host));
        self
    }

    /// The services beside the main one that requests go to, with their addresses.
    pub fn further_services(&self) -> Vec<(String, Host)> {
        let used: Vec<_> = self.request_steps().into_iter().map(|step| step.request.service.0).collect();
        let further = self.services.iter().enumerate().skip(1).filter(|(index, _)| used.contains(index));
        further.filter_map(|(_, service)| Some((service.name.clone(), service.url.clone()?))).collect()
    }

    /// The longest time limit of all requests.
    pub fn longest_request(&self) -> Micros {
        self.request_steps().into_iter().map(|step| step.timeout).max().unwrap_or_default()
    }

    /// Every request that a user may send.
    pub fn request_steps(&self) -> Vec<&RequestStep> {
        self.classes.iter().flat_map(UserClass::request_steps).collect()
    }

    /// Keeps only the named classes, in the order of the scenario. Without a name it keeps the classes of
    /// [`Presence::Default`].
    ///
    /// # Errors
    /// A name that no class has, and a choice that leaves no class.
    pub fn with_classes(mut self, names: &[String]) -> Result<Self, WrongClasses> {
        let known: Vec<String> = self.classes.iter().map(|class| class.name.clone()).collect();
        if let Some(name) = names.iter().find(|name| !known.contains(name)) {
            return Err(WrongClasses::Unknown { name: name.clone(), known });
        }
        let takes_part = |class: &UserClass| match class.presence {
            Presence::Default => names.is_empty() || names.contains(&class.name),
            Presence::Named => names.contains(&class.name),
        };
        self.classes.retain(takes_part);
        if self.classes.is_empty() {
            return Err(WrongClasses::NoneByDefault { known });
        }
        self.drop_unused_entries();
        Ok(self)
    }

    /// Removes the entries that no step can count, so that a report has no rows for classes that do not take part.
    fn drop_unused_entries(&mut self) {
        let mut used = vec![false; self.entries.len()];
        let mut mark = |id: EntryId| used.get_mut(id.0).into_iter().for_each(|used| *used = true);
        for steps in self.classes.iter().flat_map(UserClass::step_lists) {
            visit(steps, &mut |step| entries_of(step).into_iter().flatten().for_each(&mut mark));
        }
        let mut next = 0;
        let places: Vec<_> = used
            .iter()
            .map(|used| {
                next += usize::from(*used);
                EntryId(next.saturating_sub(1))
            })
            .collect();
        let mut number = 0;
        self.entries.retain(|_| {
            number += 1;
            used.get(number - 1).copied().unwrap_or_default()
        });
        for steps in self.classes.iter_mut().flat_map(UserClass::step_lists_mut) {
            renumber(steps, &places);
        }
    }

    /// Gives every class the same think time, in place of those of its tasks too, for `--think-time`.
    pub fn with_think_time(mut self, think_time: ThinkTime) -> Self {
        for class in &mut self.classes {
            class.think_time = think_time;
            class.tasks.each_mut(|task| task.think_time = None);
        }
        self
    }

    /// Draws the class of an arrival by weight and returns its index. A fixed number counts as a weight here, because
    /// arrivals, not users, are shared out.
    pub fn draw_class(&self, rng: &mut Rng) -> usize {
        let weights = || self.classes.iter().map(|class| u64::from(class.number.value()));
        let mut ticket = rng.below(weights().sum());
        let drawn = weights().position(|weight| {
            let hit = ticket < weight;
            ticket = ticket.saturating_sub(weight);
            hit
        });
        drawn.unwrap_or_default()
    }

    /// The index of the class of user number `user` (from 0): the classes of a fixed number have the first users, then
    /// classes alternate by weight, so that the first `n` users have nearly the right mix for every `n`.
    ///
    /// The method is smooth weighted round robin: the class that is furthest behind its share is next; on a tie it is
    /// the first of them.
    pub fn class_of(&self, user: u32) -> usize {
        let mut user = user;
        for (place, class) in self.classes.iter().enumerate() {
            let Number::Fixed(number) = class.number else { continue };
            match user.checked_sub(number) {
                Some(left) => user = left,
                None => return place,
            }
        }
        let weights: Vec<i64> = self.classes.iter().map(|class| i64::from(class.number.weight())).collect();
        let total: i64 = weights.iter().sum();
        let mut credits = vec![0i64; weights.len()];
        let mut chosen = 0;
        // The pattern repeats after `total` users.
        for _ in 0..=(i64::from(user) % total.max(1)) {
            credits.iter_mut().zip(&weights).for_each(|(credit, weight)| *credit += weight);
            let furthest_behind = credits
                .iter()
                .enumerate()
                .filter(|(place, _)| weights.get(*place).is_some_and(|weight| *weight > 0))
                .max_by_key(|(i, credit)| (**credit, Reverse(*i)));
            chosen = furthest_behind.map_or(0, |(i, _)| i);
            credits.get_mut(chosen).into_iter().for_each(|credit| *credit -= total);
        }
        chosen
    }
}

impl Tasks {
    fn each_mut(&mut self, change: impl FnMut(&mut Task)) {
        match self {
            Self::Weighted(tasks) | Self::Sequence(tasks) => tasks.iter_mut().for_each(change),
            Self::States(states) => states.iter_mut().map(|state| &mut state.task).for_each(change),
        }
    }
}

impl Number {
    const fn value(self) -> u32 {
        match self {
            Self::Weight(number) | Self::Fixed(number) => number,
        }
    }

    /// The weight in sharing out users; 0 for a class with a fixed number.
    const fn weight(self) -> u32 {
        match self {
            Self::Weight(weight) => weight,
            Self::Fixed(_) => 0,
        }
    }
}

impl UserClass {
    /// Every request that a user of this class may send.
    pub fn request_steps(&self) -> Vec<&RequestStep> {
        let mut found = Vec::new();
        for steps in self.step_lists() {
            visit(steps, &mut |step| {
                if let Step::Request(request) = step {
                    found.push(&**request);
                }
            });
        }
        found
    }

    /// Every list of steps of the class: start, end, tasks and the refresh of its token.
    pub fn step_lists(&self) -> Vec<&Vec<Step>> {
        let refresh = self.auth.iter().filter_map(|auth| auth.refresh.as_ref());
        let tasks = self.tasks.all().map(|task| &task.steps);
        [&self.on_start, &self.on_stop].into_iter().chain(tasks).chain(refresh.map(|r| &r.steps)).collect()
    }

    fn step_lists_mut(&mut self) -> Vec<&mut Vec<Step>> {
        let refresh = self.auth.iter_mut().filter_map(|auth| auth.refresh.as_mut());
        let mut lists = vec![&mut self.on_start, &mut self.on_stop];
        match &mut self.tasks {
            Tasks::Weighted(tasks) | Tasks::Sequence(tasks) => {
                lists.extend(tasks.iter_mut().map(|task| &mut task.steps));
            }
            Tasks::States(states) => lists.extend(states.iter_mut().map(|state| &mut state.task.steps)),
        }
        lists.extend(refresh.map(|refresh| &mut refresh.steps));
        lists
    }
}

fn inner(step: &Step) -> Vec<&Vec<Step>> {
    match step {
        Step::Group { steps, .. } => vec![steps],
        Step::Parallel(branches) => branches.iter().collect(),
        Step::If { then, otherwise, .. } => vec![then, otherwise],
        Step::Repeat(repeat) => vec![&repeat.steps],
        Step::Poll(poll) => vec![&poll.steps],
        _ => Vec::new(),
    }
}

fn inner_mut(step: &mut Step) -> Vec<&mut Vec<Step>> {
    match step {
        Step::Group { steps, .. } => vec![steps],
        Step::Parallel(branches) => branches.iter_mut().collect(),
        Step::If { then, otherwise, .. } => vec![then, otherwise],
        Step::Repeat(repeat) => vec![&mut repeat.steps],
        Step::Poll(poll) => vec![&mut poll.steps],
        _ => Vec::new(),
    }
}

/// Calls `look` with every step, those within other steps too.
pub fn visit<'a>(steps: &'a [Step], look: &mut dyn FnMut(&'a Step)) {
    for step in steps {
        look(step);
        inner(step).into_iter().for_each(|steps| visit(steps, look));
    }
}

fn entries_of(step: &Step) -> [Option<EntryId>; 2] {
    match step {
        Step::Request(request) => {
            [Some(request.entry), request.stream.as_ref().map(|stream| stream.cached_entry)]
        }
        Step::Group { entry, .. } => [Some(*entry), None],
        _ => [None; 2],
    }
}

fn renumber(steps: &mut [Step], places: &[EntryId]) {
    let place = |id: EntryId| places.get(id.0).copied().unwrap_or(id);
    for step in steps {
        match step {
            Step::Request(request) => {
                request.entry = place(request.entry);
                request.stream.iter_mut().for_each(|s| s.cached_entry = place(s.cached_entry));
            }
            Step::Group { entry, .. } => *entry = place(*entry),
            _ => {}
        }
        inner_mut(step).into_iter().for_each(|steps| renumber(steps, places));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_must_be_named_takes_part_only_when_it_is_named() {
        let named = Scenario::oddiya().with_classes(&["PlanStreamUser".to_owned()]).unwrap();
        let names: Vec<_> = named.classes.iter().map(|class| class.name.as_str()).collect();
        assert_eq!(
            (names, named.classes[0].think_time.to_string()),
            (vec!["PlanStreamUser"], "10s..1m".to_owned())
        );
        let entries: Vec<_> = named.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(entries, ["/api/v1/plans/generate/stream", "/api/v1/plans/generate/stream (cached)"]);
        assert_eq!(named.request_steps()[0].entry, EntryId(0));
        let both = ["StressTestUser", "PlanStreamUser"].map(str::to_owned);
        assert_eq!(Scenario::oddiya().with_classes(&both).unwrap().entries.len(), 4);
    }

    #[test]
    fn a_think_time_for_all_takes_the_place_of_a_tasks_own() {
        let mut scenario = Scenario::oddiya();
        scenario.classes[0].tasks.each_mut(|task| task.think_time = Some(ThinkTime::NONE));
        let wait: ThinkTime = "5s".parse().unwrap();
        let class = &scenario.with_think_time(wait).classes[0];
        assert_eq!(class.think_time, wait);
        assert!(class.tasks.all().all(|task| task.think_time.is_none()));
    }

    #[test]
    fn classes_interleave_so_that_every_prefix_has_the_mix() {
        let mut scenario = Scenario::oddiya().with_classes(&[]).unwrap();
        assert_eq!((0..6).map(|u| scenario.class_of(u)).collect::<Vec<_>>(), [0, 1, 2, 0, 1, 2]);
        scenario.classes[0].number = Number::Weight(3);
        let first_five: Vec<_> = (0..5).map(|u| scenario.class_of(u)).collect();
        assert_eq!(first_five.iter().filter(|c| **c == 0).count(), 3, "{first_five:?}");
        assert_eq!((5..10).map(|u| scenario.class_of(u)).collect::<Vec<_>>(), first_five);
        scenario.classes[1].number = Number::Fixed(2);
        assert_eq!((0..6).map(|u| scenario.class_of(u)).collect::<Vec<_>>(), [1, 1, 0, 0, 2, 0]);
    }

    #[test]
    fn without_a_class_that_takes_part_by_itself_one_must_be_named() {
        let mut scenario = Scenario::oddiya();
        scenario.classes.retain(|class| class.presence == Presence::Named);
        let error = scenario.with_classes(&[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no class takes part unless it is named; name one or more of PlanStreamUser"
        );
    }

    #[test]
    fn an_unknown_class_is_named_with_the_known_ones() {
        let error = Scenario::oddiya().with_classes(&["OddyaUser".to_owned()]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown user class `OddyaUser`; this scenario has OddiyaUser, StressTestUser, DatabaseStressUser, \
             PlanStreamUser"
        );
    }
}
