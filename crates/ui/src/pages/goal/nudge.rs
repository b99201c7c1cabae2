//! The pop-over of the progress: when was the last check-in, who is next to make one, and asking them for it.

use maud::{Markup, html};
use northing_core::values::Id;

use super::Goal;
use crate::components::feedback::{self, Tone};
use crate::components::form;
use crate::components::progress;
use crate::icons::icon;
use crate::{Ctx, format, layout, paths};

/// The button beside the figures with its pop-over; nothing where there is nobody to ask.
pub(super) fn pop_over(ctx: &Ctx, goal: &Goal) -> Markup {
    html! {
        @if let Some(who) = goal.check_in_owner.as_ref().filter(|_| goal.may.nudge) {
            span.src {
                button.btn.btn-q type="button" popovertarget="progress" aria-haspopup="dialog" { (icon("clock")) "Nudge" }
                div.menu.src-p #progress popover role="dialog" aria-label="Progress and check-ins" {
                    div.src-b {
                        dl {
                            dt { "Progress" } dd { (progress::sentence(&goal.progress)) }
                            dt { "Last check-in" } dd { @match goal.check_ins.first() { Some(last) => (format::ago(last.at, ctx)), None => span.dim { "None yet" } } }
                            dt { "Checks in" } dd { (who.name) }
                        }
                        div #nudge { (ask(ctx, goal.id, &who.name, "", None)) }
                    }
                }
            }
        }
    }
}

/// The form; with what was typed and why it was refused.
#[must_use]
pub fn ask(ctx: &Ctx, goal: Id, name: &str, typed: &str, refused: Option<&str>) -> Markup {
    let action = paths::goal_part(goal, "nudge");
    html! {
        form.stack method="post" action=(action) hx-post=(action) hx-target="#nudge" hx-swap="innerHTML" {
            (layout::csrf(ctx))
            label for="nudge-comment" { "Ask " (name) " for a check-in " span.opt { "optional comment" } }
            input.in id="nudge-comment" name="comment" value=(typed)
                aria-invalid=[refused.map(|_| "true")] aria-describedby=[refused.map(|_| "nudge-comment-error")];
            (form::error("nudge-comment", refused))
            div.btns { button.btn.btn-p type="submit" { "Nudge " (name) } }
        }
    }
}

/// What stands in its place once it was sent.
#[must_use]
pub fn asked(name: &str) -> Markup {
    html! { div role="status" { (feedback::note(Tone::Good, &html! { (name) " is asked on My OKRs." })) } }
}
