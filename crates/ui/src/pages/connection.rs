//! Connections to other systems: the list, the form, what a test said, and the question before one is removed
//! (integrations §1.1, §2.2). A secret is only ever written: no page shows one.

mod form;

use maud::{Markup, html};
use northing_core::values::{Day, Id, Moment};

pub use form::{ConnectionForm, DRAFT, Found, SECRETS, Tested, dialog, page, project, result};

use crate::components::empty::{self, Art};
use crate::icons::icon;
use crate::layout::{self, Page, Section};
use crate::{Ctx, format, paths};

/// A connection as lists show it.
#[derive(Debug, Clone)]
pub struct ConnectionLine {
    /// The connection.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Where it leads: "calderfield / Controls".
    pub place: String,
    /// Who made it.
    pub owner: String,
    /// Whether the reader made it.
    pub mine: bool,
    /// Whether everybody may use it.
    pub shared: bool,
    /// How many goals follow it.
    pub links: usize,
    /// When the last good answer came.
    pub last_ok_at: Option<Moment>,
    /// What went wrong last, and what to do.
    pub error: Option<(String, String)>,
    /// When its token ends.
    pub expires_on: Option<Day>,
    /// Whether its integration is switched off.
    pub off: bool,
    /// Whether the reader may change it.
    pub may_manage: bool,
}

/// Days before its end from which a token is warned of (integrations §2.2).
pub(crate) const WARNED: i32 = 14;

impl ConnectionLine {
    /// Days until the token ends, where that is soon or was already.
    fn ending(&self, today: Day) -> Option<i32> {
        self.expires_on.map(|day| day.days_since(today)).filter(|days| *days <= WARNED)
    }
}

/// How long a token is still good, in words.
#[must_use]
pub fn token_ends(day: Day, today: Day) -> String {
    match day.days_since(today) {
        ..0 => format!("Token expired {}", format::day(day, today)),
        0 => String::from("Token expires today"),
        1 => String::from("Token expires tomorrow"),
        days => format!("Token expires in {days} days"),
    }
}

/// How a connection stands: the gravest first.
#[must_use]
pub fn health(ctx: &Ctx, it: &ConnectionLine) -> Markup {
    let ending = it.ending(ctx.today);
    html! {
        @if it.off { span.st data-st="none" { (icon("minus")) "Off" } }
        @else if let Some((message, remedy)) = &it.error {
            span.st data-st="risk" { (icon("warn")) (message) }
            br; span.dim.xs { (remedy) @if let Some(at) = it.last_ok_at { " Last good sync " (format::when(at, ctx)) "." } }
        }
        @else if let Some(at) = it.last_ok_at { span.st data-st="track" { (icon("check")) (format::time(at, &format::ago(at, ctx), ctx)) } }
        @else { span.st data-st="none" { (icon("info")) "Not asked yet" } }
        @if let (Some(day), Some(days)) = (it.expires_on, ending) {
            br; span.st data-st=(if days < 0 { "risk" } else { "behind" }) { (icon("warn")) (token_ends(day, ctx.today)) }
        }
    }
}

/// The table of connections.
#[must_use]
pub fn table(ctx: &Ctx, lines: &[ConnectionLine]) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Table of connections" { table.tbl {
            thead { tr { th scope="col" { "Connection" } th scope="col" { "Account and project" } th scope="col" { "Used by" } th scope="col" { "Shared with" } th scope="col" { "Last sync" } th scope="col" { span.sr { "Actions" } } } }
            tbody { @for it in lines { (row(ctx, it)) } }
        } }
    }
}

fn row(ctx: &Ctx, it: &ConnectionLine) -> Markup {
    let broken = it.error.is_some() || it.ending(ctx.today).is_some();
    html! {
        tr {
            th scope="row" { (it.name) @if !it.mine && !it.owner.is_empty() { br; span.dim.xs { "By " (it.owner) } } }
            td { code { (it.place) } }
            td.nowrap { @match it.links { 0 => "None yet", 1 => "1 goal", many => { (format::count(many)) " goals" } } }
            td { @if it.shared { "Everyone" } @else if it.mine { "Only me" } @else { "Only its owner" } }
            td { (health(ctx, it)) }
            td { div.btns.adm-r {
                @if it.may_manage {
                    a.btn.btn-q[!broken] href=(paths::connection(it.id, "")) aria-label=(format!("{} {}", if broken { "Renew" } else { "Edit" }, it.name)) { @if broken { "Renew" } @else { "Edit" } }
                    @let href = paths::connection(it.id, "deletion");
                    a.btn.btn-q.btn-x href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" aria-label=(format!("Remove {}", it.name)) { (icon("trash")) }
                }
            } }
        }
    }
}

/// The connections that one may use: one's own, and those that others share.
#[must_use]
pub fn list(ctx: &Ctx, lines: &[ConnectionLine], on: bool) -> Page {
    let actions =
        html! { @if on { a.btn.btn-p href=(paths::NEW_CONNECTION) { (icon("plus")) "New connection" } } };
    let main = html! {
        div.pad.stack-l {
            p.mut.sm.measure { "Connections let goals follow other systems. Yours come first; private ones are seen by you and by admins alone. Renew a token here when it ends." }
            @if lines.is_empty() {
                (empty::empty(Art::Summit, "No connection yet",
                    if on { "Make one with your token: you need one only where nobody shares theirs." } else { "No integration is switched on. An admin does that under Admin, Integrations." }, &html! {}))
            } @else { div.frame { (table(ctx, lines)) } }
        }
    };
    Page {
        title: String::from("Connections"),
        section: Section::Elsewhere,
        head: layout::head(&html! {}, "Connections", &actions),
        ..Page::plain(String::new(), main)
    }
}

/// The question before a connection is removed.
#[must_use]
pub fn deletion(ctx: &Ctx, it: &ConnectionLine, version: i64) -> Markup {
    let action = paths::connection(it.id, "deletion");
    html! {
        dialog.dlg data-modal open aria-labelledby="confirm-title" {
            form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
                (layout::csrf(ctx))
                input type="hidden" name="version" value=(version);
                header.dlg-h { div { h2 #confirm-title { "Remove " (it.name) "?" } } a.btn.btn-q.btn-x href=(paths::CONNECTIONS) data-close aria-label="Close" { (icon("close")) } }
                div.dlg-b.form {
                    @match it.links {
                        0 => p { "No goal follows it. Its token is forgotten. This cannot be undone." },
                        1 => p { "1 goal follows it and will no longer be synced. It keeps its last value, and its owner is told to choose another connection. The token is forgotten. This cannot be undone." },
                        many => p { (format::count(many)) " goals follow it and will no longer be synced. They keep their last value, and their owners are told to choose another connection. The token is forgotten. This cannot be undone." },
                    }
                }
                footer.dlg-f { span.push {} a.btn href=(paths::CONNECTIONS) data-close { "Keep" } button.btn.btn-d type="submit" { (icon("trash")) "Remove connection" } }
            }
        }
    }
}
