//! The body of a plan's POST and PATCH. Pure.

use time::Date;

use super::Call;
use super::java_body::{BadBody, JavaBody};
use super::plan_failures::FORM;
use super::validation::{Checks, Constraint};
use crate::stub::dates::trip_days;
use crate::stub::llm::Trip;
use crate::stub::options::{Model, Profile};
use crate::stub::wallclock::Moment;

/// The agent's defaults, because the plan service sends neither budget nor iterations.
const DEFAULT_BUDGET: &str = "medium";
const ITERATIONS: i64 = 3;

#[derive(Clone, Debug)]
pub struct PlanForm {
    /// Only in the Locust era, which read the destination from it.
    pub title: Option<String>,
    pub start_date: Date,
    pub end_date: Date,
    destination: String,
    budget: Option<String>,
}

impl PlanForm {
    /// Reads a body. The Locust era also required dates in the future. That check is left out, because it would refuse
    /// locustfile.py's own dates since December 2025.
    pub fn parse(profile: Profile, call: &Call) -> Result<Self, BadBody> {
        let body = JavaBody::parse(&call.headers, &call.body, FORM)?;
        let (start_date, end_date) = (body.date("startDate")?, body.date("endDate")?);
        let budget = body.integer("budget")?.map(|won| won.to_string());
        body.texts("interests")?;
        let mut checks = Checks::of(&body);
        let (title, destination) = match profile {
            Profile::Locust => {
                let title = checks.not_blank("title", "Title is required")?;
                let destination = destination_in(&title);
                (Some(title), destination)
            }
            Profile::Gateway | Profile::Direct => {
                (None, checks.not_blank("destination", "Destination is required")?)
            }
        };
        for (field, date, message) in [
            ("startDate", start_date, "Start date is required"),
            ("endDate", end_date, "End date is required"),
        ] {
            if date.is_none() {
                checks.refuse(field, Constraint::NotNull, message, None);
            }
        }
        checks.done()?;
        // Both are there, or the checks had refused the body.
        let (Some(start_date), Some(end_date)) = (start_date, end_date) else { return Err(BadBody::Missing) };
        Ok(Self { title, start_date, end_date, destination, budget })
    }

    /// What the agent is asked for.
    pub fn trip(&self, model: Model) -> Trip {
        Trip {
            location: self.destination.clone(),
            days: trip_days(self.start_date, self.end_date),
            budget: self.budget.clone().unwrap_or_else(|| DEFAULT_BUDGET.to_owned()),
            max_iterations: ITERATIONS,
            model,
        }
    }

    /// The words of Hibernate and PostgreSQL about an update that the table's check refuses.
    pub fn refused_update(&self, id: i64, user: i64, now: &Moment) -> String {
        let (start, end) = (self.start_date, self.end_date);
        let budget = self.budget.as_deref().unwrap_or(DEFAULT_BUDGET);
        let time = now.kept.replace('T', " ");
        let title = format!("{} 3-Day Adventure", self.destination);
        let update = "update plan_service.travel_plans set budget_level=?,completed_at=?,confirmed_at=?,end_date=?,\
                      start_date=?,status=?,title=?,total_cost=?,updated_at=?,user_id=? where id=?";
        format!(
            "could not execute batch [Batch entry 0 update plan_service.travel_plans set budget_level='{budget}',\
             completed_at=NULL,confirmed_at=NULL,end_date='{end} +00',start_date='{start} +00',status='DRAFT',\
             title='{title}',total_cost=NULL,updated_at='{time}',user_id={user} where id={id} was aborted: ERROR: new row for \
             relation \"travel_plans\" violates check constraint \"travel_plans_check\"\n  Detail: Failing row contains ({id}, \
             {user}, {title}, {start}, {end}, {budget}, DRAFT).  Call getNextException to see other errors in the batch.] \
             [{update}]; SQL [{update}]; constraint [travel_plans_check]"
        )
    }
}

/// The destination in a title, as the Locust era read it: a known city, otherwise the first word.
fn destination_in(title: &str) -> String {
    const CITIES: [(&str, &str); 6] = [
        ("Seoul", "서울"),
        ("Busan", "부산"),
        ("Jeju", "제주"),
        ("Gyeongju", "경주"),
        ("Jeonju", "전주"),
        ("Gangneung", "강릉"),
    ];
    let lower = title.to_lowercase();
    let known =
        CITIES.iter().find(|(name, korean)| lower.contains(&name.to_lowercase()) || title.contains(korean));
    let first_word = || title.split(' ').next().unwrap_or_default();
    known.map_or_else(first_word, |(name, _)| name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_destination_is_a_known_city_or_the_first_word() {
        assert_eq!(destination_in("봄 부산 여행"), "Busan");
        assert_eq!(destination_in("my SEOUL trip"), "Seoul");
        assert_eq!(destination_in("Test Plan 17"), "Test");
    }
}
