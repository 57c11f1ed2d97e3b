//! Starting and stopping inside a process: ports and addresses.

use oddiya_load::companion::{self, Options};
use tokio::net::TcpStream;

fn options() -> Options {
    Options::new("http://localhost:8080".parse().unwrap())
}

#[tokio::test]
async fn both_loopbacks_answer_on_one_port() {
    let companion = companion::start(options()).await.unwrap();
    assert!(TcpStream::connect(("127.0.0.1", companion.port)).await.is_ok());
    let has_ipv6 = tokio::net::TcpListener::bind("[::1]:0").await.is_ok();
    assert_eq!(TcpStream::connect(("::1", companion.port)).await.is_ok(), has_ipv6);
}

#[tokio::test]
async fn a_dropped_companion_frees_its_port() {
    let companion = companion::start(options()).await.unwrap();
    let port = companion.port;
    drop(companion);
    let freed = async {
        while companion::start(Options { port, ..options() }).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), freed).await.unwrap();
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let first = companion::start(options()).await.unwrap();
    let error = companion::start(Options { port: first.port, ..options() }).await.unwrap_err();
    assert!(format!("{error:#}").contains(&format!("--port {} is already in use", first.port)), "{error:#}");
}

#[tokio::test]
async fn each_start_has_a_token_of_its_own() {
    let (one, two) = (companion::start(options()).await.unwrap(), companion::start(options()).await.unwrap());
    assert_ne!(one.token, two.token);
}
