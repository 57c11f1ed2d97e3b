//! The Locust era's trip collection: a user's plans as completed and upcoming trips, with totals.
//!
//! Reads one list of plans, then the photos of each plan with a select of its own (N+1), as Oddiya did.

use serde_json::{Value, json};

use super::Call;
use super::plan_failures::PlanFailure;
use super::plans::ok;
use crate::stub::app::App;
use crate::stub::dates::{parse_date, trip_days};
use crate::stub::pool::PoolName;
use crate::stub::reply::Reply;
use crate::stub::routes::Endpoint;
use crate::stub::store::{Photo, Plan};
use crate::stub::wallclock;

/// Answers `/api/v1/profile/trips`.
pub async fn answer(app: &App, call: &Call, user: i64) -> Result<Reply, PlanFailure> {
    let statement = move |db: &mut rusqlite::Connection| {
        let with_photos = |plan: Plan| Ok((Photo::of_plan(db, plan.id)?, plan));
        Plan::of_user(db, user)?.into_iter().map(with_photos).collect::<rusqlite::Result<Vec<_>>>()
    };
    let trips = app.query(call.visit, PoolName::Plan, Endpoint::Trips, Vec::len, statement).await?;
    ok(&collection(&trips, &wallclock::today()))
}

fn collection(trips: &[(Vec<Photo>, Plan)], today: &str) -> Value {
    let mut cities: Vec<&str> = Vec::new();
    for (_, plan) in trips {
        let city = city_of(&plan.title);
        if !cities.contains(&city) {
            cities.push(city);
        }
    }
    let days: i64 = trips.iter().map(|(_, plan)| days_between(&plan.start_date, &plan.end_date) + 1).sum();
    let completed =
        trips.iter().filter(|(_, plan)| plan.status == "COMPLETED" || plan.end_date.as_str() < today);
    let coming =
        trips.iter().filter(|(_, plan)| plan.status == "CONFIRMED" && plan.start_date.as_str() > today);
    json!({
        "statistics": {
            "totalTrips": trips.len(), "citiesVisited": cities, "totalVideos": 0, "totalDays": days, "totalCost": 0,
        },
        "completedTrips": completed.map(|(photos, plan)| json!({
            "plan": plan, "photos": photos.iter().map(short_photo).collect::<Vec<_>>(), "video": null,
        })).collect::<Vec<_>>(),
        "upcomingTrips": coming.map(|(_, plan)| json!({
            "id": plan.id, "title": plan.title, "startDate": plan.start_date,
            "daysUntil": days_between(today, &plan.start_date),
        })).collect::<Vec<_>>(),
    })
}

fn short_photo(photo: &Photo) -> Value {
    json!({"id": photo.id, "url": photo.photo_url, "order": photo.upload_order})
}

fn city_of(title: &str) -> &'static str {
    let lower = title.to_lowercase();
    match () {
        () if lower.contains("seoul") || title.contains("서울") => "Seoul",
        () if lower.contains("busan") || title.contains("부산") => "Busan",
        () if lower.contains("jeju") || title.contains("제주") => "Jeju",
        () => "Korea",
    }
}

fn days_between(from: &str, to: &str) -> i64 {
    match (parse_date(from), parse_date(to)) {
        (Some(from), Some(to)) => trip_days(from, to) - 1,
        _ => 0,
    }
}
