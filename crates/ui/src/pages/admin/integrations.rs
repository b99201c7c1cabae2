//! The sources that goals can follow: switched on, managed, switched off (integrations §1.1, §2.1).

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::{Id, Moment};

use super::{Tab, frame};
use crate::components::empty::{self, Art};
use crate::components::feedback::{self, Tone};
use crate::components::menu::{self, Entry, Item};
use crate::components::secret;
use crate::icons::{self, icon, station};
use crate::layout::{self, Page};
use crate::pages::connection::{self, ConnectionLine};
use crate::{Ctx, format, paths};

/// A kind of source with how it stands.
#[derive(Debug, Clone, Default)]
pub struct Integration {
    /// Its name in addresses.
    pub kind: &'static str,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Whether whoever runs the server forbids it: then nobody can switch it on here.
    pub forbidden: bool,
    /// Whether it ever was, or has connections: then it is managed rather than enabled.
    pub known: bool,
    /// How many connections it has.
    pub connections: usize,
    /// How many of them are in trouble.
    pub troubled: usize,
    /// How many goals follow it.
    pub links: usize,
    /// Whether messages from the other system are let in.
    pub has_hook: bool,
    /// Whether a link to the goal is written on each linked item.
    pub write_back: bool,
}

/// A goal whose data source cannot be read.
#[derive(Debug, Clone)]
pub struct Troubled {
    /// The goal.
    pub goal: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// What it follows, in words.
    pub source: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// When the last good sync was.
    pub synced_at: Option<Moment>,
}

/// The name of a kind of source for people.
#[must_use]
pub fn name(kind: &str) -> &str {
    match kind {
        "azure_devops" => "Azure DevOps",
        other => other,
    }
}

/// How an integration stands, as a mark and words.
fn standing(it: &Integration) -> Markup {
    html! {
        @if it.forbidden { span.st data-st="none" { (icon("lock")) "Not allowed on this server" } }
        @else if !it.enabled { span.st data-st="none" { (icon("minus")) "Off" } }
        @else if it.troubled > 0 { span.st data-st="behind" { (icon("warn")) (it.troubled) " of " (it.connections) @if it.troubled == 1 { " needs you" } @else { " need you" } } }
        @else if it.connections > 0 { span.st data-st="track" { (icon("check")) "Working" } }
        @else { span.st data-st="none" { (icon("info")) "On, without a connection" } }
    }
}

fn counts(it: &Integration) -> String {
    let connections = if it.connections == 1 { "connection" } else { "connections" };
    let goals = if it.links == 1 { "goal" } else { "goals" };
    format!("{} {connections}, {} {goals} linked.", format::count(it.connections), format::count(it.links))
}

/// The list of all sources.
#[must_use]
pub fn page(ctx: &Ctx, all: &[Integration]) -> Page {
    let main = html! {
        p.mut.sm { "Connections read from your tools and turn what they count into progress. A source stays off until somebody switches it on here; whoever may edit a goal can then let it follow the source." }
        ul.frame aria-label="Integrations" {
            @for it in all {
                li.intg {
                    span.lg { (icons::large("ado")) }
                    div {
                        p.flow { b { (name(it.kind)) } (standing(it)) }
                        p.d { "Work items, in the cloud or on your own server. Northing asks the address of the connection and nobody else." @if it.known { " " (counts(it)) } @if it.forbidden { " " (FORBIDDEN) } }
                    }
                    div.btns {
                        @if it.known { a.btn href=(paths::integration(it.kind, "")) aria-label=(format!("Manage {}", name(it.kind))) { "Manage" } }
                        @else if !it.forbidden { (switch_on(ctx, it, "Enable")) }
                    }
                }
            }
        }
    };
    frame(Tab::Integrations, None, &html! {}, &main)
}

/// Who can change it where the server forbids an integration.
const FORBIDDEN: &str = "Whoever runs this server decides which integrations may be used: by the option integrations, or NORTHING_INTEGRATIONS.";

fn switch_on(ctx: &Ctx, it: &Integration, verb: &str) -> Markup {
    html! {
        form method="post" action=(paths::integration(it.kind, "activation")) {
            (layout::csrf(ctx))
            button.btn.btn-p type="submit" aria-label=(format!("{verb} {}", name(it.kind))) { (verb) }
        }
    }
}

