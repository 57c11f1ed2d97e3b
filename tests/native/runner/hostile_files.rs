//! Files from strangers, one line each: `report` opens or refuses them within bounds of memory and time.
//!
//! The memory is bounded by the system: the command runs with that much for its data (`ulimit -d`) and is ended when it asks
//! for more. To add a file, add a line to `FILES`.
//!
//! A build without optimisation tries lists of a quarter of the size and has more time, so that everybody can wait for it. The
//! bounds themselves, files of 64 MB and 5 s, hold in an optimised one: `cargo test --profile quick --all-features --test
//! runner hostile_files`.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use oddiya_load::core::base::histogram::Histogram;
use oddiya_load::core::base::units::Micros;

use crate::command::{Ended, command, run, wait, wait_for};

/// What the command may use, whatever it opens, in KB.
const MEMORY_KB: u64 = 256 * 1024;
/// How many seconds of a processor it may take. Without optimisation all is some ten times slower.
const CPU_SECS: u64 = if cfg!(debug_assertions) { 80 } else { 5 };
/// As large as any file that is opened.
const LARGEST: usize = (64 << 20) - 8_192;
/// How large a file is whose rows never end.
const FULL: usize = if cfg!(debug_assertions) { 16 << 20 } else { LARGEST };
/// In how many seconds of a run every one has a histogram of its own.
const SECONDS: usize = if cfg!(debug_assertions) { 2_000 } else { 10_000 };
const ROWS_A_SECOND: usize = 20;

