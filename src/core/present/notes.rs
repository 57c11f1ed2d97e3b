//! The notes of a report as sentences.

use crate::core::base::units::format_clock;
use crate::core::base::visible;
use crate::core::report::{Generator, GeneratorKind, Note, Route};

/// The notes that are shown; this program writes fewer kinds than that.
const MOST_NOTES: usize = 50;

/// Each note in one or two sentences.
pub fn sentences(generator: &Generator) -> impl Iterator<Item = String> {
    let left_out = generator.notes.len().saturating_sub(MOST_NOTES);
    let rest = (left_out > 0).then(|| format!("{left_out} more notes stand in the report's file."));
    generator.notes.iter().take(MOST_NOTES).map(|note| sentence(note, generator)).chain(rest)
}

/// One note in one or two sentences. The advice in it depends on what ran the load, so it takes the generator.
pub fn sentence(note: &Note, generator: &Generator) -> String {
    match note {
        Note::CeilingReached { seconds, of_seconds, peak_rps, best_rps } => {
            let best = best_rps
                .map_or_else(String::new, |best| format!(" (measured at its best: {best:.0} per second)"));
            let way_out = match generator.kind {
                GeneratorKind::Browser => {
                    "Use fewer users; a page at its limit hands over to the runner, oddiya-load run."
                }
                _ => "Use fewer users or a lower rate, or give the runner more cores, or all of them to itself.",
            };
            format!(
                "ceiling reached: for {seconds} of {of_seconds} seconds the generator, not the host, limited the rate, \
                 at up to {peak_rps:.0} requests per second{best}. {way_out}"
            )
        }
        Note::HeldUp { seconds, of_seconds, late, queued, blocked, hidden } => {
            let seen = held_up_by([*late, *queued, *blocked, *hidden]);
            format!(
                "For {seconds} of {of_seconds} seconds the generator was held up: {seen}. Something else took the \
                 processor, or this is more than the generator can do; free the machine, or use fewer users."
            )
        }
        Note::RecordsMissing { requests, of_requests } => format!(
            "{requests} of {of_requests} requests are timed by the page, with the browser's queue in it: the \
             companion's record of them did not come."
        ),
        Note::RequestsLost { requests, gone_seconds } => requests_lost(*requests, *gone_seconds),
        Note::CertificatesUnchecked => {
            "CERTIFICATES WERE NOT CHECKED (--insecure): anybody could have answered in the host's place.".to_owned()
        }
        Note::TimingWithheld { requests, of_requests } => format!(
            "{requests} of {of_requests} requests are timed by the page's clock, with the browser's queue in it: the \
             host withholds what the browser measured (no Timing-Allow-Origin), or no answer came."
        ),
        Note::SleptInFlight { requests } => format!(
            "{requests} requests were in flight while the machine slept or the companion was stopped; they are counted, but in \
             no latency."
        ),
        Note::PlaceholderPlans { placeholders, of_plans, failed } => {
            placeholder_plans(*placeholders, *of_plans, *failed)
        }
        Note::SharedConnections => shared_connections(generator.route).to_owned(),
        Note::HostNamePerUser => HOST_NAME_PER_USER.to_owned(),
        Note::RecoveryOff => {
            "Had the tab closed or crashed, the run would have been lost: this browser keeps nothing for this page."
                .to_owned()
        }
        Note::RecoveryBlocked => {
            "Had the tab closed or crashed, the run would have been lost: another tab of this page, perhaps of an \
             older version, kept the browser's database busy. Close it before the next run."
                .to_owned()
        }
        Note::RecoveryIncomplete => {
            "Had the tab closed or crashed, seconds would have been lost: this browser could not keep all of them."
                .to_owned()
        }
        Note::RecordsUnreadable { records, of_records } => format!(
            "{records} of {of_records} records of this run that was cut off cannot be read; what was in them is missing."
        ),
        Note::StatisticsReset { at_s, requests_before, in_flight } => format!(
            "The statistics were set back {} into the run: {requests_before} requests before that are in no figure, and \
             {in_flight} that were in flight then count from when they ended.",
            format_clock(*at_s)
        ),
        Note::ShardLost { shard, why } => format!(
            "Shard {shard} broke off ({}): its users stopped, and their last requests are not counted.",
            visible::sentence(why)
        ),
        Note::FewFileHandles { allowed, users, connections_per_user } => {
            few_file_handles(*allowed, *users, *connections_per_user)
        }
        Note::Example => "This is an example: virtual time and a made-up host, no request was sent.".to_owned(),
        Note::Text { text } => visible::sentence(text),
        Note::Other => "A later version of Oddiya Load noted something that this one does not know.".to_owned(),
    }
}

fn placeholder_plans(placeholders: u64, of_plans: u64, failed: u64) -> String {
    match (placeholders, failed) {
        (placeholders, 0) if placeholders == of_plans => {
            "All plans are placeholders: the model is mocked, or fails every time.".to_owned()
        }
        (_, 0) => format!("{placeholders} of {of_plans} plans are placeholders."),
        _ => format!(
            "{placeholders} of {of_plans} plans are placeholders, and {failed} of them count as failures: a model that \
             fails leaves them behind."
        ),
    }
}

