//! What `@…@` stands for in a recorded exchange: users, their tokens, ids that earlier answers gave.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};

const K1: &str = "5f0e8d3c-1b2a-4c3d-8e9f-a0b1c2d3e4f5";
const K2: &str = "6a1f9e4d-2c3b-4d4e-9fa0-b1c2d3e4f5a6";
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub struct Variables {
    values: BTreeMap<String, String>,
    /// How many fresh UUIDs were made.
    fresh: u32,
}

impl Variables {
    /// The variables of a group. `users` are the letters of the fresh users with their ids.
    pub fn new(group: &str, users: [(char, i64); 3]) -> Self {
        let mut values = BTreeMap::new();
        for (letter, id) in users {
            let email = email(group, letter);
            values.insert(letter.to_string(), id.to_string());
            values.insert(format!("E{letter}"), email.clone());
            values.insert(format!("E{letter}ENC"), email.replace('@', "%40"));
            values.insert(format!("T{letter}"), token(&format!(r#"{{"userId": {id}}}"#)));
        }
        let id = users[0].1;
        for (name, payload) in [
            ("TSTR", format!(r#"{{"userId": "{id}"}}"#)),
            ("TFLOAT", format!(r#"{{"userId": {id}.9}}"#)),
            ("TSTRPAD", format!(r#"{{"userId": " {id} "}}"#)),
            ("TSTRFLOAT", format!(r#"{{"userId": "{id}.9"}}"#)),
            ("TEXP", format!(r#"{{"userId": {id}, "exp": 1}}"#)),
            ("TDUP", format!(r#"{{"userId": 5, "userId": {id}}}"#)),
            ("TTRAIL", format!(r#"{{"userId": {id}}} x"#)),
        ] {
            values.insert(name.to_owned(), token(&payload));
        }
        let whole = payload_of_length(id, 0);
        values.insert("PAYA".to_owned(), URL_SAFE_NO_PAD.encode(whole));
        values.insert("PAYPAD".to_owned(), URL_SAFE.encode(payload_of_length(id, 1)));
        values.insert("PAYTB".to_owned(), with_trailing_bits(&payload_of_length(id, 1)));
        for (name, value) in [("K1", K1), ("K2", K2), ("H5", "a0b1c2d3e4")] {
            values.insert(name.to_owned(), value.to_owned());
        }
        values.insert("K1UP".to_owned(), K1.to_uppercase());
        Self { values, fresh: 0 }
    }

    pub fn save(&mut self, name: &str, value: String) {
        self.values.insert(name.to_owned(), value);
    }

    /// The text with every known `@…@` replaced.
    pub fn fill(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        while let Some(at) = text.find("@U@") {
            self.fresh += 1;
            text.replace_range(at..at + 3, &format!("0b1c2d3e-4f5a-4b6c-8d7e-{:012x}", self.fresh));
        }
        for (name, value) in &self.values {
            text = text.replace(&format!("@{name}@"), value);
        }
        text
    }
}

pub fn email(group: &str, letter: char) -> String {
    format!("{}-{group}@example.com", letter.to_ascii_lowercase())
}

fn token(payload: &str) -> String {
    format!("eyJhbGciOiJub25lIn0.{}.x", URL_SAFE_NO_PAD.encode(payload))
}

/// A payload for this user with `rest` bytes more than whole groups of three.
fn payload_of_length(id: i64, rest: usize) -> String {
    let mut payload = format!(r#"{{"userId": {id}}}"#);
    while payload.len() % 3 != rest {
        payload.insert(1, ' ');
    }
    payload
}

/// The payload's base64, with the unused bits of its last character set.
fn with_trailing_bits(payload: &str) -> String {
    let mut text = URL_SAFE_NO_PAD.encode(payload);
    let last = text.pop().unwrap();
    let place = ALPHABET.iter().position(|letter| char::from(*letter) == last).unwrap();
    text.push(char::from(ALPHABET[place + 1]));
    text
}
