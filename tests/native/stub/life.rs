//! Starting and stopping: ports, the second listener on ::1, the data file, the end.

use std::net::Ipv6Addr;

use oddiya_load::stub::{Options, Profile, ServicePorts, start};
use tokio::net::TcpListener;

use super::client::{LOCUST_PLAN, ask, get, stub};

#[tokio::test]
async fn a_port_in_use_is_an_error_that_names_the_flag() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = start(Options { port, ..Options::default() }).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("--port {port} is already in use; ")), "{error}");
    let error = start(Options { llm_port: port, ..Options::default() }).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("--llm-port {port} ")), "{error}");
}

#[tokio::test]
async fn a_port_in_use_among_the_services_is_named_and_nothing_is_left_listening() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let video = taken.local_addr().unwrap().port();
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let services = Some(ServicePorts { video, ..ServicePorts::FREE });
    let error = start(Options { port, services, ..Options::default() }).await.unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("--services: port {video} of the video service is already in use; "))
            && error.ends_with("let --port 0 pick free ones for the gateway and all services"),
        "{error}"
    );
    assert!(TcpListener::bind(("127.0.0.1", port)).await.is_ok(), "the gateway's port is still open");
}

#[tokio::test]
async fn a_file_of_another_version_is_refused_by_the_name_of_the_flag() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.sqlite");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE users (id INTEGER)").unwrap();
    let error = start(Options { data: Some(path), ..Options::default() }).await.unwrap_err().to_string();
    assert!(error.contains("--data"), "{error}");
}

#[tokio::test]
async fn the_default_bind_also_listens_on_ipv6_where_there_is_any() {
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await.is_err() {
        return;
    }
    let stub = stub(Profile::Locust).await;
    let twin = (Ipv6Addr::LOCALHOST, stub.gateway.port()).into();
    assert_eq!(get("/actuator/health").send(twin).await.status.as_u16(), 200);
    assert_eq!(stub.listeners().len(), 4);
}

#[tokio::test]
async fn a_kept_file_keeps_its_plans() {
    let folder = tempfile::tempdir().unwrap();
    let data = Some(folder.path().join("stub.sqlite"));
    let first = start(Options { data: data.clone(), ..Options::default() }).await.unwrap();
    ask("POST", "/api/plans").user(1).json(LOCUST_PLAN).send(first.gateway).await;
    drop(first);
    let second = start(Options { data, ..Options::default() }).await.unwrap();
    let plans = get("/api/plans").user(1).send(second.gateway).await.json();
    assert_eq!(plans.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_dropped_stub_stops_listening() {
    let stub = stub(Profile::Locust).await;
    let address = stub.gateway;
    drop(stub);
    while get("/actuator/health").try_send(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
