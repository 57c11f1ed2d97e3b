//! What the page asks the host before a run: which Oddiya it is, and for users. Through the companion the companion asks; past
//! it the page asks itself, and makes no users, because a browser asks the host for permission first.

use web_sys::RequestMode;

use super::companion;
use super::get::get;
use crate::browser::message::Destination;
use crate::browser::page::storage::library::now_ms;
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::config::run_config::{RunConfig, RunConfigText};
use crate::core::oddiya::PREPARING_QUERY;
use crate::core::oddiya::choice::{ClassesBy, can_choose, choice};
use crate::core::oddiya::recognising::{Next, Question, Recognising, TIME_LIMIT};
use crate::core::oddiya::recognition::{Recognition, Target};
use crate::core::oddiya::reply::{Heard, Reply};
use crate::core::oddiya::users;
use crate::core::oddiya::words::{recognition_words, users_words};
use crate::core::scenario::Scenario;
use crate::core::shelf::list::Which;
use crate::core::shelf::readable::Readable;

/// How long one question may take. All of them together have the time limit of `core/oddiya`.
const QUESTION_LIMIT_MS: u32 = 700;

/// A run as the host calls for it, with what was found out in words.
pub struct Asked {
    pub config: RunConfig,
    pub said: Vec<String>,
}

/// Asks the host, and changes the run as it calls for. Nothing that goes wrong keeps the run from its load.
pub async fn ask(
    config: RunConfig,
    text: &RunConfigText,
    readable: &Readable,
    destination: &Destination,
) -> Asked {
    let asks = readable.asks();
    let mut asked = Asked { config, said: Vec::new() };
    let target = match &readable.given.profile {
        Some(name) => Target::of_profile(name),
        None if can_choose(&asks) || asked.config.scenario.wants_host_users() => {
            let Some(recognition) = recognise(&asked.config, destination).await else { return asked };
            asked.said.push(recognition_words(&recognition, &asked.config.host, &asks.profiles));
            asked.follow(&recognition, text, readable);
            recognition.target()
        }
        None => None,
    };
    if let Some(target) = target.filter(|_| asked.config.scenario.wants_host_users()) {
        asked.find_users(target, destination).await;
    }
    asked
}

async fn recognise(config: &RunConfig, destination: &Destination) -> Option<Recognition> {
    match destination {
        Destination::Companion { .. } => companion::find().await?.recognise().await,
        Destination::Direct { .. } => {
            let mut asked = Recognising::new(config.host.clone());
            let until_ms = now_ms() + TIME_LIMIT.as_millis_f64() as u64;
            loop {
                let question = match asked.next() {
                    Next::Known(recognition) => return Some(recognition),
                    Next::Ask(question) => question,
                };
                // Only the host that the page was allowed to read.
                let left_ms = until_ms.saturating_sub(now_ms());
                let heard = match question.host == config.host {
                    true => hear(&question, QUESTION_LIMIT_MS.min(left_ms as u32)).await,
                    false => no_answer(),
                };
                if heard.is_err() {
                    asked.heard(question, heard);
                    return Some(asked.out_of_time());
                }
                asked.heard(question, heard);
            }
        }
    }
}

async fn hear(question: &Question, limit_ms: u32) -> Heard {
    let url = format!("{}{}?{PREPARING_QUERY}", question.host, question.about.path());
    let response = get(&url, RequestMode::Cors, limit_ms).await;
    let Ok(response) = response else { return no_answer() };
    let status = response.status();
    let body = response.binary().await.unwrap_or_default();
    Ok(Reply { status, body })
}

fn no_answer() -> Heard {
    Err(Failure::new(FailureKind::Blocked, ""))
}

impl Asked {
    /// Makes the run one that the recognised host takes, where its scenario can be read so.
    fn follow(&mut self, recognition: &Recognition, text: &RunConfigText, readable: &Readable) {
        let has_default_classes = self.has_default_classes(readable);
        let is_usual = has_default_classes && readable.which == Which::default_one();
        let by = if is_usual { ClassesBy::Nobody } else { ClassesBy::Person };
        let Some(choice) = choice(recognition, &self.config.host, &readable.asks(), by) else { return };
        let Some(scenario) = readable.read(choice.profile, &choice.services) else { return };
        let ticked = || if has_default_classes { String::new() } else { text.classes.clone() };
        let classes = choice.classes.unwrap_or_else(ticked);
        let text = RunConfigText { classes, ..text.clone() };
        if let Ok(config) = text.check_for(scenario, self.config.seed) {
            self.config = RunConfig { iterations: self.config.iterations, ..config };
        }
    }

    /// Whether the scenario's own choice of classes is ticked. In another profile that choice may be another one.
    fn has_default_classes(&self, readable: &Readable) -> bool {
        let names =
            |scenario: &Scenario| scenario.classes.iter().map(|class| class.name.clone()).collect::<Vec<_>>();
        let usual = readable.read(None, &[]).and_then(|scenario| scenario.with_classes(&[]).ok());
        usual.is_some_and(|usual| names(&usual) == names(&self.config.scenario))
    }

    async fn find_users(&mut self, target: Target, destination: &Destination) {
        if !matches!(destination, Destination::Companion { .. }) {
            return;
        }
        let wanted = users::wanted(&self.config.load);
        let Some(companion) = companion::find().await else { return };
        let Some(found) = companion.find_users(target, wanted).await else { return };
        self.said.push(users_words(&found));
        let scenario = self.config.scenario.clone().with_host_users(&found.users, target.tokens());
        self.config.scenario = scenario;
    }
}
