//! The tree of teams as admins see it: with archived ones.

use maud::{Markup, html};
use northing_core::values::Id;

use super::{Tab, frame};
use crate::components::empty::{self, Art};
use crate::components::loading;
use crate::components::status::{self, Health};
use crate::icons::icon;
use crate::layout::Page;
use crate::pages::team_form::new_button;
use crate::{format, paths};

/// A team in the tree.
#[derive(Debug, Clone)]
pub struct Branch {
    /// The team.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// How deep it stands, from 0.
    pub depth: usize,
    /// A free label.
    pub team_type: String,
    /// The first of its owners.
    pub lead: Option<String>,
    /// How many people it has.
    pub people: usize,
    /// How many goals belong to it.
    pub goals: usize,
    /// Whether it was put away.
    pub archived: bool,
    /// Where the tree is with this branch opened or closed; none where nothing is below.
    pub toggle: Option<String>,
    /// Whether its branch is open.
    pub open: bool,
}

/// The page.
#[must_use]
pub fn page(query: &str, lines: &[Branch], more: Option<&str>) -> Page {
    let main = html! {
        form.filters.adm-q role="search" action=(paths::ADMIN_TEAMS) {
            label.find { (icon("search")) span.sr { "Find teams" } input type="search" name="q" value=(query) placeholder="Name" data-filter; kbd { "/" } }
            button.btn type="submit" { "Find" }
            @if !query.is_empty() { a.btn.btn-q href=(paths::ADMIN_TEAMS) { "Show the tree" } }
        }
        @if lines.is_empty() {
            @if query.is_empty() { (empty::empty(Art::Summit, "No teams yet", "Teams own goals together. Start with the ones at the top, then nest the others.", &new_button(None))) }
            @else { (empty::empty(Art::Lens, "No such team", "No team's name holds what you typed.", &html! { a.btn href=(paths::ADMIN_TEAMS) { "Show the tree" } })) }
        } @else { (tree(lines, more)) }
    };
    frame(Tab::Teams, None, &new_button(None), &main)
}

fn tree(lines: &[Branch], more: Option<&str>) -> Markup {
    html! {
        div.frame #team-tree {
            div.scroll-x tabindex="0" role="region" aria-label="Teams" { table.tbl {
                thead { tr { th scope="col" { "Team" } th scope="col" { "Type" } th scope="col" { "Lead" } th.r scope="col" { "People" } th.r scope="col" { "Goals" } th scope="col" { "Status" } th scope="col" { span.sr { "Actions" } } } }
                tbody { (rows(lines, more)) }
            } }
        }
    }
}

/// Rows of the tree: the fragment that loads as one scrolls.
#[must_use]
pub fn rows(lines: &[Branch], more: Option<&str>) -> Markup {
    html! {
        @for line in lines {
            tr {
                th scope="row" { span class=(format!("flow nw ind{}", line.depth.min(4))) {
                    @if let Some(toggle) = &line.toggle {
                        a.tw href=(toggle) hx-get=(toggle) hx-select="#team-tree" hx-target="#team-tree" hx-swap="outerHTML" hx-push-url="true"
                            role="button" aria-expanded=(line.open.to_string()) aria-label=(format!("{} {}", if line.open { "Collapse" } else { "Expand" }, line.name)) { (icon("right")) }
                    } @else { span.tw aria-hidden="true" {} }
                    a.pl href=(paths::team(line.id)) { (line.name) }
                } }
                td { (line.team_type) }
                td { @if let Some(lead) = &line.lead { (lead) } @else { span.dim { "No owner" } } }
                td.r { (format::count(line.people)) }
                td.r { (format::count(line.goals)) }
                td { @if line.archived { (status::system(Health::Off, "Archived")) } @else { (status::system(Health::Works, "In use")) } }
                td.r { a.btn.btn-q href=(paths::team_part(line.id, "settings")) aria-label=(format!("Settings of {}", line.name)) { "Settings" } }
            }
        }
        @if let Some(more) = more { (loading::more_rows(more, 7)) }
    }
}
