//! The list of teams, and the table of sub-teams that other pages show.

use maud::{Markup, html};
use northing_core::values::Id;

use crate::components::empty::{self, Art};
use crate::components::loading;
use crate::components::person::{self, Person};
use crate::components::progress::{self, Progress, Size};
use crate::components::status;
use crate::icons::icon;
use crate::layout::{self, Page, Section};
use crate::{Ctx, format, paths};

/// A team in a table.
#[derive(Debug, Clone)]
pub struct TeamLine {
    /// The team.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Depth below the top, from 0.
    pub depth: usize,
    /// The first of its owners.
    pub lead: Option<Person>,
    /// How many goals it has in the period.
    pub goals: usize,
    /// How they stand together.
    pub progress: Option<Progress>,
    /// Whether it was put away.
    pub archived: bool,
}

/// The page of all teams.
#[must_use]
pub fn page(ctx: &Ctx, teams: &[TeamLine], more: Option<&str>, may_create: bool) -> Page {
    let new = html! { a.btn.btn-p href="/teams/new" hx-get="/teams/new" hx-target="#dialog" hx-swap="innerHTML" { (icon("plus")) "New team" } };
    Page {
        title: "Teams".to_owned(),
        description: "Every team and how its goals stand.".to_owned(),
        section: Section::Teams,
        strip: None,
        head: layout::head(&html! {}, "Teams", &html! { @if may_create { (new) } }),
        above: html! {},
        main: html! {
            @if teams.is_empty() {
                (empty::empty(Art::Summit, "No teams yet", "Teams own goals together. Start with the teams that report to the top.", &html! { @if may_create { (new) } }))
            } @else { div.pad { (lines(ctx, teams, more)) } }
        },
        foot: None,
        panel: None,
        live: None,
    }
}

/// A section with the table of the first of `all` teams; `more` leads on. Nothing where there are none.
#[must_use]
pub fn table(ctx: &Ctx, title: &str, teams: &[TeamLine], all: usize, more: Option<&str>) -> Markup {
    html! {
        @if !teams.is_empty() {
            section aria-labelledby="h-sub" { div.sec-h { h2 #h-sub { (title) } span.n { (format::count(all)) } } (lines(ctx, teams, more)) }
        }
    }
}

fn lines(ctx: &Ctx, teams: &[TeamLine], more: Option<&str>) -> Markup {
    html! {
        div.frame.scroll-x tabindex="0" role="region" aria-label="Team figures" {
            table.tbl {
                thead { tr { th scope="col" { "Team" } th scope="col" { "Lead" } th.r scope="col" { "Goals" } th scope="col" { "Progress" } th scope="col" { "Status" } } }
                tbody { (rows(ctx, teams, more)) }
            }
        }
    }
}

/// Rows of the table: the fragment that loads as one scrolls.
#[must_use]
pub fn rows(_: &Ctx, teams: &[TeamLine], more: Option<&str>) -> Markup {
    html! {
        @for team in teams {
            tr {
                th scope="row" { span class=(indent(team.depth)) { a.pl href=(paths::team(team.id)) { (team.name) } @if team.archived { " " span.tag { "Archived" } } } }
                td { @if let Some(lead) = &team.lead { (person::who(lead)) } @else { span.dim { "No owner" } } }
                td.r { (format::count(team.goals)) }
                td { @if let Some(each) = &team.progress { div.prog { (progress::bar(each, Size::Wide)) span.v { @if let Some(actual) = each.actual { (format::percent(actual)) } span.sr { " " (progress::sentence(each)) } } } } }
                td { @if let Some(each) = &team.progress { (status::word(each.status)) } }
            }
        }
        @if let Some(more) = more { (loading::more_rows(more, 5)) }
    }
}

fn indent(depth: usize) -> String {
    if depth == 0 { "ind0".to_owned() } else { format!("ind{}", depth.min(4)) }
}
