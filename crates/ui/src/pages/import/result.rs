//! What an import would do, and what it did.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::lines::{self, Lines};
use super::{At, counted, entity, frame, number, post, station, steps};
use crate::components::feedback::{self, Tone};
use crate::icons::{icon, small};
use crate::layout::Page;
use crate::{Ctx, paths};

/// The records of an entity, by what became of them.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// `goal`, `person`, ….
    pub entity: String,
    /// New here.
    pub created: u64,
    /// Changed.
    pub updated: u64,
    /// Left alone.
    pub skipped: u64,
    /// Not taken over.
    pub failed: u64,
}

/// A goal of the preview.
#[derive(Debug, Clone)]
pub struct TreeLine {
    /// How deep, from 0.
    pub depth: u8,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Its first owner.
    pub owner: Option<String>,
    /// Its first team.
    pub team: Option<String>,
    /// `created`, `updated`, `unchanged` or `skipped`.
    pub outcome: String,
}

/// Remarks of one sort.
#[derive(Debug, Clone)]
pub struct Warning {
    /// `goal`, `person`, ….
    pub entity: String,
    /// The field.
    pub field: String,
    /// `kept`, `changed` or `dropped`.
    pub effect: &'static str,
    /// How many records have it.
    pub count: u64,
    /// The reason of the first, and its title.
    pub example: (String, String),
}

/// What became of everything, or would.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The import.
    pub id: Id,
    /// What its files are called.
    pub files: String,
    /// By entity.
    pub counts: Vec<Counted>,
    /// New goals by kind.
    pub kinds: Vec<(GoalKind, u64)>,
    /// The beginning of the goals as a tree.
    pub tree: Vec<TreeLine>,
    /// Goals that the tree does not show.
    pub more: u64,
    /// Remarks in groups.
    pub warnings: Vec<Warning>,
    /// The records, filtered.
    pub lines: Lines,
    /// What is said at the top: failed, cancelled, undone.
    pub note: Option<(Tone, String)>,
    /// It can be undone.
    pub undoable: bool,
}

impl Outcome {
    fn of(&self, name: &str) -> Counted {
        self.counts.iter().find(|it| it.entity == name).cloned().unwrap_or_default()
    }

    fn sum(&self, of: impl Fn(&Counted) -> u64) -> u64 {
        self.counts.iter().map(of).sum()
    }
}

/// The page of a dry run.
#[must_use]
pub fn dry_run(ctx: &Ctx, it: &Outcome) -> Page {
    let goals = it.of("goal");
    let goals = goals.created + goals.updated;
    let label = if goals > 0 {
        format!("Import {}", counted(goals, "goal", "goals"))
    } else {
        String::from("Import")
    };
    let writes = it.sum(|it| it.created + it.updated) > 0;
    let actions = html! {
        (post(ctx, &paths::import(it.id, "discard"), "btn btn-q", &html! { "Discard" }))
        a.btn.desk href=(paths::import(it.id, "report.csv?noted=true")) { (icon("download")) "Issues as CSV" }
        @if writes { (post(ctx, &paths::import(it.id, "run"), "btn btn-p", &html! { (label) })) }
    };
    let main = html! {
        (steps(Some(it.id), At::DryRun))
        (note(it))
        section.pencil.dry aria-labelledby="h-d" {
            p.pencil-t { (small("edit")) "Dry run, nothing saved yet" }
            (figures(ctx, it))
        }
        @if !writes { (feedback::note(Tone::Good, &html! { "Nothing would change: these files say what is here already." })) }
        div.imp-g { (tree(it)) (warnings(it)) (records(it)) }
    };
    frame("Dry run", &actions, &main)
}

/// The page of an import that is over.
#[must_use]
pub fn report(ctx: &Ctx, it: &Outcome) -> Page {
    let actions = html! {
        @if it.undoable {
            @let undo = paths::import(it.id, "undo");
            a.btn.btn-q href=(undo) hx-get=(undo) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" { "Undo import" }
        }
        a.btn.desk href=(paths::import(it.id, "report.csv")) { (icon("download")) "Report as CSV" }
        a.btn.desk href=(paths::import(it.id, "report.json")) { "JSON" }
        a.btn.btn-p href=(paths::EXPLORER) { "Open Explorer" }
    };
    let main = html! {
        (steps(None, At::Import))
        (note(it))
        @if !it.counts.is_empty() {
            section.dry.imp-r aria-labelledby="h-d" { (figures(ctx, it)) }
            div.imp-g { (table(it)) (warnings(it)) (records(it)) }
        }
    };
    frame("Import report", &actions, &main)
}

fn note(it: &Outcome) -> Markup {
    html! { @if let Some((tone, text)) = &it.note { (feedback::note(*tone, &html! { (text) })) } }
}

