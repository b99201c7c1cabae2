//! What stands in while something loads: with the height of what replaces it.

use maud::{Markup, html};

/// The skeleton of a goal's panel.
#[must_use]
pub fn panel() -> Markup {
    html! {
        div.frame-b.stack role="status" aria-busy="true" aria-label="Loading goal" {
            svg.skel.w8 aria-hidden="true" {} svg.skel.w5 aria-hidden="true" {}
            svg.skel.w10.tall aria-hidden="true" {} svg.skel.w6 aria-hidden="true" {}
        }
    }
}

/// The row at the end of a list that loads more as it scrolls into view; a plain link without scripts.
/// The answer is rows, the last of which may again be such a row.
#[must_use]
pub fn more_rows(href: &str, columns: u8) -> Markup {
    html! {
        tr role="row" data-more aria-busy="true" hx-get=(href) hx-trigger="revealed" hx-swap="outerHTML" {
            td role="gridcell" colspan=(columns) { a.btn.btn-q href=(href) tabindex="-1" { "Show more" } }
        }
    }
}

/// The same at the end of a list of items.
#[must_use]
pub fn more_items(href: &str) -> Markup {
    html! { li data-more aria-busy="true" hx-get=(href) hx-trigger="revealed" hx-swap="outerHTML" { a.btn.btn-q href=(href) { "Show more" } } }
}
