//! Files that are wrong. Beside each stands a text with all that is said of it; `UPDATE_GOLDEN=1` writes it anew.

use oddiya_load::core::scenario::file::surroundings::{Choices, Nothing};

use super::{files, folder, name, read_file};

#[test]
fn every_broken_file_gets_the_message_beside_it() {
    let files = files(&folder("broken"));
    assert!(files.len() >= 40, "only {} files", files.len());
    let mut differ = Vec::new();
    for path in files {
        let said = match read_file(&path, &Choices::default()) {
            Ok(_) => format!("{} is not refused", name(&path)),
            Err(problems) => format!("{problems}\n"),
        };
        let beside = path.with_extension("txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&beside, &said).unwrap();
        }
        if std::fs::read_to_string(&beside).unwrap_or_default() != said {
            differ.push(said);
        }
    }
    assert!(differ.is_empty(), "these differ; if that is meant, UPDATE_GOLDEN=1:\n{}", differ.join("\n"));
}

#[test]
fn every_message_says_where_and_what_to_write() {
    for path in files(&folder("broken")) {
        let problems = read_file(&path, &Choices::default()).unwrap_err();
        for problem in &problems.list {
            let shown = problems.render(problem);
            assert!(shown.starts_with(name(&path)), "{shown}");
            assert!(!problem.message.is_empty() && problem.width > 0, "{problem:?}");
            let has_mark =
                shown.lines().last().unwrap().trim_start().starts_with("| ") && shown.ends_with('^');
            assert!(has_mark || name(&path) == "empty.yaml", "{shown}");
        }
    }
}

#[test]
fn a_file_of_ten_megabytes_is_refused_at_once() {
    let long = "# a comment\n".repeat(900_000);
    let problems = super::read("long.yaml", &long, &Choices::default(), &Nothing).unwrap_err();
    let said = problems.to_string();
    assert!(said.starts_with("long.yaml: the text has 10.3 MB, and a scenario has at most 1 MB"), "{said}");
}

/// Short texts that would take gigabytes, overflow the stack or take hours, each with a part of its message.
fn hostile() -> Vec<(String, &'static str)> {
    let doing = |steps: &str| format!("scenario: s\nusers:\n  U:\n    tasks:\n{steps}");
    let long = "x".repeat(30_000);
    let set = format!("settings: {{ a: {long} }}\n{}", doing(""))
        .replace("tasks:\n", "tasks:\n      - post: /\n        text: ");
    let doubled: String =
        (1..13).map(|n| format!("  b{n}: [{{ do: b{} }}, {{ do: b{} }}]\n", n - 1, n - 1)).collect();
    let blocks =
        format!("blocks:\n  b0: [{{ post: /, text: {long} }}]\n{doubled}{}", doing("      - do: b12\n"));
    let chain: String = (0..900).map(|n| format!("  b{n}: [{{ do: b{} }}]\n", n + 1)).collect();
    let chain = format!("blocks:\n{chain}  b900: [{{ get: / }}]\n{}", doing("      - do: b0\n"));
    let unset: String = (0..15_000).map(|n| format!("      - set: {{ a{n}: \"${{q}}\" }}\n")).collect();
    let names: String = (0..15_000).map(|n| format!("      - set: {{ a{n}: 1 }}\n")).collect();
    let clear = format!("{names}      - clear: [{}]\n", "y".repeat(300_000));
    let fields: String = (0..=1_000).map(|n| format!("v{n}: 1, ")).collect();
    let large = "      - get: /\n        checks: [\"body matches (a{30}){30}\"]\n";
    vec![
        (format!("{set}{}\n", "${a}".repeat(100_000)), "over 64 MB once its settings"),
        (blocks, "over 64 MB once its settings"),
        (
            doing(&format!("      - get: \"/{}\"\n", "${zipf of 1..100000}".repeat(700))),
            "over 64 MB once its settings",
        ),
        (
            doing(&format!("      - get: \"/{}x{}\"\n", "${base64 ".repeat(50_000), "}".repeat(50_000))),
            "stand within each other",
        ),
        (doing(&format!("      - get: \"/${{{}no}}\"\n", "raw ".repeat(200_000))), "no value `"),
        (chain, "over 20 steps stand within each other"),
        (doing(&unset), "more problems"),
        (doing(&clear), "no value `"),
        (doing(&format!("      - set: {{ {fields} }}\n")), "a group has over 1000 fields"),
        (doing(&large.repeat(5_000)), "over 64 MB once its settings"),
    ]
}

#[test]
fn a_short_text_of_which_too_much_would_come_is_refused_soon() {
    for (text, right) in hostile() {
        let began = std::time::Instant::now();
        let problems = super::read("s.yaml", &text, &Choices::default(), &Nothing).unwrap_err();
        let (said, took) = (problems.to_string(), began.elapsed());
        assert!(said.contains(right), "{}", said.chars().take(500).collect::<String>());
        // Some of them took hours. A build without optimisation on a busy machine is slow.
        assert!(took.as_secs() < 60, "{took:?}: {right}");
    }
}

#[test]
fn a_choice_that_the_file_does_not_have_is_named() {
    let path = folder("good").join("profiles.yaml");
    let choices = Choices {
        profile: Some("drect".to_owned()),
        settings: vec![("expectd".to_owned(), "1".to_owned())],
        services: vec![("lm".to_owned(), "http://localhost:1".to_owned())],
    };
    let said: Vec<_> = read_file(&path, &choices).unwrap_err().list.into_iter().map(|p| p.message).collect();
    assert_eq!(
        said,
        [
            "no profile `drect`; did you mean `direct`?",
            "no setting `expectd` to set; did you mean `expected`?",
            "no service `lm` for --service; did you mean `llm`?",
        ]
    );
    let services = vec![("llm".to_owned(), "x".to_owned())];
    let said = read_file(&path, &Choices { services, ..Choices::default() }).unwrap_err().to_string();
    assert!(said.starts_with("profiles.yaml: --service llm: the address "), "{said}");
}

const WITH_A_KEY: &str = "
scenario: s
settings: { key: { secret: true, default: \"k3y-of-the-tests\" } }
users:
  Reader:
    tasks:
      - get: /api/plans?key=${key}
        checks:
          - body does not contain ${key}
      - group: with ${key}
        steps:
          - get: /
";

#[test]
fn no_secret_stands_in_a_name_that_a_report_has() {
    let scenario = super::read("s.yaml", WITH_A_KEY, &Choices::default(), &Nothing).unwrap();
    let names: Vec<_> = scenario.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["/api/plans?key=***", "with ***", "/"]);
    let checks = scenario.request_steps().into_iter().flat_map(|step| &step.checks);
    assert_eq!(checks.map(|check| check.name.as_str()).collect::<Vec<_>>(), ["body does not contain ***"]);
}

#[test]
fn no_secret_stands_in_a_message() {
    for (from, to) in
        [("get: /api", "get: api"), ("body does", "bodi does"), ("get: /\n", "get: \"${key}\"\n")]
    {
        let problems =
            super::read("s.yaml", &WITH_A_KEY.replace(from, to), &Choices::default(), &Nothing).unwrap_err();
        let said: String = problems.list.iter().map(|problem| problem.message.as_str()).collect();
        assert!(said.contains("***") && !said.contains("k3y"), "{said}");
    }
}