/// What was seen, with the number of seconds of each: late, queued, blocked, hidden.
fn held_up_by(seconds: [u64; 4]) -> String {
    let words = [
        "users started late",
        "requests queued before they were sent",
        "its thread had no processor",
        "the page was hidden",
    ];
    let seen = seconds.into_iter().zip(words).filter(|(seconds, _)| *seconds > 0);
    seen.map(|(seconds, what)| format!("{what} ({seconds} s)")).collect::<Vec<_>>().join(", ")
}

fn requests_lost(requests: u64, gone_seconds: u64) -> String {
    let lost = format!(
        "{requests} requests were lost by the generator itself and count as neither answered nor failed"
    );
    match gone_seconds {
        0 => format!("{lost}: the browser did not receive the whole response, and the host is not to blame."),
        _ => format!(
            "The companion was gone for {gone_seconds} seconds. No request was started meanwhile; {lost}."
        ),
    }
}

const HOST_NAME_PER_USER: &str = "Requests went straight to the host, each user's to a name of its own \
    (u0.localhost, u1.localhost, …), which is also what the host reads in Host. The browser asks the host for permission \
    by OPTIONS before requests with headers of their own; through the companion it need not.";

const fn shared_connections(route: Option<Route>) -> &'static str {
    match route {
        Some(Route::Companion) => {
            "Names under .localhost do not resolve in this browser, so all users share six connections: more than \
             six requests at a time wait in the browser's queue."
        }
        _ => {
            "Requests went straight to the host, where the browser allows six connections for all users together; \
             through the companion each user has its own."
        }
    }
}

/// The number of file descriptors that the runner needs for files, timers and the like. The connection of each user
/// needs one more.
pub const RESERVED_FILE_HANDLES: u64 = 64;

fn few_file_handles(allowed: u64, users: u64, connections_per_user: u64) -> String {
    let per_user = connections_per_user.max(1);
    let enough = allowed.saturating_sub(RESERVED_FILE_HANDLES) / per_user;
    let each = if per_user == 1 { String::new() } else { format!(" of {per_user} each") };
    format!(
        "this machine lets one process open {allowed} files, enough for about {enough} users' connections{each}; with up to \
         {users} users, requests may fail here: raise the limit (ulimit -n {}) or share the users among machines",
        users.saturating_mul(per_user).saturating_add(RESERVED_FILE_HANDLES)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: GeneratorKind, note: &Note) -> String {
        sentence(note, &Generator::own(kind))
    }

    #[test]
    fn the_ceiling_is_named_with_the_way_out_that_fits_the_generator() {
        let reached =
            |best_rps| Note::CeilingReached { seconds: 5, of_seconds: 5, peak_rps: 300.0, best_rps };
        let note = of(GeneratorKind::Browser, &reached(None));
        assert!(
            note.starts_with("ceiling reached: for 5 of 5 seconds the generator, not the host"),
            "{note}"
        );
        let note = of(GeneratorKind::Browser, &reached(Some(550.0)));
        assert!(note.contains("at its best: 550 per second") && note.ends_with("oddiya-load run."), "{note}");
        let note = of(GeneratorKind::Native, &reached(None));
        assert!(note.contains("give the runner more cores"), "{note}");
    }

    #[test]
    fn placeholder_plans_are_one_notice_where_all_are_and_failures_beside_others() {
        let said = |placeholders, failed| {
            of(GeneratorKind::Native, &Note::PlaceholderPlans { placeholders, of_plans: 9, failed })
        };
        assert_eq!(said(9, 0), "All plans are placeholders: the model is mocked, or fails every time.");
        assert!(said(4, 4).starts_with("4 of 9 plans are placeholders, and 4 of them count as failures"));
    }

    #[test]
    fn a_generator_that_was_held_up_says_by_what() {
        let held_up = Note::HeldUp { seconds: 6, of_seconds: 60, late: 2, queued: 0, blocked: 6, hidden: 0 };
        let note = of(GeneratorKind::Browser, &held_up);
        assert!(
            note.contains("held up: users started late (2 s), its thread had no processor (6 s)."),
            "{note}"
        );
    }

    #[test]
    fn a_reset_says_what_is_in_no_figure() {
        let reset = Note::StatisticsReset { at_s: 75.0, requests_before: 310, in_flight: 4 };
        let note = of(GeneratorKind::Native, &reset);
        assert!(
            note.contains("set back 1:15 into the run: 310 requests") && note.contains("4 that were"),
            "{note}"
        );
    }

    #[test]
    fn lost_requests_are_nobodys_failures() {
        let note = of(GeneratorKind::Browser, &Note::RequestsLost { requests: 12, gone_seconds: 4 });
        assert!(note.starts_with("The companion was gone for 4 seconds."), "{note}");
        let note = of(GeneratorKind::Browser, &Note::RequestsLost { requests: 1, gone_seconds: 0 });
        assert!(note.contains("the host is not to blame"), "{note}");
    }

    fn few(allowed: u64, users: u64, connections_per_user: u64) -> Note {
        Note::FewFileHandles { allowed, users, connections_per_user }
    }

    #[test]
    fn a_limit_on_open_files_says_for_how_many_users_it_is_enough() {
        let note = of(GeneratorKind::Native, &few(20_000, 20_000, 1));
        assert!(note.contains("about 19936 users") && note.contains("ulimit -n 20064"), "{note}");
        let note = of(GeneratorKind::Native, &few(1_024, 400, 3));
        assert!(
            note.contains("about 320 users' connections of 3 each") && note.contains("ulimit -n 1264"),
            "{note}"
        );
    }
}
