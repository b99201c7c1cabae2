//! A goal: the side panel beside a list, and the same on a page of its own.

use maud::{Markup, html};
use northing_core::goal::{GoalKind, Level};
use northing_core::metric::Metric;
use northing_core::score::ScoreBand;
use northing_core::values::{Day, Id};

use crate::components::activity::{self, Activity};
use crate::components::alert::{self, Alert};
use crate::components::alignment::{self, Ladder};
use crate::components::chart::{self, History};
use crate::components::check_in::{self, CheckIn, Comment};
use crate::components::children::{self, Child};
use crate::components::crumbs;
use crate::components::donut::{self, Part};
use crate::components::feedback::{self, Tone};
use crate::components::goal_list::{self, Brief};
use crate::components::menu::{self, Entry};
use crate::components::period::Strip;
use crate::components::person::{self, Person};
use crate::components::progress::{self, Progress};
use crate::components::{score, status, tag};
use crate::icons::{self, icon, station};
use crate::layout::{Page, Section};
use crate::{Ctx, format, layout, markdown, paths};

/// Everything about a goal that its panel and page show.
#[derive(Debug, Clone)]
pub struct Goal {
    /// The goal.
    pub id: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its level.
    pub level: Level,
    /// Its title.
    pub title: String,
    /// Its description in Markdown.
    pub description: String,
    /// Where it is and should be.
    pub progress: Progress,
    /// What it measures; none for plain percentages.
    pub metric: Option<Metric>,
    /// The change since the check-in before the last, with its day.
    pub change: Option<(f64, Day)>,
    /// Its first day.
    pub start: Day,
    /// Its last day.
    pub end: Day,
    /// The period's name.
    pub period: String,
    /// Its owners.
    pub owners: Vec<Person>,
    /// Who checks in.
    pub check_in_owner: Option<Person>,
    /// Its teams, with addresses; empty for the organisation's and for individual goals.
    pub teams: Vec<(Id, String)>,
    /// Where the progress comes from, in words: "Rolled up from 3 of 4 children".
    pub source: String,
    /// Where updates were stopped by hand: what resumes them ("children", "data source").
    pub resume_from: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Whether it is committed.
    pub committed: bool,
    /// Whether only named people see it.
    pub restricted: bool,
    /// The scoring guidance.
    pub guidance: String,
    /// Score, band and closing note of a closed goal.
    pub closure: Option<(f64, ScoreBand, String)>,
    /// Its alerts.
    pub alerts: Vec<Alert>,
    /// The graph.
    pub history: Option<History>,
    /// Children that count, with shares.
    pub children: Vec<Child>,
    /// Children that do not count, and those of a goal that does not roll up.
    pub supporting: Vec<Brief>,
    /// The tasks of an initiative.
    pub tasks: Vec<Task>,
    /// Its place.
    pub ladder: Ladder,
    /// The latest check-ins.
    pub check_ins: Vec<CheckIn>,
    /// How many check-ins there are.
    pub check_in_count: usize,
    /// Comments on the goal itself.
    pub comments: Vec<Comment>,
    /// What happened.
    pub activity: Vec<Activity>,
    /// What the person may do.
    pub may: May,
    /// The menu's actions.
    pub actions: Vec<Entry>,
}

/// A task of an initiative.
#[derive(Debug, Clone)]
pub struct Task {
    /// The task.
    pub id: Id,
    /// What is to be done.
    pub title: String,
    /// Who does it.
    pub owner: Option<Person>,
    /// By when.
    pub due: Option<Day>,
    /// Whether it is done.
    pub done: bool,
}

/// What the reader may do with the goal.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a right of its own")]
pub struct May {
    /// Check in.
    pub check_in: bool,
    /// Edit it.
    pub edit: bool,
    /// Change its children's shares.
    pub contribute: bool,
    /// Align it to others, and others to it.
    pub align: bool,
    /// Add a child.
    pub add_child: bool,
    /// Comment.
    pub comment: bool,
}

/// Where the panel stands among the rows of its list.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// The list without the panel.
    pub close: String,
    /// The goal above, as a panel.
    pub previous: Option<Id>,
    /// The goal below, as a panel.
    pub next: Option<Id>,
}

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
                    button.btn.btn-q.btn-x type="button" data-copy=(paths::goal(goal.id)) aria-label="Copy link" { (icon("link")) }
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
    let above: Vec<_> = goal
        .ladder
        .above
        .iter()
        .filter(|step| !step.additional)
        .map(|step| (step.title.clone(), paths::goal(step.id)))
        .collect();
    Page {
        title: goal.title.clone(),
        description: markdown::plain(&goal.description, 150),
        section: Section::Elsewhere,
        strip,
        head: layout::head(&crumbs::crumbs(&above), &goal.title, &html! {}),
        above: html! {},
        main: main(ctx, goal),
        foot: None,
        panel: None,
        live,
    }
}

