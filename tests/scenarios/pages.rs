//! The examples of docs/scenarios.md are files that are right, and the tests read them.

use super::folder;

const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scenarios.md"));

/// The blocks marked `yaml`: the name after the mark, and the text.
fn examples() -> Vec<(&'static str, &'static str)> {
    let blocks = PAGE.split("\n```yaml ").skip(1).map(|block| block.split("\n```").next().unwrap());
    blocks.map(|block| block.split_once('\n').unwrap()).collect()
}

#[test]
fn every_example_of_the_page_is_a_file_that_is_right() {
    let examples = examples();
    assert!(examples.len() >= 15, "only {} examples", examples.len());
    for (name, text) in examples {
        let file = std::fs::read_to_string(folder("good").join(name)).unwrap_or_default();
        assert_eq!(format!("{text}\n"), file, "the example {name} differs from its file");
    }
    assert_eq!(PAGE.matches("```yaml\n").count(), 0, "an example without a file");
}

#[test]
fn the_page_shows_every_file_that_is_right() {
    let shown: Vec<_> = examples().into_iter().map(|(name, _)| name).collect();
    let missing: Vec<_> = super::files(&folder("good"))
        .iter()
        .map(|path| super::name(path).to_owned())
        .filter(|name| !shown.contains(&name.as_str()))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}
