//! Samples of what happens to a goal: checking in, talking, closing.

use maud::html;
use northing_core::goal::GoalKind;
use northing_core::status::Status;

use super::Sample;
use super::samples::{day, history, id, moment, progress, who};
use crate::Ctx;
use crate::components::check_in::{self, CheckIn};
use crate::components::picker::Choice;
use crate::components::status::Shown;
use crate::components::talk::Comment;
use crate::components::tasks::{self, Moves, Task, Tasks};
use crate::pages::check_in::{
    Asks, CheckInForm, Done, DueList, Move, Preview, Queue, Removal, done, form, removal,
};
use crate::pages::close::{self, CloseForm, Onward, Score};
use crate::pages::entry::Typed;
use crate::pages::several::{self, Several};
use crate::pages::tasks::TaskForm;

pub(super) fn samples(ctx: &Ctx) -> Vec<Sample> {
    vec![
        Sample {
            name: "tasks",
            text: "The tasks of an initiative: done, overdue, due after its end, a milestone; with what they move.",
            markup: html! {
                (tasks::section(ctx, &tasks()))
                (tasks::section(ctx, &Tasks { tasks: vec![], ..tasks() }))
                (tasks::section(ctx, &Tasks { may_edit: false, moves: Moves::Never, ..tasks() }))
                (tasks::section(ctx, &Tasks { sorted: true, moves: Moves::ByHand, ..tasks() }))
                (crate::pages::tasks::form(ctx, &task_form()).inside)
            },
        },
        Sample {
            name: "deleted-goals",
            text: "What was deleted, by whom, and until when it can be restored.",
            markup: html! { ul.frame.due { (crate::pages::trash::rows(ctx, &deleted(), None)) } },
        },
        Sample {
            name: "several-goals",
            text: "Which goals, what becomes of them, and what would happen.",
            markup: html! {
                (several::page(ctx, &several_form()).main)
                (several::preview(ctx, &several_outcome(), &[]).main)
                (several::report(&several::Outcome { done: true, ..several_outcome() }, "/explorer").main)
            },
        },
        Sample {
            name: "check-ins",
            text: "Value, status, note, comments; and in short while one makes the next.",
            markup: html! { (check_in::log(ctx, &check_ins(), Some("/goals/2/check-ins"))) (check_in::brief(ctx, &check_ins())) },
        },
        Sample {
            name: "check-in-form",
            text: "What one enters, and how it moves everything above before it is saved.",
            markup: html! {
                (form(ctx, &check_in_form()).inside)
                (form(ctx, &CheckInForm { queue: Some(Queue { of: 5, at: 2, skipped: vec![id(7)], list: None }), ..check_in_form() }).inside)
                (removal(ctx, &a_removal()).inside)
                (done(Done { made: 4, skipped: 1, list: None }).inside)
                (done(Done { made: 0, skipped: 0, list: Some(DueList { name: "team:62".into(), period: None, back: "/teams/62".into() }) }).inside)
            },
        },
        Sample {
            name: "closing-form",
            text: "How a goal ends: closed with a score that is explained, or postponed into another period.",
            markup: html! {
                (close::form(ctx, &close_form()).inside)
                (close::done((3, 1), "/").inside)
                (close::reopen(ctx, id(2), "Cut jobs waiting over 30 days from 410 to 90", &Typed::default()).inside)
            },
        },
    ]
}

pub(super) fn check_ins() -> Vec<CheckIn> {
    let base = CheckIn {
        id: id(100),
        goal: id(2),
        at: moment("2026-11-20T12:31:00Z"),
        author: "Priya Raman".into(),
        value: "262".into(),
        change: Some("−39".into()),
        status: Status::Behind.into(),
        chosen: false,
        note: "Leeds crews held **14 a day**. Kent is the drag: one crew off until Tuesday.".into(),
        automatic: false,
        stopped: false,
        edited: None,
        comments: vec![],
        may_edit: false,
        may_delete: false,
        may_comment: false,
    };
    vec![
        CheckIn {
            may_edit: true,
            may_delete: true,
            may_comment: true,
            chosen: true,
            edited: Some(moment("2026-11-20T12:40:00Z")),
            comments: vec![Comment {
                id: id(110),
                author: "Nadia Brandt".into(),
                at: moment("2026-11-20T13:05:00Z"),
                text: "Good. Tell me by the 27th.".into(),
                edited: Some(moment("2026-11-20T13:06:00Z")),
                may_edit: false,
                may_delete: true,
            }],
            ..base.clone()
        },
        CheckIn {
            id: id(101),
            at: moment("2026-11-06T09:00:00Z"),
            author: "Jira".into(),
            note: String::new(),
            automatic: true,
            stopped: true,
            value: "301".into(),
            status: Status::AtRisk.into(),
            ..base
        },
    ]
}

