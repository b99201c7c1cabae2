//! What a goal's page and panel show, from what the use case found.

use northing_app::goal::page::GoalPage;
use northing_core::alert::AlertLevel;
use northing_core::goal::{GoalKind, ProgressMode, Visibility};
use northing_core::metric::MetricKind;
use northing_core::preferences::AlertChoice;
use northing_ui::Ctx;
use northing_ui::components::alert::{Alert, Gravity};
use northing_ui::components::alignment::{Ladder, Step};
use northing_ui::components::person::Person;
use northing_ui::components::status::Shown;
use northing_ui::pages::goal::{Goal, May};

use super::super::{goal_link, rows, tasks};
use super::{actions, activity, check_ins, contributing, graph};
use crate::extract::Signed;

/// What the page shows, from what the use case found.
pub(super) fn told(signed: &Signed, ctx: &Ctx, found: GoalPage) -> Goal {
    let organisation = &signed.membership.organization;
    let measured = found.goal.metric.kind != MetricKind::Percent;
    let (parts, supporting) =
        contributing::told(&found.goal, &found.children, &found.arithmetic, organisation, 0);
    Goal {
        id: found.goal.id,
        kind: found.goal.kind,
        level: found.goal.level,
        title: found.goal.title.clone(),
        description: found.goal.description.clone().unwrap_or_default(),
        progress: rows::progress(&found.line, found.goal.expected_progress),
        metric: measured.then(|| found.goal.metric.clone()),
        change: change(ctx, &found, measured),
        start: found.goal.start_date,
        end: found.goal.due_date,
        period: found.period.as_ref().map(|period| period.name.clone()).unwrap_or_default(),
        owners: rows::people(&found.line),
        check_in_owner: found.check_in_owner.clone().map(|(id, name)| Person { id, name }),
        teams: found.line.teams.clone(),
        source: source(&found),
        outside: goal_link::source(&found.source, found.goal.automatic_stopped, found.may_check_in),
        resume_from: (found.goal.automatic_stopped).then(|| match found.goal.progress_mode {
            ProgressMode::DataSource => String::from("Azure DevOps"),
            _ => String::from("children"),
        }),
        tags: found.goal.tags.clone(),
        committed: found.goal.committed,
        restricted: found.goal.visibility == Visibility::Restricted,
        guidance: found.goal.scoring_guidance.clone().unwrap_or_default(),
        score: found.goal.score.zip(found.band),
        closing_note: found.goal.closing_note.clone().unwrap_or_default(),
        alerts: alerts(&found, signed.session.preferences.alerts),
        history: graph::of(ctx, &found.goal, &found.points),
        parts,
        below: found.arithmetic.seen,
        supporting,
        tasks: (found.goal.kind == GoalKind::Initiative)
            .then(|| tasks::told(ctx, &found.goal, found.may_edit, &found.tasks)),
        ladder: ladder(&found, organisation),
        check_ins: check_ins::told(signed, &found.goal, &found.check_ins, found.older.as_ref(), &found.talk),
        check_in_count: usize::try_from(found.check_in_count).unwrap_or(0),
        comments: check_ins::talk(signed, &found.talk, None),
        activity: activity::told(ctx, &found.goal, &found.activity),
        more_activity: found.activity.next.is_some(),
        may: May {
            check_in: found.may_check_in,
            nudge: found.may_nudge,
            edit: found.may_edit,
            contribute: found.may_contribute,
            align: found.may_edit,
            add_child: found.may_align_to && !found.goal.status.is_locked(),
            comment: found.talk.may_comment,
            close: found.may_close,
        },
        actions: actions::of(&found, None),
    }
}

/// The change since the check-in before the last, with its day.
fn change(ctx: &Ctx, found: &GoalPage, measured: bool) -> Option<(f64, northing_core::values::Day)> {
    let (last, before) = (found.check_ins.first()?, found.check_ins.get(1)?);
    let of = |row: &northing_app::check_in::CheckInRow| if measured { row.value } else { row.progress };
    Some((of(last)? - of(before)?, before.at.day_in(&ctx.zone)))
}

fn source(found: &GoalPage) -> String {
    if found.goal.automatic_stopped {
        return String::from("Checked in by hand; automatic updates are stopped");
    }
    match found.goal.progress_mode {
        ProgressMode::Manual => String::from("Checked in by hand"),
        ProgressMode::DataSource => String::from("From Azure DevOps"),
        ProgressMode::Rollup if found.goal.kind == GoalKind::Initiative => String::from("From its tasks"),
        ProgressMode::Rollup => contributing::source(&found.arithmetic),
    }
}

fn alerts(found: &GoalPage, wanted: AlertChoice) -> Vec<Alert> {
    let gravity = |level| match level {
        AlertLevel::NeedsAttention => Gravity::NeedsAttention,
        AlertLevel::AtRisk => Gravity::AtRisk,
    };
    let each = found.goal.alerts.iter().filter(|alert| wanted.shows(alert.level));
    each.map(|alert| Alert {
        gravity: gravity(alert.level),
        below: false,
        texts: vec![alert.message.to_string()],
    })
    .collect()
}

fn ladder(found: &GoalPage, organisation: &str) -> Ladder {
    let step = |line: &northing_app::explorer::Line, additional: bool| Step {
        id: line.id,
        kind: line.kind,
        title: line.title.clone(),
        team: rows::team(line, organisation),
        status: Shown::new(line.status, line.score, line.progress),
        additional,
    };
    Ladder {
        north_star: found.north_star.clone(),
        above: found.above.iter().map(|above| step(&above.line, above.additional)).collect(),
        here: (found.goal.kind, found.goal.title.clone()),
        below: found.children.iter().take(8).map(|child| step(&child.line, false)).collect(),
    }
}
