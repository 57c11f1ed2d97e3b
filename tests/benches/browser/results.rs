//! The section `Browser` of tests/benches/RESULTS.md: targets first, then what they were judged by.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::figures::markdown::{self, CELLS, DUELS, LOADS, NOTES, RELAY, ROUTES, SHOWINGS, TARGETS};
use crate::figures::outcome::{Duel, Results};
use crate::figures::target::targets;
use crate::machine;

const TITLE: &str = "Browser";

const HOW: &str = "\
Our page runs `StressTestUser` with no think time through the companion, each user under a name of its own and
so with a connection of its own. The bare loop is `bare.html`: as many loops around `fetch`, timed by
`performance.now()`, all under the server's one name. Both in a fresh headless Chromium, one after the other,
with server, companion and browser on this machine. RPS and CPUs are of the stretch after the ramp, the RPS as
the server counted it. The truth is the server's own histogram, head read to last byte handed over, of the same
requests that the generator counted, ramp included. 1.00 CPU is one processor all the time; `other` is whatever
else the machine did, which on a quiet one is the system's own work; `saturated` is a machine over 85 % busy: with two processors
whatever wakes up waits then, and takes 3.6 times as long as it works (M/M/2: 1 / (1 − 0.85²)). Users start 21 ms
apart (11 ms from 101 users on), so that they do not march in groups from the start; whatever holds the browser up for
a moment makes them do so all the same under a constant delay, and then answers come faster than the browser's one
network thread takes them (about 0.3 ms each): compare 50 ms with the log-normal delay, whose median it is. Of our page's connections one is the companion's look whether the host is there.";

const TURNS: &str = "\
In turns, A B A B, all on a server that answers at once; ratios above are medians of the rounds' ratios. With up
to six users every way has as many connections as users, so each pair above differs in the generator alone, or,
where the page is relayed and the loop is not, in the relay too. The browser's own floor per request is in both;
its processor time per request tells more than the rate where the machine is busy with something else.";

const PEAK: &str = "\
50 users at 5/s, every class with its own think times, for a minute, through the companion, against
`oddiya-load stub --speed t2-micro`. The truth is `/__stub/stats`.";

const SHOWN: &str = "\
From the click to the frame in which charts and tables are there, by the page's own clock: reports from the browser's
storage after a reload, ten steps of a drag over the first chart in each round, and the list of 500 reports.";

const LOAD: &str = "\
From the navigation's start until the Start button can be pressed, each time in a fresh headless Chromium. The link is
simulated by Chromium itself (DevTools' network conditions): every answer's head comes 40 ms after its request, and all
bodies share 10 Mbit/s. The load worker's own fetches are not slowed down; nobody waits for them before pressing Start.";

/// What it ran on, and in.
pub fn machine_and_browser() -> String {
    let command = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let said = Command::new(command).arg("--version").output();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let browser = said.ok().filter(|said| !said.is_empty());
    format!(
        "{}; {}",
        machine::description(),
        browser.unwrap_or_else(|| "Chromium of unknown version".to_owned())
    )
}

/// Puts the section into the file, which may not be there yet.
pub fn write(file: &Path, results: &Results) {
    let text = fs::read_to_string(file).unwrap_or_else(|_| machine::INTRODUCTION.to_owned());
    fs::write(file, markdown::replace_section(&text, TITLE, &section(results))).unwrap();
}

fn section(results: &Results) -> String {
    let command = machine::command("make bench-browser", "make/bench-browser.sh");
    let mut parts = vec![format!("{}, {}: `{command}`", machine::now(), machine_and_browser())];
    parts.push(table(markdown::head(&TARGETS), targets(results).iter().map(markdown::target_line)));
    if !results.cells.is_empty() {
        let lines = results.cells.iter().flat_map(markdown::cell_lines);
        let notes = results.cells.iter().map(|result| markdown::notes_line(result.cell, &result.notes));
        let grid = table(markdown::head(&CELLS), lines);
        parts.push(format!("### Truth and rate\n\n{HOW}\n\n{grid}"));
        parts.push(format!("### What only our page says\n\n{}", table(markdown::head(&NOTES), notes)));
    }
    let duels = [("Rates on an instant server", &results.rates), ("The live view's cost", &results.views)];
    for (title, duels) in duels.into_iter().filter(|(_, duels)| !duels.is_empty()) {
        parts.push(format!("### {title}\n\n{TURNS}\n\n{}", duel_table(duels)));
    }
    if !results.relay.is_empty() {
        let lines = (1..).zip(&results.relay).map(|(number, round)| markdown::relay_line(number, round));
        let how = "200 requests a second on one connection to the instant server, in turns.";
        parts.push(format!("### The relay alone\n\n{how}\n\n{}", table(markdown::head(&RELAY), lines)));
    }
    if !results.loads.is_empty() {
        let lines = results.loads.iter().map(markdown::load_line);
        parts.push(format!(
            "### Until the page can be used\n\n{LOAD}\n\n{}",
            table(markdown::head(&LOADS), lines)
        ));
    }
    if !results.showings.is_empty() {
        let lines = results.showings.iter().map(markdown::showing_line);
        parts.push(format!(
            "### Until reports are shown\n\n{SHOWN}\n\n{}",
            table(markdown::head(&SHOWINGS), lines)
        ));
    }
    if !results.peak.is_empty() {
        let lines = results.peak.iter().map(markdown::route_line);
        parts.push(format!("### The preset Peak\n\n{PEAK}\n\n{}", table(markdown::head(&ROUTES), lines)));
    }
    if let Some(long) = &results.long {
        let lines = markdown::cell_lines(long).into_iter();
        parts.push(format!("### A long run\n\n{}", table(markdown::head(&CELLS), lines)));
    }
    parts.join("\n\n")
}

fn duel_table(duels: &[Duel]) -> String {
    table(markdown::head(&DUELS), duels.iter().flat_map(markdown::duel_lines))
}

fn table(head: String, lines: impl Iterator<Item = String>) -> String {
    std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
}
