//! Where a goal's progress comes from outside: the mark by the progress bar with what it tells, the work items, the filling of
//! the graph, and the question before a link is removed (integrations §2.4, §2.6).

use maud::{Markup, html};
use northing_core::values::{Day, Id, Moment};

use crate::components::feedback::{self, Tone};
use crate::icons::{self, icon};
use crate::pages::connection::{WARNED, token_ends};
use crate::pages::link_source::Item;
use crate::{Ctx, format, layout, paths};

/// How a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is synced.
    Good,
    /// It is synced, with a reservation.
    Warning,
    /// It waits for its first sync.
    Waiting,
    /// It cannot be synced.
    Failed,
    /// The integration is switched off.
    Suspended,
    /// A check-in by hand stopped it.
    Stopped,
}

/// A goal's data source.
#[derive(Debug, Clone)]
pub struct Source {
    /// The kind of source: "Azure DevOps".
    pub name: String,
    /// The connection's name; none where it was removed.
    pub connection: Option<String>,
    /// What was picked.
    pub label: String,
    /// How it counts: "Per cent completed", "Sum of Story Points".
    pub measure: String,
    /// "30 match: 12 completed, 2 removed".
    pub split: String,
    /// The source's own last value.
    pub value: String,
    /// How it stands.
    pub standing: Standing,
    /// Reservations.
    pub warnings: Vec<String>,
    /// What is wrong, what to do, and where the reader does it.
    pub error: Option<(String, String, Option<String>)>,
    /// When the connection's token ends, where that is known; and where the reader renews it.
    pub token: Option<(Day, Option<String>)>,
    /// When the last good sync was.
    pub synced_at: Option<Moment>,
    /// When the next one is due.
    pub next_at: Option<Moment>,
    /// Where it can be looked at.
    pub url: Option<String>,
    /// Whether it was made under another OKR model: under today's no objective can be linked anew.
    pub outdated: bool,
    /// Whether the reader may sync it.
    pub may_sync: bool,
    /// Whether the reader may change it.
    pub may_change: bool,
    /// The work items, where they are listed.
    pub items: Option<Vec<Item>>,
    /// How many there are of them.
    pub matching: usize,
    /// How far the filling of the graph is.
    pub fill: Option<Fill>,
}

/// How far the filling of a graph is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// It waits for its turn.
    Waiting,
    /// So many weeks of so many were read.
    Going(usize, usize),
    /// It is done, with so many points.
    Done(usize),
    /// It stopped: why.
    Failed(String),
}

impl Source {
    const fn role(&self) -> &'static str {
        match self.standing {
            Standing::Good => "track",
            Standing::Warning => "behind",
            Standing::Failed => "risk",
            Standing::Waiting | Standing::Suspended | Standing::Stopped => "none",
        }
    }

    const fn word(&self) -> &'static str {
        match self.standing {
            Standing::Good => "Synced",
            Standing::Warning => "Synced, look at it",
            Standing::Waiting => "Waiting for its next sync",
            Standing::Failed => "Sync failed",
            Standing::Suspended => "The integration is switched off",
            Standing::Stopped => "Stopped by a check-in",
        }
    }

    const fn icon(&self) -> &'static str {
        match self.standing {
            Standing::Good => "check",
            Standing::Warning | Standing::Failed => "warn",
            Standing::Waiting => "clock",
            Standing::Suspended | Standing::Stopped => "minus",
        }
    }
}

/// The mark by the progress bar, and what it tells.
#[must_use]
pub fn mark(ctx: &Ctx, goal: Id, it: &Source) -> Markup {
    let label = format!("{}: {}", it.name, it.word());
    html! {
        span.src {
            button.btn.btn-q.btn-x type="button" popovertarget="source" aria-haspopup="dialog" aria-label=(label) title=(label) data-st=[it.error.is_some().then_some("risk")] {
                (icon("ado")) @if it.error.is_some() { (icons::small("warn")) }
            }
            div.menu.src-p #source popover role="dialog" aria-label=(format!("Follows {}", it.name)) { (told(ctx, goal, it)) }
        }
    }
}

