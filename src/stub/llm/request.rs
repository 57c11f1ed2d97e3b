//! The agent's request body, validated as FastAPI and pydantic validate it, with their error texts.
//!
//! Pure. Like pydantic, it accepts a numeric text as an integer and refuses a number as a text.

use serde_json::{Map, Value, json};

use super::itinerary::{MOST_DAYS, Trip};
use super::json_errors;
use super::python_dates::{from_iso, trip_days};
use crate::stub::accept::is_json;
use crate::stub::options::Model;

/// Defaults of the agent.
const DEFAULT_BUDGET: &str = "medium";
const DEFAULT_ITERATIONS: i64 = 3;

/// Prefix of the links in pydantic's errors, for the version that FastAPI 0.104.1 uses.
const ERRORS_URL: &str = "https://errors.pydantic.dev/2.5/v/";

/// A body that passed validation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRequest {
    pub location: String,
    pub start_date: String,
    pub end_date: String,
    /// As sent: null and a missing budget have different cache keys.
    pub budget: Option<String>,
    pub title: Option<String>,
    pub max_iterations: Option<i64>,
}

/// Why a body was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRequest {
    /// The `detail` of a 422.
    Problems(Value),
    /// It is not UTF-8: a 400.
    NoText,
}

impl From<Value> for BadRequest {
    fn from(problems: Value) -> Self {
        Self::Problems(problems)
    }
}

impl PlanRequest {
    pub fn parse(content_type: Option<&str>, body: &[u8]) -> Result<Self, BadRequest> {
        let fields = object(content_type, body)?;
        let mut problems = Vec::new();
        let location = required_text(&fields, "location", &mut problems);
        let start_date = required_text(&fields, "startDate", &mut problems);
        let end_date = required_text(&fields, "endDate", &mut problems);
        let budget = match fields.get("budget") {
            None => Some(DEFAULT_BUDGET.to_owned()),
            Some(_) => optional_text(&fields, "budget", &mut problems),
        };
        let title = optional_text(&fields, "title", &mut problems);
        let max_iterations = optional_integer(&fields, "maxIterations", &mut problems);
        if !problems.is_empty() {
            return Err(Value::Array(problems).into());
        }
        Ok(Self { location, start_date, end_date, budget, title, max_iterations })
    }

    /// Whether there is a title that is not empty.
    pub fn has_title(&self) -> bool {
        self.title.as_deref().is_some_and(|title| !title.is_empty())
    }

    /// The trip; `Err` is Python's message about an invalid date.
    pub fn trip(&self, model: Model) -> Result<Trip, String> {
        let days = trip_days(from_iso(&self.start_date)?, from_iso(&self.end_date)?)?;
        if days > MOST_DAYS {
            return Err(format!("the stub plans at most {MOST_DAYS} days"));
        }
        let budget = self.budget.clone().filter(|budget| !budget.is_empty());
        let max_iterations = self.max_iterations.filter(|&iterations| iterations != 0);
        Ok(Trip {
            location: self.location.clone(),
            days,
            budget: budget.unwrap_or_else(|| DEFAULT_BUDGET.to_owned()),
            max_iterations: max_iterations.unwrap_or(DEFAULT_ITERATIONS),
            model,
        })
    }

    /// The cache key. It holds the texts as they were sent, so upper and lower case differ; title and iterations are
    /// not part of it.
    pub fn cache_key(&self) -> String {
        let budget = self.budget.as_deref().unwrap_or("None");
        format!("plan:{}:{}:{}:{budget}", self.location, self.start_date, self.end_date)
    }
}

fn object(content_type: Option<&str>, body: &[u8]) -> Result<Map<String, Value>, BadRequest> {
    let missing = || json!([problem("missing", json!(["body"]), "Field required", &Value::Null)]);
    if body.is_empty() {
        return Err(missing().into());
    }
    let wrong_type = |input: &Value| {
        let message = "Input should be a valid dictionary or object to extract fields from";
        json!([problem("model_attributes_type", json!(["body"]), message, input)])
    };
    if content_type.is_some_and(|kind| !is_json(kind)) {
        return Err(wrong_type(&Value::String(String::from_utf8_lossy(body).into_owned())).into());
    }
    let text = std::str::from_utf8(body).map_err(|_| BadRequest::NoText)?;
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(Value::Null) => Err(missing().into()),
        Ok(other) => Err(wrong_type(&other).into()),
        Err(_) => {
            // Python takes some texts that serde does not, such as NaN; they have no place here.
            let (error, at) = json_errors::of(text).unwrap_or(("Expecting value", 0));
            Err(json!([{
                "type": "json_invalid", "loc": ["body", at], "msg": "JSON decode error", "input": {}, "ctx": {"error": error},
            }])
            .into())
        }
    }
}

fn required_text(fields: &Map<String, Value>, name: &str, problems: &mut Vec<Value>) -> String {
    match fields.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => {
            problems.push(not_a_text(name, other));
            String::new()
        }
        None => {
            let input = Value::Object(fields.clone());
            problems.push(problem("missing", json!(["body", name]), "Field required", &input));
            String::new()
        }
    }
}

