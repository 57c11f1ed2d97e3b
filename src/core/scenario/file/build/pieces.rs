//! Splits texts at their blanks, `${…}`, and says which names a value may have. `$${` stands for `${` itself.

/// The first words of generators, and the names that are always known. No value may have such a name.
const RESERVED: [&str; 18] = [
    "int",
    "decimal",
    "uuid",
    "one",
    "zipf",
    "date",
    "timestamp",
    "counter",
    "text",
    "base64",
    "minted_token",
    "pick",
    "count",
    "raw",
    "user",
    "iteration",
    "last",
    "profile",
];

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text between blanks, with `$${` already replaced by `${`.
    Text(String),
    /// What stands between `${` and its `}`.
    Blank(String),
}

/// Why a text with blanks is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlankProblem {
    /// The part of the text that is wrong.
    pub word: String,
    pub message: String,
}

/// Splits a text at its blanks. Blanks may stand within blanks.
pub fn split(text: &str) -> Result<Vec<Piece>, BlankProblem> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        if let Some(kept) = before.strip_suffix('$') {
            literal.push_str(kept);
            literal.push_str("${");
            rest = from.get(2..).unwrap_or_default();
            continue;
        }
        literal.push_str(before);
        let length = blank_length(from).ok_or_else(|| BlankProblem {
            word: "${".to_owned(),
            message: "this `${` has no `}`; write `$${` for the characters themselves".to_owned(),
        })?;
        if !literal.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut literal)));
        }
        pieces.push(Piece::Blank(from.get(2..length - 1).unwrap_or_default().to_owned()));
        rest = from.get(length..).unwrap_or_default();
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Ok(pieces)
}

/// The length of a blank at the start of a text, with `${` and `}`.
fn blank_length(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '{' if before == '$' => depth += 1,
            '}' if depth == 1 => return Some(at + 1),
            '}' => depth -= 1,
            _ => {}
        }
        before = c;
    }
    None
}

/// Escapes a text, so that nothing in it is read as a blank.
pub fn escaped(text: &str) -> String {
    text.replace("${", "$${")
}

/// Whether a name is one that may stand on a command line as it is.
pub fn plain_name(name: &str) -> Result<(), String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if name.is_empty()
        || !name.chars().all(is_word)
        || name.starts_with(|c: char| c.is_ascii_digit() || c == '-')
    {
        return Err(format!("`{name}` is no name; write letters, digits, `_` and `-`, and a letter first"));
    }
    Ok(())
}

/// Whether a name may be given to a value.
pub fn usable_name(name: &str) -> Result<(), String> {
    plain_name(name)?;
    if RESERVED.contains(&name) {
        return Err(format!("the name `{name}` has a meaning of its own in `${{…}}`; choose another one"));
    }
    Ok(())
}
