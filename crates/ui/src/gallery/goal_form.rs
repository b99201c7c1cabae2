//! The form of a goal, and the rows that add one in a list.

use std::collections::HashMap;

use maud::html;
use northing_core::goal::{GoalKind, Level};

use super::Sample;
use super::samples::id;
use crate::Ctx;
use crate::components::add_row::{self, Add};
use crate::components::picker::Choice;
use crate::layout::Page;
use crate::pages::entry::Typed;
use crate::pages::goal_form::{self, Conflict, Difference, GoalForm, Kind, PhaseRow, Phases, Rules};

fn typed(values: &[(&str, &str)], errors: &[(&str, &str)]) -> Typed {
    let owned = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    Typed { values: owned(values), errors: owned(errors), refusal: None }
}

fn row(date: &str, target: &str) -> PhaseRow {
    PhaseRow { date: date.into(), target: target.into() }
}

/// A key result with phased targets, half filled in.
fn form() -> GoalForm {
    let kind =
        |kind, reason: Option<&str>| Kind { kind, reason: reason.map(Into::into), open: reason.is_none() };
    let choice = |n: u8, text: &str, detail: &str, kind| Choice {
        value: id(n).to_string(),
        text: text.into(),
        detail: detail.into(),
        kind,
    };
    GoalForm {
        goal: None,
        about: "Q4 2026, in Installations South".into(),
        typed: typed(
            &[
                ("kind", "key_result"), ("title", "Cut jobs waiting"), ("level", "team"), ("period_id", "q4"), ("start_date", "2026-10-01"),
                ("due_date", "2026-12-31"), ("metric_kind", "decrease"), ("metric_start", "410"), ("metric_target", "ninety"), ("metric_unit", "jobs"),
                ("phase_interval", "monthly"), ("committed", "false"), ("progress_mode", ""), ("new_children_contribute", "true"),
            ],
            &[("metric_target", "Must be a number, for example 42.5.")],
        ),
        kinds: vec![
            kind(GoalKind::Objective, Some("Not under this goal: an admin can allow it in OKR model.")),
            kind(GoalKind::KeyResult, None),
            kind(GoalKind::Initiative, None),
        ],
        levels: vec![(Level::Organization, Some("You may not create goals of the organisation.".into())), (Level::Team, None), (Level::Individual, None)],
        periods: vec![("q4".into(), "Q4 2026 (current)".into()), ("q1".into(), "Q1 2027".into())],
        chosen: HashMap::from([
            ("parents", vec![choice(1, "Clear the southern backlog before the frost", "Installations South · Q4 2026", Some(GoalKind::Objective))]),
            ("team_ids", vec![choice(62, "Installations South", "Field Operations", None)]),
            ("owner_ids", vec![choice(40, "Priya Raman", "", None)]),
            ("tags", vec![Choice { value: "Winter".into(), text: "Winter".into(), ..Choice::default() }]),
        ]),
        rules: Rules { shared: true, multiple: true, guidance: true, owners: true, measured_objectives: false },
        phases: Phases {
            rows: vec![row("2026-11-01", "303.33"), row("2026-12-01", "350")],
            end: Some(row("31 December 2026", "90")),
            line: "2026-10-01 2026-12-31 410 90".into(),
            spread: "monthly".into(),
            warning: Some("The target by 1 December 2026 goes back against the direction of the measure. It can be saved like this.".into()),
        },
        back: "/explorer".into(),
        ..GoalForm::default()
    }
}

fn conflicting() -> GoalForm {
    let difference = |name, label, theirs: &str, yours: &str, both| Difference {
        name,
        label,
        theirs: theirs.into(),
        yours: yours.into(),
        both,
    };
    GoalForm {
        goal: Some(id(2)),
        conflict: Some(Conflict {
            who: "Ruth Adeyemi changed this goal 2 minutes ago, while you were editing it.".into(),
            differences: vec![
                difference("title", "Title", "Cut jobs that wait", "Cut jobs waiting", true),
                difference("owner_ids", "Owners", "Elin Sørby", "", false),
            ],
        }),
        ..form()
    }
}

pub(super) fn samples(ctx: &Ctx) -> Vec<Sample> {
    let add = Add {
        parent: Some(id(1)),
        kinds: vec![GoalKind::KeyResult, GoalKind::Initiative],
        depth: 2,
        about: Vec::new(),
    };
    vec![
        Sample {
            name: "goal-form",
            text: "Every field of a goal; each refusal stands at its field. What follows from other fields comes from the server.",
            markup: html! { div.frame { (goal_form::dialog(ctx, &form())) } },
        },
        Sample {
            name: "goal-form-field",
            text: "One field, changed where it is shown.",
            markup: html! { div.frame { (goal_form::field_dialog(ctx, &GoalForm { goal: Some(id(2)), ..form() }, "owners")) } },
        },
        Sample {
            name: "add-row",
            text: "Adds a goal where it will stand: first the kinds, then a line for the title.",
            markup: html! {
                div.frame { div.tgw { table.tg role="treegrid" aria-label="Adding" { tbody role="rowgroup" {
                    (add_row::links(ctx, &add))
                    (add_row::line(ctx, &Add { parent: Some(id(3)), ..add.clone() }, GoalKind::KeyResult, "Cut", Some("You may not create goals of this team.")))
                } } } }
            },
        },
    ]
}

pub(super) fn pages(ctx: &Ctx) -> Vec<(&'static str, Page)> {
    let locked = GoalForm {
        goal: Some(id(2)),
        locked: Some("This goal is closed. Reopen it first.".into()),
        ..form()
    };
    vec![
        ("goal-new", goal_form::page(ctx, &form())),
        ("goal-conflict", goal_form::page(ctx, &conflicting())),
        ("goal-locked", goal_form::page(ctx, &locked)),
    ]
}
