//! A person's page: who they are and what they own.

use maud::{Markup, html};

use super::explorer;
use super::people::PersonLine;
use crate::components::empty::{self, Art};
use crate::components::filter::{self, FilterBar};
use crate::components::menu::{self, Entry};
use crate::components::period::Strip;
use crate::components::person::{self, Person as Who};
use crate::components::summary::{self, Summary};
use crate::components::tree::Grid;
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
        above: html! { (facts(person)) (filter::bar(&person.filters)) },
        main: html! {
            @let none = empty::empty(Art::Summit, "No goals in this period", &format!("{name} owns no goals in {}.", person.strip.name), &html! { a.btn href=(paths::EXPLORER) { "Explorer" } });
            (explorer::tree_or(ctx, &person.grid, &person.filters, &none))
        },
        foot: Some(summary::foot(ctx, &person.summary, false)),
        panel: person.panel.clone(),
        live: person.live.clone(),
    }
}

fn facts(person: &Person) -> Markup {
    let words = |label: &str, value: &Markup| html! { div.kpi { p.l { (label) } p.k { (value) } } };
    html! {
        section.facts aria-label="At a glance" {
            div.kpi { p.l { "Goals" } p.x { (format::count(person.summary.total)) } }
            @if !person.who.title.is_empty() { (words("Title", &html! { (person.who.title) })) }
            @if !person.who.teams.is_empty() { (words("Teams", &html! { @for (id, name) in &person.who.teams { a.pl href=(paths::team(*id)) { (name) } " " } })) }
            @if let Some(manager) = &person.manager { (words("Manager", &person::who(manager))) }
            @if !person.reports.is_empty() { (words("Reports", &html! { @for report in &person.reports { (person::who(report)) " " } })) }
            @if let Some(email) = &person.email { (words("Mail", &html! { a href=(format!("mailto:{email}")) { (email) } })) }
            @if person.who.deactivated { (words("Account", &html! { span.tag { "Deactivated" } })) }
        }
    }
}
