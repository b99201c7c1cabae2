//! Breadcrumbs: the way up.

use maud::{Markup, html};

use crate::icons::icon;

/// The steps above a page, each with its address, from the top down.
#[must_use]
pub fn crumbs(steps: &[(String, String)]) -> Markup {
    html! {
        @if !steps.is_empty() {
            p.crumbs { @for (text, href) in steps { a href=(href) { (text) } (icon("right")) } }
        }
    }
}
