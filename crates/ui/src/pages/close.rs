//! Ending a goal: closing it with a score, or postponing it; and opening it again.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use crate::components::dialog::{self, Dialog};
use crate::components::form::{self, Field, Segment};
use crate::icons::{self, icon, station};
use crate::pages::entry::Typed;
use crate::{Ctx, format, layout, paths};
use northing_core::status::Status;

/// What the closing form shows. Typed fields: `value`, `end` (closed or postponed), `score`, `note`, `goes_on`, `period`,
/// `carry` (reset or preserve).
#[derive(Debug, Clone)]
pub struct CloseForm {
    /// The goal.
    pub goal: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// What the final value is called and what stands behind it; none where the goal's value comes from elsewhere.
    pub asks: Option<(String, String)>,
    /// Where the goal stands: "It stands at 54%."
    pub stands: String,
    /// The score.
    pub score: Score,
    /// Key results of it that are still open.
    pub open: usize,
    /// Periods where it may go on: id and name.
    pub periods: Vec<(String, String)>,
    /// What was typed or is offered first.
    pub typed: Typed,
    /// What comes after it.
    pub onward: Onward,
}

/// The score that is suggested.
#[derive(Debug, Clone, Default)]
pub struct Score {
    /// As it is shown and sent back; empty where none is suggested.
    pub suggested: String,
    /// Where it comes from: "75% makes 0.75."
    pub why: String,
}

/// What comes after a goal was ended.
#[derive(Debug, Clone, Default)]
pub struct Onward {
    /// Fields that are carried along.
    pub fields: Vec<(String, String)>,
    /// How many goals remain after this one, where they are closed one after the other.
    pub remaining: Option<usize>,
    /// How many were closed and postponed before.
    pub so_far: (usize, usize),
    /// The address that leaves this one out.
    pub skip: Option<String>,
}

/// The form.
#[must_use]
pub fn form(ctx: &Ctx, it: &CloseForm) -> Dialog {
    let above = html! {
        (icons::labelled("i i-s", station(it.kind), &ctx.terms.label(it.kind), false)) "Close or postpone"
        @if it.onward.remaining.is_some() && it.onward.so_far != (0, 0) {
            ", " (format::count(it.onward.so_far.0)) " closed, " (format::count(it.onward.so_far.1)) " postponed so far"
        }
    };
    Dialog {
        title: format!("Close: {}", it.title),
        labelled_by: "close-title",
        wide: false,
        inside: html! {
            (dialog::head("close-title", &above, &it.title, &paths::goal(it.goal)))
            (inside(ctx, it))
        },
    }
}

fn inside(ctx: &Ctx, it: &CloseForm) -> Markup {
    let action = paths::goal_part(it.goal, "close");
    let typed = &it.typed;
    html! {
        form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
            (layout::csrf(ctx))
            @for (name, value) in &it.onward.fields { input type="hidden" name=(name) value=(value); }
            div.dlg-b.form {
                @if let Some(refusal) = &typed.refusal { p.err role="alert" { (icon("warn")) (refusal) } }
                @if it.open > 0 { (open_key_results(ctx, it.open)) }
                (ends(it))
                (value(it))
                n-reveal for="end" when="closed" { (score(&it.score, typed)) }
                n-mention { n-draft key=(format!("close-{}", it.goal)) {
                    (form::textarea(&Field {
                        name: "note", label: "Why, and what was learned", value: typed.value("note"), error: typed.error("note"), optional: true,
                        hint: Some("Stays with the goal. Markdown works."), ..Field::default()
                    }, 3))
                } }
                (goes_on(ctx, it))
            }
            (foot(it))
        }
    }
}

fn open_key_results(ctx: &Ctx, open: usize) -> Markup {
    let what = ctx.terms.kind(GoalKind::KeyResult).of(open);
    html! {
        div.note { (icon("info")) span {
            (format::count(open)) " " (what) " below it " @if open == 1 { "is" } @else { "are" } " still open. Close "
            @if open == 1 { "it" } @else { "them" } " first, and the score follows from theirs."
        } }
    }
}

fn ends(it: &CloseForm) -> Markup {
    let field = Field {
        name: "end",
        label: "How does it end?",
        value: it.typed.value("end"),
        error: it.typed.error("end"),
        hint: Some(&it.stands),
        ..Field::default()
    };
    form::segments(
        &field,
        &[Segment::of_status(Status::Closed, "Close"), Segment::of_status(Status::Postponed, "Postpone")],
    )
}

