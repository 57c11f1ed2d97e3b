//! What people and scripts read of one report, byte for byte. `INSTA_UPDATE=always cargo test --test report` accepts a
//! change.

use oddiya_load::core::convert::csv;
use oddiya_load::core::present::text;

use crate::{IMPORTED, V2, open};

#[test]
fn the_terminals_summary() {
    insta::assert_snapshot!("summary", text::summary(&open(V2)));
    insta::assert_snapshot!("summary_of_an_imported_report", text::summary(&open(IMPORTED)));
}

#[test]
fn locusts_csv_files() {
    for (name, text) in csv::files(&open(V2)) {
        insta::assert_snapshot!(name.trim_start_matches('_'), text);
    }
}
