//! What a command line changes in a scenario and demands of it: which tasks take part by their tags, headers of all
//! requests, a row for each user.

use super::file::problem::instead;
use super::model::class::{Number, Task, Tasks, UserClass};
use super::model::data::RowOrder;
use super::model::request::{RequestStep, RequestTemplate};
use super::model::scenario::Scenario;
use super::model::step::Step;
use super::model::text::{Escape, Generator, Part, Source, Template};

/// The header by which Oddiya's services know a user.
const USER_HEADER: &str = "x-user-id";
const AUTHORIZATION: &str = "Authorization";

impl Scenario {
    /// Keeps the tasks that have one of the `wanted` tags, all if there is none, and none of the `excluded` ones. A class
    /// without tasks takes no part. A state that is not kept does nothing.
    ///
    /// # Errors
    /// A tag that no task has, and a choice that leaves no task.
    pub fn with_tags(mut self, wanted: &[String], excluded: &[String]) -> Result<Self, String> {
        let known = self.tags();
        if let Some(unknown) = wanted.iter().chain(excluded).find(|tag| !known.contains(tag)) {
            let instead = instead(unknown, known.iter().map(String::as_str));
            return Err(format!("no task has the tag `{unknown}`; {instead}"));
        }
        for class in &mut self.classes {
            let class_tags = std::mem::take(&mut class.tags);
            let has = |task: &Task, tag: &String| class_tags.contains(tag) || task.tags.contains(tag);
            let takes_part = |task: &Task| {
                let is_wanted = wanted.is_empty() || wanted.iter().any(|tag| has(task, tag));
                is_wanted && !excluded.iter().any(|tag| has(task, tag))
            };
            match &mut class.tasks {
                Tasks::Weighted(tasks) | Tasks::Sequence(tasks) => tasks.retain(takes_part),
                Tasks::States(states) => {
                    states
                        .iter_mut()
                        .filter(|state| !takes_part(&state.task))
                        .for_each(|state| state.task.steps.clear());
                    if states.iter().all(|state| state.task.steps.is_empty()) {
                        states.clear();
                    }
                }
            }
            class.tags = class_tags;
        }
        self.classes.retain(|class| class.tasks.all().next().is_some());
        if self.classes.is_empty() {
            return Err("these tags leave no task; choose others".to_owned());
        }
        Ok(self)
    }

    /// Whether every user of a run of so many has a row of its own, where a data set demands it.
    ///
    /// # Errors
    /// The data set with too few rows, and what to do.
    pub fn rows_for(&self, users: u32) -> Result<(), String> {
        let used = |id: usize| self.classes.iter().any(|class| class.rows.iter().any(|row| row.data.0 == id));
        let sets =
            self.data.iter().enumerate().filter(|(id, set)| set.order == RowOrder::Unique && used(*id));
        let short = sets.map(|(_, set)| set).find(|set| set.rows.len() < users as usize);
        short.map_or(Ok(()), |set| {
            let rows = set.rows.len();
            Err(format!(
                "{users} users need {users} rows, and the data `{}` has {rows}, no row twice; add rows, or write fewer \
                 users or another `order`",
                set.name
            ))
        })
    }

    /// Whether every user of a run of so many has a class: where each class has a fixed number, these are all.
    ///
    /// # Errors
    /// How many users the classes have.
    pub fn places_for(&self, users: u32) -> Result<(), String> {
        let fixed = self.classes.iter().map(|class| match class.number {
            Number::Fixed(number) => Some(u64::from(number)),
            Number::Weight(_) => None,
        });
        match fixed.sum::<Option<u64>>() {
            Some(places) if u64::from(users) > places => Err(format!(
                "{users} is too many: the classes have a fixed `count`, {places} in all; write at most {places}, or give a \
                 class a `weight`"
            )),
            _ => Ok(()),
        }
    }

    /// Every tag that a class or a task has.
    fn tags(&self) -> Vec<String> {
        let of_class = |class: &UserClass| {
            let of_tasks: Vec<_> = class.tasks.all().flat_map(|task| task.tags.clone()).collect();
            class.tags.iter().cloned().chain(of_tasks).collect::<Vec<_>>()
        };
        let mut tags: Vec<_> = self.classes.iter().flat_map(of_class).collect();
        tags.sort();
        tags.dedup();
        tags
    }

    /// Gives every request this header, in place of one of the same name.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.each_request(&mut |step| {
            set_header(&mut step.request, name, Template::plain(value));
        });
        self.without_auth_header(name)
    }

    /// Removes a header from the classes' auth, so that it is not sent twice.
    fn without_auth_header(mut self, name: &str) -> Self {
        self.classes.iter_mut().filter_map(|class| class.auth.as_mut()).for_each(|auth| {
            auth.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        });
        self
    }

    /// Gives every request the unsigned token that Oddiya's gateway takes, with the user that its header `X-User-Id`
    /// or its class's auth names; with the user's number in the run where neither does.
    pub fn with_minted_tokens(mut self) -> Self {
        let named = |headers: &[(String, Template)]| {
            let named = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(USER_HEADER));
            named.map(|(_, value)| value.clone())
        };
        for class in &mut self.classes {
            let of_class = class.auth.as_ref().and_then(|auth| named(&auth.headers));
            each_request_of_class(class, &mut |step| {
                let user = named(&step.request.headers).or_else(|| of_class.clone());
                let user = user.unwrap_or_else(|| blank(Source::User));
                let mut value = Template::plain("Bearer ");
                value.parts.extend(blank(Source::Generator(Generator::MintedToken(Box::new(user)))).parts);
                set_header(&mut step.request, AUTHORIZATION, value);
                step.request.id = None;
            });
        }
        self.without_auth_header(AUTHORIZATION)
    }

    fn each_request(&mut self, change: &mut dyn FnMut(&mut RequestStep)) {
        self.classes.iter_mut().for_each(|class| each_request_of_class(class, change));
    }
}

