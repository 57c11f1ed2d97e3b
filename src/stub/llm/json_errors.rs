//! What Python's `json` says of a text that is no JSON, and where: FastAPI passes both on. Pure.

/// The message and the place, counted in characters.
pub fn of(text: &str) -> Option<(&'static str, usize)> {
    let mut scan = Scan { chars: text.chars().collect(), at: 0 };
    scan.blanks();
    let found = scan.value().and_then(|()| {
        scan.blanks();
        if scan.at < scan.chars.len() { Err(("Extra data", scan.at)) } else { Ok(()) }
    });
    found.err()
}

struct Scan {
    chars: Vec<char>,
    at: usize,
}

type Found = Result<(), (&'static str, usize)>;

impl Scan {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|c| matches!(c, ' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Found {
        match self.peek() {
            Some('{') => self.object(),
            Some('[') => self.array(),
            Some('"') => self.string(),
            Some(c) if c == '-' || c.is_ascii_digit() => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Found {
        for word in ["null", "true", "false", "NaN", "Infinity", "-Infinity"] {
            let letters: Vec<char> = word.chars().collect();
            if self.chars.get(self.at..).is_some_and(|rest| rest.starts_with(&letters)) {
                self.at += letters.len();
                return Ok(());
            }
        }
        Err(("Expecting value", self.at))
    }

    fn number(&mut self) -> Found {
        let start = self.at;
        self.at += usize::from(self.peek() == Some('-'));
        let digits = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-')) {
            self.at += 1;
        }
        if self.at == digits { Err(("Expecting value", start)) } else { Ok(()) }
    }

    fn string(&mut self) -> Found {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(("Unterminated string starting at", start)),
                Some('"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some('\\') => self.at += 2,
                Some(c) if c < ' ' => return Err(("Invalid control character at", self.at)),
                Some(_) => self.at += 1,
            }
        }
    }

    fn object(&mut self) -> Found {
        self.at += 1;
        self.blanks();
        if self.peek() == Some('}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            if self.peek() != Some('"') {
                return Err(("Expecting property name enclosed in double quotes", self.at));
            }
            self.string()?;
            self.blanks();
            if self.peek() != Some(':') {
                return Err(("Expecting ':' delimiter", self.at));
            }
            self.at += 1;
            self.blanks();
            self.value()?;
            if self.ends('}')? {
                return Ok(());
            }
        }
    }

    fn array(&mut self) -> Found {
        self.at += 1;
        self.blanks();
        if self.peek() == Some(']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value()?;
            if self.ends(']')? {
                return Ok(());
            }
        }
    }

    /// Whether the list ends here; otherwise a comma was read.
    fn ends(&mut self, close: char) -> Result<bool, (&'static str, usize)> {
        self.blanks();
        let found = self.peek();
        if found != Some(close) && found != Some(',') {
            return Err(("Expecting ',' delimiter", self.at));
        }
        self.at += 1;
        self.blanks();
        Ok(found == Some(close))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_python_says() {
        for (text, error) in [
            ("{\"location\":", Some(("Expecting value", 12))),
            ("{a:1}", Some(("Expecting property name enclosed in double quotes", 1))),
            ("{\"a\": 1} x", Some(("Extra data", 9))),
            ("{\"a\" 1}", Some(("Expecting ':' delimiter", 5))),
            ("{\"a\": 1", Some(("Expecting ',' delimiter", 7))),
            ("[\"a", Some(("Unterminated string starting at", 1))),
            ("", Some(("Expecting value", 0))),
            ("{\"a\": [1, -2.5e3, null, {}]}", None),
        ] {
            assert_eq!(of(text), error, "{text}");
        }
    }
}
