//! The check-in dialog: value, suggested status, note, and what moves above before it is saved.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::status::Status;
use northing_core::values::Id;

use crate::components::form::{self, Field, Segment};
use crate::components::progress::{self, Progress};
use crate::components::status::{self, Shown};
use crate::icons::{self, icon, station};
use crate::{Ctx, format, layout, paths};

/// What the dialog shows; a refused form comes back with what was typed.
#[derive(Debug, Clone)]
pub struct CheckInForm {
    /// The goal.
    pub goal: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// What the value is called: "Jobs waiting now", "Progress now".
    pub label: String,
    /// The value in the field.
    pub value: String,
    /// What stands behind the field: "of 410 → 90", "%".
    pub unit: String,
    /// "Was 262 on 17 November".
    pub was: String,
    /// The chosen status; empty for the suggested one.
    pub status: String,
    /// The note.
    pub note: String,
    /// Why fields were refused.
    pub errors: Vec<(String, String)>,
    /// Whether the goal updates by itself: a check-in overrides it.
    pub automatic: bool,
    /// Whether the box to stop automatic updates is ticked.
    pub stop: bool,
    /// What automatic updates come from, where they are stopped and can be resumed.
    pub resume_from: Option<String>,
    /// The scoring guidance.
    pub guidance: String,
    /// What would move.
    pub preview: Preview,
}

/// What a check-in would move.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// The status that the rules suggest.
    pub suggested: Option<Status>,
    /// Goals that move, the highest first, the goal itself last.
    pub moves: Vec<Move>,
    /// Why nothing can be shown.
    pub error: Option<String>,
}

/// A goal that would move.
#[derive(Debug, Clone)]
pub struct Move {
    /// Its kind.
    pub kind: Option<GoalKind>,
    /// Its title.
    pub title: String,
    /// Where it is and should be.
    pub now: Progress,
    /// Progress before, in per cent.
    pub before: Option<f64>,
    /// Progress after, in per cent.
    pub after: Option<f64>,
    /// The status after.
    pub status: Shown,
    /// Whether it is the goal of the check-in.
    pub own: bool,
}

impl CheckInForm {
    fn error(&self, names: &[&str]) -> Option<&str> {
        self.errors
            .iter()
            .find(|(field, _)| names.contains(&field.as_str()))
            .map(|(_, message)| message.as_str())
    }
}

/// The dialog; the fragment that opens it, and with [`page`] a page without scripts.
#[must_use]
pub fn dialog(ctx: &Ctx, form: &CheckInForm) -> Markup {
    html! { dialog.dlg.dlg-w open aria-labelledby="check-in-title" data-modal { (inside(ctx, form)) } }
}

/// The same as a page.
#[must_use]
pub fn page(ctx: &Ctx, form: &CheckInForm) -> layout::Page {
    layout::Page {
        title: format!("Check in: {}", form.title),
        description: String::new(),
        section: layout::Section::Elsewhere,
        strip: None,
        head: html! {},
        above: html! {},
        main: html! { div.pad { (inside(ctx, form)) } },
        foot: None,
        panel: None,
        live: None,
    }
}

fn inside(ctx: &Ctx, form: &CheckInForm) -> Markup {
    let action = paths::goal_part(form.goal, "check-ins");
    let preview = paths::goal_part(form.goal, "check-ins/preview");
    let value_error = form.error(&["value", "progress"]);
    html! {
        header.dlg-h {
            div {
                p.sub { (icons::labelled("i i-s", station(form.kind), &ctx.terms.label(form.kind), false)) "Check in" }
                h2 #check-in-title { (form.title) }
            }
            a.btn.btn-q.btn-x href=(paths::goal(form.goal)) data-close aria-label="Close" { (icon("close")) }
        }
        form.ci method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
            (layout::csrf(ctx))
            div.dlg-b.dlg-split {
                div {
                    div.field {
                        label for="value" { (form.label) }
                        div.in-g {
                            input.in.in-n #value name="value" inputmode="decimal" autocomplete="off" value=(form.value) autofocus
                                hx-post=(preview) hx-include="closest form" hx-trigger="input changed delay:250ms" hx-sync="this:replace"
                                hx-target="#preview" hx-swap="outerHTML" aria-invalid=[value_error.map(|_| "true")]
                                aria-describedby=[value_error.map(|_| "value-error")];
                            span.suf { (form.unit) }
                        }
                        (form::error("value", value_error))
                        @if !form.was.is_empty() { p.hint { (form.was) } }
                    }
                    @if !form.guidance.trim().is_empty() { div.note { (icon("info")) span { b { "Scoring guidance. " } (form.guidance) } } }
                    (statuses(form))
                    n-draft data-draft=(form.goal) {
                        (form::textarea(&Field {
                            name: "note", label: "What changed, what is next", value: &form.note, optional: true,
                            hint: Some("Markdown works."), error: form.error(&["note"]), ..Field::default()
                        }, 4))
                    }
                    @if form.automatic {
                        (form::checkbox("stop_automatic", "Stop automatic updates", Some("Otherwise this value stands until the next automatic change."), form.stop))
                    }
                    @if let Some(from) = &form.resume_from {
                        (form::checkbox("resume_automatic", &format!("Resume from {from}"), Some("Takes the automatic value at once; the value above is not used."), false))
                    }
                }
                (moves(&form.preview))
            }
            footer.dlg-f {
                span.push {}
                a.btn href=(paths::goal(form.goal)) data-close { "Cancel" }
                button.btn.btn-p type="submit" { (icon("checkin")) "Check in" kbd { "Ctrl ↵" } }
            }
        }
    }
}

fn statuses(form: &CheckInForm) -> Markup {
    let choices = [
        ("", None),
        ("on_track", Some(Status::OnTrack)),
        ("behind", Some(Status::Behind)),
        ("at_risk", Some(Status::AtRisk)),
    ];
    let segments: Vec<Segment> = choices
        .into_iter()
        .map(|(value, status)| Segment {
            value: value.to_owned(),
            text: status
                .map_or_else(|| String::from("As suggested"), |status| Shown::from(status).word().to_owned()),
            icon: status.map_or("check", |status| Shown::from(status).icon()),
            status: status.map(Shown::from),
            suggested: status.is_some() && status == form.preview.suggested,
        })
        .collect();
    let field = Field {
        name: "status",
        label: "Status",
        value: &form.status,
        error: form.error(&["status"]),
        ..Field::default()
    };
    form::segments(&field, &segments)
}

/// What would move; the fragment of the preview.
#[must_use]
pub fn moves(preview: &Preview) -> Markup {
    html! {
        div.pv #preview role="status" {
            div.pencil-t { (icon("edit")) "Preview, not saved yet" }
            @if let Some(error) = &preview.error { p.hint { (error) } }
            @if !preview.moves.is_empty() {
                h3 { "How this moves north" }
                div.mvs { @for each in &preview.moves { (one_move(each)) } }
            }
        }
    }
}

fn one_move(it: &Move) -> Markup {
    html! {
        div.mv {
            div.mv-t { @if let Some(kind) = it.kind { (icon(station(kind))) } span.tt { (it.title) } }
            (progress::bar_preview(&it.now, it.after.unwrap_or(0.0)))
            div.mv-n {
                @if let (Some(before), Some(after)) = (it.before, it.after) {
                    span.mut { (format::percent_exact(before)) } " " (icon("arrow")) b { (format::percent_exact(after)) }
                }
                @if it.own { span.dim { "this check-in" } }
                (status::word(it.status))
            }
        }
    }
}
