//! One user once: a session from its start to its end, each task of a sequence or every state on the way, without think
//! time between them. It serves people who write a scenario and want to see what is sent.

use std::rc::Rc;

use super::common::Common;
use super::presence::Presence;
use super::tasks::Pass;
use super::user::User;
use super::walk::Flow;
use crate::core::base::rng::Rng;
use crate::core::run::platform::Platform;
use crate::core::scenario::Scenario;
use crate::core::scenario::model::class::Tasks;

/// The most tasks of a state machine: one that never reaches its end is left after them.
const MOST_TASKS: u32 = 200;

/// Runs the first user of a class, and gives the number of tasks that it began. `None` when the class does not exist.
pub async fn run_once<P: Platform>(common: &Rc<Common<P>>, class: usize, seed: u64) -> Option<u64> {
    let mut rng = Rng::split(seed, 0);
    let user = User::new(common, 0, class, Rc::new(Presence::default()), &mut rng)?;
    let mut due = common.platform.now();
    for _ in 0..MOST_TASKS {
        let Some(begun) = user.begin(&mut rng) else { break };
        let done = user.carry_out(begun, due, &mut rng).await;
        if done.flow >= Flow::EndSession || done.pass != Pass::UnderWay {
            break;
        }
        due = common.platform.now();
    }
    user.end_session(&mut rng).await;
    let begun = user.state.borrow().iteration;
    Some(begun)
}

/// The scenario with the tasks of every class in sequence, so that each that is drawn by weight is done once.
pub fn each_task_once(mut scenario: Scenario) -> Scenario {
    for class in &mut scenario.classes {
        if let Tasks::Weighted(tasks) = &mut class.tasks {
            class.tasks = Tasks::Sequence(std::mem::take(tasks));
        }
    }
    scenario
}
