//! The summary of a suite as one HTML file without scripts, which any browser opens and any mail can carry.

use std::fmt::Write as _;

use super::{HEADING, StageSummary, SuiteSummary, Verdict};
use crate::core::base::visible::{cell, sentence};

const STYLE: &str = "\
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: 0; }
table { border-collapse: collapse; margin: 1.5rem 0; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: .35rem .6rem; text-align: right; vertical-align: top; }
th:nth-child(-n+3), td:nth-child(-n+3) { text-align: left; }
.failed, .not-run { color: #c22f2f; font-weight: 600; }
.passed { color: #1c7c3c; font-weight: 600; }
@media (prefers-color-scheme: dark) { .failed, .not-run { color: #ff8f8f; } .passed { color: #7fd89b; } }";

/// The file's text.
pub fn html(summary: &SuiteSummary) -> String {
    let name = escaped(&cell(&summary.name));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>Suite {name}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n"
    );
    let _ = writeln!(page, "<h1>Suite {name}</h1>");
    let _ = writeln!(page, "<p>{}</p>", escaped(&sentence(&summary.about)));
    let of_host = summary.host.as_deref().map(|host| format!("Host {}. ", cell(host))).unwrap_or_default();
    let started =
        summary.started_at.as_deref().map(|at| format!("Started {}.", cell(at))).unwrap_or_default();
    let _ = writeln!(page, "<p>{}{}</p>", escaped(&of_host), escaped(&started));
    let class = class_of(summary.verdict());
    let _ = writeln!(page, "<p class=\"{class}\">{}</p>", escaped(&summary.headline()));
    page += "<table>\n<thead><tr>";
    HEADING.iter().for_each(|heading| {
        let _ = write!(page, "<th scope=\"col\">{heading}</th>");
    });
    page += "</tr></thead>\n<tbody>\n";
    summary.stages.iter().for_each(|stage| page += &row(stage));
    page += "</tbody>\n</table>\n";
    page += &remarks(summary);
    page += "<p>Each stage links to its report. <code>oddiya-load serve --reports DIR</code> shows them with charts, side by \
             side too.</p>\n</body>\n</html>\n";
    page
}

fn row(stage: &StageSummary) -> String {
    let mut cells = stage.cells().into_iter().map(|cell| escaped(&cell));
    let name = cells.next().unwrap_or_default();
    let name = match &stage.link {
        Some(link) => format!("<a href=\"{}\">{name}</a>", escaped(link)),
        None => name,
    };
    let result = cells.next().unwrap_or_default();
    let class = class_of(stage.verdict());
    let mut row = format!("<tr><th scope=\"row\">{name}</th><td class=\"{class}\">{result}</td>");
    cells.for_each(|cell| {
        let _ = write!(row, "<td>{cell}</td>");
    });
    row + "</tr>\n"
}

fn remarks(summary: &SuiteSummary) -> String {
    let remarks = summary.stages.iter().flat_map(|stage| {
        stage
            .remarks()
            .into_iter()
            .map(|remark| format!("<li>{}: {}</li>\n", escaped(&stage.name), escaped(&remark)))
    });
    let remarks: String = remarks.collect();
    if remarks.is_empty() { remarks } else { format!("<h2>What failed</h2>\n<ul>\n{remarks}</ul>\n") }
}

const fn class_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::NotRun | Verdict::CutShort => "not-run",
        Verdict::FailedAsAllowed | Verdict::Open => "open",
    }
}

/// Text that HTML reads as nothing but text, in an attribute too. Names come from scenarios and from hosts.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ran, stage, summary};
    use super::*;
    use crate::core::base::failing::Failing;

    #[test]
    fn a_page_has_a_row_with_a_link_for_each_stage() {
        let page = html(&summary());
        assert_eq!(page.matches("<tr><th scope=\"row\">").count(), 4);
        assert!(
            page.contains("<a href=\"baseline.json\">baseline</a></th><td class=\"passed\">passed</td>"),
            "{page}"
        );
        assert!(page.contains("<li>peak: the host cannot be reached</li>"), "{page}");
    }

    #[test]
    fn what_a_host_or_a_file_says_is_text_and_nothing_else() {
        let mut summary = summary();
        summary.name = "<script>alert(1)</script>".into();
        summary.host = Some("http://h/\"><img src=x>".into());
        summary.stages = vec![stage("a", Failing::Fails, ran(0))];
        summary.stages[0].link = Some("a\"onclick='x'.json".into());
        let page = html(&summary);
        assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("\"onclick"), "{page}");
    }
}
