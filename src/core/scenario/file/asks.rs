//! The inputs of a scenario's text: profiles to choose from, addresses of services, values of settings. They are found in a
//! text with other mistakes too, so that a form can ask for them.

use serde::{Deserialize, Serialize};

use super::decode;
use super::node::{Node, Value};
use super::settings::{Head, read_head, value_of};
use super::wire::WireService;
use super::wire::forms::{Fields, TextOr};

/// What a text asks from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asks {
    pub profiles: Vec<String>,
    /// The profile that the text chooses.
    pub profile: Option<String>,
    /// In the order of the text; the first is the main one, whose address `--host` gives.
    pub services: Vec<AskedService>,
    pub settings: Vec<AskedSetting>,
}

/// A service, with its address as the text has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedService {
    pub name: String,
    pub url: Option<String>,
    /// The service that answers for it where it has no address.
    #[serde(default)]
    pub same_as: Option<String>,
}

/// A value for the whole run, with what the text gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedSetting {
    pub name: String,
    /// What it is for.
    pub about: Option<String>,
    /// The environment variable that has the value on a command line.
    pub env: Option<String>,
    pub default: Option<String>,
    pub secrecy: Secrecy,
}

/// Whether a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Secrecy {
    Open,
    Secret,
}

#[derive(Deserialize)]
struct Services {
    #[serde(default)]
    services: Fields<TextOr<WireService>>,
}

/// What a text asks for with a profile, or with its own where none is given; nothing where it cannot be read so far.
pub fn asks(text: &str, profile: Option<&str>) -> Asks {
    let Ok(tree) = Node::read(text) else { return Asks::default() };
    let head = read_head(&tree);
    let own = head.as_ref().and_then(|head| head.profile.as_ref()).map(|profile| profile.value.clone());
    let chosen = profile.map(str::to_owned).or_else(|| own.clone());
    let profiles = head.iter().flat_map(|head| &head.profiles.0).map(|(name, _)| name.value.clone());
    Asks {
        profiles: profiles.collect(),
        profile: own,
        services: services(&tree, head.as_ref(), chosen.as_deref()),
        settings: head.as_ref().map(|head| settings(head, chosen.as_deref())).unwrap_or_default(),
    }
}

fn services(tree: &Node, head: Option<&Head>, profile: Option<&str>) -> Vec<AskedService> {
    let Value::Map(fields) = &tree.value else { return Vec::new() };
    let fields = fields.iter().filter(|(key, _)| key.name == "services").cloned().collect();
    let read = decode::read::<Services>(&Node { place: tree.place, value: Value::Map(fields) }).0;
    let Some(Services { services }) = read else { return Vec::new() };
    let in_profile = |name: &str| {
        let profile = head?.profiles.0.iter().find(|(known, _)| Some(known.value.as_str()) == profile)?;
        let service = profile.1.services.0.iter().find(|(known, _)| known.value == name)?;
        url_of(&service.1)
    };
    let service = |(name, service): &(decode::At<String>, TextOr<WireService>)| AskedService {
        name: name.value.clone(),
        url: in_profile(&name.value).or_else(|| url_of(service)),
        same_as: same_as(service),
    };
    services.0.iter().map(service).collect()
}

fn same_as(service: &TextOr<WireService>) -> Option<String> {
    match service {
        TextOr::Text(_) => None,
        TextOr::Full(full) => full.same_as.as_ref().map(|other| other.value.clone()),
    }
}

fn url_of(service: &TextOr<WireService>) -> Option<String> {
    match service {
        TextOr::Text(url) => Some(url.text.clone()),
        TextOr::Full(full) => full.url.as_ref().map(|url| url.value.clone()),
    }
}

fn settings(head: &Head, profile: Option<&str>) -> Vec<AskedSetting> {
    let profile = head.profiles.0.iter().find(|(known, _)| Some(known.value.as_str()) == profile);
    let in_profile = |name: &str| value_of(&profile?.1.settings, name);
    let setting = head.settings.0.iter().map(|(name, setting)| {
        let (default, full) = match setting {
            TextOr::Text(default) => (Some(default), None),
            TextOr::Full(full) => (full.default.as_ref(), Some(full)),
        };
        let env = full.and_then(|full| full.env.as_ref()).map(|env| env.value.clone());
        let is_secret = full.is_some_and(|full| full.secret.unwrap_or(full.env.is_some()));
        AskedSetting {
            name: name.value.clone(),
            about: full.and_then(|full| full.about.clone()),
            default: in_profile(&name.value).or(default).map(|value| value.text.clone()),
            secrecy: if is_secret { Secrecy::Secret } else { Secrecy::Open },
            env,
        }
    });
    setting.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
scenario: asks
services:
  plans: http://localhost:8080
  llm: {}
profiles:
  direct:
    services: { plans: { url: http://localhost:8083, prefix: /api } }
    settings: { size: 50 }
settings:
  size: 20
  password: { env: PASSWORD, about: of all test users }
  tenant: { default: seoul, secret: true }
users: { this: is wrong }
";

    #[test]
    fn a_text_with_mistakes_still_says_what_it_asks_for() {
        let asked = asks(TEXT, None);
        assert_eq!((asked.profiles, asked.profile), (vec!["direct".to_owned()], None));
        let services: Vec<_> = asked.services.iter().map(|s| (s.name.as_str(), s.url.as_deref())).collect();
        assert_eq!(services, [("plans", Some("http://localhost:8080")), ("llm", None)]);
        let settings: Vec<_> =
            asked.settings.iter().map(|s| (s.name.as_str(), s.default.as_deref(), s.secrecy)).collect();
        assert_eq!(
            settings,
            [
                ("size", Some("20"), Secrecy::Open),
                ("password", None, Secrecy::Secret),
                ("tenant", Some("seoul"), Secrecy::Secret)
            ]
        );
        assert_eq!(asked.settings[1].env.as_deref(), Some("PASSWORD"));
        assert_eq!(asked.settings[1].about.as_deref(), Some("of all test users"));
    }

    #[test]
    fn a_profile_gives_addresses_and_values_of_its_own() {
        let asked = asks(TEXT, Some("direct"));
        assert_eq!(asked.services[0].url.as_deref(), Some("http://localhost:8083"));
        assert_eq!(asked.settings[0].default.as_deref(), Some("50"));
    }

    #[test]
    fn a_text_that_is_no_yaml_asks_for_nothing() {
        assert_eq!(asks("a: [", None), Asks::default());
        assert_eq!(asks("- a", None), Asks::default());
    }
}
