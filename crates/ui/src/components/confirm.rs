//! Asking before something is lost: names the object and says how much goes with it.

use maud::{Markup, html};

use crate::icons::icon;
use crate::{Ctx, layout};

/// A question before a loss.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// "Delete Cut jobs waiting?"
    pub title: String,
    /// What is lost, with counts.
    pub text: String,
    /// The button: a verb with its object.
    pub verb: String,
    /// Where it posts.
    pub href: String,
    /// Where "Keep" leads.
    pub back: String,
    /// Extra controls of the form.
    pub extra: Option<Markup>,
}

/// The dialog; without scripts it stands open on a page.
#[must_use]
pub fn dialog(ctx: &Ctx, confirm: &Confirm) -> Markup {
    html! {
        dialog.dlg data-modal open aria-labelledby="confirm-title" {
            form method="post" action=(confirm.href) hx-post=(confirm.href) hx-target="#dialog" hx-swap="innerHTML" {
                (layout::csrf(ctx))
                header.dlg-h { div { h2 #confirm-title { (confirm.title) } } a.btn.btn-q.btn-x href=(confirm.back) data-close aria-label="Close" { (icon("close")) } }
                div.dlg-b { p { (confirm.text) } @if let Some(extra) = &confirm.extra { (extra) } }
                footer.dlg-f {
                    span.push {}
                    a.btn href=(confirm.back) data-close { "Keep" }
                    button.btn.btn-d type="submit" { (icon("trash")) (confirm.verb) }
                }
            }
        }
    }
}
