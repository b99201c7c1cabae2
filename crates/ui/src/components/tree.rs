//! The tree-grid of goals (design guide §4, §6). A row is a fragment of its own: expanding, checking in and live
//! updates send the same rows that the page shows. A list has many rows: what scripts can work out of a row's other
//! attributes (the addresses of its branch, of itself, of the page with its panel) is not sent with it.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::metric::Metric;
use northing_core::values::{Day, Id};

use super::add_row::{self, Add};
use super::alert::{self, Alert};
use super::check_in::CheckIn;
use super::person::{self, Person};
use super::progress::{self, Progress};
use super::status::{self, Shown};
use super::{loading, menu, score};
use crate::icons::{self, icon};
use crate::{Ctx, format, markdown, paths};
use northing_core::score::ScoreBand;

/// Characters of a note that a row shows.
const NOTE: usize = 160;
/// Columns of the grid; rows that span it use this.
pub const COLUMNS: u8 = 9;

/// Whether a row has goals below it, and whether they are shown.
#[derive(Debug, Clone)]
pub enum Branch {
    /// Nothing below.
    Leaf,
    /// Goals below, not shown.
    Closed {
        /// How many, direct ones.
        children: usize,
        /// The page with this branch open.
        href: String,
    },
    /// Goals below follow this row.
    Open {
        /// The page with this branch closed.
        href: String,
    },
}

/// Where a goal's progress comes from (goals §4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Somebody checks in, though others of its kind follow those below.
    ByHand,
    /// It follows those below, though others of its kind are checked in.
    FromBelow,
    /// A data source.
    Source,
    /// Nowhere: automatic updates are stopped.
    Stopped,
}

impl Mode {
    const fn icon(self) -> &'static str {
        match self {
            Self::ByHand => "edit",
            Self::FromBelow => "up",
            Self::Source => "ado",
            Self::Stopped => "pin",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::ByHand => "Checked in by hand",
            Self::FromBelow => "Rolled up from the goals below",
            Self::Source => "Linked to Azure DevOps",
            Self::Stopped => "Automatic updates are stopped",
        }
    }
}

/// A goal in a list.
#[derive(Debug, Clone)]
pub struct Row {
    /// The goal.
    pub goal: Id,
    /// The parent under which this row stands; none at the top.
    pub parent: Option<Id>,
    /// Whether the goal stands in the list before: then this row's `id` names the parent.
    pub again: bool,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Depth in the tree, from 1.
    pub level: usize,
    /// Place among its siblings, from 1.
    pub position: usize,
    /// How many siblings there are with it.
    pub siblings: usize,
    /// What is below.
    pub branch: Branch,
    /// Its owners.
    pub owners: Vec<Person>,
    /// Its team, teams or the organisation; for individual goals nothing.
    pub team: String,
    /// What it measures.
    pub metric: Option<Metric>,
    /// Where it is and should be.
    pub progress: Progress,
    /// The day of the last check-in.
    pub last_check_in: Option<Day>,
    /// Whether it is open and due for long.
    pub stale: bool,
    /// Whether it follows the goals below it, so that nobody checks it in.
    pub follows: bool,
    /// Its share of this row's parent in per cent; none without parent or where shares don't apply.
    pub weight: Option<f64>,
    /// Where its progress comes from, where that is not what one expects.
    pub mode: Option<Mode>,
    /// Titles of its other parents.
    pub other_parents: Vec<String>,
    /// Its alerts.
    pub alert: Option<Alert>,
    /// Whether only named people see it.
    pub restricted: bool,
    /// Whether it is committed.
    pub committed: bool,
    /// The score of a closed goal with its band.
    pub score: Option<(f64, ScoreBand)>,
    /// Whether its panel is open.
    pub selected: bool,
    /// Whether the person may check in.
    pub may_check_in: bool,
    /// Whether the person may move it.
    pub may_move: bool,
    /// Whether a change has just moved it.
    pub moved: bool,
    /// What can be added below it, while its branch is open.
    pub add: Option<Add>,
    /// The heading of the group that begins with it.
    pub heading: Option<Heading>,
    /// What the last check-in said, where the list shows it; none where there was none.
    pub last: Option<Box<CheckIn>>,
    /// Whether the list shows what last check-ins said.
    pub info: bool,
}

/// What the rows that follow have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heading {
    /// A status.
    Status(Shown),
    /// A period, a team, an owner, or that there is none.
    Text(String),
}

