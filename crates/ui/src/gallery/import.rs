//! Importing, as the invented company did it.

use maud::html;
use northing_core::goal::GoalKind;

use super::Sample;
use super::samples::{id, moment};
use crate::Ctx;
use crate::components::feedback::Tone;
use crate::components::steps::{self, Step};
use crate::layout::Page;
use crate::pages::import::{
    self, Counted, Earlier, Line, Lines, Mapping, Outcome, People, Period, Person, Remark, Running, Start,
    Status, TreeLine, Type, Warning,
};

pub(super) fn samples() -> Vec<Sample> {
    let all = [
        Step::link("Files", "/import".to_owned()),
        Step::link("Match names", "/import".to_owned()),
        Step::plain("Dry run"),
        Step::plain("Import"),
    ];
    vec![Sample {
        name: "steps",
        text: "The way through a page that takes several steps. Those done lead back.",
        markup: html! { div.stack { (steps::steps("Import steps", &all, 2)) (steps::steps("Import steps, at the beginning", &all, 0)) } },
    }]
}

fn start() -> Start {
    let earlier = |n: u8, state, mark, did: &str| Earlier {
        href: format!("/import/{}", id(n)),
        at: moment("2026-11-18T09:12:00Z"),
        by: Some("Priya Raman".to_owned()),
        files: "calderfield_goals_export.zip".to_owned(),
        state,
        mark,
        did: did.to_owned(),
    };
    Start {
        error: None,
        limit: "64 MiB".to_owned(),
        earlier: vec![
            earlier(81, "Tried", ("none", "edit"), ""),
            earlier(80, "Done", ("track", "check"), "64 new goals, 0 changed"),
        ],
        more: None,
    }
}

fn mapping() -> Mapping {
    Mapping {
        id: id(80),
        files: vec![
            ("calderfield.zip/Users_export_file_70731.json".to_owned(), "25 people".to_owned()),
            ("calderfield.zip/objectives_export_file_70731.json".to_owned(), "64 goals".to_owned()),
        ],
        people: People {
            shown: vec![
                Person {
                    name: "Leila Haddad".to_owned(),
                    email: Some("leila@old.example".to_owned()),
                    active: true,
                    choice: "match",
                    member: "leila.haddad@calderfield.example".to_owned(),
                },
                Person {
                    name: "Marsh, Eleanor".to_owned(),
                    email: None,
                    active: false,
                    choice: "create",
                    member: String::new(),
                },
            ],
            more: 3,
            become_: "as_in_file".to_owned(),
        },
        types: vec![
            Type { word: "Big rock".to_owned(), goals: 19, kind: GoalKind::Objective, certain: true },
            Type { word: "Measure".to_owned(), goals: 40, kind: GoalKind::KeyResult, certain: false },
        ],
        periods: vec![Period {
            name: "H1 FY26".to_owned(),
            goals: 12,
            chosen: String::new(),
            days: ("2026-01-01".to_owned(), "2026-06-30".to_owned()),
        }],
        here: vec!["Q1 2026".to_owned(), "Q2 2026".to_owned()],
        statuses: vec![Status { word: "Paused".to_owned(), count: 2, chosen: "postponed".to_owned() }],
        all_statuses: vec![
            ("on_track".to_owned(), "On track".to_owned()),
            ("postponed".to_owned(), "Postponed".to_owned()),
        ],
        error: None,
    }
}

fn outcome() -> Outcome {
    let counted = |entity: &str, created, updated, skipped, failed| Counted {
        entity: entity.to_owned(),
        created,
        updated,
        skipped,
        failed,
    };
    let tree = |depth, kind, title: &str| TreeLine {
        depth,
        kind,
        title: title.to_owned(),
        owner: Some("Leila Haddad".to_owned()),
        team: Some("Commercial".to_owned()),
        outcome: if depth == 0 { "updated" } else { "created" }.to_owned(),
    };
    let line = |row, entity: &str, title: &str, outcome: &str, remarks| Line {
        row,
        entity: entity.to_owned(),
        title: title.to_owned(),
        href: None,
        outcome: outcome.to_owned(),
        remarks,
    };
    let remark = |field: &str, effect, reason: &str| Remark {
        field: field.to_owned(),
        effect,
        reason: reason.to_owned(),
    };
    Outcome {
        id: id(80),
        files: "calderfield_goals_export.zip".to_owned(),
        counts: vec![
            counted("goal", 381, 23, 12, 3),
            counted("check_in", 2918, 0, 0, 0),
            counted("person", 48, 1, 0, 0),
        ],
        kinds: vec![(GoalKind::Objective, 61), (GoalKind::KeyResult, 265), (GoalKind::Initiative, 55)],
        tree: vec![
            tree(0, GoalKind::Objective, "Become the installer of choice in Wales"),
            tree(1, GoalKind::KeyResult, "Sign 14 Welsh partners"),
            tree(2, GoalKind::Initiative, "Depot open evenings"),
        ],
        more: 401,
        warnings: vec![
            Warning {
                entity: "goal".to_owned(),
                field: "Data Source".to_owned(),
                effect: "dropped",
                count: 3,
                example: (
                    "was linked to Azure DevOps; link it again, until then people check in".to_owned(),
                    "Field updates without a truck".to_owned(),
                ),
            },
            Warning {
                entity: "goal".to_owned(),
                field: "Title".to_owned(),
                effect: "kept",
                count: 1,
                example: ("kept: changed here since the last import".to_owned(), String::new()),
            },
        ],
        lines: Lines {
            lines: vec![
                line(14, "goal", "Become the installer of choice in Wales", "created", Vec::new()),
                line(
                    52,
                    "goal",
                    "Raise Line 2 yield from 88% to 96%",
                    "updated",
                    vec![remark("Due date", "changed", "“2026-12-31” became “2027-03-31”")],
                ),
                line(
                    117,
                    "goal",
                    "Improve satisfaction",
                    "failed",
                    vec![remark("Time Period", "dropped", "there is no period for the goal")],
                ),
                line(3, "check_in", "", "unchanged", Vec::new()),
            ],
            next: Some("#records".to_owned()),
            ..Lines::default()
        },
        note: None,
        undoable: true,
    }
}

pub(super) fn pages(ctx: &Ctx) -> Vec<(&'static str, Page)> {
    let refused = Start {
        error: Some(
            "note.txt: not a known export: expected the JSON files of an organisation or a ZIP of them."
                .to_owned(),
        ),
        earlier: Vec::new(),
        ..start()
    };
    let running = Running {
        id: id(80),
        dry_run: false,
        doing: "Entering check-ins and comments".to_owned(),
        done: 1240,
        total: 3369,
    };
    let undone = Outcome {
        note: Some((Tone::Info, "Undone: this is what it had done.".to_owned())),
        undoable: false,
        ..outcome()
    };
    vec![
        ("import-start", import::start(ctx, &start())),
        ("import-refused", import::start(ctx, &refused)),
        ("import-mapping", import::mapping(ctx, &mapping())),
        ("import-running", import::running(ctx, &running)),
        ("import-dry-run", import::dry_run(ctx, &outcome())),
        ("import-report", import::report(ctx, &undone)),
    ]
}
