//! The flags that choose a scenario, choose within it, and change its requests. They are checked here, and what they mean
//! is in `core/scenario`.

use super::source::Source;
use crate::core::base::given::Given;
use crate::core::base::header::{is_header_name, is_header_value, is_set_by_sender};
use crate::core::base::renamed::scenario_now;
use crate::core::base::typed::whole_number;
use crate::core::base::visible::visible;
use crate::core::scenario::file::asks::{Asks, asks};
use crate::core::scenario::file::problem::Problems;
use crate::core::scenario::file::surroundings::Choices;
use crate::core::scenario::model::scenario::Scenario;

/// The profile that the host decides.
const AUTO: &str = "auto";

/// Which profile was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Profile {
    /// The one that the host calls for.
    Auto,
    Named(String),
}

/// The scenario that runs where none is named.
const USUAL: &str = "locust";

/// The flags that choose within a scenario while it is read.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Scenario")]
pub struct ChoiceArgs {
    /// Take the addresses and settings of this profile of the scenario; auto takes the one that the host calls for, which two
    /// or three harmless requests show, and else the scenario's own
    #[arg(
        long,
        value_name = "NAME",
        env = "ODDIYA_LOAD_PROFILE",
        default_value = AUTO,
        allow_hyphen_values = true
    )]
    pub profile: String,

    /// Give a setting of the scenario this value; repeat it for several
    #[arg(
        long,
        value_name = "NAME=VALUE",
        env = "ODDIYA_LOAD_SET",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub set: Vec<String>,

    /// Give a service of the scenario this address; repeat it for several. The main one's is --host
    #[arg(long, value_name = "NAME=URL", env = "ODDIYA_LOAD_SERVICE", allow_hyphen_values = true)]
    pub service: Vec<String>,
}

/// The flags of `oddiya-load run` about its scenario.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Scenario")]
pub struct ScenarioArgs {
    /// What users do: a scenario file, or the name of a scenario inside the program (oddiya-load scenario list)
    #[arg(
        long,
        value_name = "FILE|NAME",
        env = "ODDIYA_LOAD_SCENARIO",
        default_value = USUAL,
        allow_hyphen_values = true
    )]
    pub scenario: String,

    #[command(flatten)]
    pub choices: ChoiceArgs,

    /// Do only tasks with one of these tags, separated by commas
    #[arg(
        long,
        value_name = "TAGS",
        env = "ODDIYA_LOAD_TAGS",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub tags: Vec<String>,

    /// Leave out tasks with one of these tags, separated by commas
    #[arg(
        short = 'E',
        long,
        value_name = "TAGS",
        env = "ODDIYA_LOAD_EXCLUDE_TAGS",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub exclude_tags: Vec<String>,

    /// End the run after this many tasks of all users together
    #[arg(long, value_name = "N", env = "ODDIYA_LOAD_ITERATIONS", value_parser = iterations, allow_hyphen_values = true)]
    pub iterations: Option<u64>,

    /// Send this header with every request, in place of one of the same name; repeat it for several
    #[arg(
        long,
        value_name = "NAME: VALUE",
        env = "ODDIYA_LOAD_HEADER",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub header: Vec<String>,

    /// Send this token with every request: the token itself, @FILE or env:NAME
    #[arg(
        long,
        value_name = "TOKEN",
        env = "ODDIYA_LOAD_BEARER",
        hide_env_values = true,
        conflicts_with = "mint_user_token",
        allow_hyphen_values = true
    )]
    pub bearer: Option<String>,

    /// Send the unsigned token that Oddiya's gateway takes, with the user that the header X-User-Id names
    #[arg(long, env = "ODDIYA_LOAD_MINT_USER_TOKEN")]
    pub mint_user_token: bool,
}

