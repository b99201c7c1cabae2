//! Checking in on everything that one owes, one after the other.

use maud::{Markup, html};
use northing_core::values::Id;

use crate::components::dialog::{self, Dialog};
use crate::icons::icon;
use crate::{format, paths};

/// Where one stands in the queue. It is carried by the form and the address: nothing of it is kept on the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// How many check-ins were owed when it began.
    pub of: usize,
    /// Which of them this is, from 1.
    pub at: usize,
    /// Those that were skipped.
    pub skipped: Vec<Id>,
    /// The list that it goes through; none for what one owes.
    pub list: Option<DueList>,
}

/// A list whose due goals are gone through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueList {
    /// Its name in addresses: `organization`, `team:{id}` or `person:{id}`.
    pub name: String,
    /// Its period.
    pub period: Option<Id>,
    /// The page where it stands.
    pub back: String,
}

impl Queue {
    /// Whether nothing comes after this one.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        self.at >= self.of
    }

    /// The same with this goal skipped.
    #[must_use]
    pub fn without(&self, goal: Id) -> Self {
        let mut next = self.clone();
        next.skipped.push(goal);
        next
    }

    /// The address that begins it anew.
    fn start(&self) -> String {
        self.list
            .as_ref()
            .map_or_else(|| paths::CHECK_INS.to_owned(), |list| paths::due_in(&list.name, list.period))
    }

    /// The address of what comes next.
    #[must_use]
    pub fn address(&self) -> String {
        let mut address = format!("{}?of={}", paths::CHECK_INS, self.of);
        if let Some(list) = &self.list {
            address.push_str("&due=");
            address.push_str(&list.name);
            if let Some(period) = list.period {
                address.push_str("&of_period=");
                address.push_str(&period.to_string());
            }
        }
        for goal in &self.skipped {
            address.push_str("&skip=");
            address.push_str(&goal.to_string());
        }
        address
    }

    /// Where it leads when it ends.
    #[must_use]
    pub fn back(&self) -> &str {
        self.list.as_ref().map_or(paths::HOME, |list| &list.back)
    }

    /// What the form carries along.
    pub(super) fn fields(&self) -> Markup {
        html! {
            input type="hidden" name="of" value=(self.of);
            @if let Some(list) = &self.list {
                input type="hidden" name="due" value=(list.name);
                @if let Some(period) = list.period { input type="hidden" name="of_period" value=(period); }
            }
            @for goal in &self.skipped { input type="hidden" name="skip" value=(goal); }
        }
    }
}

/// The end of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// How many check-ins were made.
    pub made: usize,
    /// How many were skipped.
    pub skipped: usize,
    /// The list that it went through; none for what one owes.
    pub list: Option<DueList>,
}

/// Nothing is owed any more, or all that is left was skipped.
#[must_use]
pub fn done(done: Done) -> Dialog {
    let title = if done.skipped == 0 { "Nothing more to check in" } else { "That was the last one" };
    let again = Queue { list: done.list, ..Queue::default() };
    let next = if again.list.is_none() { " The next are due on Monday at nine." } else { "" };
    let text = match (done.made, done.skipped) {
        (0, 0) if again.list.is_some() => {
            String::from("No check-in is due here that you may make. New ones come on Monday at nine.")
        }
        (0, 0) => String::from("No check-in is due. New ones come on Monday at nine."),
        (made, 0) => format!("You made {}.{next}", counted(made)),
        (made, skipped) => {
            format!(
                "You made {} and skipped {}. What you skipped stays due.",
                counted(made),
                format::count(skipped)
            )
        }
    };
    let (back, start) = (again.back().to_owned(), again.start());
    let word = if again.list.is_some() { "Back to the list" } else { "Back to My OKRs" };
    Dialog {
        title: title.to_owned(),
        labelled_by: "check-in-title",
        wide: false,
        inside: html! {
            (dialog::head("check-in-title", &html! { (icon("checkin")) "Check in" }, title, &back))
            div.dlg-b { p { (text) } }
            footer.dlg-f {
                @if done.skipped > 0 { a.btn.btn-q href=(start) hx-get=(start) hx-target="#dialog" hx-swap="innerHTML" { "Go through what was skipped" } }
                span.push {}
                a.btn.btn-p href=(back) autofocus { (word) }
            }
        },
    }
}

fn counted(number: usize) -> String {
    match number {
        0 => String::from("no check-in"),
        1 => String::from("1 check-in"),
        many => format!("{} check-ins", format::count(many)),
    }
}
