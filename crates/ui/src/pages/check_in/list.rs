//! Every check-in of a goal on a page of its own.

use maud::{Markup, html};
use northing_core::values::Id;

use crate::components::check_in::{self, CheckIn};
use crate::components::crumbs;
use crate::layout::{self, Page};
use crate::{Ctx, paths};

/// A page of a goal's check-ins.
#[derive(Debug, Clone)]
pub struct CheckInList {
    /// The goal.
    pub goal: Id,
    /// Its title.
    pub title: String,
    /// The check-ins, the newest first.
    pub check_ins: Vec<CheckIn>,
    /// Whether the list begins at one that is not the newest.
    pub later: bool,
    /// The address of older ones.
    pub more: Option<String>,
    /// Whether the person may check in.
    pub may_check_in: bool,
}

/// The page.
#[must_use]
pub fn list(ctx: &Ctx, list: &CheckInList) -> Page {
    let all = paths::goal_part(list.goal, "check-ins");
    let new = paths::goal_part(list.goal, "check-ins/new");
    let actions = html! {
        @if list.may_check_in { a.btn.btn-p href=(new) hx-get=(new) hx-target="#dialog" hx-swap="innerHTML" { (crate::icons::icon("checkin")) "Check in" } }
    };
    let head =
        layout::head(&crumbs::crumbs(&[(list.title.clone(), paths::goal(list.goal))]), "Check-ins", &actions);
    let main = html! {
        div.gp-page { section.sec aria-label=(format!("Check-ins of {}", list.title)) {
            @if list.later { p.sm { a href=(all) { "Show the latest check-ins" } } }
            @if list.check_ins.is_empty() { p.mut { "No check-in yet. The first one says where the goal stands today." } }
            ol.log #check-in-log { (more(ctx, list)) }
        } }
    };
    Page { head, ..Page::plain(format!("Check-ins of {}", list.title), main) }
}

/// The entries and the way to older ones: the fragment that loads as one scrolls.
#[must_use]
pub fn more(ctx: &Ctx, list: &CheckInList) -> Markup {
    html! {
        @for each in &list.check_ins { (check_in::entry(ctx, each)) }
        @if let Some(more) = &list.more { (crate::components::loading::more_items(more)) }
    }
}