/// Why there is no scenario.
#[derive(Debug)]
pub enum Mistake {
    /// A wrong flag, and what would be right.
    Flag(&'static str, String),
    /// What is wrong with the scenario's text.
    Text(Problems),
}

impl Mistake {
    /// What to tell. `given` says how a flag was given.
    pub fn text(&self, given: &Given) -> String {
        match self {
            Self::Flag(flag, problem) => format!("oddiya-load: {}: {}", given.name(flag), visible(problem)),
            Self::Text(problems) => problems.to_string(),
        }
    }
}

impl ChoiceArgs {
    pub fn profile(&self) -> Profile {
        if self.profile == AUTO { Profile::Auto } else { Profile::Named(self.profile.clone()) }
    }

    /// Splits each `NAME=VALUE`. Without a named profile the scenario's own is taken.
    pub fn check(&self) -> Result<Choices, Mistake> {
        let pairs = |flag, texts: &[String], right| {
            let pair = |text: &String| {
                pair(text).ok_or_else(|| Mistake::Flag(flag, format!("`{text}` has no `=`; write {right}")))
            };
            texts.iter().map(pair).collect::<Result<Vec<_>, _>>()
        };
        Ok(Choices {
            profile: match self.profile() {
                Profile::Auto => None,
                Profile::Named(name) => Some(name),
            },
            settings: pairs("--set", &self.set, "NAME=VALUE")?,
            services: pairs("--service", &self.service, "NAME=URL, such as auth=http://localhost:8081")?,
        })
    }
}

fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    (!name.trim().is_empty()).then(|| (name.trim().to_owned(), value.to_owned()))
}

impl ScenarioArgs {
    /// Whether the scenario is the one that runs where none is named.
    pub fn is_usual(&self) -> bool {
        scenario_now(&self.scenario) == USUAL
    }

    /// Finds the scenario's text. It is looked for once, because a pipe gives it only once.
    pub fn find(&self) -> Result<Source, Mistake> {
        Source::find(&self.scenario).map_err(|problem| Mistake::Flag("--scenario", problem))
    }

    /// What the scenario's text asks from outside.
    pub fn asks(&self, source: &Source) -> Result<Asks, Mistake> {
        Ok(asks(&source.text, self.choices.check()?.profile.as_deref()))
    }

    /// Reads the scenario and makes the changes.
    pub fn read(&self, source: &Source) -> Result<Scenario, Mistake> {
        self.read_for(source, None, &[])
    }

    /// Reads the scenario in a profile, with addresses of services besides those that were typed, and makes the changes.
    pub fn read_for(
        &self,
        source: &Source,
        profile: Option<&str>,
        services: &[(String, String)],
    ) -> Result<Scenario, Mistake> {
        let choices = self.choices.check()?.with_found(profile, services);
        let mut scenario = source.read(&choices).map_err(Mistake::Text)?;
        if !self.tags.is_empty() || !self.exclude_tags.is_empty() {
            let flag = if self.tags.is_empty() { "--exclude-tags" } else { "--tags" };
            let chosen = scenario.with_tags(&self.tags, &self.exclude_tags);
            scenario = chosen.map_err(|problem| Mistake::Flag(flag, problem))?;
        }
        for header in &self.header {
            let (name, value) = header_of(header).map_err(|problem| Mistake::Flag("--header", problem))?;
            scenario = scenario.with_header(&name, &value);
        }
        if let Some(typed) = &self.bearer {
            let token = token(typed).map_err(|problem| Mistake::Flag("--bearer", problem))?;
            scenario = scenario.with_header("Authorization", &format!("Bearer {token}"));
            scenario.secrets.insert(0, token);
        }
        Ok(if self.mint_user_token { scenario.with_minted_tokens() } else { scenario })
    }
}

