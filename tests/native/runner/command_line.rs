//! Command lines that are wrong: each gives one line that names the flag or the variable and says what would be right,
//! exit code 2, and starts nothing.

use std::time::Duration;

use crate::command::{command, start_stub, wait};
use crate::stub_talk::{ask, counted_by_the_stub};

/// The command line as it is typed in a shell, with its variables in front; what is said after `oddiya-load: `. Where
/// `…` ends it, more follows on the same line.
#[rustfmt::skip]
const MISTAKES: &[(&str, &str)] = &[
    // An empty value is never "no limit", nor the default.
    ("run -t ''", "--run-time: is empty; write a value, or leave it out"),
    ("run -t ' '", "--run-time: is empty; write a value, or leave it out"),
    ("run --run-time=", "--run-time: is empty; write a value, or leave it out"),
    ("run -t", "--run-time: is empty; write a value, or leave it out"),
    ("run -H ''", "--host: is empty; write a value, or leave it out"),
    ("run -u ''", "--users: is empty; write a value, or leave it out"),
    ("run -r ''", "--spawn-rate: is empty; write a value, or leave it out"),
    ("run -s ''", "--stop-timeout: is empty; write a value, or leave it out"),
    ("run --rate ''", "--rate: is empty; write a value, or leave it out"),
    ("run --arrivals ''", "--arrivals: is empty; write a value, or leave it out"),
    ("run --max-users ''", "--max-users: is empty; write a value, or leave it out"),
    ("run --stages ''", "--stages: is empty; write a value, or leave it out"),
    ("run --think-time ''", "--think-time: is empty; write a value, or leave it out"),
    ("run --scenario ''", "--scenario: is empty; write a value, or leave it out"),
    ("run --profile ''", "--profile: is empty; write a value, or leave it out"),
    ("run --set ''", "--set: is empty; write a value, or leave it out"),
    ("run --service ''", "--service: is empty; write a value, or leave it out"),
    ("run --tags ''", "--tags: is empty; write a value, or leave it out"),
    ("run --exclude-tags ''", "--exclude-tags: is empty; write a value, or leave it out"),
    ("run --iterations ''", "--iterations: is empty; write a value, or leave it out"),
    ("run --header ''", "--header: is empty; write a value, or leave it out"),
    ("run --bearer ''", "--bearer: is empty; write a value, or leave it out"),
    ("scenario check ''", "FILE: is empty; write a value, or leave it out"),
    ("scenario show ''", "NAME: is empty; write a value, or leave it out"),
    ("run --seed ''", "--seed: is empty; write a value, or leave it out"),
    ("run --shards ''", "--shards: is empty; write a value, or leave it out"),
    ("run --json ''", "--json: is empty; write a value, or leave it out"),
    ("run --csv ''", "--csv: is empty; write a value, or leave it out"),
    ("run --exit-code-on-error ''", "--exit-code-on-error: is empty; write a value, or leave it out"),
    ("run --connect-timeout ''", "--connect-timeout: is empty; write a value, or leave it out"),
    ("run --request-timeout ''", "--request-timeout: is empty; write a value, or leave it out"),
    ("run --connection-reuse ''", "--connection-reuse: is empty; write a value, or leave it out"),
    ("run --max-redirects ''", "--max-redirects: is empty; write a value, or leave it out"),
    ("run --max-body ''", "--max-body: is empty; write a value, or leave it out"),
    ("run ''", "user class: is empty; write a value, or leave it out"),
    ("run OddiyaUser ''", "user class: is empty; write a value, or leave it out"),
    ("serve -H ''", "--host: is empty; write a value, or leave it out"),
    ("serve --port ''", "--port: is empty; write a value, or leave it out"),
    ("serve --bind ''", "--bind: is empty; write a value, or leave it out"),
    ("serve --page ''", "--page: is empty; write a value, or leave it out"),
    ("--port ''", "--port: is empty; write a value, or leave it out"),
    ("stub --port ''", "--port: is empty; write a value, or leave it out"),
    ("stub --llm-port ''", "--llm-port: is empty; write a value, or leave it out"),
    ("stub --bind ''", "--bind: is empty; write a value, or leave it out"),
    ("stub --profile ''", "--profile: is empty; write a value, or leave it out"),
    ("stub --speed ''", "--speed: is empty; write a value, or leave it out"),
    ("stub --llm-latency ''", "--llm-latency: is empty; write a value, or leave it out"),
    ("stub --users ''", "--users: is empty; write a value, or leave it out"),
    ("stub --model ''", "--model: is empty; write a value, or leave it out"),
    ("stub --cache ''", "--cache: is empty; write a value, or leave it out"),
    ("stub --seed ''", "--seed: is empty; write a value, or leave it out"),
    ("stub --data ''", "--data: is empty; write a value, or leave it out"),
    ("report ''", "FILE: is empty; write a value, or leave it out"),
    ("report x.json --json ''", "--json: is empty; write a value, or leave it out"),
    ("report x.json --csv ''", "--csv: is empty; write a value, or leave it out"),
    // Nor is an empty variable.
    ("ODDIYA_LOAD_RUN_TIME= run", "ODDIYA_LOAD_RUN_TIME: is empty; give it a value, or unset it"),
    ("ODDIYA_LOAD_HOST= run", "ODDIYA_LOAD_HOST: is empty; give it a value, or unset it"),
    ("ODDIYA_LOAD_HOST= serve", "ODDIYA_LOAD_HOST: is empty; give it a value, or unset it"),
    ("ODDIYA_LOAD_PORT= serve", "ODDIYA_LOAD_PORT: is empty; give it a value, or unset it"),
    ("ODDIYA_LOAD_PORT=", "ODDIYA_LOAD_PORT: is empty; give it a value, or unset it"),
    ("ODDIYA_LOAD_JSON= run", "ODDIYA_LOAD_JSON: is empty; give it a value, or unset it"),
    ("ODDIYA_LOAD_SHARDS= run", "ODDIYA_LOAD_SHARDS: is empty; give it a value, or unset it"),
    ("ODDIYA_LOAD_INSECURE= run", "ODDIYA_LOAD_INSECURE: is empty; give it a value, or unset it"),
    ("ODDIYA_LOAD_USER_CLASSES= run", "ODDIYA_LOAD_USER_CLASSES: is empty; give it a value, or unset it"),
    // An error from a variable names the variable, and one from a flag the flag, whatever the variable says.
    ("ODDIYA_LOAD_USERS=0 run", "ODDIYA_LOAD_USERS: `0` is no number of users; write a whole number from 1 to 1000000"),
    ("ODDIYA_LOAD_USERS=5 run -u 0", "--users: `0` is no number of users; write a whole number from 1 to 1000000"),
    ("ODDIYA_LOAD_HOST=x run", "ODDIYA_LOAD_HOST: `x` has no http:// or https:// in front; write it like http://localhost:8080"),
    ("ODDIYA_LOAD_HOST=x serve", "ODDIYA_LOAD_HOST: `x` has no http:// or https:// in front; write it like http://localhost:8080"),
    ("ODDIYA_LOAD_PORT=x serve", "ODDIYA_LOAD_PORT: `x` is no port; write a whole number from 0 to 65535"),
    ("ODDIYA_LOAD_PORT=x serve --port y", "--port: `y` is no port; write a whole number from 0 to 65535"),
    ("ODDIYA_LOAD_SHARDS=x run", "ODDIYA_LOAD_SHARDS: `x` is no number of shards; write a whole number from 1 to 64"),
    ("ODDIYA_LOAD_USER_CLASSES=Nobody run", "ODDIYA_LOAD_USER_CLASSES: unknown user class `Nobody`; this scenario has OddiyaUser,…"),
    ("ODDIYA_LOAD_MAX_BODY=x run", "ODDIYA_LOAD_MAX_BODY: `x` is no size; write bytes up to 1000GB, or forms such as 64KB, 16MB"),
    ("ODDIYA_LOAD_JSON=/proc run", "ODDIYA_LOAD_JSON: /proc is a folder; name a file in it"),
    ("ODDIYA_LOAD_HTTP2=yes run", "ODDIYA_LOAD_HTTP2: `yes` is none of true, false; write one of them"),
    ("ODDIYA_LOAD_HTTP2=true run --http1", "--http1: cannot go with ODDIYA_LOAD_HTTP2; leave one out"),
    // Hosts.
    ("run -H localhost:8080", "--host: `localhost:8080` has no http:// or https:// in front; write it like http://localhost:8080"),
    ("run -H 'http://[::1]x:80'", "--host: `http://[::1]x:80` is no address; write it like http://localhost:8080"),
    ("run -H 'http://[zz]'", "--host: `http://[zz]` is no address; write it like http://localhost:8080"),
    ("run -H http://localhost:99999", "--host: `http://localhost:99999` has no port between 1 and 65535; write it like http://localhost:8080"),
    ("run -H -1", "--host: `-1` has no http:// or https:// in front; write it like http://localhost:8080"),
    ("serve -H 'http://[::1]x:80'", "--host: `http://[::1]x:80` is no address; write it like http://localhost:8080"),
    ("serve -H 'http://[zz]'", "--host: `http://[zz]` is no address; write it like http://localhost:8080"),
    ("serve -H ftp://localhost", "--host: `ftp://localhost` has no http:// or https:// in front; write it like http://localhost:8080"),
    // Numbers and times outside their range.
    ("run -u 0", "--users: `0` is no number of users; write a whole number from 1 to 1000000"),
    ("run -u -1", "--users: `-1` is no number of users; write a whole number from 1 to 1000000"),
    ("run -u 1.5", "--users: `1.5` is no number of users; write a whole number from 1 to 1000000"),
    ("run -u 1000001", "--users: `1000001` is no number of users; write a whole number from 1 to 1000000"),
    ("run -r 0", "--spawn-rate: `0` is no rate; write users per second, from 0.001 to 1000000"),
    ("run -r -1", "--spawn-rate: `-1` is no rate; write users per second, from 0.001 to 1000000"),
    ("run --rate 0", "--rate: `0` is no arrival rate; write arrivals per second, from 0.001 to 100000"),
    ("run --rate 100001", "--rate: `100001` is no arrival rate; write arrivals per second, from 0.001 to 100000"),
    ("run -s -1", "--stop-timeout: `-1` is not a duration; write seconds, or forms such as 20s, 500ms, 3m, 1h20m"),
    ("run -s 100000h", "--stop-timeout: `100000h` is too long; write at most 87600h, which are ten years"),
    ("run -t -1", "--run-time: `-1` is not a duration; write seconds, or forms such as 20s, 500ms, 3m, 1h20m"),
    ("run -t 5x", "--run-time: `5x` is not a duration; write seconds, or forms such as 20s, 500ms, 3m, 1h20m"),
    ("run -t '1 2'", "--run-time: `1 2` is not a duration; write seconds, or forms such as 20s, 500ms, 3m, 1h20m"),
    ("run -t 0", "--run-time: `0` is too short; write 1s or more"),
    ("run -t 100000h", "--run-time: `100000h` is too long; write at most 87600h, which are ten years"),
    ("run --think-time 3s..1s", "--think-time: `3s..1s` is no think time…"),
    ("run --seed x", "--seed: `x` is no seed; write a whole number from 0 to 18446744073709551615"),
    ("run --shards x", "--shards: `x` is no number of shards; write a whole number from 1 to 64"),
    ("run --shards 0", "--shards: `0` is no number of shards; write a whole number from 1 to 64"),
    ("run --shards 65", "--shards: `65` is no number of shards; write a whole number from 1 to 64"),
    ("run --shards -1", "--shards: `-1` is no number of shards; write a whole number from 1 to 64"),
    ("run --exit-code-on-error -1", "--exit-code-on-error: `-1` is no exit code; write a whole number from 0 to 255"),
    ("run --exit-code-on-error 256", "--exit-code-on-error: `256` is no exit code; write a whole number from 0 to 255"),
    ("run --connect-timeout 0", "--connect-timeout: `0` is too short; write 1ms or more"),
    ("run --request-timeout soon", "--request-timeout: `soon` is not a duration; write seconds, or forms such as 20s, 500ms, 3m, 1h20m"),
    ("run --connection-reuse all", "--connection-reuse: `all` is no policy; write per-user, none or shared"),
    ("run --max-redirects -1", "--max-redirects: `-1` is no number of redirects; write a whole number from 0 to 1000"),
    ("run --max-body big", "--max-body: `big` is no size; write bytes up to 1000GB, or forms such as 64KB, 16MB"),
    ("run --reset-stats -t 1s -u 10 -r 1", "--reset-stats: the ramp takes 9s and the run 1s, so that nothing would be left; write a longer --run-time"),
    ("serve --port -1", "--port: `-1` is no port; write a whole number from 0 to 65535"),
    ("serve --port 65536", "--port: `65536` is no port; write a whole number from 0 to 65535"),
    ("serve --service llm=http://localhost:1 --service llm=http://localhost:2", "--service: `llm` is given twice; each service has one address"),
    ("serve --service llm", "--service: `llm` is no service; write its name and its address, such as llm=http://localhost:8000"),
    ("serve --bind localhost", "--bind: `localhost` is no IP address; write one like 127.0.0.1 or ::1"),
    ("--port -1", "--port: `-1` is no port; write a whole number from 0 to 65535"),
    ("stub --port -1", "--port: `-1` is no port; write a whole number from 0 to 65535"),
    ("stub --llm-port x", "--llm-port: `x` is no port; write a whole number from 0 to 65535"),
    ("stub --bind x", "--bind: `x` is no IP address; write one like 127.0.0.1 or ::1"),
    ("stub --seed -1", "--seed: `-1` is no seed; write a whole number from 0 to 18446744073709551615"),
    ("stub --profile x", "--profile: `x` is none of locust, gateway, direct; write one of them"),
    ("stub --speed -1", "--speed: `-1` is none of instant, laptop, t2-micro; write one of them"),
    ("stub --users -1", "--users: `-1` is no number of users; write a whole number from 0 to 1000000"),
    ("stub --model -1", "--model: `-1` is none of mock, real; write one of them"),
    ("stub --cache x", "--cache: `x` is none of off, on; write one of them"),
    ("stub --llm-latency 5s..2s", "--llm-latency: the range `5s..2s` runs backwards; write the shorter time first"),
    ("stub --llm-latency 100000h", "--llm-latency: `100000h` is too long; write at most 87600h, which are ten years"),
    // Scenarios.
    ("run --scenario locus", "--scenario: locus cannot be read: No such file or directory (os error 2), and is no name of one inside the program; did you mean `locust`?"),
    ("run --scenario no/such.yaml", "--scenario: no/such.yaml cannot be read: No such file or directory (os error 2)"),
    ("ODDIYA_LOAD_SCENARIO=no/such.yaml run", "ODDIYA_LOAD_SCENARIO: no/such.yaml cannot be read: No such file or directory (os error 2)"),
    ("scenario check no/such.yaml", "scenario: no/such.yaml cannot be read: No such file or directory (os error 2)"),
    ("run --set size", "--set: `size` has no `=`; write NAME=VALUE"),
    ("run --service auth", "--service: `auth` has no `=`; write NAME=URL, such as auth=http://localhost:8081"),
    ("run --tags slow", "--tags: no task has the tag `slow`; there is none"),
    ("run --exclude-tags slow", "--exclude-tags: no task has the tag `slow`; there is none"),
    ("run --iterations 0", "--iterations: `0` is no number of tasks; write a whole number from 1 to 18446744073709551615"),
    ("run --header X-Tenant", "--header: `X-Tenant` has no `:`; write it like 'X-Tenant: seoul'"),
    ("run --bearer @/no/such", "--bearer: /no/such cannot be read: No such file or directory (os error 2)"),
    ("run --bearer env:ODDIYA_NO_SUCH", "--bearer: the environment variable ODDIYA_NO_SUCH is not set"),
    ("run --bearer a --mint-user-token", "--bearer: cannot go with --mint-user-token; leave one out"),
    // Words.
    ("run Nobody", "user class: unknown user class `Nobody`; this scenario has OddiyaUser,…"),
    ("run --http1 --http2", "--http1: cannot go with --http2; leave one out"),
    ("run --jsn x", "unexpected argument '--jsn' found; tip: a similar argument exists: '--json'; see --help"),
    ("run -t '1\n2'", "--run-time: `1\\n2` is not a duration; write seconds, or forms such as 20s, 500ms, 3m, 1h20m"),
    ("report", "the following required arguments were not provided: <FILE>; see --help"),
    ("report /no/such.json", "cannot open /no/such.json: No such file or directory (os error 2)"),
    ("reprot x.json", "unrecognized subcommand 'reprot'; tip: some similar subcommands exist: 'repeat', 'report'; see --help"),
    // Places that cannot be written.
    ("run --json /proc/no/such.json", "--json: cannot write into /proc/no…"),
    ("run --json /proc", "--json: /proc is a folder; name a file in it"),
    ("run --json -", "--json: name a file; for standard output, where the tables go too, /dev/stdout"),
    ("run --csv /proc/no/run", "--csv: cannot write into /proc/no…"),
    ("run --csv /proc/no/", "--csv: cannot write into /proc/no…"),
    ("run --csv /tmp/oddiya-load-a --json /tmp/./oddiya-load-a_failures.csv", "--csv: /tmp/oddiya-load-a_failures.csv is the file of --json too; name another"),
];

