//! The format in brief: one scenario with most of its words, folded away under what the text says.

use leptos::prelude::*;

/// A right scenario, but for its name.
const BRIEF: &str = "\
services: { gateway: http://localhost:8080 }
data:
  accounts: { order: unique, rows: [{ id: 1 }, { id: 2 }] }

users:
  Reader:
    weight: 3           # or count: 5, or optional: true
    think_time: 1s..3s  # 2s, poisson 2s, pacing 10s
    variables:
      city: ${one of Seoul|Busan}
      day: ${date +30}
    headers: { X-User-Id: \"${accounts.id}\" }
    on_start:           # and on_stop
      - post: /login
        json: { account: \"${accounts.id}\" }
        extract: { token: $.token }
        on_failure: end session
    tasks:              # by weight; or sequence, or states
      - weight: 3
        get: /plans?city=${city}&from=${day}
        headers: { Authorization: \"Bearer ${token}\" }
        expect: 200, 404
        checks:
          - $.id exists
          - latency <= 500ms
      - task: several steps
        steps:
          - group: timed together
            steps:
              - parallel:
                  - get: /a
                  - get: /b
          - repeat: 1..5
            steps:
              - get: /items/${int 1..9}
                name: /items/{n}
          - if: chance 10 %
            get: /rare
          - poll: it is ready
            until: ${state} == DONE
            every: 2s
            at_most: 30
            steps:
              - get: /state
                extract: { state: $.state }
";

#[component]
pub fn Brief() -> impl IntoView {
    view! {
        <details class="panel brief" data-testid="brief">
            <summary class="panel-title">"The format in brief"</summary>
            // It scrolls sideways, for which it must have the focus.
            <pre class="brief-text" tabindex="0" role="group" aria-label="A scenario with most words of the format">
                {BRIEF}
            </pre>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::scenario::file::surroundings::Choices;
    use crate::core::shelf::check::{Verdict, check};

    #[test]
    fn what_is_shown_as_right_is_right() {
        let verdict = check("brief", &format!("scenario: brief\n{BRIEF}"), &Choices::default());
        assert!(matches!(verdict, Verdict::Right(_)), "{verdict:?}");
    }
}
