//! The three profiles: who is let in, which paths exist, how refusals look.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oddiya_load::stub::Profile;

use super::client::{LOCUST_PLAN, PLAN, ask, get, stub};

fn bearer(user: i64) -> String {
    format!("Bearer e30.{}.x", URL_SAFE_NO_PAD.encode(format!(r#"{{"userId":{user}}}"#)))
}

#[tokio::test]
async fn the_gateway_wants_a_token_and_takes_its_user_for_the_callers() {
    let stub = stub(Profile::Gateway).await;
    let refused = get("/api/users/me").user(1).send(stub.gateway).await;
    assert_eq!((refused.status.as_u16(), refused.text().as_str()), (401, ""));
    assert_eq!(refused.header("www-authenticate"), None);
    for path in ["/api/users/me", "/api/v1/users/me"] {
        let me = get(path).header("Authorization", &bearer(17)).user(99).send(stub.gateway).await;
        assert_eq!((me.status.as_u16(), me.json()["id"].as_i64()), (200, Some(17)));
    }
    let created =
        ask("POST", "/api/plans").header("Authorization", &bearer(17)).json(PLAN).send(stub.gateway).await;
    assert_eq!(created.json()["userId"], 17);
}

#[tokio::test]
async fn health_needs_no_token_and_unknown_paths_are_404_without_one() {
    let stub = stub(Profile::Gateway).await;
    let health = get("/actuator/health").send(stub.gateway).await;
    assert_eq!((health.status.as_u16(), health.text().as_str()), (200, r#"{"status":"UP"}"#));
    let unknown = get("/nowhere").send(stub.gateway).await;
    assert_eq!(unknown.status.as_u16(), 404);
    assert!(unknown.json()["requestId"].is_string());
}

#[tokio::test]
async fn signing_in_through_todays_gateway_fails_as_it_does_there() {
    let stub = stub(Profile::Gateway).await;
    for path in ["/api/auth/login", "/api/auth/signup", "/api/auth/refresh", "/api/auth/google/verify"] {
        let answer = ask("POST", path).json("{}").send(stub.gateway).await;
        assert_eq!(answer.status.as_u16(), 500, "{path}");
        assert_eq!(answer.json()["message"], "An unexpected error occurred");
    }
    let authorize = get("/oauth2/authorize/google").send(stub.gateway).await;
    assert_eq!(authorize.status.as_u16(), 302);
    assert!(authorize.header("location").unwrap().starts_with("https://accounts.google.com/"));
}

#[tokio::test]
async fn the_locust_gateway_trusts_the_header_and_wants_a_title() {
    let stub = stub(Profile::Locust).await;
    let me = get("/api/users/me").user(3).send(stub.gateway).await;
    assert_eq!((me.status.as_u16(), me.json()["email"].as_str()), (200, Some("user3@example.com")));
    assert_eq!(me.header("content-type"), Some("application/json"));
    let create = |body| ask("POST", "/api/plans").user(3).json(body).send(stub.gateway);
    assert_eq!(create(LOCUST_PLAN).await.status.as_u16(), 200);
    assert_eq!(create(PLAN).await.status.as_u16(), 400);
    assert_eq!(get("/api/v1/users/me").user(3).send(stub.gateway).await.status.as_u16(), 404);
}

#[tokio::test]
async fn the_services_answer_under_their_own_paths() {
    let stub = stub(Profile::Direct).await;
    assert_eq!(get("/api/v1/users/me").user(5).send(stub.gateway).await.status.as_u16(), 200);
    // The mobile app sends it to the auth service, which refuses what it does not know.
    assert_eq!(get("/api/users/me").user(5).send(stub.gateway).await.status.as_u16(), 403);
    let created = ask("POST", "/api/v1/plans").user(5).json(PLAN).send(stub.gateway).await;
    assert_eq!(
        (created.status.as_u16(), created.json()["title"].as_str()),
        (200, Some("Seoul 3-Day Adventure"))
    );
}

#[tokio::test]
async fn preflights_are_refused_by_the_gateway_and_allowed_by_the_agent() {
    let stub = stub(Profile::Locust).await;
    let preflight = |path| {
        ask("OPTIONS", path)
            .header("Origin", "http://localhost:8089")
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "content-type")
    };
    assert_eq!(preflight("/api/plans").send(stub.gateway).await.status.as_u16(), 403);
    let allowed = preflight("/api/v1/plans/generate/stream").send(stub.llm).await;
    assert_eq!(allowed.status.as_u16(), 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("http://localhost:8089"));
    assert_eq!(allowed.header("access-control-max-age"), Some("600"));
    assert_eq!(allowed.header("access-control-allow-headers"), Some("content-type"));
    let simple = get("/health").header("Origin", "http://localhost:8089").send(stub.llm).await;
    assert_eq!(simple.header("access-control-allow-origin"), Some("*"));
    let gateway = get("/actuator/health").header("Origin", "http://localhost:8089").send(stub.gateway).await;
    assert_eq!(gateway.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn every_page_of_the_gateway_and_the_agent_answers() {
    let stub = stub(Profile::Locust).await;
    for path in ["/", "/app", "/mobile", "/api/overview", "/api/messages/ko", "/actuator/info"] {
        assert_eq!(get(path).send(stub.gateway).await.status.as_u16(), 200, "{path}");
    }
    assert_eq!(get("/api/messages/ko/app.title").send(stub.gateway).await.status.as_u16(), 500);
    for path in ["/", "/health", "/api/v1/health", "/test", "/docs", "/openapi.json"] {
        assert_eq!(get(path).send(stub.llm).await.status.as_u16(), 200, "{path}");
    }
    let missing = get("/api/v1/plans").send(stub.llm).await;
    assert_eq!((missing.status.as_u16(), missing.text().as_str()), (404, r#"{"detail":"Not Found"}"#));
    let wrong = get("/api/v1/plans/generate").send(stub.llm).await;
    assert_eq!((wrong.status.as_u16(), wrong.header("allow")), (405, Some("POST")));
}
