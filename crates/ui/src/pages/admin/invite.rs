//! Inviting people, one or many, and the links that let them in.

use maud::{Markup, html};

use super::{Form, Tab, frame};
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::components::picker::Of;
use crate::components::secret;
use crate::components::status::{self, Health};
use crate::icons::icon;
use crate::layout::Page;
use crate::{Ctx, format, paths};

/// What became of a line.
#[derive(Debug, Clone)]
pub struct Told {
    /// The person's name, or the line where there is none.
    pub name: String,
    /// What became of it: a sentence.
    pub text: String,
    /// Whether anything was done.
    pub done: bool,
    /// The address that lets them in, shown once.
    pub link: Option<String>,
}

/// The form as a dialog. `roles` are those that the person may give; `default` says what new people become where none is chosen.
#[must_use]
pub fn dialog(ctx: &Ctx, it: &Form, roles: &[(String, String)]) -> Markup {
    html! {
        dialog.dlg data-modal open aria-labelledby="invite-title" {
            form method="post" action=(paths::MEMBERS) hx-post=(paths::MEMBERS) hx-target="#dialog" hx-swap="innerHTML" {
                (it.hidden(ctx))
                header.dlg-h { div { h2 #invite-title { "Invite people" } } a.btn.btn-q.btn-x href=(paths::MEMBERS) data-close aria-label="Close" { (icon("close")) } }
                div.dlg-b.form {
                    @if let Some(refusal) = &it.typed.refusal { (feedback::note(Tone::Failure, &html! { (refusal) })) }
                    (form::textarea(&Field {
                        required: true,
                        hint: Some("One in each line: ada@example.org, or Ada Byron <ada@example.org>. Paste as many as 200."),
                        ..it.field("people", "Who")
                    }, 5))
                    (form::select(&it.field("role", "They become"), roles))
                    (it.picker("team", "Their team", Some("They join it at once. You may leave it empty."), Of::Teams, false))
                    (feedback::note(Tone::Info, &html! { "Northing sends no mail yet. You get a link for each person, to pass on yourself. It works once, for seven days." }))
                }
                footer.dlg-f {
                    span.push {}
                    a.btn href=(paths::MEMBERS) data-close { "Cancel" }
                    button.btn.btn-p type="submit" { "Invite" }
                }
            }
        }
    }
}

/// What became of each line, as a dialog; the links are shown here and never again.
#[must_use]
pub fn outcome(told: &[Told], back: &str) -> Markup {
    html! {
        dialog.dlg.dlg-w data-modal open aria-labelledby="invited-title" {
            header.dlg-h { div { h2 #invited-title { (heading(told)) } } a.btn.btn-q.btn-x href=(back) aria-label="Close" { (icon("close")) } }
            div.dlg-b.form { (list(told)) }
            footer.dlg-f { span.push {} a.btn.btn-p href=(back) { "Done" } }
        }
    }
}

/// The same as a page.
#[must_use]
pub fn outcome_page(told: &[Told], back: &str) -> Page {
    let main =
        html! { div.form.adm-f { (list(told)) div.btns { a.btn.btn-p.btn-l href=(back) { "Done" } } } };
    frame(Tab::Members, Some(&heading(told)), &html! {}, &main)
}

fn heading(told: &[Told]) -> String {
    let done = told.iter().filter(|it| it.done).count();
    match (done, told.len()) {
        (1, 1) => String::from("Invited"),
        (done, all) if done == all => format!("{} people invited", format::count(done)),
        (done, all) => format!("{} of {} done", format::count(done), format::count(all)),
    }
}

fn list(told: &[Told]) -> Markup {
    html! {
        @if told.iter().any(|it| it.link.is_some()) {
            (feedback::note(Tone::Warning, &html! { b { "Copy the links now. " } "They are shown only here. A new one can be made at any time from the person's page; the one before it then ends." }))
        }
        ul.adm-l {
            @for (at, it) in told.iter().enumerate() {
                li {
                    p.flow { b { (it.name) } (status::system(if it.done { Health::Works } else { Health::Warns }, &it.text)) }
                    @if let Some(link) = &it.link { (secret::once(&format!("link-{at}"), &format!("Link for {}", it.name), link)) }
                }
            }
        }
    }
}

/// A link for one person, shown once.
#[must_use]
pub fn link(name: &str, kind: &str, address: &str, until: &str, back: &str) -> Page {
    let (title, text) = if kind == "reset" {
        (
            "A link for a new password",
            "With it they choose a new password. Every session and token of theirs ends then.",
        )
    } else {
        ("An invitation", "With it they choose a password and come in.")
    };
    let main = html! {
        div.form.adm-f {
            (feedback::note(Tone::Warning, &html! { b { "Copy it now: it is shown only here. " } (text) " It works once, until " (until) ". Links made earlier no longer work. Northing sends no mail yet: pass it on yourself." }))
            (secret::once("link", &format!("Link for {name}"), address))
            div.btns { a.btn.btn-p.btn-l href=(back) { "Done" } }
        }
    };
    frame(Tab::Members, Some(&format!("{title} for {name}")), &html! {}, &main)
}
