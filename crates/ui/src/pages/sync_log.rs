//! What syncs did: the newest runs of connections, and what a goal's data source said lately.

use maud::{Markup, html};
use northing_core::values::{Id, Moment};

use super::admin::{Tab, frame};
use crate::components::empty::{self, Art};
use crate::icons::icon;
use crate::layout::{self, Page, Section};
use crate::{Ctx, format, paths};

/// A sync of goals of one connection.
#[derive(Debug, Clone)]
pub struct Run {
    /// When it began.
    pub at: Moment,
    /// The connection, with where its own log stands.
    pub connection: (String, String),
    /// Who asked for it; none where it ran by itself.
    pub asked_by: Option<String>,
    /// How long it took, in milliseconds.
    pub millis: i64,
    /// Requests to the other system.
    pub requests: usize,
    /// Goals that were looked at.
    pub goals: usize,
    /// Goals whose source said something new.
    pub changed: usize,
    /// Goals that could not be synced.
    pub failed: usize,
    /// The first trouble: what, and what to do.
    pub error: Option<(String, String)>,
}

/// What a goal's source said, once or several times in a row.
#[derive(Debug, Clone)]
pub struct Said {
    /// When it first said so.
    pub first_at: Moment,
    /// When it last said so.
    pub last_at: Moment,
    /// How many times in a row.
    pub times: u32,
    /// Its value with its unit; empty where it could not be read.
    pub value: String,
    /// "30 match: 12 completed, 2 removed".
    pub split: String,
    /// Reservations.
    pub warnings: Vec<String>,
    /// Why it could not be read, and what to do.
    pub error: Option<(String, String)>,
}

/// The log of an integration, for those who manage it.
#[must_use]
pub fn of_integration(ctx: &Ctx, kind: &str, runs: &[Run]) -> Page {
    let back = html! { a.btn href=(paths::integration(kind, "")) { "Manage " (super::admin::integrations::name(kind)) } };
    let main = html! {
        p.mut.sm { "What the last syncs of all connections did. Each connection keeps its newest hundred." }
        (runs_or_none(ctx, runs, true))
    };
    frame(Tab::Integrations, Some("Sync log"), &back, &main)
}

/// The log of a connection, for its owner.
#[must_use]
pub fn of_connection(ctx: &Ctx, id: Id, name: &str, runs: &[Run]) -> Page {
    let actions = html! {
        a.btn href=(paths::CONNECTIONS) { "Connections" }
        a.btn href=(paths::connection(id, "")) { (icon("edit")) "Edit " (name) }
    };
    let main = html! { div.pad.stack-l {
        p.mut.sm.measure { "What the last hundred syncs of " (name) " did." }
        (runs_or_none(ctx, runs, false))
    } };
    Page {
        title: format!("Sync log of {name}"),
        section: Section::Elsewhere,
        head: layout::head(&html! {}, &format!("Sync log of {name}"), &actions),
        ..Page::plain(String::new(), main)
    }
}

fn runs_or_none(ctx: &Ctx, runs: &[Run], named: bool) -> Markup {
    html! {
        @if runs.is_empty() {
            (empty::empty(Art::Summit, "No sync yet", "Goals that follow a data source are synced every hour. What that did stands here.", &html! {}))
        } @else {
            div.frame { div.scroll-x tabindex="0" role="region" aria-label="Syncs, the newest first" { table.tbl {
                thead { tr {
                    th scope="col" { "When" }
                    @if named { th scope="col" { "Connection" } }
                    th scope="col" { "Result" } th scope="col" { "Began" }
                    th.r scope="col" { "Goals" } th.r scope="col" { "Changed" } th.r scope="col" { "Requests" } th.r scope="col" { "Took" }
                } }
                tbody { @for run in runs { tr {
                    td.nowrap { (exactly(run.at, ctx)) }
                    @if named { td { a href=(run.connection.1) { (run.connection.0) } } }
                    td { (result(run)) }
                    td { @match &run.asked_by { Some(name) => { "Asked for by " (name) } None => "By itself" } }
                    td.r { (format::count(run.goals)) }
                    td.r { (format::count(run.changed)) }
                    td.r { (format::count(run.requests)) }
                    td.r.nowrap { (took(run.millis)) }
                } } }
            } } }
        }
    }
}

fn result(run: &Run) -> Markup {
    html! {
        @if run.failed == 0 { span.st data-st="track" { (icon("check")) "All synced" } }
        @else {
            span.st data-st="risk" { (icon("warn")) @if run.failed == run.goals { "Not synced" } @else { (format::count(run.failed)) " not synced" } }
            @if let Some((message, remedy)) = &run.error { br; span.dim.xs { (message) " " (remedy) } }
        }
    }
}

/// What a goal's source said lately, as a dialog.
#[must_use]
pub fn of_goal(ctx: &Ctx, goal: Id, title: &str, said: &[Said]) -> Markup {
    let back = paths::goal(goal);
    html! {
        dialog.dlg.dlg-w data-modal open aria-labelledby="log-t" {
            header.dlg-h { div { p.sub { (title) } h2 #log-t { "Sync log" } } a.btn.btn-q.btn-x href=(back) data-close aria-label="Close" { (icon("close")) } }
            div.dlg-b.form {
                @if said.is_empty() { p { "It was not synced yet." } }
                @else {
                    p.mut.sm { "What the data source said, the newest first. A new value writes a check-in; the same value again writes none." }
                    div.frame { div.scroll-x tabindex="0" role="region" aria-label="What the data source said" { table.tbl {
                        thead { tr { th scope="col" { "When" } th scope="col" { "Value" } th scope="col" { "Counted" } } }
                        tbody { @for it in said { (line(ctx, it)) } }
                    } } }
                }
            }
            footer.dlg-f { span.push {} a.btn.btn-p href=(back) data-close { "Back to the goal" } }
        }
    }
}

fn line(ctx: &Ctx, it: &Said) -> Markup {
    html! { tr {
        td.nowrap {
            (exactly(it.last_at, ctx))
            @if it.times > 1 { br; span.dim.xs { (it.times) " times since " (exactly(it.first_at, ctx)) } }
        }
        @match &it.error {
            Some((message, remedy)) => td colspan="2" { span.st data-st="risk" { (icon("warn")) (message) } br; span.dim.xs { (remedy) } },
            None => {
                td.nowrap { (it.value) }
                td { (it.split) @for warning in &it.warnings { br; span.st data-st="behind" { (icon("warn")) (warning) } } }
            }
        }
    } }
}

/// Day and time, since a log is read to the minute.
fn exactly(at: Moment, ctx: &Ctx) -> Markup {
    let (day, clock) = (at.day_in(&ctx.zone), format::clock(at, &ctx.zone));
    let today = day == ctx.now.day_in(&ctx.zone);
    let shown = if today { clock } else { format!("{}, {clock}", format::day(day, ctx.today)) };
    format::time(at, &shown, ctx)
}

fn took(millis: i64) -> String {
    match millis {
        ..100 => String::from("under 0.1 s"),
        100..10_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        10_000..120_000 => format!("{} s", millis / 1000),
        _ => format!("{} min", millis / 60_000),
    }
}
