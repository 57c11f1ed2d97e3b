//! Bean Validation: which fields of a body are refused, with the message of each annotation. Pure.

use super::java_body::{BadBody, JavaBody};

/// The annotation that a field failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    NotBlank,
    NotNull,
    Size,
    Email,
}

/// A field that failed its validation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: &'static str,
    pub constraint: Constraint,
    /// The annotation's message.
    pub message: &'static str,
    /// The field's value; `None` is null.
    pub rejected: Option<String>,
}

/// Collects the refused fields of one body. Of two refusals of a field the first counts.
#[derive(Debug)]
pub struct Checks<'b> {
    body: &'b JavaBody,
    errors: Vec<FieldError>,
}

impl<'b> Checks<'b> {
    pub fn of(body: &'b JavaBody) -> Self {
        Self { body, errors: Vec::new() }
    }

    /// A text that is not blank; empty when it was refused.
    pub fn not_blank(&mut self, field: &'static str, message: &'static str) -> Result<String, BadBody> {
        let text = self.body.text(field)?;
        match text {
            Some(text) if !text.trim().is_empty() => Ok(text),
            blank => {
                self.refuse(field, Constraint::NotBlank, message, blank);
                Ok(String::new())
            }
        }
    }

    /// A required address; empty when it was refused.
    pub fn email(&mut self, missing: &'static str, invalid: &'static str) -> Result<String, BadBody> {
        let email = self.not_blank("email", missing)?;
        if !email.is_empty() && !is_email(&email) {
            self.refuse("email", Constraint::Email, invalid, Some(email.clone()));
        }
        Ok(email)
    }

    pub fn refuse(
        &mut self,
        field: &'static str,
        constraint: Constraint,
        message: &'static str,
        rejected: Option<String>,
    ) {
        if self.errors.iter().all(|error| error.field != field) {
            self.errors.push(FieldError { field, constraint, message, rejected });
        }
    }

    pub fn done(self) -> Result<(), BadBody> {
        if self.errors.is_empty() { Ok(()) } else { Err(BadBody::Invalid(self.errors)) }
    }
}

/// Roughly Hibernate Validator's `@Email`: one `@` with text on both sides, and no spaces.
pub fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let odd = |c: char| c.is_whitespace() || c == '@';
    let dots = domain.starts_with('.') || domain.ends_with('.') || domain.contains("..");
    !name.is_empty() && !domain.is_empty() && !dots && !name.contains(odd) && !domain.contains(odd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use http::header::{CONTENT_TYPE, HeaderValue};

    #[test]
    fn every_refused_field_is_named_once() {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let body = JavaBody::parse(&headers, br#"{"name":" ","email":"x"}"#, "").unwrap();
        let mut checks = Checks::of(&body);
        checks.email("Email is required", "Email must be valid").unwrap();
        checks.not_blank("name", "Name is required").unwrap();
        checks.refuse("name", Constraint::Size, "Name is too short", None);
        let Err(BadBody::Invalid(errors)) = checks.done() else { panic!("nothing was refused") };
        let named: Vec<_> = errors.iter().map(|error| (error.field, error.message)).collect();
        assert_eq!(named, [("email", "Email must be valid"), ("name", "Name is required")]);
    }

    #[test]
    fn tells_addresses_from_other_texts() {
        assert!(is_email("a.b@example.com") && is_email("x@localhost"));
        for text in ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@b..c"] {
            assert!(!is_email(text), "{text}");
        }
    }
}