/// A wrong command line ends at once; one that is taken for right would run for ever.
const LIMIT: Duration = Duration::from_secs(30);

#[tokio::test]
async fn every_mistake_gives_its_one_line_and_exit_code_2_and_starts_nothing() {
    let (stub, host) = start_stub().await;
    let mut wrong = Vec::new();
    for (typed, line) in MISTAKES {
        let words = shlex::split(typed).unwrap();
        let (variables, arguments): (Vec<_>, Vec<_>) =
            words.iter().partition(|word| word.starts_with("ODDIYA_LOAD_"));
        let arguments: Vec<&str> = arguments.into_iter().map(String::as_str).collect();
        let mut command = command(&arguments);
        // So that a run which starts in spite of the mistake would be seen.
        command.env("ODDIYA_LOAD_HOST", &host);
        command.envs(variables.iter().filter_map(|variable| variable.split_once('=')));
        let ended = tokio::time::timeout(LIMIT, wait(command.spawn().unwrap()));
        let ended = ended.await.unwrap_or_else(|_| panic!("{typed}: it runs"));
        let said = ended.stderr.strip_prefix("oddiya-load: ").and_then(|said| said.strip_suffix('\n'));
        let is_said = said.is_some_and(|said| match line.strip_suffix('…') {
            Some(start) => said.starts_with(start) && !said.contains('\n'),
            None => said == *line,
        });
        if ended.code != Some(2) || !is_said || !ended.stdout.is_empty() {
            wrong.push(format!("{typed}\n  code {:?}: {}{}", ended.code, ended.stderr, ended.stdout));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let stats = ask(stub.gateway, "GET", "/__stub/stats", "").await;
    assert!(counted_by_the_stub(&stats).is_empty(), "{stats}");
}

#[tokio::test]
async fn a_port_in_use_is_named_by_the_variable_that_gave_it() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = wait(command(&["serve"]).env("ODDIYA_LOAD_PORT", &port).spawn().unwrap()).await;
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.stderr.starts_with(&format!("oddiya-load: ODDIYA_LOAD_PORT {port} is already in use")),
        "{}",
        ended.stderr
    );
}

#[tokio::test]
async fn a_variable_that_is_no_text_is_named() {
    use std::os::unix::ffi::OsStrExt as _;
    let no_text = std::ffi::OsStr::from_bytes(b"http://\xff");
    let ended = wait(command(&["run"]).env("ODDIYA_LOAD_HOST", no_text).spawn().unwrap()).await;
    let said = "oddiya-load: ODDIYA_LOAD_HOST: is not UTF-8; write it anew\n";
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(2), said));
}

#[tokio::test]
async fn a_variable_of_another_command_is_no_mistake() {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/reports/v2/sim.json");
    let mut report = command(&["report", golden]);
    let ended = wait(report.env("ODDIYA_LOAD_PORT", "").env("ODDIYA_LOAD_HOST", "x").spawn().unwrap()).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}
