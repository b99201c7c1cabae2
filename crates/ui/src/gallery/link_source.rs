//! Linking a key result of the invented company to Azure DevOps.

use maud::html;
use northing_core::goal::GoalKind;
use northing_core::status::Status;

use super::Sample;
use super::samples::{day, id, moment, progress};
use crate::Ctx;
use crate::layout::Page;
use crate::pages::entry::Typed;
use crate::pages::goal_source::{self, Fill, Source, Standing};
use crate::pages::link_source::{self, Counted, Folder, Item, LinkForm, Look, Measure, Query, Tree};
use crate::pages::sync_log::{self, Said};

fn item(number: &str, title: &str, done: bool) -> Item {
    Item {
        id: number.to_owned(),
        title: title.to_owned(),
        kind: String::from("Bug"),
        state: String::from(if done { "Closed" } else { "Active" }),
        done,
        assignee: String::from("Hana Novák"),
        url: format!("https://dev.azure.com/calderfield/Controls/_workitems/edit/{number}"),
    }
}

fn items() -> Vec<Item> {
    vec![
        item("41872", "Watchdog trips during dual-bank swap", true),
        item("41791", "Retry back-off on weak cellular", false),
    ]
}

fn query(id: &str, name: &str) -> Query {
    Query { id: id.to_owned(), name: name.to_owned(), ..Query::default() }
}

fn tree() -> Tree {
    let warned = Query {
        warning: Some(String::from("The query says @Me: that is always the owner of the token.")),
        shape: String::from("Tree"),
        ..query("q3", "Assigned to me")
    };
    let broken = Query {
        unusable: Some(String::from("Azure DevOps cannot run this query: correct it there")),
        ..query("q4", "Old iteration")
    };
    let release = Folder {
        id: String::from("f1"),
        name: String::from("Release 4.2"),
        open: true,
        inside: Some((Vec::new(), vec![query("q1", "4.2 scope, all items"), warned, broken])),
        load: String::from("/goals/1/link/folder?place=f1"),
    };
    let closed = Folder {
        id: String::from("f2"),
        name: String::from("Release 4.3"),
        open: false,
        inside: None,
        load: String::from("/goals/1/link/folder?place=f2"),
    };
    Tree::Folders(vec![release, closed], vec![query("q5", "Escaped defects")])
}

/// A data source that works.
pub(super) fn source() -> Source {
    Source {
        name: String::from("Azure DevOps"),
        connection: Some(String::from("Firmware")),
        label: String::from("Shared Queries/Release 4.2/4.2 scope, all items"),
        measure: String::from("Per cent completed of work items"),
        split: String::from("180 match: 74 completed, 2 removed"),
        value: String::from("41.1%"),
        standing: Standing::Good,
        warnings: Vec::new(),
        error: None,
        token: Some((day("2026-11-29"), Some(String::from("/connections/1")))),
        synced_at: Some(moment("2026-11-20T13:04:00Z")),
        next_at: Some(moment("2026-11-20T14:02:00Z")),
        url: Some(String::from("https://dev.azure.com/calderfield/Controls/_queries/query/q1")),
        outdated: false,
        may_sync: true,
        may_change: true,
        items: None,
        matching: 180,
        fill: Some(Fill::Going(7, 20)),
    }
}

fn failed() -> Source {
    let (message, remedy) = ("The token is not accepted any more.", "Enter a new one in the connection.");
    Source {
        standing: Standing::Failed,
        error: Some((message.to_owned(), remedy.to_owned(), Some(String::from("/connections/1")))),
        next_at: None,
        items: Some(items()),
        fill: Some(Fill::Failed(String::from("The query no longer exists."))),
        ..source()
    }
}

