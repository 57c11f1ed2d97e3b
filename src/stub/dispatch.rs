//! One request from its head to its answer: count it, apply faults, find its endpoint, send the service's reply.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use http::header::{CONNECTION, DATE, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode, Version};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use tokio::time::Instant;

use super::app::App;
use super::body::{Ending, PacedBody, Stalls};
use super::finish::{Way, finished, undecoded};
use super::front_door::{self, Preflight};
use super::options::Profile;
use super::reply::Reply;
use super::routes::{Endpoint, Front, NoEndpoint, RouteMatch, Service};
use super::services::{self, Call};
use super::socket::ResetSwitch;
use super::stats::{Measure, UNROUTED};
use super::timing::Visit;
use super::{control, dependencies, llm, wallclock};
use crate::core::oddiya::{PREPARING, PREPARING_QUERY};

/// Longest request body that is read, in bytes. Oddiya's own bodies are far smaller.
const MOST_BODY_BYTES: usize = 8 * 1024 * 1024;

/// Tomcat answers so many requests on one connection and then closes it.
const TOMCAT_REQUESTS: u32 = 100;

/// One connection: how many requests came on it, and the switch that resets it.
#[derive(Debug, Default)]
pub struct Link {
    pub reset_switch: ResetSwitch,
    requests: AtomicU32,
}

