//! A scenario without the texts that its users send: as much of it as a report of its run needs.

use super::model::class::{Tasks, UserClass};
use super::model::scenario::{Scenario, Service};

impl Scenario {
    /// Name, profile, classes, services' names and entries. Paths, headers, bodies, rows and addresses are left out, and with them every
    /// secret.
    pub fn bare(&self) -> Self {
        let class = |class: &UserClass| UserClass {
            slots: Vec::new(),
            variables: Vec::new(),
            rows: Vec::new(),
            auth: None,
            on_start: Vec::new(),
            tasks: Tasks::Weighted(Vec::new()),
            on_stop: Vec::new(),
            ..class.clone()
        };
        let service = |service: &Service| Service { name: service.name.clone(), url: None };
        Self {
            name: self.name.clone(),
            about: self.about.clone(),
            profile: self.profile.clone(),
            services: self.services.iter().map(service).collect(),
            entries: self.entries.clone(),
            data: Vec::new(),
            blobs: Vec::new(),
            classes: self.classes.iter().map(class).collect(),
            retry_budget: self.retry_budget,
            secrets: Vec::new(),
            ready_made: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::core::scenario::file::read;
    use crate::core::scenario::file::surroundings::{Choices, Nothing};

    #[test]
    fn a_bare_scenario_has_the_entries_and_classes_and_no_secret() {
        let text = "
scenario: secret
settings: { token: { env: TOKEN } }
users:
  A:
    headers: { X-Token: \"${token}\" }
    on_start: [ { post: /login, text: \"${token}\" } ]
    tasks: [ get: /a ]
";
        let choices = Choices { settings: vec![("token".into(), "s3cret-9".into())], ..Choices::default() };
        let scenario = read("a", text, &choices, &Nothing).map_err(|problems| problems.to_string()).unwrap();
        assert!(serde_json::to_string(&scenario).unwrap().contains("s3cret-9"));
        let bare = scenario.bare();
        assert!(!serde_json::to_string(&bare).unwrap().contains("s3cret-9"));
        assert_eq!((&bare.entries, &bare.classes[0].name), (&scenario.entries, &scenario.classes[0].name));
    }
}
