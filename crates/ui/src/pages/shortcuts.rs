//! The list of keys: a dialog behind `?`, and a page without scripts.

use maud::{Markup, html};

use crate::icons::icon;
use crate::layout::{self, Page, Section};
use crate::paths;

const KEYS: [(&str, &str); 24] = [
    ("j  k", "Next, previous row"),
    ("→  ←", "Open, close a branch"),
    ("Home  End", "First, last row"),
    ("Enter", "Open the panel"),
    ("i", "Check in"),
    ("c", "New goal"),
    ("e", "Edit"),
    ("F2", "Rename in the list"),
    ("a", "Change alignment"),
    ("Alt ↑  Alt ↓", "Move up, down among its siblings"),
    ("Alt →", "Move under the goal above"),
    ("Alt ←", "Move out of its parent"),
    ("/", "Filter the list"),
    ("Ctrl K", "Search or jump to"),
    ("Ctrl Shift C", "Check in, wherever you are"),
    ("Ctrl Shift O", "New objective, wherever you are"),
    ("Ctrl Shift P", "New initiative, wherever you are"),
    ("Ctrl Shift K", "Search or jump to, as Ctrl K"),
    ("g h", "My OKRs"),
    ("g e", "Explorer"),
    ("g t", "Teams"),
    ("g p", "People"),
    ("Ctrl Enter", "Save a dialog"),
    ("Esc", "Close"),
];

/// The dialog.
#[must_use]
pub fn dialog() -> Markup {
    html! {
        dialog.dlg open aria-labelledby="keys-title" data-modal {
            header.dlg-h {
                h2 #keys-title { "Keys" }
                a.btn.btn-q.btn-x href=(paths::HOME) data-close aria-label="Close" { (icon("close")) }
            }
            div.dlg-b { (table()) }
        }
    }
}

/// The page.
#[must_use]
pub fn page() -> Page {
    Page {
        title: "Keys".to_owned(),
        description: String::new(),
        section: Section::Elsewhere,
        strip: None,
        head: layout::head(&html! {}, "Keys", &html! {}),
        above: html! {},
        main: html! { div.pad { (table()) } },
        foot: None,
        panel: None,
        live: None,
    }
}

fn table() -> Markup {
    html! {
        table.tbl {
            thead { tr { th scope="col" { "Key" } th scope="col" { "Does" } } }
            tbody { @for (key, does) in KEYS { tr { th scope="row" { kbd { (key) } } td { (does) } } } }
        }
    }
}
