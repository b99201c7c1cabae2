//! Changing one's own password.

use maud::html;

use super::{Part, page as frame};
use crate::components::form::Field;
use crate::pages::entry::{Typed, credential, new_password, refusal};
use crate::{Ctx, layout};

/// The page. Fields: `old_password`, `new_password`. `ended` tells how many other sessions the change ended.
#[must_use]
pub fn page(ctx: &Ctx, typed: &Typed, email: &str, ended: Option<&str>) -> layout::Page {
    let inside = html! {
        p.measure { "Changing your password signs you out everywhere but here. API tokens go on working: revoke them by themselves." }
        (refusal(typed))
        form.form method="post" action=(Part::Password.path()) {
            (layout::csrf(ctx))
            // A password manager asks whose password this is.
            input type="hidden" name="email" value=(email) autocomplete="username";
            (credential(&Field { required: true, value: "", ..typed.field("old_password", "Old password") }, "password", "current-password"))
            (new_password(&Field { required: true, hint: Some("At least ten characters. Four or five words are good."), ..typed.field("new_password", "New password") }, "/account/password/advice"))
            div.btns { button.btn.btn-p type="submit" { "Change password" } }
        }
    };
    frame(Part::Password, ended, &inside)
}
