//! A comparison as a terminal shows it, and as Markdown for a pull request.

use std::fmt::Write as _;

use super::reasons::reason_sentence;
use super::table::{EVIDENT, heading, rows};
use super::words::{also_better, basis, common_sentence, headline, only_in_sentences};
use crate::core::compare::outcome::{Comparison, Verdict};

/// The line below the table that explains `own` and the mark of evidence.
const LEGEND: &str = "own: with the common shift taken off.  *: with evidence.";
/// The longest line of a sentence on a terminal.
const WIDTH: usize = 100;
/// Endpoint and verdict stand left, figures right.
const TEXT_COLUMNS: usize = 2;

/// The whole comparison for a terminal.
pub fn text(comparison: &Comparison) -> String {
    let mut text = sentences(comparison).iter().map(|sentence| wrapped(sentence)).collect::<String>();
    if !comparison.entries.is_empty() {
        let _ = write!(text, "\n{}\n  {LEGEND}\n", plain_table(comparison));
    }
    text
}

/// The same as Markdown.
pub fn markdown(comparison: &Comparison) -> String {
    let mut sentences = sentences(comparison).into_iter();
    let mut text = format!("**{}**\n", sentences.next().unwrap_or_default());
    for sentence in sentences {
        let _ = write!(text, "\n{}\n", escaped(&sentence));
    }
    if comparison.entries.is_empty() {
        return text;
    }
    let row =
        |cells: &mut dyn Iterator<Item = String>| format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
    text += "\n";
    text += &row(&mut heading().into_iter().map(str::to_owned));
    text +=
        &row(&mut (0..heading().len())
            .map(|column| if column < TEXT_COLUMNS { "---" } else { "---:" }.to_owned()));
    for cells in rows(comparison) {
        text += &row(&mut cells.iter().map(|cell| escaped(cell)));
    }
    let _ = write!(text, "\n{}\n", escaped(LEGEND));
    text
}

/// Names of endpoints may hold what Markdown reads as more.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        if matches!(c, '|' | '*' | '_' | '`' | '<' | '[' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
        escaped
    })
}

/// The verdict, why runs are not comparable, the common shift, and what the verdict rests on.
pub fn sentences(comparison: &Comparison) -> Vec<String> {
    let mut sentences = vec![headline(comparison)];
    sentences.extend(comparison.reasons.iter().map(|reason| format!("- {}", reason_sentence(reason))));
    if comparison.verdict != Verdict::NotComparable {
        sentences.extend(also_better(comparison));
        sentences.extend(common_sentence(comparison));
        sentences.extend(basis(comparison));
    }
    sentences.extend(only_in_sentences(comparison));
    sentences
}

/// Lines of a sentence that fit a terminal.
fn wrapped(sentence: &str) -> String {
    let mut lines = String::new();
    let mut length = 0;
    for word in sentence.split(' ') {
        let needed = word.chars().count() + usize::from(length > 0);
        if length > 0 && length + needed > WIDTH {
            lines += "\n  ";
            length = 2;
        } else if length > 0 {
            lines.push(' ');
        }
        lines += word;
        length += needed;
    }
    lines + "\n"
}

fn plain_table(comparison: &Comparison) -> String {
    let heading: Vec<String> = heading().into_iter().map(str::to_owned).collect();
    let rows = rows(comparison);
    let all = || std::iter::once(&heading).chain(&rows);
    let width = |column: usize| {
        all().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let line = |cells: &Vec<String>| {
        let mut line = String::from(" ");
        for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            // A mark of evidence stands beside the column, so that figures stay aligned.
            let is_marked = cell.ends_with(EVIDENT);
            let cell = if column < TEXT_COLUMNS || is_marked { cell.clone() } else { format!("{cell} ") };
            let width = width + 1;
            let _ = if column < TEXT_COLUMNS {
                write!(line, " {cell:<width$}")
            } else {
                write!(line, " {cell:>width$}")
            };
        }
        line.trim_end().to_owned() + "\n"
    };
    let rule =
        format!("  {}\n", "─".repeat(widths.iter().map(|width| width + 2).sum::<usize>().saturating_sub(2)));
    let mut text = line(&heading) + &rule;
    for (place, row) in rows.iter().enumerate() {
        if place == comparison.entries.len() {
            text += &rule;
        }
        text += &line(row);
    }
    text
}