impl Row {
    /// The row's `id` in the page: `row-{goal}`, with the parent where the goal stands there again.
    #[must_use]
    pub fn id(&self) -> String {
        format!("row-{}", self.place())
    }

    fn place(&self) -> String {
        self.parent
            .filter(|_| self.again)
            .map_or_else(|| self.goal.to_string(), |parent| format!("{}-{parent}", self.goal))
    }
}

/// The columns that can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// By the order that people gave.
    Priority,
    /// By title.
    Title,
    /// By progress.
    Progress,
    /// By status.
    Status,
    /// By the last check-in.
    CheckIn,
}

impl Column {
    /// The value of `sort` in the address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::Title => "title",
            Self::Progress => "progress",
            Self::Status => "status",
            Self::CheckIn => "check_in",
        }
    }
}

/// How a list is sorted. The headers submit the filter form with `sort=progress`, or `sort=-progress` for the other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: Column,
    /// The other way round.
    pub descending: bool,
}

/// A list of goals.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Which order the list has, for moving goals in it: `explorer`, `team:{id}`, `person:{id}`.
    pub list: String,
    /// What the list is, for screen readers: "All goals, Q4 2026".
    pub label: String,
    /// How many goals the filter leaves, shown or not.
    pub total: usize,
    /// What the calendar expects today, if all goals have the same dates, in per cent.
    pub expected: Option<f64>,
    /// How it is sorted; none where it cannot be.
    pub sort: Option<Sort>,
    /// The rows, at most about 100.
    pub rows: Vec<Row>,
    /// The address of the next rows as a fragment.
    pub more: Option<String>,
    /// The address that answers with the marks of rows below which something is wrong ([`late_marks`]), read apart.
    pub marks: Option<String>,
    /// What can be added at the end of the list.
    pub add: Option<Add>,
}

/// The grid with its head.
#[must_use]
pub fn grid(ctx: &Ctx, grid: &Grid) -> Markup {
    html! {
        n-tree data-list=(grid.list) {
            div.tgw {
                table.tg role="treegrid" aria-label=(grid.label) aria-rowcount=(grid.total) {
                    thead role="rowgroup" { tr role="row" {
                        (header("", "Goal", Column::Title, grid.sort, &html! {}))
                        th.c-o role="columnheader" scope="col" { "Owner" }
                        th.c-tm role="columnheader" scope="col" { "Team" }
                        th.c-m.r role="columnheader" scope="col" { "Measure" }
                        (header("c-p", "Progress", Column::Progress, grid.sort, &meridian(grid.expected)))
                        (header("c-s", "Status", Column::Status, grid.sort, &html! {}))
                        (header("c-a r", "Check-in", Column::CheckIn, grid.sort, &html! {}))
                        th.c-w.r role="columnheader" scope="col" { "Weight" }
                        th.c-x role="columnheader" scope="col" { span.sr { "Actions" } }
                    } }
                    tbody #rows role="rowgroup" {
                        (rows_from(ctx, &grid.rows, true))
                        @match (&grid.more, &grid.add) { (Some(more), _) => (loading::more_rows(more, COLUMNS)), (None, Some(add)) => (add_row::links(ctx, add)), (None, None) => {} }
                        (marks_to_come(grid.marks.as_deref()))
                    }
                }
            }
        }
    }
}

fn header(class: &str, text: &str, column: Column, sort: Option<Sort>, extra: &Markup) -> Markup {
    let class = (!class.is_empty()).then_some(class);
    let mine = sort.filter(|sort| sort.by == column);
    let direction = match mine {
        Some(Sort { descending: true, .. }) => "descending",
        Some(_) => "ascending",
        None => "none",
    };
    html! {
        th class=[class] role="columnheader" scope="col" aria-sort=[sort.map(|_| direction)] {
            @if sort.is_some() {
                @let sign = if mine.is_some_and(|sort| !sort.descending) { "-" } else { "" };
                button type="submit" form="filters" name="sort" value={ (sign) (column.name()) } {
                    (text) @if let Some(sort) = mine { (icons::small(if sort.descending { "down" } else { "up" })) }
                }
            } @else if column == Column::Progress { button type="button" disabled { (text) } } @else { (text) }
            (extra)
        }
    }
}

fn meridian(expected: Option<f64>) -> Markup {
    html! {
        @if let Some(expected) = expected {
            svg.merid aria-hidden="true" {
                svg x=(format::length(expected)) overflow="visible" { path d="M0 30-4 23.5h8Z" {} text y="18" { "expected " (format::percent(expected)) } }
            }
        }
    }
}

