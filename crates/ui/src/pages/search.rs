//! The page of search results: what the palette shows, for readers without scripts and for links.

use maud::html;

use crate::components::palette::{self, Group};
use crate::icons::icon;
use crate::layout::{self, Page, Section};
use crate::paths;

/// The page for a query; empty for the empty form.
#[must_use]
pub fn page(query: &str, groups: &[Group]) -> Page {
    Page {
        title: "Search".to_owned(),
        description: "Find goals, people and teams, and what can be done.".to_owned(),
        section: Section::Elsewhere,
        strip: None,
        head: layout::head(&html! {}, "Search", &html! {}),
        above: html! {
            form.filters role="search" action=(paths::SEARCH) {
                label.find { (icon("search")) span.sr { "Search for" } input type="search" name="q" value=(query) placeholder="Goals, people, teams, actions" autofocus; }
                button.btn type="submit" { "Search" }
            }
        },
        main: html! { div.pad { div.pal-l { (palette::list(query, groups)) } } },
        foot: None,
        panel: None,
        live: None,
    }
}