fn several_form() -> Several {
    let line = |n, kind, title: &str, status, ticked| several::Line {
        goal: id(n),
        kind,
        title: title.into(),
        about: "Priya Raman · Delivery".into(),
        status: Shown::from(status),
        ticked,
    };
    let typed = [("act", "edit"), ("owners_how", "add"), ("request", "r")];
    Several {
        what: "Goals, Q4 2026".into(),
        back: "/explorer".into(),
        from: String::new(),
        lines: vec![
            line(
                1,
                GoalKind::Objective,
                "Make the north a place where heat pumps are normal",
                Status::OnTrack,
                true,
            ),
            line(
                2,
                GoalKind::KeyResult,
                "Cut jobs waiting over 30 days from 410 to 90",
                Status::AtRisk,
                false,
            ),
        ],
        tick: ("/goals/several?all=true".into(), "/goals/several".into()),
        more: Some("/goals/several?cursor=60".into()),
        periods: vec![("4".into(), "Q4 2026".into()), ("5".into(), "Q1 2027".into())],
        owners: vec![Choice { value: id(9).to_string(), text: "Tom Ashby".into(), ..Choice::default() }],
        teams: vec![],
        tags: vec![],
        found: None,
        typed: Typed {
            values: typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            errors: vec![("goal_ids".into(), "name the goals to be changed".into())],
            ..Typed::default()
        },
    }
}

fn several_outcome() -> several::Outcome {
    several::Outcome {
        changed: vec![(
            id(1),
            "Make the north a place where heat pumps are normal".into(),
            "Owners, Period, Days".into(),
        )],
        unchanged: 2,
        left_out: vec![(id(3), "Open two depots".into(), "The goal is closed: reopen it first.".into())],
        ..several::Outcome::default()
    }
}

fn deleted() -> Vec<crate::pages::trash::Line> {
    let one = |n, title: &str, more, may_restore| crate::pages::trash::Line {
        goal: id(n),
        kind: GoalKind::Objective,
        title: title.into(),
        more,
        by: "Ruth Adeyemi".into(),
        at: moment("2026-11-19T10:00:00Z"),
        until: day("2026-12-19"),
        may_restore,
    };
    vec![
        one(130, "Clear the northern backlog", 7, true),
        one(131, "Open a shop", 1, true),
        one(132, "Move the depot", 0, false),
    ]
}

pub(super) fn tasks() -> Tasks {
    let one = |n, title: &str, done| Task {
        id: id(n),
        title: title.into(),
        milestone: false,
        weight: None,
        owner: None,
        due: None,
        after_end: false,
        done,
    };
    Tasks {
        goal: Some(id(5)),
        ends: "31 Dec".into(),
        tasks: vec![
            Task { owner: Some(who(41, "Kwame Boateng")), ..one(120, "Draw the new rounds", true) },
            Task { due: Some(day("2026-11-10")), ..one(121, "Tell the crews", false) },
            Task {
                milestone: true,
                weight: Some(2.0),
                due: Some(day("2027-01-15")),
                after_end: true,
                ..one(122, "First week on the new rounds", false)
            },
        ],
        may_edit: true,
        moves: Moves::Follows,
        sorted: false,
        adding: false,
    }
}

