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

/// The classes that the form knew of a scenario, and when they took part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub which: Which,
    pub classes: Vec<(String, Presence)>,
}

/// The ticks for a scenario with these classes. A newly chosen scenario has those ticked that take part by default. A changed
/// one keeps its ticks, without classes that are gone and with those that are new; where nobody had ticked anything else, it
/// has its new defaults, which may be others in another profile. Classes named by an address are checked like typed ones.
pub fn ticks(ticked: &str, before: Option<&Known>, which: Which, classes: &[(String, Presence)]) -> String {
    let is_ticked = |name: &String| names(ticked).any(|ticked| ticked == name);
    let is_new = |name: &String, before: &Known| !before.classes.iter().any(|(known, _)| known == name);
    let has_any = names(ticked).next().is_some();
    match before {
        Some(before) if before.which != which => default_classes(classes),
        _ if classes.is_empty() => ticked.to_owned(),
        Some(before)
            if has_any && before.classes != classes && ticked == default_classes(&before.classes) =>
        {
            default_classes(classes)
        }
        None if has_any => ticked.to_owned(),
        Some(before) if before.classes.is_empty() && has_any => ticked.to_owned(),
        Some(before)
            if has_any
                && classes.iter().all(|(name, _)| !is_new(name, before))
                && !has_gone(before, classes) =>
        {
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

fn has_gone(before: &Known, classes: &[(String, Presence)]) -> bool {
    before.classes.iter().any(|(known, _)| !classes.iter().any(|(name, _)| name == known))
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
        Some(Known { which, classes: classes(names) })
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
    fn another_profile_ticks_its_own_classes_unless_a_person_ticked_others() {
        let before = known(own(), &["A", "?B", "?C"]);
        let ticks = |ticked: &str| ticks(ticked, before.as_ref(), own(), &classes(&["?A", "B", "?C"]));
        assert_eq!((ticks("A").as_str(), ticks("C").as_str(), ticks("A, C").as_str()), ("B", "C", "A, C"));
    }

    #[test]
    fn what_an_address_names_is_left_as_it_is() {
        let now = classes(&["A"]);
        assert_eq!(ticks("Unknown", None, own(), &now), "Unknown");
        assert_eq!(ticks("Unknown", known(own(), &[]).as_ref(), own(), &now), "Unknown");
        assert_eq!(ticks("", None, own(), &now), "A");
    }
}
