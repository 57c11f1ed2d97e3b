//! Reads the generators of a blank: `int 1..10`, `uuid`, `one of A|B`, `date +30..+60`, …

use super::names::Names;
use super::pieces::BlankProblem;
use crate::core::scenario::model::text::{Choice, DateBase, Generator, Source, Template, TimestampForm};

/// The longest random text, the widest range of Zipf's law, and the longest offset of a date.
const LONGEST_TEXT: u32 = 1_000_000;
const MOST_CHOICES: u64 = 100_000;
const MOST_DAYS: u32 = 100_000;

/// The generators whose blank is the same for the whole run.
const FIXED: [&str; 7] = ["int", "decimal", "one", "zipf", "date", "timestamp", "text"];

/// Why a generator is refused.
pub enum Wrong {
    /// A text within it is wrong.
    Inner(BlankProblem),
    Generator(String),
}

impl From<BlankProblem> for Wrong {
    fn from(problem: BlankProblem) -> Self {
        Self::Inner(problem)
    }
}

/// Reads a text within a generator.
type ReadInner<'r> = &'r dyn Fn(&str) -> Result<Template, BlankProblem>;

/// Reads a generator; `None` when the first word names none.
pub fn read(blank: &str, names: &Names, inner: ReadInner) -> Option<Result<Source, Wrong>> {
    let (word, rest) = blank.split_once(char::is_whitespace).unwrap_or((blank, ""));
    let rest = rest.trim();
    if FIXED.contains(&word) && rest.contains("${") {
        let message = match word {
            "one" | "zipf" => "; of values that change, make a list with `append` and write `${pick LIST}`",
            _ => "; write fixed ones",
        };
        let message = format!("`${{{blank}}}` may have settings in it, and no other values{message}");
        return Some(Err(Wrong::Generator(message)));
    }
    let generator = match word {
        "int" => int(rest).ok_or("no range; write `${int 1..10}`, both ends included"),
        "decimal" => decimal(rest).ok_or("no range; write `${decimal 0.50..9.99}`, with as many digits at both ends"),
        "uuid" if rest.is_empty() => Ok(Generator::Uuid),
        "one" => one_of(rest).ok_or("no choice; write `${one of Seoul|Busan}` or, with weights, `${one of Seoul*3|Busan}`"),
        "zipf" => zipf(rest).ok_or("no choice; write `${zipf of Seoul|Busan|Jeju}` or `${zipf 1.2 of 1..1000}`"),
        "date" => date(rest, names).ok_or(
            "no day; write `${date}`, `${date +30}`, `${date +30..+60}` or, from another day, `${date start +2}`",
        ),
        "timestamp" => timestamp(rest).ok_or("no form of a time; write `${timestamp}`, `${timestamp ms}` or `${timestamp iso}`"),
        "text" => text(rest).ok_or("no length; write `${text 20}` or `${text 5..20}`, at most 1000000"),
        "counter" => return Some(counter(rest, names)),
        "base64" | "minted_token" => return Some(wrapped(word, rest, inner)),
        "pick" | "count" => return Some(of_list(word, rest, names)),
        _ => return None,
    };
    let wrong = |problem: &str| Wrong::Generator(format!("`${{{blank}}}` has {problem}"));
    Some(generator.map(Source::Generator).map_err(wrong))
}

fn range<T: std::str::FromStr + Copy + PartialOrd>(text: &str) -> Option<(T, T)> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    (from <= to).then_some((from, to))
}

fn int(text: &str) -> Option<Generator> {
    let (from, to) = range::<i64>(text).filter(|_| text.contains(".."))?;
    to.checked_sub(from)?.checked_add(1)?;
    Some(Generator::Int { from, to })
}

fn decimal(text: &str) -> Option<Generator> {
    let (from, to) = text.split_once("..").filter(|(from, _)| from.contains('.')).or_else(|| {
        // `1..2.5`: the first two points belong together.
        text.split_once("..")
    })?;
    let digits = |text: &str| text.trim().split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let most = digits(from).max(digits(to));
    let digits = u8::try_from(most).ok().filter(|digits| *digits <= 9)?;
    let units = |text: &str| {
        let text = text.trim();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        format!("{whole}{fraction:0<most$}").parse::<i64>().ok()
    };
    let (from, to) = (units(from)?, units(to)?);
    (from <= to && to.checked_sub(from)?.checked_add(1).is_some()).then_some(Generator::Decimal {
        from,
        to,
        digits,
    })
}

