//! Empty states that say what is missing and offer the next step.

use maud::{Markup, html};

const HILL: &str = include_str!("empty_hill.txt");
const LENS: &str = include_str!("empty_lens.txt");

/// Which contours are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Art {
    /// A route to a summit: nothing here yet.
    Summit,
    /// A lens over a plain: nothing found.
    Lens,
}

/// Says what is missing; the actions are links or buttons.
#[must_use]
pub fn empty(art: Art, title: &str, text: &str, actions: &Markup) -> Markup {
    html! {
        div.empty {
            svg.art viewBox="0 0 208 104" aria-hidden="true" {
                @match art {
                    Art::Summit => {
                        path d=(HILL.trim()) {}
                        path.b d="M34 92 70 70 104 44" {}
                        path.p d="M104 22v22l-8 6z" {}
                        path.s d="M105 27l6 20-6-4.5z" {}
                        rect.s x="30" y="88" width="8" height="8" {}
                        circle.s cx="70" cy="70" r="4.5" {}
                    }
                    Art::Lens => {
                        path d=(LENS.trim()) {}
                        circle.s cx="104" cy="52" r="15" {}
                        path.s d="m115 63 14 14" {}
                    }
                }
            }
            h3 { (title) }
            p { (text) }
            div.btns { (actions) }
        }
    }
}