fn value(it: &CloseForm) -> Markup {
    let preview = paths::goal_part(it.goal, "close/score");
    html! {
        @if let Some((label, unit)) = &it.asks {
            div hx-post=(preview) hx-include="closest form" hx-trigger="input delay:250ms" hx-sync="this:replace" hx-target="#score" hx-swap="outerHTML" {
                (form::number(&Field { name: "value", label, value: it.typed.value("value"), error: it.typed.error("value"), ..Field::default() }, unit))
            }
        }
    }
}

/// The score; the fragment that a new final value sends.
#[must_use]
pub fn score(score: &Score, typed: &Typed) -> Markup {
    html! {
        div #score {
            input type="hidden" name="suggested" value=(score.suggested);
            (form::input(&Field {
                name: "score", label: "Score", value: typed.value("score"), error: typed.error("score"), hint: Some(&score.why), ..Field::default()
            }, "text"))
        }
    }
}

fn goes_on(ctx: &Ctx, it: &CloseForm) -> Markup {
    let typed = &it.typed;
    let below = format!(
        "A copy with its {} and {} begins there.",
        ctx.terms.key_result.many, ctx.terms.initiative.many
    );
    let carry = [("reset", "Begin again", "flag"), ("preserve", "Keep the progress", "copy")]
        .map(|(value, text, icon)| Segment::new(value, text, icon));
    html! {
        @if it.periods.is_empty() {
            p.hint { "There is no other period where it could go on." }
        } @else {
            n-reveal for="end" when="closed" {
                (form::checkbox("goes_on", "Continue in another period", Some(&below), typed.value("goes_on") == "true"))
            }
            n-reveal for="end" when="postponed" { p.hint { "It goes on in another period. " (below) } }
            n-reveal for="end goes_on" when="postponed true" { div.form-2 {
                (form::select(&Field { name: "period", label: "Goes on in", value: typed.value("period"), error: typed.error("period"), ..Field::default() }, &it.periods))
                (form::segments(&Field { name: "carry", label: "Progress there", value: typed.value("carry"), ..Field::default() }, &carry))
            } }
        }
    }
}

fn foot(it: &CloseForm) -> Markup {
    let onward = &it.onward;
    html! {
        footer.dlg-f {
            @if let Some(skip) = &onward.skip { a.btn.btn-q href=(skip) hx-get=(skip) hx-target="#dialog" hx-swap="innerHTML" { "Skip" } }
            @if let Some(remaining) = onward.remaining.filter(|remaining| *remaining > 0) {
                (form::checkbox("next", &format!("Continue with {} remaining", format::count(remaining)), None, true))
            }
            span.push {}
            a.btn href=(paths::goal(it.goal)) data-close { "Cancel" }
            button.btn.btn-p type="submit" { (icon("st-closed")) "Save" kbd.on { "Ctrl ↵" } }
        }
    }
}

/// The end of closing goals one after the other.
#[must_use]
pub fn done(so_far: (usize, usize), back: &str) -> Dialog {
    let text = match so_far {
        (0, 0) => String::from("Every goal here that you may close is closed or postponed."),
        (closed, postponed) => format!(
            "{} closed, {} postponed. Nothing is left to close here.",
            format::count(closed),
            format::count(postponed)
        ),
    };
    Dialog {
        title: String::from("Close goals"),
        labelled_by: "close-title",
        wide: false,
        inside: html! {
            (dialog::head("close-title", &html! { (icons::small("st-closed")) "Close goals" }, "Nothing left to close", back))
            div.dlg-b { p { (text) } }
            footer.dlg-f { span.push {} a.btn.btn-p href=(back) autofocus { "Done" } }
        },
    }
}

/// The form that opens a closed or postponed goal again.
#[must_use]
pub fn reopen(ctx: &Ctx, goal: Id, title: &str, typed: &Typed) -> Dialog {
    let action = paths::goal_part(goal, "reopen");
    let back = paths::goal(goal);
    Dialog {
        title: format!("Reopen: {title}"),
        labelled_by: "reopen-title",
        wide: false,
        inside: html! {
            (dialog::head("reopen-title", &html! { (icons::small("sync")) "Reopen" }, title, &back))
            form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
                (layout::csrf(ctx))
                div.dlg-b.form {
                    @if let Some(refusal) = &typed.refusal { p.err role="alert" { (icon("warn")) (refusal) } }
                    p { "It can be checked in on and edited again. Score and closing note leave the goal and stay in its activity." }
                    (form::textarea(&Field { name: "note", label: "Reason", value: typed.value("note"), error: typed.error("note"), optional: true, ..Field::default() }, 3))
                }
                footer.dlg-f {
                    span.push {}
                    a.btn href=(back) data-close { "Cancel" }
                    button.btn.btn-p type="submit" { (icon("sync")) "Reopen" }
                }
            }
        },
    }
}