fn task_form() -> TaskForm {
    let typed =
        [("name", "Tell the crews"), ("kind", "milestone"), ("weight", "x"), ("due_date", "2027-01-15")];
    TaskForm {
        goal: id(5),
        task: id(121),
        typed: Typed {
            values: typed.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            errors: vec![("weight".into(), "must be a number, for example 42.5".into())],
            refusal: None,
        },
        owner: vec![Choice { value: id(41).to_string(), text: "Kwame Boateng".into(), ..Choice::default() }],
        found: None,
        warning: Some("After the end on 31 December 2026.".into()),
    }
}

fn moves() -> Vec<Move> {
    let one = |kind, title: &str, before: f64, after: f64, was: Status, status: Status| Move {
        kind: Some(kind),
        title: title.into(),
        now: progress(before, status),
        before: Some(before),
        after: Some(after),
        was: was.into(),
        status: status.into(),
        share: None,
        own: false,
    };
    vec![
        one(
            GoalKind::Objective,
            "Make a heat pump the easy choice for 4,000 homes",
            54.7,
            54.9,
            Status::OnTrack,
            Status::OnTrack,
        ),
        Move {
            share: Some(45.0),
            ..one(
                GoalKind::Objective,
                "Clear the southern backlog before the frost",
                51.0,
                55.5,
                Status::Behind,
                Status::OnTrack,
            )
        },
        Move {
            own: true,
            ..one(
                GoalKind::KeyResult,
                "Cut jobs waiting over 30 days from 410 to 90",
                46.3,
                56.3,
                Status::Behind,
                Status::OnTrack,
            )
        },
    ]
}

fn check_in_form() -> CheckInForm {
    CheckInForm {
        goal: id(2),
        kind: GoalKind::KeyResult,
        title: "Cut jobs waiting over 30 days from 410 to 90".into(),
        changes: None,
        conflict: None,
        note_only: false,
        asks: Asks {
            label: "Jobs waiting now".into(),
            value: "230".into(),
            unit: "of 410 → 90".into(),
            progress: Some("56.25".into()),
            by_progress: false,
        },
        was: "Was 262 on 17 November.".into(),
        statuses: vec![Status::OnTrack, Status::Behind, Status::AtRisk, Status::Postponed, Status::Closed],
        status: String::new(),
        note: String::new(),
        as_of: String::new(),
        errors: vec![("value".into(), "must be a number, for example 42.5".into())],
        automatic: "The goals below say 54%.".into(),
        stop: Some(false),
        until: None,
        resume_from: Some("the goals below".into()),
        guidance: "0.7 is a good result.".into(),
        history: Some(history()),
        last: check_ins(),
        preview: Preview {
            suggested: Some(Status::OnTrack),
            reason: "56% is at or above the 55% expected today, so On track is suggested.".into(),
            reached: Some((56.3, 10.0)),
            moves: moves(),
            error: None,
        },
        queue: None,
        from_home: false,
    }
}

fn a_removal() -> Removal {
    Removal {
        goal: id(2),
        check_in: id(100),
        version: 2,
        title: "Cut jobs waiting over 30 days from 410 to 90".into(),
        what: "Priya Raman, 20 November 2026: 262, Behind.".into(),
        loss: "The goal falls back to the check-in before, or to its start. This cannot be undone.".into(),
        preview: Preview { moves: moves(), ..Preview::default() },
    }
}

fn close_form() -> CloseForm {
    let typed = [("end", "closed"), ("value", "230"), ("score", "0.56"), ("carry", "reset")];
    CloseForm {
        goal: id(2),
        kind: GoalKind::KeyResult,
        title: "Cut jobs waiting over 30 days from 410 to 90".into(),
        asks: Some(("Jobs waiting at the end".into(), "of 410 → 90".into())),
        stands: "It stands at 230.".into(),
        score: Score {
            suggested: "0.56".into(),
            why: "From 0 to 1. Progress makes 0.56. You may give another.".into(),
        },
        open: 2,
        periods: vec![("p1".into(), "Q1 2027".into()), ("p2".into(), "Annual 2027".into())],
        typed: Typed {
            values: typed.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            ..Typed::default()
        },
        onward: Onward {
            fields: vec![("list".into(), "team".into())],
            remaining: Some(3),
            so_far: (2, 1),
            skip: Some("/closing?list=team".into()),
        },
    }
}
