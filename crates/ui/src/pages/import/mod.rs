//! Importing what another system exported: files, matching, a dry run, the import itself and its report.

mod lines;
mod mapping;
mod result;
mod start;

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::{Id, Moment};

pub use lines::{Line, Lines, Remark};
pub use mapping::{Mapping, People, Period, Person, Status, Type, mapping};
pub use result::{Counted, Outcome, TreeLine, Warning, dry_run, report};
pub use start::{Earlier, Start, start};

use crate::components::crumbs;
use crate::components::steps::{self, Step};
use crate::icons::icon;
use crate::layout::{self, Page, Section};
use crate::{Ctx, format, paths};

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// Names are matched.
    Mapping,
    /// It is tried.
    DryRun,
    /// It is done.
    Import,
}

/// How far a running import is.
#[derive(Debug, Clone)]
pub struct Running {
    /// The import.
    pub id: Id,
    /// It is only tried.
    pub dry_run: bool,
    /// What it is busy with, as a sentence.
    pub doing: String,
    /// Records done.
    pub done: u64,
    /// How many there are.
    pub total: u64,
}

/// The page while an import is tried or done.
#[must_use]
pub fn running(ctx: &Ctx, it: &Running) -> Page {
    let at = if it.dry_run { At::DryRun } else { At::Import };
    let title = if it.dry_run { "Trying the import" } else { "Importing" };
    let actions = html! {
        (post(ctx, &paths::import(it.id, "discard"), "btn btn-q", &html! { "Cancel" }))
    };
    frame(title, &actions, &html! { (steps(Some(it.id), at)) (progress(it)) })
}

/// How far it is: a fragment that asks for itself again until the import is over.
#[must_use]
pub fn progress(it: &Running) -> Markup {
    let href = paths::import(it.id, "progress");
    let shown = if it.total == 0 {
        String::from("Reading the files")
    } else {
        format!("{} of {} records", number(it.done), number(it.total))
    };
    html! {
        section.pencil[it.dry_run].imp-p #import-progress aria-label="Progress" hx-get=(href) hx-trigger="every 1s" hx-swap="outerHTML" {
            p role="status" { b { (it.doing) } }
            progress max=(it.total.max(1)) value=(it.done) aria-label="Records" {}
            p.sm.mut { (shown) }
            p.xs.dim {
                @if it.dry_run { "A dry run: nothing of it is kept. " }
                @else { "Others work on meanwhile. If it fails or you cancel it, what it has made is taken back. " }
                "You may leave this page: it goes on. " a href=(paths::import(it.id, "")) { "Look again" }
            }
        }
    }
}

/// A page of an import.
fn frame(title: &str, actions: &Markup, main: &Markup) -> Page {
    let way = [
        (String::from("Admin"), paths::ADMIN.to_owned()),
        (String::from("Import"), paths::IMPORT.to_owned()),
    ];
    Page {
        title: format!("{title}, import"),
        description: String::new(),
        section: Section::Admin,
        strip: None,
        head: layout::head(&crumbs::crumbs(&way), title, actions),
        above: html! {},
        main: html! { div.pad.stack-l { (main) } },
        foot: None,
        panel: None,
        live: None,
    }
}

/// The steps of an import.
fn steps(id: Option<Id>, at: At) -> Markup {
    let step = |text: &str, part: &str| match id {
        Some(id) => Step::link(text, paths::import(id, part)),
        None => Step::plain(text),
    };
    let all = [
        Step::link("Files", paths::IMPORT.to_owned()),
        step("Match names", "mapping"),
        step("Dry run", ""),
        Step::plain("Import"),
    ];
    let current = match at {
        At::Mapping => 1,
        At::DryRun => 2,
        At::Import => 3,
    };
    steps::steps("Import steps", &all, current)
}

/// A button that posts.
fn post(ctx: &Ctx, href: &str, class: &str, label: &Markup) -> Markup {
    html! { form method="post" action=(href) { (layout::csrf(ctx)) button class=(class) type="submit" { (label) } } }
}

/// A whole number with its thousands apart.
fn number(count: u64) -> String {
    format::count(usize::try_from(count).unwrap_or(usize::MAX))
}

/// A number with its word.
fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {many}", number(count)) }
}

/// The icon of a kind of goal.
fn station(kind: GoalKind) -> Markup {
    icon(match kind {
        GoalKind::Objective => "objective",
        GoalKind::KeyResult => "keyresult",
        GoalKind::Initiative => "initiative",
    })
}

/// What an entity is called, one and many.
#[must_use]
pub fn entity(name: &str) -> (&'static str, &'static str) {
    match name {
        "person" => ("person", "people"),
        "team" => ("team", "teams"),
        "period" => ("period", "periods"),
        "tag" => ("tag", "tags"),
        "check_in" => ("check-in", "check-ins"),
        "comment" => ("comment", "comments"),
        _ => ("goal", "goals"),
    }
}

/// When something was, on a page of imports.
fn when(ctx: &Ctx, at: Moment) -> Markup {
    format::when(at, ctx)
}
