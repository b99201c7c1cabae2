//! The dialog that says who may change a goal and who may align to it, and names people for both.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::entry::Typed;
use crate::components::dialog::{self, Dialog};
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field, Segment};
use crate::components::person::{self, Person};
use crate::components::picker::{Choice, Of, Picker, picker};
use crate::icons::{self, station};
use crate::{Ctx, layout, paths};

/// What the dialog shows. Typed fields: `version`, `align` (`anyone` or `named`), `editors_query`, `aligners_query`.
#[derive(Debug, Clone)]
pub struct AccessForm {
    /// The goal.
    pub goal: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Those who may change it, each once, with all that they are to it: "Owner", "Owns a team of it".
    pub by_capacity: Vec<(Person, Vec<String>)>,
    /// The named editors.
    pub editors: Vec<Choice>,
    /// The people named for aligning to it.
    pub aligners: Vec<Choice>,
    /// What a search without scripts found: the picker's name and the options.
    pub found: Option<(String, Vec<Choice>)>,
    /// Whether somebody else changed it meanwhile.
    pub changed_meanwhile: bool,
    /// What was typed.
    pub typed: Typed,
}

/// The dialog.
#[must_use]
pub fn form(ctx: &Ctx, it: &AccessForm) -> Dialog {
    let above = html! { (icons::labelled("i i-s", station(it.kind), &ctx.terms.label(it.kind), false)) "Who may change it" };
    Dialog {
        title: format!("Who may change: {}", it.title),
        labelled_by: "access-title",
        wide: false,
        inside: html! {
            (dialog::head("access-title", &above, &it.title, &paths::goal(it.goal)))
            (inside(ctx, it))
        },
    }
}

fn inside(ctx: &Ctx, it: &AccessForm) -> Markup {
    let action = paths::goal_part(it.goal, "access");
    let typed = &it.typed;
    html! {
        form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
            (layout::csrf(ctx))
            input type="hidden" name="version" value=(typed.value("version"));
            div.dlg-b.form {
                @if it.changed_meanwhile {
                    (feedback::note(Tone::Warning, &html! { "Somebody else changed this goal meanwhile. What you chose stands below; save again to keep it." }))
                }
                @if let Some(refusal) = &typed.refusal { (feedback::note(Tone::Failure, &html! { (refusal) })) }
                (capacities(it))
                (pick(it, "editors", "Others who may change it", &it.editors, "They may edit, close and delete it, and change its owners."))
                (align(it))
            }
            (foot(it))
        }
    }
}

fn capacities(it: &AccessForm) -> Markup {
    html! {
        div.field {
            p.lbl { "By what they are to it" }
            ul.frame.due { @for (who, what) in &it.by_capacity { li.trash-r { (person::who(who)) span.mut.sm { (what.join(" · ")) } } } }
            p.hint { "And the owners and admins of the organisation. To take it from one of these, change the goal or the team." }
        }
    }
}

fn align(it: &AccessForm) -> Markup {
    let field = Field {
        name: "align",
        label: "Who may align goals to it",
        value: it.typed.value("align"),
        error: it.typed.error("align_restricted"),
        ..Field::default()
    };
    html! {
        (form::segments(&field, &[Segment::new("anyone", "Everyone who sees it", "team"), Segment::new("named", "Only some", "lock")]))
        n-reveal for="align" when="named" {
            (pick(it, "aligners", "People who may align to it", &it.aligners, "Its owners always may. What is aligned already stays aligned."))
        }
    }
}

fn pick(it: &AccessForm, name: &str, label: &str, chosen: &[Choice], hint: &str) -> Markup {
    let query = format!("{name}_query");
    let field = Field {
        name,
        label,
        value: it.typed.value(&query),
        hint: Some(hint),
        error: it.typed.error(name),
        optional: true,
        ..Field::default()
    };
    let found = it.found.as_ref().filter(|(of, _)| of == name).map(|(_, found)| found.as_slice());
    picker(&Picker { field, of: Of::People, chosen, several: true, with: "", found })
}

fn foot(it: &AccessForm) -> Markup {
    html! {
        footer.dlg-f {
            span.push {}
            a.btn href=(paths::goal(it.goal)) data-close { "Cancel" }
            button.btn.btn-p type="submit" { "Save" kbd { "Ctrl ↵" } }
        }
    }
}
