//! What the page asks through the companion before a run: which Oddiya its host is, and for users that its requests then are.

use http::{Method, StatusCode};
use oddiya_load::companion::{self, Options, RunningCompanion};
use oddiya_load::core::base::host::Host;
use oddiya_load::core::http::relay::Envelope;
use oddiya_load::core::oddiya::recognition::{Recognition, Target};
use oddiya_load::core::oddiya::users::UsersFound;
use oddiya_load::core::scenario::Scenario;
use oddiya_load::core::scenario::model::data::Cell;
use oddiya_load::core::shelf::list::{Which, text_of};
use oddiya_load::core::shelf::readable::Readable;
use oddiya_load::stub::{self, Profile, RunningStub};

use crate::browser::{Browser, companion_at, companion_for};
use crate::fake_host::FakeHost;

async fn start(profile: Profile) -> (RunningStub, RunningCompanion, Browser) {
    let stub = stub::start(stub::Options { profile, ..stub::Options::default() }).await.unwrap();
    let companion = companion_at(&format!("http://127.0.0.1:{}", stub.gateway.port())).await;
    let browser = Browser::new(&companion, "localhost").await;
    (stub, companion, browser)
}

async fn recognised(companion: &RunningCompanion, browser: &mut Browser) -> Recognition {
    let answer = browser.get(&format!("/companion/oddiya/{}", companion.token)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

async fn users(companion: &RunningCompanion, browser: &mut Browser, target: Target) -> UsersFound {
    let path = format!("/companion/users/{}/{}/3", companion.token, target.profile());
    let answer = browser.ask(Method::POST, &path, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// The headers that show the first user of a scenario's rows.
fn first_user(scenario: &Scenario) -> Vec<(String, String)> {
    let [id, _, _, authorization] = &scenario.data[0].rows[0][..] else { panic!("{:?}", scenario.data) };
    let (Cell::Json { json: id }, Cell::Text(token)) = (id, authorization) else { panic!("{id:?}") };
    let mut headers = vec![("X-User-Id".to_owned(), id.clone())];
    headers.extend((!token.is_empty()).then(|| ("Authorization".to_owned(), token.clone())));
    headers
}

#[tokio::test]
async fn in_each_profile_the_page_learns_what_its_host_is_and_its_users_requests_succeed() {
    for (profile, target, base) in [
        (Profile::Gateway, Target::Gateway, "/api"),
        (Profile::Locust, Target::Locust, "/api"),
        (Profile::Direct, Target::Direct, "/api/v1"),
    ] {
        let (_stub, companion, mut browser) = start(profile).await;
        assert_eq!(recognised(&companion, &mut browser).await.target(), Some(target));
        let found = users(&companion, &mut browser, target).await;
        assert_eq!((found.users.len(), found.trouble), (3, None));
        let which = Which::default_one();
        let readable =
            Readable { which, text: text_of(which, &Default::default()).unwrap(), given: Default::default() };
        let scenario = readable.read(Some(target.profile()), &[]).unwrap();
        let scenario = scenario.with_host_users(&found.users, target.tokens());
        for path in ["users/me", "plans", "videos"] {
            let envelope = Envelope { headers: first_user(&scenario), ..Envelope::default() };
            let answer = browser.relay(&envelope, &format!("{base}/{path}"), None).await;
            assert_eq!(answer.status, StatusCode::OK, "{profile:?} {path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn users_are_made_only_for_the_page_and_only_by_post() {
    let (_stub, companion, mut browser) = start(Profile::Gateway).await;
    let path = format!("/companion/users/{}/gateway/3", companion.token);
    assert_eq!(browser.get(&path).await.status, StatusCode::METHOD_NOT_ALLOWED);
    for path in ["/companion/users/x/gateway/3", "/companion/oddiya/x"] {
        assert_eq!(browser.ask(Method::POST, path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let wrong = format!("/companion/users/{}/gateway", companion.token);
    assert_eq!(browser.ask(Method::POST, &wrong, &[]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_companion_asks_no_host_but_its_own() {
    const BOOT: &str = "HTTP/1.1 400 Bad Request\r\nContent-Length: 86\r\n\r\n\
        {\"timestamp\":\"2026-11-26T10:00:00.000Z\",\"status\":400,\"error\":\"Bad Request\",\"path\":\"/\"}";
    const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 84\r\n\r\n\
        {\"timestamp\":\"2026-11-26T10:00:00.000Z\",\"status\":404,\"error\":\"Not Found\",\"path\":\"/\"}";
    let host = FakeHost::start(|mut connection| async move {
        while let Some(seen) = connection.request().await {
            connection.write(if seen.target == "/api/v1/users/me" { BOOT } else { NOT_FOUND }).await;
        }
    })
    .await;
    let companion = companion_for(&host).await;
    let mut browser = Browser::new(&companion, "localhost").await;
    let found = recognised(&companion, &mut browser).await;
    let main: Host = host.url().parse().unwrap();
    assert_eq!(found.target(), Some(Target::Direct));
    assert!(found.parts().iter().all(|(_, host)| *host == main), "{found:?}");
}

#[tokio::test]
async fn a_user_service_of_its_own_has_the_users() {
    let services = Some(stub::ServicePorts::FREE);
    let stub = stub::start(stub::Options { profile: Profile::Direct, services, ..stub::Options::default() });
    let stub = stub.await.unwrap();
    let at = |front| -> Host {
        format!("http://127.0.0.1:{}", stub.address(front).unwrap().port()).parse().unwrap()
    };
    let options = Options {
        services: vec![("user".to_owned(), at(stub::Front::User))],
        ..Options::new(at(stub::Front::Plan))
    };
    let companion = companion::start(options).await.unwrap();
    let mut browser = Browser::new(&companion, "localhost").await;
    let found = users(&companion, &mut browser, Target::Direct).await;
    assert_eq!((found.users.len(), found.trouble), (3, None));
}
