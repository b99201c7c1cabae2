//! The form of a goal: a new one, or one that is changed. A dialog under htmx, a page without scripts.

mod conflict;
mod measure;
mod model;
mod people;
mod place;
mod source;
mod what;

use maud::{Markup, html};

use self::conflict::conflict;
pub use self::measure::{phase_rows, warning};
pub use self::model::{Conflict, DataSource, Difference, GoalForm, Kind, PhaseRow, Phases, Rules, looks_for};
pub use self::place::days;
pub use self::what::kinds;
use crate::components::feedback::{self, Tone};
use crate::components::form;
use crate::icons::icon;
use crate::{Ctx, layout, paths};

/// The dialog.
#[must_use]
pub fn dialog(ctx: &Ctx, it: &GoalForm) -> Markup {
    html! { dialog.dlg.dlg-w open aria-labelledby="goal-form-title" data-modal { (inside(ctx, it, false)) } }
}

/// The same as a page.
#[must_use]
pub fn page(ctx: &Ctx, it: &GoalForm) -> layout::Page {
    layout::Page {
        title: heading(it).to_owned(),
        description: String::new(),
        section: layout::Section::Elsewhere,
        strip: None,
        head: html! {},
        above: html! {},
        main: html! { div.pad { div.frame.form-page { (inside(ctx, it, true)) } } },
        foot: None,
        panel: None,
        live: None,
    }
}

/// A dialog with one field of a goal, to change it where it is shown: `title`, `owners`, `place` or `period`. It posts to the
/// whole form, which says nothing about the other fields.
#[must_use]
pub fn field_dialog(ctx: &Ctx, it: &GoalForm, field: &str) -> Markup {
    html! { dialog.dlg.dlg-s open aria-labelledby="goal-form-title" data-modal { (one_field(ctx, it, field, false)) } }
}

/// The same as a page.
#[must_use]
pub fn field_page(ctx: &Ctx, it: &GoalForm, field: &str) -> layout::Page {
    let main = html! { div.pad { div.frame.form-page { (one_field(ctx, it, field, true)) } } };
    layout::Page { main, ..page(ctx, &GoalForm { locked: Some(String::new()), ..it.clone() }) }
}