/// The page's content; the fragment of `/goals/{id}/main` that live updates replace.
#[must_use]
pub fn main(ctx: &Ctx, goal: &Goal) -> Markup {
    html! {
        div.gp-page #goal data-goal=(goal.id) data-refresh=(paths::goal_part(goal.id, "main")) {
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
            @if let Some((value, band, _)) = &goal.closure { (score::badge(*value, *band)) }
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
    let below = goal.children.len() + goal.supporting.len();
    html! {
        nav.gp-n aria-label="Sections" {
            a.view href="#measure" { "Measure" }
            a.view href="#contrib" { "Contributing" @if below > 0 { " " span.n { (below) } } }
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
        (measure(ctx, goal))
        (details(ctx, goal))
        (contributing(ctx, goal))
        (alignments(ctx, goal))
        (history(ctx, goal))
        section.sec #activity aria-labelledby="h-activity" {
            div.sec-h { h3 #h-activity { "Activity" } }
            (activity::list(ctx, &goal.activity, None))
        }
    }
}

/// The measure: value, progress against expected, graph, source.
#[must_use]
pub fn measure(ctx: &Ctx, goal: &Goal) -> Markup {
    html! {
        section.sec #measure aria-labelledby="h-measure" {
            h3.sr #h-measure { "Measure" }
            div.stack {
                (alert::notes(&goal.alerts))
                @if let Some((_, _, note)) = &goal.closure { @if !note.trim().is_empty() { div.note { (icon("st-closed")) span { (markdown::render(note)) } } } }
                (figures(ctx, goal))
                @if let Some(history) = &goal.history { (chart::history(ctx, history)) }
                (source(ctx, goal))
                @if !goal.guidance.trim().is_empty() { div.note { (icon("info")) span { b { "Scoring guidance. " } (markdown::render(&goal.guidance)) } } }
            }
        }
    }
}

fn figures(ctx: &Ctx, goal: &Goal) -> Markup {
    let unit = goal.metric.as_ref().and_then(|metric| metric.unit.as_deref());
    let shown = |amount: f64| {
        if goal.metric.is_some() { format::value(amount, unit) } else { format::percent(amount) }
    };
    let now = goal
        .metric
        .as_ref()
        .and_then(format::metric)
        .map_or_else(|| goal.progress.actual.map(format::percent), |(now, _)| Some(now));
    let (from, to) =
        goal.metric.as_ref().map_or((Some(0.0), Some(100.0)), |metric| (Some(metric.start), metric.target));
    html! {
        div.big {
            span.x { (now.unwrap_or_else(|| "No value yet".to_owned())) }
            span.u { @if let Some(metric) = &goal.metric { (metric.name.as_deref().or_else(|| format::word_unit(unit)).unwrap_or_default()) } @else { (goal.source) } }
            @if let Some((change, since)) = goal.change {
                span.delta.st data-st=(if better(goal.metric.as_ref(), change) { "track" } else { "behind" }) { (format::change(change)) " since " (format::day(since, ctx.today)) }
            }
        }
        @if goal.progress.actual.is_some() {
            (progress::scale(&goal.progress,
                &from.map_or_else(String::new, |value| format!("{} on {}", shown(value), format::day(goal.start, ctx.today))),
                &to.map_or_else(String::new, |value| format!("{} by {}", shown(value), format::day(goal.end, ctx.today)))))
        }
    }
}

/// Whether a change leads towards the target.
fn better(metric: Option<&Metric>, change: f64) -> bool {
    let direction = metric.and_then(|metric| Some(metric.target? - metric.start)).unwrap_or(1.0);
    change * direction >= 0.0
}

fn source(ctx: &Ctx, goal: &Goal) -> Markup {
    let resume = paths::goal_part(goal.id, "resume");
    html! {
        @if goal.metric.is_some() && !goal.source.is_empty() { p.sm.mut { (goal.source) } }
        @if let Some(from) = &goal.resume_from {
            (feedback::note(Tone::Info, &html! {
                "Automatic updates are stopped: the value stays as it was checked in."
                @if goal.may.check_in {
                    form method="post" action=(resume) hx-post=(resume) hx-swap="none" { (layout::csrf(ctx)) button.btn type="submit" { "Resume from " (from) } }
                }
            }))
        }
    }
}

fn details(ctx: &Ctx, goal: &Goal) -> Markup {
    html! {
        section.sec #details aria-label="Details" { div.stack {
            @if !goal.description.trim().is_empty() { div.stack.sm { (markdown::render(&goal.description)) } }
            dl.props {
                dt { "Team" }
                dd { @match goal.level { Level::Organization => "Organisation", Level::Individual => "Individual", Level::Team => { @for (at, (id, name)) in goal.teams.iter().enumerate() { @if at > 0 { ", " } a.pl href=(paths::team(*id)) { (name) } } } } }
                dt { "Period" } dd { (goal.period) }
                dt { "Dates" } dd { (format::day(goal.start, ctx.today)) " to " (format::day(goal.end, ctx.today)) }
                @if let Some(who) = &goal.check_in_owner { dt { "Checks in" } dd { (person::who(who)) } }
                dt { "Ambition" } dd { @if goal.committed { "Committed" } @else { "Aspirational" } }
                @if !goal.tags.is_empty() { dt { "Tags" } dd { (tag::tags(&goal.tags)) } }
            }
        } }
        @if !goal.tasks.is_empty() { (tasks(ctx, goal)) }
    }
}

