//! Reads requests: the path, the query, the headers, and what is expected of the answer.

use std::collections::BTreeSet;

use super::blanks;
use super::bodies;
use super::checks;
use super::extracts;
use super::names::Names;
use super::paths;
use super::pieces::{Piece, split};
use super::repeats;
use super::shop::Shop;
use crate::core::base::header::{is_header_value, is_set_by_sender};
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::trouble::Trouble;
use crate::core::scenario::file::wire::forms::Scalar;
use crate::core::scenario::file::wire::request::{WireOnFailure, WireRedirects, WireStream};
use crate::core::scenario::file::wire::step::WireStep;
use crate::core::scenario::method::Method;
use crate::core::scenario::model::request::{
    Authorized, OnFailure, ProgressRule, Redirects, RequestStep, RequestTemplate, StreamRules,
};
use crate::core::scenario::model::scenario::{EntryKind, ServiceId};
use crate::core::scenario::model::text::{Escape, Part, Template};
use crate::core::scenario::reading::Reading;

/// What the requests of a class have in common.
pub struct ClassRequests<'c> {
    pub service: ServiceId,
    pub headers: &'c [(At<String>, At<Scalar>)],
    /// The headers that the class's `auth` writes.
    pub auth_headers: Vec<&'c str>,
}

/// Reads the request of a step. The step has been found to be one.
pub fn read(
    step: &WireStep,
    (method, path): (Method, &At<String>),
    class: &ClassRequests,
    names: &Names,
    shop: &Shop,
) -> Option<RequestStep> {
    let trouble = shop.trouble;
    if let (Some(_), Some(again)) = (&step.retry, &step.again) {
        trouble.add(again.place, 1, "a request has either `retry` or `again`; keep one of them");
    }
    let service = match &step.service {
        Some(name) => shop.services.named(name, trouble)?,
        None => class.service,
    };
    if step.auth != Some(false) {
        doubled_headers(step, class, trouble);
    }
    let path_template = path_template(step, path, service, names, shop);
    let body = bodies::read(step, names, shop);
    let headers = headers(step, class, names, shop);
    let extractions = extracts::read(&step.extract, names, trouble);
    let checks = checks::read(step.checks.as_ref(), names, shop.settings, trouble);
    let (path_template, body, mut headers) = (path_template?, body?, headers?);
    if let Some(media_type) = body.media_type.filter(|_| !has(&headers, "content-type")) {
        headers.push(("Content-Type".to_owned(), Template::plain(media_type)));
    }
    let label = step.name.as_ref().map_or_else(|| label(&path.value), |name| name.value.clone());
    let entry = shop.entry(EntryKind::Request(method), &label);
    let stream = step.stream.filter(|stream| *stream != WireStream::None);
    let reading = if stream.is_some() { Reading::Events } else { Reading::Whole };
    let authorized = if step.auth == Some(false) { Authorized::No } else { Authorized::Yes };
    let mut request =
        RequestTemplate { id: None, service, method, path: path_template, headers, body: body.body, reading };
    let has_token = !class.auth_headers.is_empty() && authorized == Authorized::Yes;
    request.id = (!request.has_blanks() && !has_token).then(|| shop.next_ready_made());
    Some(RequestStep {
        entry,
        request,
        timeout: repeats::time(step.timeout.as_ref(), reading.time_limit(), trouble),
        redirects: redirects(step),
        expect: step.expect.as_ref().and_then(|at| repeats::set_of_statuses(at, trouble)),
        checks,
        extractions,
        stream: stream.map(|stream| stream_rules(stream, method, &label, shop)),
        authorized,
        retry: step.retry.as_ref().and_then(|retry| repeats::retry(&retry.value, trouble)),
        again: step.again.as_ref().and_then(|again| {
            let same = trouble.keep(&again.value.same, paths::read(&again.value.same.value))?;
            repeats::again(&again.value, same, shop.settings, trouble)
        }),
        on_failure: on_failure(step),
        plan: step.holds_plan.unwrap_or_default().then_some(shop.model),
    })
}

fn redirects(step: &WireStep) -> Redirects {
    match step.redirects {
        Some(WireRedirects::Keep) => Redirects::Kept,
        Some(WireRedirects::Follow) | None => Redirects::Followed,
    }
}

fn on_failure(step: &WireStep) -> OnFailure {
    match step.on_failure {
        Some(WireOnFailure::EndTask) => OnFailure::EndTask,
        Some(WireOnFailure::EndSession) => OnFailure::EndSession,
        Some(WireOnFailure::Continue) | None => OnFailure::Continue,
    }
}

