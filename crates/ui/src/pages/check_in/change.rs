//! Removing a check-in, after showing what falls back.

use maud::html;
use northing_core::values::Id;

use super::preview::{Preview, moves};
use crate::components::dialog::{self, Dialog};
use crate::icons::{self, icon};
use crate::{Ctx, layout, paths};

/// A check-in that is to be removed.
#[derive(Debug, Clone)]
pub struct Removal {
    /// The goal.
    pub goal: Id,
    /// The check-in.
    pub check_in: Id,
    /// Its version.
    pub version: i64,
    /// The goal's title.
    pub title: String,
    /// "Ruth Adeyemi's check-in of 20 November: 338, Behind."
    pub what: String,
    /// What becomes of the goal, and how many comments go with it.
    pub loss: String,
    /// What would move.
    pub preview: Preview,
}

/// The question.
#[must_use]
pub fn removal(ctx: &Ctx, it: &Removal) -> Dialog {
    let href = paths::check_in(it.goal, it.check_in, "deletion");
    let back = paths::goal(it.goal);
    Dialog {
        title: format!("Delete check-in: {}", it.title),
        labelled_by: "removal-title",
        wide: !it.preview.moves.is_empty(),
        inside: html! {
            (dialog::head("removal-title", &html! { (icons::small("trash")) (it.title) }, "Delete this check-in?", &back))
            form method="post" action=(href) hx-post=(href) hx-target="#dialog" hx-swap="innerHTML" {
                (layout::csrf(ctx))
                input type="hidden" name="version" value=(it.version);
                div.dlg-b.dlg-split[!it.preview.moves.is_empty()] {
                    div.stack { p { (it.what) } p { (it.loss) } }
                    @if !it.preview.moves.is_empty() { div.dlg-side { (moves(ctx, &it.preview)) } }
                }
                footer.dlg-f {
                    span.push {}
                    a.btn href=(back) data-close { "Keep" }
                    button.btn.btn-d type="submit" { (icon("trash")) "Delete check-in" }
                }
            }
        },
    }
}
