//! Reads the rows of data: CSV and JSON files, and rows in the scenario itself.

use serde_json::Value;

use super::pieces::usable_name;
use super::shop::read_file;
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::limits::MOST_COLUMNS;
use crate::core::scenario::file::settings::Settings;
use crate::core::scenario::file::surroundings::Surroundings;
use crate::core::scenario::file::trouble::Trouble;
use crate::core::scenario::file::wire::forms::{Fields, List, Scalar, ScalarKind};
use crate::core::scenario::file::wire::{WireData, WireFrom, WireOrder};
use crate::core::scenario::host_users::{Tokens, supposed_users};
use crate::core::scenario::model::data::{Cell, DataSet, RowOrder, RowOrigin};

/// The columns and the rows of a file.
type Table = (Vec<String>, Vec<Vec<Cell>>);

/// Reads all data sets. One with a problem is there without rows, so that its uses are no further problems.
pub fn read(
    wire: &Fields<WireData>,
    settings: &Settings,
    around: &dyn Surroundings,
    trouble: &Trouble,
) -> Vec<DataSet> {
    let tokens = Tokens::of_profile(settings.profile_name());
    wire.0.iter().filter_map(|(name, data)| one(name, data, tokens, around, trouble)).collect()
}

fn one(
    name: &At<String>,
    wire: &WireData,
    tokens: Tokens,
    around: &dyn Surroundings,
    trouble: &Trouble,
) -> Option<DataSet> {
    trouble.keep(name, usable_name(&name.value))?;
    let table = match (&wire.file, &wire.rows, wire.from) {
        (Some(file), None, None) => from_file(file, around, trouble),
        (None, Some(rows), None) => from_rows(name, rows, trouble),
        (None, None, Some(WireFrom::HostUsers)) => Some(supposed_users(tokens)),
        _ => {
            trouble.about(name, "the data needs either `file`, `rows` or `from`");
            None
        }
    };
    let origin = if wire.from.is_some() { RowOrigin::HostUsers } else { RowOrigin::Text };
    let (columns, rows) = table.unwrap_or_default();
    let order = match wire.order {
        WireOrder::Sequential => RowOrder::Sequential,
        WireOrder::Shuffled => RowOrder::Shuffled,
        WireOrder::Random => RowOrder::Random,
        WireOrder::Unique => RowOrder::Unique,
    };
    Some(DataSet { name: name.value.clone(), columns, rows, order, origin })
}

fn from_file(file: &At<String>, around: &dyn Surroundings, trouble: &Trouble) -> Option<Table> {
    let content = read_file(around, trouble, file)?;
    let path = &file.value;
    let table = match path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
        Some("csv") => csv_table(&content),
        Some("json") => json_table(&content),
        _ => Err("has an unknown ending; name a .csv or a .json file".to_owned()),
    };
    let table = table.and_then(|table| match table {
        (columns, _) if columns.len() > MOST_COLUMNS => {
            Err(format!("has over {MOST_COLUMNS} columns; leave out those that are not used"))
        }
        (_, rows) if rows.is_empty() => Err("has no rows; write at least one".to_owned()),
        table => Ok(table),
    });
    trouble.keep(file, table.map_err(|problem| format!("the file {path} {problem}")))
}

fn csv_table(content: &[u8]) -> Result<Table, String> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(content);
    let columns: Vec<String> = reader.headers().map_err(csv_problem)?.iter().map(str::to_owned).collect();
    if columns.iter().all(String::is_empty) {
        return Err("is empty; its first line has the names of the columns".to_owned());
    }
    let rows = reader.records().map(|row| Ok(row.map_err(csv_problem)?.iter().map(text).collect()));
    Ok((columns, rows.collect::<Result<_, String>>()?))
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn csv_problem(error: csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or_else(String::new, |pos| format!(" in line {}", pos.line()));
            format!("has {len} of {expected_len} fields{line}")
        }
        csv::ErrorKind::Utf8 { pos, .. } => {
            let line = pos.as_ref().map_or_else(String::new, |pos| format!(" in line {}", pos.line()));
            format!("is no UTF-8 text{line}")
        }
        _ => format!("is no CSV: {error}"),
    }
}