/// What the page of one integration shows.
#[derive(Debug, Clone, Default)]
pub struct Managed {
    /// The integration.
    pub integration: Integration,
    /// Its connections.
    pub connections: Vec<ConnectionLine>,
    /// Goals in trouble, a page of them.
    pub troubled: Vec<Troubled>,
    /// How many there are of them.
    pub troubled_count: usize,
    /// The goal after which this page begins, and the one after which the next does.
    pub troubled_part: (Option<Id>, Option<String>),
    /// The secret for messages from the other system, just made; shown this once.
    pub hook: Option<String>,
    /// Where messages are sent to.
    pub hook_address: String,
    /// Whether the tab on work items has a key, and whether it is open.
    pub tab: (bool, bool),
}

/// The page of one integration: its connections, its goals in trouble, and what can be changed.
#[must_use]
pub fn manage(ctx: &Ctx, it: &Managed) -> Page {
    let integration = &it.integration;
    let (kind, called) = (integration.kind, name(integration.kind));
    let actions = html! { a.btn.btn-q href=(paths::integration(kind, "log")) { (icon("sync")) "Sync log" } @if integration.enabled {
        button.btn type="button" popovertarget="change" aria-haspopup="menu" { "Change" (icons::small("down")) }
        div.menu #change popover role="menu" aria-label="Change" { (menu::entries(ctx, &changes(integration))) }
    } };
    let main = html! {
        @if integration.forbidden {
            (feedback::note(Tone::Warning, &html! {
                b { (called) " is not allowed on this server. " }
                "Linked goals keep their last value and are not synced. Connections and links are kept. " (FORBIDDEN)
            }))
        } @else if !integration.enabled {
            (feedback::note(Tone::Warning, &html! {
                b { (called) " is off. " }
                "Linked goals keep their last value and are not synced. Connections and links are kept: enabling goes on where it stopped."
                div.btns { (switch_on(ctx, integration, "Enable")) }
            }))
        }
        section.frame aria-labelledby="h-connections" {
            div.frame-h {
                (icon("ado")) h2 #h-connections { "Connections" } (standing(integration))
                span.push {} span.dim.xs.desk { (counts(integration)) }
                @if integration.enabled { a.btn href=(paths::NEW_CONNECTION) { (icon("plus")) "New connection" } }
            }
            @if it.connections.is_empty() {
                @let action = html! { @if integration.enabled { a.btn.btn-p href=(paths::NEW_CONNECTION) { "New connection" } } };
                (empty::empty(Art::Summit, "No connection yet", "A connection says which account and project to read, and with which token. Make one and share it: then everybody who edits a goal can link it.", &action))
            } @else { (connection::table(ctx, &it.connections)) }
        }
        @if !it.troubled.is_empty() { (in_trouble(ctx, it)) }
        @if integration.enabled { (hook(ctx, it, kind)) (write_back(ctx, integration)) (tab(it, kind)) }
    };
    frame(Tab::Integrations, Some(called), &actions, &main)
}

fn changes(it: &Integration) -> Vec<Entry> {
    vec![Entry::Dialog(Item {
        icon: "close",
        label: String::from("Disable integration"),
        href: paths::integration(it.kind, "deactivation"),
        key: None,
        danger: true,
    })]
}

