//! Two people changed one goal: who did, and both versions field by field.

use maud::{Markup, html};

use super::model::{Conflict, Difference};
use crate::components::conflict::{both_versions, version};
use crate::icons::icon;

pub(super) fn conflict(it: &Conflict) -> Markup {
    let both = it.differences.iter().any(|difference| difference.both);
    html! {
        section.note.conflict data-st="behind" role="alert" aria-labelledby="conflict-title" {
            (icon("warn"))
            div.stack {
                p #conflict-title { b { (it.who) } " Nothing of yours is saved yet, and nothing is lost. "
                    @if both { "Choose what to keep where you both changed something." } @else { "You changed other fields: save again to add yours." } }
                (both_versions("Theirs, saved now", &html! { @for each in &it.differences { (row(each)) } }))
            }
        }
    }
}

fn row(it: &Difference) -> Markup {
    let name = format!("keep_{}", it.name);
    let choice = |value: &str, text: &str, label: String, checked: bool| {
        html! {
            label.opt-l { input type="radio" name=(name) value=(value) checked[checked] aria-label=(label); span.both { (version(text)) } }
        }
    };
    html! {
        tr {
            th scope="row" { (it.label) }
            @if it.both {
                td { (choice("theirs", &it.theirs, format!("{}: keep theirs", it.label), false)) }
                td { (choice("yours", &it.yours, format!("{}: keep yours", it.label), true)) }
            } @else {
                td { span.both { (version(&it.theirs)) } }
                td.dim { "Not changed by you: theirs stays" }
            }
        }
    }
}