fn figures(ctx: &Ctx, it: &Outcome) -> Markup {
    let goals = it.of("goal");
    let kinds = it.kinds.iter().filter(|(_, count)| *count > 0).map(|(kind, count)| {
        let term = ctx.terms.kind(*kind);
        counted(*count, &term.one, &term.many)
    });
    let kinds = kinds.collect::<Vec<_>>().join(", ");
    let check_ins = it.of("check_in");
    let failed = it.sum(|it| it.failed);
    let figure = |label: &str, number: String, under: Markup| {
        html! {
            div.kpi { p.l { (label) } p.x { (number) } p.s { (under) } }
        }
    };
    html! {
        h2.sr #h-d { "Result" }
        div.dry-n {
            (figure("New goals", number(goals.created), html! { @if kinds.is_empty() { "none" } @else { (kinds) } }))
            (figure("Changed goals", number(goals.updated), html! { "same identifier" }))
            (figure("Check-ins", number(check_ins.created), html! { "with author and date" }))
            (figure("Left alone", number(it.sum(|it| it.skipped)), html! { "records that say what is here" }))
            (figure("Cannot import", number(failed), html! {
                @if failed > 0 { span.st data-st="risk" { (icon("warn")) a href="#records" { "See records below" } } } @else { "none" }
            }))
        }
    }
}

fn tree(it: &Outcome) -> Markup {
    html! {
        @if !it.tree.is_empty() {
            section aria-labelledby="h-t" {
                div.sec-h { h2 #h-t { "Goals" } span.n { (it.files) } }
                div.frame.scroll-x.imp-tree tabindex="0" role="region" aria-label="Goals as a tree" { table.tbl {
                    thead { tr { th scope="col" { "Goal" } th scope="col" { "Team" } th scope="col" { "Owner" } th scope="col" { "Action" } } }
                    tbody {
                        @for line in &it.tree {
                            tr {
                                th scope="row" { span class=(format!("ind1 d{}", line.depth.min(4))) { (station(line.kind)) span { (line.title) } } }
                                td { (line.team.as_deref().unwrap_or("")) }
                                td { (line.owner.as_deref().unwrap_or("")) }
                                td { (lines::outcome(&line.outcome)) }
                            }
                        }
                    }
                } }
                @if it.more > 0 { p.xs.dim { "And " (counted(it.more, "goal", "goals")) " more." } }
            }
        }
    }
}

fn table(it: &Outcome) -> Markup {
    html! {
        section aria-labelledby="h-c" {
            div.sec-h { h2 #h-c { "Records" } span.n { (it.files) } }
            div.frame.scroll-x tabindex="0" role="region" aria-label="Records by entity" { table.tbl {
                thead { tr { th scope="col" { "Entity" } th.r scope="col" { "Created" } th.r scope="col" { "Updated" } th.r scope="col" { "Skipped" } th.r scope="col" { "Failed" } } }
                tbody {
                    @for one in &it.counts {
                        tr {
                            th scope="row" { (crate::terms::capitalised(entity(&one.entity).1)) }
                            td.r { (number(one.created)) } td.r { (number(one.updated)) } td.r { (number(one.skipped)) } td.r { (number(one.failed)) }
                        }
                    }
                }
            } }
        }
    }
}

fn warnings(it: &Outcome) -> Markup {
    html! {
        @if !it.warnings.is_empty() {
            section aria-labelledby="h-w" {
                div.sec-h { h2 #h-w { "What is not simply kept" } span.n { (counted(u64::try_from(it.warnings.len()).unwrap_or(0), "sort of remark", "sorts of remark")) } }
                div.frame.scroll-x tabindex="0" role="region" aria-label="Remarks in groups" { table.tbl.imp-w {
                    thead { tr { th scope="col" { "Field" } th.r scope="col" { "Records" } th scope="col" { "What becomes of it" } th scope="col" { "For example" } } }
                    tbody {
                        @for one in &it.warnings {
                            tr {
                                th scope="row" { (one.field) }
                                td.r { a href=(format!("{}#records", paths::import(it.id, &format!("?entity={}&noted=true", one.entity)))) { (counted(one.count, entity(&one.entity).0, entity(&one.entity).1)) } }
                                td { (lines::effect(one.effect)) }
                                td { (one.example.0) @if !one.example.1.is_empty() { " " span.dim { (one.example.1) } } }
                            }
                        }
                    }
                } }
            }
        }
    }
}

fn records(it: &Outcome) -> Markup {
    html! {
        section #records aria-labelledby="h-r" {
            div.sec-h { h2 #h-r { "Every record" } }
            (lines::lines(it.id, &it.lines))
        }
    }
}
