//! The plan that the agent makes. Pure: the trip alone decides it.
//!
//! Fields and prices are those of Oddiya's mock mode, in which every day has "City Center" and "Local Restaurant". With a
//! living model the places are the destination's; then those two names tell the agent's silent fallback.

use serde::Serialize;

use crate::stub::options::Model;

/// The trip that a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trip {
    /// The destination; may be empty, as in Oddiya.
    pub location: String,
    /// Number of days, first and last included; zero or negative when the trip ends before it starts.
    pub days: i64,
    /// `low`, `medium` or `high`; any other text costs as much as `medium`.
    pub budget: String,
    /// The maximum number of validations.
    pub max_iterations: i64,
    pub model: Model,
}

/// A plan in the agent's format.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Itinerary {
    pub title: String,
    pub days: Vec<Day>,
    pub total_estimated_cost: i64,
    pub currency: &'static str,
    pub weather_summary: &'static str,
    pub tips: Vec<String>,
    #[serde(rename = "_refined", skip_serializing_if = "Option::is_none")]
    pub refined: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
}

/// One day of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Day {
    pub day: i64,
    pub location: String,
    pub activity: String,
    pub details: DayParts,
    #[serde(rename = "estimatedCost")]
    pub estimated_cost: i64,
    #[serde(rename = "weatherTip")]
    pub weather_tip: &'static str,
}

/// The three parts of a day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DayParts {
    pub morning: DayPart,
    pub afternoon: DayPart,
    pub evening: DayPart,
}

/// One part of a day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DayPart {
    pub time: &'static str,
    pub activity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    pub cost: i64,
}

/// How the plan was made. A placeholder has no metadata.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metadata {
    pub generated_at: String,
    pub iterations: i64,
    pub location: String,
    pub budget: String,
    pub ai_model: &'static str,
    pub external_apis: [&'static str; 1],
    pub architecture: &'static str,
}

/// Three sights and three places to eat for each destination.
const PLACES: &[(&str, [&str; 3], [&str; 3])] = &[
    (
        "seoul",
        ["Gyeongbokgung", "Bukchon Hanok Village", "Namsan Seoul Tower"],
        ["Myeongdong Kyoja", "Gwangjang Market", "Tosokchon"],
    ),
    (
        "busan",
        ["Haeundae Beach", "Gamcheon Culture Village", "Taejongdae"],
        ["Jagalchi Market", "Millak Raw Fish Town", "Gukje Market"],
    ),
    (
        "jeju",
        ["Seongsan Ilchulbong", "Hallasan", "Hyeopjae Beach"],
        ["Dongmun Market", "Olle Noodle", "Haenyeo House"],
    ),
    (
        "gyeongju",
        ["Bulguksa", "Daereungwon", "Donggung Palace"],
        ["Hwangnam Bread", "Ssambap Street", "Seongdong Market"],
    ),
];

/// The weather in a plan, the same every day: the summary, the tip of a day, and the tip of the whole trip.
struct Weather {
    summary: &'static str,
    of_a_day: &'static str,
    tip: &'static str,
}

const WEATHER: Weather = Weather {
    summary: "clear sky",
    of_a_day: "✨ Perfect weather for sightseeing!",
    tip: "🌤️ ✨ Perfect weather for sightseeing!",
};

/// What the fallback says, which asks nobody for the weather.
const NO_WEATHER: Weather = Weather {
    summary: "Pleasant weather",
    of_a_day: "Check weather before going",
    tip: "🌤️ Check weather forecast",
};

/// The agent's graph has a limit of 25 steps: 4 fixed ones and 2 for each refinement. With more refinements than this
/// the agent answers 200 with a placeholder. The streaming path has no graph and no limit.
const MOST_GRAPH_REFINEMENTS: i64 = 10;

/// The stub's own limit, far beyond any real trip, because each day takes half a kilobyte of memory.
pub const MOST_DAYS: i64 = 20_000;

/// The stub's own limit. The real agent has none on its streaming path.
const MOST_REFINEMENTS: i64 = 1_000;

impl Trip {
    /// Number of issues that the validation finds: one in every trip that has days (their text lacks "Morning:"), two in
    /// one with a negative number of them.
    pub fn issues(&self) -> i64 {
        match self.days {
            0 => 0,
            1.. => 1,
            _ => 2,
        }
    }

    /// Number of refinements. In mock mode refining never removes an issue, so the plan is refined until it was
    /// validated `max_iterations` times.
    pub fn refinements(&self) -> i64 {
        if self.issues() == 0 { 0 } else { (self.max_iterations - 1).clamp(0, MOST_REFINEMENTS) }
    }

    /// The finished plan.
    pub fn plan(&self, generated_at: String) -> Itinerary {
        let places = |day| match self.model {
            Model::Mock => nowhere(),
            Model::Real => (self.sight(day), self.restaurant(day)),
        };
        let refinements = self.refinements();
        Itinerary {
            refined: (refinements > 0).then_some(true),
            metadata: Some(Metadata {
                generated_at,
                iterations: refinements + 1,
                location: self.location.clone(),
                budget: self.budget.clone(),
                ai_model: "Mock",
                external_apis: ["OpenWeatherMap"],
                architecture: "LangChain + LangGraph (Mock Mode)",
            }),
            ..self.draft(places, &WEATHER)
        }
    }

    /// The agent's answer when its model failed: the status says success, but the content is a placeholder.
    pub fn placeholder(&self) -> Itinerary {
        self.draft(|_| nowhere(), &NO_WEATHER)
    }

    /// The plan of the non-streaming path, which falls back to a placeholder silently.
    pub fn graph_plan(&self, generated_at: String) -> Itinerary {
        if self.refinements() > MOST_GRAPH_REFINEMENTS { self.placeholder() } else { self.plan(generated_at) }
    }

