//! Checking in: the dialog with value, suggested status, note and what moves above before it is saved; the queue of what
//! one owes; changing and removing a check-in; the full list of a goal's check-ins.

mod change;
mod fields;
mod list;
mod preview;
mod queue;

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::status::Status;
use northing_core::values::Id;

pub use change::{Removal, removal};
pub use list::{CheckInList, list, more};
pub use preview::{Move, Preview, moves, moves_with_status};
pub use queue::{Done, DueList, Queue, done};

use crate::components::chart::{self, History};
use crate::components::check_in::{self, CheckIn};
use crate::components::dialog::{self, Dialog};
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::icons::{self, icon, station};
use crate::{Ctx, layout, paths};

/// What the dialog shows; a refused form comes back with what was typed.
#[derive(Debug, Clone)]
pub struct CheckInForm {
    /// The goal.
    pub goal: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// The check-in that is changed, with its version; none for a new one.
    pub changes: Option<(Id, i64)>,
    /// What somebody else made of it in the meantime.
    pub conflict: Option<String>,
    /// Whether only the note can be changed: the goal is locked.
    pub note_only: bool,
    /// How the value is asked for.
    pub asks: Asks,
    /// "Was 262 on 17 November."
    pub was: String,
    /// The statuses to choose from.
    pub statuses: Vec<Status>,
    /// The chosen status; empty for the suggested one.
    pub status: String,
    /// The note.
    pub note: String,
    /// The past day that it holds for; empty for today.
    pub as_of: String,
    /// Why fields were refused.
    pub errors: Vec<(String, String)>,
    /// What the automatic values are, where there are any: "The goals below say 54% now."
    pub automatic: String,
    /// The box to stop automatic updates, and whether it is ticked; none where there are none or they are stopped.
    pub stop: Option<bool>,
    /// The data source that the goal follows, where it follows one: a check-in stands until its value changes, or until resumed.
    pub until: Option<String>,
    /// What automatic updates come from, where they are stopped and can be resumed.
    pub resume_from: Option<String>,
    /// The scoring guidance.
    pub guidance: String,
    /// The graph so far.
    pub history: Option<History>,
    /// The last check-ins.
    pub last: Vec<CheckIn>,
    /// What would move.
    pub preview: Preview,
    /// The queue that it belongs to.
    pub queue: Option<Queue>,
    /// Whether the answer goes back to My OKRs.
    pub from_home: bool,
}

/// How the value is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asks {
    /// What the value is called: "Jobs waiting now", "Progress now".
    pub label: String,
    /// The value in the field.
    pub value: String,
    /// What stands behind the field: "of 410 → 90", "%".
    pub unit: String,
    /// The percentage in the field beside it, where either can be given.
    pub progress: Option<String>,
    /// Whether the percentage is the one that counts.
    pub by_progress: bool,
}

impl CheckInForm {
    fn error(&self, names: &[&str]) -> Option<&str> {
        self.errors
            .iter()
            .find(|(field, _)| names.contains(&field.as_str()))
            .map(|(_, message)| message.as_str())
    }

    /// Where the form goes: `check-ins`, or the check-in's own `edit`.
    fn action(&self) -> String {
        match self.changes {
            Some((id, _)) => paths::check_in(self.goal, id, "edit"),
            None => paths::goal_part(self.goal, "check-ins"),
        }
    }

    fn preview_at(&self) -> String {
        match self.changes {
            Some((id, _)) => paths::check_in(self.goal, id, "preview"),
            None => paths::goal_part(self.goal, "check-ins/preview"),
        }
    }

    fn back(&self) -> String {
        match &self.queue {
            Some(queue) => queue.back().to_owned(),
            None if self.from_home => paths::HOME.to_owned(),
            None => paths::goal(self.goal),
        }
    }
}

/// The form as a dialog or a page.
#[must_use]
pub fn form(ctx: &Ctx, form: &CheckInForm) -> Dialog {
    let verb = if form.changes.is_some() { "Change check-in" } else { "Check in" };
    Dialog {
        title: format!("{verb}: {}", form.title),
        labelled_by: "check-in-title",
        wide: true,
        inside: inside(ctx, form, verb),
    }
}