fn optional_text(fields: &Map<String, Value>, name: &str, problems: &mut Vec<Value>) -> Option<String> {
    match fields.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => {
            problems.push(not_a_text(name, other));
            None
        }
    }
}

fn optional_integer(fields: &Map<String, Value>, name: &str, problems: &mut Vec<Value>) -> Option<i64> {
    let value = fields.get(name)?;
    let (kind, message) = match value {
        Value::Null => return None,
        Value::Bool(flag) => return Some(i64::from(*flag)),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => return Some(whole),
            (None, Some(float)) if float.fract() == 0.0 => return Some(float as i64),
            _ => ("int_from_float", "Input should be a valid integer, got a number with a fractional part"),
        },
        Value::String(text) => match text.trim().parse() {
            Ok(whole) => return Some(whole),
            Err(_) => {
                ("int_parsing", "Input should be a valid integer, unable to parse string as an integer")
            }
        },
        _ => ("int_type", "Input should be a valid integer"),
    };
    problems.push(problem(kind, json!(["body", name]), message, value));
    None
}

fn not_a_text(name: &str, input: &Value) -> Value {
    problem("string_type", json!(["body", name]), "Input should be a valid string", input)
}

fn problem(kind: &str, place: Value, message: &str, input: &Value) -> Value {
    json!({"type": kind, "loc": place, "msg": message, "input": input, "url": format!("{ERRORS_URL}{kind}")})
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: Option<&str> = Some("application/json");

    fn parse(body: &str) -> Result<PlanRequest, Value> {
        PlanRequest::parse(JSON, body.as_bytes()).map_err(|bad| match bad {
            BadRequest::Problems(problems) => problems,
            BadRequest::NoText => Value::Null,
        })
    }

    #[test]
    fn fills_in_what_is_optional() {
        let request =
            parse(r#"{"location":"Seoul","startDate":"2025-11-10","endDate":"2025-11-12"}"#).unwrap();
        assert_eq!(request.cache_key(), "plan:Seoul:2025-11-10:2025-11-12:medium");
        let trip = request.trip(Model::Mock).unwrap();
        assert_eq!((trip.days, trip.max_iterations, trip.budget.as_str()), (3, 3, "medium"));
    }

    #[test]
    fn a_null_budget_has_a_key_of_its_own_but_costs_as_medium() {
        let request =
            parse(r#"{"location":"Seoul","startDate":"2025-11-10","endDate":"2025-11-12","budget":null}"#)
                .unwrap();
        assert!(request.cache_key().ends_with(":None"));
        assert_eq!(request.trip(Model::Mock).unwrap().budget, "medium");
    }

    #[test]
    fn names_every_missing_field() {
        let detail = parse(r#"{"endDate":"2025-11-12"}"#).unwrap_err();
        assert_eq!(detail[0]["loc"], json!(["body", "location"]));
        assert_eq!(detail[1]["loc"], json!(["body", "startDate"]));
        assert_eq!(detail[0]["url"], "https://errors.pydantic.dev/2.5/v/missing");
    }

    #[test]
    fn refuses_wrong_types_as_pydantic_does() {
        let with = |extra: &str| {
            parse(&format!(r#"{{"location":"S","startDate":"2025-11-10","endDate":"2025-11-12",{extra}}}"#))
        };
        assert_eq!(with(r#""budget":300000"#).unwrap_err()[0]["type"], "string_type");
        assert_eq!(with(r#""maxIterations":1.5"#).unwrap_err()[0]["type"], "int_from_float");
        assert_eq!(with(r#""maxIterations":"x""#).unwrap_err()[0]["type"], "int_parsing");
        assert_eq!(with(r#""maxIterations":"7""#).unwrap().max_iterations, Some(7));
    }

    #[test]
    fn refuses_what_is_no_object() {
        assert_eq!(parse("{").unwrap_err()[0]["type"], "json_invalid");
        assert_eq!(parse("[]").unwrap_err()[0]["type"], "model_attributes_type");
        assert_eq!(parse("").unwrap_err()[0]["type"], "missing");
        assert_eq!(parse("null").unwrap_err()[0]["type"], "missing");
        let BadRequest::Problems(problems) = PlanRequest::parse(Some("text/plain"), b"{}").unwrap_err()
        else {
            panic!("it is a text")
        };
        assert_eq!(problems[0]["type"], "model_attributes_type");
        assert_eq!(PlanRequest::parse(JSON, b"{\"a\":\"\xe9\"}").unwrap_err(), BadRequest::NoText);
    }

    #[test]
    fn a_bad_date_passes_validation_and_fails_later_with_pythons_words() {
        let request = parse(r#"{"location":"Seoul","startDate":"soon","endDate":"2025-11-12"}"#).unwrap();
        assert_eq!(request.trip(Model::Mock).unwrap_err(), "Invalid isoformat string: 'soon'");
    }
}
