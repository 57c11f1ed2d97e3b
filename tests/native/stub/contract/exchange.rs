//! The recorded exchanges, as `tests/fixtures/oddiya/README.md` describes them.

use std::collections::BTreeMap;
use std::io::Read as _;

use serde::Deserialize;
use serde_json::Value;

const RECORDING: &[u8] = include_bytes!("../../../fixtures/oddiya/exchanges.jsonl.gz");

#[derive(Clone, Debug, Deserialize)]
pub struct Exchange {
    pub n: u32,
    pub group: String,
    pub case: String,
    /// Who was asked: `gw`, `auth`, `user`, `plan`, `video` or `llm`.
    pub service: String,
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Value>,
    #[serde(default)]
    pub with: With,
    /// The variable in which the answer's id is kept, or `variable:field`.
    pub save: Option<String>,
    pub answer: Recorded,
}

/// How a request was sent, where that is unusual.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct With {
    pub version: Option<String>,
    #[serde(default)]
    pub chunked_body: bool,
    pub host: Option<String>,
}

/// The answer of the real host.
#[derive(Clone, Debug, Deserialize)]
pub struct Recorded {
    pub status: u16,
    pub headers: BTreeMap<String, Value>,
    pub framing: String,
    pub closes: bool,
    pub bytes: usize,
    pub body: Option<Value>,
}

/// All exchanges, group by group, each group in its own order.
pub fn by_group() -> BTreeMap<String, Vec<Exchange>> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(RECORDING).read_to_string(&mut text).unwrap();
    let mut groups: BTreeMap<String, Vec<Exchange>> = BTreeMap::new();
    for line in text.lines() {
        let exchange: Exchange = serde_json::from_str(line).unwrap();
        groups.entry(exchange.group.clone()).or_default().push(exchange);
    }
    groups
}
