//! Tables that read as well in a terminal as in Markdown, and a section of a file replaced in place.

use super::quantiles::Quantiles;

use super::cell::Cell;
use super::deviation::Deviations;
use super::load::LoadResult;
use super::outcome::{
    Ceiling, CellResult, Duel, Outcome, PageNotes, RelayRound, Round, RouteResult, median_of,
};
use super::target::Target;
use super::views::ShowingResult;

/// A table's heads, each with the width that its column gets at least.
pub type Columns<const N: usize> = [(&'static str, usize); N];

/// Both generators, a line each for every cell.
pub const CELLS: Columns<14> = [
    ("delay × users", 16),
    ("by", 4),
    ("RPS", 7),
    ("of ideal", 8),
    ("true p50 / p95 / p99 ms", 26),
    ("p50 error", 22),
    ("p95 error", 22),
    ("p99 error", 22),
    ("answered", 8),
    ("counted", 7),
    ("connections", 11),
    ("preflights", 10),
    ("browser / bench / other CPUs", 28),
    ("machine", 16),
];

/// What only our page says, a line for every cell.
pub const NOTES: Columns<9> = [
    ("delay × users", 16),
    ("corrected p50 / p95 / p99 ms", 30),
    ("queue p50 / p95 / p99 ms", 26),
    ("seen by the page p50 / p95 / p99 ms", 35),
    ("unrecorded", 10),
    ("page clock", 10),
    ("failures", 8),
    ("suspect s", 9),
    ("limit said", 10),
];

/// Rates of one side, a line each.
pub const DUELS: Columns<7> = [
    ("users", 5),
    ("side", 28),
    ("RPS, median", 11),
    ("browser CPU ms a request", 24),
    ("connections", 11),
    ("preflights", 10),
    ("RPS of each round", 40),
];

/// The preset's routes.
pub const ROUTES: Columns<7> = [
    ("route", 44),
    ("sent", 6),
    ("answered", 8),
    ("true p50 / p95 / p99 ms", 26),
    ("p50 error", 22),
    ("p95 error", 22),
    ("p99 error", 22),
];

/// The relay's rounds.
pub const RELAY: Columns<3> =
    [("round", 5), ("straight p50 / p95 / p99 ms", 28), ("relayed p50 / p95 / p99 ms", 28)];

/// Reports shown, a line for each kind.
pub const SHOWINGS: Columns<4> =
    [("what", 56), ("ms, median", 10), ("ms, most", 8), ("ms of each round", 40)];

/// The page's loading, a line for each way.
pub const LOADS: Columns<4> = [
    ("way", 32),
    ("interactive ms, median", 22),
    ("KB received, median", 19),
    ("interactive ms of each round", 40),
];

/// The targets.
pub const TARGETS: Columns<5> =
    [("figure", 60), ("bare fetch loop", 20), ("our page", 30), ("to reach", 14), ("verdict", 11)];

/// The head and the rule below it.
pub fn head<const N: usize>(columns: &Columns<N>) -> String {
    let rule = columns.map(|(_, width)| "-".repeat(width));
    format!("{}\n{}", line(columns, columns.map(|(name, _)| name.to_owned())), line(columns, rule))
}

/// One line.
pub fn line<const N: usize>(columns: &Columns<N>, fields: [String; N]) -> String {
    let fields = fields.iter().zip(columns).map(|(field, (_, width))| format!("{field:<width$}"));
    format!("| {} |", fields.collect::<Vec<_>>().join(" | "))
}

/// The two lines of a cell.
pub fn cell_lines(result: &CellResult) -> [String; 2] {
    let CellResult { cell, page, bare, .. } = result;
    [("page", page), ("bare", bare)].map(|(by, outcome)| line(&CELLS, cell_fields(*cell, by, outcome)))
}

/// The line of a route.
pub fn route_line(route: &RouteResult) -> String {
    let [p50, p95, p99] = errors(route.deviations());
    let [sent, answered] = [route.sent, route.answered].map(|count| count.to_string());
    line(&ROUTES, [route.route.clone(), sent, answered, quantiles(route.truth.as_ref()), p50, p95, p99])
}

fn errors(deviations: Option<Deviations>) -> [String; 3] {
    match deviations {
        Some(deviations) => [deviations.p50, deviations.p95, deviations.p99].map(|d| d.to_string()),
        None => [(); 3].map(|()| "–".to_owned()),
    }
}

fn cell_fields(cell: Cell, by: &str, outcome: &Outcome) -> [String; 14] {
    let share = cell.ideal_rate().map(|ideal| format!("{:.1} %", outcome.rate / ideal * 100.0));
    let [p50, p95, p99] = errors(outcome.deviations());
    let strain = outcome.strain;
    let saturated = if strain.is_saturated() { " saturated" } else { "" };
    [
        cell.to_string(),
        by.to_owned(),
        format!("{:.1}", outcome.rate),
        share.unwrap_or_else(|| "–".to_owned()),
        quantiles(outcome.truth.as_ref()),
        p50,
        p95,
        p99,
        outcome.answered.to_string(),
        outcome.counted.to_string(),
        outcome.connections.to_string(),
        outcome.preflights.to_string(),
        format!("{:.2} / {:.2} / {:.2}", strain.browser, strain.bench, strain.others),
        format!("{:.0} %{saturated}", strain.machine * 100.0),
    ]
}

/// The line of what only our page says.
pub fn notes_line(cell: Cell, notes: &PageNotes) -> String {
    let ceiling = if notes.ceiling == Ceiling::Said { "said" } else { "not said" };
    let fields = [
        cell.to_string(),
        quantiles(notes.corrected.as_ref()),
        quantiles(notes.queue.as_ref()),
        quantiles(notes.seen_by_page.as_ref()),
        notes.unrecorded.to_string(),
        notes.page_clock.to_string(),
        notes.failures.to_string(),
        notes.suspect_seconds.to_string(),
        ceiling.to_owned(),
    ];
    line(&NOTES, fields)
}

/// A line for each side.
pub fn duel_lines(duel: &Duel) -> Vec<String> {
    let lines = duel.sides.iter().map(|(side, rounds)| {
        let median = |figure: fn(&Round) -> f64, digits: usize| {
            median_of(rounds, figure).map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
        };
        let rates: Vec<String> = rounds.iter().map(|round| format!("{:.1}", round.rate)).collect();
        let fields = [
            duel.users.to_string(),
            side.label().to_owned(),
            median(|round| round.rate, 1),
            median(|round| round.browser_ms, 3),
            median(|round| round.connections as f64, 0),
            median(|round| round.preflights as f64, 0),
            rates.join(", "),
        ];
        line(&DUELS, fields)
    });
    lines.collect()
}

/// A line of the relay's table.
pub fn relay_line(number: usize, round: &RelayRound) -> String {
    let times =
        [&round.straight, &round.relayed].map(|q| format!("{:.3} / {:.3} / {:.3}", q.p50, q.p95, q.p99));
    let [straight, relayed] = times;
    line(&RELAY, [number.to_string(), straight, relayed])
}

/// The line of one kind of showing.
pub fn showing_line(result: &ShowingResult) -> String {
    let shown = |ms: Option<f64>| ms.map_or_else(|| "–".to_owned(), |ms| format!("{ms:.0}"));
    let most = result.rounds.iter().copied().reduce(f64::max);
    let rounds: Vec<String> = result.rounds.iter().map(|ms| format!("{ms:.0}")).collect();
    let label = result.showing.label().to_owned();
    line(&SHOWINGS, [label, shown(result.median_ms()), shown(most), rounds.join(", ")])
}

/// The line of one way to load the page.
pub fn load_line(load: &LoadResult) -> String {
    let shown = |figure: Option<f64>| figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.0}"));
    let rounds: Vec<String> =
        load.rounds.iter().map(|round| format!("{:.0}", round.interactive_ms)).collect();
    let kilobytes = load.median_bytes().map(|bytes| bytes / 1000.0);
    line(&LOADS, [load.way.label().to_owned(), shown(load.median_ms()), shown(kilobytes), rounds.join(", ")])
}

/// A line of the targets' table.
pub fn target_line(target: &Target) -> String {
    let Target { figure, bare, page, to_reach, verdict } = target;
    line(&TARGETS, [figure.clone(), bare.clone(), page.clone(), to_reach.clone(), verdict.in_table()])
}

fn quantiles(quantiles: Option<&Quantiles>) -> String {
    quantiles.map_or_else(|| "–".to_owned(), |q| format!("{:.2} / {:.2} / {:.2}", q.p50, q.p95, q.p99))
}

/// The text with what stands under the heading `## title` replaced, up to the next heading of that rank; at the
/// end where there is none yet.
pub fn replace_section(text: &str, title: &str, body: &str) -> String {
    let section = format!("## {title}\n\n{}\n", body.trim_end());
    let mut sections: Vec<String> = Vec::new();
    for line in text.lines() {
        match sections.last_mut() {
            Some(last) if !line.starts_with("## ") => last.push_str(line),
            _ => sections.push(line.to_owned()),
        }
        sections.iter_mut().last().unwrap().push('\n');
    }
    let place = sections.iter().position(|known| known.lines().next() == Some(&*format!("## {title}")));
    match place {
        Some(place) if place + 1 < sections.len() => sections[place] = section + "\n",
        Some(place) => sections[place] = section,
        None => {
            sections
                .iter_mut()
                .last()
                .into_iter()
                .for_each(|last| *last = format!("{}\n\n", last.trim_end()));
            sections.push(section);
        }
    }
    sections.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_wide_as_their_heads() {
        let columns = [("a", 3), ("b", 5)];
        assert_eq!(head(&columns), "| a   | b     |\n| --- | ----- |");
        assert_eq!(line(&columns, ["×".to_owned(), "1".to_owned()]), "| ×   | 1     |");
    }

    #[test]
    fn a_section_is_replaced_and_the_others_are_kept() {
        let text = "# Results\n\nAbout.\n\n## Browser\n\nold\n\n### Grid\n\nold\n\n## Runner\n\nkept\n";
        let expected = "# Results\n\nAbout.\n\n## Browser\n\nnew\n\n## Runner\n\nkept\n";
        assert_eq!(replace_section(text, "Browser", "new\n\n"), expected);
        assert_eq!(replace_section(expected, "Browser", "new"), expected, "a second time changes nothing");
        let last = "# Results\n\n## Runner\n\nkept\n\n## Browser\n\nold\n";
        assert_eq!(
            replace_section(last, "Browser", "new"),
            "# Results\n\n## Runner\n\nkept\n\n## Browser\n\nnew\n"
        );
    }

    #[test]
    fn a_missing_section_is_put_at_the_end() {
        assert_eq!(replace_section("# R\n", "Browser", "new"), "# R\n\n## Browser\n\nnew\n");
        assert_eq!(replace_section("# R\n\n## A\n\nx\n", "B", "y"), "# R\n\n## A\n\nx\n\n## B\n\ny\n");
        assert_eq!(replace_section("", "B", "y"), "## B\n\ny\n");
    }
}
