//! The choice among a person's organisations, and what to do without one.

use maud::{Markup, html};
use northing_core::values::{Day, Id};

use super::entry::sign_in::whom;
use crate::components::feedback::{self, Tone};
use crate::components::form;
use crate::icons::{icon, logo};
use crate::layout::{self, Assets};
use crate::{format, paths};

/// An organisation of which the person is no member and may become one.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// Which; none stands for no organisation.
    pub id: Option<Id>,
    /// Its name.
    pub name: String,
    /// How the person comes in, or where their request stands.
    pub way: Way,
    /// What they typed and why it was refused, where it was.
    pub refused: Option<(String, String)>,
}

/// How a person comes into an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Way {
    /// At once.
    #[default]
    Join,
    /// By asking.
    Ask,
    /// They asked on this day; the request's identifier.
    Asked(Id, Day),
    /// It was declined on this day, with the reason; they may ask again from the other day on, or now where there is none.
    Declined(Day, Option<String>, Option<Day>),
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct Organisations<'a> {
    /// Who is signed in: name and mail address.
    pub me: (&'a str, &'a str),
    /// The person's organisations: which, name, role.
    pub mine: Vec<(Id, String, String)>,
    /// The one in which they work now.
    pub current: Option<Id>,
    /// Those that they may join or ask to join.
    pub open: Vec<Opening>,
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
                @let (free, asking): (Vec<_>, Vec<_>) = it.open.iter().partition(|each| each.way == Way::Join);
                (openings("h-open", "Open to everyone here", "", &free, &token))
                (openings("h-ask", "Ask to join", "Somebody there decides. You are told on My OKRs.", &asking, &token))
            }
        }
    };
    layout::bare(assets, "Organisations", csrf, &body)
}

fn openings(id: &str, title: &str, intro: &str, all: &[&Opening], token: &Markup) -> Markup {
    html! {
        @if !all.is_empty() {
            section.stack aria-labelledby=(id) {
                h2 id=(id) { (title) }
                @if !intro.is_empty() { p.mut { (intro) } }
                ul.frame.org-l { @for each in all { li { (opening(each, token)) } } }
            }
        }
    }
}

fn opening(it: &Opening, token: &Markup) -> Markup {
    let org = it.id.map(|id| id.to_string()).unwrap_or_default();
    let name = html! { (icon("org")) b { (it.name) } };
    html! {
        @match &it.way {
            Way::Join => form.flow method="post" action="/organisations/join" {
                (token) (name)
                button.btn.btn-a.push type="submit" name="organization" value=(org) { "Join" span.sr { " " (it.name) } }
            },
            Way::Ask => (ask(it, &org, &html! { (name) }, token)),
            Way::Asked(request, day) => form.flow method="post" action=(paths::join_request(*request)) {
                (token) (name) span.dim { "You asked on " (format::day_long(*day)) }
                button.btn.push type="submit" { "Take back" span.sr { " the request to " (it.name) } }
            },
            Way::Declined(day, reason, again) => {
                @let told = html! {
                    (name)
                    span.dim { "Declined on " (format::day_long(*day)) @if let Some(reason) = reason { ": " (reason) } }
                };
                @match again {
                    None => (ask(it, &org, &told, token)),
                    Some(day) => div.flow { (told) span.dim.push { "You may ask again from " (format::day_long(*day)) " on" } },
                }
            }
        }
    }
}

fn ask(it: &Opening, org: &str, name: &Markup, token: &Markup) -> Markup {
    let field = format!("message-{org}");
    let error = it.refused.as_ref().map(|(_, error)| error.as_str());
    let described = error.map(|_| format!("{field}-error"));
    html! {
        details.org-a open[error.is_some()] {
            summary { span.flow { (name) span.btn.btn-a.push { "Ask to join" span.sr { " " (it.name) } } } }
            form.stack method="post" action="/organisations/join" {
                (token)
                label for=(field) { "What you want to say " span.opt { "optional" } }
                input.in id=(field) name="message" value=(it.refused.as_ref().map_or("", |(typed, _)| typed)) placeholder="Who you are, and why you would like to join"
                    aria-invalid=[error.map(|_| "true")] aria-describedby=[described];
                (form::error(&field, error))
                div.btns { button.btn.btn-p type="submit" name="organization" value=(org) { "Send request" span.sr { " to " (it.name) } } }
            }
        }
    }
}
