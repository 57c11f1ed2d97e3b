//! The plan service: a plan from creation to deletion, and every refusal, today and in the Locust era.

use oddiya_load::stub::{Profile, RunningStub};
use serde_json::Value;

use super::client::{Answer, Ask, LOCUST_PLAN, PLAN, ask, get, stub};

async fn create(stub: &RunningStub, user: i64) -> Value {
    let answer = ask("POST", "/api/v1/plans").user(user).json(PLAN).send(stub.gateway).await;
    assert_eq!(answer.status.as_u16(), 200);
    answer.json()
}

fn status_and_code(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["errorCode"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_plan_lives_from_creation_to_deletion() {
    let stub = stub(Profile::Direct).await;
    let plan = create(&stub, 7).await;
    let fields: Vec<&str> = plan.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        ["id", "userId", "title", "startDate", "endDate", "details", "createdAt", "updatedAt"]
    );
    assert_eq!(plan["details"].as_array().unwrap().len(), 3);
    let path = format!("/api/v1/plans/{}", plan["id"]);
    let send = |request: Ask| request.user(7).send(stub.gateway);
    let mut later = send(get(&path)).await.json();
    for field in ["createdAt", "updatedAt"] {
        // A fresh answer has up to nine digits of a second, a later one six.
        let kept = later[field].as_str().unwrap().to_owned();
        assert!(plan[field].as_str().unwrap().starts_with(&kept), "{field}: {kept}");
        later[field] = plan[field].clone();
    }
    assert_eq!(later, plan);
    let moved = PLAN.replace("2025-12", "2026-01").replace("Seoul", "Busan");
    let patched = send(ask("PATCH", &path).json(&moved)).await.json();
    assert_eq!((patched["startDate"].as_str(), &patched["title"]), (Some("2026-01-01"), &plan["title"]));
    for step in ["confirm", "complete", "confirm"] {
        assert_eq!(send(ask("PATCH", &format!("{path}/{step}"))).await.status.as_u16(), 200);
    }
    let deleted = send(ask("DELETE", &path)).await;
    assert_eq!((deleted.status.as_u16(), deleted.json()["message"].is_string()), (200, true));
    assert_eq!(status_and_code(&send(ask("DELETE", &path)).await), (404, "RESOURCE_NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn the_list_is_whole_and_newest_first() {
    let stub = stub(Profile::Direct).await;
    for _ in 0..3 {
        create(&stub, 8).await;
    }
    create(&stub, 9).await;
    let list = get("/api/v1/plans").user(8).send(stub.gateway).await.json();
    let ids: Vec<i64> = list.as_array().unwrap().iter().map(|plan| plan["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, [3, 2, 1]);
}

#[tokio::test]
async fn todays_service_answers_mistakes_with_500() {
    let stub = stub(Profile::Direct).await;
    let internal = (500, "INTERNAL_ERROR".to_owned());
    let post = |body: &str| ask("POST", "/api/v1/plans").user(1).json(body);
    for request in [
        get("/api/v1/plans"),
        get("/api/v1/plans").header("X-User-Id", "null"),
        get("/api/v1/plans/abc").user(1),
        get("/api/v1/plans/").user(1),
        ask("PUT", "/api/v1/plans").user(1),
        ask("POST", "/api/v1/plans/1/photos").user(1),
        post(LOCUST_PLAN),
        post("{"),
        post(&PLAN.replace("2025-12-01", "tomorrow")),
    ] {
        assert_eq!(status_and_code(&request.send(stub.gateway).await), internal);
    }
}

#[tokio::test]
async fn another_users_plan_is_403_and_a_backward_trip_503() {
    let stub = stub(Profile::Direct).await;
    let path = format!("/api/v1/plans/{}", create(&stub, 1).await["id"]);
    assert_eq!(
        status_and_code(&get(&path).user(2).send(stub.gateway).await),
        (403, "UNAUTHORIZED".to_owned())
    );
    let backward = PLAN.replace("2025-12-03", "2025-11-03");
    let answer = ask("POST", "/api/v1/plans").user(1).json(&backward).send(stub.gateway).await;
    assert_eq!(status_and_code(&answer), (503, "LLM_UNAVAILABLE".to_owned()));
}

#[tokio::test]
async fn a_plan_too_long_for_the_services_client_is_503() {
    let stub = stub(Profile::Direct).await;
    let long = PLAN.replace("2025-12-03", "2027-12-03");
    let answer = ask("POST", "/api/v1/plans").user(1).json(&long).send(stub.gateway).await;
    assert_eq!(status_and_code(&answer), (503, "LLM_UNAVAILABLE".to_owned()));
}

#[tokio::test]
async fn a_failing_agent_is_503_today_and_a_plan_of_its_own_in_the_locust_era() {
    let fault = r#"{"kind":"fail","share":1,"status":500,"route":"/api/v1/plans/generate"}"#;
    let today = stub(Profile::Direct).await;
    ask("POST", "/__stub/faults").json(fault).send(today.gateway).await;
    let answer = ask("POST", "/api/v1/plans").user(1).json(PLAN).send(today.gateway).await;
    assert_eq!(status_and_code(&answer), (503, "LLM_UNAVAILABLE".to_owned()));
    let before = stub(Profile::Locust).await;
    ask("POST", "/__stub/faults").json(fault).send(before.gateway).await;
    let plan = ask("POST", "/api/plans").user(1).json(LOCUST_PLAN).send(before.gateway).await;
    assert_eq!((plan.status.as_u16(), plan.json()["title"].as_str()), (200, Some("Test Plan 17")));
}

#[tokio::test]
async fn the_locust_era_answers_mistakes_as_boot_does_and_keeps_photos() {
    let stub = stub(Profile::Locust).await;
    let plan = ask("POST", "/api/plans").user(1).json(LOCUST_PLAN).send(stub.gateway).await.json();
    let photos = format!("/api/plans/{}/photos", plan["id"]);
    let photo = r#"{"photoUrl":"https://example.com/1.jpg","s3Key":"1.jpg","order":1}"#;
    assert_eq!(ask("POST", &photos).user(1).json(photo).send(stub.gateway).await.status.as_u16(), 200);
    assert_eq!(get(&photos).user(1).send(stub.gateway).await.json().as_array().unwrap().len(), 1);
    let trips = get("/api/profile/trips").user(1).send(stub.gateway).await.json();
    assert_eq!(trips["statistics"]["totalDays"], 3);
    let missing = get("/api/plans/999").user(1).send(stub.gateway).await;
    assert_eq!((missing.status.as_u16(), missing.json()["path"].as_str()), (500, Some("/api/v1/plans/999")));
    assert_eq!(get("/api/plans").send(stub.gateway).await.status.as_u16(), 400);
    assert_eq!(ask("PUT", "/api/plans").user(1).send(stub.gateway).await.status.as_u16(), 405);
}
