//! The stub's times alone, beside those of the real services.

use super::PERSON;
use super::calls::{CALLS, Call, Needs, Until};
use super::kept::{Answer, Kept, Request};
use crate::figures::median;
use crate::found::{Found, table};
use crate::hosts::Services;
use crate::shared::markdown::{self, Columns};

const WITHIN: f64 = 0.30;
/// Requests of one median.
const REQUESTS: usize = 20;

const TIMES: Columns<5> = [("call", 26), ("direct, ms", 10), ("real", 5), ("gateway, ms", 11), ("real", 5)];

/// Measures every call, directly and through the gateway where both were measured.
pub fn measure(services: &Services, found: &mut Found) {
    let mut numbers = 100..;
    let mut lines = Vec::new();
    for call in CALLS {
        let direct = call.real.0.map(|_| alone(services, call, call.service, call.path, &mut numbers));
        let behind = call.path.replacen("/api/v1/", "/api/", 1);
        let gateway = call.real.1.map(|_| alone(services, call, "gateway", &behind, &mut numbers));
        for (way, measured, real) in [("direct", direct, call.real.0), ("gateway", gateway, call.real.1)] {
            if let Some((measured, real)) = measured.zip(real) {
                judge(&format!("{}, {way}", call.name), measured, real, found);
            }
        }
        lines.push(line(call, direct, gateway));
    }
    found.details.push(format!("### The stub's times alone\n\n{}", table(&TIMES, lines.into_iter())));
}

fn judge(call: &str, ms: f64, real: f64, found: &mut Found) {
    let off = ms / real - 1.0;
    let said = format!("{:+.0} % ({ms:.2} ms)", 100.0 * off);
    let figure = format!("{call}, alone, by the real one's {real} ms");
    found.target(figure, said, "± 30 %", off.abs() <= WITHIN);
}

fn line(call: &Call, direct: Option<f64>, gateway: Option<f64>) -> String {
    let ours = |ms: Option<f64>| ms.map_or("–".to_owned(), |ms| format!("{ms:.2}"));
    let real = |ms: Option<f64>| ms.map_or("–".to_owned(), |ms| ms.to_string());
    let (by_itself, behind) = call.real;
    let fields = [call.name.to_owned(), ours(direct), real(by_itself), ours(gateway), real(behind)];
    markdown::line(&TIMES, fields)
}

/// The median of some requests, one at a time, on one connection; the first is not counted.
fn alone(
    services: &Services,
    call: &Call,
    port: &str,
    path: &str,
    numbers: &mut impl Iterator<Item = u32>,
) -> f64 {
    let mut kept = Kept::open(services.port(port));
    let mut answer = || {
        let number = numbers.next().unwrap();
        let needed = needed(services, call.needs, number);
        let fill = |text: &str| text.replace("{}", &needed);
        let request = Request::new(call.method, fill(path), fill(call.body)).by(call.user).with_key(number);
        kept.answer(&request)
    };
    answer();
    let ms = |answer: Answer| match call.until {
        Until::First => answer.first.as_secs_f64() * 1e3,
        Until::Last => answer.last.as_secs_f64() * 1e3,
    };
    median((0..REQUESTS).map(|_| ms(answer()))).unwrap()
}

/// Makes what a call needs, on another connection.
fn needed(services: &Services, needs: Needs, number: u32) -> String {
    let answer =
        |port, path, body| Kept::open(services.port(port)).answer(&Request::new("POST", path, body).by(4));
    match needs {
        Needs::Nothing => String::new(),
        Needs::Number => number.to_string(),
        Needs::Plan => answer("plan", "/api/v1/plans", super::PLAN).field("id"),
        Needs::Session => answer("auth", "/api/auth/login", PERSON).field("refreshToken"),
    }
}
