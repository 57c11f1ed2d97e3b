//! What a scenario's variables, extractions and checks cost: the rate that is left, and the memory of its users.

use std::path::{Path, PathBuf};

use crate::figures::median;
use crate::found::{Found, table};
use crate::generators::{CONNECTIONS, Cores, Ran, run_scenario};
use crate::hosts::Nginx;
use crate::memory::{SPAWN_RATE, most_users};
use crate::shared::markdown::{self, Columns};

const OF_PLAIN: f64 = 0.8;
const MOST_MB: f64 = 300.0;

const ROUNDS: Columns<4> = [("round", 5), ("plain/s", 8), ("with all/s", 10), ("with all / plain", 16)];

/// The requests of [`WITH_ALL`], with nothing to substitute and nothing looked at.
const PLAIN: &str = "
scenario: plain
users:
  Reader:
    headers: { X-User-Id: '7', X-Name: 7d444840-9dc0-11d1-b245-5ffdce74fad2, X-State: UP }
    tasks:
      - get: /api/plans/73
";

/// Three variables, one of them from the answer before, an extraction and a check for each request.
const WITH_ALL: &str = "
scenario: with all
users:
  Reader:
    variables: { id: '73', name: '${uuid}', state: UP }
    headers: { X-User-Id: '${user}', X-Name: '${name}', X-State: '${state}' }
    tasks:
      - get: /api/plans/${id}
        name: /api/plans/{id}
        extract: { state: $.status }
        checks:
          - $.groups count 2
";

/// Ten variables of 36 characters, and a cookie that the host set.
const MANY_VARIABLES: &str = "
scenario: many variables
users:
  Member:
    variables:
      v0: '${uuid}'
      v1: '${uuid}'
      v2: '${uuid}'
      v3: '${uuid}'
      v4: '${uuid}'
      v5: '${uuid}'
      v6: '${uuid}'
      v7: '${uuid}'
      v8: '${uuid}'
      v9: '${uuid}'
    headers: { X-Session: '${v9}' }
    think_time: 1s..3s
    tasks:
      - get: /session/${v0}
        name: /session/{id}
";

fn file(folder: &Path, text: &str) -> PathBuf {
    let file = folder.join("users.yaml");
    std::fs::write(&file, text.trim_start()).unwrap();
    file
}

fn ran(nginx: &Nginx, text: &str, arguments: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    run_scenario(&nginx.url(), Cores::Generator, &file(folder.path(), text), arguments)
}

/// Both kinds of users in turns on one core, as fast as they can.
pub fn speed(rounds: usize, secs: u64) -> Found {
    let nginx = Nginx::start(Cores::Host);
    let arguments = format!("-u {CONNECTIONS} -r 1000 -t {secs}s --shards 1");
    let rate = |text: &str| ran(&nginx, text, &arguments).report.total.rps;
    let turn = |number: usize| {
        let (plain, with_all) = (rate(PLAIN), rate(WITH_ALL));
        let ratio = with_all / plain;
        let cells =
            [number.to_string(), format!("{plain:.0}"), format!("{with_all:.0}"), format!("{ratio:.3}")];
        let line = markdown::line(&ROUNDS, cells);
        println!("{line}");
        (ratio, line)
    };
    turn(0);
    let (ratios, lines): (Vec<f64>, Vec<String>) = (1..=rounds).map(turn).unzip();
    let ratio = median(ratios).unwrap();
    let figure = "Requests/s with variables, an extraction and a check by those of the same requests without";
    let mut found = Found::default();
    found.target(figure, format!("{ratio:.3}"), &format!("≥ {OF_PLAIN}"), ratio >= OF_PLAIN);
    found.details.push(format!("### Speed of a scenario\n\n{}", table(&ROUNDS, lines.into_iter())));
    found
}

/// As many users as may be, each with ten variables and a cookie, all of them there for ten seconds.
pub fn memory() -> Found {
    let nginx = Nginx::start(Cores::Host);
    let users = most_users();
    let secs = users / SPAWN_RATE + 10;
    let ran = ran(&nginx, MANY_VARIABLES, &format!("-u {users} -r {SPAWN_RATE} -t {secs}s"));
    let there = ran.report.timeline.iter().filter_map(|row| row.users).max().unwrap_or(0);
    let peak = ran.spent.peak_mb;
    let mut found = Found::default();
    let figure = format!("Peak memory of {users} users with ten variables and a cookie jar each");
    let measured = format!("{peak:.1} MB, {there} users there");
    let holds = there == users && peak <= MOST_MB;
    found.target(figure, measured, &format!("≤ {MOST_MB} MB"), holds);
    found
}
