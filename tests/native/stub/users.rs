//! Users and sign-in: the users that exist from the start, the internal endpoints, rotating tokens.

use std::collections::HashSet;

use futures_util::future::join_all;
use oddiya_load::stub::{Options, Profile, Speed, start};
use serde_json::{Value, json};

use super::client::{ask, get, stub};

#[tokio::test]
async fn users_1_to_100_exist_and_others_are_500() {
    let stub = stub(Profile::Locust).await;
    for (user, status) in [(1, 200), (100, 200), (101, 500), (0, 500)] {
        let me = get("/api/users/me").user(user).send(stub.gateway).await;
        assert_eq!(me.status.as_u16(), status, "user {user}");
    }
}

#[tokio::test]
async fn a_missing_or_odd_user_header_is_400() {
    let stub = stub(Profile::Locust).await;
    assert_eq!(get("/api/users/me").send(stub.gateway).await.status.as_u16(), 400);
    let odd = get("/api/users/me").header("X-User-Id", "null").send(stub.gateway).await;
    assert_eq!((odd.status.as_u16(), odd.json()["path"].as_str()), (400, Some("/api/v1/users/me")));
}

#[tokio::test]
async fn two_users_may_share_an_address_and_then_nobody_finds_either_by_it() {
    let stub = stub(Profile::Locust).await;
    let patch = |body| ask("PATCH", "/api/users/me").user(4).json(body).send(stub.gateway);
    assert_eq!(patch(r#"{"name":"Kim"}"#).await.json()["name"], "Kim");
    assert_eq!(patch(r#"{"email":"nonsense"}"#).await.status.as_u16(), 400);
    assert_eq!(patch(r#"{"email":"user5@example.com"}"#).await.json()["email"], "user5@example.com");
    let by_email = get("/api/users/internal/users/email/user5@example.com").send(stub.gateway).await;
    assert_eq!(by_email.status.as_u16(), 500);
    let body = r#"{"email":"user5@example.com","name":"N","provider":"apple","providerId":"a-5"}"#;
    let found = ask("POST", "/api/users/internal/users").json(body).send(stub.gateway).await;
    assert_eq!(found.status.as_u16(), 500);
}

#[tokio::test]
async fn of_four_at_once_that_want_the_same_new_user_one_fails() {
    let options = Options { speed: Speed::Laptop, ..Options::default() };
    let stub = start(options).await.unwrap();
    let body = r#"{"email":"new@example.com","name":"New","provider":"google","providerId":"g-1"}"#;
    let create = || ask("POST", "/api/users/internal/users").json(body).send(stub.gateway);
    let answers = join_all((0..4).map(|_| create())).await;
    let failed = answers.iter().filter(|answer| answer.status == 500).count();
    assert_eq!(failed, 1);
    let ids: HashSet<i64> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .map(|answer| answer.json()["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn gateway_and_direct_start_without_users_as_a_fresh_installation_does() {
    for profile in [Profile::Gateway, Profile::Direct] {
        let stub = start(Options { profile, ..Options::default() }).await.unwrap();
        let token = "Bearer e30.eyJ1c2VySWQiOjF9.x";
        let me = get("/api/v1/users/me").user(1).header("Authorization", token).send(stub.gateway).await;
        assert_eq!(me.status.as_u16(), 500, "{profile:?}");
    }
}

#[tokio::test]
async fn finding_or_creating_a_user_twice_gives_the_same_one() {
    let stub = stub(Profile::Locust).await;
    let body = r#"{"email":"new@example.com","name":"New","provider":"google","providerId":"g-1"}"#;
    let create = || ask("POST", "/api/users/internal/users").json(body).send(stub.gateway);
    let (first, second) = (create().await.json(), create().await.json());
    assert_eq!(first["id"], second["id"]);
    // A fresh answer has Java's nanoseconds, a later one what PostgreSQL keeps of them.
    let digits = |user: &Value| {
        user["createdAt"].as_str().unwrap().split_once('.').map_or(0, |(_, digits)| digits.len())
    };
    assert!(digits(&first) <= 9 && digits(&second) <= 6, "{first} {second}");
    assert!(
        first["createdAt"]
            .as_str()
            .unwrap()
            .starts_with(second["createdAt"].as_str().unwrap().trim_end_matches('0'))
    );
    let found = get("/api/users/internal/users/email/new@example.com").send(stub.gateway).await;
    assert_eq!(found.json()["id"], first["id"]);
    let unknown = get("/api/users/internal/users/email/no@example.com").send(stub.gateway).await;
    assert_eq!((unknown.status.as_u16(), unknown.text().as_str()), (404, ""));
}

#[tokio::test]
async fn signing_up_logging_in_and_refreshing_rotate_tokens() {
    let stub = stub(Profile::Direct).await;
    let post = |path: &'static str, body: Value| ask("POST", path).json(&body.to_string()).send(stub.gateway);
    let person = json!({"name": "Lee", "email": "lee@example.com", "password": "Secret123"});
    let signed_up = post("/api/auth/signup", person.clone()).await;
    assert_eq!(signed_up.status.as_u16(), 200);
    assert_eq!(signed_up.json()["expiresIn"], 3600);
    assert_eq!(post("/api/auth/signup", person.clone()).await.status.as_u16(), 500);

    let logged_in = post("/api/auth/login", person).await.json();
    assert_eq!(logged_in["userId"], signed_up.json()["userId"]);
    let wrong = json!({"email": "lee@example.com", "password": "Secret124"});
    let refused = post("/api/auth/login", wrong).await;
    assert_eq!((refused.status.as_u16(), refused.json()["error"].as_str()), (401, Some("Invalid Token")));

    let old = json!({"refreshToken": logged_in["refreshToken"]});
    let refreshed = post("/api/auth/refresh", old.clone()).await;
    assert_eq!((refreshed.status.as_u16(), &refreshed.json()["userId"]), (200, &Value::Null));
    assert_eq!(post("/api/auth/refresh", old).await.status.as_u16(), 401);
}

#[tokio::test]
async fn of_four_at_once_that_use_the_same_refresh_token_several_win() {
    let options = Options { profile: Profile::Direct, speed: Speed::T2Micro, ..Options::default() };
    let stub = start(options).await.unwrap();
    let post =
        |path: &'static str, body: &Value| ask("POST", path).json(&body.to_string()).send(stub.gateway);
    let person = json!({"name": "Lee", "email": "lee@example.com", "password": "Secret123"});
    let mut token = post("/api/auth/signup", &person).await.json()["refreshToken"].clone();
    // On a busy machine they may come one after the other; then again.
    for _ in 0..50 {
        let body = json!({"refreshToken": token});
        let answers = join_all((0..4).map(|_| post("/api/auth/refresh", &body))).await;
        let winners: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert!(answers.iter().all(|answer| answer.status == 200 || answer.status == 401));
        token = winners[0].json()["refreshToken"].clone();
        if winners.len() > 1 {
            return;
        }
    }
    panic!("never did two of four win");
}

#[tokio::test]
async fn sign_up_says_what_is_invalid() {
    let stub = stub(Profile::Direct).await;
    let body = r#"{"name":"Lee","email":"lee@example.com","password":"short"}"#;
    let answer = ask("POST", "/api/auth/signup").json(body).send(stub.gateway).await;
    assert_eq!(answer.status.as_u16(), 400);
    assert!(answer.json()["details"]["password"].is_string());
}
