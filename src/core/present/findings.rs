//! The findings of a report in words: what was found, and what to do next. The figures in them are rounded, so that a live
//! view changes its words seldom.

use crate::core::analyse::contradictions::{Contradiction, Summed};
use crate::core::analyse::findings::{Finding, Scope, refused_status};
use crate::core::base::failure::{FailureKind, Status};
use crate::core::base::units::group_thousands;
use crate::core::base::visible::cell;

/// One finding in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingWords {
    /// What was found, in a sentence.
    pub what: String,
    /// What to do next, in a sentence or two.
    pub next: String,
}

pub fn finding_words(finding: &Finding) -> FindingWords {
    match finding {
        Finding::Contradictions(found) => FindingWords {
            what: format!(
                "These figures contradict each other: {}.",
                found.iter().map(contradiction_words).collect::<Vec<_>>().join("; ")
            ),
            next: NEXT_AFTER_CONTRADICTION.to_owned(),
        },
        Finding::AllUnauthorized { scope, status, .. } => FindingWords {
            what: format!("Every answer{} was HTTP {status}: {}.", under(scope), refused_because(*status)),
            next: next_after_refusal(*status).to_owned(),
        },
        Finding::AllNotFound { scope, .. } => FindingWords {
            what: format!(
                "Every answer{} was HTTP 404: the host is there, but these paths are not.",
                under(scope)
            ),
            next: next_after_refusal(404).to_owned(),
        },
        Finding::MostlyFailing { share, kind, detail, .. } => FindingWords {
            what: format!(
                "{:.0} % of requests failed, most of them with: {}.",
                share * 100.0,
                named(*kind, detail)
            ),
            next: refused_status(finding).map_or_else(|| next_after(*kind), next_after_refusal).to_owned(),
        },
    }
}

/// What a refusal means at an Oddiya, and what to do.
const fn next_after_refusal(status: Status) -> &'static str {
    match status {
        401 => NEXT_WITHOUT_TOKEN,
        403 => NEXT_FORBIDDEN,
        _ => NEXT_WITHOUT_PATHS,
    }
}

const NEXT_WITHOUT_TOKEN: &str = "Today's gateway wants a token, and takes an unsigned one: run it in profile gateway (--profile gateway), or \
                                  give a token of your own with --bearer. If a login with the right password gets 401, the \
                                  user-service is down. The services behind the gateway want no token; `docker compose ps` lists \
                                  their ports.";
const NEXT_FORBIDDEN: &str = "The auth-service says 403 to every path that is not its own, and plan-service to a plan of \
                              another user: is this the gateway's address, with its port? `docker compose ps` lists it.";
const NEXT_WITHOUT_PATHS: &str = "Is this the address of the Oddiya gateway (for PlanStreamUser: of the llm-agent), with its \
                                  port and any path in front? A single service wants the profile direct. Ask for one of the paths with curl.";

const NEXT_AFTER_CONTRADICTION: &str = "The file was changed or damaged, or another tool wrote it so: rely on none of its figures, and export it again.";

fn contradiction_words(found: &Contradiction) -> String {
    match found {
        Contradiction::NoSum { what, total, parts } => {
            format!("{} {} and not {}", summed(*what), group_thousands(*parts), group_thousands(*total))
        }
        Contradiction::MoreFailed { name, failures, requests } => {
            format!("{failures} of {requests} requests of {} failed", cell(name))
        }
        Contradiction::MoreFailedInSecond { second } => {
            format!("in second {second} more requests failed than ended")
        }
        Contradiction::WrongShare { name, share } => {
            format!("the share of failures of {} is {share}, which is not that of its counts", cell(name))
        }
        Contradiction::OutOfOrder { name } => {
            format!("quantiles of {} are out of order, or outside minimum and maximum", cell(name))
        }
        Contradiction::MoreTimes { name, times, requests } => {
            format!("{} has {times} latencies of {requests} requests", cell(name))
        }
        Contradiction::OutOfOrderInSecond { second } => {
            format!("the quantiles of second {second} are out of order or negative")
        }
        Contradiction::Negative { name } => format!("{} has a time or a rate below zero", cell(name)),
        Contradiction::LastBeforeFirst { name } => {
            format!("a failure of {} was last seen before it was first seen", cell(name))
        }
        Contradiction::NoDate { started_at } => format!("the start `{}` is no date", cell(started_at)),
    }
}

