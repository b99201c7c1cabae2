//! The organisation's page: its purpose on top, then its goals and its teams.

use maud::{Markup, html};

use super::entity::{self, Part};
use super::explorer::{self, first_goal};
use super::teams::{self, TeamLine};
use crate::components::filter::FilterBar;
use crate::components::period::Strip;
use crate::components::progress::Progress;
use crate::components::summary::{self, Summary};
use crate::components::tree::Grid;
use crate::components::views::{self, View};
use crate::layout::{self, Page, Section};
use crate::{Ctx, format, markdown, paths};

/// What the organisation is for.
#[derive(Debug, Clone, Default)]
pub struct Purpose {
    /// What it exists to do.
    pub mission: String,
    /// What it wants to be.
    pub vision: String,
    /// What it holds to, one each.
    pub values: Vec<String>,
    /// The one measure or sentence that everything leads to.
    pub north_star: String,
}

/// What the organisation's page shows.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The period.
    pub strip: Strip,
    /// How its goals stand together.
    pub progress: Option<Progress>,
    /// Counts of its goals.
    pub summary: Summary,
    /// The filters of its goals.
    pub filters: FilterBar,
    /// Its goals.
    pub grid: Grid,
    /// Its teams at the top.
    pub teams: Vec<TeamLine>,
    /// How many there are.
    pub all_teams: usize,
    /// Where their list goes on.
    pub more_teams: Option<String>,
    /// Where several of its goals are changed at once.
    pub several: Option<String>,
    /// Where the open goals are closed one after the other.
    pub close: Option<String>,
    /// Where its due goals are checked in on, one after the other; for those who may.
    pub due: Option<String>,
    /// Whether the person may create goals.
    pub may_create: bool,
    /// Whether the person may change the purpose.
    pub may_edit: bool,
    /// The tabs.
    pub views: Vec<View>,
    /// What is open.
    pub part: Part,
    /// The open panel.
    pub panel: Option<Markup>,
    /// The address of live updates.
    pub live: Option<String>,
}

/// The page.
#[must_use]
pub fn page(ctx: &Ctx, organisation: &Organisation) -> Page {
    let actions = html! {
        @if let Some(several) = &organisation.several { (super::several::link(several)) }
        @if let Some(due) = &organisation.due { a.btn.desk href=(due) hx-get=(due) hx-target="#dialog" hx-swap="innerHTML" { (crate::icons::icon("checkin")) "Check in what is due" } }
        @if let Some(close) = &organisation.close { a.btn.desk href=(close) hx-get=(close) hx-target="#dialog" hx-swap="innerHTML" { (crate::icons::icon("st-closed")) "Close goals" } }
        @if organisation.may_edit { a.btn.desk href=(paths::ADMIN) { (crate::icons::icon("edit")) "Edit purpose" } }
        @if organisation.may_create { (layout::new_goal(&format!("{}?level=organization", paths::NEW_GOAL))) }
    };
    Page {
        title: organisation.name.clone(),
        description: markdown::plain(&organisation.purpose.mission, 150),
        section: Section::Organisation,
        strip: Some(organisation.strip.clone()),
        head: layout::head(&html! {}, &organisation.name, &actions),
        above: html! { (purpose(&organisation.purpose)) (facts(ctx, organisation)) (views::views("Sections of the organisation", &organisation.views)) (organisation.part.filters(&organisation.filters)) },
        main: main(ctx, organisation),
        foot: Some(summary::foot(ctx, &organisation.summary, false)),
        panel: organisation.panel.clone(),
        live: organisation.live.clone(),
    }
}

fn main(ctx: &Ctx, organisation: &Organisation) -> Markup {
    match &organisation.part {
        Part::Goals => html! {
            (explorer::tree_or(ctx, &organisation.grid, &organisation.filters, &first_goal(ctx, &organisation.strip.name, organisation.may_create, false)))
            div.pad { (teams::table(ctx, "Teams", &organisation.teams, organisation.all_teams, organisation.more_teams.as_deref())) }
        },
        Part::Initiatives { new } => {
            entity::initiatives(ctx, &organisation.grid, &organisation.filters, new.as_deref())
        }
        Part::CheckIns { list, more } => entity::check_ins(ctx, list, more.as_deref()),
    }
}

/// The purpose: nothing where none is written.
#[must_use]
pub fn purpose(purpose: &Purpose) -> Markup {
    let line = |label: &str, text: &str| html! { @if !text.trim().is_empty() { div.kpi { p.l { (label) } div.k { (markdown::render(text)) } } } };
    html! {
        section.facts.purpose aria-label="Purpose" {
            (line("North Star", &purpose.north_star))
            (line("Mission", &purpose.mission))
            (line("Vision", &purpose.vision))
            @if !purpose.values.is_empty() { div.kpi { p.l { "Values" } p.k { (purpose.values.join(" · ")) } } }
        }
    }
}

fn facts(ctx: &Ctx, organisation: &Organisation) -> Markup {
    let noun = organisation.part.noun(ctx);
    html! {
        section.facts aria-label="At a glance" {
            @if let Some(progress) = &organisation.progress { (progress_fact(progress)) }
            div.kpi { p.l { (crate::capitalised(&noun)) } p.x { (format::count(organisation.summary.total)) } }
            @if organisation.summary.total > 0 { div.kpi.grow { p.l { "Status of " (format::count(organisation.summary.total)) " " (noun) } (summary::distribution(&organisation.summary)) } }
        }
    }
}

/// Progress against expected as a large figure.
#[must_use]
pub fn progress_fact(progress: &Progress) -> Markup {
    html! {
        @if let Some(actual) = progress.actual {
            div.kpi { p.l { "Progress" } p.x { (format::percent(actual)) @if let Some(expected) = progress.expected { " " small { "expected " (format::percent(expected)) } } } }
        }
    }
}
