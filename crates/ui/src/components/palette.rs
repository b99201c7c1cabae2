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
    /// Whether that is a form, which opens over the page.
    pub dialog: bool,
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
                    // What the keys would act on; the script fills it as it opens.
                    input name="goal" type="hidden" value="" disabled;
                    input name="q" type="search" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-label="Search or jump to"
                        autocomplete="off" hx-get=(paths::SEARCH) hx-trigger="input changed delay:150ms, n-open" hx-include="closest form" hx-sync="this:replace"
                        hx-target="#palette-results" hx-swap="innerHTML";
                    kbd { "Esc" }
                } }
                div.pal-l #palette-results tabindex="0" { (results("", &[])) }
            }
        }
    }
}

/// The list of results that the palette swaps in: one of them is chosen with the arrow keys, none takes the focus.
#[must_use]
pub fn results(query: &str, groups: &[Group]) -> Markup {
    html! {
        (nothing(query, groups))
        ul #palette-list role="listbox" aria-label="Results" {
            @for (g, group) in groups.iter().enumerate().filter(|(_, group)| !group.hits.is_empty()) {
                li.grp role="presentation" { (group.name) }
                @for (h, hit) in group.hits.iter().enumerate() {
                    li role="option" aria-selected=((g == 0 && h == 0).to_string()) id=(format!("palette-list-{g}-{h}")) data-href=(hit.href) data-dialog[hit.dialog] {
                        (icon(hit.icon)) span.tt { (text(hit)) } (beside(hit))
                    }
                }
            }
        }
    }
}

/// The same as links of a page.
#[must_use]
pub fn list(query: &str, groups: &[Group]) -> Markup {
    html! {
        (nothing(query, groups))
        ul {
            @for group in groups.iter().filter(|group| !group.hits.is_empty()) {
                li.grp { h2 { (group.name) } }
                @for hit in &group.hits {
                    @let open = hit.dialog.then_some(&hit.href);
                    li {
                        (icon(hit.icon))
                        a.tt href=(hit.href) hx-get=[open] hx-target=[open.map(|_| "#dialog")] hx-swap=[open.map(|_| "innerHTML")] { (text(hit)) }
                        (beside(hit))
                    }
                }
            }
        }
    }
}

fn nothing(query: &str, groups: &[Group]) -> Markup {
    html! {
        @if groups.iter().all(|group| group.hits.is_empty()) && !query.is_empty() {
            p.pad.mut role="status" { "Nothing matches “" (query) "”." }
        }
    }
}

fn text(hit: &Hit) -> Markup {
    html! { @for (part, marked) in &hit.text { @if *marked { mark { (part) } } @else { (part) } } }
}

fn beside(hit: &Hit) -> Markup {
    html! { span.w { (hit.detail) @if let Some(shown) = hit.status { " " (status::icon_only(shown)) } @if let Some(key) = hit.key { kbd { (key) } } } }
}
