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
    told(&format!("Somebody else changed {what} while you were editing."), differences)
}

/// The same where the first sentence is another one.
#[must_use]
pub fn told(sentence: &str, differences: &[Difference]) -> Markup {
    let body = html! {
        b { (sentence) " " }
        "What you typed is still below. Save again to put it in place of theirs, or take over what you want to keep first."
        @if !differences.is_empty() {
            (both_versions("Now", &html! {
                @for it in differences { tr { th scope="row" { (it.label) } td { (version(&it.now)) } td { (version(&it.typed)) } } }
            }))
        }
    };
    feedback::note(Tone::Failure, &body)
}

/// The table of both versions: `theirs` heads what stands there now; each row names its field first.
#[must_use]
pub fn both_versions(theirs: &str, rows: &Markup) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Both versions" {
            table.tbl {
                thead { tr { th scope="col" { "Field" } th scope="col" { (theirs) } th scope="col" { "Yours" } } }
                tbody { (rows) }
            }
        }
    }
}

/// What stands in a field in one version.
#[must_use]
pub fn version(text: &str) -> Markup {
    html! { @if text.trim().is_empty() { span.dim { "Nothing" } } @else { (text) } }
}
