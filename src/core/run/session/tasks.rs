//! Which task a user does next: by weight, in sequence, or as a state machine.

use super::draw::{between, by_weight, exponential, normal};
use super::user::User;
use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;
use crate::core::run::platform::Platform;
use crate::core::scenario::model::class::{Next, Task, Tasks, UserClass};
use crate::core::scenario::model::think_time::ThinkTime;

/// Whether a pass through a class's tasks is over: after any task that is drawn by weight, after the last of a sequence,
/// at the end of a state machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    UnderWay,
    Over,
    /// A state machine came to its end, and with it the session.
    EndOfSession,
}

impl UserClass {
    /// The place of the next task, where `place` is the next one of a sequence or the present state. `None` only for a
    /// class without tasks, which reading a scenario refuses.
    pub fn next_task(&self, place: usize, rng: &mut Rng) -> Option<usize> {
        match &self.tasks {
            Tasks::Weighted(tasks) => {
                let total: u64 = tasks.iter().map(|task| u64::from(task.weight)).sum();
                let mut ticket = rng.below(total);
                tasks.iter().position(|task| {
                    let hit = ticket < u64::from(task.weight);
                    ticket = ticket.saturating_sub(u64::from(task.weight));
                    hit
                })
            }
            Tasks::Sequence(tasks) => (place < tasks.len()).then_some(place),
            Tasks::States(states) => (place < states.len()).then_some(place),
        }
    }

    /// The task at a place.
    pub fn task(&self, place: usize) -> Option<&Task> {
        match &self.tasks {
            Tasks::Weighted(tasks) | Tasks::Sequence(tasks) => tasks.get(place),
            Tasks::States(states) => states.get(place).map(|state| &state.task),
        }
    }

    /// Where it goes on after the task at a place.
    pub fn after_task(&self, place: usize, rng: &mut Rng) -> (usize, Pass) {
        match &self.tasks {
            Tasks::Weighted(_) => (0, Pass::Over),
            Tasks::Sequence(tasks) if place + 1 < tasks.len() => (place + 1, Pass::UnderWay),
            Tasks::Sequence(_) => (0, Pass::Over),
            Tasks::States(states) => {
                let ways = states.get(place).map(|state| state.next.as_slice()).unwrap_or_default();
                let drawn = by_weight(ways.iter().map(|way| f64::from(way.weight)), rng);
                match drawn.and_then(|drawn| ways.get(drawn)).map(|way| way.to) {
                    Some(Next::State(state)) => (state, Pass::UnderWay),
                    Some(Next::EndOfSession) | None => (0, Pass::EndOfSession),
                }
            }
        }
    }
}

/// When the next task is due: after one that was due at `due` and ended at `ended`.
pub fn next_due(think_time: ThinkTime, due: Micros, ended: Micros, rng: &mut Rng) -> Micros {
    match think_time {
        ThinkTime::Pacing { every } => ended.max(due + every),
        other => ended + pause(other, rng),
    }
}

/// Draws a pause.
pub fn pause(think_time: ThinkTime, rng: &mut Rng) -> Micros {
    match think_time {
        ThinkTime::Between { from, to } => between(from, to, rng),
        ThinkTime::Normal { mean, deviation } => normal(mean, deviation, rng),
        ThinkTime::Poisson { mean } => exponential(mean, rng),
        ThinkTime::Pacing { every } => every,
    }
}

impl<P: Platform> User<P> {
    /// The think time after a task; the class's where there was none.
    pub fn think_time_after(&self, task: Option<usize>) -> ThinkTime {
        let class = self.of();
        let own = class.and_then(|class| class.task(task?)?.think_time);
        own.or(class.map(|class| class.think_time)).unwrap_or(ThinkTime::NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::scenario::Scenario;
    use crate::core::scenario::model::class::{State, Way};

    fn class(tasks: impl FnOnce(Vec<Task>) -> Tasks) -> UserClass {
        let mut class = Scenario::oddiya().classes.remove(0);
        let Tasks::Weighted(old) = class.tasks else { unreachable!() };
        class.tasks = tasks(old);
        class
    }

    #[test]
    fn tasks_are_drawn_in_proportion_to_their_weights() {
        let (class, mut rng, mut counts) = (class(Tasks::Weighted), Rng::new(3), [0u32; 5]);
        (0..21_000).for_each(|_| counts[class.next_task(0, &mut rng).unwrap()] += 1);
        for (count, weight) in counts.iter().zip([10, 5, 2, 1, 3]) {
            assert!(count.abs_diff(weight * 1000) < 300, "{counts:?}");
        }
    }

    #[test]
    fn a_sequence_does_each_task_and_begins_again() {
        let (class, mut rng, mut place) = (class(Tasks::Sequence), Rng::new(3), 0);
        let mut done = Vec::new();
        for _ in 0..7 {
            let task = class.next_task(place, &mut rng).unwrap();
            let (next, pass) = class.after_task(task, &mut rng);
            done.push((task, pass == Pass::Over));
            place = next;
        }
        let expected = [(0, false), (1, false), (2, false), (3, false), (4, true), (0, false), (1, false)];
        assert_eq!(done, expected);
    }

    #[test]
    fn a_state_machine_follows_its_probabilities_to_the_end_of_the_session() {
        let way = |weight, to| Way { weight, to };
        let class = class(|mut tasks| {
            let second = tasks.pop().unwrap();
            let first = tasks.pop().unwrap();
            let leave = way(45, Next::EndOfSession);
            Tasks::States(vec![
                State { task: first, next: vec![leave, way(55, Next::State(1))] },
                State { task: second, next: vec![way(1, Next::EndOfSession)] },
            ])
        });
        let mut rng = Rng::new(3);
        let left = (0..10_000).filter(|_| class.after_task(0, &mut rng) == (0, Pass::EndOfSession)).count();
        assert!((4_300..4_700).contains(&left), "{left}");
        assert_eq!(class.after_task(1, &mut rng), (0, Pass::EndOfSession));
    }

    #[test]
    fn pacing_starts_a_task_every_so_often_or_at_once_when_it_is_late() {
        let pacing = ThinkTime::Pacing { every: Micros(100) };
        let mut rng = Rng::new(1);
        assert_eq!(next_due(pacing, Micros(1_000), Micros(1_030), &mut rng), Micros(1_100));
        assert_eq!(next_due(pacing, Micros(1_000), Micros(1_250), &mut rng), Micros(1_250));
        let constant = ThinkTime::Between { from: Micros(7), to: Micros(7) };
        assert_eq!(next_due(constant, Micros(1_000), Micros(1_030), &mut rng), Micros(1_037));
    }
}
