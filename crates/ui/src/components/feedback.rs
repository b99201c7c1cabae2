//! Toasts for what happened, notes for what stays.

use maud::{Markup, html};

use crate::icons::icon;

/// How a note or a toast is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Neutral.
    Info,
    /// Done.
    Good,
    /// Look at it.
    Warning,
    /// Failed.
    Failure,
}

impl Tone {
    const fn icon(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Good => "check",
            Self::Warning | Self::Failure => "warn",
        }
    }

    const fn role(self) -> Option<&'static str> {
        match self {
            Self::Info => None,
            Self::Good => Some("track"),
            Self::Warning => Some("behind"),
            Self::Failure => Some("risk"),
        }
    }
}

/// What a toast offers to do: a POST to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The button: "Undo", "Try again".
    pub label: String,
    /// Where it posts.
    pub href: String,
    /// The form token.
    pub csrf: String,
}

/// A toast; failures are announced at once.
#[must_use]
pub fn toast(tone: Tone, text: &str, action: Option<&Action>) -> Markup {
    html! {
        div.toast role=(if tone == Tone::Failure { "alert" } else { "status" }) data-toast {
            (icon(tone.icon())) span { (text) }
            @if let Some(action) = action {
                form method="post" action=(action.href) hx-post=(action.href) hx-swap="none" {
                    input type="hidden" name="csrf" value=(action.csrf);
                    button.btn type="submit" { (action.label) }
                }
            }
            button.btn.btn-q.btn-x type="button" data-dismiss aria-label="Dismiss" { (icon("close")) }
        }
    }
}

/// A toast inside the answer to an htmx request: added to the others.
#[must_use]
pub fn toast_swap(tone: Tone, text: &str, action: Option<&Action>) -> Markup {
    html! { div hx-swap-oob="beforeend:#toasts" { (toast(tone, text, action)) } }
}

/// A toast about a thing that leads to it, inside the answer to an htmx request.
#[must_use]
pub fn toast_link(what: &str, name: &str, href: &str) -> Markup {
    html! {
        div hx-swap-oob="beforeend:#toasts" {
            div.toast role="status" data-toast {
                (icon(Tone::Good.icon())) span { (what) a href=(href) { (name) } }
                button.btn.btn-q.btn-x type="button" data-dismiss aria-label="Dismiss" { (icon("close")) }
            }
        }
    }
}

/// A note at the place it matters.
#[must_use]
pub fn note(tone: Tone, body: &Markup) -> Markup {
    html! { div.note data-st=[tone.role()] role=[(tone == Tone::Failure).then_some("alert")] { (icon(tone.icon())) span { (body) } } }
}

/// Something provisional: not saved yet.
#[must_use]
pub fn pencil(title: &str, body: &Markup) -> Markup {
    html! { div.pencil.pvw { p.pencil-t { (crate::icons::small("edit")) (title) } (body) } }
}
