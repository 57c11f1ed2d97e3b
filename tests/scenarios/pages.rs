//! The examples of the documentation are files that are right, and the tests read them. The sample of a message is one.

use oddiya_load::core::scenario::file::read;
use oddiya_load::core::scenario::file::surroundings::{Choices, Nothing};

use super::folder;

const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scenarios.md"));
const FROM_LOCUST: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/coming-from-locust.md"));
const README: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));

/// The blocks marked `yaml`: the name after the mark, and the text.
fn examples() -> Vec<(&'static str, &'static str)> {
    let blocks = [PAGE, FROM_LOCUST].into_iter().flat_map(|page| page.split("\n```yaml ").skip(1));
    let blocks = blocks.map(|block| block.split("\n```").next().unwrap());
    blocks.map(|block| block.split_once('\n').unwrap()).collect()
}

#[test]
fn every_example_is_a_file_that_is_right() {
    let examples = examples();
    assert!(examples.len() >= 15, "only {} examples", examples.len());
    for (name, text) in examples {
        let file = std::fs::read_to_string(folder("good").join(name)).unwrap_or_default();
        assert_eq!(format!("{text}\n"), file, "the example {name} differs from its file");
    }
    let without_file = [PAGE, FROM_LOCUST].map(|page| page.matches("```yaml\n").count());
    assert_eq!(without_file, [0, 0], "an example without a file");
}

#[test]
fn the_pages_show_every_file_that_is_right() {
    let shown: Vec<_> = examples().into_iter().map(|(name, _)| name).collect();
    let missing: Vec<_> = super::files(&folder("good"))
        .iter()
        .map(|path| super::name(path).to_owned())
        .filter(|name| !shown.contains(&name.as_str()))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_page_shows_a_message_as_it_is_given() {
    let minimal = std::fs::read_to_string(folder("good").join("minimal.yaml")).unwrap();
    let misspelt = minimal.replace("think_time", "think_tim");
    let problems = read("minimal.yaml", &misspelt, &Choices::default(), &Nothing).unwrap_err().to_string();
    assert!(PAGE.contains(&format!("```text\n{problems}\n```")), "{problems}");
}

#[test]
fn the_scenario_of_the_readme_is_right() {
    let text = README.split_once("\n```yaml\n").unwrap().1.split("```").next().unwrap();
    let read = read("readme.yaml", text, &Choices::default(), &Nothing);
    assert_eq!(read.map_err(|problems| problems.to_string()).unwrap().classes.len(), 1);
}
