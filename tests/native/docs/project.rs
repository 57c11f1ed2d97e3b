//! Commands that build or test the project: checked to exist, because running them takes minutes.

use crate::pages::project_folder;

fn text_of(file: &str) -> Result<String, String> {
    std::fs::read_to_string(project_folder().join(file)).map_err(|error| format!("{file}: {error}"))
}

/// `make TARGET…`
pub fn check_make(targets: &[String]) -> Result<(), String> {
    let makefile = text_of("Makefile")?;
    let exists = |target: &String| makefile.lines().any(|line| line.starts_with(&format!("{target}:")));
    targets
        .iter()
        .find(|target| !exists(target))
        .map_or(Ok(()), |target| Err(format!("no target `{target}`")))
}

/// `make/SCRIPT.sh`, or `make/test.sh STEP…`
pub fn check_script(script: &str, steps: &[String]) -> Result<(), String> {
    let text = text_of(script)?;
    let exists = |step: &String| text.contains(&format!("\nrun_{step}() {{"));
    steps.iter().find(|step| !exists(step)).map_or(Ok(()), |step| Err(format!("no step `{step}`")))
}

/// `cargo install --path .`, or `cargo test` with a target that Cargo.toml has
pub fn check_cargo(words: &[String]) -> Result<(), String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let target = match words.as_slice() {
        ["install", "--path", "."] | ["test", "--all-features", "--lib", ..] => return Ok(()),
        ["test", "--all-features", "--test", target, ..] => target,
        _ => return Err("not one of the cargo commands that are known here".to_owned()),
    };
    let exists = text_of("Cargo.toml")?.contains(&format!("[[test]]\nname = \"{target}\""));
    if exists { Ok(()) } else { Err(format!("no test target `{target}`")) }
}
