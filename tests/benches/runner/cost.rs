//! What a request costs: processor time with few users and with many, and instructions.

use std::fs;

use oddiya_load::core::report::read;

use crate::figures::instructions;
use crate::found::{Found, Target};
use crate::generators::{Cores, TOOL, limited, run};
use crate::hosts::Nginx;
use crate::shared::target::Verdict;

const AT_MOST_TIMES: f64 = 1.5;

/// Ten users and ten thousand, both about 2 000 requests a second. Connecting is left out by subtracting a run that is
/// 20 s shorter and the same otherwise.
pub fn by_users() -> Found {
    let nginx = Nginx::start(Cores::Host);
    let micros = |load: &str| {
        let [short, long] = [8, 28].map(|secs| {
            let ran = run(&nginx.url(), Cores::Generator, &format!("{load} --shards 1 -t {secs}s"));
            (ran.report.total.requests, ran.spent.cpu_s)
        });
        let requests = (long.0 - short.0) as f64;
        ((long.1 - short.1) / requests * 1e6, requests / 20.0)
    };
    let (few, few_rate) = micros("-u 10 -r 2000 --think-time 4.7ms");
    let (many, many_rate) = micros("-u 10000 -r 2000 --think-time 5s");
    let times = many / few;
    let measured = format!("{times:.2} ({many:.1} µs at {many_rate:.0}/s, {few:.1} µs at {few_rate:.0}/s)");
    let mut found = Found::default();
    found.target(
        "Processor time per request of 10 000 users by that of 10",
        measured,
        &format!("≤ {AT_MOST_TIMES}"),
        times <= AT_MOST_TIMES,
    );
    found
}

/// By callgrind, where the clock is too noisy: one user without think time against one that thinks, so that start, end
/// and what is done every second subtract out.
pub fn by_instructions() -> Found {
    let nginx = Nginx::start(Cores::Host);
    let counted = ["0", "200ms"].map(|think| under_callgrind(&nginx.url(), think));
    let [Some(busy), Some(idle)] = counted else {
        return instructions_target("no valgrind here".to_owned());
    };
    let requests = busy.1 - idle.1;
    let each = (busy.0 - idle.0) / requests;
    instructions_target(format!("{each} over {requests} requests"))
}

fn instructions_target(measured: String) -> Found {
    let target = Target {
        figure: "Instructions per request outside the kernel, one user".to_owned(),
        measured,
        to_reach: "–".to_owned(),
        verdict: Verdict::NoData,
    };
    Found { targets: vec![target], ..Found::default() }
}

/// Instructions of a run of 4 s, and its requests.
fn under_callgrind(host: &str, think: &str) -> Option<(u64, u64)> {
    let folder = tempfile::tempdir().unwrap();
    let [log, out, report] = ["log", "out", "report.json"].map(|name| folder.path().join(name));
    let mut command = limited(Cores::Generator, "valgrind");
    command.arg("--tool=callgrind");
    command.arg(format!("--log-file={}", log.display()));
    command.arg(format!("--callgrind-out-file={}", out.display()));
    command.args([TOOL, "run", "-H", host, "--no-preflight", "--seed=7", "StressTestUser", "-u1", "-t4s"]);
    command.arg(format!("--think-time={think}")).arg("--json").arg(&report);
    command.status().ok()?.success().then_some(())?;
    let report = read::read(&fs::read(&report).unwrap()).unwrap();
    Some((instructions(&fs::read_to_string(&log).unwrap())?, report.total.requests))
}
