//! Which columns of the statistics a reader has turned on or off. The choice is remembered.

use std::collections::BTreeSet;

use super::local_storage;

const KEY: &str = "oddiya-load.columns";

/// The fields of the columns that are not as they are by default.
pub fn turned() -> BTreeSet<String> {
    let text = local_storage::read(KEY).unwrap_or_default();
    text.split(',').filter(|field| !field.is_empty()).map(str::to_owned).collect()
}

/// Stores the fields of the columns that are not as they are by default.
pub fn remember(turned: &BTreeSet<String>) {
    let fields: Vec<&str> = turned.iter().map(String::as_str).collect();
    local_storage::write(KEY, &fields.join(","));
}
