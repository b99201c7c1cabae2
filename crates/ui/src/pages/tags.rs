//! The tags of the organisation: how often each is used, and for admins renaming and deleting.

use maud::{Markup, html};
use northing_core::values::Id;

use super::entry::Typed;
use crate::components::empty::{self, Art};
use crate::components::form::{self, Field};
use crate::icons::icon;
use crate::layout::{self, Page, Section};
use crate::{Ctx, format, paths};

/// A tag in the list.
#[derive(Debug, Clone)]
pub struct TagLine {
    /// The tag.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// How many goals have it, as far as the reader sees them.
    pub goals: usize,
    /// Explorer with the goals that have it.
    pub href: String,
}

/// The list with what the reader may do.
#[derive(Debug, Clone, Default)]
pub struct Tags {
    /// What the list is searched for.
    pub query: String,
    /// The tags by name.
    pub lines: Vec<TagLine>,
    /// Where the list goes on.
    pub next: Option<String>,
    /// Whether the reader may make tags.
    pub may_create: bool,
    /// Whether the reader may rename and delete them.
    pub may_manage: bool,
}

/// The address of a tag, or of something below it: `edit`, `deletion`.
#[must_use]
pub fn path(tag: Id, part: &str) -> String {
    if part.is_empty() { format!("{}/{tag}", paths::TAGS) } else { format!("{}/{tag}/{part}", paths::TAGS) }
}

/// The page; `typed` is the form for a new tag.
#[must_use]
pub fn page(ctx: &Ctx, it: &Tags, typed: &Typed) -> Page {
    Page {
        title: "Tags".to_owned(),
        description: "The words that group goals across teams.".to_owned(),
        section: Section::Elsewhere,
        strip: None,
        head: layout::head(&html! {}, "Tags", &html! {}),
        above: html! {
            form.filters role="search" action=(paths::TAGS) {
                label.find { (icon("search")) span.sr { "Find a tag" } input type="search" name="q" value=(it.query) placeholder="Find a tag" data-filter; }
                button.btn type="submit" { "Search" }
            }
        },
        main: html! { div.pad.stack-l {
            @if it.may_create { (create(ctx, typed)) }
            @if it.lines.is_empty() {
                (empty::empty(Art::Summit, if it.query.is_empty() { "No tags yet" } else { "No such tag" },
                    "A tag groups goals across teams, such as a programme or a risk. Put one on a goal, and Explorer filters by it.", &html! {}))
            } @else { (lines(it)) }
            @if let Some(next) = &it.next { p { a.btn href=(next) { "More tags" } } }
        } },
        foot: None,
        panel: None,
        live: None,
    }
}

fn create(ctx: &Ctx, typed: &Typed) -> Markup {
    let field = Field {
        name: "name",
        label: "New tag",
        value: typed.value("name"),
        error: typed.error("name"),
        required: true,
        ..Field::default()
    };
    html! {
        form.flow.bottom method="post" action=(paths::TAGS) {
            (layout::csrf(ctx))
            (form::input(&field, "text"))
            button.btn type="submit" { (icon("plus")) "Create tag" }
        }
    }
}

fn lines(it: &Tags) -> Markup {
    html! {
        div.frame.scroll-x tabindex="0" role="region" aria-label="Tags" {
            table.tbl {
                thead { tr { th scope="col" { "Tag" } th.r scope="col" { "Goals" } @if it.may_manage { th scope="col" { span.sr { "Actions" } } } } }
                tbody { @for line in &it.lines { tr {
                    th scope="row" { span.tag { (line.name) } }
                    td.r { @if line.goals > 0 { a href=(line.href) aria-label=(format!("{} goals tagged {}", line.goals, line.name)) { (format::count(line.goals)) } } @else { "0" } }
                    @if it.may_manage { td.r { span.btns {
                        (dialog_link(&path(line.id, "edit"), &format!("Rename {}", line.name), "Rename"))
                        (dialog_link(&path(line.id, "deletion"), &format!("Delete {}", line.name), "Delete"))
                    } } }
                } } }
            }
        }
    }
}

fn dialog_link(href: &str, label: &str, text: &str) -> Markup {
    html! { a.btn.btn-q href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-label=(label) { (text) } }
}

/// The dialog that renames a tag; `typed` has `name` and `version`.
#[must_use]
pub fn rename(ctx: &Ctx, tag: Id, typed: &Typed) -> Markup {
    let action = path(tag, "");
    let field = Field {
        name: "name",
        label: "Name",
        value: typed.value("name"),
        error: typed.error("name"),
        hint: Some("Every goal with this tag shows the new name."),
        required: true,
        ..Field::default()
    };
    html! {
        dialog.dlg open data-modal aria-labelledby="tag-title" {
            form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
                (layout::csrf(ctx))
                input type="hidden" name="version" value=(typed.value("version"));
                header.dlg-h { div { h2 #tag-title { "Rename tag" } } a.btn.btn-q.btn-x href=(paths::TAGS) data-close aria-label="Close" { (icon("close")) } }
                div.dlg-b {
                    @if let Some(refusal) = &typed.refusal { p.err role="alert" { (icon("warn")) (refusal) } }
                    (form::input(&field, "text"))
                }
                footer.dlg-f { span.push {} a.btn href=(paths::TAGS) data-close { "Cancel" } button.btn.btn-p type="submit" { "Rename tag" } }
            }
        }
    }
}
