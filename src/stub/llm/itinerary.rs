//! The plan that the agent makes. Pure: the trip alone decides it.
//!
//! Fields and prices are those of Oddiya's mock mode. The places are real ones of the destination, because clients
//! recognise a placeholder plan (the agent's silent fallback) by its "City Center".

use serde::Serialize;

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

/// The weather in mock mode, the same every day.
const WEATHER: (&str, &str) = ("clear sky", "✨ Perfect weather for sightseeing!");

/// The agent's graph has a limit of 25 steps: 4 fixed ones and 2 for each refinement. With more refinements than this
/// the agent answers 200 with a placeholder. The streaming path has no graph and no limit.
const MOST_GRAPH_REFINEMENTS: i64 = 10;

/// The stub's own limit, far beyond any real trip, because each day takes half a kilobyte of memory.
pub const MOST_DAYS: i64 = 20_000;

/// The stub's own limit. The real agent has none on its streaming path.
const MOST_REFINEMENTS: i64 = 1_000;

impl Trip {
    /// Number of issues that mock mode's validation finds. It finds one in every trip that has days (their text lacks
    /// "Morning:") or a negative number of them.
    pub fn issues(&self) -> i64 {
        i64::from(self.days != 0)
    }

    /// Number of refinements. In mock mode refining never removes an issue, so the plan is refined until it was
    /// validated `max_iterations` times.
    pub fn refinements(&self) -> i64 {
        if self.issues() == 0 { 0 } else { (self.max_iterations - 1).clamp(0, MOST_REFINEMENTS) }
    }

    /// The finished plan.
    pub fn plan(&self, generated_at: String) -> Itinerary {
        let places = |day| (self.sight(day), self.restaurant(day));
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
            ..self.draft(places)
        }
    }

    /// The agent's answer when its model failed: the status says success, but the content is a placeholder.
    pub fn placeholder(&self) -> Itinerary {
        self.draft(|_| ("City Center".to_owned(), "Local Restaurant".to_owned()))
    }

    /// The plan of the non-streaming path, which falls back to a placeholder silently.
    pub fn graph_plan(&self, generated_at: String) -> Itinerary {
        if self.refinements() > MOST_GRAPH_REFINEMENTS { self.placeholder() } else { self.plan(generated_at) }
    }

    fn draft(&self, places: impl Fn(usize) -> (String, String)) -> Itinerary {
        let prices = Prices::of(&self.budget);
        let number = usize::try_from(self.days.min(MOST_DAYS)).unwrap_or(0);
        Itinerary {
            title: format!("{} {}-Day Adventure", self.location, self.days),
            days: (0..number).map(|index| day(index, places(index), &prices)).collect(),
            total_estimated_cost: prices.daily * self.days,
            currency: "KRW",
            weather_summary: WEATHER.0,
            tips: vec![
                format!("💰 Budget: ₩{} per day", prices.daily_text),
                format!("🌤️ {}", WEATHER.1),
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

fn day(index: usize, (sight, restaurant): (String, String), prices: &Prices) -> Day {
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
        weather_tip: WEATHER.1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trip(location: &str, days: i64, max_iterations: i64) -> Trip {
        Trip { location: location.to_owned(), days, budget: "medium".to_owned(), max_iterations }
    }

    #[test]
    fn a_placeholder_is_as_long_as_the_one_seen_on_the_real_agent() {
        // 2 004 B were seen for three days with metadata, which in mock mode holds the same places.
        let mut plan = trip("Seoul", 3, 3).placeholder();
        plan.refined = Some(true);
        plan.metadata = trip("Seoul", 3, 3).plan("2025-11-10T12:34:56.123456".to_owned()).metadata;
        assert_eq!(serde_json::to_string(&plan).unwrap().len(), 2004);
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
