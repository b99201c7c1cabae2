//! Tabs that are addresses: saved views, sections of a page.

use maud::{Markup, html};

use crate::format;

/// A tab.
#[derive(Debug, Clone)]
pub struct View {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub href: String,
    /// How many stand behind it.
    pub count: Option<usize>,
    /// Whether it is open.
    pub current: bool,
}

/// A row of tabs.
#[must_use]
pub fn views(label: &str, views: &[View]) -> Markup {
    html! {
        nav.views aria-label=(label) {
            @for view in views {
                a.view href=(view.href) aria-current=[view.current.then_some("true")] {
                    (view.name) @if let Some(count) = view.count { " " span.n { (format::count(count)) } }
                }
            }
        }
    }
}

/// The same where the counts are read apart, since they cost what the list has goals: `load` answers with them.
#[must_use]
pub fn views_to_count(label: &str, views: &[View], load: &str) -> Markup {
    html! {
        nav.views aria-label=(label) hx-get=(load) hx-trigger="load" hx-swap="outerHTML" {
            @for view in views {
                a.view href=(view.href) aria-current=[view.current.then_some("true")] { (view.name) " " span.n.wait aria-hidden="true" {} }
            }
        }
    }
}
