//! Files that were right and have lost a part: reading them may say anything, but it ends, and every place it names is in
//! the file.

use oddiya_load::core::scenario::file::read;
use oddiya_load::core::scenario::file::surroundings::Choices;

use super::{Folder, files, folder, name};

fn check(file: &str, text: &str) {
    let Err(problems) = read(file, text, &Choices::default(), &Folder(folder("good"))) else { return };
    assert!(!problems.list.is_empty());
    let lines = text.lines().count();
    for problem in &problems.list {
        assert!(problem.place.line <= lines + 1, "{file}: {problem:?} of {lines} lines\n{text}");
        assert!(!problems.render(problem).is_empty());
    }
}

#[test]
fn a_file_without_one_of_its_lines_is_read_or_refused() {
    for path in files(&folder("good")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for missing in 0..lines.len() {
            let rest: Vec<&str> =
                lines.iter().enumerate().filter(|(at, _)| *at != missing).map(|(_, l)| *l).collect();
            check(name(&path), &rest.join("\n"));
        }
    }
}

#[test]
fn a_file_that_was_cut_off_is_read_or_refused() {
    for path in files(&folder("good")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let ends = text.char_indices().map(|(at, _)| at).step_by(11);
        ends.for_each(|end| check(name(&path), &text[..end]));
    }
}

#[test]
fn a_file_with_a_sign_too_many_is_read_or_refused() {
    for path in files(&folder("good")) {
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, sign) in ["${", "}", "\"", ": ", "[", "*", "&", "\t", "#", "- "].into_iter().enumerate()
        {
            let places = text.char_indices().map(|(at, _)| at).skip(number).step_by(29);
            places.for_each(|at| check(name(&path), &format!("{}{sign}{}", &text[..at], &text[at..])));
        }
    }
}
