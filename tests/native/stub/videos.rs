//! The video service: refusals, and the global idempotency key with repeated and with concurrent requests.

use std::collections::HashSet;

use futures_util::future::join_all;
use oddiya_load::stub::{Options, Profile, RunningStub, Speed, Videos, start};

use super::client::{Answer, ask, get, stub};

const KEY: &str = "123e4567-e89b-12d3-a456-426614174000";
const BODY: &str = r#"{"photoUrls":["https://example.com/photo1.jpg"],"template":"default"}"#;

async fn create(stub: &RunningStub, user: i64, key: &str, body: &str) -> Answer {
    ask("POST", "/api/videos").user(user).header("Idempotency-Key", key).json(body).send(stub.gateway).await
}

#[tokio::test]
async fn a_job_is_accepted_and_shown_to_its_owner_alone() {
    let stub = stub(Profile::Locust).await;
    let job = create(&stub, 1, KEY, BODY).await;
    assert_eq!(job.status.as_u16(), 202);
    let job = job.json();
    assert_eq!((job["status"].as_str(), job["idempotencyKey"].as_str()), (Some("PENDING"), Some(KEY)));
    let path = format!("/api/videos/{}", job["id"]);
    assert_eq!(get(&path).user(1).send(stub.gateway).await.json()["id"], job["id"]);
    assert_eq!(get(&path).user(2).send(stub.gateway).await.status.as_u16(), 500);
    assert_eq!(get("/api/videos/999").user(1).send(stub.gateway).await.status.as_u16(), 500);
    assert_eq!(get("/api/videos/abc").user(1).send(stub.gateway).await.status.as_u16(), 400);
    assert_eq!(get("/api/videos").user(1).send(stub.gateway).await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn every_user_finds_the_sample_videos_finished_and_as_their_own() {
    let stub = start(Options { videos: Videos::Samples, ..Options::default() }).await.unwrap();
    for user in [1, 57, 100] {
        for id in 1..=10 {
            let job = get(&format!("/api/videos/{id}")).user(user).send(stub.gateway).await.json();
            let found = (job["id"].as_i64(), job["userId"].as_i64(), job["status"].as_str());
            assert_eq!(found, (Some(id), Some(user), Some("COMPLETED")), "{job}");
        }
    }
    assert_eq!(get("/api/videos/11").user(1).send(stub.gateway).await.status.as_u16(), 500);
    let made = create(&stub, 3, KEY, BODY).await.json();
    assert_eq!(made["id"], 11);
    let listed = async |user| get("/api/videos").user(user).send(stub.gateway).await.json();
    assert_eq!(listed(3).await.as_array().unwrap().len(), 11);
    assert_eq!(listed(1).await.as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn a_replayed_key_gives_the_first_job_whoever_sends_it_and_whatever_it_says() {
    let stub = stub(Profile::Locust).await;
    let first = create(&stub, 1, KEY, BODY).await.json();
    for _ in 0..5 {
        let replay = create(&stub, 2, KEY, r#"{"photoUrls":["other"]}"#).await;
        assert_eq!((replay.status.as_u16(), replay.json()["id"].clone()), (202, first["id"].clone()));
        assert_eq!(replay.json()["userId"], 1);
    }
}

#[tokio::test]
async fn of_concurrent_duplicates_one_job_is_made_and_losers_fail() {
    let options = Options { speed: Speed::Laptop, ..Options::default() };
    let stub = start(options).await.unwrap();
    let answers = join_all((0..8).map(|user| create(&stub, user + 1, KEY, BODY))).await;
    let accepted: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 202).collect();
    let ids: HashSet<i64> = accepted.iter().map(|answer| answer.json()["id"].as_i64().unwrap()).collect();
    assert_eq!(ids.len(), 1);
    assert!(answers.iter().all(|answer| answer.status == 202 || answer.status == 500));
    assert!(accepted.len() < answers.len(), "nobody lost the race for 15 ms of SQS");
    assert_eq!(create(&stub, 1, KEY, BODY).await.status.as_u16(), 202);
}

#[tokio::test]
async fn bad_keys_and_bodies_are_400_and_a_null_template_500() {
    let stub = stub(Profile::Locust).await;
    for (key, body, status) in [
        ("not-a-key", BODY, 400),
        (KEY, r#"{"photoUrls":[]}"#, 400),
        (KEY, "{}", 400),
        (KEY, "{", 400),
        (KEY, r#"{"photoUrls":["a"],"template":null}"#, 500),
    ] {
        assert_eq!(create(&stub, 1, key, body).await.status.as_u16(), status, "{key} {body}");
    }
    let no_key = ask("POST", "/api/videos").user(1).json(BODY).send(stub.gateway).await;
    assert_eq!(no_key.status.as_u16(), 400);
    let no_user = get("/api/videos").send(stub.gateway).await;
    assert_eq!(no_user.status.as_u16(), 400);
}
