//! Check-ins with their comments: the history of a goal.

use maud::{Markup, html};
use northing_core::values::{Id, Moment};

use super::menu::{self, Entry, Item};
use super::person;
use super::status::{self, Shown};
use crate::icons::icon;
use crate::{Ctx, format, layout, markdown, paths};

/// A check-in as it is read.
#[derive(Debug, Clone)]
pub struct CheckIn {
    /// The check-in.
    pub id: Id,
    /// Its goal.
    pub goal: Id,
    /// When it was made.
    pub at: Moment,
    /// Who made it: a person or a data source.
    pub author: String,
    /// The value with its unit, or the percentage.
    pub value: String,
    /// The change since the one before, with its sign.
    pub change: Option<String>,
    /// The status it set.
    pub status: Shown,
    /// What the rules suggested, where the author chose otherwise.
    pub suggested: Option<Shown>,
    /// The note in Markdown.
    pub note: String,
    /// Whether it came by itself.
    pub automatic: bool,
    /// When it was changed after the fact.
    pub edited: Option<Moment>,
    /// What people said about it, the oldest first.
    pub comments: Vec<Comment>,
    /// Whether the reader may change or delete it.
    pub may_edit: bool,
    /// Whether the reader may comment.
    pub may_comment: bool,
}

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
}

/// The history, the newest first; `more` is the address of the page with older ones.
#[must_use]
pub fn log(ctx: &Ctx, check_ins: &[CheckIn], more: Option<(&str, usize)>) -> Markup {
    html! {
        ol.log #check-in-log { @for each in check_ins { (entry(ctx, each)) } }
        @if let Some((href, count)) = more {
            a.btn.btn-q href=(href) hx-get=(href) hx-target="#check-in-log" hx-swap="beforeend" {
                "Show " (count) " earlier " @if count == 1 { "check-in" } @else { "check-ins" }
            }
        }
    }
}

/// One check-in; the fragment that a new comment or an edit sends.
#[must_use]
pub fn entry(ctx: &Ctx, check_in: &CheckIn) -> Markup {
    let day = check_in.at.day_in(&ctx.zone);
    html! {
        li.le id=(format!("check-in-{}", check_in.id)) {
            div.le-d { b { (format::time(check_in.at, &format::day(day, ctx.today), ctx)) } (format::age_words(day, ctx.today)) }
            div {
                div.le-h {
                    span.val { (check_in.value) }
                    @if let Some(change) = &check_in.change { span.mut { (change) } }
                    (status::pill(check_in.status))
                    span.by { (check_in.author) }
                    @if check_in.may_edit { (menu::more(ctx, &format!("check-in-menu-{}", check_in.id), "Change this check-in", &actions(check_in))) }
                }
                @if let Some(suggested) = check_in.suggested { p.xs.dim { (suggested.word()) " was suggested" } }
                @if check_in.note.trim().is_empty() {
                    p.mut { @if check_in.automatic { "Updated automatically. No note." } @else { "No note." } }
                } @else { (markdown::render(&check_in.note)) }
                @if let Some(at) = check_in.edited { p.xs.dim { "Edited " (format::when(at, ctx)) } }
                @for each in &check_in.comments { (comment(ctx, each)) }
                @if check_in.may_comment { (comment_form(ctx, &paths::check_in(check_in.goal, check_in.id, "comments"), check_in.id)) }
            }
        }
    }
}

fn actions(check_in: &CheckIn) -> Vec<Entry> {
    let item = |icon, label: &str, part: &str, danger| Item {
        icon,
        label: label.to_owned(),
        href: paths::check_in(check_in.goal, check_in.id, part),
        key: None,
        danger,
    };
    vec![
        Entry::Dialog(item("edit", "Edit check-in", "edit", false)),
        Entry::Dialog(item("trash", "Delete check-in", "deletion", true)),
    ]
}

/// One comment.
#[must_use]
pub fn comment(ctx: &Ctx, comment: &Comment) -> Markup {
    html! {
        div.cm id=(format!("comment-{}", comment.id)) {
            (person::avatar(&comment.author))
            div.cm-b { b { (comment.author) } " " (format::when(comment.at, ctx)) br; (markdown::render(&comment.text)) }
        }
    }
}

/// Opens to write a comment; `id` tells several on a page apart.
#[must_use]
pub fn comment_form(ctx: &Ctx, action: &str, id: Id) -> Markup {
    html! {
        details.cm-new {
            summary.btn.btn-q { (icon("comment")) "Comment" }
            form.stack method="post" action=(action) hx-post=(action) hx-target="closest li" hx-swap="outerHTML" {
                (layout::csrf(ctx))
                label.sr for=(format!("comment-text-{id}")) { "Comment" }
                n-draft key=(format!("comment-{id}")) { textarea.in id=(format!("comment-text-{id}")) name="text" rows="2" required {} }
                div.btns { button.btn.btn-a type="submit" { "Comment" } }
            }
        }
    }
}
