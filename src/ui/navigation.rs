//! The views and their addresses: `#/run`, `#/reports`, `#/report/…`, `#/compare/…`.

use leptos::ev;
use leptos::prelude::*;

use crate::browser::page::address;

/// What the page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The form and the run under way.
    #[default]
    Run,
    /// The reports there are.
    Reports,
    /// One report.
    Report(ReportRef),
    /// Reports side by side.
    Compare,
}

/// Which report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportRef {
    /// The last run's of this tab.
    Run,
    /// The example.
    Example,
    /// One that was opened in this tab, by its number.
    Opened(u32),
}

impl View {
    /// The view at a fragment; the run's where it names none.
    pub fn at(fragment: &str) -> Self {
        let mut parts = fragment.trim_start_matches('#').split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next()) {
            (Some("reports"), _) => Self::Reports,
            (Some("report"), Some("example")) => Self::Report(ReportRef::Example),
            (Some("report"), Some(number)) => match number.parse() {
                Ok(number) => Self::Report(ReportRef::Opened(number)),
                Err(_) => Self::Report(ReportRef::Run),
            },
            (Some("report"), None) => Self::Report(ReportRef::Run),
            (Some("compare"), _) => Self::Compare,
            _ => Self::Run,
        }
    }

    /// Its fragment.
    pub fn fragment(self) -> String {
        match self {
            Self::Run => "#/run".to_owned(),
            Self::Reports => "#/reports".to_owned(),
            Self::Report(ReportRef::Run) => "#/report/run".to_owned(),
            Self::Report(ReportRef::Example) => "#/report/example".to_owned(),
            Self::Report(ReportRef::Opened(number)) => format!("#/report/{number}"),
            Self::Compare => "#/compare".to_owned(),
        }
    }
}

/// The view on screen, which follows the address. Copies share it.
#[derive(Clone, Copy)]
pub struct Navigation {
    view: RwSignal<View>,
}

impl Navigation {
    /// The view at the page's address, now and whenever the address changes: by a link, Back or Forward.
    pub fn at_address() -> Self {
        let view = RwSignal::new(View::at(&address::fragment()));
        let this = Self { view };
        let handle =
            window_event_listener(ev::hashchange, move |_| this.show(View::at(&address::fragment())));
        on_cleanup(move || handle.remove());
        this
    }

    /// The view on screen.
    pub fn view(self) -> View {
        self.view.get()
    }

    /// Goes to a view, which is a step in the browser's history.
    pub fn go(self, view: View) {
        if self.view.get_untracked() != view {
            self.show(view);
            address::go_to_fragment(&view.fragment());
        }
    }

    /// Goes to a view in place of the one on screen, without a step in the history.
    pub fn replace(self, view: View) {
        self.show(view);
        address::replace_fragment(&view.fragment());
    }

    /// A view that is on screen already is not built anew.
    fn show(self, view: View) {
        if self.view.get_untracked() != view {
            self.view.set(view);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_has_an_address_and_every_address_a_view() {
        let reports = [ReportRef::Run, ReportRef::Example, ReportRef::Opened(3)].map(View::Report);
        for view in [View::Run, View::Reports, View::Compare].into_iter().chain(reports) {
            assert_eq!(View::at(&view.fragment()), view);
        }
        assert_eq!(View::at(""), View::Run);
        assert_eq!(View::at("#/nothing/like/it"), View::Run);
        assert_eq!(View::at("#/compare/1/2"), View::Compare);
    }
}