fn inside(ctx: &Ctx, form: &CheckInForm, verb: &str) -> Markup {
    let action = form.action();
    let above = html! {
        (icons::labelled("i i-s", station(form.kind), &ctx.terms.label(form.kind), false))
        (verb) @if let Some(queue) = &form.queue { ", " (queue.at) " of " (queue.of) }
    };
    html! {
        (dialog::head("check-in-title", &above, &form.title, &form.back()))
        form.ci method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
            (layout::csrf(ctx))
            @if let Some((_, version)) = form.changes { input type="hidden" name="version" value=(version); }
            @if let Some(queue) = &form.queue { (queue.fields()) }
            @if form.from_home { input type="hidden" name="from" value="home"; }
            div.dlg-b.dlg-split {
                div { (entered(form)) }
                div.dlg-side {
                    (moves(ctx, &form.preview))
                    (so_far(ctx, form))
                }
            }
            (foot(form))
        }
    }
}

/// The left side: what one enters.
fn entered(form: &CheckInForm) -> Markup {
    let preview = form.preview_at();
    html! {
        div.stack hx-post=(preview) hx-include="closest form" hx-trigger="input delay:250ms, change delay:50ms" hx-sync="this:replace" hx-target="#preview" hx-swap="outerHTML" {
            @if let Some(conflict) = &form.conflict { (feedback::note(Tone::Warning, &html! { (conflict) })) }
            @if !form.note_only { (fields::value(form)) }
            @if !form.automatic.is_empty() { p.hint.flow { (icons::small("sync")) (form.automatic) } }
            @if !form.was.is_empty() { p.hint { (form.was) } }
            @if let Some(from) = &form.resume_from {
                (form::checkbox("resume_automatic", &format!("Resume from {from}"), Some("Takes the automatic value at once; value and status above are not used."), false))
                (form::error("resume_automatic", form.error(&["resume_automatic"])))
            }
            @if !form.note_only { (preview::statuses(form)) }
            @if let Some(stop) = form.stop {
                @match &form.until {
                    Some(source) => (fields::until(source, stop)),
                    None => (form::checkbox("stop_automatic", "Stop automatic updates", Some("Otherwise this value stands until the next automatic change."), stop)),
                }
                (form::error("stop_automatic", form.error(&["stop_automatic"])))
            }
        }
        @if !form.guidance.trim().is_empty() { div.note { (icon("info")) span { b { "Scoring guidance. " } (crate::markdown::render(&form.guidance)) } } }
        n-mention { n-draft key=(form.changes.map_or_else(|| form.goal.to_string(), |(id, _)| id.to_string())) {
            (form::textarea(&Field {
                name: "note", label: "What changed, what is next", value: &form.note, optional: true,
                hint: Some("Use @ to name someone. Markdown works."), error: form.error(&["note"]), ..Field::default()
            }, 4))
            p.hint data-draft-note hidden { "This is what you wrote last time and did not send. " button.btn.btn-q type="button" data-draft-discard { "Discard" } }
        } }
        @if form.changes.is_none() {
            details open[!form.as_of.is_empty()] {
                summary.sm { "For another day" }
                (form::input(&Field {
                    name: "as_of", label: "As of", value: &form.as_of, optional: true,
                    hint: Some("A past day: the value as it was at its end. Without one it holds for now."),
                    error: form.error(&["as_of"]), ..Field::default()
                }, "date"))
            }
        }
    }
}

/// The right side below the preview: where the goal came from.
fn so_far(ctx: &Ctx, form: &CheckInForm) -> Markup {
    html! {
        @if form.history.is_some() || !form.last.is_empty() {
            div.stack.so-far {
                @if let Some(history) = &form.history { h3 { "Trend" } (chart::graph(ctx, history)) }
                @if !form.last.is_empty() { h3 { "Last check-ins" } (check_in::brief(ctx, &form.last)) }
            }
        }
    }
}

fn foot(form: &CheckInForm) -> Markup {
    let (verb, key) = if form.changes.is_some() { ("Save", "Ctrl ↵") } else { ("Check in", "Ctrl ↵") };
    html! {
        footer.dlg-f {
            @match &form.queue {
                Some(queue) => {
                    @let skip = queue.without(form.goal).address();
                    a.btn.btn-q href=(skip) hx-get=(skip) hx-target="#dialog" hx-swap="innerHTML" { "Skip" }
                    span.push {}
                    @if queue.is_last() {
                        a.btn href=(form.back()) data-close { "Stop here" }
                        button.btn.btn-p type="submit" { (icon("checkin")) "Check in" kbd.on { (key) } }
                    } @else {
                        button.btn type="submit" name="then" value="stop" { "Check in" }
                        button.btn.btn-p type="submit" data-default { (icon("checkin")) "Check in and next" kbd.on { (key) } }
                    }
                }
                None => {
                    span.push {}
                    a.btn href=(form.back()) data-close { "Cancel" }
                    button.btn.btn-p type="submit" { (icon("checkin")) (verb) kbd.on { (key) } }
                }
            }
        }
    }
}
