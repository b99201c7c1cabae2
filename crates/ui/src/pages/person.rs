//! A person's page: who they are and what they own.

use maud::{Markup, html};

use super::entity::{self, Part};
use super::explorer;
use super::people::PersonLine;
use crate::components::empty::{self, Art};
use crate::components::filter::FilterBar;
use crate::components::menu::{self, Entry};
use crate::components::period::Strip;
use crate::components::person::{self, Person as Who};
use crate::components::summary::{self, Summary};
use crate::components::tree::Grid;
use crate::components::views::{self, View};
use crate::layout::{self, Page, Section};
use crate::{Ctx, format, paths};

/// What a person's page shows.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub who: PersonLine,
    /// The mail address, if the reader may see it.
    pub email: Option<String>,
    /// The manager.
    pub manager: Option<Who>,
    /// Who reports to them.
    pub reports: Vec<Who>,
    /// How many they are.
    pub all_reports: usize,
    /// The period.
    pub strip: Strip,
    /// Their goals.
    pub grid: Grid,
    /// The filters of their goals.
    pub filters: FilterBar,
    /// Counts of their goals.
    pub summary: Summary,
    /// The actions of the menu.
    pub actions: Vec<Entry>,
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
pub fn page(ctx: &Ctx, person: &Person) -> Page {
    let name = &person.who.person.name;
    Page {
        title: name.clone(),
        description: person.who.title.clone(),
        section: Section::Elsewhere,
        strip: Some(person.strip.clone()),
        head: layout::head(
            &html! {},
            name,
            &html! { @if !person.actions.is_empty() { (menu::more(ctx, "person-menu", "Actions", &person.actions)) } },
        ),
        above: html! { (facts(ctx, person)) (views::views("Sections of the person", &person.views)) (person.part.filters(&person.filters)) },
        main: main(ctx, person),
        foot: Some(summary::foot(ctx, &person.summary, false)),
        panel: person.panel.clone(),
        live: person.live.clone(),
    }
}

fn main(ctx: &Ctx, person: &Person) -> Markup {
    let name = &person.who.person.name;
    match &person.part {
        Part::Goals => html! {
            @let none = empty::empty(Art::Summit, "No goals in this period", &format!("{name} owns no goals in {}.", person.strip.name), &html! { a.btn href=(paths::EXPLORER) { "Explorer" } });
            (explorer::tree_or(ctx, &person.grid, &person.filters, &none))
        },
        Part::Initiatives { new } => entity::initiatives(ctx, &person.grid, &person.filters, new.as_deref()),
        Part::CheckIns { list, more } => entity::check_ins(ctx, list, more.as_deref()),
    }
}

fn facts(ctx: &Ctx, person: &Person) -> Markup {
    let words = |label: &str, value: &Markup| html! { div.kpi { p.l { (label) } p.k { (value) } } };
    html! {
        section.facts aria-label="At a glance" {
            div.kpi { p.l { (crate::capitalised(&person.part.noun(ctx))) } p.x { (format::count(person.summary.total)) } }
            @if !person.who.title.is_empty() { (words("Title", &html! { (person.who.title) })) }
            @if !person.who.teams.is_empty() { (words("Teams", &html! { @for (id, name) in &person.who.teams { a.pl href=(paths::team(*id)) { (name) } " " } })) }
            @if let Some(manager) = &person.manager { (words("Manager", &person::who(manager))) }
            @if !person.reports.is_empty() { (words("Reports", &html! { @for report in &person.reports { (person::who(report)) " " } @if person.all_reports > person.reports.len() { a href=(paths::reports_of(person.who.person.id)) { "All " (format::count(person.all_reports)) } } })) }
            @if let Some(email) = &person.email { (words("Mail", &html! { a href=(format!("mailto:{email}")) { (email) } })) }
            @if person.who.deactivated { (words("Account", &html! { span.tag { "Deactivated" } })) }
        }
    }
}