fn each_request_of_class(class: &mut UserClass, change: &mut dyn FnMut(&mut RequestStep)) {
    let tasks: Vec<&mut Vec<Step>> = match &mut class.tasks {
        Tasks::Weighted(tasks) | Tasks::Sequence(tasks) => {
            tasks.iter_mut().map(|task| &mut task.steps).collect()
        }
        Tasks::States(states) => states.iter_mut().map(|state| &mut state.task.steps).collect(),
    };
    let refresh =
        class.auth.iter_mut().filter_map(|auth| auth.refresh.as_mut()).map(|refresh| &mut refresh.steps);
    let lists = tasks.into_iter().chain([&mut class.on_start, &mut class.on_stop]).chain(refresh);
    lists.flatten().for_each(|step| each_request_of(step, change));
}

fn each_request_of(step: &mut Step, change: &mut dyn FnMut(&mut RequestStep)) {
    let mut all = |steps: &mut Vec<Step>| steps.iter_mut().for_each(|step| each_request_of(step, change));
    match step {
        Step::Request(request) => change(request),
        Step::Group { steps, .. } => all(steps),
        Step::Parallel(branches) => branches.iter_mut().for_each(all),
        Step::If { then, otherwise, .. } => {
            all(then);
            all(otherwise);
        }
        Step::Repeat(repeat) => all(&mut repeat.steps),
        Step::Poll(poll) => all(&mut poll.steps),
        Step::Set { .. }
        | Step::Append { .. }
        | Step::Clear(_)
        | Step::NextRow(_)
        | Step::Wait(_)
        | Step::End(_) => {}
    }
}

fn set_header(request: &mut RequestTemplate, name: &str, value: Template) {
    request.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    request.headers.push((name.to_owned(), value));
}

fn blank(source: Source) -> Template {
    Template { parts: vec![Part::Blank { source, escape: Escape::Plain }] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::scenario::file::read;
    use crate::core::scenario::file::surroundings::{Choices, Nothing};

    const TEXT: &str = "
scenario: tags
users:
  Reader:
    tags: [read]
    tasks:
      - get: /fast
      - get: /slow
        tags: [slow]
  Writer:
    auth: { bearer: secret }
    tasks:
      - post: /
        headers: { X-User-Id: \"7\" }
";

    fn scenario() -> Scenario {
        read("tags.yaml", TEXT, &Choices::default(), &Nothing).unwrap()
    }

    fn paths(wanted: &[&str], excluded: &[&str]) -> Result<Vec<String>, String> {
        let owned = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
        let scenario = scenario().with_tags(&owned(wanted), &owned(excluded))?;
        Ok(scenario
            .classes
            .iter()
            .flat_map(|class| class.tasks.all().map(|task| task.name.clone()))
            .collect())
    }

    #[test]
    fn tags_of_a_task_and_of_its_class_choose_it() {
        assert_eq!(paths(&["read"], &[]).unwrap(), ["/fast", "/slow"]);
        assert_eq!(paths(&["slow"], &[]).unwrap(), ["/slow"]);
        assert_eq!(paths(&[], &["slow"]).unwrap(), ["/fast", "/"]);
        assert_eq!(paths(&["read"], &["slow"]).unwrap(), ["/fast"]);
        assert_eq!(paths(&["raed"], &[]).unwrap_err(), "no task has the tag `raed`; did you mean `read`?");
        assert_eq!(paths(&["slow"], &["read"]).unwrap_err(), "these tags leave no task; choose others");
    }

    #[test]
    fn classes_of_fixed_numbers_have_so_many_users_and_no_more() {
        let mut scenario = scenario();
        assert_eq!(scenario.places_for(1_000), Ok(()), "a class with a weight has the others");
        for (class, count) in scenario.classes.iter_mut().zip([1, 2]) {
            class.number = Number::Fixed(count);
        }
        assert_eq!(scenario.places_for(3), Ok(()));
        let refused = scenario.places_for(10).unwrap_err();
        assert!(
            refused.starts_with("10 is too many: the classes have a fixed `count`, 3 in all"),
            "{refused}"
        );
    }

    #[test]
    fn a_header_of_the_command_line_takes_the_place_of_the_files() {
        let scenario = scenario().with_header("authorization", "Bearer mine").with_header("X-User-Id", "8");
        let Step::Request(step) = &scenario.classes[1].tasks.all().next().unwrap().steps[0] else { panic!() };
        let expected = [("authorization", "Bearer mine"), ("X-User-Id", "8")];
        let expected = expected.map(|(name, value)| (name.to_owned(), Template::plain(value)));
        assert_eq!(step.request.headers, expected);
        assert_eq!(scenario.classes[1].auth.as_ref().unwrap().headers, []);
    }

    #[test]
    fn a_minted_token_has_the_user_that_the_request_names() {
        let scenario = scenario().with_minted_tokens();
        assert_eq!(
            scenario.classes[1].auth.as_ref().unwrap().headers,
            [],
            "the minted token takes its place"
        );
        let token = |class: usize| {
            let Step::Request(step) = &scenario.classes[class].tasks.all().next().unwrap().steps[0] else {
                panic!()
            };
            let (name, value) = step.request.headers.last().unwrap();
            assert_eq!((name.as_str(), step.request.id), ("Authorization", None));
            value.parts[1].clone()
        };
        let of = |user: Template| {
            blank(Source::Generator(Generator::MintedToken(Box::new(user)))).parts[0].clone()
        };
        assert_eq!((token(0), token(1)), (of(blank(Source::User)), of(Template::plain("7"))));
    }
}
