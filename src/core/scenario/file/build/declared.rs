//! Finds the names of all values that a class sets anywhere, so that a blank may use one that is set further down.

use std::collections::BTreeSet;

use super::names::Names;
use super::pieces::usable_name;
use super::shop::Shop;
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::limits::DEEPEST_STEPS;
use crate::core::scenario::file::wire::class::WireClass;
use crate::core::scenario::file::wire::forms::List;
use crate::core::scenario::file::wire::step::WireStep;

/// Makes all names of a class known.
pub fn declare_all(class: &WireClass, names: &Names, shop: &Shop) {
    let mut walk = Walk { names, shop, seen: BTreeSet::new(), depth: 0 };
    class.variables.0.iter().for_each(|(name, _)| walk.name(name));
    let tasks = class.tasks.iter().chain(&class.sequence).map(|list| &list.value);
    let states = class.states.iter().flat_map(|states| states.value.0.iter().map(|(_, state)| &state.steps));
    let refresh =
        class.auth.iter().filter_map(|auth| auth.value.refresh.as_ref()).map(|refresh| &refresh.steps.value);
    let lists = [&class.on_start, &class.on_stop].into_iter().chain(tasks).chain(states).chain(refresh);
    lists.for_each(|list| walk.steps(list));
}

struct Walk<'w, 's> {
    names: &'w Names<'w>,
    shop: &'w Shop<'s>,
    /// The blocks that were walked. Each is walked once, so that a block that contains itself ends here; `steps` reports it.
    seen: BTreeSet<String>,
    /// How many steps the present one stands within. `steps` reports those that are nested too deeply.
    depth: usize,
}

impl Walk<'_, '_> {
    fn name(&mut self, name: &At<String>) {
        if let Err(problem) = usable_name(&name.value) {
            self.shop.trouble.about(name, problem);
        } else if self.names.is_setting(&name.value) {
            let message = format!(
                "`{}` is a setting, which is the same for the whole run; choose another name",
                name.value
            );
            self.shop.trouble.about(name, message);
        }
        self.names.declare(&name.value);
    }

    fn steps(&mut self, list: &List<WireStep>) {
        if self.depth < DEEPEST_STEPS {
            self.depth += 1;
            list.0.iter().for_each(|step| self.step(step));
            self.depth -= 1;
        }
    }

    fn step(&mut self, step: &WireStep) {
        step.extract.0.iter().for_each(|(name, _)| self.name(name));
        let set = step.set.iter().chain(&step.append).flat_map(|fields| &fields.0);
        set.for_each(|(name, _)| self.name(name));
        if let Some(item) = &step.item {
            self.name(item);
        }
        let inner = [&step.steps, &step.parallel, &step.then, &step.otherwise];
        inner.into_iter().flatten().for_each(|list| self.steps(&list.value));
        if let Some(block) = &step.block
            && let Some(steps) = self.shop.block(&block.value)
            && self.seen.insert(block.value.clone())
        {
            self.steps(steps);
        }
    }
}
