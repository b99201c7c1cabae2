//! My OKRs, the start page: what I must check in now comes first, then what I own, then where it leads.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::status::Status;
use northing_core::values::Id;

use crate::components::alignment::{self, Ladder};
use crate::components::empty::{self, Art};
use crate::components::goal_list::{self, Brief};
use crate::components::notices::{self, Notice};
use crate::components::period::Strip;
use crate::components::status::Shown;
use crate::components::tree::{self, Grid};
use crate::icons::{self, icon, labelled, station};
use crate::layout::{self, Page, Section};
use crate::pages::admin::integrations::Troubled;
use crate::{Ctx, format, paths};

/// A check-in that is owed now, answered in its row.
#[derive(Debug, Clone)]
pub struct Due {
    /// The goal.
    pub goal: Id,
    /// The version that the form was made from.
    pub version: i64,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// "262 at last check-in, 12 days ago".
    pub detail: String,
    /// The value in the field.
    pub value: String,
    /// What stands behind the field: "of 410 → 90", "%".
    pub unit: String,
    /// The statuses to choose from, besides the one that the rules suggest for the value.
    pub statuses: Vec<Status>,
    /// Why the value was refused.
    pub error: Option<String>,
}

/// What My OKRs shows.
#[derive(Debug, Clone)]
pub struct Home {
    /// The period.
    pub strip: Strip,
    /// What I was told of data sources.
    pub notices: Vec<Notice>,
    /// Check-ins owed, the oldest first.
    pub due: Vec<Due>,
    /// How many are owed, listed or not.
    pub due_all: usize,
    /// My goals whose data source cannot be read.
    pub troubled: Vec<Troubled>,
    /// Goals that I own, with what is below them.
    pub owned: Grid,
    /// "1 objective, 1 key result": counts by kind of what I own.
    pub owned_counts: Vec<(GoalKind, usize)>,
    /// Where what I own is closed, one after the other.
    pub close: String,
    /// My teams, by name.
    pub teams: Vec<TeamGoals>,
    /// How many there are, listed or not.
    pub teams_all: usize,
    /// Where my work leads.
    pub ladder: Option<Ladder>,
    /// Whether I may create goals.
    pub may_create: bool,
    /// The open panel.
    pub panel: Option<Markup>,
    /// The address of live updates.
    pub live: Option<String>,
}

/// A team of mine with its first goals.
#[derive(Debug, Clone)]
pub struct TeamGoals {
    /// The team.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// How many goals stand at the top of its page.
    pub all: usize,
    /// The first of them.
    pub goals: Vec<Brief>,
}

/// The page.
#[must_use]
pub fn page(ctx: &Ctx, home: &Home) -> Page {
    Page {
        title: "My OKRs".to_owned(),
        description: "What to check in now, and where it leads.".to_owned(),
        section: Section::Home,
        strip: Some(home.strip.clone()),
        head: layout::head(
            &html! {},
            "My OKRs",
            &html! { @if home.may_create { (layout::new_goal(paths::NEW_GOAL)) } },
        ),
        above: html! {},
        main: html! {
            div.pad { div.cols-2 {
                div.stack-l { (troubled(ctx, &home.troubled)) (notices::notices(ctx, &home.notices)) (due(ctx, &home.due, home.due_all)) (owned(ctx, home)) (teams(ctx, home)) }
                div.stack-l { @if let Some(ladder) = &home.ladder { (leads(ctx, ladder)) } }
            } }
        },
        foot: None,
        panel: home.panel.clone(),
        live: home.live.clone(),
    }
}

/// The goals whose data source cannot be read: what is wrong, and what to do.
fn troubled(ctx: &Ctx, goals: &[Troubled]) -> Markup {
    html! {
        @if !goals.is_empty() {
            section #troubled aria-labelledby="h-troubled" {
                div.sec-h { h2 #h-troubled { "Not synced" } span.n { (goals.len()) @if goals.len() == 1 { " goal" } @else { " goals" } } }
                ul.frame { @for it in goals { li.intg {
                    span.lg { (icons::large("ado")) }
                    div {
                        p.flow { (labelled("i", station(it.kind), &ctx.terms.label(it.kind), false)) a href=(paths::goal(it.goal)) { (it.title) } }
                        p.d { (it.message) " " (it.remedy) " The value stays as it was." @if let Some(at) = it.synced_at { " Last good sync: " (format::when(at, ctx)) "." } }
                    }
                    div.btns { @let href = paths::goal_part(it.goal, "link"); a.btn href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-label=(format!("Edit link of {}", it.title)) { "Edit link" } }
                } } }
            }
        }
    }
}

/// The check-ins that are owed.
#[must_use]
pub fn due(ctx: &Ctx, due: &[Due], all: usize) -> Markup {
    html! {
        section #due aria-labelledby="h-due" {
            div.sec-h {
                h2 #h-due { "Due now" }
                (due_count(all, false))
                @if all > 1 { a.btn.btn-q.push href=(paths::CHECK_INS) hx-get=(paths::CHECK_INS) hx-target="#dialog" hx-swap="innerHTML" { (icon("checkin")) "One after the other" } }
            }
            @if due.is_empty() { p.mut.sm { "Check-ins appear here when they are due." } }
            @else { ul.frame.due { @for each in due { (due_row(ctx, each)) } } }
            @if all > due.len() { p.sm.mut { "These are the first " (format::count(due.len())) ". “One after the other” goes through all of them." } }
        }
    }
}

