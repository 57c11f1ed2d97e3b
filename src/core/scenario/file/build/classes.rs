//! Reads the classes of users.

use std::cell::{Cell, RefCell};

use super::declared;
use super::fields::Standing;
use super::names::Names;
use super::repeats::{number, statuses_or, time};
use super::requests::{self, ClassRequests};
use super::shop::{Shop, one_row_each};
use super::steps::Steps;
use super::tasks;
use crate::core::base::units::Micros;
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::wire::class::{
    WireAfterRefusal, WireAuth, WireClass, WireNextRow, WireRefresh,
};
use crate::core::scenario::file::wire::forms::Scalar;
use crate::core::scenario::model::auth::{AfterRefusal, Auth, Refresh};
use crate::core::scenario::model::class::{Number, Presence, UserClass, Variable};
use crate::core::scenario::model::data::{NextRow, RowUse};
use crate::core::scenario::model::scenario::{DataId, ServiceId};
use crate::core::scenario::model::text::{DateBase, Generator, Part, Slot, Source, Template};
use crate::core::scenario::model::think_time::ThinkTime;

/// The most users that a class can have.
const MOST_USERS: u32 = 1_000_000;
/// How long a refresh may take where the text does not say: the time limit of the Oddiya app.
const USUAL_REFRESH: Micros = Micros::from_secs(30);

/// Reads one class; `None` after a problem that leaves nothing of it.
pub fn read(name: &At<String>, wire: &WireClass, shop: &Shop) -> Option<UserClass> {
    let names = Names::new(&shop.settings.values, &shop.data, shop.trouble);
    if name.value.is_empty() || name.value.contains(|c: char| c == ',' || c.is_whitespace() || c.is_control())
    {
        let message = "the name of a class stands on command lines; write it without blanks and commas";
        shop.trouble.about(name, message);
    }
    declared::declare_all(wire, &names, shop);
    let service = wire.service.as_ref().and_then(|name| shop.services.named(name, shop.trouble));
    let service = service.unwrap_or(ServiceId::MAIN);
    let requests = ClassRequests { service, headers: &wire.headers.0, auth_headers: auth_headers(wire) };
    let steps = Steps { shop, names: &names, requests, within: RefCell::default(), depth: Cell::default() };
    let variables = variables(wire, &steps);
    let auth = wire.auth.as_ref().and_then(|auth| read_auth(auth, &steps));
    let on_start = steps.list(&wire.on_start);
    let tasks = tasks::read(name, wire, &steps);
    let on_stop = steps.list(&wire.on_stop);
    let think_time = steps.think_time(wire.think_time.as_ref()).unwrap_or(ThinkTime::NONE);
    let number = number_of(name, wire, shop);
    let row_uses = row_uses(wire, &names, shop);
    drop(steps);
    let (slots, used) = names.into_parts();
    Some(UserClass {
        name: name.value.clone(),
        presence: if wire.optional == Some(true) { Presence::Named } else { Presence::Default },
        number: number?,
        think_time,
        slots,
        variables,
        rows: with_usual_uses(row_uses, used),
        auth,
        on_start,
        tasks: tasks?,
        on_stop,
        tags: wire.tags.clone(),
    })
}

/// The headers that a class's `auth` writes.
fn auth_headers(wire: &WireClass) -> Vec<&str> {
    let Some(At { value: auth, .. }) = &wire.auth else { return Vec::new() };
    let bearer = auth.bearer.iter().map(|_| "Authorization");
    bearer.chain(auth.headers.0.iter().map(|(name, _)| name.value.as_str())).collect()
}

fn number_of(name: &At<String>, wire: &WireClass, shop: &Shop) -> Option<Number> {
    let trouble = shop.trouble;
    match (&wire.weight, &wire.count) {
        (Some(weight), None) => number(weight, "the weight", 1, MOST_USERS, trouble).map(Number::Weight),
        (None, Some(count)) => {
            number(count, "the number of users", 1, MOST_USERS, trouble).map(Number::Fixed)
        }
        (None, None) => Some(Number::Weight(1)),
        (Some(_), Some(_)) => {
            trouble.about(name, "a class has either a `weight` or a `count` of users; keep one of them");
            None
        }
    }
}

