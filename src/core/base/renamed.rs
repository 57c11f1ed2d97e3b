//! Earlier names of the program's scenarios, which scripts, links and kept reports still have.

/// Each earlier name, and what the scenario is called now.
const RENAMED: [(&str, &str); 1] = [("oddiya", "locust")];

/// What a scenario is called now that may have an earlier name.
pub fn scenario_now(name: &str) -> &str {
    RENAMED.into_iter().find(|(earlier, _)| *earlier == name).map_or(name, |(_, now)| now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_name_leads_to_the_present_one_and_others_stay() {
        assert_eq!(["oddiya", "locust", "mine"].map(scenario_now), ["locust", "locust", "mine"]);
    }
}
