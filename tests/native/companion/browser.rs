//! The browser's side: one kept connection to the companion under a name of the test's choosing.
//!
//! It sends what a page can send without a preflight, plus whatever header a test wants to try.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use oddiya_load::companion::{self, Options, RunningCompanion};
use oddiya_load::core::http::relay::{Envelope, carrier_method, relay_url};
use tokio::net::TcpStream;

use crate::fake_host::FakeHost;

pub type Body = BoxBody<Bytes, std::convert::Infallible>;

/// A companion for a host, on a free port.
pub async fn companion_for(host: &FakeHost) -> RunningCompanion {
    companion_at(&host.url()).await
}

pub async fn companion_at(url: &str) -> RunningCompanion {
    companion::start(Options::new(url.parse().unwrap())).await.unwrap()
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A connection to the companion.
pub struct Browser {
    sender: SendRequest<Body>,
    authority: String,
    token: String,
    port: u16,
}

impl Browser {
    /// Calls the companion by `name`, such as `u1.localhost`.
    pub async fn new(companion: &RunningCompanion, name: &str) -> Self {
        Self::at(companion.port, &companion.token, name).await
    }

    /// Calls the companion on that port by `name`.
    pub async fn at(port: u16, token: &str, name: &str) -> Self {
        Self::open(port, token, &format!("{name}:{port}")).await
    }

    /// Sends exactly this `Host` header.
    pub async fn calling(companion: &RunningCompanion, authority: &str) -> Self {
        Self::open(companion.port, &companion.token, authority).await
    }

    async fn open(port: u16, token: &str, authority: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self { sender, authority: authority.to_owned(), token: token.to_owned(), port }
    }

    /// The origin that the companion's own page has.
    pub fn page_origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The path that relays `path` under this envelope.
    pub fn relayed(&self, envelope: &Envelope, path: &str) -> String {
        let url = relay_url(&self.authority, &self.token, &envelope.encode().unwrap(), path);
        url.split_once(&self.authority).unwrap().1.to_owned()
    }

    /// Sends a request and gives the answer as soon as its head is there.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> hyper::Result<Response<Incoming>> {
        let mut request = Request::builder().method(method).uri(path).header("host", &self.authority);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.sender.ready().await?;
        self.sender.send_request(request.body(body).unwrap()).await
    }

    /// Sends a request without a body and reads the whole answer.
    pub async fn ask(&mut self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        read(self.send(method, path, headers, text_body("")).await.unwrap()).await
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    /// Relays a request as the page does: the method and the headers in the envelope, the page's own origin.
    pub async fn relay(&mut self, envelope: &Envelope, path: &str, body: Option<&'static str>) -> Answer {
        let path = self.relayed(envelope, path);
        let origin = self.page_origin();
        let headers = [("origin", origin.as_str()), ("content-type", "text/plain")];
        let method = carrier_method(body.map(str::as_bytes));
        read(
            self.send(
                Method::from_bytes(method.as_bytes()).unwrap(),
                &path,
                &headers,
                text_body(body.unwrap_or("")),
            )
            .await
            .unwrap(),
        )
        .await
    }

    /// Relays a `GET` without headers.
    pub async fn relay_get(&mut self, path: &str) -> Answer {
        self.relay(&Envelope::default(), path, None).await
    }
}

pub fn text_body(text: &'static str) -> Body {
    Full::new(Bytes::from_static(text.as_bytes())).boxed()
}

pub async fn read(response: Response<Incoming>) -> Answer {
    let (head, body) = response.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    Answer { status: head.status, headers: head.headers, body }
}
