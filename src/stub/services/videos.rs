//! The video service: jobs with a global idempotency key.
//!
//! Creating a job looks for the key, inserts the job, calls SQS and commits, all on one connection. So a repeated key
//! returns the first job to any user. Of several concurrent requests one succeeds, and the others fail on the unique
//! constraint.

use http::StatusCode;

use super::Call;
use super::java_body::JavaBody;
use super::java_numbers::long;
use super::users::status_of;
use crate::stub::app::App;
use crate::stub::identity::user_of_header;
use crate::stub::pool::PoolName;
use crate::stub::reply::Reply;
use crate::stub::routes::Endpoint;
use crate::stub::store::{NewVideo, VideoJob};
use crate::stub::wallclock::Moment;
use crate::stub::{dependencies, uuid};

/// Answers one of the video service's endpoints.
pub async fn answer(app: &App, endpoint: Endpoint, call: &Call) -> Reply {
    match respond(app, endpoint, call).await {
        Ok(reply) => reply,
        Err(status) => super::refused(status, call),
    }
}

async fn respond(app: &App, endpoint: Endpoint, call: &Call) -> Result<Reply, StatusCode> {
    let user = user_of_header(&call.headers).map_err(|_| StatusCode::BAD_REQUEST)?;
    let (now, speed) = (Moment::now().micros, app.options.speed);
    let broken = |_| StatusCode::INTERNAL_SERVER_ERROR;
    match endpoint {
        Endpoint::CreateVideo => {
            let job = create(app, call, &new_video(user, call)?).await?;
            Ok(Reply::spring(StatusCode::ACCEPTED, &job.at(now, speed)))
        }
        Endpoint::ListVideos => {
            let list = |db: &mut rusqlite::Connection| VideoJob::of_user(db, user);
            let jobs =
                app.query(call.visit, PoolName::Video, endpoint, Vec::len, list).await.map_err(broken)?;
            let jobs: Vec<VideoJob> = jobs.into_iter().map(|job| job.at(now, speed)).collect();
            Ok(Reply::spring(StatusCode::OK, &jobs))
        }
        _ => {
            let id = call
                .param
                .as_deref()
                .and_then(|id| long(id).ok().flatten())
                .ok_or(StatusCode::BAD_REQUEST)?;
            let find = |db: &mut rusqlite::Connection| VideoJob::of_user_by_id(db, id, user);
            match app.query(call.visit, PoolName::Video, endpoint, |_| 0, find).await {
                Ok(Some(job)) => Ok(Reply::spring(StatusCode::OK, &job.at(now, speed))),
                // Missing and foreign alike: a RuntimeException that nobody handles.
                _ => Err(StatusCode::INTERNAL_SERVER_ERROR),
            }
        }
    }
}

fn new_video(user: i64, call: &Call) -> Result<NewVideo, StatusCode> {
    let key = call.headers.get("idempotency-key").and_then(|value| value.to_str().ok()).and_then(uuid::parse);
    let idempotency_key = key.ok_or(StatusCode::BAD_REQUEST)?;
    let bad = |bad| status_of(&bad);
    let body =
        JavaBody::parse(&call.headers, &call.body, "com.oddiya.video.dto.CreateVideoRequest").map_err(bad)?;
    let photo_urls = body.texts("photoUrls").map_err(bad)?.unwrap_or_default();
    if photo_urls.is_empty() {
        return Err(StatusCode::BAD_REQUEST);
    }
    let template = body.text("template").map_err(bad)?;
    if body.is_null("template") {
        // A null template passes validation and fails in the database.
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    }
    Ok(NewVideo {
        user_id: user,
        photo_urls,
        template: template.unwrap_or_else(|| "default".to_owned()),
        idempotency_key,
    })
}

/// Every failure is a 500: a full pool, a broken database, a queue that is not there.
async fn create(app: &App, call: &Call, new: &NewVideo) -> Result<VideoJob, StatusCode> {
    const FAILED: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;
    let _connection = app.connect(PoolName::Video).await.map_err(|_| FAILED)?;
    let known = app.statement(|db| VideoJob::by_key(db, &new.idempotency_key)).map_err(|_| FAILED)?;
    if let Some(known) = known {
        app.timing.spend(call.visit, Endpoint::GetVideo, 0).await;
        return Ok(known);
    }
    let _transaction = app.key_locks.lock(&new.idempotency_key).await;
    dependencies::queue(app).await.map_err(|_| FAILED)?;
    // This is SQS's time. It passes before the commit makes the job visible to other requests.
    app.timing.spend(call.visit, Endpoint::CreateVideo, 0).await;
    let created = app.statement(|db| VideoJob::create(db, new, &Moment::now()));
    created.ok().flatten().ok_or(FAILED)
}
