//! Any table as text for elsewhere: Markdown for a pull request, CSV for a spreadsheet.

use super::csv::field;

/// A table in Markdown. The first row is the heading; columns of numbers stand to the right.
pub fn markdown(rows: &[Vec<String>]) -> String {
    let Some((heading, body)) = rows.split_first() else { return String::new() };
    let line = |cells: &[String]| {
        let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let is_of_numbers = |column: usize| {
        let cells = || body.iter().filter_map(|row| row.get(column));
        cells().any(|cell| is_number(cell))
            && cells().all(|cell| is_number(cell) || cell.is_empty() || cell == "–")
    };
    let rule = |column: usize| if is_of_numbers(column) { "---:" } else { "---" }.to_owned();
    let rules: Vec<_> = (0..heading.len()).map(rule).collect();
    line(heading) + &line(&rules) + &body.iter().map(|row| line(row)).collect::<String>()
}

fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

/// A table in CSV. Thousands are not grouped, so that a spreadsheet reads numbers.
pub fn csv(rows: &[Vec<String>]) -> String {
    let cell =
        |text: &String| field(&if is_number(text) { text.replace('\u{202f}', "") } else { text.clone() });
    rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<String>> {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        vec![
            row(["Name", "Requests", "p95 ms"]),
            row(["/a|b", "1\u{202f}234", "12.5"]),
            row(["=x", "7", "–"]),
        ]
    }

    #[test]
    fn markdown_has_numbers_to_the_right_and_keeps_its_bars() {
        let text = "| Name | Requests | p95 ms |\n| --- | ---: | ---: |\n| /a\\|b | 1\u{202f}234 | 12.5 |\n| =x | 7 | – |\n";
        assert_eq!(markdown(&rows()), text);
        assert_eq!(markdown(&[]), "");
    }

    #[test]
    fn a_spreadsheet_reads_numbers_and_computes_nothing() {
        assert_eq!(csv(&rows()), "Name,Requests,p95 ms\r\n/a|b,1234,12.5\r\n'=x,7,–\r\n");
    }
}
