//! What a request costs: processor time with few users and with many, and instructions.

use std::fs;

use oddiya_load::core::report::read;

use crate::figures::{Spent, instructions};
use crate::found::{Found, Target};
use crate::generators::{Cores, TOOL, limited, run, wrk_spent};
use crate::hosts::Nginx;
use crate::shared::target::Verdict;

const AT_MOST_TIMES: f64 = 1.5;

/// A few users and many.
const USERS: [u32; 2] = [10, 10_000];

/// Few and many users, who think so that both send as many requests a second, and both at full speed. Thinking
/// is spread, as Oddiya's users' is: ten who all think 4.7 ms come in bunches, for which the process wakes once instead
/// of once for each. Connecting is left out by subtracting a run that is 20 s shorter and the same otherwise.
pub fn by_users() -> Found {
    let nginx = Nginx::start(Cores::Host);
    let pairs = [
        ("at 2 000/s", ["2.7ms..6.7ms", "3s..7s"]),
        ("at 10 000/s", ["0.5ms..1.3ms", "0.5s..1.5s"]),
        ("at full speed", ["0", "0"]),
    ];
    let mut found = Found::default();
    for (speed, thinks) in pairs {
        let [few, many] = [0, 1].map(|which| {
            let (users, think) = (USERS[which], thinks[which]);
            Cost::of(&nginx, &format!("-u {users} -r 2000 --think-time {think}"))
        });
        let times = many.total() / few.total();
        let peer = if thinks == ["0", "0"] { by_wrk(&nginx) } else { String::new() };
        let measured = format!("{times:.2} ({}; {}){peer}", many.text(), few.text());
        println!("{speed}: {measured}");
        let figure = format!("Processor time per request of 10 000 users by that of 10, {speed}");
        found.target(figure, measured, &format!("≤ {AT_MOST_TIMES}"), times <= AT_MOST_TIMES);
    }
    found
}

/// What it costs wrk, which does nothing but send and count.
fn by_wrk(nginx: &Nginx) -> String {
    let url = nginx.url() + "/actuator/health";
    let [few, many] = USERS.map(|connections| {
        let (requests, spent) = wrk_spent(&url, connections, 15);
        (spent.user_s + spent.system_s) / requests as f64 * 1e6
    });
    format!("; wrk {:.2} ({many:.1} µs; {few:.1} µs)", many / few)
}

/// Of one request.
struct Cost {
    user_us: f64,
    system_us: f64,
    /// How often the process went to sleep.
    sleeps: f64,
    /// At which it was measured.
    requests_per_s: f64,
}

impl Cost {
    fn of(nginx: &Nginx, load: &str) -> Self {
        let [short, long] =
            [8, 28].map(|secs| run(&nginx.url(), Cores::Generator, &format!("{load} --shards 1 -t {secs}s")));
        let requests = (long.report.total.requests - short.report.total.requests) as f64;
        let each = |of: fn(&Spent) -> f64| (of(&long.spent) - of(&short.spent)) / requests;
        Self {
            user_us: each(|spent| spent.user_s) * 1e6,
            system_us: each(|spent| spent.system_s) * 1e6,
            sleeps: each(|spent| spent.sleeps),
            requests_per_s: requests / 20.0,
        }
    }

    fn total(&self) -> f64 {
        self.user_us + self.system_us
    }

    fn text(&self) -> String {
        let Self { user_us, system_us, sleeps, requests_per_s } = self;
        format!(
            "{user_us:.1} µs + {system_us:.1} µs in the kernel, {sleeps:.2} sleeps at {requests_per_s:.0}/s"
        )
    }
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
        verdict: Verdict::NoTarget,
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
