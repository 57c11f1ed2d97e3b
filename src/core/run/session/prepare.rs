//! Makes a request ready to be sent: fills its blanks, adds what shows who the user is, says what of the answer is wanted.

use super::filler::Filler;
use super::values::{Length, MOST_BYTES};
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::header::is_header_value;
use crate::core::http::request::{Request, Wanted};
use crate::core::scenario::Scenario;
use crate::core::scenario::model::answer::{Place, Test};
use crate::core::scenario::model::auth::Auth;
use crate::core::scenario::model::request::{Body, BodyPiece, RequestStep, RequestTemplate};

/// The parts of an answer that a step's checks and extractions need; the client keeps no others.
pub fn wanted(step: &RequestStep) -> Wanted {
    let of_places = step.extractions.iter().map(|extraction| match extraction.from {
        Place::Json(_) | Place::Regex { .. } | Place::Body => BODY,
        Place::Header(_) | Place::Cookie(_) => HEAD,
        Place::Event { .. } => EVENTS,
        Place::Status => Wanted::default(),
    });
    let of_tests = step.checks.iter().map(|check| match check.test {
        Test::Json { .. } | Test::Body(_) | Test::Size { .. } => BODY,
        Test::Header { .. } => HEAD,
        Test::Event { .. } => EVENTS,
        Test::Status(_) | Test::Latency { .. } | Test::Condition(_) => Wanted::default(),
    });
    let of_again = step.again.iter().map(|_| BODY);
    let of_plan = step.plan.iter().map(|_| if step.stream.is_some() { EVENTS } else { BODY });
    of_places.chain(of_tests).chain(of_again).chain(of_plan).fold(Wanted::default(), Wanted::and)
}

const HEAD: Wanted = Wanted { head: true, body: false, events: false };
const BODY: Wanted = Wanted { head: false, body: true, events: false };
const EVENTS: Wanted = Wanted { head: false, body: false, events: true };

/// Fills `request`, whose memory is reused. A request without blanks that it holds already stays as it is.
pub fn fill(step: &RequestStep, auth: Option<&Auth>, filler: &mut Filler<'_>, request: &mut Request) {
    let template = &step.request;
    if template.id.is_some() && request.filled_from == template.id {
        return;
    }
    request.filled_from = template.id;
    request.written.get_mut().clear();
    request.unsendable = None;
    request.service = template.service;
    request.method = template.method;
    request.reading = template.reading;
    // A step with the usual limit leaves the limit to the run's option.
    request.time_limit = Some(step.timeout).filter(|limit| *limit != template.reading.time_limit());
    request.redirects = step.redirects;
    request.wanted = wanted(step);
    filler.fill(&template.path, &mut request.path);
    own_path(template, filler.scenario, request);
    request.resize_headers(template.headers.len());
    for ((name, value), (known, text)) in request.headers.iter_mut().zip(&template.headers) {
        name.clone_from(known);
        filler.fill(text, value);
        if text.has_blanks() && !is_header_value(value) {
            request.unsendable.get_or_insert_with(|| unsendable_header(name));
        }
    }
    fill_body(&template.body, filler, request);
    authorize(step, auth, filler, request);
    if filler.length == Length::TooLong {
        let detail = format!("a text of the request has more than {} MB", MOST_BYTES >> 20);
        request.unsendable = Some(unsendable(detail));
    }
}

/// Puts the headers that show who the user is behind the request's own, in place of earlier ones.
pub fn authorize(step: &RequestStep, auth: Option<&Auth>, filler: &mut Filler<'_>, request: &mut Request) {
    let Some(auth) = auth else { return };
    request.written.get_mut().clear();
    request.resize_headers(step.request.headers.len());
    for (name, value) in &auth.headers {
        if !filler.is_unset(value) {
            let (mut own_name, mut own_value) = request.take_header();
            own_name.clone_from(name);
            filler.fill(value, &mut own_value);
            if !is_header_value(&own_value) {
                request.unsendable.get_or_insert_with(|| unsendable_header(name));
            }
            request.headers.push((own_name, own_value));
        }
    }
}

/// Makes the path one of the service: an address of the service itself, such as the link to a next page in an answer, is
/// cut to what is behind its base. Any other text would lead to another host.
fn own_path(template: &RequestTemplate, scenario: &Scenario, request: &mut Request) {
    if request.path.starts_with('/') {
        return;
    }
    let base = scenario.services.get(template.service.0).and_then(|service| service.url.as_ref());
    let own = base.and_then(|base| base.path_of(&request.path));
    match own {
        Some(path) => request.path = path,
        None => {
            request.unsendable = Some(unsendable("the path is none of the service: it must begin with /"))
        }
    }
}

fn unsendable_header(name: &str) -> Box<Failure> {
    unsendable(format!("the header {name} has a value that HTTP does not allow"))
}

fn unsendable(detail: impl Into<String>) -> Box<Failure> {
    Box::new(Failure::new(FailureKind::Other, detail))
}

fn fill_body(body: &Body, filler: &mut Filler<'_>, request: &mut Request) {
    match body {
        Body::None => request.drop_body(),
        Body::Text(template) => {
            // The bytes become a text and bytes again, so that their memory is reused.
            let mut text = String::from_utf8(request.take_body()).unwrap_or_default();
            filler.fill(template, &mut text);
            request.body = Some(text.into_bytes());
        }
        Body::Pieces(pieces) => {
            let mut bytes = request.take_body();
            let mut texts = 0;
            for piece in pieces {
                if texts > MOST_BYTES {
                    filler.length = Length::TooLong;
                    break;
                }
                match piece {
                    BodyPiece::Text(template) => {
                        let text = filler.text(template);
                        texts += text.len();
                        bytes.extend_from_slice(text.as_bytes());
                    }
                    BodyPiece::File(blob) => {
                        let content = filler.scenario.blobs.get(blob.0);
                        content.into_iter().for_each(|content| bytes.extend_from_slice(&content.0));
                    }
                }
            }
            request.body = Some(bytes);
        }
    }
}
