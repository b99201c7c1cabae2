//! Check-ins with their comments: the history of a goal.

use maud::{Markup, html};
use northing_core::values::{Id, Moment};

use super::menu::{self, Entry, Item};
use super::status::{self, Shown};
use super::talk::{self, About, Comment};
use crate::{Ctx, format, markdown, paths};

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
    /// Whether the author chose the status rather than leaving it as suggested.
    pub chosen: bool,
    /// The note in Markdown.
    pub note: String,
    /// Whether it came by itself.
    pub automatic: bool,
    /// Whether it stopped automatic updates.
    pub stopped: bool,
    /// When it was changed after the fact.
    pub edited: Option<Moment>,
    /// What people said about it, the oldest first.
    pub comments: Vec<Comment>,
    /// Whether the reader may change it.
    pub may_edit: bool,
    /// Whether the reader may delete it.
    pub may_delete: bool,
    /// Whether the reader may comment.
    pub may_comment: bool,
}

/// The history, the newest first; `more` is the address of the page with older ones.
#[must_use]
pub fn log(ctx: &Ctx, check_ins: &[CheckIn], more: Option<&str>) -> Markup {
    html! {
        ol.log { @for each in check_ins { (entry(ctx, each)) } }
        @if let Some(href) = more { a.btn.btn-q href=(href) { "All check-ins" } }
    }
}

/// One check-in.
#[must_use]
pub fn entry(ctx: &Ctx, check_in: &CheckIn) -> Markup {
    let day = check_in.at.day_in(&ctx.zone);
    let anchor = format!("check-in-{}", check_in.id);
    let actions = actions(check_in);
    html! {
        li.le id=(anchor) {
            div.le-d {
                a.pl href=(format!("{}#{anchor}", paths::check_in_page(check_in.goal, check_in.id))) { b { (format::time(check_in.at, &format::day(day, ctx.today), ctx)) } }
                (format::age_words(day, ctx.today))
            }
            div {
                div.le-h {
                    span.val { (check_in.value) }
                    @if let Some(change) = &check_in.change { span.mut { (change) } }
                    (status::pill(check_in.status))
                    span.by { (check_in.author) }
                    @if let Some(at) = check_in.edited { span.dim.xs title=(format::moment_long(at, &ctx.zone)) { "edited" } }
                    @if !actions.is_empty() { span.push {} (menu::more(ctx, &format!("menu-{anchor}"), "Change this check-in", &actions)) }
                }
                @if check_in.chosen { p.xs.dim { "Status chosen by " (check_in.author) } }
                @if check_in.note.trim().is_empty() {
                    p.mut { @if check_in.automatic { "Updated automatically. No note." } @else { "No note." } }
                } @else { (markdown::render(&check_in.note)) }
                @if check_in.stopped { p.xs.dim { "Automatic updates stopped" } }
                (talk::talk(ctx, About { goal: check_in.goal, check_in: Some(check_in.id) }, &check_in.comments, check_in.may_comment))
            }
        }
    }
}

fn actions(check_in: &CheckIn) -> Vec<Entry> {
    let item = |icon, label: &str, part: &str, danger| {
        let href = paths::check_in(check_in.goal, check_in.id, part);
        Entry::Dialog(Item { icon, label: label.to_owned(), href, key: None, danger })
    };
    let edit = check_in.may_edit.then(|| item("edit", "Edit check-in", "edit", false));
    let delete = check_in.may_delete.then(|| item("trash", "Delete check-in", "deletion", true));
    edit.into_iter().chain(delete).collect()
}

/// The last check-ins in a few lines, to look at while making the next.
#[must_use]
pub fn brief(ctx: &Ctx, check_ins: &[CheckIn]) -> Markup {
    html! {
        ol.log.log-s {
            @for each in check_ins {
                @let day = each.at.day_in(&ctx.zone);
                li {
                    div.le-h { b { (format::time(each.at, &format::day(day, ctx.today), ctx)) } span.val { (each.value) } (status::word(each.status)) span.by { (each.author) } }
                    @if !each.note.trim().is_empty() { p.sm.mut { (markdown::plain(&each.note, 160)) } }
                }
            }
        }
    }
}