fn json_table(content: &[u8]) -> Result<Table, String> {
    let rows: Value = serde_json::from_slice(content).map_err(|error| format!("is no JSON: {error}"))?;
    let Value::Array(rows) = rows else {
        return Err("is no list; write `[{\"name\": \"value\"}, …]`".to_owned());
    };
    let columns: Vec<String> = match rows.first() {
        Some(Value::Object(first)) => first.keys().cloned().collect(),
        Some(_) => return Err("is no list of objects; write `[{\"name\": \"value\"}, …]`".to_owned()),
        None => Vec::new(),
    };
    let row = |(index, row): (usize, &Value)| {
        let field = |column: &String| {
            let value =
                row.get(column).ok_or_else(|| format!("lacks the column `{column}` in row {}", index + 1))?;
            Ok(value.as_str().map_or_else(|| Cell::Json { json: value.to_string() }, text))
        };
        columns.iter().map(field).collect::<Result<Vec<_>, String>>()
    };
    let rows = rows.iter().enumerate().map(row).collect::<Result<_, _>>()?;
    Ok((columns, rows))
}

fn from_rows(name: &At<String>, rows: &At<List<Fields<Scalar>>>, trouble: &Trouble) -> Option<Table> {
    let Some(first) = rows.value.0.first() else {
        trouble.about(name, "the data has no rows; write at least one");
        return None;
    };
    let columns: Vec<String> = first.0.iter().map(|(column, _)| column.value.clone()).collect();
    let mut table = Vec::new();
    for (index, row) in rows.value.0.iter().enumerate() {
        let field = |column: &String| row.0.iter().find(|(known, _)| known.value == *column);
        let missing = columns.iter().find(|column| field(column).is_none());
        let place = row.0.first().map_or(rows.place, |(key, _)| key.place);
        if let Some(missing) = missing {
            trouble.add(place, 1, format!("row {} lacks the column `{missing}`", index + 1));
            return None;
        }
        table.push(columns.iter().filter_map(field).map(|(_, value)| cell(value)).collect());
    }
    Some((columns, table))
}

fn cell(value: &Scalar) -> Cell {
    match value.kind {
        ScalarKind::Text => text(&value.text),
        ScalarKind::Json => Cell::Json { json: value.text.clone() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_from_csv_and_json() {
        let table = csv_table("\u{feff}name, city\na,\"Se,oul\"\nb,부산\n".as_bytes()).unwrap();
        assert_eq!(table.0, ["name", "city"]);
        assert_eq!(table.1, [[text("a"), text("Se,oul")], [text("b"), text("부산")]]);
        let table = json_table(br#"[{"id": 7, "name": "a"}, {"name": "b", "id": null, "more": 1}]"#).unwrap();
        assert_eq!(table.0, ["id", "name"]);
        let json = |json: &str| Cell::Json { json: json.to_owned() };
        assert_eq!(table.1, [[json("7"), text("a")], [json("null"), text("b")]]);
    }

    #[test]
    fn a_broken_file_is_refused_with_its_line() {
        assert_eq!(csv_table(b"a,b\n1,2\n3\n").unwrap_err(), "has 1 of 2 fields in line 3");
        assert_eq!(csv_table(b"").unwrap_err(), "is empty; its first line has the names of the columns");
        assert_eq!(csv_table(b"a\n\xff\n").unwrap_err(), "is no UTF-8 text in line 2");
        assert!(json_table(b"{}").unwrap_err().starts_with("is no list; write"));
        assert_eq!(json_table(br#"[{"a":1},{"b":2}]"#).unwrap_err(), "lacks the column `a` in row 2");
        assert!(json_table(b"[").unwrap_err().starts_with("is no JSON: "));
    }
}
