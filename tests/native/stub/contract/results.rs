//! The figures per group, as `tests/benches/RESULTS.md` shows them.

use std::path::Path;

const TITLE: &str = "## Stub beside the recording";
const HOW: &str = "Of each group of recorded exchanges, how many the stub answers as the real Oddiya did. What differs is listed with \
    reasons in `tests/native/stub/contract/known.rs`: `UPDATE_GOLDEN=1 cargo test --test stub contract`";

/// Compares the section with this table, or writes it when `UPDATE_GOLDEN` is set.
pub fn hold(table: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/benches/RESULTS.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let section = format!("{TITLE}\n\n{HOW}\n\n{table}");
    let (before, after) = around(&text);
    let expected = format!("{before}{section}{after}");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, expected).unwrap();
        return;
    }
    assert!(text == expected, "RESULTS.md has other figures; write them with UPDATE_GOLDEN=1:\n{table}");
}

/// What stands before the section and after it.
fn around(text: &str) -> (String, String) {
    match text.split_once(TITLE) {
        None => (format!("{}\n\n", text.trim_end()), String::new()),
        Some((before, rest)) => {
            let after = rest.find("\n## ").map_or("", |at| &rest[at..]);
            (before.to_owned(), after.to_owned())
        }
    }
}
