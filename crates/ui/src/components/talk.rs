//! What people say about a goal or a check-in: comments, and the form for one more.

use maud::{Markup, html};
use northing_core::values::{Id, Moment};

use super::form::{self, Field};
use super::menu::{self, Entry, Item};
use super::person;
use crate::icons::icon;
use crate::{Ctx, format, layout, markdown, paths};

/// A comment on a check-in or a goal.
#[derive(Debug, Clone)]
pub struct Comment {
    /// The comment.
    pub id: Id,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub at: Moment,
    /// The text in Markdown.
    pub text: String,
    /// When its author changed it.
    pub edited: Option<Moment>,
    /// Whether the reader may change it.
    pub may_edit: bool,
    /// Whether the reader may delete it.
    pub may_delete: bool,
}

/// What a talk is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The goal.
    pub goal: Id,
    /// One of its check-ins; none: the goal itself.
    pub check_in: Option<Id>,
}

impl About {
    fn id(self) -> String {
        format!("talk-{}", self.check_in.unwrap_or(self.goal))
    }

    fn action(self) -> String {
        match self.check_in {
            Some(check_in) => paths::check_in(self.goal, check_in, "comments"),
            None => paths::goal_part(self.goal, "comments"),
        }
    }
}

/// The comments, the oldest first, and the form for one more; the fragment that a new or changed comment sends.
#[must_use]
pub fn talk(ctx: &Ctx, about: About, comments: &[Comment], may_comment: bool) -> Markup {
    html! {
        div.talk id=(about.id()) {
            @for each in comments { (comment(ctx, about, each)) }
            @if may_comment { (new(ctx, about)) }
        }
    }
}

/// The same in an answer that goes elsewhere: put in its place.
#[must_use]
pub fn talk_swap(ctx: &Ctx, about: About, comments: &[Comment], may_comment: bool) -> Markup {
    html! { div hx-swap-oob=(format!("innerHTML:#{}", about.id())) {
        @for each in comments { (comment(ctx, about, each)) }
        @if may_comment { (new(ctx, about)) }
    } }
}

fn comment(ctx: &Ctx, about: About, comment: &Comment) -> Markup {
    let anchor = format!("comment-{}", comment.id);
    html! {
        div.cm id=(anchor) {
            (person::avatar(&comment.author))
            div.cm-b {
                div.cm-h {
                    b { (comment.author) }
                    a.pl href=(format!("{}#{anchor}", paths::comment(about.goal, comment.id))) { (format::when(comment.at, ctx)) }
                    @if let Some(at) = comment.edited { span.dim.xs title=(format::moment_long(at, &ctx.zone)) { "edited" } }
                    @if comment.may_edit || comment.may_delete {
                        span.push {} (menu::more(ctx, &format!("menu-{anchor}"), &format!("Change the comment of {}", comment.author), &actions(about, comment)))
                    }
                }
                (markdown::render(&comment.text))
            }
        }
    }
}

fn actions(about: About, comment: &Comment) -> Vec<Entry> {
    let item = |icon, label: &str, part: &str, danger| {
        let href = format!("{}/{part}", paths::comment(about.goal, comment.id));
        Entry::Dialog(Item { icon, label: label.to_owned(), href, key: None, danger })
    };
    let edit = comment.may_edit.then(|| item("edit", "Edit comment", "edit", false));
    let delete = comment.may_delete.then(|| item("trash", "Delete comment", "deletion", true));
    edit.into_iter().chain(delete).collect()
}

/// Opens to write a comment.
fn new(ctx: &Ctx, about: About) -> Markup {
    let (id, action) = (about.check_in.unwrap_or(about.goal), about.action());
    html! {
        details.cm-new {
            summary.btn.btn-q { (icon("comment")) "Comment" }
            form.stack method="post" action=(action) hx-post=(action) hx-target=(format!("#{}", about.id())) hx-swap="outerHTML" {
                (layout::csrf(ctx))
                label.sr for=(format!("comment-text-{id}")) { "Comment" }
                n-mention { n-draft key=(format!("comment-{id}")) { textarea.in id=(format!("comment-text-{id}")) name="text" rows="2" required placeholder="Use @ to name someone" {} } }
                div.btns { button.btn.btn-a type="submit" { "Comment" } }
            }
        }
    }
}

/// People to name in a text: name and title of each.
#[must_use]
pub fn people(found: &[(String, String)]) -> Markup {
    html! {
        @for (name, title) in found {
            div role="option" aria-selected="false" data-name=(name) { (person::avatar_silent(name)) span { (name) } span.dim.xs { (title) } }
        }
    }
}

/// The form that changes a comment; `error` says why the text was refused.
#[must_use]
pub fn edit(ctx: &Ctx, goal: Id, id: Id, version: i64, text: &str, error: Option<&str>) -> Markup {
    let action = format!("{}/edit", paths::comment(goal, id));
    let back = paths::goal(goal);
    html! {
        (super::dialog::head("comment-title", &html! {}, "Edit comment", &back))
        form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
            (layout::csrf(ctx))
            input type="hidden" name="version" value=(version);
            div.dlg-b.form {
                n-mention { (form::textarea(&Field { name: "text", label: "Comment", value: text, required: true, hint: Some("Use @ to name someone. Markdown works."), error, ..Field::default() }, 4)) }
            }
            footer.dlg-f {
                span.push {}
                a.btn href=(back) data-close { "Cancel" }
                button.btn.btn-p type="submit" { "Save" kbd.on { "Ctrl ↵" } }
            }
        }
    }
}
