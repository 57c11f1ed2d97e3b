//! What all users of a shard share.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::backoff::Budget;
use super::held::HeldRequests;
use super::patterns::Patterns;
use super::rows::Rows;
use crate::core::config::load::Share;
use crate::core::http::exchange::Exchange;
use crate::core::http::request::Request;
use crate::core::run::gate::Gate;
use crate::core::run::in_flight::InFlight;
use crate::core::run::recorder::Recorder;
use crate::core::scenario::Scenario;

/// The retries that all shards together may make before any request has earned one.
const RETRY_RESERVE: f64 = 10.0;

/// What all users of a shard share.
pub struct Common<P> {
    pub platform: Rc<P>,
    pub scenario: Scenario,
    pub recorder: RefCell<Recorder>,
    pub in_flight: InFlight,
    /// Requests that polls hold back.
    pub held: Rc<HeldRequests>,
    /// Closed while no request can reach the host.
    pub gate: Gate,
    pub patterns: Patterns,
    /// The rows of each data set, in the order of [`Scenario::data`].
    pub rows: Vec<Rows>,
    /// `None` when retries have no limit but their own.
    pub retry_budget: Option<Budget>,
    /// Milliseconds from 1970 to the start of the run.
    pub began_unix_ms: u64,
    /// How many tasks may still begin; `None` for any number.
    pub tasks_left: Cell<Option<u64>>,
    /// Whether no request may start any more.
    pub is_over: Cell<bool>,
    /// Gets every request and answer, for `run-once`; `None` in a run.
    pub reader: Option<Box<dyn Reader>>,
}

/// Gets every request with its answer, to show them.
pub trait Reader {
    /// Called once for each request, after its outcome was judged and before it is counted.
    fn on_exchange(&self, request: &Request, exchange: &Exchange);
}

impl<P> Common<P> {
    pub fn new(platform: Rc<P>, scenario: Scenario, share: Share, seed: u64) -> Self {
        let recorder = RefCell::new(Recorder::new(share.shard, scenario.entries.len()));
        let files = scenario.data.iter().enumerate();
        let rows = files.map(|(file, data)| Rows::new(data.rows.len(), share, seed, file)).collect();
        let reserve = RETRY_RESERVE / f64::from(share.shards.max(1));
        let retry_budget = scenario.retry_budget.map(|budget| Budget::new(budget.share, reserve));
        Self {
            platform,
            scenario,
            recorder,
            in_flight: InFlight::default(),
            held: Rc::default(),
            gate: Gate::default(),
            patterns: Patterns::default(),
            rows,
            retry_budget,
            began_unix_ms: 0,
            tasks_left: Cell::new(None),
            is_over: Cell::new(false),
            reader: None,
        }
    }

    /// Takes the right to begin a task; `false` when as many as were asked for have begun.
    pub fn take_task(&self) -> bool {
        match self.tasks_left.get() {
            None => true,
            Some(0) => false,
            Some(left) => {
                self.tasks_left.set(Some(left - 1));
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::scenario::model::scenario::RetryBudget;

    /// How many retries a shard may make before any request has earned one.
    fn reserve_of_one(shards: u32) -> usize {
        let budget = Some(RetryBudget { share: 0.1 });
        let scenario = Scenario { retry_budget: budget, ..Scenario::oddiya() };
        let common = Common::new(Rc::new(()), scenario, Share { shard: 0, shards }, 1);
        let budget = common.retry_budget.unwrap();
        (0..100).filter(|_| budget.take()).count()
    }

    #[test]
    fn all_shards_together_have_one_reserve_of_retries() {
        assert_eq!([1, 2, 5].map(reserve_of_one), [10, 5, 2]);
    }
}