/// Rows that go on a list: the fragment behind "show more" and behind an opened branch.
#[must_use]
pub fn rows(ctx: &Ctx, rows: &[Row], more: Option<&str>) -> Markup {
    html! { (rows_from(ctx, rows, false)) @if let Some(more) = more { (loading::more_rows(more, COLUMNS)) } }
}

/// Asks for the marks of folded rows once the rows are there, and goes. Without scripts rows keep the marks of their own.
#[must_use]
pub fn marks_to_come(href: Option<&str>) -> Markup {
    html! { @if let Some(href) = href { tr hidden hx-get=(href) hx-trigger="load" hx-swap="delete" {} } }
}

/// The marks of these rows for a page that shows them, where they have none yet.
#[must_use]
pub fn late_marks(rows: &[Row]) -> Markup {
    html! {
        @for row in rows {
            @if let Some(alert) = &row.alert {
                div hx-swap-oob=(format!("afterbegin:#{} .meta:not(:has(>.al))", row.id())) { (alert::mark(alert, &row.place())) }
            }
        }
    }
}

fn rows_from(ctx: &Ctx, rows: &[Row], first_is_stop: bool) -> Markup {
    let stop = rows.iter().position(|row| row.selected).unwrap_or(0);
    let mut parts = Vec::with_capacity(rows.len());
    // Branches that are open here and end further down, the innermost last.
    let mut open: Vec<&Add> = Vec::new();
    for (at, each) in rows.iter().enumerate() {
        while let Some(add) = open.pop_if(|add| add.depth > each.level) {
            parts.push(add_row::links(ctx, add));
        }
        if let Some(heading) = &each.heading {
            parts.push(group_head(heading));
        }
        parts.push(draw(ctx, each, first_is_stop && at == stop, false));
        open.extend(&each.add);
    }
    parts.extend(open.into_iter().rev().map(|add| add_row::links(ctx, add)));
    html! { @for part in parts { (part) } }
}

/// One row.
#[must_use]
pub fn row(ctx: &Ctx, row: &Row) -> Markup {
    draw(ctx, row, false, false)
}

/// One row inside the answer to something else: it replaces the row of its `id`, if the page shows it.
#[must_use]
pub fn row_swap(ctx: &Ctx, row: &Row) -> Markup {
    draw(ctx, row, false, true)
}

fn draw(ctx: &Ctx, row: &Row, stop: bool, swap: bool) -> Markup {
    let expanded = match row.branch {
        Branch::Leaf => None,
        Branch::Closed { .. } => Some("false"),
        Branch::Open { .. } => Some("true"),
    };
    let kind = match row.kind {
        GoalKind::Objective => "o",
        GoalKind::KeyResult => "k",
        GoalKind::Initiative => "i",
    };
    let check_in = row.may_check_in.then(|| paths::goal_part(row.goal, "check-ins/new"));
    html! {
        tr role="row" class=[row.moved.then_some("moved")] data-ty=(kind) data-st=(row.progress.status.role()) id=(row.id()) data-goal=(row.goal)
            data-under=[row.parent] data-again[row.again] data-movable[row.may_move] aria-level=(row.level) aria-posinset=(row.position)
            aria-setsize=(row.siblings) aria-expanded=[expanded] aria-selected=[row.selected.then_some("true")]
            tabindex=(if stop { "0" } else { "-1" }) hx-swap-oob=[swap.then_some("outerHTML")] {
            th.c-t role="rowheader" scope="row" {
                (twisty(row))
                (icons::labelled("i ty", icons::station(row.kind), &ctx.terms.label(row.kind), false))
                a.tt href=(paths::goal(row.goal)) hx-get=(paths::goal_part(row.goal, "panel")) hx-target="#panel" hx-swap="outerHTML"
                    tabindex="-1" title=(row.title) { (row.title) }
                (marks(row))
            }
            td.c-o role="gridcell" { (person::avatars_short(&row.owners)) }
            td.c-tm role="gridcell" { span title=(row.team) { (row.team) } }
            td.c-m.r role="gridcell" { (measure(row.metric.as_ref())) }
            td.c-p role="gridcell" { (progress::cell(&row.progress)) }
            td.c-s role="gridcell" { (status::word(row.progress.status)) }
            td.c-a.r role="gridcell" {
                (last_check_in(ctx, row))
                @if let Some(href) = &check_in {
                    a.btn.btn-a.quick href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" tabindex="-1" { (icon("checkin")) "Check in" }
                }
            }
            td.c-w.r role="gridcell" { (weight(row)) }
            td.c-x role="gridcell" { (menu::of_row(row.goal, &row.place(), row.parent, &row.title)) }
            @if row.info { td.c-i role="gridcell" { (info(ctx, row)) } }
        }
    }
}

