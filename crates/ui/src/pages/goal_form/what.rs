//! What the goal is: kind, title, description, what it is aligned to, tags, ambition, where its progress comes from.

use maud::{Markup, html};

use super::model::GoalForm;
use crate::Ctx;
use crate::components::form::{self, Field, Segment};
use crate::components::picker::{self, Of, Picker};
use crate::icons::{icon, station};

pub(super) fn what(ctx: &Ctx, it: &GoalForm) -> Markup {
    let key = it.goal.map_or_else(|| String::from("new-goal"), |goal| goal.to_string());
    let align = it.goal.map_or_else(String::new, |goal| format!("&child={goal}"));
    let period = it.typed.value("period_id");
    let with = if period.is_empty() { align } else { format!("{align}&period={period}") };
    html! {
        div #form-kinds hx-post="/goals/form/kinds" hx-trigger="change from:#form-parents" hx-include="closest form" hx-sync="this:replace" hx-swap="innerHTML" { (kinds(ctx, it)) }
        (title(it))
        n-draft key=(key) {
            (form::textarea(&Field { optional: true, hint: Some("Why it matters, how it is measured. Markdown works."), ..it.field("description", "Description") }, 3))
            p.hint.flow data-draft-note hidden { "Not saved yet, kept in this browser." button.btn.btn-q type="button" data-draft-discard { "Discard" } }
        }
        div #form-parents {
            (picker::picker(&Picker {
                field: Field { optional: true, value: it.typed.value("parents_query"),
                    hint: it.rules.multiple.then_some("Its progress counts in every goal it is aligned to. The first comes first in lists."), ..it.field("parents", "Align to") },
                of: Of::Goals, chosen: it.chosen("parents"), several: it.rules.multiple, with: &with, found: it.found("parents"),
            }))
        }
    }
}

pub(super) fn title(it: &GoalForm) -> Markup {
    let field = Field { required: true, ..it.field("title", "Title") };
    let invalid = field.error.map(|_| "true");
    let described = field.error.map(|_| "title-error");
    form::wrap(
        &field,
        &html! {
            input.in #title name="title" type="text" value=(field.value) required maxlength="500" autocomplete="off" autofocus
                aria-invalid=[invalid] aria-describedby=[described];
        },
    )
}

/// The kinds, with why one cannot be chosen; the fragment that follows what the goal is aligned to.
#[must_use]
pub fn kinds(ctx: &Ctx, it: &GoalForm) -> Markup {
    let value = it.typed.value("kind");
    html! {
        fieldset.field aria-describedby="kind-notes" {
            legend { "Kind" }
            div.seg {
                @for kind in &it.kinds {
                    label {
                        input type="radio" name="kind" value=(kind.kind) checked[kind.kind.name() == value] disabled[!kind.open];
                        (icon(station(kind.kind))) (ctx.terms.label(kind.kind))
                    }
                }
            }
            (form::error("kind", it.typed.error("kind")))
            div #kind-notes {
                @for kind in it.kinds.iter().filter(|kind| !kind.open || kind.kind.name() == value) {
                    @if let Some(reason) = &kind.reason { p.hint { b { (ctx.terms.label(kind.kind)) ": " } (reason) } }
                }
            }
        }
    }
}

/// Tags, and whether it is committed.
pub(super) fn ambition(it: &GoalForm) -> Markup {
    let field = Field {
        hint: Some("Committed: expected to be met in full. Aspirational: a stretch."),
        ..it.field("committed", "Ambition")
    };
    html! {
        n-reveal for="kind" when="objective key_result" {
            (form::segments(&field, &[Segment::new("false", "Aspirational", "north"), Segment::new("true", "Committed", "flag")]))
        }
        (picker::picker(&Picker {
            field: Field { optional: true, value: it.typed.value("tags_query"), ..it.field("tags", "Tags") },
            of: Of::Tags, chosen: it.chosen("tags"), several: true, with: "", found: it.found("tags"),
        }))
    }
}

/// Where its progress comes from.
pub(super) fn progress(it: &GoalForm) -> Markup {
    let mut options = vec![
        (String::from("rollup"), String::from("Rolled up from the goals or tasks below")),
        (String::from("manual"), String::from("Checked in by hand")),
    ];
    if it.typed.value("progress_mode") == "data_source" {
        options.push((String::from("data_source"), String::from("From Azure DevOps")));
    }
    if it.goal.is_none() {
        options.insert(0, (String::new(), String::from("As usual for its kind")));
    }
    let hint = if it.goal.is_none() {
        "Usually a key result and everything with a measure is checked in by hand; the rest rolls up."
    } else {
        "A check-in can override a roll-up for a while."
    };
    form::select(&Field { hint: Some(hint), ..it.field("progress_mode", "Progress") }, &options)
}

/// How its score will be judged.
pub(super) fn guidance(it: &GoalForm) -> Markup {
    let hint = Some("Shown when somebody checks in: what 0.3, 0.7 and 1.0 mean.");
    let field = Field { optional: true, hint, ..it.field("scoring_guidance", "Scoring guidance") };
    html! { n-reveal for="kind" when="objective key_result" { (form::textarea(&field, 2)) } }
}