fn stream_rules(stream: WireStream, method: Method, label: &str, shop: &Shop) -> StreamRules {
    StreamRules {
        cached_entry: shop.entry(EntryKind::Request(method), &format!("{label} (cached)")),
        progress: if stream == WireStream::Monotone { ProgressRule::Monotone } else { ProgressRule::Free },
    }
}

fn path_template(
    step: &WireStep,
    path: &At<String>,
    service: ServiceId,
    names: &Names,
    shop: &Shop,
) -> Option<Template> {
    let trouble = shop.trouble;
    if path.value.starts_with("http://") || path.value.starts_with("https://") {
        trouble
            .about(path, "a path has no host; write the address under `services`, and `service: NAME` here");
        return None;
    }
    if !path.value.starts_with('/') && !path.value.starts_with("${") {
        trouble.about(path, format!("the path `{}` must begin with `/`", path.value));
        return None;
    }
    let mut template = Template::default();
    blanks::push_text(&mut template, shop.services.prefix(service));
    let read = blanks::read(&path.value, Escape::Path, names);
    let read = read.map_err(|problem| trouble.within(path.place, &problem.word, problem.message)).ok();
    let query = bodies::pairs(&step.query, names, shop)?;
    bodies::append(&mut template, read?);
    if !query.parts.is_empty() {
        blanks::push_text(&mut template, if path.value.contains('?') { "&" } else { "?" });
        bodies::append(&mut template, query);
    }
    Some(template)
}

/// The class's headers, those of the request in their place or after them. An empty one leaves out the class's.
fn headers(
    step: &WireStep,
    class: &ClassRequests,
    names: &Names,
    shop: &Shop,
) -> Option<Vec<(String, Template)>> {
    let own: BTreeSet<_> = step.headers.0.iter().map(|(own, _)| own.value.to_ascii_lowercase()).collect();
    let is_own = |name: &str| own.contains(&name.to_ascii_lowercase());
    let common = class
        .headers
        .iter()
        .filter(|(name, _)| !is_own(&name.value))
        .map(|(name, value)| (name, Some(value)));
    let own = step.headers.0.iter().map(|(name, value)| (name, value.as_ref()));
    let all = common.chain(own).filter_map(|(name, value)| Some((name, value?)));
    let read: Vec<_> = all.map(|(name, value)| header(name, value, names, shop)).collect();
    read.into_iter().collect()
}

/// Notes headers that the class's `auth` writes too: they would be sent twice.
fn doubled_headers(step: &WireStep, class: &ClassRequests, trouble: &Trouble) {
    let common = class.headers.iter().map(|(name, _)| name);
    let own = step.headers.0.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name);
    let is_doubled =
        |name: &&At<String>| class.auth_headers.iter().any(|auth| auth.eq_ignore_ascii_case(&name.value));
    for name in common.chain(own).filter(is_doubled) {
        let message = "the class's `auth` writes the header";
        trouble
            .about(name, format!("{message} {} too; leave it out here, or write `auth: false`", name.value));
    }
}

/// A header with its checked name.
pub fn header(
    name: &At<String>,
    value: &At<Scalar>,
    names: &Names,
    shop: &Shop,
) -> Option<(String, Template)> {
    let trouble = shop.trouble;
    trouble.keep(name, checks::header_name(&name.value))?;
    if is_set_by_sender(&name.value) {
        trouble.about(name, format!("the client sets the header {} itself; leave it out", name.value));
        return None;
    }
    let template = blanks::read(&value.value.text, Escape::Plain, names);
    let template =
        template.map_err(|problem| trouble.within(value.place, &problem.word, problem.message)).ok()?;
    Some((name.value.clone(), header_value(template, value, trouble)?))
}

/// The value of a header, if HTTP allows what of it stands in the file. What is filled in is looked at when it is.
pub fn header_value(template: Template, at: &At<Scalar>, trouble: &Trouble) -> Option<Template> {
    let is_right = |part: &Part| match part {
        Part::Text(text) => is_header_value(text),
        Part::Blank { .. } => true,
    };
    if template.parts.iter().all(is_right) {
        return Some(template);
    }
    let message = "a header's value is one line of letters, digits and signs of ASCII; write other characters \
                   percent-encoded, such as `%EB%B6%80` for `부`";
    trouble.within(at.place, &at.value.text, message);
    None
}

fn has(headers: &[(String, Template)], name: &str) -> bool {
    headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// The name of a request that has none: its path, with what varies in braces.
fn label(path: &str) -> String {
    let pieces = split(path).unwrap_or_default();
    let in_braces = |blank: &str| {
        let word = blank.trim().trim_start_matches("raw ").trim_start_matches("pick ");
        format!("{{{}}}", word.split_whitespace().next().unwrap_or_default())
    };
    let shown = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Blank(blank) => in_braces(blank),
    });
    shown.collect()
}
