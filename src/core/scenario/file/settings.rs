//! Values for the whole run: which they are, and putting them into the tree before anything else is read, so that they
//! may stand anywhere: in an address, in a weight, in a path.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::build::pieces::{Piece, escaped, plain_name, split, usable_name};
use super::decode::{self, At};
use super::node::{Node, Value};
use super::problem::instead;
use super::surroundings::{Choices, Surroundings};
use super::trouble::Trouble;
use super::wire::forms::{Fields, Scalar, ScalarKind, TextOr};
use super::wire::{WireProfile, WireSetting};

/// The values for the whole run.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub values: BTreeMap<String, Scalar>,
    /// Values that no output may show.
    pub secrets: Vec<String>,
    /// The chosen profile's addresses.
    pub profile: Option<WireProfile>,
}

/// A shorter secret would make output unreadable where it is masked, and is no secret.
const SHORTEST_SECRET: usize = 4;

/// What stands for a secret.
const MASK: &str = "***";

/// What is read before all else. Other fields are read later.
#[derive(Deserialize)]
pub struct Head {
    #[serde(default)]
    pub profiles: Fields<WireProfile>,
    #[serde(default)]
    pub profile: Option<At<String>>,
    #[serde(default)]
    pub settings: Fields<TextOr<WireSetting>>,
}

impl Settings {
    /// Finds the values for a text, and notes what is wrong with them.
    pub fn find(tree: &Node, choices: &Choices, around: &impl Surroundings, trouble: &Trouble) -> Self {
        let Some(head) = read_head(tree) else { return Self::default() };
        let mut settings = Self { profile: chosen_profile(&head, choices, trouble), ..Self::default() };
        for (name, _) in &head.profiles.0 {
            if let Err(problem) = plain_name(&name.value) {
                trouble.about(name, problem);
            }
        }
        for (name, setting) in &head.settings.0 {
            settings.declare(name, setting, choices, around, trouble);
        }
        for (name, _) in &choices.settings {
            if !settings.values.contains_key(name)
                && !head.settings.0.iter().any(|(known, _)| known.value == *name)
            {
                let known = head.settings.0.iter().map(|(known, _)| known.value.as_str());
                let message = format!("no setting `{name}` to set; {}", instead(name, known));
                trouble.add(super::problem::Place::default(), 1, message);
            }
        }
        let profile =
            choices.profile.clone().or(head.profile.map(|profile| profile.value)).unwrap_or_default();
        settings.values.entry("profile".to_owned()).or_insert_with(|| Scalar::text(profile));
        settings.secrets.retain(|secret| secret.chars().count() >= SHORTEST_SECRET);
        settings.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        settings
    }

    /// The name of the chosen profile; empty where there is none.
    pub fn profile_name(&self) -> &str {
        self.values.get("profile").map_or("", |value| value.text.as_str())
    }