/// How many there are; `swap` inside an answer.
#[must_use]
pub fn due_count(due: usize, swap: bool) -> Markup {
    html! {
        span.n #due-left hx-swap-oob=[swap.then_some("true")] {
            @match due { 0 => "Nothing needs you", 1 => "1 check-in", many => { (format::count(many)) " check-ins" } }
        }
    }
}

/// What stands where a row was answered.
#[must_use]
pub fn checked_in(title: &str) -> Markup {
    html! { li.due-d { (icon("check")) span { "Checked in: " (title) } } }
}

/// One owed check-in; the fragment that comes back where a value is refused.
#[must_use]
pub fn due_row(ctx: &Ctx, due: &Due) -> Markup {
    let href = format!("{}?goal={}", paths::CHECK_INS, due.goal);
    let action = paths::goal_part(due.goal, "check-ins");
    let id = format!("due-{}", due.goal);
    let error = format!("{id}-error");
    html! {
        li id=(id) {
            form.due-r method="post" action=(action) hx-post=(action) hx-target=(format!("#{id}")) hx-swap="outerHTML" {
                div {
                    a.tt href=(paths::goal(due.goal)) { (labelled("i", station(due.kind), &ctx.terms.label(due.kind), false)) span { (due.title) } }
                    p.d { (due.detail) }
                    @if let Some(text) = &due.error { p.err id=(error) { (icon("warn")) (text) } }
                }
                div.in-g {
                    input.in name="value" aria-label=(format!("New value for {}", due.title)) inputmode="decimal" value=(due.value)
                        aria-invalid=[due.error.as_ref().map(|_| "true")] aria-describedby=[due.error.as_ref().map(|_| &error)];
                    span.suf { (due.unit) }
                }
                select.in name="status" aria-label=(format!("Status of {}", due.title)) {
                    option value="" { "As suggested" }
                    @for status in &due.statuses { option value=(status.name()) { (Shown::from(*status).word()) } }
                }
                span.btns {
                    button.btn.btn-a type="submit" { (icon("check")) "Check in" }
                    a.btn.btn-x href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-label=(format!("Check in with a note: {}", due.title)) { (icon("comment")) }
                }
                (layout::csrf(ctx))
                input type="hidden" name="version" value=(due.version);
                input type="hidden" name="from" value="home";
            }
        }
    }
}

fn owned(ctx: &Ctx, home: &Home) -> Markup {
    let counts: Vec<_> = home
        .owned_counts
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(kind, n)| format!("{} {}", format::count(*n), ctx.terms.kind(*kind).of(*n)))
        .collect();
    html! {
        section aria-labelledby="h-own" {
            div.sec-h {
                h2 #h-own { "I own" } span.n { (counts.join(", ")) }
                @if !home.owned.rows.is_empty() { a.btn.btn-q.push href=(home.close) hx-get=(home.close) hx-target="#dialog" hx-swap="innerHTML" { (icon("st-closed")) "Close goals" } }
            }
            div.frame {
                @if home.owned.rows.is_empty() {
                    @let action = html! { @if home.may_create { a.btn href=(paths::NEW_GOAL) hx-get=(paths::NEW_GOAL) hx-target="#dialog" hx-swap="innerHTML" { "New goal" } } a.btn.btn-q href=(paths::EXPLORER) { "Explorer" } };
                    (empty::empty(Art::Summit, "Nothing is yours yet", "Goals that you own in this period appear here, with what they lead to.", &action))
                } @else { (tree::grid(ctx, &home.owned)) }
            }
        }
    }
}

fn teams(ctx: &Ctx, home: &Home) -> Markup {
    html! {
        @if !home.teams.is_empty() {
            section aria-labelledby="h-teams" {
                div.sec-h { h2 #h-teams { "My teams" } span.n { (format::count(home.teams_all)) @if home.teams_all == 1 { " team" } @else { " teams" } } }
                div.stack { @for team in &home.teams { (team_goals(ctx, team)) } }
                @if home.teams_all > home.teams.len() { p { a.btn.btn-q href=(paths::TEAMS) { "All teams" } } }
            }
        }
    }
}

fn team_goals(ctx: &Ctx, team: &TeamGoals) -> Markup {
    html! {
        div.frame {
            div.frame-h {
                h3 { a.pl href=(paths::team(team.id)) { (team.name) } }
                @if team.all > team.goals.len() { a.push.sm href=(paths::team(team.id)) { "All " (format::count(team.all)) } }
            }
            @if team.goals.is_empty() { p.frame-b.sm.mut { "No goals in this period." } }
            @else { div.gl-f { (goal_list::list(ctx, &team.goals, true)) } }
        }
    }
}

fn leads(ctx: &Ctx, ladder: &Ladder) -> Markup {
    html! { section aria-labelledby="h-leads" { div.sec-h { h2 #h-leads { "Where my work leads" } } (alignment::ladder(ctx, ladder)) } }
}
