//! Imports as the pages show them.

use std::collections::BTreeMap;

use maud::{Markup, html};
use northing_app::import::{FileSummary, ImportView, Phase, State, UndoPlan};
use northing_ui::pages::import as ui;
use northing_ui::{format, paths};

/// A line of the list of imports.
pub(super) fn earlier(view: &ImportView) -> ui::Earlier {
    let (state, mark) = match view.import.state {
        State::Uploading | State::Uploaded => ("Waits for you", ("none", "edit")),
        State::Checking => ("Being tried", ("none", "sync")),
        State::Checked => ("Tried", ("none", "edit")),
        State::Running => ("Running", ("none", "sync")),
        State::Finished => ("Done", ("track", "check")),
        State::Failed => ("Failed", ("risk", "warn")),
        State::Cancelled => ("Cancelled", ("none", "minus")),
        State::Undone => ("Undone", ("none", "minus")),
    };
    let done = matches!(view.import.state, State::Finished | State::Undone);
    let did = view.summary.as_ref().filter(|_| done).map(|summary| {
        let goals = summary.counts.get("goal").copied().unwrap_or_default();
        format!("{} new goals, {} changed", number(goals.created), number(goals.updated))
    });
    ui::Earlier {
        href: paths::import(view.import.id, ""),
        at: view.import.created_at,
        by: view.import.created_by_name.clone(),
        files: files(&view.files),
        state,
        mark,
        did: did.unwrap_or_default(),
    }
}

/// The files in a few words: the archive's name, or the first and how many more.
pub(super) fn files(files: &[FileSummary]) -> String {
    let mut names: Vec<&str> =
        files.iter().map(|file| file.name.split('/').next().unwrap_or(&file.name)).collect();
    names.dedup();
    match names.as_slice() {
        [] => String::from("no files"),
        [one] => (*one).to_owned(),
        [first, rest @ ..] => format!("{first} and {} more", number(u64::try_from(rest.len()).unwrap_or(0))),
    }
}

/// How far a running import is.
pub(super) fn running(view: &ImportView) -> ui::Running {
    let (phase, done, total) = view.progress.unwrap_or((Phase::Reading, 0, 0));
    let doing = match phase {
        Phase::Reading => "Reading the files",
        Phase::People => "Matching periods, people and teams",
        Phase::Goals => "Placing goals and aligning them",
        Phase::CheckIns => "Entering check-ins and comments",
        Phase::Computing => "Computing the progress of everything",
    };
    let dry_run = view.import.state == State::Checking;
    ui::Running { id: view.import.id, dry_run, doing: doing.to_owned(), done, total }
}

/// What undoing does, in a sentence with counts.
pub(super) fn undoing(plan: &UndoPlan) -> String {
    let mut sentences = Vec::new();
    match listed(&plan.removed) {
        Some(gone) => sentences.push(format!("{gone} are deleted for good.")),
        None => sentences.push(String::from("Nothing is deleted.")),
    }
    if let Some(back) = listed(&plan.restored) {
        sentences.push(format!("{back} become what they were before."));
    }
    sentences.join(" ")
}

/// What stays, as a list.
pub(super) fn staying(plan: &UndoPlan) -> Option<Markup> {
    const SHOWN: usize = 8;
    if plan.stays.is_empty() {
        return None;
    }
    let more = plan.stays.len().saturating_sub(SHOWN);
    Some(html! {
        p { "These stay, because somebody did something with them since, or they are still needed:" }
        ul.sm {
            @for (entity, title) in plan.stays.iter().take(SHOWN) { li { span.dim { (ui::entity(entity).0) } " " (title) } }
            @if more > 0 { li { "and " (format::count(more)) " more" } }
        }
    })
}

/// "64 goals, 355 check-ins and 25 people".
fn listed(counts: &BTreeMap<String, u64>) -> Option<String> {
    let order = ["goal", "check_in", "comment", "person", "team", "period", "tag"];
    let mut parts: Vec<String> = order
        .iter()
        .filter_map(|name| Some((*name, *counts.get(*name).filter(|count| **count > 0)?)))
        .map(|(name, count)| {
            let (one, many) = ui::entity(name);
            if count == 1 { format!("1 {one}") } else { format!("{} {many}", number(count)) }
        })
        .collect();
    let last = parts.pop()?;
    Some(if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) })
}

fn number(count: u64) -> String {
    format::count(usize::try_from(count).unwrap_or(usize::MAX))
}
