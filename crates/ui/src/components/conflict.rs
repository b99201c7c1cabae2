//! Somebody else changed the same thing meanwhile: both versions side by side, nothing lost.

use maud::{Markup, html};

use super::feedback::{self, Tone};

/// A field that stands differently now than in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field's label.
    pub label: String,
    /// What stands there now.
    pub now: String,
    /// What was typed.
    pub typed: String,
}

/// The note above the form with every difference. `what` is what was changed: "the organisation", a name.
#[must_use]
pub fn conflict(what: &str, differences: &[Difference]) -> Markup {
    let body = html! {
        b { "Somebody else changed " (what) " while you were editing. " }
        "What you typed is still below. Save again to put it in place of theirs, or take over what you want to keep first."
        @if !differences.is_empty() {
            div.scroll-x tabindex="0" role="region" aria-label="Both versions" {
                table.tbl {
                    thead { tr { th scope="col" { "Field" } th scope="col" { "Now" } th scope="col" { "Yours" } } }
                    tbody { @for it in differences { tr { th scope="row" { (it.label) } td { (shown(&it.now)) } td { (shown(&it.typed)) } } } }
                }
            }
        }
    };
    feedback::note(Tone::Failure, &body)
}

fn shown(text: &str) -> Markup {
    html! { @if text.is_empty() { span.dim { "Empty" } } @else { (text) } }
}
