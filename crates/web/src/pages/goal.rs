//! A goal: its page, its panel, and what live updates fetch of them.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;
use northing_app::goal::page::GoalPage;
use northing_core::alert::AlertLevel;
use northing_core::goal::{GoalKind, ProgressMode, Visibility};
use northing_core::metric::MetricKind;
use northing_core::score::ScoreBand;
use northing_core::values::Id;
use northing_ui::components::activity::{Activity, Part};
use northing_ui::components::alert::{Alert, Gravity};
use northing_ui::components::alignment::{Ladder, Step};
use northing_ui::components::chart::{History, Point};
use northing_ui::components::check_in::{CheckIn, Comment};
use northing_ui::components::children::Child;
use northing_ui::components::goal_list::Brief;
use northing_ui::components::menu::{self, Entry, Item};
use northing_ui::components::person::Person;
use northing_ui::components::status::Shown;
use northing_ui::pages::goal::{self, Around, Goal, May, Task};
use northing_ui::{Ctx, format, paths};

use super::{rows, shell};
use crate::extract::Signed;
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/goals/{goal}/menu", row_menu)
        .get("/goals/{goal}", page)
        .get("/goals/{goal}/panel", panel)
        .get("/goals/{goal}/main", main)
}

async fn page(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let found = state.app.goal_page(&signed.actor, id).await?;
    let strip = found.period.as_ref().map(|period| shell::strip(period, &[], found.today, |_| String::new()));
    let shown = told(&signed, &ctx, found);
    shell::document(&state, &signed, &goal::page(&ctx, &shown, strip, Some(String::from("/live")))).await
}

async fn panel(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    // The page that the panel opens on says in its address where closing leads.
    let here = headers.get("hx-current-url").and_then(|url| url.to_str().ok()).unwrap_or(paths::EXPLORER);
    let (path, query) =
        here.split_once('?').map_or((here, None), |(path, query)| (path, Some(query.to_owned())));
    let path = path
        .find("://")
        .and_then(|at| path.get(at + 3..))
        .map_or(path, |rest| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(paths::EXPLORER));
    let close = super::explorer::Asked::read(query).with(path, "goal", &[]);
    Ok(Html(panel_of(&state, &signed, id, &close).await?.into_string()).into_response())
}

async fn main(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let shown = told(&signed, &ctx, state.app.goal_page(&signed.actor, id).await?);
    Ok(Html(goal::main(&ctx, &shown).into_string()).into_response())
}

/// The panel of a goal; `close` is the page without it.
pub(crate) async fn panel_of(
    state: &AppState,
    signed: &Signed,
    id: Id,
    close: &str,
) -> Result<Markup, Failure> {
    let ctx = signed.ctx(state);
    let shown = told(signed, &ctx, state.app.goal_page(&signed.actor, id).await?);
    Ok(goal::panel(&ctx, &shown, &Around { close: close.to_owned(), previous: None, next: None }))
}

