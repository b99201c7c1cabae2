//! My OKRs, the start page: what I must check in now comes first, then what I own and where it leads.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use northing_app::explorer::{Line, ListPage};
use northing_core::goal::GoalKind;
use northing_core::metric::MetricKind;
use northing_core::permission::{Action, Thing};
use northing_core::status::Status;
use northing_ui::components::alignment::{Ladder, Step};
use northing_ui::components::goal_list::Brief;
use northing_ui::components::status::Shown;
use northing_ui::pages::home::{self, Due, Home};
use northing_ui::{Ctx, format, paths};

use super::explorer::{Asked, grid, strip};
use super::{rows, shell};
use crate::extract::Signed;
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default().get(paths::HOME, page)
}

async fn page(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let ctx = signed.ctx(&state);
    let mut query = asked.query(ListPage::Person, Some(signed.actor.user_id))?;
    query.unfold = true;
    let view = state.app.list_tree(&signed.actor, &query).await?;
    let due = state.app.due_check_ins(&signed.actor).await?;
    let periods: Vec<_> = view.shown.iter().map(|period| period.id).collect();
    let teams = state.app.my_teams(&signed.actor, &periods).await?;
    let troubled = state.app.troubled_goals(&signed.actor).await?;
    let strip = strip(&view, &asked, paths::HOME);
    let mine = format!("person:{}", signed.actor.user_id);
    let close = paths::closing(&mine, view.period.as_ref().map(|period| period.id));
    let selected = asked.id("goal")?;
    let panel = match selected {
        Some(goal) => {
            Some(super::goal::panel_of(&state, &signed, goal, &asked.with(paths::HOME, "goal", &[])).await?)
        }
        None => None,
    };
    let counts = GoalKind::ALL.iter().map(|kind| {
        (*kind, view.lines.iter().filter(|row| row.depth == 1 && row.line.kind == *kind).count())
    });
    let counts: Vec<_> = counts.collect();
    let first = view.lines.first().map(|row| row.line.id);
    let ladder = match first {
        Some(goal) => {
            let found = state.app.goal_page(&signed.actor, goal).await?;
            let step = |line: &Line, additional| Step {
                id: line.id,
                kind: line.kind,
                title: line.title.clone(),
                team: rows::team(line, &signed.membership.organization),
                status: Shown::new(line.status, line.score, line.progress),
                additional,
            };
            Some(Ladder {
                north_star: found.north_star.clone(),
                above: found.above.iter().map(|above| step(&above.line, above.additional)).collect(),
                here: (found.goal.kind, found.goal.title.clone()),
                below: Vec::new(),
            })
        }
        None => None,
    };
    let may = |action| signed.actor.may(action, Thing::Organization, &signed.membership.settings);
    let may_create = may(Action::GoalCreateIndividual);
    let content = Home {
        strip,
        notices: super::notices::told(state.app.notices(&signed.actor).await?, &troubled),
        due_all: due.all,
        due: due.lines.iter().map(|line| owed(&ctx, line)).collect(),
        troubled: troubled.iter().map(super::admin::integrations::troubled).collect(),
        owned: grid(&state, &signed, &ctx, &asked, &query, view, selected, paths::HOME),
        owned_counts: counts,
        close,
        teams_all: teams.all,
        teams: teams.teams.iter().map(team_goals).collect(),
        ladder,
        may_create,
        panel,
        live: Some(String::from("/live")),
    };
    shell::document(&state, &signed, &home::page(&ctx, &content)).await
}

fn team_goals(team: &northing_app::my_teams::TeamGoals) -> home::TeamGoals {
    let brief = |(line, expected): &(Line, Option<f64>)| Brief {
        id: line.id,
        kind: line.kind,
        title: line.title.clone(),
        team: String::new(),
        progress: rows::progress(line, *expected),
    };
    home::TeamGoals {
        id: team.id,
        name: team.name.clone(),
        all: team.all,
        goals: team.goals.iter().map(brief).collect(),
    }
}

/// A check-in that is owed, as its row asks for it.
fn owed(ctx: &Ctx, line: &Line) -> Due {
    let percent = line.metric.kind == MetricKind::Percent;
    let unit = line.metric.unit.as_deref();
    let current = if percent { line.progress_unclamped } else { line.metric.current };
    let shown =
        |value: f64| if percent { format::percent(value) } else { format::value_with_unit(value, unit) };
    Due {
        goal: line.id,
        version: 0,
        kind: line.kind,
        title: line.title.clone(),
        detail: match (current, line.last_check_in_at) {
            (Some(value), Some(at)) => {
                format!(
                    "{} at last check-in, {}",
                    shown(value),
                    format::age_words(at.day_in(&ctx.zone), ctx.today)
                )
            }
            _ => format!("Not started. Due {}", format::day(line.due, ctx.today)),
        },
        value: current.map(|value| ((value * 10_000.0).round() / 10_000.0).to_string()).unwrap_or_default(),
        unit: match line.metric.span().filter(|_| !percent) {
            Some((start, target)) => {
                format!("of {} → {}", format::value(start, unit), format::value_with_unit(target, unit))
            }
            None => String::from(if percent { "%" } else { unit.unwrap_or_default() }),
        },
        statuses: if line.metric.kind == MetricKind::Baseline {
            vec![Status::InProgress]
        } else {
            vec![Status::OnTrack, Status::Behind, Status::AtRisk]
        },
        error: None,
    }
}
