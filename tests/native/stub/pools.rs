//! Connection pools under load: which requests wait, which do not, and what a service answers without a connection.

use std::time::Duration;

use futures_util::future::join_all;
use oddiya_load::stub::{Options, PoolName, Profile, RunningStub, start};

use super::client::{LOCUST_PLAN, PLAN, ask, get, stub, until};

async fn occupied(stub: &RunningStub, pool: PoolName, count: usize) -> Vec<oddiya_load::stub::Connection> {
    join_all((0..count).map(|_| stub.occupy(pool))).await.into_iter().map(Result::unwrap).collect()
}

#[tokio::test]
async fn the_sixth_plan_request_waits_for_one_of_five_connections() {
    let stub = stub(Profile::Locust).await;
    let mut held = occupied(&stub, PoolName::Plan, 5).await;
    let sixth = tokio::spawn(get("/api/plans").user(1).send(stub.gateway));
    until(&stub, |stats| stats["pools"]["plan"]["waiting"] == 1).await;
    assert_eq!(get("/api/users/me").user(1).send(stub.gateway).await.status.as_u16(), 200);
    assert!(!sixth.is_finished());
    held.pop();
    assert_eq!(sixth.await.unwrap().status.as_u16(), 200);
}

#[tokio::test]
async fn a_wait_that_runs_out_is_an_error_of_the_service() {
    let options =
        |profile| Options { profile, connection_timeout: Duration::from_millis(20), ..Options::default() };
    let today = start(options(Profile::Direct)).await.unwrap();
    let mut held = occupied(&today, PoolName::Plan, 5).await;
    held.extend(occupied(&today, PoolName::User, 10).await);
    let list = get("/api/v1/plans").user(1).send(today.gateway).await;
    assert_eq!((list.status.as_u16(), list.json()["errorCode"].as_str()), (500, Some("INTERNAL_ERROR")));
    let created = ask("POST", "/api/v1/plans").user(1).json(PLAN).send(today.gateway).await;
    assert_eq!(
        (created.status.as_u16(), created.json()["errorCode"].as_str()),
        (503, Some("LLM_UNAVAILABLE"))
    );
    assert_eq!(get("/api/v1/users/me").user(1).send(today.gateway).await.status.as_u16(), 500);
    let person = r#"{"email":"user1@example.com","password":"whatever"}"#;
    let login = ask("POST", "/api/auth/login").json(person).send(today.gateway).await;
    assert_eq!(login.status.as_u16(), 401);

    let before = start(options(Profile::Locust)).await.unwrap();
    let _held = occupied(&before, PoolName::Plan, 5).await;
    let created = ask("POST", "/api/plans").user(1).json(LOCUST_PLAN).send(before.gateway).await;
    assert_eq!(created.status.as_u16(), 500);
}