fn form() -> LinkForm {
    let values = [
        ("version", "0"),
        ("connection_id", "c1"),
        ("by", "query"),
        ("query_id", "q1"),
        ("mode", "metric"),
        ("measure", "count"),
        ("metric_name", "Closed items"),
        ("metric_start", "0"),
        ("metric_target", "180"),
        ("count_only_completed", "true"),
        ("history", "true"),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let counted = Counted {
        matching: 180,
        completed: 74,
        removed: 2,
        value: String::from("74"),
        warnings: Vec::new(),
        items: items(),
        progress: Some(progress(41.1, Status::AtRisk)),
        before: Some(20.0),
    };
    LinkForm {
        goal: Some(id(2)),
        kind: GoalKind::KeyResult,
        title: String::from("Close 180 work items for firmware 4.2"),
        typed: Typed { values, ..Typed::default() },
        refused: None,
        connections: vec![
            (String::from("c1"), String::from("Firmware, calderfield / Controls")),
            (String::from("c2"), String::from("Field work orders, calderfield / Installations")),
        ],
        trouble: None,
        may_connect: true,
        tree: tree(),
        chosen: None,
        types: vec![String::from("Bug"), String::from("User Story")],
        kinds: vec![String::from("Bug")],
        measures: vec![Measure {
            reference: String::from("Microsoft.VSTS.Scheduling.RemainingWork"),
            name: String::from("Remaining Work"),
            as_percent: false,
        }],
        picked: vec![item("41872", "Watchdog trips during dual-bank swap", true)],
        found: Some(items()),
        look: Look::Counted(Box::new(counted)),
        own_metric: None,
        history_from: Some(String::from("1 Oct")),
        linked: false,
    }
}

/// The pages.
pub(super) fn pages(ctx: &Ctx) -> Vec<(&'static str, Page)> {
    let refused = LinkForm { refused: Some(String::from("The goal is closed: reopen it first.")), ..form() };
    let mut wrong = LinkForm {
        tree: Tree::Found(Vec::new()),
        look: Look::Wrong(String::from("The query no longer exists. Choose another query.")),
        trouble: Some((String::from("The token is not accepted."), Some(id(1)))),
        ..form()
    };
    wrong.typed.errors =
        vec![(String::from("metric_target"), String::from("Say what number is to be reached"))];
    let mut draft = LinkForm { goal: None, history_from: None, ..form() };
    draft
        .typed
        .values
        .push((String::from("draft"), String::from("kind=key_result&title=Close+180+work+items")));
    vec![
        ("link-source", link_source::page(ctx, &form())),
        ("link-source-wrong", link_source::page(ctx, &wrong)),
        ("link-source-refused", link_source::page(ctx, &refused)),
        ("link-source-draft", link_source::page(ctx, &draft)),
    ]
}

/// The components.
pub(super) fn samples(ctx: &Ctx) -> Vec<Sample> {
    vec![
        Sample {
            name: "sync-log",
            text: "What a goal's data source said lately: equal results in a row as one.",
            markup: html! { (sync_log::of_goal(ctx, id(2), "Close 180 work items for firmware 4.2", &said())) },
        },
        Sample {
            name: "data-source",
            text: "A goal that follows another system: the note below its graph, and its work items, as it works and as it fails.",
            markup: html! {
                div.stack { (goal_source::note(ctx, id(2), &source())) (goal_source::items(&failed())) }
            },
        },
    ]
}

fn said() -> Vec<Said> {
    let one = Said {
        first_at: moment("2026-11-20T13:04:00Z"),
        last_at: moment("2026-11-20T13:04:00Z"),
        times: 1,
        value: String::from("41.1%"),
        split: String::from("180 match: 74 completed, 2 removed"),
        warnings: Vec::new(),
        error: None,
    };
    let error =
        (String::from("The query no longer exists."), String::from("Choose another query in the link."));
    vec![
        one.clone(),
        Said { last_at: moment("2026-11-20T12:01:00Z"), error: Some(error), ..one.clone() },
        Said {
            first_at: moment("2026-11-19T02:01:00Z"),
            last_at: moment("2026-11-20T11:01:00Z"),
            times: 33,
            ..one
        },
    ]
}
