//! A scenario in a few lines, for people: what `oddiya-load scenario check` says of a right file.

use super::model::class::{Number, Presence, Tasks, UserClass};
use super::model::scenario::Scenario;

/// One line for the whole, one for each service with an address, and one for each class. No secret stands in them: names
/// have none, and an address may.
pub fn lines(scenario: &Scenario) -> Vec<String> {
    let Scenario { name, about, services, entries, classes, secrets, .. } = scenario;
    let hide = |text: String| secrets.iter().fold(text, |text, secret| text.replace(secret.as_str(), "***"));
    let about = if about.is_empty() { String::new() } else { format!(": {about}") };
    let counts = format!(
        "{}, {}",
        counted(classes.len(), "class", "classes"),
        counted(entries.len(), "name", "names")
    );
    let addresses = services
        .iter()
        .filter_map(|service| service.url.as_ref().map(|url| format!("  service {} at {url}", service.name)))
        .map(hide);
    let head = format!("{name}{about} ({counts} in the report)");
    std::iter::once(head).chain(addresses).chain(classes.iter().map(class_line)).collect()
}

fn class_line(class: &UserClass) -> String {
    let number = match class.number {
        Number::Weight(weight) => format!("weight {weight}"),
        Number::Fixed(number) => counted(number as usize, "user", "users"),
    };
    let tasks = match &class.tasks {
        Tasks::Weighted(tasks) => format!("{} by weight", counted(tasks.len(), "task", "tasks")),
        Tasks::Sequence(tasks) => format!("{} in sequence", counted(tasks.len(), "task", "tasks")),
        Tasks::States(states) => counted(states.len(), "state", "states"),
    };
    let named = match class.presence {
        Presence::Default => "",
        Presence::Named => ", only when named",
    };
    format!("  {}: {number}, {tasks}, think time {}{named}", class.name, class.think_time)
}

fn counted(number: usize, one: &str, several: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {several}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_said_without_secrets() {
        let mut scenario = Scenario::oddiya();
        scenario.services[0].url = Some("http://tenant-7.example".parse().unwrap());
        scenario.secrets = vec!["tenant-7".to_owned()];
        assert!(lines(&scenario)[1].ends_with(" at http://***.example"), "{:?}", lines(&scenario));
    }

    #[test]
    fn a_scenario_is_said_in_a_line_for_each_class() {
        let lines = lines(&Scenario::oddiya());
        assert!(lines[0].starts_with("locust: The classes of Oddiya's locustfile"), "{lines:?}");
        assert_eq!(lines[1], "  OddiyaUser: weight 1, 5 tasks by weight, think time 1s..3s");
        assert_eq!(
            lines[4],
            "  PlanStreamUser: weight 1, 1 task by weight, think time 10s..1m, only when named"
        );
    }
}
