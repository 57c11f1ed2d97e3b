//! One request from its head to its answer: count it, apply faults, find its endpoint, send the service's reply.
//!
//! The order is the real host's: preflights and unknown paths are answered before the token is checked.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, ALLOW, HeaderName, HeaderValue, ORIGIN};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;

use super::app::App;
use super::body::{Ending, PacedBody, Stalls};
use super::control;
use super::identity::{USER_HEADER, is_public, user_of_token};
use super::llm;
use super::options::Profile;
use super::reply::Reply;
use super::routes::{Endpoint, Front, NoEndpoint, RouteMatch, Service};
use super::services::{self, Call};
use super::socket::ResetSwitch;
use super::stats::{Measure, UNROUTED};

/// Longest request body that is read, in bytes. Oddiya's own bodies are far smaller.
const MOST_BODY_BYTES: usize = 8 * 1024 * 1024;

/// Answers one request. `reset_switch` ends the connection that it arrived on.
pub async fn answer(
    app: Arc<App>,
    front: Front,
    reset_switch: ResetSwitch,
    request: Request<Incoming>,
) -> Result<Response<PacedBody>, Infallible> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    if path == control::PREFIX || path.starts_with("/__stub/") {
        let reply = match read(body).await {
            Ok(body) => control::answer(&app, &head.method, &path, &body),
            Err(status) => Reply::empty(status),
        };
        return Ok(respond(reply, |reply| PacedBody::new(reply, Ending::Whole, None, None)));
    }
    let route_match = app.routes(front).find(&head.method, &path);
    let name = route_match.name.clone().unwrap_or_else(|| UNROUTED.to_owned());
    let measure = app.stats.begin(front, &head.method, &name);
    app.faults.wait_while_stalled(&name).await;
    let mut call = Call {
        method: head.method,
        path: route_match.service_path.clone(),
        headers: head.headers,
        param: route_match.param.clone(),
        body: Bytes::new(),
    };
    let reply = match app.faults.failure(&name) {
        Some(status) => failed(front, status, &path),
        None => served(&app, front, &path, route_match, &mut call, body).await,
    };
    let reply = if front == Front::Llm { llm::with_cors(reply, &call.headers) } else { reply };
    app.faults.wait_while_stalled(&name).await;
    Ok(finish(&app, &call.method, name, measure, reset_switch, reply))
}

/// Chooses how the body is sent: not at all (HEAD), whole, or cut in the middle by a fault.
fn finish(
    app: &App,
    method: &Method,
    name: String,
    measure: Measure,
    reset_switch: ResetSwitch,
    mut reply: Reply,
) -> Response<PacedBody> {
    if *method == Method::HEAD {
        return respond(reply, |reply| PacedBody::unsent(reply, Some(measure)));
    }
    let ending = if app.faults.cuts_body(&name) {
        reply.halve();
        Ending::Reset(reset_switch)
    } else {
        Ending::Whole
    };
    let stalls = Stalls { faults: Arc::clone(&app.faults), name };
    respond(reply, |reply| PacedBody::new(reply, ending, Some(measure), Some(stalls)))
}

fn respond(mut reply: Reply, body: impl FnOnce(Reply) -> PacedBody) -> Response<PacedBody> {
    let (status, headers) = (reply.status, std::mem::take(&mut reply.headers));
    let mut response = Response::new(body(reply));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

async fn served(
    app: &App,
    front: Front,
    path: &str,
    route_match: RouteMatch,
    call: &mut Call,
    body: Incoming,
) -> Reply {
    if is_preflight(call) {
        return match front {
            Front::Llm => llm::preflight(&call.headers),
            // No Spring service has CORS rules, and the gateway refuses preflights before its token filter.
            Front::Gateway => Reply::empty(StatusCode::FORBIDDEN),
        };
    }
    if app.options.profile == Profile::Gateway
        && !matches!(route_match.service, Service::Gateway | Service::Llm)
        && let Err(status) = authenticate(path, &mut call.headers)
    {
        return Reply::empty(status);
    }
    match read(body).await {
        Ok(body) => call.body = body,
        Err(status) => return Reply::empty(status),
    }
    match route_match.endpoint {
        Ok(endpoint) => endpoint_reply(app, route_match.service, endpoint, call).await,
        Err(NoEndpoint::OtherMethods(allowed))
            if call.method == Method::OPTIONS && route_match.service != Service::Llm =>
        {
            Reply::empty(StatusCode::OK).with(ALLOW, allow(&allowed))
        }
        Err(none) => no_endpoint(app, route_match.service, &none, call),
    }
}

async fn endpoint_reply(app: &App, service: Service, endpoint: Endpoint, call: &Call) -> Reply {
    match service {
        Service::Gateway => services::gateway::answer(app, endpoint, call).await,
        Service::Auth => services::auth::answer(app, endpoint, call).await,
        Service::User => services::users::answer(app, endpoint, call).await,
        Service::Plan => services::plans::answer(app, endpoint, call).await,
        Service::Video => services::videos::answer(app, endpoint, call).await,
        Service::Llm => llm::answer(app, endpoint, call).await,
    }
}

fn no_endpoint(app: &App, service: Service, none: &NoEndpoint, call: &Call) -> Reply {
    let status = match none {
        NoEndpoint::UnknownPath => StatusCode::NOT_FOUND,
        NoEndpoint::OtherMethods(_) => StatusCode::METHOD_NOT_ALLOWED,
    };
    let reply = match service {
        Service::Gateway => services::gateway::error(app, status, &call.path),
        Service::Auth => services::auth::unexpected(),
        Service::Plan => services::plans::no_endpoint(app, status, call),
        Service::User | Service::Video => Reply::boot_error(status, &call.path),
        Service::Llm => llm::detail(status, status.canonical_reason().unwrap_or_default()),
    };
    match none {
        NoEndpoint::OtherMethods(allowed) if reply.status == StatusCode::METHOD_NOT_ALLOWED => {
            reply.with(ALLOW, allow(allowed))
        }
        _ => reply,
    }
}

fn allow(methods: &[Method]) -> HeaderValue {
    let names: Vec<&str> = methods.iter().map(Method::as_str).collect();
    HeaderValue::from_str(&names.join(",")).unwrap_or(HeaderValue::from_static(""))
}

fn is_preflight(call: &Call) -> bool {
    call.method == Method::OPTIONS
        && call.headers.contains_key(ORIGIN)
        && call.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The gateway's token filter: the token's user replaces the `X-User-Id` that the client sent.
fn authenticate(path: &str, headers: &mut HeaderMap) -> Result<(), StatusCode> {
    if is_public(path) {
        return Ok(());
    }
    let user = user_of_token(headers).ok_or(StatusCode::UNAUTHORIZED)?;
    headers.insert(HeaderName::from_static(USER_HEADER), HeaderValue::from(user));
    Ok(())
}

fn failed(front: Front, status: StatusCode, path: &str) -> Reply {
    match front {
        Front::Gateway => Reply::boot_error(status, path),
        Front::Llm => llm::detail(status, status.canonical_reason().unwrap_or("Error")),
    }
}

async fn read(body: Incoming) -> Result<Bytes, StatusCode> {
    match Limited::new(body, MOST_BODY_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        // The client went away, so this status is never received.
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}
