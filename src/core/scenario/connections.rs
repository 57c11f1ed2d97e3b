//! How many connections a user may keep open at the same time.

use std::collections::BTreeSet;

use super::choose::visit;
use super::model::again::AgainHow;
use super::model::class::UserClass;
use super::model::request::RequestStep;
use super::model::scenario::Scenario;
use super::model::step::Step;

impl Scenario {
    /// The most connections of one user: one to each service for each of the requests that it may send at once. 1 or more.
    pub fn connections_per_user(&self) -> u64 {
        self.classes.iter().map(of_class).max().unwrap_or_default().max(1)
    }
}

fn of_class(class: &UserClass) -> u64 {
    let lists = class.step_lists();
    let mut services = BTreeSet::new();
    for steps in &lists {
        visit(steps, &mut |step| {
            if let Step::Request(request) = step {
                services.insert(request.request.service.0);
            }
        });
    }
    let at_once = lists.into_iter().map(|steps| most_at_once(steps)).max().unwrap_or_default();
    at_once.saturating_mul(services.len() as u64)
}

/// The most requests that these steps have in flight at the same time.
fn most_at_once(steps: &[Step]) -> u64 {
    steps.iter().map(at_once).max().unwrap_or_default()
}

fn at_once(step: &Step) -> u64 {
    match step {
        Step::Request(request) => of_request(request),
        Step::Parallel(branches) => {
            branches.iter().map(|steps| most_at_once(steps)).fold(0, u64::saturating_add)
        }
        Step::Group { steps, .. } => most_at_once(steps),
        Step::If { then, otherwise, .. } => most_at_once(then).max(most_at_once(otherwise)),
        Step::Repeat(repeat) => most_at_once(&repeat.steps),
        Step::Poll(poll) => most_at_once(&poll.steps),
        Step::Set { .. }
        | Step::Append { .. }
        | Step::Clear(_)
        | Step::NextRow(_)
        | Step::Wait(_)
        | Step::End(_) => 0,
    }
}

fn of_request(request: &RequestStep) -> u64 {
    match &request.again {
        Some(again) if again.how == AgainHow::InParallel => u64::from(again.times),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::scenario::file::read;
    use crate::core::scenario::file::surroundings::{Choices, Nothing};

    fn of(text: &str) -> u64 {
        read("a", text, &Choices::default(), &Nothing).unwrap().connections_per_user()
    }

    #[test]
    fn a_user_has_one_connection_unless_it_sends_at_once_or_to_several_services() {
        assert_eq!(Scenario::oddiya().connections_per_user(), 1);
        let burst = "
scenario: burst
services: { gateway: http://localhost:1, auth: http://localhost:2, unused: http://localhost:3 }
users:
  Starter:
    on_start:
      - post: /login
        service: auth
    tasks:
      - task: start
        steps:
          - parallel:
              - get: /a
              - steps: [ get: /b, get: /c ]
              - post: /d
                again: { how: in parallel, times: 4, same: $.id }
  Reader:
    tasks: [ get: /a ]
";
        assert_eq!(of(burst), 2 * (1 + 1 + 4));
    }
}
