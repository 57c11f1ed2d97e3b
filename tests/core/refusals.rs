//! Hosts that refuse what they are asked: the report says so, and does not end with whether it can be trusted.

use oddiya_load::core::analyse::trust::{Trust, trust};
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::run_config::RunConfigText;
use oddiya_load::core::http::request::Request;
use oddiya_load::core::present::text::summary;
use oddiya_load::core::report::Report;
use oddiya_load::core::run::sim::Reply;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::world::run;

/// A run of ten seconds against a host that answers with these statuses under `/api` and elsewhere.
fn run_against(under_api: u16, elsewhere: u16) -> Report {
    let text = RunConfigText {
        users: "10".into(),
        spawn_rate: "10".into(),
        run_time: "10s".into(),
        ..RunConfigText::default()
    };
    let script = move |_: u32, _: Micros, request: &Request| {
        let status = if request.path.starts_with("/api/") { under_api } else { elsewhere };
        Reply { after: Micros::from_millis(2), outcome: Ok(status), bytes: 1, ..Reply::default() }
    };
    run(&text, 1, script).0
}

#[test]
fn a_gateway_that_wants_a_token_is_named_before_the_trust_in_the_generator() {
    let report = run_against(401, 200);
    assert_eq!(trust(&report), Trust::Clean, "the generator did its part");
    let summary = summary(&report);
    let (tables, end) = summary.split_once("FOUND: ").unwrap();
    assert!(tables.contains("HTTP 401"), "{tables}");
    assert!(
        end.starts_with(
            "Every answer under /api was HTTP 401: the host wants a token.\n  Today's gateway wants a token"
        ),
        "{end}"
    );
    assert!(end.contains("Generator: "), "{end}");
}

#[test]
fn a_host_without_the_paths_is_named_and_an_ordinary_host_is_not() {
    let text = summary(&run_against(404, 404));
    assert!(
        text.contains("FOUND: Every answer was HTTP 404: the host is there, but these paths are not."),
        "{text}"
    );
    assert!(!summary(&run_against(200, 200)).contains("FOUND"));
}
