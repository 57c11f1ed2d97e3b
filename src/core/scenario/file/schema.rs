//! The JSON Schema of scenario files, made from the wire types, so that editors complete and check them.

use super::wire::WireScenario;

/// The schema, as `docs/scenario.schema.json` has it.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(WireScenario).to_value()
}
