//! `/__stub/stats`: which requests are counted, and under which name.

use oddiya_load::core::base::histogram::Encoded;
use oddiya_load::stub::Profile;

use super::client::{ask, get, route, stub};

#[tokio::test]
async fn requests_are_counted_by_method_and_template() {
    let stub = stub(Profile::Locust).await;
    for user in 1..=3 {
        get("/api/users/me").user(user).send(stub.gateway).await;
        get(&format!("/api/videos/{user}")).user(1).send(stub.gateway).await;
    }
    get("/api/users/me").user(500).send(stub.gateway).await;
    let me = route(&stub, "GET", "/api/users/me").await;
    assert_eq!((me["requests"].as_u64(), me["service"].as_str()), (Some(4), Some("gateway")));
    assert_eq!((me["statuses"]["200"].as_u64(), me["statuses"]["500"].as_u64()), (Some(3), Some(1)));
    assert_eq!((me["unanswered"].as_u64(), me["server_ms"]["count"].as_u64()), (Some(0), Some(4)));
    let histogram = Encoded::from_text(me["histogram"].as_str().unwrap().to_owned()).decode().unwrap();
    assert_eq!(histogram.count(), 4);
    assert_eq!(route(&stub, "GET", "/api/videos/{id}").await["statuses"]["500"], 3);
}

#[tokio::test]
async fn both_ports_show_the_same_and_count_neither_themselves_nor_each_other() {
    let stub = stub(Profile::Locust).await;
    get("/health").send(stub.llm).await;
    get("/nowhere").send(stub.gateway).await;
    get("/elsewhere").send(stub.gateway).await;
    ask("OPTIONS", "/api/plans").send(stub.gateway).await;
    let there = get("/__stub/stats").send(stub.llm).await.json();
    let here = get("/__stub/stats").send(stub.gateway).await.json();
    assert_eq!(here["routes"], there["routes"]);
    assert_eq!((here["options"].as_u64(), here["connections"].as_u64()), (Some(1), Some(6)));
    assert_eq!((here["profile"].as_str(), here["speed"].as_str()), (Some("locust"), Some("instant")));
    let names: Vec<&str> =
        here["routes"].as_array().unwrap().iter().map(|route| route["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["(unrouted)", "/api/plans", "/health"]);
    assert_eq!(route(&stub, "GET", "(unrouted)").await["requests"], 2);
}

#[tokio::test]
async fn head_is_answered_like_get_without_a_body_and_counted_as_answered() {
    let stub = stub(Profile::Locust).await;
    let head = ask("HEAD", "/actuator/health").send(stub.gateway).await;
    assert_eq!((head.status.as_u16(), head.text().as_str()), (200, ""));
    assert_eq!(route(&stub, "HEAD", "/actuator/health").await["statuses"]["200"], 1);
}

#[tokio::test]
async fn deleting_the_stats_starts_them_anew() {
    let stub = stub(Profile::Locust).await;
    get("/api/plans").user(1).send(stub.gateway).await;
    assert_eq!(ask("DELETE", "/__stub/stats").send(stub.llm).await.status.as_u16(), 204);
    let stats = get("/__stub/stats").send(stub.gateway).await.json();
    assert!(stats["routes"].as_array().unwrap().is_empty());
    assert_eq!(stats["connections"], 1);
}
