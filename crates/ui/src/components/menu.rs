//! Popover menus: a short list at a control. They open without scripts; the menu of a row loads when it opens.

use maud::{Markup, html};
use northing_core::values::Id;

use crate::icons::icon;
use crate::{Ctx, layout, paths};

/// An entry of a menu.
#[derive(Debug, Clone)]
pub enum Entry {
    /// Goes to an address.
    Link(Item),
    /// Opens a form as a dialog; a page without scripts.
    Dialog(Item),
    /// Does it: a POST.
    Post(Item),
    /// A line.
    Rule,
}

/// What an entry says and where it leads.
#[derive(Debug, Clone, Default)]
pub struct Item {
    /// The icon's name.
    pub icon: &'static str,
    /// Verb with object.
    pub label: String,
    /// The address.
    pub href: String,
    /// The key that does the same.
    pub key: Option<&'static str>,
    /// Whether something gets lost.
    pub danger: bool,
}

/// The entries of a menu; also the fragment that a lazy menu loads.
#[must_use]
pub fn entries(ctx: &Ctx, entries: &[Entry]) -> Markup {
    html! { @for entry in entries { (one(ctx, entry)) } }
}

fn one(ctx: &Ctx, entry: &Entry) -> Markup {
    match entry {
        Entry::Link(item) => {
            html! { a.danger[item.danger] role="menuitem" href=(item.href) { (inside(item)) } }
        }
        Entry::Dialog(item) => html! {
            a.danger[item.danger] role="menuitem" href=(item.href) hx-get=(item.href) hx-target="#dialog" hx-swap="innerHTML" { (inside(item)) }
        },
        Entry::Post(item) => html! {
            form method="post" action=(item.href) hx-post=(item.href) hx-swap="none" {
                (layout::csrf(ctx))
                button.danger[item.danger] role="menuitem" type="submit" { (inside(item)) }
            }
        },
        Entry::Rule => html! { hr; },
    }
}

fn inside(item: &Item) -> Markup {
    html! { (icon(item.icon)) (item.label) @if let Some(key) = item.key { kbd { (key) } } }
}

/// A button with three dots and its menu.
#[must_use]
pub fn more(ctx: &Ctx, id: &str, label: &str, list: &[Entry]) -> Markup {
    html! {
        button.btn.btn-x type="button" popovertarget=(id) aria-haspopup="menu" aria-label=(label) { (icon("more")) }
        div.menu id=(id) popover role="menu" aria-label=(label) { (entries(ctx, list)) }
    }
}

/// The menu of a goal in a list, loaded each time it opens, since what can be done changes; `under` is the parent under which it stands there.
#[must_use]
pub fn of_row(goal: Id, place: &str, under: Option<Id>, title: &str) -> Markup {
    let id = format!("menu-{place}");
    let mut load = paths::goal_part(goal, "menu?row=true");
    if let Some(parent) = under {
        load.push_str("&under=");
        load.push_str(&parent.to_string());
    }
    html! {
        button.btn.btn-x type="button" tabindex="-1" popovertarget=(id) aria-haspopup="menu" aria-label=(format!("Actions for {title}")) { (icon("more")) }
        div.menu id=(id) popover role="menu" aria-label="Goal actions" data-menu=(load) {
            a role="menuitem" href=(paths::goal(goal)) { (icon("panel")) "Open" }
        }
    }
}
