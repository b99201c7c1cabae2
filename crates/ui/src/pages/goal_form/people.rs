//! Who owns the goal, checks in and stands in.

use maud::{Markup, html};

use super::model::GoalForm;
use super::what;
use crate::components::form::Field;
use crate::components::picker::{self, Of, Picker};

pub(super) fn people(it: &GoalForm) -> Markup {
    html! { (owners(it)) (what::ambition(it)) }
}

pub(super) fn owners(it: &GoalForm) -> Markup {
    html! {
        @if it.rules.owners {
            (person(it, "owner_ids", if it.rules.shared { "Owners" } else { "Owner" }, it.rules.shared, Some("Without an owner nobody is asked how it goes.")))
        } @else {
            div.field { p.lbl { "Owners" } p.sm { @for (at, owner) in it.chosen("owner_ids").iter().enumerate() { @if at > 0 { ", " } (owner.text) } } p.hint { "A delegate does everything but change the owners." } }
        }
    }
}

/// Those who are named apart from the owners.
pub(super) fn others(it: &GoalForm) -> Markup {
    html! {
        (person(it, "check_in_owner_id", "Checks in", false, Some("The first owner, unless somebody else is named.")))
        (person(it, "delegate_id", "Delegate", false, Some("May do everything but change the owners.")))
    }
}

fn person(it: &GoalForm, name: &'static str, label: &str, several: bool, hint: Option<&str>) -> Markup {
    let query = format!("{name}_query");
    let field = Field { optional: true, hint, value: it.typed.value(&query), label, ..it.field(name, label) };
    picker::picker(&Picker {
        field,
        of: Of::People,
        chosen: it.chosen(name),
        several,
        with: "",
        found: it.found(name),
    })
}
