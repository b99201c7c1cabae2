//! The dialog about alignment: what a goal serves, with what another choice would move before it is saved.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::check_in::{Preview, moves};
use crate::components::dialog::{self, Dialog};
use crate::components::feedback::{self, Tone};
use crate::components::form::Field;
use crate::components::picker::{Choice, Of, Picker, picker};
use crate::icons::{self, station};
use crate::{Ctx, format, layout, paths};

/// What the dialog shows; a refused form comes back with what was chosen.
#[derive(Debug, Clone)]
pub struct AlignmentForm {
    /// The goal.
    pub goal: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Its version, so that somebody else's change is noticed.
    pub version: i64,
    /// The search's parameters: the goal itself and its period.
    pub with: String,
    /// What is chosen.
    pub parents: Vec<Choice>,
    /// How many parents it has besides that the person may not see.
    pub hidden: usize,
    /// Whether it may have several.
    pub several: bool,
    /// Whether only named people may align other goals to this one.
    pub restricted: bool,
    /// What was typed and not chosen.
    pub query: String,
    /// What a search without scripts found.
    pub found: Option<Vec<Choice>>,
    /// Why the choice was refused.
    pub error: Option<String>,
    /// What somebody else aligned it to meanwhile.
    pub theirs: Option<String>,
    /// What would move.
    pub preview: Preview,
}

/// The form.
#[must_use]
pub fn form(ctx: &Ctx, form: &AlignmentForm) -> Dialog {
    Dialog {
        title: format!("Alignment of {}", form.title),
        labelled_by: "alignment-title",
        wide: true,
        inside: inside(ctx, form),
    }
}

fn inside(ctx: &Ctx, form: &AlignmentForm) -> Markup {
    let action = paths::goal_part(form.goal, "alignments");
    let preview = paths::goal_part(form.goal, "alignments/preview");
    let hint = hint(form);
    let field = Field {
        name: "parent",
        label: if form.several { "Aligned to" } else { "Aligned to one goal" },
        value: &form.query,
        hint: Some(&hint),
        error: form.error.as_deref(),
        ..Field::default()
    };
    html! {
        @let above = html! { (icons::labelled("i i-s", station(form.kind), &ctx.terms.label(form.kind), false)) "Alignment" };
        (dialog::head("alignment-title", &above, &form.title, &paths::goal(form.goal)))
        form.shares method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
            (layout::csrf(ctx))
            input type="hidden" name="version" value=(form.version);
            div.dlg-b.dlg-split {
                div hx-post=(preview) hx-trigger="change delay:100ms" hx-include="closest form" hx-sync="this:replace" hx-target="#preview" hx-swap="outerHTML" {
                    @if let Some(theirs) = &form.theirs {
                        (feedback::note(Tone::Warning, &html! { "Somebody else changed this alignment while you had it open. " (theirs) " Your choice is still here; saving again keeps it." }))
                    }
                    (picker(&Picker { field, of: Of::Goals, chosen: &form.parents, several: form.several, with: &form.with, found: form.found.as_deref() }))
                    @if form.hidden > 0 { p.sm.mut { (icons::small("lock")) " " (hidden_words(form.hidden)) } }
                    @if form.restricted { p.sm.mut { (icons::small("lock")) " Only named people may align other goals to this one." } }
                }
                (moves(ctx, &form.preview))
            }
            footer.dlg-f {
                span.push {}
                a.btn href=(paths::goal(form.goal)) data-close { "Cancel" }
                button.btn.btn-p type="submit" { "Save alignment" kbd { "Ctrl ↵" } }
            }
        }
    }
}

fn hint(form: &AlignmentForm) -> String {
    let each = match (form.several, form.parents.first()) {
        (true, _) => String::from("It counts in full for every goal it is aligned to."),
        (false, Some(parent)) => format!("Choosing another goal replaces “{}”.", parent.text),
        (false, None) => String::from("Your organisation aligns each goal to one other."),
    };
    format!("{each} Untick to un-align. Goals that only named people may align to are not offered.")
}

fn hidden_words(count: usize) -> String {
    if count == 1 {
        String::from("It is also aligned to a goal that only named people see; that stays.")
    } else {
        format!(
            "It is also aligned to {} goals that only named people see; that stays.",
            format::count(count)
        )
    }
}