/// How `report` ends, and what it says.
enum Ends {
    /// On standard output, with exit code 0.
    Opened(&'static str),
    /// On standard error, with exit code 2.
    Refused(&'static str),
}
use Ends::{Opened, Refused};

/// What it is, its text, and what becomes of it.
type File = (&'static str, fn() -> String, Ends);

const FILES: [File; 39] = [
    (
        "a schema of objects",
        || format!("{{\"schema\":[{}0]}}", repeat("{},")),
        Refused("its `schema` is a list"),
    ),
    ("brackets", || repeat("["), Refused("ends in the middle")),
    ("spaces", || repeat(" "), Refused("ends in the middle")),
    ("a number of many digits", || full("\"series\":", "1", "", "]}"), Refused("not JSON")),
    ("one long name", || one_endpoint(&entry(&long("x"), 1)), Opened("xxx…")),
    ("one long method", || one_endpoint(&entry("x", 1).replace("GET", &long("G"))), Opened("GGG…")),
    ("one long name of invisible characters", || one_endpoint(&entry(&long("\u{7f}"), 1)), Opened("\\u{7f}")),
    (
        "2 000 long names of invisible characters",
        || endpoints(&numbered(2_000, |_| entry(&"\u{7f}".repeat(32_000), 1))),
        Opened("\\u{7f}"),
    ),
    ("one long detail", || with_failures(&[failure("reset", &long("d"))]), Opened("ddd…")),
    ("a long host", || report_of(&format!("\"host\":\"{}\",", long("h")), "", ""), Opened("hhh…")),
    (
        "a long start",
        || report_of(&format!("\"started_at\":\"{}\",", long("s")), "", ""),
        Opened("is no date"),
    ),
    (
        "a long note",
        || {
            report_of("", "", "").replace(
                "\"native\"",
                &format!("\"native\",\"notes\":[{{\"kind\":\"text\",\"text\":\"{}\"}}]", long("n")),
            )
        },
        Opened("nnn…"),
    ),
    ("a long schema", || format!("{{\"schema\":\"{}\"}}", long("s")), Refused("its `schema` is")),
    (
        "a long word for what ended the run",
        || report_of(&format!("\"stopped_by\":\"{}\",", long("w")), "", ""),
        Opened("Requests"),
    ),
    ("a name of 65 536 characters", || one_endpoint(&entry(&"x".repeat(65_536), 1)), Opened("xxx…")),
    (
        "a method of 70 000 characters",
        || one_endpoint(&entry("x", 1).replace("GET", &"G".repeat(70_000))),
        Opened("GGG…"),
    ),
    (
        "a detail of 70 000 characters",
        || with_failures(&[failure("status", &"d".repeat(70_000))]),
        Opened("ddd…"),
    ),
    (
        "a minimum above its maximum",
        || one_endpoint(&entry_with_latency(9.0, 1.0)),
        Opened("figures contradict"),
    ),
    (
        "50 000 failure rows",
        || with_failures(&numbered(50_000, |i| failure("status", &format!("HTTP {i}")))),
        Opened("… and 49\u{202f}500 more rows"),
    ),
    (
        "20 000 endpoints",
        || endpoints(&numbered(20_000, |i| entry(&format!("/{i}"), 1))),
        Opened("… and 19\u{202f}500 more rows"),
    ),
    (
        "endpoints without end",
        || full("\"requests\":[", &entry("/", 1), ",", "]}"),
        Refused("rows or values in `requests`"),
    ),
    (
        "failures without end",
        || full("\"failures\":[", "{}", ",", "]}"),
        Refused("rows or values in `failures`"),
    ),
    (
        "seconds without end",
        || full("\"timeline\":[", "{\"second\":1,\"requests\":0,\"failures\":0}", ",", "]}"),
        Refused("in `timeline`"),
    ),
    ("seconds that are nothing", || full("\"timeline\":[", "0", ",", "]}"), Refused("in `timeline`")),
    (
        "intervals without end",
        || full("\"intervals\":{\"rows\":[", "{\"index\":0}", ",", "]}}"),
        Refused("in `intervals`"),
    ),
    ("wide histograms in 12 000 intervals", || intervals(12_000, 600, &wide()), Opened("Requests")),
    (
        "wide histograms in every second",
        || intervals(SECONDS * ROWS_A_SECOND, SECONDS, &wide()),
        Opened("Requests"),
    ),
    (
        "full histograms in 7 000 intervals",
        || intervals(7_000, 700, &crowded()),
        Refused("when they are unpacked"),
    ),
    (
        "a damaged histogram in an interval",
        || intervals(10, 10, "HISTFAAAAA=="),
        Refused("in interval 0 of `GET /`, an encoded histogram is damaged"),
    ),
    (
        "wide histograms in 10 000 endpoints",
        || endpoints(&numbered(10_000, |i| entry_with_histogram(i, &wide()))),
        Opened("Requests"),
    ),
    (
        "an unknown field within a distribution",
        || {
            one_endpoint(&entry("/", 1).replace(
                "\"rps\"",
                &format!("\"latency_ms\":{{\"count\":1,\"x\":[{}0]}},\"rps\"", repeat("{},")),
            ))
        },
        Opened("Requests"),
    ),
    (
        "stages without end",
        || report_of(&format!("\"load\":{{\"model\":\"closed\",\"users\":[{}0]}},", repeat("0,")), "", ""),
        Refused("values in `run`"),
    ),
    (
        "classes without end",
        || report_of(&format!("\"classes\":[{}\"\"],", repeat("\"\",")), "", ""),
        Refused("values in `run`"),
    ),
    (
        "a note without end",
        || full("\"generator\":{\"notes\":[{\"kind\":\"x\",\"y\":[", "0", ",", "]}]}}"),
        Refused("values in `generator`"),
    ),
    (
        "points without end",
        || {
            full(
                "\"series\":[{\"name\":\"\",\"source\":\"monitor\",\"at_s\":[",
                "0",
                ",",
                "],\"values\":[]}]}",
            )
        },
        Refused("in `series`"),
    ),
    (
        "labels without end",
        || full("\"series\":[{\"labels\":{", "\"a\":\"\"", ",", "}}]}"),
        Refused("in `series`"),
    ),
    (
        "a count that no run comes to",
        || one_endpoint(&entry("/", 1).replace("\"requests\":1", &format!("\"requests\":{}", u64::MAX))),
        Refused("a count that no run comes to"),
    ),
    (
        "a run of a thousand years",
        || report_of("", "", "").replace("\"duration_s\":1.0", "\"duration_s\":31536000000.0"),
        Refused("a moment that is in no run"),
    ),
    ("a byte order mark", || format!("\u{feff}{}", one_endpoint(&entry("/", 1))), Opened("Requests")),
];

/// A part over and over, as long as the file may be.
fn repeat(part: &str) -> String {
    part.repeat(FULL.saturating_sub(8_192) / part.len())
}

/// A text of one character, as long as the file may be.
fn long(character: &str) -> String {
    character.repeat(LARGEST)
}

fn numbered(n: usize, part: impl Fn(usize) -> String) -> Vec<String> {
    (0..n).map(part).collect()
}

/// The head of a report, then `start`, then as many items as fit, then `end`.
fn full(start: &str, item: &str, between: &str, end: &str) -> String {
    let items = repeat(&format!("{item}{between}"));
    format!("{{\"schema\":\"oddiya-load/report\",\"version\":2,{start}{items}{item}{end}")
}

fn total(requests: usize, failures: usize) -> String {
    format!(
        "{{\"method\":\"\",\"name\":\"Aggregated\",\"requests\":{requests},\"failures\":{failures},\"rps\":1.0,\"failures_per_s\":0.0}}"
    )
}

fn report_of(run: &str, parts: &str, requests: &str) -> String {
    let parts = if parts.is_empty() {
        format!("\"total\":{},\"failures\":[],", total(0, 0))
    } else {
        parts.to_owned()
    };
    format!(
        "{{\"schema\":\"oddiya-load/report\",\"version\":2,\"run\":{{{run}\"duration_s\":1.0}},\
         \"generator\":{{\"kind\":\"native\"}},{parts}\"requests\":[{requests}]}}"
    )
}

fn endpoints(entries: &[String]) -> String {
    let parts = format!("\"total\":{},\"failures\":[],", total(entries.len(), 0));
    report_of("", &parts, &entries.join(","))
}

fn one_endpoint(entry: &str) -> String {
    endpoints(&[entry.to_owned()])
}

fn entry(name: &str, requests: usize) -> String {
    format!(
        "{{\"method\":\"GET\",\"name\":\"{name}\",\"requests\":{requests},\"failures\":0,\"rps\":1.0,\"failures_per_s\":0.0}}"
    )
}

fn entry_with_latency(min: f64, max: f64) -> String {
    let latency = format!(
        "\"latency_ms\":{{\"count\":1,\"min\":{min},\"max\":{max},\"histogram\":\"{}\"}},\"rps\"",
        wide()
    );
    entry("/", 1).replace("\"rps\"", &latency)
}

fn entry_with_histogram(i: usize, histogram: &str) -> String {
    let latency = format!("\"latency_ms\":{{\"count\":1,\"histogram\":\"{histogram}\"}},\"rps\"");
    entry(&format!("/{i}"), 1).replace("\"rps\"", &latency)
}

fn failure(kind: &str, detail: &str) -> String {
    format!("{{\"method\":\"GET\",\"name\":\"/\",\"kind\":\"{kind}\",\"detail\":\"{detail}\",\"count\":1}}")
}

fn with_failures(rows: &[String]) -> String {
    let n = rows.len();
    let parts = format!("\"total\":{},\"failures\":[{}],", total(n, n), rows.join(","));
    report_of("", &parts, &entry("/", n).replace("\"failures\":0", &format!("\"failures\":{n}")))
}

/// A report of so many interval rows in so many seconds.
fn intervals(rows: usize, seconds: usize, histogram: &str) -> String {
    let per_second = rows / seconds;
    let row = |i: usize| {
        format!(
            "{{\"index\":{},\"entry\":0,\"requests\":30000,\"failures\":0,\"latency\":{{\"histogram\":\"{histogram}\"}}}}",
            i / per_second
        )
    };
    let second = |i: usize| format!("{{\"second\":{i},\"requests\":{},\"failures\":0}}", 30_000 * per_second);
    let n = rows * 30_000;
    let parts = format!(
        "\"total\":{},\"failures\":[],\"timeline\":[{}],\"intervals\":{{\"period_s\":1,\"rows\":[{}]}},",
        total(n, 0),
        numbered(seconds, second).join(","),
        numbered(rows, row).join(",")
    );
    report_of("", &parts, &entry("/", n))
}

fn encoded(values: impl Iterator<Item = u64>) -> String {
    let mut histogram = Histogram::new();
    values.for_each(|value| histogram.record(Micros(value)));
    histogram.encode().as_str().to_owned()
}

/// One value of an hour: 60 characters, for which a histogram reserves 190 KB.
fn wide() -> String {
    encoded(std::iter::once(3_600_000_000))
}

/// A value in every bucket.
fn crowded() -> String {
    let (mut value, mut values) = (0_u64, Vec::new());
    while value < 3_600_000_000 {
        values.push(value);
        value += 1 << (value >> 10).max(1).ilog2();
    }
    encoded(values.into_iter())
}

/// Opens a file with so much memory and time, and writes Locust's files too. Who takes more time is killed.
async fn open_within(memory_kb: u64, file: &Path) -> Ended {
    let csv = file.with_extension("csv");
    let limit = format!("ulimit -t {CPU_SECS} && ulimit -d {memory_kb} && exec \"$@\"");
    let mut limited = tokio::process::Command::new("sh");
    limited
        .args(["-c", &limit, "sh", env!("CARGO_BIN_EXE_oddiya-load"), "report"])
        .args([file, Path::new("--csv"), &csv])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true);
    wait_for(limited.spawn().unwrap(), Duration::from_secs(600)).await
}

fn problem((name, _, ends): &File, ended: &Ended) -> Option<String> {
    let (code, said, by) = match ends {
        Opened(words) => (0, ended.stdout.contains(words), *words),
        Refused(words) => (2, ended.stderr.contains(words), *words),
    };
    let mut problems = String::new();
    if ended.code != Some(code) || !said {
        let stderr: String = ended.stderr.chars().take(300).collect();
        let _ = write!(problems, " not {code} with {by:?} but {:?}: {stderr}", ended.code);
    }
    (!problems.is_empty()).then(|| format!("{name}:{problems}"))
}

#[tokio::test]
async fn whatever_file_it_is_it_is_opened_or_refused_within_bounds_of_memory_and_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut problems = Vec::new();
    for line in &FILES {
        let file = folder.path().join("hostile.json");
        std::fs::write(&file, line.1()).unwrap();
        let began = Instant::now();
        let ended = open_within(MEMORY_KB, &file).await;
        println!("{:>7.2} s  {}", began.elapsed().as_secs_f64(), line.0);
        problems.extend(problem(line, &ended));
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[tokio::test]
async fn a_command_that_takes_more_memory_than_it_may_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.json");
    std::fs::write(&file, one_endpoint(&entry(&"x".repeat(16 << 20), 1))).unwrap();
    assert_eq!(open_within(MEMORY_KB, &file).await.code, Some(0));
    assert_ne!(open_within(16 * 1024, &file).await.code, Some(0), "the system does not bound the memory");
}

/// Text that would clear a screen, begin a row of its own, or turn the direction of writing.
const COMMANDS: &str =
    "\\u001b[2J\\u001b]0;x\\u0007\\nGET      /forged   999\\r\\t\\u202etxt\\u2066\\u009b\\u2028";

#[tokio::test]
async fn nothing_in_a_report_commands_the_terminal_or_forges_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    let n = 2;
    let parts = format!("\"total\":{},\"failures\":[{}],", total(n, 1), failure("reset", COMMANDS));
    let run = format!("\"host\":\"{COMMANDS}\",\"started_at\":\"{COMMANDS}\",");
    let entry = entry(COMMANDS, n).replace("\"failures\":0", "\"failures\":1").replace("GET", COMMANDS);
    let report = report_of(&run, &parts, &entry);
    let notes = format!("\"kind\":\"native\",\"notes\":[{{\"kind\":\"text\",\"text\":\"{COMMANDS}\"}}]");
    std::fs::write(&file, report.replace("\"kind\":\"native\"", &notes)).unwrap();
    let csv = folder.path().join("run");
    let ended =
        crate::command::run(&["report", file.to_str().unwrap(), "--csv", csv.to_str().unwrap()]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    is_harmless(&ended.stdout);
    assert!(ended.stdout.contains("\\u{1b}[2J") && ended.stdout.contains("\\u{202e}txt"), "{}", ended.stdout);
    for ending in ["_stats.csv", "_failures.csv"] {
        let text = std::fs::read_to_string(folder.path().join(format!("run{ending}"))).unwrap();
        assert!(!text.lines().any(|line| line.trim_start().starts_with("GET ")), "{text}");
        is_harmless(&text.replace("\r\n", "\n"));
    }
}

#[tokio::test]
async fn nothing_in_a_refused_file_or_in_its_name_forges_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a\nGET forged\u{1b}[2J\u{202e}.json");
    let unknown = report_of("", "", "").replace("\"kind\":\"native\"", &format!("\"kind\":[\"{COMMANDS}\"]"));
    let failing = with_failures(&[failure(COMMANDS, "")])
        .replace("\"detail\":\"\"", &format!("\"detail\":{{\"{COMMANDS}\":1}}"));
    for text in [unknown, failing, format!("{{\"schema\":\"{COMMANDS}\"}}"), "{".to_owned()] {
        std::fs::write(&file, text).unwrap();
        let ended = run(&["report", file.to_str().unwrap()]).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
        is_harmless(&ended.stderr);
    }
}

fn is_harmless(text: &str) {
    let commands = |c: char| {
        c != '\n'
            && (c.is_control()
                || ('\u{2028}'..='\u{202e}').contains(&c)
                || ('\u{2066}'..='\u{2069}').contains(&c))
    };
    assert_eq!(text.chars().find(|c| commands(*c)), None, "{text:?}");
    assert!(!text.lines().any(|line| line.trim_start().starts_with("GET      /forged")), "{text}");
}

#[tokio::test]
async fn a_report_that_contradicts_itself_says_so_before_its_figures_are_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    let parts = format!("\"total\":{},\"failures\":[],", total(500, 0));
    std::fs::write(&file, report_of("\"started_at\":\"yesterday\",", &parts, &entry("/", 100))).unwrap();
    let ended = wait(command(&["report", file.to_str().unwrap()]).spawn().unwrap()).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let found = "FOUND: These figures contradict each other: the start `yesterday` is no date; the requests of all names add \
                 up to 100 and not 500.";
    assert!(ended.stdout.contains(found), "{}", ended.stdout);
}
