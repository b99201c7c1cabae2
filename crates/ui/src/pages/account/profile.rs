//! Who one is to others.

use maud::html;

use super::{Part, page as frame};
use crate::components::conflict::{Difference, told};
use crate::components::form::{self, Field};
use crate::pages::entry::{Typed, refusal};
use crate::pages::setup::zone;
use crate::{Ctx, layout};

/// The page. Fields: `name`, `title`, `department`, `time_zone`, `version`; the mail address is shown and not changed here.
/// `differences` where it was changed elsewhere meanwhile.
#[must_use]
pub fn page(
    ctx: &Ctx,
    typed: &Typed,
    email: &str,
    zones: &[String],
    saved: bool,
    differences: Option<&[Difference]>,
) -> layout::Page {
    let inside = html! {
        @match differences { Some(differences) => (told("Your profile was changed while you were editing it, perhaps by you in another window.", differences)), None => (refusal(typed)) }
        form.form method="post" action=(Part::Profile.path()) {
            (layout::csrf(ctx))
            input type="hidden" name="version" value=(typed.value("version"));
            (form::input(&Field { required: true, hint: Some("In every organisation of yours."), ..typed.field("name", "Name") }, "text"))
            (form::wrap(
                &Field { name: "email", label: "Work email", hint: Some("You sign in with it. An administrator changes it."), ..Field::default() },
                &html! { input.in #email type="email" value=(email) disabled aria-describedby="email-hint"; },
            ))
            div.form-2 {
                (form::input(&Field { optional: true, ..typed.field("title", "Job title") }, "text"))
                (form::input(&Field { optional: true, ..typed.field("department", "Department") }, "text"))
            }
            (zone(&Field { optional: true, hint: Some("Times are shown in it. Left empty, it is your organisation's."), ..typed.field("time_zone", "Time zone") }, zones, false))
            div.btns { button.btn.btn-p type="submit" { "Save profile" } }
        }
    };
    frame(Part::Profile, saved.then_some("Saved."), &inside)
}
