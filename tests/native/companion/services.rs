//! Several services behind one companion: each gets what is meant for it, and nothing else is relayed to.

use http::Method;
use oddiya_load::companion::{self, Options};
use oddiya_load::core::http::relay::{COOKIES_HEADER, Envelope, SeesCookies};

use crate::browser::Browser;
use crate::fake_host::FakeHost;

const MAIN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmain";
const LLM: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nSet-Cookie: sid=7; Path=/\r\nX-Of: llm\r\n\r\nllm";

fn envelope(service: Option<&str>, cookies: SeesCookies) -> Envelope {
    let plain = Envelope { method: Some(Method::GET), ..Envelope::default() };
    Envelope { service: service.map(str::to_owned), cookies, ..plain }
}

#[tokio::test]
async fn a_service_gets_what_is_meant_for_it_and_nothing_else_is_relayed_to() {
    let (main, llm) = (FakeHost::answering(MAIN).await, FakeHost::answering(LLM).await);
    let services = vec![("llm".to_owned(), llm.url().parse().unwrap())];
    let options = Options { services, ..Options::new(main.url().parse().unwrap()) };
    let companion = companion::start(options).await.unwrap();
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let answer = browser.relay(&envelope(None, SeesCookies::No), "/a", None).await;
    assert_eq!(answer.body, "main");
    let answer = browser.relay(&envelope(Some("llm"), SeesCookies::Yes), "/b", None).await;
    assert_eq!(answer.body, "llm");
    assert_eq!(answer.header(COOKIES_HEADER), Some(r#"["sid=7; Path=/"]"#));
    assert_eq!((answer.header("set-cookie"), answer.header("x-of")), (None, Some("llm")));
    let answer = browser.relay(&envelope(Some("auth"), SeesCookies::No), "/c", None).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("start it with --service auth=URL"));
    assert_eq!((main.seen().len(), llm.seen().len()), (1, 1), "the third went nowhere");
}
