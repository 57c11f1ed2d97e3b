//! Tests of `--reset-stats`: the statistics begin anew once all users have started, and the run goes on.

use oddiya_load::core::report::Note;

use crate::command::run;
use crate::kill_support::CountingHost;
use crate::load::load_unchecked;

#[tokio::test]
async fn after_the_ramp_the_statistics_begin_anew_and_every_request_is_accounted_for() {
    let host = CountingHost::start().await;
    // The fourth and last user starts after one and a half seconds.
    let flags = ["--users=4", "--spawn-rate=2", "--run-time=4s", "--think-time=20ms", "--reset-stats"];
    let (report, text) = load_unchecked(&host.url(), &flags, None).await;
    let reset = report.generator.notes.iter().find_map(|note| match note {
        Note::StatisticsReset { at_s, requests_before, in_flight } => {
            Some((*at_s, *requests_before, *in_flight))
        }
        _ => None,
    });
    let (at_s, requests_before, in_flight) = reset.unwrap();
    assert_eq!((at_s, report.run.duration_s), (2.0, 2.0));
    let counted = host.counted();
    assert!(requests_before > 0);
    assert_eq!(requests_before + report.total.requests, counted.answered.len() as u64);
    assert_eq!(requests_before + in_flight + report.total.sent.unwrap(), counted.arrived.len() as u64);
    assert_eq!(report.total.in_flight_at_end, Some(0));
    let first = report.timeline.get(0).unwrap();
    assert_eq!((first.second, first.users), (2, Some(4)), "all users had started");
    assert!(text.contains("The statistics were set back 0:02 into the run"), "{text}");
}

#[tokio::test]
async fn a_run_that_ends_with_its_ramp_is_refused_because_nothing_would_be_left() {
    let flags = ["run", "-H", "http://127.0.0.1:9", "-u", "10", "-r", "2", "-t", "5s", "--reset-stats"];
    let ended = run(&flags).await;
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains("--reset-stats: the ramp takes 4.5s and the run 5s"), "{}", ended.stderr);
}
