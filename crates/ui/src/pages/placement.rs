//! *Move to …*: under which goal and beside which others a goal is to stand, with what that moves. The same as dragging it, for
//! keyboards, phones and pages without scripts.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::check_in::{Preview, moves};
use crate::components::dialog::{self, Dialog};
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::components::picker::{Choice, Of, Picker, picker};
use crate::icons::{self, icon, station};
use crate::{Ctx, layout, paths};

/// The value of `position` for the first place.
pub const FIRST: &str = "first";
/// The value of `position` for the last place.
pub const LAST: &str = "last";

/// What the form shows. Typed fields: `parent` (a goal; none: the top of the list), `position` (`first`, `last`, `after:{goal}`).
#[derive(Debug, Clone)]
pub struct PlacementForm {
    /// The goal.
    pub goal: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// The parent under which it stands now; none at the top.
    pub from: Option<Id>,
    /// The list whose top is meant, as its tree is named: `all`, `team:{id}`.
    pub list: String,
    /// The search's parameters: the goal itself and its period.
    pub with: String,
    /// Under which goal it is to go.
    pub parent: Vec<Choice>,
    /// How many other goals it is aligned to besides: that stays.
    pub others: usize,
    /// What was typed and not chosen.
    pub query: String,
    /// What a search without scripts found.
    pub found: Option<Vec<Choice>>,
    /// The places that it can take there.
    pub places: Places,
    /// Why the goal above was refused.
    pub error: Option<String>,
    /// Whether somebody else moved goals here meanwhile.
    pub conflict: bool,
}

/// The places under a goal or at the top, and what taking one moves.
#[derive(Debug, Clone)]
pub struct Places {
    /// The goals that stand there, in order.
    pub beside: Vec<(Id, String)>,
    /// The chosen place.
    pub position: String,
    /// What would move.
    pub preview: Preview,
}

/// The form.
#[must_use]
pub fn form(ctx: &Ctx, it: &PlacementForm) -> Dialog {
    let above =
        html! { (icons::labelled("i i-s", station(it.kind), &ctx.terms.label(it.kind), false)) "Move to" };
    Dialog {
        title: format!("Move: {}", it.title),
        labelled_by: "placement-title",
        wide: false,
        inside: html! {
            (dialog::head("placement-title", &above, &it.title, &paths::goal(it.goal)))
            (inside(ctx, it))
        },
    }
}

fn inside(ctx: &Ctx, it: &PlacementForm) -> Markup {
    let action = paths::goal_part(it.goal, "placement");
    let hint = hint(it.others);
    let field = Field {
        name: "parent",
        label: "Under",
        value: &it.query,
        hint: Some(&hint),
        error: it.error.as_deref(),
        optional: true,
        ..Field::default()
    };
    html! {
        form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
            (layout::csrf(ctx))
            @if let Some(from) = it.from { input type="hidden" name="from" value=(from); }
            input type="hidden" name="list" value=(it.list);
            div.dlg-b.form.tall {
                @if it.conflict {
                    (feedback::note(Tone::Warning, &html! { "Somebody else moved goals here while you had this open. Below is how it stands now: choose again." }))
                }
                div hx-post=(paths::goal_part(it.goal, "placement/places")) hx-trigger="change delay:100ms" hx-include="closest form" hx-sync="this:replace"
                    hx-target="#places" hx-swap="outerHTML" {
                    (picker(&Picker { field, of: Of::Goals, chosen: &it.parent, several: false, with: &it.with, found: it.found.as_deref() }))
                }
                (places(ctx, &it.places))
            }
            footer.dlg-f {
                button.btn.btn-q type="submit" name="search" value="places" formnovalidate data-plain { "Show places" }
                span.push {}
                a.btn href=(paths::goal(it.goal)) data-close { "Cancel" }
                button.btn.btn-p type="submit" data-default { (icon("arrow")) "Move" kbd.on { "Ctrl ↵" } }
            }
        }
    }
}

fn hint(others: usize) -> String {
    let rest = match others {
        0 => "",
        1 => " It stays aligned to one other goal.",
        _ => " It stays aligned to its other goals.",
    };
    format!("Leave it empty for the top of the list.{rest}")
}

/// The places and what moves: the fragment that another goal above sends.
#[must_use]
pub fn places(ctx: &Ctx, it: &Places) -> Markup {
    let behind = it.beside.iter().map(|(id, title)| (format!("after:{id}"), format!("Behind “{title}”")));
    let mut options = vec![(FIRST.to_owned(), String::from("First"))];
    options.extend(behind);
    if it.beside.len() > 1 {
        options.push((LAST.to_owned(), String::from("Last")));
    }
    html! {
        div.form #places {
            (form::select(&Field { name: "position", label: "Place", value: &it.position, ..Field::default() }, &options))
            @if !it.preview.moves.is_empty() || it.preview.error.is_some() { (moves(ctx, &it.preview)) }
        }
    }
}
