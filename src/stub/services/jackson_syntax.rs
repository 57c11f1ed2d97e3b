//! Where Jackson stops reading a text that is no JSON, and its words for it. Pure.
//!
//! It reads the first value only, so what follows that does not count.

const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/// What Jackson says of the text; `None` when it finds nothing wrong.
pub fn error(text: &str) -> Option<String> {
    Scan { chars: text.chars().collect(), at: 0, open: Vec::new() }.value().err()
}

#[derive(Clone, Copy)]
enum Kind {
    Object,
    Array,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Object => "Object",
            Self::Array => "Array",
        }
    }
}

/// The part that was read, and the objects and lists that are open, each with the place where it begins.
struct Scan {
    chars: Vec<char>,
    at: usize,
    open: Vec<(Kind, usize)>,
}

type Read = Result<(), String>;

impl Scan {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The next character that is no blank; at the end of the text an error.
    fn next(&mut self) -> Result<char, String> {
        self.next_or(|scan| {
            let kind = scan.open.last().map_or("root", |(kind, _)| kind.name());
            format!("Unexpected end-of-input within/between {kind} entries")
        })
    }

    /// As `next`, where a closing mark might come.
    fn next_or_close(&mut self) -> Result<char, String> {
        self.next_or(|scan| {
            let (kind, place) = scan.open.last().map_or(("Object", 0), |(kind, place)| (kind.name(), *place));
            let before = scan.chars.get(..place).unwrap_or_default();
            let line = 1 + before.iter().filter(|c| **c == '\n').count();
            let column = 1 + before.iter().rev().take_while(|c| **c != '\n').count();
            format!(
                "Unexpected end-of-input: expected close marker for {kind} (start marker at [Source: \
                 (org.springframework.util.StreamUtils$NonClosingInputStream); line: {line}, column: {column}])"
            )
        })
    }

    fn next_or(&mut self, ended: impl FnOnce(&Self) -> String) -> Result<char, String> {
        while self.peek().is_some_and(|c| matches!(c, ' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
        self.peek().ok_or_else(|| ended(self))
    }

    fn value(&mut self) -> Read {
        match self.next()? {
            '{' => self.object(),
            '[' => self.list(),
            '"' => self.text("VALUE_STRING"),
            c if c == '-' || c.is_ascii_digit() => self.number(),
            c if c.is_alphabetic() || c == '_' || c == '$' => self.word(),
            c @ ('}' | ']' | ',') => Err(unexpected(c, "expected a value")),
            c => Err(unexpected(c, &format!("expected a valid value {VALUES}"))),
        }
    }

    fn object(&mut self) -> Read {
        self.open(Kind::Object);
        if self.next_or_close()? == '}' {
            return self.close();
        }
        loop {
            match self.next()? {
                '"' => self.text("FIELD_NAME")?,
                c => return Err(unexpected(c, "was expecting double-quote to start field name")),
            }
            match self.next()? {
                ':' => self.at += 1,
                c => return Err(unexpected(c, "was expecting a colon to separate field name and value")),
            }
            self.value()?;
            match self.next_or_close()? {
                ',' => self.at += 1,
                '}' => return self.close(),
                c => return Err(unexpected(c, "was expecting comma to separate Object entries")),
            }
        }
    }

    fn list(&mut self) -> Read {
        self.open(Kind::Array);
        if self.next_or_close()? == ']' {
            return self.close();
        }
        loop {
            self.value()?;
            match self.next_or_close()? {
                ',' => self.at += 1,
                ']' => return self.close(),
                c => return Err(unexpected(c, "was expecting comma to separate Array entries")),
            }
        }
    }

    fn open(&mut self, kind: Kind) {
        self.open.push((kind, self.at));
        self.at += 1;
    }

    fn close(&mut self) -> Read {
        self.open.pop();
        self.at += 1;
        Ok(())
    }

    fn text(&mut self, token: &str) -> Read {
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(format!("Unexpected end-of-input in {token}")),
                Some('"') => break,
                Some('\\') => self.at += 2,
                Some(c) if c < ' ' => {
                    return Err(format!(
                        "Illegal unquoted character ({}): has to be escaped using backslash to be included in string value",
                        described(c)
                    ));
                }
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    fn number(&mut self) -> Read {
        while self.peek().is_some_and(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-')) {
            self.at += 1;
        }
        Ok(())
    }

    fn word(&mut self) -> Read {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let word: String =
            rest.iter().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '$')).collect();
        self.at += word.chars().count();
        match word.as_str() {
            "null" | "true" | "false" => Ok(()),
            _ => Err(format!("Unrecognized token '{word}': was expecting {VALUES}")),
        }
    }
}

fn unexpected(c: char, wanted: &str) -> String {
    format!("Unexpected character ({}): {wanted}", described(c))
}

fn described(c: char) -> String {
    match u32::from(c) {
        code @ ..32 => format!("(CTRL-CHAR, code {code})"),
        code @ 32..256 => format!("'{c}' (code {code})"),
        code => format!("'{c}' (code {code} / 0x{code:x})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_character_at_which_jackson_stops() {
        for (text, words) in [
            (
                "{\"a\":1,}",
                "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
            ),
            (
                "{'a':1}",
                "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
            ),
            (
                "{\"a\" 1}",
                "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
            ),
            ("{\"a\":}", "Unexpected character ('}' (code 125)): expected a value"),
            (
                "{\"a\":1 \"b\":2}",
                "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
            ),
            ("[1 2]", "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries"),
        ] {
            assert_eq!(error(text).as_deref(), Some(words), "{text}");
        }
    }

    #[test]
    fn names_what_was_open_at_the_end_of_the_text() {
        assert_eq!(error("{\"a\": ").unwrap(), "Unexpected end-of-input within/between Object entries");
        assert_eq!(error("{\"a\":1,").unwrap(), "Unexpected end-of-input within/between Object entries");
        assert_eq!(error("{\"a\":\"b").unwrap(), "Unexpected end-of-input in VALUE_STRING");
        let open = error("{\n \"a\":[1").unwrap();
        assert!(open.contains("close marker for Array") && open.ends_with("line: 2, column: 6])"), "{open}");
    }

    #[test]
    fn finds_nothing_wrong_with_the_first_value_and_ignores_what_follows() {
        assert_eq!(error("{\"a\":[1.5e3,null,true],\"b\":{}} x"), None);
    }
}
