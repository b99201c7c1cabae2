//! The dialog for a copy of a goal: into which period, for whom, with how much of what is below it.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::entry::Typed;
use crate::components::dialog::{self, Dialog};
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field, Segment};
use crate::components::picker::{Choice, Of, Picker, picker};
use crate::icons::{self, icon, station};
use crate::{Ctx, layout, paths};

/// What the dialog shows; a refused form comes back with what was typed.
#[derive(Debug, Clone)]
pub struct CloneForm {
    /// The goal.
    pub goal: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Whether something is below it that could be copied along.
    pub has_children: bool,
    /// The periods: identifier and name.
    pub periods: Vec<(String, String)>,
    /// The chosen one owner; none keeps the owners.
    pub owner: Vec<Choice>,
    /// What the copy is to be aligned to.
    pub parents: Vec<Choice>,
    /// Whether it may have several parents.
    pub several: bool,
    /// What a search without scripts found: the picker's name and the options.
    pub found: Option<(String, Vec<Choice>)>,
    /// The fields as typed: `period`, `scope`, `request`.
    pub typed: Typed,
}

/// The form.
#[must_use]
pub fn form(ctx: &Ctx, form: &CloneForm) -> Dialog {
    Dialog {
        title: format!("Copy {}", form.title),
        labelled_by: "clone-title",
        wide: false,
        inside: inside(ctx, form),
    }
}

fn inside(ctx: &Ctx, it: &CloneForm) -> Markup {
    let action = paths::goal_part(it.goal, "clone");
    html! {
        @let above = html! { (icons::labelled("i i-s", station(it.kind), &ctx.terms.label(it.kind), false)) "Copy" };
        (dialog::head("clone-title", &above, &it.title, &paths::goal(it.goal)))
        form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
            (layout::csrf(ctx))
            input type="hidden" name="request" value=(it.typed.value("request"));
            div.dlg-b {
                p.sm.mut { "The copy starts anew: progress, check-ins, comments and score stay with the original." }
                @if let Some(refusal) = &it.typed.refusal { (feedback::note(Tone::Failure, &html! { (refusal) })) }
                (form::select(&Field {
                    name: "period", label: "Period", value: it.typed.value("period"), error: it.typed.error("period_id"), ..Field::default()
                }, &it.periods))
                @if it.has_children { (scopes(it)) }
                (pick(it, "owner", "New owner", Of::People, &it.owner, false, "Owns every copied goal. Leave it empty to keep the owners.", "owner_id"))
                (pick(it, "parent", "Aligned to", Of::Goals, &it.parents, it.several, "Leave it empty for a copy that stands at the top.", "parents"))
            }
            footer.dlg-f {
                span.push {}
                a.btn href=(paths::goal(it.goal)) data-close { "Cancel" }
                button.btn.btn-p type="submit" { (icon("copy")) "Copy goal" kbd { "Ctrl ↵" } }
            }
        }
    }
}

fn scopes(it: &CloneForm) -> Markup {
    let field = Field {
        name: "scope",
        label: "How much",
        value: it.typed.value("scope"),
        error: it.typed.error("scope"),
        ..Field::default()
    };
    let choices = [
        Segment::new("goal", "This goal", "pin"),
        Segment::new("children", "With what is directly below", "group"),
        Segment::new("all", "With everything below", "map"),
    ];
    form::segments(&field, &choices)
}

#[expect(clippy::too_many_arguments, reason = "the parts of one picker")]
fn pick(
    it: &CloneForm,
    name: &str,
    label: &str,
    of: Of,
    chosen: &[Choice],
    several: bool,
    hint: &str,
    error: &str,
) -> Markup {
    let query = format!("{name}_query");
    let field = Field {
        name,
        label,
        value: it.typed.value(&query),
        hint: Some(hint),
        error: it.typed.error(error),
        optional: true,
        ..Field::default()
    };
    let found = it.found.as_ref().filter(|(of, _)| of == name).map(|(_, found)| found.as_slice());
    picker(&Picker { field, of, chosen, several, with: "", found })
}