fn told(ctx: &Ctx, goal: Id, it: &Source) -> Markup {
    let sync = paths::goal_part(goal, "link/sync");
    let dialog = |part: &str, name: &'static str, text: &str| {
        let href = paths::goal_part(goal, part);
        html! { a role="menuitem" href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" { (icon(name)) (text) } }
    };
    html! {
        div.src-b {
            p.flow { b { (it.name) } span.push {} span.st data-st=(it.role()) { (icon(it.icon())) (it.word()) } }
            @if let Some((message, remedy, mend)) = &it.error {
                (feedback::note(Tone::Failure, &html! { b { (message) } " " (remedy) " The value stays as it was." @if let Some(href) = mend { div.btns { a.btn href=(href) { "Edit connection" } } } }))
            }
            @for warning in &it.warnings { (feedback::note(Tone::Warning, &html! { (warning) })) }
            @if it.outdated { (feedback::note(Tone::Info, &html! { (outdated()) })) }
            dl {
                dt { "Connection" } dd { @match &it.connection { Some(name) => (name), None => span.dim { "Removed" } } }
                dt { "Follows" } dd { (it.label) }
                dt { "Measures" } dd { (it.measure) }
                @if !it.split.is_empty() { dt { "Counted" } dd { (it.split) } }
                @if !it.value.is_empty() { dt { "Its value" } dd { (it.value) } }
                dt { "Last sync" } dd { @match it.synced_at { Some(at) => (format::time(at, &format::ago(at, ctx), ctx)), None => "Never" } }
                @if let Some((day, renew)) = &it.token {
                    dt { "Token" } dd { (token(ctx, *day, renew.as_deref())) }
                }
                dt { "Next sync" } dd { @match it.next_at { Some(at) => (soon(at, ctx)), None => "None while it stands like this" } }
            }
        }
        div role="menu" aria-label="Data source" {
        @if it.may_sync && it.connection.is_some() && it.standing != Standing::Suspended {
            form method="post" action=(sync) hx-post=(sync) hx-swap="none" { (layout::csrf(ctx)) button role="menuitem" type="submit" { (icon("sync")) "Sync now" } }
        }
        (dialog("link/log", "clock", "Sync log"))
        @if let Some(url) = &it.url { a role="menuitem" href=(url) target="_blank" rel="noopener noreferrer" { (icon("arrow")) "Open in " (it.name) } }
        @if it.may_change {
            (dialog("link", "edit", "Edit link"))
            @if it.connection.is_some() && !matches!(it.fill, Some(Fill::Waiting | Fill::Going(..))) {
                @let fill = paths::goal_part(goal, "link/history");
                form method="post" action=(fill) hx-post=(fill) hx-swap="none" { (layout::csrf(ctx)) button role="menuitem" type="submit" { (icon("insights")) "Fill the graph from the past" } }
            }
            (dialog("link/removal", "close", "Remove link"))
        }
        }
    }
}

/// The label of a link that today's OKR model would not let be made (integrations §2.3).
fn outdated() -> Markup {
    html! { b { "Linked under the earlier OKR model. " } "Objectives follow their key results here now. This link goes on being synced; once it is removed, no new one can be made." }
}

/// When a token ends: a warning where that is soon, with the way to renew it for those who may.
fn token(ctx: &Ctx, day: Day, renew: Option<&str>) -> Markup {
    let days = day.days_since(ctx.today);
    html! {
        @if days > WARNED { "Good until " (format::day(day, ctx.today)) }
        @else {
            span.st data-st=(if days < 0 { "risk" } else { "behind" }) { (icon("warn")) (token_ends(day, ctx.today)) }
            @match renew { Some(href) => { " " a href=(href) { "Renew" } } None => span.dim { " Its owner and admins can renew it." } }
        }
    }
}

/// A moment that comes: "in 40 minutes".
fn soon(at: Moment, ctx: &Ctx) -> Markup {
    let minutes = (at.millis() - ctx.now.millis()) / 60_000;
    let text = match minutes {
        ..1 => String::from("now"),
        1 => String::from("in a minute"),
        2..90 => format!("in {minutes} minutes"),
        90..1440 => format!("in {} hours", (minutes + 30) / 60),
        _ => format!("on {}", format::moment_long(at, &ctx.zone)),
    };
    format::time(at, &text, ctx)
}

/// What stands below the graph: where the value comes from, when it was synced, and what is wrong.
#[must_use]
pub fn note(ctx: &Ctx, goal: Id, it: &Source) -> Markup {
    let link = paths::goal_part(goal, "link");
    html! {
        @match (&it.error, it.standing) {
            (Some((message, remedy, mend)), _) => (feedback::note(Tone::Failure, &html! {
                b { "Not synced" @if let Some(at) = it.synced_at { " since " (format::when(at, ctx)) } ". " } (message) " " (remedy) " The value stays as it was."
                @if it.may_change { div.btns {
                    @if let Some(href) = mend { a.btn href=(href) { "Edit connection" } }
                    a.btn href=(link) hx-get=(link) hx-target="#dialog" hx-swap="innerHTML" { "Edit link" }
                } }
            })),
            (None, Standing::Suspended) => (feedback::note(Tone::Info, &html! { (it.name) " is switched off: the goal keeps its last value until it is switched on again." })),
            (None, Standing::Stopped) => {},
            (None, _) => p.note { (icon("ado")) span {
                "Updated from " (it.name) ": "
                @match &it.url { Some(url) => a href=(url) target="_blank" rel="noopener noreferrer" { (it.label) }, None => (it.label) }
                @if let Some(at) = it.synced_at { ". Synced " (format::time(at, &format::ago(at, ctx), ctx)) } ". "
                span.dim { (it.split) }
            } },
        }
        @if it.outdated { p.note { (icon("info")) span { (outdated()) } } }
        div #link-fill { (filling(ctx, goal, it.fill.as_ref())) }
    }
}

