//! The Locust era's photos of a plan. Today's Oddiya has none.

use serde_json::json;

use super::Call;
use super::java_body::{BadBody, JavaBody};
use super::plan_failures::{Method, PlanFailure};
use super::plans::{granted, id, ok, user};
use super::validation::Checks;
use crate::stub::app::App;
use crate::stub::pool::PoolName;
use crate::stub::reply::Reply;
use crate::stub::routes::Endpoint;
use crate::stub::store::{NewPhoto, Photo, Plan};
use crate::stub::wallclock::Moment;

/// Answers the three endpoints of photos.
pub async fn answer(app: &App, endpoint: Endpoint, call: &Call) -> Result<Reply, PlanFailure> {
    let (id, user) = (id(call)?, user(call)?);
    match endpoint {
        Endpoint::AddPhoto => {
            let (new, now) = (new_photo(call).map_err(refused)?, Moment::now());
            let add = |db: &mut rusqlite::Connection| Photo::add(db, id, user, &new, &now);
            ok(&granted(id, app.query(call.visit, PoolName::Plan, endpoint, |_| 0, add).await?)?)
        }
        Endpoint::PresignPhoto => presign(app, call, id, user).await,
        _ => {
            let list = |db: &mut rusqlite::Connection| Photo::of_plan(db, id);
            ok(&app.query(call.visit, PoolName::Plan, endpoint, Vec::len, list).await?)
        }
    }
}

fn new_photo(call: &Call) -> Result<NewPhoto, BadBody> {
    let body = JavaBody::parse(&call.headers, &call.body, "com.oddiya.plan.dto.PhotoRequest")?;
    let mut checks = Checks::of(&body);
    let photo_url = checks.not_blank("photoUrl", "must not be blank")?;
    let s3_key = checks.not_blank("s3Key", "must not be blank")?;
    checks.done()?;
    Ok(NewPhoto { photo_url, s3_key, upload_order: body.integer("order")?.map(i64::from) })
}

async fn presign(app: &App, call: &Call, id: i64, user: i64) -> Result<Reply, PlanFailure> {
    let name = file_name(call).map_err(refused)?;
    let find = |db: &mut rusqlite::Connection| Plan::get(db, id, user);
    granted(id, app.query(call.visit, PoolName::Plan, Endpoint::PresignPhoto, |_| 0, find).await?)?;
    let key = format!("photos/{user}/{id}/{name}");
    let url = format!("https://oddiya-storage.s3.ap-northeast-2.amazonaws.com/{key}");
    ok(&json!({"uploadUrl": format!("{url}?X-Amz-Expires=3600"), "photoKey": key, "photoUrl": url}))
}

fn file_name(call: &Call) -> Result<String, BadBody> {
    let body = JavaBody::parse(&call.headers, &call.body, "com.oddiya.plan.dto.PresignRequest")?;
    let mut checks = Checks::of(&body);
    let name = checks.not_blank("fileName", "must not be blank")?;
    checks.done()?;
    Ok(name)
}

fn refused(bad: BadBody) -> PlanFailure {
    PlanFailure::Body(Method::Create, bad)
}
