//! The findings of a report in words: what was found, and what to do next. The figures in them are rounded, so that a live
//! view changes its words seldom.

use crate::core::analyse::findings::{Finding, Scope};
use crate::core::base::failure::{FailureKind, Status};
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
        Finding::AllUnauthorized { scope, status, .. } => FindingWords {
            what: format!("Every answer{} was HTTP {status}: {}.", under(scope), refused_because(*status)),
            next: NEXT_WITHOUT_TOKEN.to_owned(),
        },
        Finding::AllNotFound { scope, .. } => FindingWords {
            what: format!(
                "Every answer{} was HTTP 404: the host is there, but these paths are not.",
                under(scope)
            ),
            next: NEXT_WITHOUT_PATHS.to_owned(),
        },
        Finding::MostlyFailing { share, kind, detail, .. } => FindingWords {
            what: format!(
                "{:.0} % of requests failed, most of them with: {}.",
                share * 100.0,
                named(*kind, detail)
            ),
            next: next_after(*kind).to_owned(),
        },
    }
}

const NEXT_WITHOUT_TOKEN: &str = "These requests carry X-User-Id and no token. Let the host accept them for the test, or \
                                  load the service behind the gateway itself; `docker compose ps` lists its port.";
const NEXT_WITHOUT_PATHS: &str = "Is this the address of the Oddiya gateway (for PlanStreamUser: of the llm-agent), with its \
                                  port and any path in front? Ask for one of the paths with curl.";

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
        assert!(words.next.contains("no token") && words.next.contains("docker compose ps"), "{words:?}");
        let words = finding_words(&Finding::AllNotFound { scope: Scope::Everything, answers: 9 });
        assert!(words.what.starts_with("Every answer was HTTP 404: ") && words.next.contains("llm-agent"));
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