/// Answers one request.
pub async fn answer(
    app: Arc<App>,
    front: Front,
    link: Arc<Link>,
    request: Request<Incoming>,
) -> Result<Response<PacedBody>, Infallible> {
    let began = Instant::now();
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    if path == control::PREFIX || path.starts_with("/__stub/") {
        let reply = match read(body).await {
            Ok(body) => control::answer(&app, &head.method, &path, &body),
            Err(status) => Reply::empty(status),
        };
        return Ok(respond(reply, |reply| PacedBody::new(reply, Ending::Whole, None, None)));
    }
    let place = link.requests.fetch_add(1, Ordering::Relaxed) + 1;
    let mut route_match = app.routes(front).find(&head.method, &path);
    if front == Front::Gateway && app.options.profile == Profile::Direct {
        route_match.service = meant(&app, &path, &route_match);
    }
    let name = route_match.name.clone().unwrap_or_else(|| UNROUTED.to_owned());
    let is_marked = |query: &str| query.split('&').any(|pair| pair == PREPARING_QUERY);
    let is_preparing = head.headers.contains_key(PREPARING.0) || head.uri.query().is_some_and(is_marked);
    let measure = if is_preparing {
        app.stats.begin_preparing(front)
    } else {
        app.stats.begin(front, &head.method, &name)
    };
    app.faults.wait_while_stalled(&name).await;
    dependencies::thawed(&app, front, route_match.service).await;
    let (method, version) = (head.method.clone(), head.version);
    let mut reply = match app.faults.failure(&name) {
        Some(status) => failed(front, status, &path),
        None if is_refused_here(&app, front, route_match.service) => return never(&link).await,
        None => served(&app, front, head, route_match, body, began).await,
    };
    // uvicorn closes after an answer to HTTP/1.0 too, but does not say so.
    let is_old = version == Version::HTTP_10 && front != Front::Llm;
    if is_old || (has_limit(&app, front) && place == TOMCAT_REQUESTS) {
        reply.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    app.faults.wait_while_stalled(&name).await;
    Ok(finish(&app, &method, name, measure, link.reset_switch.clone(), reply))
}

/// The service that a request to the one port of profile `direct` means. A path that belongs to none is taken for one of
/// the service that was asked last; the actuator's pages are no service's in particular.
fn meant(app: &App, path: &str, route_match: &RouteMatch) -> Service {
    let mut last = app.asked_last.lock().unwrap_or_else(PoisonError::into_inner);
    let is_owned = app.routes(Front::Gateway).owns(path);
    if is_owned || route_match.name.is_some() {
        *last = is_owned.then_some(route_match.service);
        return route_match.service;
    }
    last.unwrap_or(route_match.service)
}

/// Where all services share one port, a dead one cannot refuse connections; its requests are reset instead.
fn is_refused_here(app: &App, front: Front, service: Service) -> bool {
    way(app, front) == Way::Direct && dependencies::is_dead(app, service)
}

async fn never(link: &Link) -> Result<Response<PacedBody>, Infallible> {
    link.reset_switch.reset();
    std::future::pending().await
}

/// How a port's answers come from the services: the gateway's through it, all others directly.
fn way(app: &App, front: Front) -> Way {
    let is_gateway = front == Front::Gateway && app.options.profile != Profile::Direct;
    if is_gateway { Way::ThroughGateway } else { Way::Direct }
}

/// Whether the port is a service's.
fn has_limit(app: &App, front: Front) -> bool {
    front != Front::Llm && way(app, front) == Way::Direct
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
        reply.announce_length();
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

/// The answer of the gateway or of a service, as it leaves its server.
async fn served(
    app: &App,
    front: Front,
    mut head: Parts,
    route_match: RouteMatch,
    body: Incoming,
    began: Instant,
) -> Reply {
    let way = way(app, front);
    if way == Way::ThroughGateway {
        let profile = app.options.profile;
        let refused = front_door::refusal(profile, &head.method, &head.uri, &mut head.headers, &route_match);
        if let Some(refused) = refused {
            app.timing.spend_on_refusal(Visit { began, way }).await;
            return refused;
        }
        if dependencies::is_dead(app, route_match.service) {
            return services::gateway::error(
                app,
                StatusCode::INTERNAL_SERVER_ERROR,
                head.uri.path(),
                &head.headers,
            );
        }
    }
    let service = route_match.service;
    let mut call = Call {
        method: head.method,
        path: route_match.service_path.clone(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        param: route_match.param,
        body: Bytes::new(),
        visit: Visit { began, way },
    };
    match read(body).await {
        Ok(body) => call.body = body,
        Err(status) => return Reply::empty(status),
    }
    let reply = service_reply(app, service, &route_match.endpoint, &call).await;
    match service {
        Service::Llm => llm::finished(reply, &call.headers),
        Service::Gateway => reply,
        _ => finished(reply, way, &call.headers, &call.path),
    }
}

async fn service_reply(
    app: &App,
    service: Service,
    endpoint: &Result<Endpoint, NoEndpoint>,
    call: &Call,
) -> Reply {
    if service == Service::Llm {
        return llm::answer(app, endpoint, call).await;
    }
    if service != Service::Gateway {
        if call.path.to_ascii_lowercase().contains("%2f") {
            return undecoded();
        }
        if let Some(preflight) = Preflight::of(&call.method, &call.headers) {
            return services::preflight(service, preflight);
        }
        if call.method == Method::TRACE {
            return services::trace();
        }
    }
    match endpoint {
        Ok(endpoint) => endpoint_reply(app, service, *endpoint, call).await,
        Err(none) => services::no_endpoint(app, service, none, call),
    }
}

async fn endpoint_reply(app: &App, service: Service, endpoint: Endpoint, call: &Call) -> Reply {
    if let Some(reply) = services::health::answer(app, service, endpoint, call).await {
        return reply;
    }
    match service {
        Service::Auth => services::auth::answer(app, endpoint, call).await,
        Service::User => services::users::answer(app, endpoint, call).await,
        Service::Plan => services::plans::answer(app, endpoint, call).await,
        Service::Video => services::videos::answer(app, endpoint, call).await,
        Service::Gateway | Service::Llm => services::gateway::answer(app, endpoint, call).await,
    }
}

/// The answer of the fault `fail`, in the form of the server that would answer.
fn failed(front: Front, status: StatusCode, path: &str) -> Reply {
    match front {
        Front::Llm => llm::detail(status, status.canonical_reason().unwrap_or("Error"))
            .with(DATE, wallclock::http_date()),
        _ => Reply::boot_error(status, path).with(DATE, wallclock::http_date()),
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