/// Stands between rows, and is none that keys walk to.
fn group_head(heading: &Heading) -> Markup {
    html! {
        tr.gh role="row" {
            th role="rowheader" scope="rowgroup" { @match heading { Heading::Status(shown) => (status::word(*shown)), Heading::Text(text) => (text) } }
        }
    }
}

/// The last check-in in one line: when, how much, by whom, and what it said.
fn info(ctx: &Ctx, row: &Row) -> Markup {
    html! {
        @match &row.last {
            None if row.follows => { span.dim { "Rolled up from the goals below" } }
            None => { span.dim { "No check-in yet" } }
            Some(last) => {
                a.pl href=(format!("{}#check-in-{}", paths::check_in_page(last.goal, last.id), last.id)) tabindex="-1" { (format::day(last.at.day_in(&ctx.zone), ctx.today)) }
                b { (last.value) }
                span { @if last.automatic { "from " } @else { "by " } (last.author) }
                @if !last.note.trim().is_empty() { span.said { (markdown::plain(&last.note, NOTE)) } }
            }
        }
    }
}

fn twisty(row: &Row) -> Markup {
    let link = |href: &str, label: &str| html! { a.tw href=(href) tabindex="-1" aria-label=(label) { (icon("right")) } };
    match &row.branch {
        Branch::Leaf => html! { span.leaf {} },
        Branch::Closed { href, .. } => link(href, "Expand"),
        Branch::Open { href } => link(href, "Collapse"),
    }
}

fn marks(row: &Row) -> Markup {
    let nested = if let Branch::Closed { children, .. } = row.branch { children } else { 0 };
    let any = row.mode.is_some()
        || !row.other_parents.is_empty()
        || nested > 0
        || row.alert.is_some()
        || row.restricted
        || row.committed;
    html! {
        @if any {
            span.meta {
                @if let Some(alert) = &row.alert { (alert::mark(alert, &row.place())) }
                @if row.restricted { (icons::labelled("i", "lock", "Only named people see this", true)) }
                @if row.committed { (icons::labelled("i", "flag", "Committed", true)) }
                @if let Some(mode) = row.mode { (icons::labelled("i", mode.icon(), mode.words(), true)) }
                @if !row.other_parents.is_empty() {
                    span.up title=(format!("Also aligned to {}", row.other_parents.join(", "))) {
                        (icon("link")) "+" (row.other_parents.len())
                        span.sr { @if row.other_parents.len() == 1 { " more parent" } @else { " more parents" } }
                    }
                }
                @if nested > 0 { span.up { span aria-hidden="true" { (nested) } span.sr { (nested) " nested" } } }
            }
        }
    }
}

/// `current → target`, where the goal measures something.
#[must_use]
pub fn measure(metric: Option<&Metric>) -> Markup {
    html! {
        @if let Some((now, target)) = metric.and_then(format::metric) {
            (now)
            @if let Some(target) = target { " " span.to { span aria-hidden="true" { "→" } span.sr { "target" } " " (target) } }
        }
    }
}

fn last_check_in(ctx: &Ctx, row: &Row) -> Markup {
    html! {
        @match row.last_check_in {
            None if row.follows => { span.dim title="Follows the goals below" { span aria-hidden="true" { "–" } span.sr { "Follows the goals below" } } }
            None => { span.dim { "Never" } }
            Some(day) if row.stale => {
                span.old title=(format!("No check-in for {} days", ctx.today.days_since(day))) { (icon("clock")) (format::age(day, ctx.today)) }
            }
            Some(day) => { span { (format::age(day, ctx.today)) } }
        }
    }
}

fn weight(row: &Row) -> Markup {
    html! {
        @match (row.score, row.weight) {
            (Some((value, band)), _) => (score::badge(value, band)),
            (None, Some(0.0)) => span title="Does not count towards its parent" { "0%" },
            (None, Some(weight)) => (format::share(weight)),
            (None, None) => "",
        }
    }
}
