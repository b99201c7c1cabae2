//! What one chose for oneself.

use maud::{Markup, html};
use northing_core::preferences::{AlertChoice, Preferences, Shortcuts, Theme};

use super::{Part, page as frame};
use crate::components::form::{self, Field, Segment};
use crate::{Ctx, layout};

/// The page. Fields: `theme`, `shortcuts` (ticked or not), `alerts`.
#[must_use]
pub fn page(ctx: &Ctx, chosen: &Preferences, saved: bool) -> layout::Page {
    let themes = [
        Segment::new(Theme::System.name(), "As the system", "theme"),
        Segment::new(Theme::Light.name(), "Light", "eye"),
        Segment::new(Theme::Dark.name(), "Dark", "theme"),
    ];
    let field = Field { name: "theme", label: "Colours", value: chosen.theme.name(), ..Field::default() };
    let inside = html! {
        form.form method="post" action=(Part::Preferences.path()) {
            (layout::csrf(ctx))
            (form::segments(&field, &themes))
            fieldset.field {
                legend { "Keyboard" }
                (form::switch("shortcuts", "Single letters are shortcuts", Some("j and k move, i checks in, c creates, ? lists them all. Off: only keys with Ctrl or ⌘, arrows, Enter and Esc."), chosen.shortcuts == Shortcuts::On))
            }
            fieldset.field {
                legend { "Alerts about the health of goals" }
                (alert(chosen, AlertChoice::All, "All", "What is at risk, and what needs attention: not begun, not aligned, nothing to measure it by."))
                (alert(chosen, AlertChoice::AtRisk, "Only what is at risk", "Far behind, overdue, without an owner, outside of its period."))
                (alert(chosen, AlertChoice::None, "None", "Statuses and progress are shown all the same."))
            }
            div.btns { button.btn.btn-p type="submit" { "Save preferences" } }
        }
    };
    frame(Part::Preferences, saved.then_some("Saved."), &inside)
}

fn alert(chosen: &Preferences, choice: AlertChoice, text: &str, small: &str) -> Markup {
    html! {
        label.opt-l {
            input type="radio" name="alerts" value=(choice.name()) checked[chosen.alerts == choice];
            span { (text) small { (small) } }
        }
    }
}
