//! Which classes of the chosen scenario are ticked, in the form's text of names.

use crate::core::scenario::Presence;
use crate::core::shelf::list::Which;

/// The names of classes in a text.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).filter(|name| !name.is_empty())
}

/// The classes that take part unless a person chooses others.
pub fn default_classes(classes: &[(String, Presence)]) -> String {
    let of_all = classes.iter().filter(|(_, presence)| *presence == Presence::Default);
    of_all.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The classes that the form knew of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub which: Which,
    pub classes: Vec<String>,
}

/// The ticks for a scenario with these classes. A newly chosen scenario has those ticked that take part by default. A changed
/// one keeps its ticks, without classes that are gone and with those that are new. Classes named by an address are checked
/// like typed ones.
pub fn ticks(ticked: &str, before: Option<&Known>, which: Which, classes: &[(String, Presence)]) -> String {
    let is_ticked = |name: &String| names(ticked).any(|ticked| ticked == name);
    let is_new = |name: &String, before: &Known| !before.classes.contains(name);
    let has_any = names(ticked).next().is_some();
    match before {
        Some(before) if before.which != which => default_classes(classes),
        _ if classes.is_empty() => ticked.to_owned(),
        None if has_any => ticked.to_owned(),
        Some(before) if before.classes.is_empty() && has_any => ticked.to_owned(),
        Some(before) if has_any && classes.iter().map(|(name, _)| name).eq(&before.classes) => {
            ticked.to_owned()
        }
        Some(before) => {
            let stays = |(name, presence): &&(String, Presence)| {
                is_ticked(name) || (is_new(name, before) && *presence == Presence::Default)
            };
            let stay: Vec<&str> = classes.iter().filter(stays).map(|(name, _)| name.as_str()).collect();
            if stay.is_empty() { default_classes(classes) } else { stay.join(", ") }
        }
        None => default_classes(classes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::shelf::id::ScenarioId;

    fn classes(names: &[&str]) -> Vec<(String, Presence)> {
        let presence = |name: &str| if name.starts_with('?') { Presence::Named } else { Presence::Default };
        names.iter().map(|name| (name.trim_start_matches('?').to_owned(), presence(name))).collect()
    }

    fn own() -> Which {
        Which::Own(ScenarioId::kept_at(1, 1))
    }

    fn known(which: Which, names: &[&str]) -> Option<Known> {
        Some(Known { which, classes: names.iter().map(|name| (*name).to_owned()).collect() })
    }

    #[test]
    fn another_scenario_ticks_its_own_classes() {
        let before = known(Which::default_one(), &["A", "B"]);
        assert_eq!(ticks("A", before.as_ref(), own(), &classes(&["A", "C", "?D"])), "A, C");
        assert_eq!(ticks("A", before.as_ref(), own(), &[]), "", "it cannot be read yet");
        let unread = known(own(), &[]);
        assert_eq!(ticks("", unread.as_ref(), own(), &classes(&["C"])), "C");
    }

    #[test]
    fn a_changed_scenario_keeps_what_was_ticked_and_ticks_what_is_new() {
        let before = known(own(), &["A", "B"]);
        let ticks = |ticked: &str, now: &[&str]| ticks(ticked, before.as_ref(), own(), &classes(now));
        assert_eq!(ticks("B", &["A", "B"]), "B");
        assert_eq!(ticks("B", &["A", "B", "C", "?D"]), "B, C");
        assert_eq!(ticks("B", &["A"]), "A", "what was ticked is gone");
        assert_eq!(ticks("B", &[]), "B", "it is broken at the moment");
    }

    #[test]
    fn what_an_address_names_is_left_as_it_is() {
        let now = classes(&["A"]);
        assert_eq!(ticks("Unknown", None, own(), &now), "Unknown");
        assert_eq!(ticks("Unknown", known(own(), &[]).as_ref(), own(), &now), "Unknown");
        assert_eq!(ticks("", None, own(), &now), "A");
    }
}
