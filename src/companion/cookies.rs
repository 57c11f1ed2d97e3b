//! The cookies of the page's users: a jar for each user of each run, as the runner's users have. No jar outlives its run for
//! long, so that a run begins without cookies as the runner's does.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::core::http::request_id::RequestId;
use crate::net::cookies::CookieJar;

/// The most runs that have jars at a time: more than anybody has tabs for.
const MAX_RUNS: usize = 64;
/// How long the jars of a run without requests are kept: longer than any think time.
const RUN_IDLE: Duration = Duration::from_secs(3_600);

/// The jars of all runs.
#[derive(Default)]
pub struct Jars {
    runs: HashMap<u32, Run>,
}

struct Run {
    users: HashMap<u32, CookieJar>,
    used: Instant,
}

impl Jars {
    /// The jar of the user who sends a request; an empty one where the request does not say who.
    pub fn of(&mut self, id: Option<RequestId>, user: Option<u32>) -> CookieJar {
        let (Some(id), Some(user)) = (id, user) else { return CookieJar::default() };
        let now = Instant::now();
        if !self.runs.contains_key(&id.run()) {
            self.make_room(now);
        }
        let run = self.runs.entry(id.run()).or_insert_with(|| Run { users: HashMap::new(), used: now });
        run.used = now;
        run.users.entry(user).or_default().clone()
    }

    fn make_room(&mut self, now: Instant) {
        self.runs.retain(|_, run| now.duration_since(run.used) < RUN_IDLE);
        let longest_idle = self.runs.iter().min_by_key(|(_, run)| run.used).map(|(number, _)| *number);
        if let Some(number) = longest_idle.filter(|_| self.runs.len() >= MAX_RUNS) {
            self.runs.remove(&number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(jar: &CookieJar) {
        jar.take(["s=1"], &"http://host.example/".parse().unwrap());
    }

    #[test]
    fn a_user_of_a_run_has_one_jar_and_shares_it_with_nobody() {
        let mut jars = Jars::default();
        let mut of = |run, number, user| jars.of(Some(RequestId::new(run, number)), user);
        set(&of(1, 0, Some(7)));
        assert!(!of(1, 9, Some(7)).is_empty(), "the same user's next request");
        assert!(of(1, 1, Some(8)).is_empty() && of(2, 0, Some(7)).is_empty());
        set(&of(1, 2, None));
        assert!(of(1, 3, None).is_empty(), "nobody's cookies are not kept");
    }

    #[test]
    fn only_so_many_runs_are_remembered_and_the_oldest_is_forgotten() {
        let mut jars = Jars::default();
        (0..200).for_each(|run| set(&jars.of(Some(RequestId::new(run, 0)), Some(0))));
        assert_eq!(jars.runs.len(), MAX_RUNS);
        assert!(jars.of(Some(RequestId::new(0, 1)), Some(0)).is_empty());
        assert!(!jars.of(Some(RequestId::new(199, 1)), Some(0)).is_empty());
    }
}