/// What the page shows, from what the use case found.
fn told(signed: &Signed, ctx: &Ctx, found: GoalPage) -> Goal {
    let organisation = &signed.membership.organization;
    let measured = found.goal.metric.kind != MetricKind::Percent;
    let rolls_up = found.goal.progress_mode == ProgressMode::Rollup && !found.goal.automatic_stopped;
    let counted = found.children.iter().filter(|child| child.share > 0.0).count();
    let (children, supporting): (Vec<_>, Vec<_>) =
        found.children.iter().partition(|child| rolls_up && child.share > 0.0);
    let value_of = |value: Option<f64>, progress: Option<f64>| if measured { value } else { progress };
    let shown = |value: f64| {
        if measured {
            format::value_with_unit(value, found.goal.metric.unit.as_deref())
        } else {
            format::percent(value)
        }
    };
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
        source: source(&found, counted),
        resume_from: (found.goal.automatic_stopped).then(|| match found.goal.progress_mode {
            ProgressMode::DataSource => String::from("data source"),
            _ => String::from("children"),
        }),
        tags: found.goal.tags.clone(),
        committed: found.goal.committed,
        restricted: found.goal.visibility == Visibility::Restricted,
        guidance: found.goal.scoring_guidance.clone().unwrap_or_default(),
        closure: found.goal.score.map(|score| {
            (score, found.band.unwrap_or(ScoreBand::Red), found.goal.closing_note.clone().unwrap_or_default())
        }),
        alerts: alerts(&found),
        history: history(ctx, &found, measured),
        children: children
            .iter()
            .map(|child| Child {
                id: child.line.id,
                kind: child.line.kind,
                title: child.line.title.clone(),
                share: Some(child.share),
                fixed: found.fixed.contains(&child.line.id),
                progress: child.line.progress,
            })
            .collect(),
        supporting: supporting
            .iter()
            .map(|child| Brief {
                id: child.line.id,
                kind: child.line.kind,
                title: child.line.title.clone(),
                team: rows::team(&child.line, organisation),
                progress: rows::progress(&child.line, None),
            })
            .collect(),
        tasks: found
            .tasks
            .iter()
            .map(|task| Task {
                id: task.id,
                title: task.name.clone(),
                owner: None,
                due: task.due_date,
                done: task.done,
            })
            .collect(),
        ladder: ladder(&found, organisation),
        check_ins: found
            .check_ins
            .iter()
            .enumerate()
            .map(|(at, row)| {
                let value = value_of(row.value, row.progress);
                let before =
                    found.check_ins.get(at + 1).and_then(|before| value_of(before.value, before.progress));
                CheckIn {
                    id: row.id,
                    goal: row.goal_id,
                    at: row.at,
                    author: row.author_name.clone().unwrap_or_else(|| String::from("Deleted user")),
                    value: value.map_or_else(|| String::from("No value"), shown),
                    change: value.zip(before).map(|(now, before)| format::change(now - before)),
                    status: Shown::from(row.status),
                    suggested: None,
                    note: row.note.clone().unwrap_or_default(),
                    automatic: row.source != "person" && row.source != "import",
                    edited: row.edited_at,
                    comments: talk(&found, Some(row.id)),
                    may_edit: row.author_id == Some(signed.actor.user_id),
                    may_comment: found.may_comment,
                }
            })
            .collect(),
        check_in_count: found.check_ins.len() + usize::from(found.more_check_ins),
        comments: talk(&found, None),
        activity: found
            .activity
            .iter()
            .map(|line| Activity {
                at: line.at,
                parts: vec![Part::Text(sentence(line.actor.as_deref(), &line.kind))],
            })
            .collect(),
        may: May {
            check_in: found.may_check_in,
            // Offered when there is a page behind them.
            edit: false,
            contribute: false,
            align: false,
            add_child: found.may_align_to && !found.goal.status.is_locked(),
            comment: found.may_comment,
        },
        actions: actions(&found),
    }
}

fn talk(found: &GoalPage, check_in: Option<Id>) -> Vec<Comment> {
    let of_it = found.comments.iter().filter(|comment| comment.check_in_id == check_in);
    of_it
        .map(|comment| Comment {
            id: comment.id,
            author: comment.author_name.clone().unwrap_or_else(|| String::from("Deleted user")),
            at: comment.created_at,
            text: comment.body.clone(),
        })
        .collect()
}

/// The change since the check-in before the last, with its day.
fn change(ctx: &Ctx, found: &GoalPage, measured: bool) -> Option<(f64, northing_core::values::Day)> {
    let (last, before) = (found.check_ins.first()?, found.check_ins.get(1)?);
    let of = |row: &northing_app::check_in::CheckInRow| if measured { row.value } else { row.progress };
    Some((of(last)? - of(before)?, before.at.day_in(&ctx.zone)))
}

