//! Tags: words that people put on goals.

use maud::{Markup, html};

/// A row of tags; nothing where there are none.
#[must_use]
pub fn tags(tags: &[String]) -> Markup {
    html! { @if !tags.is_empty() { span.flow { @for text in tags { (tag(text)) } } } }
}

/// One tag.
#[must_use]
pub fn tag(text: &str) -> Markup {
    html! { span.tag { (text) } }
}
