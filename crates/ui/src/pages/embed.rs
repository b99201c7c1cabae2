//! The page that Azure DevOps frames on a work item: what the item serves, from its goal up to the objective, each to be checked in or
//! commented. It works without scripts and without cookies; every form carries the frame's secret.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::preferences::Theme;
use northing_core::values::Id;

use crate::components::form::{self, Field};
use crate::components::progress::{self, Progress, Size};
use crate::components::status::{self, Shown};
use crate::icons::{icon, labelled, logo, station};
use crate::layout::{self, Assets};
use crate::{Ctx, paths};

/// A goal on the way from the item to the top.
#[derive(Debug, Clone)]
pub struct Rung {
    /// The goal.
    pub id: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// How far it is.
    pub progress: Progress,
    /// How it stands.
    pub status: Shown,
    /// The value in the field: empty where there is none yet.
    pub value: String,
    /// What stands behind the field.
    pub unit: String,
}

/// What is framed.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The organisation's name.
    pub organization: String,
    /// The item's number.
    pub item: u64,
    /// Where the forms lead: `/embed/azure-devops/ORG`.
    pub base: String,
    /// The project, as the frame was opened with it.
    pub project: String,
    /// The frame's secret.
    pub secret: String,
    /// What the item serves: each way from the goal up, the goal first.
    pub ways: Vec<Vec<Rung>>,
    /// What was just done.
    pub done: Option<String>,
    /// Why something was refused.
    pub problem: Option<String>,
}

fn page(assets: &Assets, title: &str, body: &Markup) -> Markup {
    // No scripts: the frame's policy allows none.
    let assets = Assets { js: Vec::new(), ..assets.clone() };
    layout::themed(
        &assets,
        Theme::System,
        title,
        "",
        &html! { main.pad #main tabindex="-1" { div.stack-l.measure { (body) } } },
    )
}

fn told(frame: &Frame) -> Markup {
    html! {
        @if let Some(done) = &frame.done { div.note data-st="track" role="status" { (icon("check")) span { (done) } } }
        @if let Some(problem) = &frame.problem { div.note data-st="behind" role="alert" { (icon("warn")) span { (problem) } } }
    }
}

fn carried(frame: &Frame) -> Markup {
    html! {
        input type="hidden" name="frame" value=(frame.secret);
        input type="hidden" name="project" value=(frame.project);
        input type="hidden" name="item" value=(frame.item);
    }
}

/// What the item serves.
#[must_use]
pub fn serves(ctx: &Ctx, assets: &Assets, frame: &Frame) -> Markup {
    let title = format!("What {} serves", frame.item);
    let body = html! {
        h1 { "What this item serves" }
        (told(frame))
        @if frame.ways.is_empty() {
            p { "No goal in " (frame.organization) " follows this item, or one above it, as far as you may see." }
            p { a.btn href=(paths::NEW_GOAL) target="_blank" rel="noopener" { (icon("plus")) "Add an initiative in Northing" } }
        }
        @for (number, way) in frame.ways.iter().enumerate() {
            section.frame aria-label=(format!("Way {} to the top", number + 1)) {
                ol.stack-l.pad { @for rung in way { li { (step(ctx, frame, rung)) } } }
            }
        }
    };
    page(assets, &title, &body)
}

fn step(ctx: &Ctx, frame: &Frame, rung: &Rung) -> Markup {
    let action = format!("{}/goals/{}", frame.base, rung.id);
    let (value, note) = (format!("value-{}", rung.id), format!("note-{}", rung.id));
    html! {
        div.stack {
            div.sec-h {
                h2.flow.nw { (labelled("i", station(rung.kind), &ctx.terms.label(rung.kind), false))
                    a href=(paths::goal(rung.id)) target="_blank" rel="noopener" { (rung.title) } }
                span.push { (status::word(rung.status)) }
            }
            (progress::bar(&rung.progress, Size::Medium))
            p.sm.mut { (progress::sentence(&rung.progress)) }
            details {
                summary { "Check in or comment" span.sr { ": " (rung.title) } }
                form.stack method="post" action=(action) {
                    (carried(frame))
                    div.field { label for=(value) { "New value " span.opt { "for a check-in" } }
                        div.in-g { input.in id=(value) name="value" inputmode="decimal" value=(rung.value); @if !rung.unit.is_empty() { span.suf { (rung.unit) } } } }
                    div.field { label for=(note) { "What changed, what is next" } textarea.in id=(note) name="note" rows="3" {} }
                    div.btns {
                        button.btn.btn-p type="submit" name="act" value="check-in" { (icon("check")) "Check in" }
                        button.btn type="submit" name="act" value="comment" { (icon("comment")) "Comment" }
                    }
                }
            }
        }
    }
}

/// Asks once who somebody is in Northing.
#[must_use]
pub fn who(assets: &Assets, frame: &Frame) -> Markup {
    let body = html! {
        h1 { "Who are you in " (frame.organization) "?" }
        (told(frame))
        p { "Once only: have Northing show you a code, and enter it here. From then on this tab knows you." }
        p { a.btn href=(paths::EMBED_CODE) target="_blank" rel="noopener" { (icon("key")) "Show me a code in Northing" } }
        form.stack method="post" action=(format!("{}/code", frame.base)) {
            (carried(frame))
            (form::input(&Field { name: "code", label: "Code", value: "", required: true, ..Field::default() }, "text"))
            div.btns { button.btn.btn-p type="submit" { "Connect" } }
        }
    };
    page(assets, "Who are you?", &body)
}

/// The frame is not open, or no longer.
#[must_use]
pub fn closed(assets: &Assets, why: &str) -> Markup {
    page(assets, "Not open", &html! { div.row { (logo()) h1 { "Not open" } } p { (why) } })
}
