//! A goal's data source as its page and panel show it.

use northing_app::goal::page::PageSource;
use northing_app::sources::{Category, Fill as Filled, Link, LinkItem, LinkMode, TroubleKind};
use northing_ui::pages::goal_source::{Fill, Source, Standing};
use northing_ui::pages::link_source::Item;
use northing_ui::{format, paths};

use crate::pages::connections;

/// The name of a kind of source for people.
pub(super) fn name(kind: &str) -> &str {
    northing_ui::pages::admin::integrations::name(kind)
}

/// An address that is safe to link to: what another system says is not taken on trust.
pub(super) fn safe(url: &str) -> Option<String> {
    (url.starts_with("https://") || url.starts_with("http://")).then(|| url.to_owned())
}

/// A value of the source, in the unit of what it feeds.
pub(crate) fn value(mode: LinkMode, value: f64) -> String {
    match mode {
        LinkMode::Percent => format::share(value),
        LinkMode::Metric => format::number(value),
    }
}

/// How what matches is split.
pub(crate) fn split(matching: i64, completed: i64, removed: i64) -> String {
    format!("{matching} match: {completed} completed, {removed} removed")
}

/// How far the filling of a graph is.
pub(super) fn fill(it: Option<&Filled>) -> Option<Fill> {
    let it = it?;
    let count = |number: i64| usize::try_from(number).unwrap_or(0);
    let (total, done) = (count(it.total), count(it.done));
    Some(match &it.error {
        Some(why) => Fill::Failed(why.clone()),
        None if total == 0 => Fill::Waiting,
        None if done < total => Fill::Going(done, total),
        None => Fill::Done(total),
    })
}

/// The data source; none where the goal follows none. `stopped`: automatic updates are stopped by a check-in.
pub(crate) fn source(found: &PageSource, stopped: bool, may_sync: bool) -> Option<Source> {
    let link = found.link.as_ref()?;
    let count = |number: i64| usize::try_from(number).unwrap_or(0);
    let mend = link.connection.as_ref().filter(|_| found.mendable).map(|(id, _)| paths::connection(*id, ""));
    Some(Source {
        name: name(&link.kind).to_owned(),
        connection: link.connection.as_ref().map(|(_, name)| name.clone()),
        label: link.label.clone(),
        measure: measure(link),
        split: link
            .counts
            .map_or_else(String::new, |(matching, completed, removed)| split(matching, completed, removed)),
        value: link.value.map(|amount| value(link.options.mode, amount)).unwrap_or_default(),
        standing: standing(link, found.on, stopped),
        warnings: link.warnings.clone(),
        token: found.token_ends.map(|day| (day, mend.clone())),
        error: link.error.as_ref().map(|error| {
            let (message, remedy) = connections::words(error);
            (message, asked_of_others(found, error.kind).unwrap_or(remedy), mend)
        }),
        synced_at: link.last_synced_at,
        next_at: link.next_sync_at.filter(|_| found.on),
        url: link.url.as_deref().and_then(safe),
        outdated: found.outdated,
        may_sync,
        may_change: found.may_connect,
        items: link.with_tasks.then(|| found.items.iter().map(item).collect()),
        matching: link.counts.map_or(0, |(matching, ..)| count(matching)),
        fill: fill(found.fill.as_ref()),
    })
}

/// What those can do who may not renew a connection's credentials (integrations §2.6).
fn asked_of_others(found: &PageSource, kind: TroubleKind) -> Option<String> {
    if kind != TroubleKind::AuthExpired || found.mendable {
        return None;
    }
    let who = found.keeper.as_ref().map_or_else(|| String::from("Ask"), |name| format!("Ask {name} or"));
    let own =
        if found.may_make { ", or make a connection of your own and choose it under Edit link" } else { "" };
    Some(format!("{who} an admin to renew its credentials{own}."))
}

fn standing(link: &Link, on: bool, stopped: bool) -> Standing {
    match link.state.as_str() {
        _ if !on => Standing::Suspended,
        "error" => Standing::Failed,
        "suspended" => Standing::Suspended,
        _ if stopped => Standing::Stopped,
        "warning" => Standing::Warning,
        "pending" => Standing::Waiting,
        _ => Standing::Good,
    }
}

/// How it counts, in words.
fn measure(link: &Link) -> String {
    let options = &link.options;
    let what = options.field.as_deref().map_or_else(
        || String::from("work items"),
        |field| field.rsplit('.').next().unwrap_or(field).to_owned(),
    );
    let how = match (options.mode, options.count_only_completed) {
        (LinkMode::Percent, _) => format!("Per cent completed of {what}"),
        (LinkMode::Metric, true) => format!("Completed {what}"),
        (LinkMode::Metric, false) => format!("All {what}"),
    };
    match link.selector.work_item_type() {
        Some(kind) => format!("{how}, {kind} only"),
        None => how,
    }
}

fn item(it: &LinkItem) -> Item {
    Item {
        id: it.item_id.to_string(),
        title: it.title.clone(),
        kind: it.kind.clone(),
        state: it.state.clone(),
        done: it.category == Category::Completed.name(),
        assignee: it.assignee.clone().unwrap_or_default(),
        url: safe(&it.url).unwrap_or_default(),
    }
}
