//! Broken parts of the host: status, time, body and health of each outage, in virtual time, and how it ends.

use std::time::Duration;

use futures_util::future::join_all;
use oddiya_load::stub::{Front, Model, Options, Profile, start};
use serde_json::{Value, json};

use super::client::{ask, get};
use super::outage_host::{HOUR, Host};

#[tokio::test(start_paused = true)]
async fn with_the_database_down_reads_fail_after_30_s_and_a_create_blames_the_model() {
    let host = Host::broken(r#"{"kind":"database_down"}"#).await;
    let list = host.get("/api/plans").await;
    list.is(500, 30.0, 30.0);
    let details = list.json()["details"].as_str().unwrap().to_owned();
    assert!(
        details.starts_with("Unable to acquire JDBC Connection") && details.contains("request timed out")
    );
    let me = host.get("/api/users/me").await;
    me.is(500, 30.0, 30.0);
    assert_eq!(me.json()["path"], "/api/v1/users/me");
    host.get("/api/videos").await.is(500, 30.0, 30.0);
    let created = host.create().await;
    created.is(503, 30.0, 30.2);
    assert_eq!(created.json()["errorCode"], "LLM_UNAVAILABLE");
    let login = host.sign("login").await;
    login.is(401, 5.0, 5.0);
    assert_eq!(login.json()["message"], "Invalid email or password");
    host.is_up(&[Front::Gateway, Front::Auth]).await;
    for front in [Front::User, Front::Plan, Front::Video] {
        host.is_down(front, 30.0).await;
    }
}

#[tokio::test(start_paused = true)]
async fn with_the_database_back_all_is_right_within_3_s() {
    let host = Host::broken(r#"{"kind":"database_down","seconds":10}"#).await;
    host.get("/api/plans").await.is(200, 10.0, 13.0);
    host.get("/api/users/me").await.is(200, 0.0, 0.0);
    host.is_up(&[Front::User, Front::Plan, Front::Video]).await;
}

#[tokio::test(start_paused = true)]
async fn with_the_plans_locked_five_callers_wait_and_all_others_fail_after_30_s() {
    let host = Host::broken(r#"{"kind":"database_locked","seconds":100}"#).await;
    let answers = join_all((0..8).map(|_| host.get("/api/plans"))).await;
    let (waited, failed): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == Some(200));
    assert_eq!((waited.len(), failed.len()), (5, 3));
    waited.iter().for_each(|answer| answer.is(200, 100.0, 100.0));
    for answer in failed {
        answer.is(500, 30.0, 30.0);
        assert_eq!(answer.json()["errorCode"], "INTERNAL_ERROR");
        assert!(answer.body.contains("request timed out after 3000"), "{}", answer.body);
    }
    host.get("/api/plans").await.is(200, 0.0, 0.0);
}

#[tokio::test(start_paused = true)]
async fn with_the_plans_locked_creates_run_into_the_limit_and_only_plans_are_down() {
    let host = Host::broken(r#"{"kind":"database_locked"}"#).await;
    let creates = join_all((0..7).map(|_| host.create())).await;
    for created in creates {
        created.is(500, 30.2, 30.8);
        assert_eq!(
            (&created.json()["errorCode"], &created.json()["details"]),
            (&json!("INTERNAL_ERROR"), &Value::Null)
        );
    }
    let port = host.stub.address(Front::Gateway).unwrap();
    let token = "Bearer e30.eyJ1c2VySWQiOjF9.x";
    let waiting: Vec<_> = (0..5)
        .map(|_| tokio::spawn(get("/api/plans").header("Authorization", token).patience(HOUR).try_send(port)))
        .collect();
    while get("/__stub/stats").send(port).await.json()["pools"]["plan"]["active"] != 5 {
        tokio::task::yield_now().await;
    }
    host.is_down(Front::Plan, 30.0).await;
    host.is_up(&[Front::Gateway, Front::Auth, Front::User, Front::Video]).await;
    host.get("/api/users/me").await.is(200, 0.0, 0.0);
    host.mend().await;
    for one in waiting {
        assert_eq!(one.await.unwrap().unwrap().status.as_u16(), 200);
    }
}

#[tokio::test(start_paused = true)]
async fn a_frozen_plan_service_never_answers_and_harms_nobody_else() {
    let host = Host::broken(r#"{"kind":"plan_frozen"}"#).await;
    for (front, path) in
        [(Front::Gateway, "/api/plans"), (Front::Plan, "/api/v1/plans"), (Front::Plan, "/actuator/health")]
    {
        let answer = host.time(front, get(path)).await;
        assert_eq!(answer.status, None, "{path}: {}", answer.body);
        assert!(answer.secs >= HOUR.as_secs_f64());
    }
    host.get("/api/users/me").await.is(200, 0.0, 0.0);
    host.is_up(&[Front::Gateway, Front::Auth, Front::User, Front::Video]).await;
    host.mend().await;
    host.get("/api/plans").await.is(200, 0.0, 0.0);
}

#[tokio::test(start_paused = true)]
async fn a_frozen_gateway_never_answers_but_the_services_behind_it_do() {
    let host = Host::broken(r#"{"kind":"gateway_frozen","seconds":5400}"#).await;
    assert_eq!(host.get("/api/plans").await.status, None);
    host.is_up(&[Front::Auth, Front::User, Front::Plan, Front::Video]).await;
    // It goes on where it stopped.
    host.get("/api/plans").await.is(200, 1800.0, 1800.0);
}

#[tokio::test(start_paused = true)]
async fn a_dead_user_service_is_a_500_of_the_gateway_and_a_login_that_is_refused() {
    let host = Host::new(Model::Mock).await;
    assert_eq!(host.sign("signup").await.status, Some(200));
    host.breaks(r#"{"kind":"user_dead"}"#).await;
    let me = host.get("/api/users/me").await;
    me.is(500, 0.0, 0.05);
    assert!(me.json()["timestamp"].is_u64() && me.json()["requestId"].is_string(), "{}", me.body);
    host.sign("login").await.is(401, 0.03, 0.05);
    host.sign("signup").await.is(500, 0.0, 0.05);
    host.get("/api/plans").await.is(200, 0.0, 0.0);
    while host.health(Front::User).await.status.is_some() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    host.is_up(&[Front::Gateway, Front::Auth, Front::Plan]).await;
    host.mend().await;
    host.get("/api/users/me").await.is(200, 0.0, 0.0);
    host.sign("login").await.is(200, 0.0, 0.0);
    while host.health(Front::User).await.status.is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_redis_only_logins_fail_and_the_gateway_says_so_after_a_minute() {
    let host = Host::new(Model::Mock).await;
    assert_eq!(host.sign("signup").await.status, Some(200));
    host.breaks(r#"{"kind":"redis_down"}"#).await;
    let login = host.sign("login").await;
    login.is(500, 2.1, 2.1);
    assert_eq!(login.json()["error"], "Internal Server Error");
    host.get("/api/plans").await.is(200, 0.0, 0.0);
    host.create().await.is(200, 0.0, 0.0);
    host.is_down(Front::Auth, 2.0).await;
    host.is_down(Front::Gateway, 60.0).await;
    host.is_up(&[Front::User, Front::Plan, Front::Video]).await;
    host.mend().await;
    host.sign("login").await.is(200, 1.8, 2.5);
    host.sign("login").await.is(200, 0.0, 0.0);
    host.is_up(&[Front::Gateway, Front::Auth]).await;
}

#[tokio::test(start_paused = true)]
async fn a_dead_agent_fails_creates_in_milliseconds_and_nothing_else() {
    let host = Host::broken(r#"{"kind":"agent_dead"}"#).await;
    let created = host.create().await;
    created.is(503, 0.03, 0.04);
    assert_eq!(created.json()["errorCode"], "LLM_UNAVAILABLE");
    let plans = host.get("/api/plans").await;
    plans.is(200, 0.0, 0.0);
    assert_eq!(plans.json(), json!([]));
    host.is_up(&[Front::Gateway, Front::Auth, Front::User, Front::Plan, Front::Video]).await;
    while host.time(Front::Llm, get("/health")).await.status.is_some() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    host.mend().await;
    host.create().await.is(200, 0.0, 0.0);
}

#[tokio::test(start_paused = true)]
async fn a_frozen_agent_lets_creates_run_into_the_limit_and_nothing_is_saved() {
    let host = Host::broken(r#"{"kind":"agent_frozen"}"#).await;
    let created = host.create().await;
    created.is(500, 30.2, 30.8);
    assert_eq!(
        (&created.json()["errorCode"], &created.json()["details"]),
        (&json!("INTERNAL_ERROR"), &Value::Null)
    );
    assert_eq!(host.time(Front::Llm, get("/health")).await.status, None);
    assert_eq!(host.get("/api/plans").await.json(), json!([]));
    host.is_up(&[Front::Gateway, Front::Plan]).await;
    host.mend().await;
    host.create().await.is(200, 0.0, 0.0);
}

#[tokio::test(start_paused = true)]
async fn a_failing_model_is_a_placeholder_that_is_saved_as_if_it_were_real() {
    let host = Host::new(Model::Real).await;
    host.breaks(r#"{"kind":"model_failing","share":1}"#).await;
    let created = host.create().await;
    created.is(200, 0.0, 0.0);
    let day = &created.json()["details"][0];
    assert_eq!(day["activity"], "Explore City Center, lunch at Local Restaurant");
    assert_eq!(host.get("/api/plans").await.json()[0]["id"], created.json()["id"]);
    let trip = r#"{"location":"Seoul","startDate":"2025-11-10","endDate":"2025-11-12"}"#;
    let stream = host.time(Front::Llm, ask("POST", "/api/v1/plans/generate/stream").json(trip)).await;
    stream.is(200, 0.0, 0.0);
    assert!(
        stream.body.contains("\"type\": \"error\"")
            && stream.body.ends_with("data: {\"type\": \"done\"}\n\n")
    );
    host.is_up(&[Front::Gateway, Front::Auth, Front::User, Front::Plan, Front::Video]).await;
    assert_eq!(host.time(Front::Llm, get("/health")).await.status, Some(200));
    host.mend().await;
    assert!(!host.create().await.body.contains("City Center"));
}

#[tokio::test(start_paused = true)]
async fn a_model_that_fails_half_the_time_spoils_about_half_the_plans() {
    let host = Host::new(Model::Real).await;
    host.breaks(r#"{"kind":"model_failing","share":0.5}"#).await;
    let answers = join_all((0..60).map(|_| host.create())).await;
    assert!(answers.iter().all(|answer| answer.status == Some(200)));
    let spoilt = answers.iter().filter(|answer| answer.body.contains("City Center")).count();
    assert!((15..45).contains(&spoilt), "{spoilt} of 60");
}

#[tokio::test(start_paused = true)]
async fn a_dead_queue_fails_videos_within_a_second_and_leaves_nothing_behind() {
    let host = Host::broken(r#"{"kind":"queue_dead"}"#).await;
    let video = host.video().await;
    video.is(500, 0.3, 0.6);
    assert_eq!(video.json()["path"], "/api/v1/videos");
    assert_eq!(host.get("/api/videos").await.json(), json!([]));
    host.is_up(&[Front::Video, Front::Gateway]).await;
    host.mend().await;
    // The key is free again: the transaction was rolled back.
    host.video().await.is(202, 0.0, 0.0);
}

#[tokio::test]
async fn an_outage_that_cannot_be_played_is_refused_and_nothing_is_started() {
    let host = Host::new(Model::Mock).await;
    for (fault, word) in [
        (r#"{"kind":"agent_ded"}"#, "`kind`"),
        (r#"{"kind":"model_failing","share":2}"#, "`share`"),
        (r#"{"kind":"agent_dead","seconds":-1}"#, "`seconds`"),
        (r#"{"kind":"stall","seconds":1,"route":"/api/plan"}"#, "`route`"),
        (r#"{"kind":"agent_dead","share":0.5}"#, "`share`"),
        (r#"{"kind":"redis_down","route":"/api/plans"}"#, "`route`"),
        (r#"{"kind":"queue_dead","seconds":86401}"#, "`seconds`"),
        (r#"[{"kind":"agent_dead"},{"kind":"user_dead"}]"#, "one fault after the other"),
        (r#"{"kind":"agent_dead"}{"kind":"user_dead"}"#, "one JSON object"),
        (r#"{"kind":"agent_dead","kind":"user_dead"}"#, "one fault after the other"),
    ] {
        let answer = host.breaks(fault).await;
        assert_eq!(answer.status.as_u16(), 400, "{fault}");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(word), "{fault}: {error}");
    }
    assert_eq!(get("/__stub/faults").send(host.stub.gateway).await.text(), r#"{"active":[]}"#);
}

#[tokio::test]
async fn two_broken_parts_at_once_and_a_gateway_that_is_not_there_are_refused() {
    let host = Host::broken(r#"{"kind":"queue_dead"}"#).await;
    let second = host.breaks(r#"{"kind":"redis_down"}"#).await;
    assert_eq!(second.status.as_u16(), 400);
    assert!(
        second.json()["error"].as_str().unwrap().starts_with("queue_dead is active"),
        "{}",
        second.text()
    );
    let listed = get("/__stub/faults").send(host.stub.gateway).await.json();
    assert_eq!(listed["active"].as_array().unwrap().len(), 1);
    let direct = start(Options { profile: Profile::Direct, ..Options::default() }).await.unwrap();
    let refused =
        ask("POST", "/__stub/faults").json(r#"{"kind":"gateway_frozen"}"#).send(direct.gateway).await;
    assert!(refused.json()["error"].as_str().unwrap().contains("--profile gateway"), "{}", refused.text());
}
