//! The views and their addresses: `#/run`, `#/scenarios`, `#/scenario/…`, `#/reports`, `#/report/…`, `#/compare`, `#/suite`. What follows
//! a `?` is read by the view itself.

use leptos::ev;
use leptos::prelude::*;

use crate::browser::page::address;
use crate::core::library::id::ReportId;
use crate::core::shelf::list::Which;

/// A view of the page, which its address names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The form, and the run under way or the last run.
    #[default]
    Run,
    /// The list of scenarios.
    Scenarios,
    Scenario(Which),
    /// The scenario that the link itself has, behind the `?`.
    SharedScenario,
    /// The list of reports.
    Reports,
    Report(ReportRef),
    /// Several reports side by side.
    Compare,
    /// The stages of a suite, summed up.
    Suite,
}

/// The report that an address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportRef {
    /// The report of this tab's last run.
    Run,
    Example,
    /// A report that was opened or kept, or that the companion's folder has.
    Opened(ReportId),
}

impl View {
    /// The view that a fragment names; [`View::Run`] when it names none.
    pub fn at(fragment: &str) -> Self {
        let path = fragment.split_once('?').map_or(fragment, |(path, _)| path);
        let mut parts = path.trim_start_matches('#').split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next()) {
            (Some("scenarios"), _) => Self::Scenarios,
            (Some("scenario"), Some("link")) => Self::SharedScenario,
            (Some("scenario"), name) => name.and_then(Which::named).map_or(Self::Scenarios, Self::Scenario),
            (Some("reports"), _) => Self::Reports,
            (Some("report"), Some("example")) => Self::Report(ReportRef::Example),
            (Some("report"), Some("run") | None) => Self::Report(ReportRef::Run),
            (Some("report"), Some(id)) => match id.parse() {
                Ok(id) => Self::Report(ReportRef::Opened(id)),
                Err(_) => Self::Report(ReportRef::Run),
            },
            (Some("compare"), _) => Self::Compare,
            (Some("suite"), _) => Self::Suite,
            _ => Self::Run,
        }
    }

    /// The fragment that names the view.
    pub fn fragment(self) -> String {
        match self {
            Self::Run => "#/run".to_owned(),
            Self::Scenarios => "#/scenarios".to_owned(),
            Self::Scenario(which) => format!("#/scenario/{which}"),
            Self::SharedScenario => "#/scenario/link".to_owned(),
            Self::Reports => "#/reports".to_owned(),
            Self::Report(ReportRef::Run) => "#/report/run".to_owned(),
            Self::Report(ReportRef::Example) => "#/report/example".to_owned(),
            Self::Report(ReportRef::Opened(id)) => format!("#/report/{id}"),
            Self::Compare => "#/compare".to_owned(),
            Self::Suite => "#/suite".to_owned(),
        }
    }
}

/// The view on screen. It follows the address, and all copies share it.
#[derive(Clone, Copy)]
pub struct Navigation {
    view: RwSignal<View>,
    /// What follows the `?`.
    query: RwSignal<String>,
}

fn query_of(fragment: &str) -> String {
    fragment.split_once('?').map_or_else(String::new, |(_, query)| query.to_owned())
}

impl Navigation {
    /// Starts with the view that the page's address names, and follows the address: links, Back and Forward change it.
    pub fn at_address() -> Self {
        let fragment = address::fragment();
        let this =
            Self { view: RwSignal::new(View::at(&fragment)), query: RwSignal::new(query_of(&fragment)) };
        let follow = move |_| {
            let fragment = address::fragment();
            this.show(View::at(&fragment), query_of(&fragment));
        };
        let handle = window_event_listener(ev::hashchange, follow);
        on_cleanup(move || handle.remove());
        this
    }

    pub fn view(self) -> View {
        self.view.get()
    }

    /// Goes to a view and adds a step to the browser's history.
    pub fn go(self, view: View) {
        if self.view.get_untracked() != view {
            self.show(view, String::new());
            address::go_to_fragment(&view.fragment());
        }
    }

    /// Replaces the view on screen by another one, without a step in the history.
    pub fn replace(self, view: View) {
        self.show(view, String::new());
        address::replace_fragment(&view.fragment());
    }

    /// The part of the address that the view reads itself.
    pub fn query(self) -> String {
        self.query.get()
    }

    /// Replaces the part of the address that the view reads itself, without a step in the history.
    pub fn look_at(self, query: &str) {
        if self.query.try_get_untracked().is_some_and(|known| known != query) {
            self.query.set(query.to_owned());
            let fragment = self.view.get_untracked().fragment();
            let query = if query.is_empty() { String::new() } else { format!("?{query}") };
            address::replace_fragment(&format!("{fragment}{query}"));
        }
    }

    /// Shows a view. A view that is on screen already is not built again.
    fn show(self, view: View, query: String) {
        self.query.set(query);
        if self.view.get_untracked() != view {
            self.view.set(view);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::shelf::id::ScenarioId;

    #[test]
    fn a_view_is_read_back_from_its_address_and_unknown_addresses_show_the_run() {
        let reports = [ReportRef::Run, ReportRef::Example, ReportRef::Opened(ReportId::kept_at(3, 1))]
            .map(View::Report);
        let own = Which::Own(ScenarioId::kept_at(3, 1));
        let scenarios = [View::Scenarios, View::SharedScenario, View::Scenario(own)];
        let scenarios = scenarios.into_iter().chain([View::Scenario(Which::default_one())]);
        for view in
            [View::Run, View::Reports, View::Compare, View::Suite].into_iter().chain(reports).chain(scenarios)
        {
            assert_eq!(View::at(&view.fragment()), view);
        }
        assert_eq!(View::at("#/scenario/link?text=1abc"), View::SharedScenario);
        assert_eq!(View::at("#/scenario/nothing"), View::Scenarios);
        assert_eq!(View::at(""), View::Run);
        assert_eq!(View::at("#/nothing/like/it"), View::Run);
        assert_eq!(View::at("#/compare/1/2"), View::Compare);
        assert_eq!(View::at("#/compare?base=1&new=2/3"), View::Compare);
        assert_eq!(View::at("#/report/run?range=30-90"), View::Report(ReportRef::Run));
        assert_eq!(
            (query_of("#/report/run?range=30-90"), query_of("#/run")),
            ("range=30-90".to_owned(), String::new())
        );
    }
}
