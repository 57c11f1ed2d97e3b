//! Kills at random moments: when they happen, a host that counts, and what a report and the host's counts must agree on.
//!
//! What is killed, and how, is each test's own. `make soak-kills` repeats these tests many more times than `make test`.

mod counting_host;
mod reconcile;
mod schedule;

pub use counting_host::CountingHost;
pub use reconcile::{Counted, Death, reconcile};
pub use schedule::{Schedule, kills_of_each};
