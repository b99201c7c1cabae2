//! The form for a new goal.

use maud::{Markup, html};

use super::entry::Typed;
use crate::components::form::{self, Field};
use crate::{Ctx, layout, paths};

/// The dialog; with [`page`] a page without scripts. Fields: `title`, `kind`, `description`; `parent`, `team` and `period` are
/// carried along.
#[must_use]
pub fn dialog(ctx: &Ctx, typed: &Typed, kinds: &[(String, String)]) -> Markup {
    html! { dialog.dlg.dlg-w open aria-labelledby="goal-form-title" data-modal { (inside(ctx, typed, kinds)) } }
}

/// The same as a page.
#[must_use]
pub fn page(ctx: &Ctx, typed: &Typed, kinds: &[(String, String)]) -> layout::Page {
    layout::Page {
        title: String::from("New goal"),
        description: String::new(),
        section: layout::Section::Elsewhere,
        strip: None,
        head: html! {},
        above: html! {},
        main: html! { div.pad { (inside(ctx, typed, kinds)) } },
        foot: None,
        panel: None,
        live: None,
    }
}

fn inside(ctx: &Ctx, typed: &Typed, kinds: &[(String, String)]) -> Markup {
    let field = |name, label| Field {
        name,
        label,
        value: typed.value(name),
        error: typed.error(name),
        ..Field::default()
    };
    html! {
        header.dlg-h { h2 #goal-form-title { "New goal" } }
        form method="post" action="/goals" hx-post="/goals" hx-target="#dialog" hx-swap="innerHTML" {
            (layout::csrf(ctx))
            @for name in ["parent", "team", "period"] { input type="hidden" name=(name) value=(typed.value(name)); }
            div.dlg-b.form {
                @for (_, message) in typed.errors.iter().filter(|(name, _)| !["title", "kind", "description"].contains(&name.as_str())) {
                    p.err role="alert" { (message) }
                }
                (form::input(&Field { required: true, ..field("title", "Title") }, "text"))
                (form::select(&field("kind", "Kind"), kinds))
                (form::textarea(&Field { optional: true, ..field("description", "Description") }, 4))
            }
            footer.dlg-f {
                span.push {}
                a.btn href=(paths::HOME) data-close { "Cancel" }
                button.btn.btn-p type="submit" { "Create goal" }
            }
        }
    }
}
