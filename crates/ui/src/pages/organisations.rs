//! The choice among a person's organisations, and what to do without one.

use maud::{Markup, html};
use northing_core::values::Id;

use super::entry::sign_in::whom;
use crate::components::feedback::{self, Tone};
use crate::icons::{icon, logo};
use crate::layout::{self, Assets};
use crate::paths;

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct Organisations<'a> {
    /// Who is signed in: name and mail address.
    pub me: (&'a str, &'a str),
    /// The person's organisations: which, name, role.
    pub mine: Vec<(Id, String, String)>,
    /// The one in which they work now.
    pub current: Option<Id>,
    /// Those that they may join.
    pub open: Vec<(Id, String)>,
    /// Those in which they were deactivated, with the names of whom to ask.
    pub closed: Vec<(String, Vec<String>)>,
}

/// The page.
#[must_use]
pub fn page(assets: &Assets, csrf: &str, it: &Organisations<'_>) -> Markup {
    let token = html! { input type="hidden" name="csrf" value=(csrf); };
    let body = html! {
        div.wiz {
            header.wiz-top {
                a.logo-word href=(paths::HOME) { (logo()) "Northing" }
                span.push {}
                span.mut.sm.desk { (it.me.0) ", " (it.me.1) }
                form method="post" action=(paths::SIGN_OUT) { (token) button.btn.btn-q type="submit" { "Sign out" } }
            }
            main.wiz-b.narrow #main tabindex="-1" {
                h1 { @if it.mine.is_empty() { "No organisation yet" } @else { "Your organisations" } }
                @for (name, ask) in &it.closed {
                    (feedback::note(Tone::Warning, &html! { "Your account in " b { (name) } " is deactivated. What you did there stays yours. Ask " (whom(ask)) " to bring you back." }))
                }
                @if it.mine.is_empty() && it.closed.is_empty() {
                    p.lede { "You are a member of none. Ask somebody of yours to invite you" @if !it.open.is_empty() { ", or join one of those below" } "." }
                }
                @if !it.mine.is_empty() {
                    ul.frame.org-l {
                        @for (id, name, role) in &it.mine {
                            li {
                                form.flow method="post" action="/organisations" {
                                    (token)
                                    (icon("org"))
                                    span { b { (name) } " " span.dim { (role) } }
                                    @if it.current == Some(*id) { span.push.dim { "You are here" } }
                                    button.btn.push[it.current != Some(*id)] type="submit" name="organization" value=(id) { "Open" span.sr { " " (name) } }
                                }
                            }
                        }
                    }
                }
                @if !it.open.is_empty() {
                    section.stack aria-labelledby="h-open" {
                        h2 #h-open { "Open to everyone here" }
                        ul.frame.org-l {
                            @for (id, name) in &it.open {
                                li { form.flow method="post" action="/organisations/join" { (token) (icon("org")) b { (name) } button.btn.btn-a.push type="submit" name="organization" value=(id) { "Join" span.sr { " " (name) } } } }
                            }
                        }
                    }
                }
            }
        }
    };
    layout::bare(assets, "Organisations", csrf, &body)
}
