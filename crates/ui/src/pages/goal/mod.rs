//! A goal: the side panel beside a list, and the same on a page of its own.

mod check_ins;
pub mod contributing;
mod details;
mod measure;
mod model;
pub mod nudge;

use maud::{Markup, html};

pub use model::{Around, Goal, May};

use crate::components::period::Strip;
use crate::components::{activity, crumbs, menu, person, score, status};
use crate::icons::{self, icon, station};
use crate::layout::{Page, Section};
use crate::{Ctx, format, layout, markdown, paths};
use northing_core::values::Id;

/// The side panel; the fragment of `/goals/{id}/panel`.
#[must_use]
pub fn panel(ctx: &Ctx, goal: &Goal, around: &Around) -> Markup {
    let step = |to: Option<Id>, label: &str, name: &str| {
        html! {
            @if let Some(id) = to {
                a.btn.btn-q.btn-x href=(paths::goal(id)) hx-get=(paths::goal_part(id, "panel")) hx-target="#panel" hx-swap="outerHTML" aria-label=(label) { (icon(name)) }
            }
        }
    };
    html! {
        aside.panel #panel data-goal=(goal.id) data-refresh=(paths::goal_part(goal.id, "panel")) aria-label="Goal details" {
            div.gp-h {
                div.gp-bar {
                    span.ty { (icon(station(goal.kind))) (ctx.terms.label(goal.kind)) }
                    span.push {}
                    (step(around.previous, "Previous goal", "up"))
                    (step(around.next, "Next goal", "down"))
                    button.btn.btn-q.btn-x type="button" data-link=(paths::goal(goal.id)) aria-label="Copy link" { (icon("link")) }
                    a.btn.btn-q.btn-x href=(paths::goal(goal.id)) aria-label="Open as full page" { (icon("expand")) }
                    a.btn.btn-q.btn-x href=(around.close) hx-get=(around.close) hx-select="#panel" hx-target="#panel" hx-swap="outerHTML" hx-push-url="true" data-close aria-label="Close panel" { (icon("close")) }
                }
                div.gp-t { h2 tabindex="-1" { (goal.title) } }
                (heading(ctx, goal))
                (sections(goal))
            }
            (body(ctx, goal))
        }
    }
}

/// The page of its own.
#[must_use]
pub fn page(ctx: &Ctx, goal: &Goal, strip: Option<Strip>, live: Option<String>) -> Page {
    Page {
        title: goal.title.clone(),
        description: markdown::plain(&goal.description, 150),
        section: Section::Elsewhere,
        strip,
        head: layout::head(&way(goal), &goal.title, &html! {}),
        above: html! {},
        main: main(ctx, goal),
        foot: None,
        panel: None,
        live,
    }
}

/// The goals above it, from the top.
fn way(goal: &Goal) -> Markup {
    let above = goal.ladder.above.iter().filter(|step| !step.additional);
    crumbs::crumbs(&above.map(|step| (step.title.clone(), paths::goal(step.id))).collect::<Vec<_>>())
}

/// What live updates replace: content and heading.
#[must_use]
pub fn main_swap(ctx: &Ctx, goal: &Goal) -> Markup {
    html! { (main(ctx, goal)) (layout::head_swap(&way(goal), &goal.title, &html! {})) }
}

/// Where a goal stood that is gone or not to be seen any more: the panel, or the page's content.
#[must_use]
pub fn gone(panel: Option<&str>) -> Markup {
    let why = html! {
        p { "This goal was deleted, or it is shown to named people only. " }
        p.btns { a.btn href=(paths::TRASH) { "Deleted goals" } a.btn href=(paths::EXPLORER) { "Explorer" } }
    };
    html! {
        @match panel {
            Some(close) => aside.panel #panel aria-label="Goal details" {
                div.gp-h { div.gp-bar { span.ty { "No longer here" } span.push {}
                    a.btn.btn-q.btn-x href=(close) hx-get=(close) hx-select="#panel" hx-target="#panel" hx-swap="outerHTML" hx-push-url="true" data-close aria-label="Close panel" { (icon("close")) } } }
                section.sec.stack { (why) }
            },
            None => div.gp-page #goal { section.sec.stack { (why) } },
        }
    }
}

/// The page's content; the fragment of `/goals/{id}/main` that live updates replace.
#[must_use]
pub fn main(ctx: &Ctx, goal: &Goal) -> Markup {
    html! {
        div.gp-page #goal data-goal=(goal.id) data-refresh=(paths::goal_part(goal.id, "main")) {
            h2.sr { (ctx.terms.label(goal.kind)) }
            div.gp-h { (heading(ctx, goal)) (sections(goal)) }
            (body(ctx, goal))
        }
    }
}

fn heading(ctx: &Ctx, goal: &Goal) -> Markup {
    let new = paths::goal_part(goal.id, "check-ins/new");
    let edit = paths::goal_part(goal.id, "edit");
    html! {
        div.gp-s {
            @if goal.may.check_in { (status::pill_link(goal.progress.status, &new)) } @else { (status::pill(goal.progress.status)) }
            @if let Some((value, band)) = goal.score { (score::badge(value, band)) }
            @if goal.owners.is_empty() { span.dim { "No owner" } }
            @for owner in &goal.owners { (person::who(owner)) }
            @if goal.restricted { (icons::labelled("i", "lock", "Only named people see this", true)) }
            span.push {}
            span.btns {
                @if goal.may.check_in { a.btn.btn-p href=(new) hx-get=(new) hx-target="#dialog" hx-swap="innerHTML" data-key="i" { (icon("checkin")) "Check in" } }
                @if goal.may.edit { a.btn href=(edit) hx-get=(edit) hx-target="#dialog" hx-swap="innerHTML" data-key="e" { (icon("edit")) "Edit" } }
                @if !goal.actions.is_empty() { (menu::more(ctx, "goal-menu", "More actions", &goal.actions)) }
            }
        }
    }
}

fn sections(goal: &Goal) -> Markup {
    html! {
        nav.gp-n aria-label="Sections" {
            a.view href="#measure" { "Measure" }
            a.view href="#contrib" { "Contributing" @if goal.below > 0 { " " span.n { (format::count(goal.below)) } } }
            a.view href="#align" { "Alignment" }
            a.view href="#checkins" { "Check-ins" @if goal.check_in_count > 0 { " " span.n { (format::count(goal.check_in_count)) } } }
            a.view href="#activity" { "Activity" }
        }
    }
}

/// The sections below the heading.
#[must_use]
pub fn body(ctx: &Ctx, goal: &Goal) -> Markup {
    html! {
        (measure::measure(ctx, goal))
        (details::details(ctx, goal))
        (contributing::contributing(ctx, goal))
        (contributing::alignments(ctx, goal))
        (check_ins::section(ctx, goal))
        section.sec #activity aria-labelledby="h-activity" {
            div.sec-h { h3 #h-activity { "Activity" } }
            (activity::list(ctx, &goal.activity, None))
            @if goal.more_activity { p { a.btn.btn-q href=(paths::goal_part(goal.id, "activity")) { "All activity" } } }
        }
    }
}
