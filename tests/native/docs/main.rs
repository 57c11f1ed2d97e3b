//! Every command that the documentation shows, run as a reader would run it.
//!
//! A block marked `sh` in README.md, CONTRIBUTING.md or docs/ is run line by line, in a folder of its own and against
//! a stub of its own. `line.rs` says what is changed in a line and which lines are only checked.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "these are tests"
)]

mod curl;
mod line;
mod pages;
mod process;
mod project;
mod words;

use futures_util::{StreamExt as _, stream};

use line::World;
use pages::{Block, Page};

/// A run mostly waits, so several share the processors well.
const BLOCKS_AT_A_TIME: usize = 4;

/// Runs a block and gives one sentence for each line that failed.
async fn failures_of(block: Block) -> Vec<String> {
    let world = World::start().await;
    let mut failures = Vec::new();
    for (number, text) in block.lines {
        if let Err(problem) = line::run(&world, &text).await {
            failures.push(format!("{}:{number}: `{text}`: {problem}", block.page));
        }
    }
    failures
}

#[tokio::test]
async fn every_command_runs() {
    let blocks: Vec<Block> = pages::all().iter().flat_map(Page::shell_blocks).collect();
    assert!(blocks.len() > 10, "only {} blocks were found", blocks.len());
    let failures: Vec<Vec<String>> =
        stream::iter(blocks).map(failures_of).buffer_unordered(BLOCKS_AT_A_TIME).collect().await;
    let failures = failures.concat();
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    let broken: Vec<String> = pages::all().iter().flat_map(Page::broken_links).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_page_is_reached_from_the_list_of_pages() {
    let pages = pages::all();
    let list = pages.iter().find(|page| page.name == "docs/README.md").unwrap();
    let in_docs = pages.iter().filter_map(|page| page.name.strip_prefix("docs/"));
    let missing: Vec<&str> = in_docs
        .filter(|name| {
            !name.contains('/') && *name != "README.md" && !list.text.contains(&format!("]({name})"))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