fn one_field(ctx: &Ctx, it: &GoalForm, field: &str, page: bool) -> Markup {
    let body = match field {
        "title" => what::title(it),
        "owners" => people::owners(it),
        "place" => place::level_and_teams(it),
        _ => place::period_and_days(it),
    };
    html! {
        header.dlg-h {
            div { @if page { h1 #goal-form-title { (it.typed.value("title")) } } @else { h2 #goal-form-title { (it.typed.value("title")) } } }
            a.btn.btn-q.btn-x href=(it.back) data-close aria-label="Close" { (icon("close")) }
        }
        @match &it.locked {
            Some(reason) => (locked(it, reason)),
            None => form method="post" action=[action(it)] hx-post=[action(it).filter(|_| !page)] hx-target=[(!page).then_some("#dialog")] hx-swap=[(!page).then_some("innerHTML")] {
                button.sr type="submit" tabindex="-1" aria-hidden="true" { "Save" }
                (carried(ctx, it))
                div.dlg-b.form.tall { (body) }
                footer.dlg-f { span.push {} a.btn href=(it.back) data-close { "Cancel" } button.btn.btn-p type="submit" { "Save goal" kbd { "Ctrl ↵" } } }
            },
        }
    }
}

/// A line in a row of a list in the place of the title, to change it there.
#[must_use]
pub fn title_line(ctx: &Ctx, it: &GoalForm) -> Markup {
    html! {
        form.flow.nw.rename method="post" action=[action(it)] hx-post=[action(it)] hx-target="#dialog" hx-swap="innerHTML" {
            (carried(ctx, it))
            input type="hidden" name="inline" value="true";
            input.in name="title" type="text" value=(it.typed.value("title")) required maxlength="500" autocomplete="off" autofocus aria-label="Title";
            button.btn.btn-a type="submit" { "Save" kbd { "↵" } }
        }
    }
}

fn action(it: &GoalForm) -> Option<String> {
    it.goal.map(|goal| paths::goal_part(goal, "edit"))
}

/// What every form about a goal carries: the token, the goal, its version and the marks of its fields.
fn carried(ctx: &Ctx, it: &GoalForm) -> Markup {
    html! {
        (layout::csrf(ctx))
        @if let Some(goal) = it.goal { input type="hidden" name="goal" value=(goal); }
        @for name in ["version", "base"] {
            @let value = it.typed.value(name);
            @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
        }
    }
}

const fn heading(it: &GoalForm) -> &'static str {
    if it.goal.is_some() { "Edit goal" } else { "New goal" }
}

fn inside(ctx: &Ctx, it: &GoalForm, page: bool) -> Markup {
    html! {
        header.dlg-h {
            div {
                @if page { h1 #goal-form-title { (heading(it)) } } @else { h2 #goal-form-title { (heading(it)) } }
                @if !it.about.is_empty() { p.sub { (it.about) } }
                @if it.goal.is_none() { p.sub { a href=(paths::SAMPLES) { "Or start from a sample" } } }
            }
            a.btn.btn-q.btn-x href=(it.back) data-close aria-label="Close" { (icon("close")) }
        }
        @match &it.locked {
            Some(reason) => (locked(it, reason)),
            None => (the_form(ctx, it, page)),
        }
    }
}

/// What stands instead of the form while the goal is closed or postponed.
fn locked(it: &GoalForm, reason: &str) -> Markup {
    html! {
        div.dlg-b { (feedback::note(Tone::Info, &html! { (reason) })) }
        footer.dlg-f { span.push {} a.btn.btn-p href=(it.back) data-close { "Back to the goal" } }
    }
}

fn the_form(ctx: &Ctx, it: &GoalForm, page: bool) -> Markup {
    let action = action(it).unwrap_or_else(|| String::from("/goals"));
    html! {
        // A page of its own is left by saving it.
        form #goal-form method="post" action=(action) hx-post=[(!page).then_some(&action)] hx-target=[(!page).then_some("#dialog")] hx-swap=[(!page).then_some("innerHTML")] {
            // The first button is the one that Enter presses: not a search.
            button.sr type="submit" tabindex="-1" aria-hidden="true" { "Save" }
            (carried(ctx, it))
            div.dlg-b.dlg-split {
                @if it.conflict.is_some() || it.typed.refusal.is_some() || !unplaced(it).is_empty() { div.wide { (problems(it)) } }
                div {
                    (what::what(ctx, it))
                    (measure::measure(ctx, it))
                    (source::source(it))
                }
                div.form {
                    (place::place(it))
                    (people::people(it))
                    (more(it))
                }
            }
            (foot(it))
        }
    }
}

/// What is wrong with the whole, before everything else.
fn problems(it: &GoalForm) -> Markup {
    html! {
        @if let Some(refusal) = &it.typed.refusal { (feedback::note(Tone::Failure, &html! { (refusal) })) }
        @for (_, message) in unplaced(it) { (feedback::note(Tone::Failure, &html! { (message) })) }
        @if let Some(it) = &it.conflict { (conflict(it)) }
    }
}

/// The fields whose errors stand beside them.
const PLACED: &[&str] = &[
    "kind",
    "title",
    "description",
    "parents",
    "level",
    "team_ids",
    "owner_ids",
    "check_in_owner_id",
    "delegate_id",
    "period_id",
    "start_date",
    "due_date",
    "metric_kind",
    "metric_name",
    "metric_unit",
    "metric_start",
    "metric_target",
    "risk_threshold",
    "phases",
    "progress_mode",
    "committed",
    "tags",
    "scoring_guidance",
    "new_children_contribute",
];

fn unplaced(it: &GoalForm) -> Vec<&(String, String)> {
    let beside = |name: &str| PLACED.contains(&name) || name.starts_with("phases[");
    it.typed.errors.iter().filter(|(name, _)| !beside(name)).collect()
}

/// What few goals need: closed until one of it is used.
fn more(it: &GoalForm) -> Markup {
    let used = |name: &str| {
        !it.chosen(name).is_empty() || it.typed.error(name).is_some() || it.found(name).is_some()
    };
    let open = ["delegate_id", "check_in_owner_id"].into_iter().any(used)
        || !matches!(it.typed.value("progress_mode"), "" | "rollup")
        || ["progress_mode", "scoring_guidance"].into_iter().any(|name| it.typed.error(name).is_some())
        || !it.typed.value("scoring_guidance").is_empty();
    html! {
        details.more open[open] {
            summary { "More options" }
            div.form {
                (people::others(it))
                (what::progress(it))
                @if it.rules.guidance { (what::guidance(it)) }
                input type="hidden" name="children_shown" value="true";
                (form::checkbox("new_children_contribute", "New goals below count",
                    Some("What is aligned to it later counts towards its progress from the start."), it.typed.value("new_children_contribute") == "true"))
            }
        }
    }
}

fn foot(it: &GoalForm) -> Markup {
    let verb = match (it.goal, &it.conflict) {
        (Some(_), Some(_)) => "Save what I chose",
        (Some(_), None) => "Save goal",
        (None, _) => "Create goal",
    };
    html! {
        footer.dlg-f {
            @if it.goal.is_none() { (form::checkbox("another", "Create another", None, it.typed.value("another") == "true")) }
            span.push {}
            a.btn href=(it.back) data-close { "Cancel" }
            button.btn.btn-p type="submit" { (verb) kbd { "Ctrl ↵" } }
        }
    }
}
