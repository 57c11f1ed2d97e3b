//! Whether the figures are true: latency as the host knows it, starts when they are due, a freeze as theory has it.

use std::time::Duration;

use oddiya_load::core::report::{Entry, Report};

use crate::figures::{median, stalled_ms};
use crate::found::Found;
use crate::generators::{Cores, run, run_with_failures};
use crate::hosts::{Nginx, Stub};

const LATENCY_WITHIN_MS: f64 = 1.0;
const LATE_AT_MOST_MS: f64 = 1.0;
const ARRIVALS_PER_S: u64 = 20_000;
const STALL_WITHIN: f64 = 0.05;

/// Route by route beside the host's own times: 50 users who think 100 ms.
pub fn latency() -> Found {
    let stub = Stub::start("laptop");
    let ran = run(&stub.url(), Cores::Generator, "-u 50 -r 50 -t 20s --think-time 100ms");
    let stats = stub.stats();
    let routes = stats["routes"].as_array().unwrap();
    let mut found = Found::default();
    for Entry { method, name, latency_ms, .. } in &ran.report.requests {
        let route = routes.iter().find(|route| route["method"] == **method && route["name"] == **name);
        let theirs = route.unwrap()["server_ms"]["p99"].as_f64().unwrap();
        let ours = latency_ms.as_ref().unwrap().figures.p99.unwrap();
        let measured = format!("{:+.3} ms ({ours:.3} ms, the host says {theirs:.3} ms)", ours - theirs);
        let figure = format!("p99 of {method} {name} less the host's own, 50 users");
        let holds = (ours - theirs).abs() <= LATENCY_WITHIN_MS;
        found.target(figure, measured, &format!("± {LATENCY_WITHIN_MS} ms"), holds);
    }
    found
}

/// As many arrivals as one core should start on time. The median of several runs, because one pause of a shared machine
/// makes more than a hundredth of a run late. A pause of a second also opens more connections than a process may have
/// files: these requests fail and are counted.
pub fn arrivals(rounds: usize, secs: u64) -> Found {
    let nginx = Nginx::start(Cores::Host);
    let arguments = format!("--rate {ARRIVALS_PER_S} -t {secs}s --shards 1");
    let reports: Vec<Report> =
        (0..rounds).map(|_| run_with_failures(&nginx.url(), Cores::Generator, &arguments).report).collect();
    let late = reports.iter().map(|report| report.health.lateness_ms.as_ref().unwrap().figures.p99.unwrap());
    let each: Vec<String> = late.clone().map(|late| format!("{late:.3}")).collect();
    let late = median(late).unwrap();
    let mut found = Found::default();
    let figure = format!("p99 of starts' lateness at {ARRIVALS_PER_S} arrivals/s on one core");
    let measured = format!("{late:.3} ms, median of {}", each.join(", "));
    found.target(figure, measured, &format!("≤ {LATE_AT_MOST_MS} ms"), late <= LATE_AT_MOST_MS);
    let sent: u64 = reports.iter().map(|report| report.total.sent.unwrap()).sum();
    let dropped: u64 = reports.iter().map(|report| report.total.dropped.unwrap()).sum();
    let due = ARRIVALS_PER_S * secs * rounds as u64;
    let failed: u64 = reports.iter().map(|report| report.total.failures).sum();
    let measured = format!("{sent} sent + {dropped} dropped of {due}; {failed} of the sent failed");
    found.target("Arrivals accounted for", measured, "all", sent + dropped == due);
    found
}

/// 50 arrivals/s for 30 s, 10 s of which the host is frozen. What an answer takes in good times is of a run before it,
/// on a host that draws the same times: long ones, beside which what two runs differ by is little.
pub fn stall() -> Found {
    let start = || Stub::start("t2-micro");
    let healthy = run(&start().url(), Cores::Generator, "--rate 50 -t 30s").report;
    let healthy = healthy.total.corrected_ms.unwrap().histogram.unwrap().decode().unwrap();
    let stub = start();
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_secs(10));
            stub.freeze(10.0);
        });
        run(&stub.url(), Cores::Generator, "--rate 50 -t 30s")
    });
    let figures = ran.report.total.corrected_ms.unwrap().figures;
    let mut found = Found::default();
    for (name, quantile, measured) in [
        ("p50", 0.5, figures.p50.unwrap()),
        ("p95", 0.95, figures.p95.unwrap()),
        ("p99", 0.99, figures.p99.unwrap()),
    ] {
        let theory = stalled_ms(quantile, &healthy, 10.0, 30.0).unwrap();
        let off = measured / theory - 1.0;
        let figure = format!("Corrected {name} of 50 arrivals/s, host frozen for 10 s of 30 s, by theory");
        let measured = format!("{:+.1} % ({measured:.2} ms, in theory {theory:.2} ms)", off * 100.0);
        found.target(figure, measured, "± 5 %", off.abs() <= STALL_WITHIN);
    }
    found
}
