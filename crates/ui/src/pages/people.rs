//! The list of people.

use maud::{Markup, html};
use northing_core::values::Id;

use crate::components::empty::{self, Art};
use crate::components::loading;
use crate::components::person::{self, Person};
use crate::components::views::{self, View};
use crate::icons::icon;
use crate::layout::{self, Page, Section};
use crate::{format, paths};

/// A person in a table.
#[derive(Debug, Clone)]
pub struct PersonLine {
    /// Who.
    pub person: Person,
    /// What they do.
    pub title: String,
    /// Their teams.
    pub teams: Vec<(Id, String)>,
    /// How many goals they own in the current period.
    pub goals: usize,
    /// Whether they can no longer sign in.
    pub deactivated: bool,
}

/// What the list shows.
#[derive(Debug, Clone)]
pub struct People<'a> {
    /// The text that names hold.
    pub query: &'a str,
    /// Whom the list is narrowed to, as the address says; empty for everyone.
    pub of: &'a str,
    /// Everyone, direct reports, team members.
    pub views: Vec<View>,
    /// The people.
    pub lines: &'a [PersonLine],
    /// Where the list goes on.
    pub more: Option<&'a str>,
    /// Whether the person may invite.
    pub may_invite: bool,
}

/// The page: people by name, found by name.
#[must_use]
pub fn page(shown: &People<'_>) -> Page {
    let People { query, lines: people, more, may_invite, .. } = *shown;
    Page {
        title: "People".to_owned(),
        description: "Everyone in the organisation.".to_owned(),
        section: Section::People,
        strip: None,
        head: layout::head(
            &html! {},
            "People",
            &html! { @if may_invite { a.btn.btn-p href="/admin/members/new" hx-get="/admin/members/new" hx-target="#dialog" hx-swap="innerHTML" { (icon("plus")) "Invite people" } } },
        ),
        above: html! {
            (views::views("Views", &shown.views))
            form.filters role="search" action=(paths::PEOPLE) {
                @if !shown.of.is_empty() { input type="hidden" name="of" value=(shown.of); }
                label.find { (icon("search")) span.sr { "Find people" } input type="search" name="q" value=(query) placeholder="Name" data-filter; kbd { "/" } }
                button.btn type="submit" { "Find" }
            }
        },
        main: html! {
            @if people.is_empty() { (empty::empty(Art::Lens, "Nobody found", if query.is_empty() { "Nobody stands here yet." } else { "No name holds what you typed." }, &html! { a.btn href=(paths::PEOPLE) { "Show everyone" } })) }
            @else {
                div.pad { div.frame.scroll-x tabindex="0" role="region" aria-label="People" { table.tbl {
                    thead { tr { th scope="col" { "Name" } th scope="col" { "Title" } th scope="col" { "Teams" } th.r scope="col" { "Goals" } } }
                    tbody { (rows(people, more)) }
                } } }
            }
        },
        foot: None,
        panel: None,
        live: None,
    }
}

/// Rows of the table: the fragment that loads as one scrolls.
#[must_use]
pub fn rows(people: &[PersonLine], more: Option<&str>) -> Markup {
    html! {
        @for line in people {
            tr {
                th scope="row" { (person::who(&line.person)) @if line.deactivated { " " span.tag { "Deactivated" } } }
                td { (line.title) }
                td { @for (at, (id, name)) in line.teams.iter().enumerate() { @if at > 0 { ", " } a.pl href=(paths::team(*id)) { (name) } } }
                td.r { (format::count(line.goals)) }
            }
        }
        @if let Some(more) = more { (loading::more_rows(more, 4)) }
    }
}