fn source(found: &GoalPage, counted: usize) -> String {
    if found.goal.automatic_stopped {
        return String::from("Checked in by hand; automatic updates are stopped");
    }
    match found.goal.progress_mode {
        ProgressMode::Manual => String::from("Checked in by hand"),
        ProgressMode::DataSource => String::from("From a data source"),
        ProgressMode::Rollup if found.goal.kind == GoalKind::Initiative => String::from("From its tasks"),
        ProgressMode::Rollup => format!("Rolled up from {counted} of {} below", found.children.len()),
    }
}

fn alerts(found: &GoalPage) -> Vec<Alert> {
    let gravity = |level| match level {
        AlertLevel::NeedsAttention => Gravity::NeedsAttention,
        AlertLevel::AtRisk => Gravity::AtRisk,
    };
    let each = found.goal.alerts.iter();
    each.map(|alert| Alert {
        gravity: gravity(alert.level),
        below: false,
        texts: vec![alert.message.to_string()],
    })
    .collect()
}

/// The graph: a point for each change that is known, the straight or phased line, and where today should be.
fn history(ctx: &Ctx, found: &GoalPage, measured: bool) -> Option<History> {
    let metric = &found.goal.metric;
    let points: Vec<Point> = found
        .points
        .iter()
        .filter_map(|point| {
            let value = if measured { point.value } else { point.progress_unclamped }?;
            Some(Point { day: point.at.day_in(&ctx.zone), value, status: Shown::from(point.status) })
        })
        .collect();
    if points.is_empty() {
        return None;
    }
    let (from, target) = if measured { (metric.start, metric.target) } else { (0.0, Some(100.0)) };
    let at = |percent: f64| target.map(|target| from + (target - from) * percent / 100.0);
    let mut expected = Vec::new();
    if let (Some(target), Some(_)) = (target, found.goal.expected_progress) {
        expected.push((found.goal.start_date, from));
        expected.extend(found.goal.phases.iter().map(|phase| (phase.date, phase.target)));
        if expected.last().is_none_or(|(day, _)| *day < found.goal.due_date) {
            expected.push((found.goal.due_date, target));
        }
    }
    Some(History {
        name: metric.name.clone().unwrap_or_else(|| String::from("Progress")),
        unit: if measured { metric.unit.clone() } else { Some(String::from("%")) },
        start: found.goal.start_date,
        end: found.goal.due_date,
        from,
        target,
        points,
        expected,
        expected_now: found.goal.expected_progress.and_then(at),
    })
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

fn actions(found: &GoalPage) -> Vec<Entry> {
    let id = found.goal.id;
    let item = |icon, label: &str, href: String, danger| Item {
        icon,
        label: label.to_owned(),
        href,
        key: None,
        danger,
    };
    let mut entries = vec![Entry::Link(item("expand", "Open as full page", paths::goal(id), false))];
    if found.may_check_in {
        entries.push(Entry::Dialog(item(
            "checkin",
            "Check in",
            paths::goal_part(id, "check-ins/new"),
            false,
        )));
    }
    if found.may_align_to && !found.goal.status.is_locked() {
        entries.push(Entry::Dialog(item("plus", "New goal under this one", paths::new_child(id), false)));
    }
    if found.may_delete {
        entries.push(Entry::Rule);
        entries.push(Entry::Dialog(item("close", "Delete", paths::goal_part(id, "deletion"), true)));
    }
    entries
}

/// The actions of a row, loaded when its menu opens.
async fn row_menu(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let found = state.app.goal_page(&signed.actor, id).await?;
    Ok(Html(menu::entries(&signed.ctx(&state), &actions(&found)).into_string()).into_response())
}

/// `Ruth Adeyemi checked in`: who did what.
fn sentence(actor: Option<&str>, kind: &str) -> String {
    let who = actor.unwrap_or("Northing");
    let what = kind.replace(['_', '.'], " ");
    format!("{who}: {what}")
}