    fn draft(&self, places: impl Fn(usize) -> (String, String), weather: &Weather) -> Itinerary {
        let prices = Prices::of(&self.budget);
        let number = usize::try_from(self.days.min(MOST_DAYS)).unwrap_or(0);
        Itinerary {
            title: format!("{} {}-Day Adventure", self.location, self.days),
            days: (0..number).map(|index| day(index, places(index), &prices, weather)).collect(),
            total_estimated_cost: prices.daily * self.days,
            currency: "KRW",
            weather_summary: weather.summary,
            tips: vec![
                format!("💰 Budget: ₩{} per day", prices.daily_text),
                weather.tip.to_owned(),
                "🚇 Use T-money card for public transport".to_owned(),
                "📱 Download Kakao Map app for navigation".to_owned(),
            ],
            refined: None,
            metadata: None,
        }
    }

    fn sight(&self, day: usize) -> String {
        let known = self.known().and_then(|(_, sights, _)| sights.get(day % sights.len()));
        known.map_or_else(|| format!("{} Old Town", self.location), |name| (*name).to_owned())
    }

    fn restaurant(&self, day: usize) -> String {
        let known = self.known().and_then(|(_, _, eating)| eating.get(day % eating.len()));
        known.map_or_else(|| format!("{} Market Hall", self.location), |name| (*name).to_owned())
    }

    fn known(&self) -> Option<&'static (&'static str, [&'static str; 3], [&'static str; 3])> {
        let location = self.location.to_lowercase();
        PLACES.iter().find(|(city, ..)| location.contains(city))
    }
}

/// Mock mode's prices, in won.
struct Prices {
    daily: i64,
    daily_text: &'static str,
    meal: i64,
    transport: i64,
}

impl Prices {
    fn of(budget: &str) -> Self {
        match budget {
            "low" => Self { daily: 50_000, daily_text: "50,000", meal: 15_000, transport: 5_000 },
            "high" => Self { daily: 200_000, daily_text: "200,000", meal: 60_000, transport: 50_000 },
            _ => Self { daily: 100_000, daily_text: "100,000", meal: 30_000, transport: 15_000 },
        }
    }
}

fn nowhere() -> (String, String) {
    ("City Center".to_owned(), "Local Restaurant".to_owned())
}

fn day(index: usize, (sight, restaurant): (String, String), prices: &Prices, weather: &Weather) -> Day {
    Day {
        day: index as i64 + 1,
        activity: format!("Explore {sight}, lunch at {restaurant}"),
        details: DayParts {
            morning: DayPart {
                time: "09:00-12:00",
                activity: format!("Visit {sight}"),
                location: Some(sight.clone()),
                cost: prices.transport,
            },
            afternoon: DayPart {
                time: "13:00-17:00",
                activity: format!("Lunch and explore {restaurant}"),
                location: Some(restaurant),
                cost: prices.meal,
            },
            evening: DayPart {
                time: "18:00-21:00",
                activity: "Dinner and night scene".to_owned(),
                location: None,
                cost: prices.meal,
            },
        },
        location: sight,
        estimated_cost: prices.daily,
        weather_tip: weather.of_a_day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trip(location: &str, days: i64, max_iterations: i64) -> Trip {
        let (location, budget) = (location.to_owned(), "medium".to_owned());
        Trip { location, days, budget, max_iterations, model: Model::Real }
    }

    #[test]
    fn plans_are_as_long_as_those_seen_on_the_real_agent() {
        let mocked = Trip { model: Model::Mock, ..trip("Seoul", 3, 3) };
        let plan = mocked.plan("2025-11-10T12:34:56.123456".to_owned());
        assert_eq!(serde_json::to_string(&plan).unwrap().len(), 2004);
        assert_eq!(serde_json::to_string(&mocked.placeholder()).unwrap().len(), 1738);
    }

    #[test]
    fn a_mocked_model_knows_no_places() {
        let mocked = Trip { model: Model::Mock, ..trip("Busan", 2, 3) }.plan(String::new());
        assert!(mocked.days.iter().all(|day| day.location == "City Center"));
    }

    #[test]
    fn a_plan_is_told_from_a_placeholder() {
        let text = |plan: &Itinerary| serde_json::to_string(plan).unwrap();
        let plan = text(&trip("Busan", 2, 3).plan(String::new()));
        assert!(plan.contains("metadata") && plan.contains("Haeundae") && !plan.contains("City Center"));
        let placeholder = text(&trip("Busan", 2, 3).placeholder());
        assert!(!placeholder.contains("metadata") && placeholder.contains("City Center"));
    }

    #[test]
    fn too_many_iterations_end_in_a_placeholder_off_the_stream() {
        assert!(trip("Seoul", 3, 11).graph_plan(String::new()).metadata.is_some());
        assert!(trip("Seoul", 3, 12).graph_plan(String::new()).metadata.is_none());
        assert!(trip("Seoul", 3, 50).plan(String::new()).metadata.is_some());
    }

    #[test]
    fn a_trip_that_ends_before_it_starts_has_no_days_and_costs_less_than_nothing() {
        let plan = trip("Seoul", -2, 3).plan(String::new());
        assert!(plan.days.is_empty());
        assert_eq!(plan.total_estimated_cost, -200_000);
    }

    #[test]
    fn an_unknown_budget_costs_as_medium() {
        let plan = Trip { budget: "300000".to_owned(), ..trip("Nowhere", 1, 1) }.plan(String::new());
        assert_eq!((plan.days[0].estimated_cost, plan.refined), (100_000, None));
        assert_eq!(plan.days[0].location, "Nowhere Old Town");
    }
}
