//! The text of a new scenario: small enough to be read at a glance, and right as it stands.

/// The text. Where its name is taken, a number is added.
pub const TEXT: &str = "\
scenario: My scenario
about: What its users do, in one sentence.

users:
  Reader:
    think_time: 1s..3s
    variables: { user_id: \"${int 1..100}\" }
    headers: { X-User-Id: \"${user_id}\" }
    tasks:
      - weight: 3
        get: /api/plans
      - weight: 1
        get: /api/users/me
        checks:
          - $.id exists
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::scenario::file::surroundings::Choices;
    use crate::core::shelf::check::{Verdict, check};
    use crate::core::shelf::names::title;

    #[test]
    fn a_new_scenario_is_right_and_has_its_name() {
        let verdict = check("My scenario", TEXT, &Choices::default());
        assert!(matches!(verdict, Verdict::Right(_)), "{verdict:?}");
        assert_eq!(title(TEXT), "My scenario");
    }
}