    /// A name or a message without secrets. Both are shown, and names are written into reports.
    pub fn hide(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK))
    }

    /// One setting. The command line comes first, then the environment, the profile, and the default.
    fn declare(
        &mut self,
        name: &At<String>,
        setting: &TextOr<WireSetting>,
        choices: &Choices,
        around: &impl Surroundings,
        trouble: &Trouble,
    ) {
        if let Err(problem) = usable_name(&name.value) {
            return trouble.about(name, problem);
        }
        let (default, full) = match setting {
            TextOr::Text(default) => (Some(default), None),
            TextOr::Full(full) => (full.default.as_ref(), Some(full)),
        };
        let kind = default.map_or(ScalarKind::Text, |default| default.kind);
        let env = full.and_then(|full| full.env.as_ref());
        let in_profile = self.profile.as_ref().and_then(|profile| value_of(&profile.settings, &name.value));
        let chosen = choices.settings.iter().rev().find(|(chosen, _)| *chosen == name.value);
        let value = chosen
            .map(|(_, value)| typed(value, kind))
            .or_else(|| env.and_then(|env| around.environment(&env.value)).map(|value| typed(&value, kind)))
            .or_else(|| in_profile.cloned())
            .or_else(|| default.cloned());
        let secret = full.is_some_and(|full| full.secret.unwrap_or(full.env.is_some()));
        match value {
            Some(value) => {
                if secret {
                    self.secrets.push(value.text.clone());
                }
                self.values.insert(name.value.clone(), value);
            }
            None => {
                let from_env = env.map(|env| format!("set the environment variable {}, or ", env.value));
                let ways = format!("{}run with --set {}=VALUE", from_env.unwrap_or_default(), name.value);
                trouble.about(name, format!("the setting has no value; {ways}"));
                // A value, so that its uses are not reported as well.
                self.values.insert(name.value.clone(), Scalar::text(""));
            }
        }
    }

    /// Puts the values into the tree: `${NAME}` in any text outside of `settings` and `profiles`.
    pub fn put_into(&self, tree: &mut Node, trouble: &Trouble) {
        let Value::Map(fields) = &mut tree.value else { return };
        for (key, value) in fields {
            if !matches!(key.name.as_str(), "settings" | "profiles") {
                self.replace(value, trouble);
            }
        }
    }

    fn replace(&self, node: &mut Node, trouble: &Trouble) {
        match &mut node.value {
            Value::List(items) => items.iter_mut().for_each(|item| self.replace(item, trouble)),
            Value::Map(fields) => fields.iter_mut().for_each(|(_, value)| self.replace(value, trouble)),
            Value::Text(text) => {
                let at = At { place: node.place, value: String::new() };
                if let Some(value) = self.replaced(text, &|bytes| trouble.takes(bytes, Some(&at))) {
                    node.value = value;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A text with its settings filled in; `None` when it has none. A text that is only a setting becomes its value.
    fn replaced(&self, text: &str, take: Take) -> Option<Value> {
        let pieces = split(text).ok()?;
        if let [Piece::Blank(name)] = pieces.as_slice()
            && let Some(value) = self.values.get(name.trim())
        {
            return take(value.text.len()).then(|| match value.kind {
                ScalarKind::Json if value.text == "true" => Value::Bool(true),
                ScalarKind::Json if value.text == "false" => Value::Bool(false),
                ScalarKind::Json => Value::Number(value.text.clone()),
                ScalarKind::Text => Value::Text(escaped(&value.text)),
            });
        }
        self.filled(&pieces, Within::Text, take).map(Value::Text)
    }

    /// Pieces with their settings filled in; `None` when they have none, or too much came of the text.
    fn filled(&self, pieces: &[Piece], within: Within, take: Take) -> Option<String> {
        let setting = |piece: &Piece| match piece {
            Piece::Blank(name) => self.values.get(name.trim()).filter(|value| within.takes(&value.text)),
            Piece::Text(_) => None,
        };
        let inner: Vec<Option<String>> = pieces.iter().map(|piece| self.inner(piece, within, take)).collect();
        if inner.iter().all(Option::is_none) && !pieces.iter().any(|piece| setting(piece).is_some()) {
            return None;
        }
        let mut text = String::new();
        for (piece, inner) in pieces.iter().zip(inner) {
            let piece = match (setting(piece), inner, piece) {
                (Some(value), _, _) => within.written(&value.text),
                (None, Some(inner), _) => format!("${{{inner}}}"),
                (None, None, Piece::Blank(blank)) => format!("${{{blank}}}"),
                (None, None, Piece::Text(text)) => escaped(text),
            };
            if !take(piece.len()) {
                return None;
            }
            text.push_str(&piece);
        }
        Some(text)
    }

    /// A generator with the settings of its blank filled in. What stands in `base64` is a text of its own, which is read with
    /// the settings.
    fn inner(&self, piece: &Piece, within: Within, take: Take) -> Option<String> {
        let Piece::Blank(blank) = piece else { return None };
        let is_text = ["base64", "minted_token"].contains(&blank.split_whitespace().next()?);
        if is_text || within == Within::Blank {
            return None;
        }
        self.filled(&split(blank).ok()?, Within::Blank, take)
    }
}

/// Takes so many bytes from the budget of the text; `false` when there is no room.
type Take<'t> = &'t dyn Fn(usize) -> bool;

/// Where a setting is put in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Text,
    /// Within another blank. A value with braces is refused there, because it would move the blank's end.
    Blank,
}

impl Within {
    fn takes(self, value: &str) -> bool {
        self == Self::Text || !value.contains(['{', '}'])
    }

    fn written(self, value: &str) -> String {
        if self == Self::Text { escaped(value) } else { value.to_owned() }
    }
}

/// The settings and profiles of a tree; `None` when they cannot be read, which reading the whole will report.
pub fn read_head(tree: &Node) -> Option<Head> {
    let Value::Map(fields) = &tree.value else { return None };
    let wanted = |name: &str| matches!(name, "settings" | "profiles" | "profile");
    let fields = fields.iter().filter(|(key, _)| wanted(&key.name)).cloned().collect();
    decode::read(&Node { place: tree.place, value: Value::Map(fields) }).0
}

fn chosen_profile(head: &Head, choices: &Choices, trouble: &Trouble) -> Option<WireProfile> {
    let known = || head.profiles.0.iter().map(|(name, _)| name.value.as_str());
    let find =
        |name: &str| head.profiles.0.iter().find(|(known, _)| known.value == name).map(|(_, p)| p.clone());
    if let Some(chosen) = &choices.profile {
        let found = find(chosen);
        if found.is_none() {
            let message = format!("no profile `{chosen}`; {}", instead(chosen, known()));
            trouble.add(super::problem::Place::default(), 1, message);
        }
        return found;
    }
    let chosen = head.profile.as_ref()?;
    let found = find(&chosen.value);
    if found.is_none() {
        trouble.about(chosen, format!("no profile `{}`; {}", chosen.value, instead(&chosen.value, known())));
    }
    found
}

/// The value of a name.
pub fn value_of<'a>(fields: &'a Fields<At<Scalar>>, name: &str) -> Option<&'a Scalar> {
    fields.0.iter().find(|(known, _)| known.value == name).map(|(_, value)| &value.value)
}

/// A value from outside. It is a number or a truth value only where the file's default is.
fn typed(text: &str, kind: ScalarKind) -> Scalar {
    let is_json = kind == ScalarKind::Json && serde_json::from_str::<serde_json::Value>(text).is_ok();
    Scalar { text: text.to_owned(), kind: if is_json { ScalarKind::Json } else { ScalarKind::Text } }
}
