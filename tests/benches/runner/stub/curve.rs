//! The stub's curve under load beside that of the real services, and what the stub takes of a core for it.

use super::kept::token;
use crate::figures::{wrk_quantile_ms, wrk_rate};
use crate::found::{Found, table};
use crate::generators::wrk_latency;
use crate::hosts::Services;
use crate::shared::markdown::{self, Columns};

const WITHIN: f64 = 0.40;
const MOST_OF_A_CORE: f64 = 0.2;

const CURVE: Columns<8> = [
    ("call", 20),
    ("connections", 11),
    ("p50, ms", 7),
    ("real", 5),
    ("p99, ms", 7),
    ("real", 5),
    ("a second (real)", 15),
    ("of a core", 9),
];

/// A route under load.
struct Curve {
    name: &'static str,
    port: &'static str,
    path: &'static str,
    /// What the stub may take of a core; asked directly, the host does more than that was asked of.
    core: Option<f64>,
    real: [Real; 4],
}

/// Connections, p50 and p99 in milliseconds, and requests a second of the real services.
type Real = (u32, f64, f64, f64);

const CURVES: [Curve; 4] = [
    Curve {
        name: "profile, gateway",
        port: "gateway",
        path: "/api/users/me",
        core: Some(MOST_OF_A_CORE),
        real: [
            (1, 2.1, 9.6, 394.0),
            (10, 4.6, 13.8, 2057.0),
            (50, 21.2, 57.0, 2264.0),
            (100, 46.0, 104.0, 2112.0),
        ],
    },
    Curve {
        name: "profile, direct",
        port: "user",
        path: "/api/v1/users/me",
        core: None,
        real: [
            (1, 0.4, 5.5, 2308.0),
            (10, 1.8, 6.7, 5439.0),
            (50, 8.2, 40.0, 5154.0),
            (100, 21.0, 102.0, 4404.0),
        ],
    },
    Curve {
        name: "list of ten, gateway",
        port: "gateway",
        path: "/api/plans",
        core: Some(MOST_OF_A_CORE),
        real: [
            (1, 2.5, 78.0, 332.0),
            (10, 11.0, 36.0, 836.0),
            (50, 62.0, 196.0, 789.0),
            (100, 126.0, 375.0, 789.0),
        ],
    },
    Curve {
        name: "list of ten, direct",
        port: "plan",
        path: "/api/v1/plans",
        core: None,
        real: [
            (1, 1.2, 4.5, 728.0),
            (10, 7.7, 22.0, 1226.0),
            (50, 50.0, 156.0, 996.0),
            (100, 105.0, 346.0, 942.0),
        ],
    },
];

/// What was found at so many connections.
struct Measured {
    p50: f64,
    p99: f64,
    rate: f64,
    core: f64,
}

/// Loads every route at every number of connections, for `secs` each.
pub fn measure(services: &Services, secs: u64, found: &mut Found) {
    let mut lines = Vec::new();
    for curve in &CURVES {
        for real in curve.real {
            let measured = load(services, curve, real.0, secs);
            judge(curve, real, &measured, found);
            lines.push(line(curve, real, &measured));
        }
    }
    found.details.push(format!("### The stub's curve\n\n{}", table(&CURVE, lines.into_iter())));
}

fn load(services: &Services, curve: &Curve, connections: u32, secs: u64) -> Measured {
    let url = format!("http://127.0.0.1:{}{}", services.port(curve.port), curve.path);
    let headers = [format!("Authorization: {}", token(1)), "X-User-Id: 1".to_owned()];
    let before = services.processor_secs();
    let said = wrk_latency(&url, connections, secs, &headers);
    let core = (services.processor_secs() - before) / secs as f64;
    let ms = |percentage| wrk_quantile_ms(&said, percentage).expect("wrk gave no quantile");
    Measured { p50: ms("50%"), p99: ms("99%"), rate: wrk_rate(&said).expect("wrk gave no rate"), core }
}

fn judge(curve: &Curve, (connections, p50, p99, _): Real, measured: &Measured, found: &mut Found) {
    for (name, ours, real) in [("p50", measured.p50, p50), ("p99", measured.p99, p99)] {
        let off = ours / real - 1.0;
        let figure =
            format!("{name} of {} at {connections} connections, by the real one's {real} ms", curve.name);
        found.target(figure, format!("{:+.0} % ({ours:.1} ms)", 100.0 * off), "± 40 %", off.abs() <= WITHIN);
    }
    if let Some(most) = curve.core {
        let figure = format!("The stub's part of a core: {} at {connections} connections", curve.name);
        let said = format!("{:.2} at {:.0}/s", measured.core, measured.rate);
        found.target(figure, said, &format!("≤ {most:.2}"), measured.core <= most);
    }
}

fn line(curve: &Curve, (connections, p50, p99, rate): Real, measured: &Measured) -> String {
    let fields = [
        curve.name.to_owned(),
        connections.to_string(),
        format!("{:.1}", measured.p50),
        format!("{p50:.1}"),
        format!("{:.1}", measured.p99),
        format!("{p99:.1}"),
        format!("{:.0} ({rate:.0})", measured.rate),
        format!("{:.2}", measured.core),
    ];
    markdown::line(&CURVE, fields)
}
