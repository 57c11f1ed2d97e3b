//! Redirects, as browsers and Python's `requests` follow them: which request is sent next, and where it must not go.
//!
//! Redirects are followed within the host only: nobody asked to load another host, and it must not get this one's
//! credentials. Pure.

use url::Url;

use crate::core::base::failure::{Failure, FailureKind, Status};
use crate::core::base::host::Host;
use crate::core::http::request::Request;
use crate::core::scenario::Method;

/// One request as it is sent: the scenario's, or what a redirect made of it.
pub struct Hop<'a> {
    request: &'a Request,
    redirected: Option<Redirected>,
    /// What the user's jar holds for it.
    cookies: Option<String>,
}

struct Redirected {
    method: Method,
    /// Path and query, seen from the host's root.
    target: String,
    content: Content,
}

/// Whether the request's body is still sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Kept,
    Dropped,
}

const USER_AGENT: &str = concat!("oddiya-load/", env!("CARGO_PKG_VERSION"));
/// Headers that the app's HTTP client sends by itself, unless the scenario has one of that name.
const OWN_HEADERS: [(&str, &str); 3] =
    [("User-Agent", USER_AGENT), ("Accept", "*/*"), ("Accept-Encoding", "gzip")];

impl<'a> Hop<'a> {
    /// The scenario's request, before any redirect.
    pub const fn first(request: &'a Request) -> Self {
        Self { request, redirected: None, cookies: None }
    }

    /// The same with these cookies from the user's jar.
    pub fn with_cookies(self, cookies: Option<String>) -> Self {
        Self { cookies, ..self }
    }

    /// Whether the user's jar holds cookies for it.
    pub const fn has_cookies(&self) -> bool {
        self.cookies.is_some()
    }

    /// Whether the scenario sends cookies of its own, which stand in for those of the jar.
    pub fn has_own_cookies(&self) -> bool {
        self.request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("cookie"))
    }

    /// Where it goes, as the rules for cookies see it. `None` where the address is none.
    pub fn url(&self, host: &Host) -> Option<Url> {
        Url::parse(&address(host, self.target(host))).ok()
    }

    pub fn method(&self) -> Method {
        self.redirected.as_ref().map_or(self.request.method, |redirected| redirected.method)
    }

    /// Path and query, seen from the host's root, in two parts that follow each other.
    pub fn target<'b>(&'b self, host: &'b Host) -> (&'b str, &'b str) {
        match &self.redirected {
            None => (&host.prefix, &self.request.path),
            Some(redirected) => ("", &redirected.target),
        }
    }

    /// Names and values of the headers: the client's own, then the scenario's.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let of_scenario = || self.request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let is_set = move |own: &str| of_scenario().any(|(name, _)| name.eq_ignore_ascii_case(own));
        let own = OWN_HEADERS.into_iter().filter(move |(name, _)| !is_set(name));
        let dropped = self.content() == Content::Dropped;
        let cookies = self.cookies.as_deref().map(|cookies| ("Cookie", cookies));
        own.chain(cookies).chain(of_scenario().filter(move |(name, _)| !dropped || !describes_content(name)))
    }

    pub fn body(&self) -> Option<&[u8]> {
        self.request.body.as_deref().filter(|_| self.content() == Content::Kept)
    }

    fn content(&self) -> Content {
        self.redirected.as_ref().map_or(Content::Kept, |redirected| redirected.content)
    }

    /// The request that follows when this one was answered with a redirect.
    pub fn redirected(&self, host: &Host, status: Status, location: &str) -> Result<Self, Failure> {
        let target = resolve(host, self.target(host), location)?;
        let method = method_after(status, self.method());
        let is_same = method == self.method() && self.content() == Content::Kept;
        let content = if is_same { Content::Kept } else { Content::Dropped };
        let redirected = Some(Redirected { method, target, content });
        Ok(Self { request: self.request, redirected, cookies: None })
    }
}

/// Whether a status redirects to a `Location`. The other statuses from 300 to 399 are final.
pub const fn is_redirect(status: Status) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The method after a redirect, by the Fetch standard (HTTP-redirect fetch, step 12).
const fn method_after(status: Status, method: Method) -> Method {
    match (status, method) {
        (301 | 302, Method::Post) => Method::Get,
        (303, Method::Head) => Method::Head,
        (303, _) => Method::Get,
        (_, method) => method,
    }
}

fn describes_content(name: &str) -> bool {
    name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("content-"))
}