fn tasks(ctx: &Ctx, goal: &Goal) -> Markup {
    let done = goal.tasks.iter().filter(|task| task.done).count();
    html! {
        section.sec #tasks aria-labelledby="h-tasks" {
            div.sec-h { h3 #h-tasks { "Tasks" } span.n { (done) " of " (goal.tasks.len()) " done" } }
            ul.stack { @for each in &goal.tasks { (task(ctx, goal, each)) } }
        }
    }
}

/// One task with its box; the fragment that ticking it sends.
#[must_use]
pub fn task(ctx: &Ctx, goal: &Goal, task: &Task) -> Markup {
    let action = paths::goal_part(goal.id, &format!("tasks/{}", task.id));
    html! {
        li id=(format!("task-{}", task.id)) {
            form.flow method="post" action=(action) hx-post=(action) hx-target="closest li" hx-swap="outerHTML" {
                (layout::csrf(ctx))
                input type="hidden" name="done" value=((!task.done).to_string());
                button.tw type="submit" role="checkbox" aria-checked=(task.done.to_string()) aria-label=(task.title) disabled[!goal.may.check_in] { @if task.done { (icon("check")) } @else { (icon("initiative")) } }
                span { (task.title) }
                @if let Some(owner) = &task.owner { (person::avatar(&owner.name)) }
                @if let Some(due) = task.due { span.dim.xs { (format::day(due, ctx.today)) } }
            }
        }
    }
}

fn contributing(ctx: &Ctx, goal: &Goal) -> Markup {
    let new = paths::new_child(goal.id);
    let manage = paths::goal_part(goal.id, "contributions");
    let sum: f64 =
        goal.children.iter().filter_map(|child| Some(child.share? * child.progress? / 100.0)).sum();
    let shares = goal.children.iter().all(|child| child.share.is_some());
    html! {
        section.sec #contrib aria-labelledby="h-contrib" {
            div.sec-h {
                h3 #h-contrib { "Contributing goals" }
                @if !goal.children.is_empty() && shares { span.n { "weights total 100%" } }
                span.push.btns {
                    @if goal.may.contribute && !goal.children.is_empty() { a.btn.btn-q href=(manage) hx-get=(manage) hx-target="#dialog" hx-swap="innerHTML" { "Weights" } }
                    @if goal.may.add_child { a.btn.btn-q.btn-x href=(new) hx-get=(new) hx-target="#dialog" hx-swap="innerHTML" data-key="c" aria-label="Add contributing goal" { (icon("plus")) } }
                }
            }
            @if !goal.children.is_empty() {
                (children::table(ctx, &goal.children, shares.then_some(sum)))
                @if shares && goal.children.len() > 1 {
                    @let parts = goal.children.iter().map(|child| Part { name: child.title.clone(), share: child.share.unwrap_or(0.0), status: goal.progress.status }).collect::<Vec<_>>();
                    details.sm { summary { "Show weights as a ring" } (donut::donut("Weights of the contributing goals", &parts.len().to_string(), "goals", &parts)) }
                }
            }
            @if !goal.supporting.is_empty() { p.xs.dim { "Support this goal, do not change it" } (goal_list::list(ctx, &goal.supporting, false)) }
            @if goal.children.is_empty() && goal.supporting.is_empty() {
                p.sm.mut { "Nothing is aligned to this goal yet." }
            }
        }
    }
}

fn alignments(ctx: &Ctx, goal: &Goal) -> Markup {
    let change = paths::goal_part(goal.id, "alignments");
    html! {
        section.sec #align aria-labelledby="h-align" {
            div.sec-h { h3 #h-align { "Alignment" } @if goal.may.align { a.push.sm href=(change) hx-get=(change) hx-target="#dialog" hx-swap="innerHTML" data-key="a" { "Change" } } }
            (alignment::ladder(ctx, &goal.ladder))
        }
    }
}

fn history(ctx: &Ctx, goal: &Goal) -> Markup {
    let earlier = goal.check_in_count.saturating_sub(goal.check_ins.len());
    let href = paths::goal_part(goal.id, "check-ins?all=true");
    html! {
        section.sec #checkins aria-labelledby="h-checkins" {
            div.sec-h { h3 #h-checkins { "Check-ins" } span.n { (format::count(goal.check_in_count)) } }
            @if goal.check_ins.is_empty() { p.sm.mut { "No check-in yet." } }
            (check_in::log(ctx, &goal.check_ins, (earlier > 0).then_some((href.as_str(), earlier))))
            ul.stack #comments {
                @for each in &goal.comments { li { (check_in::comment(ctx, each)) } }
                @if goal.may.comment { li { (check_in::comment_form(ctx, &paths::goal_part(goal.id, "comments"), goal.id)) } }
            }
        }
    }
}