fn one_of(text: &str) -> Option<Generator> {
    let choices = text.strip_prefix("of")?.split('|').map(|choice| weighted(choice.trim()));
    let choices: Vec<(String, u64)> = choices.collect::<Option<_>>()?;
    let even = choices.iter().all(|(_, weight)| *weight == 1);
    let sums = if even { Vec::new() } else { sums(choices.iter().map(|(_, weight)| *weight)) };
    let texts = choices.into_iter().map(|(text, _)| text).collect();
    Some(Generator::Choice(Choice { texts, sums }))
}

/// A choice with its weight: `Seoul*3`.
fn weighted(choice: &str) -> Option<(String, u64)> {
    let (text, weight) = match choice.rsplit_once('*') {
        Some((text, weight)) if !weight.is_empty() && weight.bytes().all(|byte| byte.is_ascii_digit()) => {
            (text.trim(), weight.parse::<u32>().ok().filter(|weight| *weight > 0)?)
        }
        _ => (choice, 1),
    };
    (!text.is_empty()).then(|| (text.to_owned(), u64::from(weight)))
}

fn sums(weights: impl Iterator<Item = u64>) -> Vec<u64> {
    weights
        .scan(0u64, |sum, weight| {
            *sum = sum.saturating_add(weight);
            Some(*sum)
        })
        .collect()
}

/// Zipf's law: the n-th choice is drawn in proportion to n to the power of minus the exponent, 1 if none is given.
fn zipf(text: &str) -> Option<Generator> {
    let (exponent, choices) = text.split_once("of")?;
    let exponent = match exponent.trim() {
        "" => 1.0,
        typed => typed.parse::<f64>().ok().filter(|exponent| (0.0..=10.0).contains(exponent))?,
    };
    let choices = choices.trim();
    let texts: Vec<String> = match range::<u64>(choices).filter(|_| choices.contains("..")) {
        Some((from, to)) if to - from < MOST_CHOICES => {
            (from..=to).map(|number| number.to_string()).collect()
        }
        Some(_) => return None,
        None => choices.split('|').map(|choice| choice.trim().to_owned()).collect(),
    };
    // Whole numbers, so that page and runner draw the same.
    let scale = f64::from(u32::MAX);
    let weight = |rank: usize| (scale / (rank as f64).powf(exponent)).round().max(1.0) as u64;
    let complete = texts.iter().all(|text| !text.is_empty());
    complete.then(|| Generator::Choice(Choice { sums: sums((1..=texts.len()).map(weight)), texts }))
}

fn date(text: &str, names: &Names) -> Option<Generator> {
    let (base, offset) = match text.split_once(char::is_whitespace) {
        Some((name, offset)) => (DateBase::Slot(names.slot(name)?), offset.trim()),
        None if text.is_empty() || text.starts_with(['+', '-']) => (DateBase::Today, text),
        None => (DateBase::Slot(names.slot(text)?), ""),
    };
    let (from_days, to_days) = if offset.is_empty() { (0, 0) } else { range::<i32>(offset)? };
    let near = |days: i32| days.unsigned_abs() <= MOST_DAYS;
    (near(from_days) && near(to_days)).then_some(Generator::Date { base, from_days, to_days })
}

fn timestamp(text: &str) -> Option<Generator> {
    let form = match text {
        "" | "s" => TimestampForm::Seconds,
        "ms" => TimestampForm::Millis,
        "iso" => TimestampForm::Iso,
        _ => return None,
    };
    Some(Generator::Timestamp(form))
}

fn text(length: &str) -> Option<Generator> {
    let (from, to) = range::<u32>(length).filter(|(_, to)| *to <= LONGEST_TEXT)?;
    Some(Generator::Text { from, to })
}

fn counter(name: &str, names: &Names) -> Result<Source, Wrong> {
    let name = if name.is_empty() { "counter" } else { name };
    let is_word = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if !is_word {
        return Err(Wrong::Generator(format!(
            "`{name}` is no name of a counter; write `${{counter}}` or `${{counter orders}}`"
        )));
    }
    Ok(Source::Generator(Generator::Counter(names.counter(name))))
}

fn wrapped(word: &str, text: &str, read: ReadInner) -> Result<Source, Wrong> {
    if text.is_empty() {
        return Err(Wrong::Generator(format!("`${{{word}}}` has no value; write `${{{word} ${{NAME}}}}`")));
    }
    let inner = Box::new(read(text)?);
    let generator = if word == "base64" { Generator::Base64(inner) } else { Generator::MintedToken(inner) };
    Ok(Source::Generator(generator))
}

fn of_list(word: &str, name: &str, names: &Names) -> Result<Source, Wrong> {
    let slot = names.slot(name).ok_or_else(|| Wrong::Generator(names.unknown(name)))?;
    Ok(if word == "pick" { Source::Pick(slot) } else { Source::Count(slot) })
}