/// The host's address without a path.
fn root(host: &Host) -> String {
    let address = host.to_string();
    address.strip_suffix(&host.prefix).unwrap_or(&address).to_owned()
}

/// The whole address of a path and query on the host.
fn address(host: &Host, (prefix, path): (&str, &str)) -> String {
    format!("{}{prefix}{path}", root(host))
}

/// Path and query that a `Location` names, relative to the request that was redirected.
fn resolve(host: &Host, (prefix, path): (&str, &str), location: &str) -> Result<String, Failure> {
    let unreadable = |_| Failure::new(FailureKind::Malformed, "a redirect without a readable Location");
    let base = Url::parse(&address(host, (prefix, path))).map_err(unreadable)?;
    let next = base.join(location).map_err(unreadable)?;
    let place =
        |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default());
    if place(&base) != place(&next) {
        return Err(Failure::new(
            FailureKind::RedirectedAway,
            format!("to {}", next.origin().ascii_serialization()),
        ));
    }
    let query = next.query().map_or_else(String::new, |query| format!("?{query}"));
    Ok(format!("{}{query}", next.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request {
            method: Method::Post,
            path: "/a/b?c=d".into(),
            headers: vec![("Content-Type".into(), "text/plain".into()), ("X-User-Id".into(), "7".into())],
            body: Some("hello".into()),
            ..Request::default()
        }
    }

    fn host() -> Host {
        "http://localhost:8080/base".parse::<Host>().unwrap()
    }

    fn after(status: Status, location: &str) -> Result<(Method, String, Option<Vec<u8>>), FailureKind> {
        let (request, host) = (request(), host());
        let next =
            Hop::first(&request).redirected(&host, status, location).map_err(|failure| failure.kind)?;
        let (prefix, path) = next.target(&host);
        Ok((next.method(), format!("{prefix}{path}"), next.body().map(<[u8]>::to_vec)))
    }

    #[test]
    fn a_location_is_read_from_where_the_request_went() {
        let to = |location: &str| after(307, location).unwrap().1;
        assert_eq!(to("/x?y=z"), "/x?y=z");
        assert_eq!(to("c"), "/base/a/c");
        assert_eq!(to("../c"), "/base/c");
        assert_eq!(to("?q=1"), "/base/a/b?q=1");
        assert_eq!(to("http://localhost:8080/x#fragment"), "/x");
        assert_eq!(to("//LOCALHOST:8080/x"), "/x");
    }

    #[test]
    fn no_request_leaves_the_host() {
        for elsewhere in
            ["http://example.com/", "https://localhost:8080/", "http://localhost:8081/", "//127.0.0.1:8080/"]
        {
            assert_eq!(after(302, elsewhere), Err(FailureKind::RedirectedAway), "{elsewhere}");
        }
        assert_eq!(after(302, "http://[x"), Err(FailureKind::Malformed));
    }

    #[test]
    fn a_post_becomes_a_get_where_browsers_make_it_one() {
        let body = || Some(b"hello".to_vec());
        for status in [301, 302, 303] {
            assert_eq!(after(status, "/x"), Ok((Method::Get, "/x".to_owned(), None)));
        }
        for status in [307, 308] {
            assert_eq!(after(status, "/x"), Ok((Method::Post, "/x".to_owned(), body())));
        }
    }

    #[test]
    fn headers_of_a_dropped_body_are_dropped_with_it() {
        let (request, host) = (request(), host());
        let names = |hop: &Hop<'_>| hop.headers().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        let first = Hop::first(&request);
        assert_eq!(names(&first), ["User-Agent", "Accept", "Accept-Encoding", "Content-Type", "X-User-Id"]);
        let next = first.redirected(&host, 303, "/x").unwrap();
        assert_eq!(names(&next), ["User-Agent", "Accept", "Accept-Encoding", "X-User-Id"]);
        let third = next.redirected(&host, 307, "/y").unwrap();
        assert_eq!((third.method(), third.body()), (Method::Get, None), "what was dropped stays so");
    }

    #[test]
    fn a_header_of_the_scenario_stands_in_for_the_clients_own() {
        let request = Request { headers: vec![("accept-encoding".into(), "identity".into())], ..request() };
        let hop = Hop::first(&request);
        let encodings: Vec<_> =
            hop.headers().filter(|(name, _)| name.eq_ignore_ascii_case("accept-encoding")).collect();
        assert_eq!(encodings, [("accept-encoding", "identity")]);
    }
}
