//! The sign-in page.

use maud::{Markup, html};

use super::{Typed, credential, front, refusal};
use crate::components::form::{self, Field};
use crate::format;
use crate::icons::icon;
use crate::layout::Assets;

/// A further way to sign in, beside the password: shown where it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// "Continue with …".
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// The icon's name.
    pub icon: &'static str,
}

/// What the sign-in page shows.
#[derive(Debug, Clone, Default)]
pub struct SignIn<'a> {
    /// What was typed.
    pub typed: Typed,
    /// The page that was asked for.
    pub next: &'a str,
    /// The organisation's name, where there is only one.
    pub organization: Option<&'a str>,
    /// Whom to ask about a forgotten password.
    pub ask: &'a [String],
    /// Further ways in.
    pub ways: &'a [Way],
}

/// The page.
#[must_use]
pub fn page(assets: &Assets, csrf: &str, it: &SignIn<'_>) -> Markup {
    let typed = &it.typed;
    let title = it.organization.map_or_else(|| String::from("Sign in"), |name| format!("Sign in to {name}"));
    let stay = typed.values.is_empty() || typed.value("stay") == "true";
    let inside = html! {
        div { h1 { (title) } p.mut { "Goals, aligned from the work up." } }
        @if !it.ways.is_empty() {
            div.stack { @for way in it.ways { a.btn.btn-p.btn-l.btn-w href=(way.href) { (icon(way.icon)) (way.label) } } }
            p.or { "or with a password" }
        }
        (refusal(typed))
        form.form method="post" action="/sign-in" {
            input type="hidden" name="csrf" value=(csrf);
            input type="hidden" name="next" value=(it.next);
            (credential(&Field { required: true, ..typed.field("email", "Work email") }, "email", "username"))
            (credential(&Field { required: true, value: "", ..typed.field("password", "Password") }, "password", "current-password"))
            (form::checkbox("stay", "Keep me signed in on this browser", Some("For 14 days after I was last here. Not on a shared computer."), stay))
            button.btn.btn-l.btn-w.btn-p[it.ways.is_empty()] type="submit" { "Sign in" }
        }
        details.sm {
            summary { "Forgotten your password?" }
            p.mut {
                "Ask " (whom(it.ask)) ". They make a link for you that is good once, and with it you choose a new password."
            }
        }
    };
    front(assets, "Sign in", csrf, &inside)
}

/// Names of those to ask, as part of a sentence.
#[must_use]
pub fn whom(names: &[String]) -> String {
    if names.is_empty() {
        String::from("an administrator of your organisation")
    } else {
        format::either(names)
    }
}
