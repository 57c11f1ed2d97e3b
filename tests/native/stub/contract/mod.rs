//! The stub against the real Oddiya: every recorded exchange is replayed and compared.
//!
//! `tests/fixtures/oddiya/README.md` says what was recorded. `known` lists what stays different, with the reasons.

mod compare;
mod exchange;
mod known;
mod replay;
mod results;
mod tally;
mod variables;
mod wire;

use std::collections::BTreeMap;

use futures_util::future::join_all;

use compare::Aspect;
use exchange::Exchange;
use replay::Ports;
use tally::Tally;

/// Status and closing decide what a load test counts; the body decides what its checks say.
const LEAST_SHARES: [(Aspect, f64); 3] =
    [(Aspect::Status, 0.99), (Aspect::Closing, 0.99), (Aspect::Body, 0.97)];

#[tokio::test]
async fn the_stub_answers_as_the_recorded_host_did() {
    let groups = exchange::by_group();
    let tally = tally(&groups, Ports::Own).await;
    println!("{}", tally.table());
    results::hold(&tally.table());
    let (unlisted, stale) = tally.against(known::DIFFERENCES);
    assert!(unlisted.is_empty(), "different and not listed in known.rs:\n{}", unlisted.join("\n"));
    assert!(stale.is_empty(), "listed in known.rs but no longer different:\n{}", stale.join("\n"));
    for (aspect, least) in LEAST_SHARES {
        let share = tally.share(aspect);
        assert!(share >= least, "{aspect:?}: {share:.4} of the exchanges are right, {least} are wanted");
    }
}

/// A port for all services takes `/nothing` for a path of the one that was asked last; right after a health it is a guess.
#[tokio::test]
async fn under_one_port_the_services_still_answer_nearly_all_as_recorded() {
    let mut groups = exchange::by_group();
    groups.retain(|group, _| group.starts_with('d') || group == "act");
    let tally = tally(&groups, Ports::One).await;
    println!("{}\n{}", tally.table(), tally.against(known::DIFFERENCES).0.join("\n"));
    for aspect in [Aspect::Status, Aspect::Closing] {
        assert!(tally.share(aspect) >= 0.95, "{aspect:?}: {:.4}", tally.share(aspect));
    }
}

async fn tally(groups: &BTreeMap<String, Vec<Exchange>>, ports: Ports) -> Tally {
    let replayed =
        join_all(groups.iter().map(|(group, exchanges)| replay::group(group, exchanges, ports))).await;
    let mut tally = Tally::default();
    for (group, outcomes) in groups.keys().zip(replayed) {
        for outcome in outcomes {
            tally.add(group, outcome);
        }
    }
    tally
}