const fn summed(what: Summed) -> &'static str {
    match what {
        Summed::Requests => "the requests of all names add up to",
        Summed::Failures => "the failures of all names add up to",
        Summed::Sent => "the requests sent under all names add up to",
        Summed::Bytes => "the bytes of all names add up to",
        Summed::FailureRows => "the table of failures adds up to",
        Summed::Seconds => "the requests of all seconds add up to",
        Summed::Intervals => "the requests of all intervals add up to",
    }
}

fn under(scope: &Scope) -> String {
    match scope {
        Scope::Everything => String::new(),
        Scope::Under(area) => format!(" under {}", cell(area)),
    }
}

const fn refused_because(status: Status) -> &'static str {
    match status {
        401 => "the host wants a token",
        _ => "the host does not allow these requests",
    }
}

fn named(kind: FailureKind, detail: &str) -> String {
    match kind {
        FailureKind::Status if !detail.is_empty() => cell(detail),
        kind if detail.is_empty() => kind.label().to_owned(),
        kind => format!("{} ({})", kind.label(), cell(detail)),
    }
}

const fn next_after(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Dns
        | FailureKind::Refused
        | FailureKind::Unreachable
        | FailureKind::ConnectTimeout
        | FailureKind::Tls => "Is the service up, and is this its port? `docker compose ps` lists both.",
        FailureKind::Exhausted => {
            "This machine, not the host, is at its end: use fewer users, or a larger machine."
        }
        FailureKind::Blocked => {
            "The browser blocked the requests: load the host through the companion, oddiya-load serve."
        }
        _ => {
            "The table of failures has each kind; the host's own log says why. Latencies are mostly those of failures."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_what_every_answer_was_and_what_to_do_next() {
        let scope = Scope::Under("/api".to_owned());
        let words = finding_words(&Finding::AllUnauthorized { scope, status: 401, answers: 110 });
        assert_eq!(words.what, "Every answer under /api was HTTP 401: the host wants a token.");
        assert!(
            words.next.contains("--profile gateway") && words.next.contains("docker compose ps"),
            "{words:?}"
        );
        let words = finding_words(&Finding::AllNotFound { scope: Scope::Everything, answers: 9 });
        assert!(words.what.starts_with("Every answer was HTTP 404: ") && words.next.contains("llm-agent"));
    }

    #[test]
    fn figures_that_contradict_each_other_are_named_both() {
        let no_sum = Contradiction::NoSum { what: Summed::Requests, total: 500, parts: 1_940 };
        let no_date = Contradiction::NoDate { started_at: "now\n\u{1b}[2J".to_owned() };
        let words = finding_words(&Finding::Contradictions(vec![no_sum, no_date]));
        assert_eq!(
            words.what,
            "These figures contradict each other: the requests of all names add up to 1\u{202f}940 and not 500; the start \
             `now\\n\\u{1b}[2J` is no date."
        );
    }

    #[test]
    fn a_share_of_failures_is_named_with_its_most_frequent_kind() {
        let failing = |kind, detail: &str| {
            let detail = detail.to_owned();
            finding_words(&Finding::MostlyFailing { share: 0.834, requests: 500, kind, detail })
        };
        let words = failing(FailureKind::Refused, "");
        assert_eq!(words.what, "83 % of requests failed, most of them with: connection refused.");
        assert!(words.next.contains("docker compose ps"), "{words:?}");
        assert!(failing(FailureKind::Status, "HTTP 503").what.ends_with("with: HTTP 503."));
    }
}
