//! The steps of a page that takes several: those done are links back.

use maud::{Markup, html};

/// A step.
#[derive(Debug, Clone)]
pub struct Step {
    /// What happens in it.
    pub text: String,
    /// Where it can be seen or done again.
    pub href: Option<String>,
}

impl Step {
    /// A step that leads nowhere (yet).
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), href: None }
    }

    /// A step to go back to.
    #[must_use]
    pub fn link(text: &str, href: String) -> Self {
        Self { text: text.to_owned(), href: Some(href) }
    }
}

/// The steps in their order; `current` counts from 0, those before it are done.
#[must_use]
pub fn steps(label: &str, steps: &[Step], current: usize) -> Markup {
    html! {
        ol.steps aria-label=(label) {
            @for (at, step) in steps.iter().enumerate() {
                li.done[at < current] aria-current=[(at == current).then_some("step")] {
                    @match &step.href {
                        Some(href) if at < current => a href=(href) { (step.text) },
                        _ => (step.text),
                    }
                    @if at < current { span.sr { " done" } }
                }
            }
        }
    }
}