fn in_trouble(ctx: &Ctx, managed: &Managed) -> Markup {
    let (goals, (after, next)) = (&managed.troubled, &managed.troubled_part);
    let here = paths::integration(managed.integration.kind, "");
    html! {
        section.frame aria-labelledby="h-trouble" {
            div.frame-h { (icon("warn")) h2 #h-trouble { "Goals that cannot be synced" } span.push {} span.dim.xs { @if goals.len() < managed.troubled_count { (goals.len()) " of " } (format::count(managed.troubled_count)) } }
            div.scroll-x tabindex="0" role="region" aria-label="Table of goals that cannot be synced" { table.tbl {
                thead { tr { th scope="col" { "Goal" } th scope="col" { "Follows" } th scope="col" { "What is wrong" } th scope="col" { "Last good sync" } } }
                tbody { @for it in goals { tr {
                    th scope="row" { span.flow.nw { (icons::labelled("i i-s", station(it.kind), &ctx.terms.label(it.kind), false)) a href=(paths::goal(it.goal)) { (it.title) } } }
                    td { (it.source) }
                    td { (it.message) " " span.mut { (it.remedy) } }
                    td.nowrap { @match it.synced_at { Some(at) => (format::when(at, ctx)), None => "Never" } }
                } } }
            } }
            @if after.is_some() || next.is_some() {
                nav.frame-b.btns aria-label="Goals that cannot be synced" {
                    @if after.is_some() { a.btn href=(format!("{here}#h-trouble")) { "From the beginning" } }
                    @if let Some(next) = next { a.btn href=(format!("{here}?after={next}#h-trouble")) { "Show more" } }
                }
            }
        }
    }
}

fn hook(ctx: &Ctx, it: &Managed, kind: &str) -> Markup {
    html! {
        section.frame.adm-s aria-labelledby="h-hook" {
            div.frame-h { h2 #h-hook { "Service hook" } @if it.integration.has_hook { span.st data-st="track" { (icon("check")) "Set up" } } }
            div.frame-b.form {
                p.mut.sm { "Goals are synced every hour. With a service hook Azure DevOps says when a work item changed, and the goals that follow its project are synced half a minute later." }
                @if let Some(secret) = &it.hook {
                    (feedback::note(Tone::Good, &html! { b { "Copy the secret now: it is shown this once. " } "In Azure DevOps: Project settings, Service hooks, Web Hooks, “Work item updated”, with this address and the secret as the password of basic authentication." }))
                    (secret::once("hook-secret", "Secret of the service hook", secret))
                    (secret::once("hook-address", "Address of the service hook", &it.hook_address))
                }
                form.btns method="post" action=(paths::integration(kind, "hook")) {
                    (layout::csrf(ctx))
                    button.btn type="submit" { (icon("key")) @if it.integration.has_hook { "Make a new secret" } @else { "Make a secret" } }
                    @if it.integration.has_hook { span.hint { "The old secret stops working at once." } }
                }
            }
        }
    }
}

fn write_back(ctx: &Ctx, it: &Integration) -> Markup {
    html! {
        section.frame.adm-s aria-labelledby="h-write" {
            div.frame-h { h2 #h-write { "Links on work items" } (if it.write_back { html! { span.st data-st="track" { (icon("check")) "On" } } } else { html! { span.st data-st="none" { (icon("minus")) "Off" } } }) }
            div.frame-b.form {
                p.mut.sm { "Northing only reads. If you turn this on, it adds to each linked work item a hyperlink to the goal that counts it, so that people find the goal from their board. Nothing else is ever written. Tokens then need Work items (read & write)." }
                form.btns method="post" action=(paths::integration(it.kind, "write-back")) {
                    (layout::csrf(ctx))
                    input type="hidden" name="on" value=((!it.write_back).to_string());
                    button.btn type="submit" { @if it.write_back { "Stop writing links" } @else { "Write links on work items" } }
                }
            }
        }
    }
}

fn tab(it: &Managed, kind: &str) -> Markup {
    let (has_key, open) = it.tab;
    html! {
        section.frame.adm-s aria-labelledby="h-tab" {
            div.frame-h { h2 #h-tab { "Tab on work items" } (super::embedding::standing(open, has_key)) }
            div.frame-b.form {
                p.mut.sm { "Shows on a work item the goals that it serves, and takes check-ins and comments there. It comes by an extension of your own, and opens only on the sites that you name." }
                div.btns { a.btn href=(paths::integration(kind, "embedding")) { @if has_key { "Change" } @else { "Set up" } span.sr { " the tab on work items" } } }
            }
        }
    }
}

/// The question before an integration is switched off.
#[must_use]
pub fn deactivation(ctx: &Ctx, it: &Integration) -> Markup {
    let (action, back) = (paths::integration(it.kind, "deactivation"), paths::integration(it.kind, ""));
    html! {
        dialog.dlg data-modal open aria-labelledby="confirm-title" {
            form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
                (layout::csrf(ctx))
                header.dlg-h { div { h2 #confirm-title { "Disable " (name(it.kind)) "?" } } a.btn.btn-q.btn-x href=(back) data-close aria-label="Close" { (icon("close")) } }
                div.dlg-b.form {
                    p { "This stops " (things(it.connections, "connection")) ": " (things(it.links, "goal")) " will no longer be synced." }
                    p { "Every goal keeps its last value and stays linked. Connections and their tokens are kept. When you enable it again, syncing goes on." }
                }
                footer.dlg-f { span.push {} a.btn href=(back) data-close { "Keep it on" } button.btn.btn-d type="submit" { "Disable integration" } }
            }
        }
    }
}

fn things(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{} {word}s", format::count(count)) }
}
