//! Which rows of a long table are shown: a window of fifty, which the reader moves. A browser takes seconds and
//! gigabytes for 50 000 rows, and nobody reads them; for a hundred it takes twice the time of fifty, which a click shows.

use std::ops::Range;

use crate::core::base::units::group_thousands;

/// The rows of a window. A table that is shorter has no other.
pub const WINDOW_ROWS: usize = 50;

/// A window into the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowWindow {
    first: usize,
    total: usize,
}

impl RowWindow {
    /// The window that begins at about `first`. A table that got shorter is shown from its last window on.
    pub const fn at(first: usize, total: usize) -> Self {
        let last_window = total.saturating_sub(1) / WINDOW_ROWS * WINDOW_ROWS;
        let first = first / WINDOW_ROWS * WINDOW_ROWS;
        Self { first: if first > last_window { last_window } else { first }, total }
    }

    /// The places of its rows.
    pub const fn rows(self) -> Range<usize> {
        let end = self.first + WINDOW_ROWS;
        self.first..if end > self.total { self.total } else { end }
    }

    /// Whether the table has rows outside it.
    pub const fn is_part(self) -> bool {
        self.total > WINDOW_ROWS
    }

    /// Where the window before it begins; `None` at the top.
    pub const fn earlier(self) -> Option<usize> {
        self.first.checked_sub(WINDOW_ROWS)
    }

    /// Where the window after it begins; `None` at the bottom.
    pub const fn later(self) -> Option<usize> {
        let next = self.first + WINDOW_ROWS;
        if next < self.total { Some(next) } else { None }
    }

    /// `Rows 51 to 100 of 50 000`.
    pub fn words(self) -> String {
        let rows = self.rows();
        let [first, last, total] = [rows.start + 1, rows.end, self.total].map(|n| group_thousands(n as u64));
        format!("Rows {first} to {last} of {total}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_table_is_one_window() {
        for total in [0, 1, WINDOW_ROWS] {
            let window = RowWindow::at(0, total);
            assert_eq!((window.rows(), window.is_part()), (0..total, false));
            assert_eq!((window.earlier(), window.later()), (None, None));
        }
    }

    #[test]
    fn a_long_table_is_walked_through_window_by_window() {
        let mut window = RowWindow::at(0, 125);
        let mut seen = vec![window.rows()];
        while let Some(next) = window.later() {
            window = RowWindow::at(next, 125);
            seen.push(window.rows());
        }
        assert_eq!(seen, [0..50, 50..100, 100..125]);
        assert_eq!(window.words(), "Rows 101 to 125 of 125");
        assert_eq!(window.earlier(), Some(50));
    }

    #[test]
    fn a_table_that_got_shorter_is_shown_from_its_last_window_on() {
        assert_eq!(RowWindow::at(10_000, 125).rows(), 100..125);
        assert_eq!(RowWindow::at(100, 100).rows(), 50..100);
        assert_eq!(RowWindow::at(100, 3).rows(), 0..3);
    }
}