fn variables(wire: &WireClass, steps: &Steps) -> Vec<Variable> {
    let one = |(name, value): &(At<String>, At<Scalar>)| {
        let variable = Variable { slot: steps.names.slot(&name.value)?, value: steps.value(value)? };
        // The values of a class have the first slots, in the order of the text.
        each_slot(&variable.value, &mut |used| {
            if used >= variable.slot {
                let used = steps.names.name(used);
                let message = "variables are drawn in the order of the text, when nothing else is set";
                let message = format!("`{used}` is not set yet: {message}; write it above");
                steps.shop.trouble.within(value.place, &used, message);
            }
        });
        Some(variable)
    };
    wire.variables.0.iter().filter_map(one).collect()
}

/// Calls `look` with each value that a text uses.
fn each_slot(template: &Template, look: &mut dyn FnMut(Slot)) {
    for part in &template.parts {
        let Part::Blank { source, .. } = part else { continue };
        match source {
            Source::Slot(slot) | Source::Pick(slot) | Source::Count(slot) => look(*slot),
            Source::Generator(Generator::Date { base: DateBase::Slot(slot), .. }) => look(*slot),
            Source::Generator(Generator::Base64(inner) | Generator::MintedToken(inner)) => {
                each_slot(inner, look)
            }
            _ => {}
        }
    }
}

fn row_uses(wire: &WireClass, names: &Names, shop: &Shop) -> Vec<RowUse> {
    let one = |(name, when): &(At<String>, At<WireNextRow>)| {
        let data = shop.trouble.keep(name, names.data(&name.value))?;
        let when = match when.value {
            WireNextRow::EachUser => NextRow::EachUser,
            WireNextRow::EachTask => NextRow::EachTask,
        };
        if when == NextRow::EachTask && shop.keeps_its_row(data) {
            shop.trouble.about(name, one_row_each(&name.value));
        }
        Some(RowUse { data, when })
    };
    wire.rows.0.iter().filter_map(one).collect()
}

/// A data set that is used and not named under `rows` gives a row to each user.
fn with_usual_uses(mut uses: Vec<RowUse>, used: Vec<DataId>) -> Vec<RowUse> {
    for data in used {
        if !uses.iter().any(|known| known.data == data) {
            uses.push(RowUse { data, when: NextRow::EachUser });
        }
    }
    uses
}

fn read_auth(at: &At<WireAuth>, steps: &Steps) -> Option<Auth> {
    let (wire, shop) = (&at.value, steps.shop);
    let has_headers = !wire.headers.0.is_empty();
    if wire.bearer.is_some() == has_headers {
        shop.trouble.add(at.place, 1, "`auth` needs either `bearer` or `headers`");
        return None;
    }
    let headers = match &wire.bearer {
        Some(bearer) => {
            let mut value = Template::plain("Bearer ");
            let token = requests::header_value(steps.value(bearer)?, bearer, shop.trouble)?;
            super::bodies::append(&mut value, token);
            vec![("Authorization".to_owned(), value)]
        }
        None => {
            let read = |(name, value)| requests::header(name, value, steps.names, shop);
            wire.headers.0.iter().map(|(name, value)| (name, value)).filter_map(read).collect()
        }
    };
    Some(Auth { headers, refresh: wire.refresh.as_ref().map(|refresh| read_refresh(refresh, steps)) })
}

fn read_refresh(wire: &WireRefresh, steps: &Steps) -> Refresh {
    let trouble = steps.shop.trouble;
    if wire.steps.value.0.is_empty() {
        trouble.add(wire.steps.place, 2, "the refresh has no steps; write the request that renews the token");
    }
    Refresh {
        statuses: statuses_or(wire.when.as_ref(), &[(401, 401)], trouble),
        steps: wire.steps.value.0.iter().flat_map(|step| steps.one(step, Standing::Step)).collect(),
        deadline: time(wire.within.as_ref(), USUAL_REFRESH, trouble),
        refused: match wire.refused {
            Some(WireAfterRefusal::Continue) => AfterRefusal::Continue,
            Some(WireAfterRefusal::EndSession) | None => AfterRefusal::EndSession,
        },
    }
}
