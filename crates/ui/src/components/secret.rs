//! A secret that is shown once, to be copied now: a link that lets somebody in.

use maud::{Markup, html};

use crate::icons::icon;

/// The address in a field of its own with a button that copies it; without scripts it is selected by hand. `id` is unique on the
/// page, `label` says what it is.
#[must_use]
pub fn once(id: &str, label: &str, value: &str) -> Markup {
    html! {
        n-copy {
            div.in-g {
                input.in.mono id=(id) type="text" readonly value=(value) aria-label=(label) spellcheck="false" autocomplete="off";
                button.btn type="button" data-copy=(id) hidden { (icon("copy")) span data-copy-text { "Copy" } }
            }
        }
    }
}
