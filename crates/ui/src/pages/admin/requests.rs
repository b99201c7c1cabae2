//! Who asks to be let in: accepted, or declined with a reason.

use maud::{Markup, html};
use northing_core::values::{Id, Moment};

use crate::components::form;
use crate::components::person;
use crate::icons::icon;
use crate::{Ctx, format, layout, paths};

/// Somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The request.
    pub id: Id,
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
    /// What they say.
    pub message: Option<String>,
    /// Since when.
    pub at: Moment,
    /// The reason that was typed for declining, and why it was refused.
    pub refused: Option<(String, String)>,
}

/// The requests that wait; nothing where there are none. `more` says that there are others behind these.
#[must_use]
pub fn requests(ctx: &Ctx, all: &[Asking], more: bool) -> Markup {
    html! {
        @if !all.is_empty() {
            section.frame.adm-s #requests aria-labelledby="h-requests" {
                div.frame-h { h2 #h-requests { "Requests to join" } span.n { (format::count(all.len())) @if more { "+" } } }
                div.frame-b { ul.stack { @for each in all { (asking(ctx, each)) } } }
            }
        }
    }
}

fn asking(ctx: &Ctx, it: &Asking) -> Markup {
    let field = format!("reason-{}", it.id);
    let error = it.refused.as_ref().map(|(_, error)| error.as_str());
    html! {
        li.req {
            div.flow {
                (person::avatar_silent(&it.name))
                span { b { (it.name) } br; span.dim.xs { (it.email) ", " (format::ago(it.at, ctx)) } }
                form.push method="post" action=(format!("{}/acceptance", paths::request(it.id))) {
                    (layout::csrf(ctx))
                    button.btn.btn-p type="submit" { (icon("check")) "Let in" span.sr { " " (it.name) } }
                }
            }
            @if let Some(message) = &it.message { p.mut { "“" (message) "”" } }
            details.sm open[error.is_some()] {
                summary { "Decline" span.sr { " " (it.name) } }
                form.stack method="post" action=(format!("{}/refusal", paths::request(it.id))) {
                    (layout::csrf(ctx))
                    label for=(field) { "Why, for " (it.name) " " span.opt { "optional" } }
                    input.in id=(field) name="reason" value=(it.refused.as_ref().map_or("", |(typed, _)| typed))
                        aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| format!("{field}-error"))];
                    (form::error(&field, error))
                    div.btns { button.btn.btn-d type="submit" { "Decline" span.sr { " the request of " (it.name) } } }
                }
            }
        }
    }
}
