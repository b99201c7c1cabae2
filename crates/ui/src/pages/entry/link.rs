//! The pages behind one-time links: an invitation, a new password.

use maud::{Markup, html};

use super::sign_in::whom;
use super::{Typed, front, new_password, refusal};
use crate::components::form::{self, Field};
use crate::icons::icon;
use crate::layout::Assets;
use crate::paths;

/// Whom a link lets in.
#[derive(Debug, Clone)]
pub struct Guest {
    /// Their mail address: what they sign in with later.
    pub email: String,
    /// The organisation's name.
    pub organization: String,
    /// Who invited them.
    pub invited_by: Option<String>,
    /// Whether this is an invitation, not a reset.
    pub invitation: bool,
    /// Where the form posts.
    pub action: String,
}

/// The page where a link lets somebody in.
#[must_use]
pub fn page(assets: &Assets, csrf: &str, guest: &Guest, typed: &Typed) -> Markup {
    let (title, verb) = if guest.invitation {
        (format!("Join {}", guest.organization), format!("Join {}", guest.organization))
    } else {
        (String::from("Choose a new password"), String::from("Save and sign in"))
    };
    let inside = html! {
        div {
            h1 { (title) }
            p.mut {
                @if guest.invitation {
                    @if let Some(name) = &guest.invited_by { (name) " invited you" } @else { "You are invited" }
                    " to plan and follow goals together."
                } @else { "For " (guest.organization) ". You are signed out everywhere else, and your API tokens end." }
            }
        }
        (refusal(typed))
        form.form method="post" action=(guest.action) {
            input type="hidden" name="csrf" value=(csrf);
            div.field {
                label for="email" { "Work email" }
                input.in #email name="email" type="email" value=(guest.email) autocomplete="username" readonly aria-describedby="email-hint";
                p.hint #email-hint { "You sign in with it from now on." }
            }
            @if guest.invitation { (form::input(&Field { required: true, hint: Some("As your colleagues know you."), ..typed.field("name", "Your name") }, "text")) }
            (new_password(&Field { required: true, hint: Some("At least ten characters. Four or five words are good."), ..typed.field("password", "Password") }, &format!("{}/advice", guest.action)))
            button.btn.btn-p.btn-l.btn-w type="submit" { (verb) }
        }
    };
    front(assets, &title, csrf, &inside)
}

/// Why a link lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dead {
    /// There is no such link.
    Unknown,
    /// It was used, or ended by an admin.
    Used,
    /// Its time is over.
    Expired,
    /// The person was deactivated since.
    Deactivated,
}

/// The page of a link that lets nobody in: why, and whom to ask.
#[must_use]
pub fn dead(assets: &Assets, why: Dead, organization: Option<&str>, ask: &[String]) -> Markup {
    let (title, text) = match why {
        Dead::Unknown => (
            "This link leads nowhere",
            "It may have been cut off on its way, or a newer link has taken its place.",
        ),
        Dead::Used => (
            "This link was used",
            "It is good once. If it was you, sign in with your mail address and the password that you chose.",
        ),
        Dead::Expired => {
            ("This link has expired", "Invitations are good for seven days, new passwords for one.")
        }
        Dead::Deactivated => {
            ("Your account is deactivated", "Somebody has to bring you back before you can come in.")
        }
    };
    let inside = html! {
        div { h1 { (title) } @if let Some(name) = organization { p.mut { (name) } } }
        p { (text) }
        div.note { (icon("info")) span {
            @if why == Dead::Deactivated { "Ask " (whom(ask)) " to bring you back." }
            @else { "Need another one? Ask " (whom(ask)) "." }
        } }
        div.btns { a.btn.btn-l.btn-p href=(paths::SIGN_IN) { "Go to sign-in" } }
    };
    front(assets, title, "", &inside)
}
