//! The command palette: goals, people, teams and actions in one list.

use maud::{Markup, html};

use super::status::{self, Shown};
use crate::icons::icon;
use crate::paths;

/// A hit: what it is, where it leads.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The icon's name.
    pub icon: &'static str,
    /// The text in parts; `true` marks what matched.
    pub text: Vec<(String, bool)>,
    /// What stands behind it: a team, a percentage.
    pub detail: String,
    /// A goal's status.
    pub status: Option<Shown>,
    /// A key that does the same.
    pub key: Option<&'static str>,
    /// Where it leads.
    pub href: String,
}

/// Hits under one heading: "Goals", "Do", "Go to".
#[derive(Debug, Clone)]
pub struct Group {
    /// The heading.
    pub name: String,
    /// The hits.
    pub hits: Vec<Hit>,
}

/// The closed palette of every page; it searches on the server as one types.
#[must_use]
pub fn palette() -> Markup {
    html! {
        n-palette {
            dialog.dlg.pal #palette aria-label="Search or jump to" {
                form action=(paths::SEARCH) role="search" { div.pal-i {
                    (icon("search"))
                    input name="q" type="search" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-label="Search or jump to"
                        autocomplete="off" hx-get=(paths::SEARCH) hx-trigger="input changed delay:150ms" hx-sync="this:replace"
                        hx-target="#palette-results" hx-swap="innerHTML";
                    kbd { "Esc" }
                } }
                div.pal-l #palette-results { (results("", &[])) }
            }
        }
    }
}

/// The list of results that the palette swaps in.
#[must_use]
pub fn results(query: &str, groups: &[Group]) -> Markup {
    list("palette-list", query, groups)
}

/// The list of results under an `id` of its own, on the page of results.
#[must_use]
pub fn list(id: &str, query: &str, groups: &[Group]) -> Markup {
    html! {
        @if groups.iter().all(|group| group.hits.is_empty()) && !query.is_empty() {
            p.pad.mut role="status" { "Nothing matches “" (query) "”." }
        }
        ul id=(id) role="listbox" aria-label="Results" {
            @for (g, group) in groups.iter().enumerate().filter(|(_, group)| !group.hits.is_empty()) {
                li.grp role="presentation" { (group.name) }
                @for (h, hit) in group.hits.iter().enumerate() {
                    li role="option" aria-selected=((g == 0 && h == 0).to_string()) id=(format!("{id}-{g}-{h}")) data-href=(hit.href) {
                        (icon(hit.icon))
                        a.tt href=(hit.href) tabindex="-1" { @for (part, marked) in &hit.text { @if *marked { mark { (part) } } @else { (part) } } }
                        span.w { (hit.detail) @if let Some(shown) = hit.status { " " (status::icon_only(shown)) } @if let Some(key) = hit.key { kbd { (key) } } }
                    }
                }
            }
        }
    }
}