/// How far the filling of the graph is; asks again by itself while it goes on.
#[must_use]
pub fn filling(_: &Ctx, goal: Id, fill: Option<&Fill>) -> Markup {
    let again = paths::goal_part(goal, "link/history");
    let going = matches!(fill, Some(Fill::Waiting | Fill::Going(..)));
    html! {
        @if let Some(fill) = fill {
            div role="status" hx-get=[going.then_some(&again)] hx-trigger=[going.then_some("load delay:2s")] hx-target=[going.then_some("#link-fill")] hx-swap=[going.then_some("innerHTML")] {
                @match fill {
                    Fill::Waiting => p.hint.flow { (icons::small("clock")) "The graph will be filled from the past in a moment." },
                    Fill::Going(done, of) => p.hint.flow { (icons::small("sync")) span { "Filling the graph: week " (done) " of " (of) } progress value=(done) max=(of) aria-label="Weeks read" {} },
                    Fill::Done(points) => p.hint.flow { (icons::small("check")) span { "The graph was filled with " (points) @if *points == 1 { " week" } @else { " weeks" } " of the past." } },
                    Fill::Failed(why) => (feedback::note(Tone::Warning, &html! { b { "The past could not be read. " } (why) " Nothing of the graph was changed." })),
                }
            }
        }
    }
}

/// The work items that an initiative lists.
#[must_use]
pub fn items(it: &Source) -> Markup {
    let Some(items) = &it.items else { return html! {} };
    let done = items.iter().filter(|item| item.done).count();
    html! {
        section.sec #work-items aria-labelledby="h-items" {
            div.sec-h { h3 #h-items { "Work items" } @if !items.is_empty() { span.n { (done) " of " (items.len()) " done" } } }
            @if items.is_empty() { p.sm.mut { "Nothing matches yet. Work items appear here as soon as the query finds some." } }
            @else {
                div.scroll-x.frame tabindex="0" role="region" aria-label="Work items of the data source" { table.tbl {
                    thead { tr { th scope="col" { "Work item" } th scope="col" { "State" } th scope="col" { "Assigned" } } }
                    tbody { @for item in items { tr {
                        td { @if item.url.is_empty() { (item.title) } @else { a href=(item.url) target="_blank" rel="noopener noreferrer" { (item.title) } } " " span.dim.xs { (item.kind) " " (item.id) } }
                        td.nowrap { @if item.done { span.st data-st="track" { (icon("check")) (item.state) } } @else { span.mut { (item.state) } } }
                        td { (item.assignee) }
                    } } }
                } }
                @if it.matching > items.len() { p.hint { "These are the first " (items.len()) " of " (format::count(it.matching)) ". " @if let Some(url) = &it.url { a href=(url) target="_blank" rel="noopener noreferrer" { "See all in " (it.name) } "." } } }
            }
        }
    }
}

/// The question before a link is removed.
#[must_use]
pub fn removal(ctx: &Ctx, goal: Id, title: &str, value: Option<&str>, version: i64) -> Markup {
    let (action, back) = (paths::goal_part(goal, "link/removal"), paths::goal(goal));
    html! {
        dialog.dlg data-modal open aria-labelledby="confirm-title" {
            form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
                (layout::csrf(ctx))
                input type="hidden" name="version" value=(version);
                header.dlg-h { div { p.sub { (title) } h2 #confirm-title { "Remove the link to Azure DevOps?" } } a.btn.btn-q.btn-x href=(back) data-close aria-label="Close" { (icon("close")) } }
                div.dlg-b.form {
                    p { "The goal keeps its value" @if let Some(value) = value { ", " (value) ", " } @else { " " } "its check-ins and its graph, and is checked in by hand from now on. It can be linked again." }
                }
                footer.dlg-f { span.push {} a.btn href=(back) data-close { "Keep the link" } button.btn.btn-d type="submit" { "Remove link" } }
            }
        }
    }
}
