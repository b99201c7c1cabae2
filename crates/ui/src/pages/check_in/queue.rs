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

    /// The address of what comes next.
    #[must_use]
    pub fn address(&self) -> String {
        let mut address = format!("{}?of={}", paths::CHECK_INS, self.of);
        for goal in &self.skipped {
            address.push_str("&skip=");
            address.push_str(&goal.to_string());
        }
        address
    }

    /// What the form carries along.
    pub(super) fn fields(&self) -> Markup {
        html! {
            input type="hidden" name="of" value=(self.of);
            @for goal in &self.skipped { input type="hidden" name="skip" value=(goal); }
        }
    }
}

/// The end of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// How many check-ins were made.
    pub made: usize,
    /// How many were skipped.
    pub skipped: usize,
}

/// Nothing is owed any more, or all that is left was skipped.
#[must_use]
pub fn done(done: Done) -> Dialog {
    let title = if done.skipped == 0 { "Nothing more to check in" } else { "That was the last one" };
    let text = match (done.made, done.skipped) {
        (0, 0) => String::from("No check-in is due. New ones come on Monday at nine."),
        (made, 0) => format!("You made {}. The next are due on Monday at nine.", counted(made)),
        (made, skipped) => {
            format!(
                "You made {} and skipped {}. What you skipped stays due.",
                counted(made),
                format::count(skipped)
            )
        }
    };
    Dialog {
        title: title.to_owned(),
        labelled_by: "check-in-title",
        wide: false,
        inside: html! {
            (dialog::head("check-in-title", &html! { (icon("checkin")) "Check in" }, title, paths::HOME))
            div.dlg-b { p { (text) } }
            footer.dlg-f {
                @if done.skipped > 0 { a.btn.btn-q href=(paths::CHECK_INS) hx-get=(paths::CHECK_INS) hx-target="#dialog" hx-swap="innerHTML" { "Go through what was skipped" } }
                span.push {}
                a.btn.btn-p href=(paths::HOME) autofocus { "Back to My OKRs" }
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