fn header_of(text: &str) -> Result<(String, String), String> {
    let right = "write it like 'X-Tenant: seoul'";
    let (name, value) = text.split_once(':').ok_or_else(|| format!("`{text}` has no `:`; {right}"))?;
    let (name, value) = (name.trim(), value.trim());
    if !is_header_name(name) {
        return Err(format!("`{name}` is no name of a header; {right}"));
    }
    if is_set_by_sender(name) {
        return Err(format!("the client sets the header {name} itself; leave it out"));
    }
    if !is_header_value(value) {
        // The value may be a secret, and is no part of the message.
        return Err(format!("the value of {name} has other characters than visible ASCII; leave them out"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// A token as typed, from a file, or from the environment.
fn token(typed: &str) -> Result<String, String> {
    let token = if let Some(path) = typed.strip_prefix('@') {
        std::fs::read_to_string(path).map_err(|error| format!("{path} cannot be read: {error}"))?
    } else if let Some(name) = typed.strip_prefix("env:") {
        std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"))?
    } else {
        typed.to_owned()
    };
    let token = token.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        // The token itself is a secret, and no part of the message.
        return Err("the token is empty, or has blanks or other signs that no token has".to_owned());
    }
    Ok(token.to_owned())
}

fn iterations(text: &str) -> Result<u64, String> {
    whole_number(text, "number of tasks", 1..=u64::MAX)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Typed {
        #[command(flatten)]
        scenario: ScenarioArgs,
    }

    fn read(arguments: &[&str]) -> Result<Scenario, String> {
        let typed = Typed::parse_from(std::iter::once(&"run").chain(arguments)).scenario;
        let scenario = typed.find().and_then(|source| typed.read(&source));
        scenario.map_err(|mistake| mistake.text(&Given::default()))
    }

    #[test]
    fn without_flags_the_scenario_is_the_one_inside_the_program() {
        assert_eq!(read(&[]).unwrap(), Scenario::oddiya());
    }

    #[test]
    fn each_wrong_flag_is_named_with_what_would_be_right() {
        for (arguments, right) in [
            (["--scenario", "locus"], "--scenario: locus cannot be read: "),
            (["--scenario", "locus"], "did you mean `locust`"),
            (["--scenario", "no/such.yaml"], "--scenario: no/such.yaml cannot be read: "),
            (["--set", "a"], "--set: `a` has no `=`; write NAME=VALUE"),
            (["--set", "a=1"], "locust: no setting `a` to set; "),
            (["--service", "=x"], "--service: `=x` has no `=`; write NAME=URL"),
            (["--service", "auth=http://localhost:1"], "locust: no service `auth` for --service; "),
            (["--profile", "direkt"], "locust: no profile `direkt`; did you mean `direct`"),
            (["--tags", "x"], "--tags: no task has the tag `x`; there is none"),
            (["--exclude-tags", "x"], "--exclude-tags: no task has the tag `x`"),
            (["--header", "X-Tenant"], "--header: `X-Tenant` has no `:`; write it like 'X-Tenant: seoul'"),
            (["--header", "a b: c"], "--header: `a b` is no name of a header"),
            (["--header", "Host: x"], "--header: the client sets the header Host itself; leave it out"),
            (
                ["--header", "Authorization: Bearer tökén"],
                "--header: the value of Authorization has other characters",
            ),
            (["--bearer", "@/no/such/file"], "--bearer: /no/such/file cannot be read: "),
            (
                ["--bearer", "env:ODDIYA_LOAD_NO_SUCH_TOKEN"],
                "the environment variable ODDIYA_LOAD_NO_SUCH_TOKEN is not set",
            ),
            (["--bearer", "a b"], "--bearer: the token is empty, or has blanks"),
        ] {
            let said = read(&arguments).unwrap_err();
            assert!(said.contains(right) && !said.contains("tökén"), "{arguments:?}: {said}");
        }
    }

    #[test]
    fn help_shows_no_value_of_the_environment_that_may_be_a_secret() {
        use clap::CommandFactory as _;
        let command = Typed::command();
        for name in ["set", "header", "bearer"] {
            let option = command.get_arguments().find(|option| option.get_id() == name).unwrap();
            assert!(option.is_hide_env_values_set(), "--{name}");
        }
    }

    #[test]
    fn a_token_is_sent_with_every_request_and_never_shown() {
        let scenario = read(&["--bearer", "abc.def", "--header", "X-Tenant: seoul"]).unwrap();
        assert_eq!(scenario.secrets, ["abc.def"]);
        let sent = serde_json::to_string(&scenario.classes).unwrap();
        assert_eq!(sent.matches("Bearer abc.def").count(), sent.matches("X-Tenant").count());
        assert!(sent.matches("X-Tenant").count() >= 9, "{sent}");
    }
}
