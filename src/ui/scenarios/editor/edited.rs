//! The text in the editor and what reading it came to, for the parts of the view.

use leptos::prelude::*;

use crate::core::shelf::check::Verdict;
use crate::core::shelf::draft::Standing;
use crate::core::shelf::list::Which;
use crate::ui::scenarios::state::Shelf;

/// The id of the line that counts the problems, which describes the text area. One editor is on screen at a time.
pub const COUNT_ID: &str = "scenario-problem-count";

/// The scenario on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Kept(Which),
    /// A text that came with the link, and is not kept.
    Link,
}

/// A text and what reading it came to, for the parts of the view.
#[derive(Clone, Copy)]
pub struct Edited {
    shelf: Shelf,
    pub subject: Subject,
    pub text: Memo<String>,
    /// The result for the text as it was a moment ago, because a text is read when nothing was typed for a while.
    pub verdict: RwSignal<Verdict>,
    /// The element with the text.
    pub area: NodeRef<leptos::html::Textarea>,
    /// What happened last, for the bar.
    pub said: RwSignal<String>,
}

impl Edited {
    pub fn new(shelf: Shelf, subject: Subject, text: Memo<String>, verdict: Verdict) -> Self {
        let (verdict, said) = (RwSignal::new(verdict), RwSignal::new(String::new()));
        Self { shelf, subject, text, verdict, area: NodeRef::new(), said }
    }

    /// Whether the text can be changed where it is.
    pub const fn is_own(self) -> bool {
        matches!(self.subject, Subject::Kept(Which::Own(_)))
    }

    /// Saves the text, unless another tab has saved another one meanwhile, which a person decides about.
    pub fn save(self) {
        let shelf = self.shelf;
        let Subject::Kept(Which::Own(id)) = self.subject else { return };
        match untrack(move || shelf.standing(id)) {
            Standing::Same => self.said.set("Saved.".to_owned()),
            Standing::Overtaken => self.said.set("Not saved: another tab has saved it meanwhile.".to_owned()),
            Standing::Changed | Standing::Deleted => {
                self.said.set("Saved.".to_owned());
                shelf.save(id);
            }
        }
    }
}
