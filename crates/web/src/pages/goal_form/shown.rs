//! The form as the page shows it: what was typed, with the names of what is chosen and what may be chosen.

use std::collections::HashMap;

use northing_app::goal::form::{FormAsk, FormView};
use northing_core::people::TeamStatus;
use northing_core::phases::first_step_back;
use northing_core::settings::OkrModel;
use northing_core::values::Id;
use northing_ui::components::picker::Choice;
use northing_ui::pages::entry::Typed;
use northing_ui::pages::goal_form::{DataSource, GoalForm, Kind, PhaseRow, Phases, Rules, looks_for};
use northing_ui::{format, paths};

use super::phases;
use super::read::{Read, read};
use super::units::{Pairs, all, value};
use crate::extract::Signed;
use crate::failure::Failure;
use crate::pages::pickers::{self, About};
use crate::state::AppState;

/// What the use case is asked for a form with these fields.
pub(crate) fn ask(goal: Option<Id>, pairs: &Pairs) -> FormAsk {
    let read = read(pairs, None);
    let (teams, people) = read.named();
    FormAsk { goal, parents: read.parents().to_vec(), teams, people }
}

/// The form with what was typed; `search` is the picker that a person without scripts searches in.
pub(crate) async fn form(
    state: &AppState,
    signed: &Signed,
    view: &FormView,
    typed: Typed,
    search: Option<&str>,
) -> Result<GoalForm, Failure> {
    let goal = view.goal.as_ref().map(|goal| goal.id);
    let mut typed = typed;
    let days = days(view, &typed.values);
    let read = read(&typed.values, days);
    follow_period(&mut typed, &read);
    let found = match search.and_then(|field| Some((field, looks_for(field)?))) {
        Some((field, of)) => {
            let text = value(&typed.values, &format!("{field}_query"));
            let about = About { period: read.period(), child: goal, ..About::default() };
            Some((field.to_owned(), pickers::found(state, signed, of, text, about).await?))
        }
        None => None,
    };
    let settings = &view.settings;
    Ok(GoalForm {
        goal,
        about: about(view, &typed.values),
        kinds: view
            .kinds
            .iter()
            .map(|it| Kind {
                kind: it.kind,
                reason: it.reason.as_ref().map(|reason| reason.message.to_string()),
                open: it.open,
            })
            .collect(),
        levels: view
            .levels
            .iter()
            .map(|(level, reason)| (*level, reason.as_ref().map(|reason| reason.message.to_string())))
            .collect(),
        periods: view
            .periods
            .iter()
            .map(|it| {
                (
                    it.id.to_string(),
                    if it.is_current { format!("{} (current)", it.name) } else { it.name.clone() },
                )
            })
            .collect(),
        chosen: chosen(view, &typed.values),
        found,
        rules: Rules {
            shared: settings.shared_goals
                || view.goal.as_ref().is_some_and(|it| it.owner_ids.len() > 1 || it.team_ids.len() > 1),
            multiple: settings.multiple_alignment,
            measured_objectives: settings.okr_model == OkrModel::Interchangeable,
            guidance: settings.scoring_guidance,
            owners: view.may_change_owners,
        },
        phases: phased(&typed.values, &read),
        conflict: None,
        locked: view.locked.as_ref().map(|refusal| refusal.message.to_string()),
        back: goal.map_or_else(|| back(&read), paths::goal),
        source: source(view),
        objectives_follow: (settings.okr_model == OkrModel::Classic)
            .then(|| northing_app::sources::objectives_follow().message.to_string()),
        typed,
    })
}

/// What the form says of the goal's data source.
fn source(view: &FormView) -> DataSource {
    let link = view.goal.as_ref().and_then(|goal| goal.link.as_ref());
    let text = |link: &serde_json::Value, name: &str| link.get(name)?.as_str().map(ToOwned::to_owned);
    match link {
        Some(link) => {
            let label = text(link, "label").unwrap_or_default();
            let by = text(link, "connection_name").map_or_else(String::new, |name| format!(" by {name}"));
            DataSource::Linked(format!("Follows {label}{by}"))
        }
        None if view.sources_on => DataSource::Offered,
        None if !view.sources_allowed => DataSource::Forbidden,
        None => DataSource::Off { admin: view.may_integrate },
    }
}

fn back(read: &Read) -> String {
    read.parents().first().map_or_else(|| paths::EXPLORER.to_owned(), |parent| paths::goal(*parent))
}

/// The days of the chosen period.
pub(crate) fn days(
    view: &FormView,
    pairs: &Pairs,
) -> Option<(northing_core::values::Day, northing_core::values::Day)> {
    let period = value(pairs, "period_id").parse::<Id>().ok()?;
    view.periods.iter().find(|it| it.id == period).map(|it| (it.start, it.end))
}

/// Days that were left as they came become those of the period that is chosen now.
fn follow_period(typed: &mut Typed, read: &Read) {
    let (Some(start), Some(due)) = read.days() else { return };
    let kept = |pairs: &Pairs| {
        value(pairs, "dates_of")
            == super::read::dates_text(value(pairs, "start_date"), value(pairs, "due_date"))
    };
    if !kept(&typed.values) {
        return;
    }
    let (start, due) = (start.to_string(), due.to_string());
    for (name, value) in &mut typed.values {
        match name.as_str() {
            "start_date" => value.clone_from(&start),
            "due_date" => value.clone_from(&due),
            "dates_of" => *value = super::read::dates_text(&start, &due),
            _ => {}
        }
    }
}

fn about(view: &FormView, pairs: &Pairs) -> String {
    let period = value(pairs, "period_id");
    let period = view.periods.iter().find(|it| it.id.to_string() == period).map(|it| it.name.as_str());
    let team = (value(pairs, "level") == "team")
        .then(|| all(pairs, "team_ids").find_map(|id| view.teams.get(&id.parse().ok()?)))
        .flatten()
        .map(|(team, _)| team.name.as_str());
    match (period, team) {
        (Some(period), Some(team)) => format!("{period}, in {team}"),
        (Some(period), None) => period.to_owned(),
        _ => String::new(),
    }
}

/// What the pickers have chosen, with names; what has none here says so, and the use case refuses it.
pub(crate) fn chosen(view: &FormView, pairs: &Pairs) -> HashMap<&'static str, Vec<Choice>> {
    let unknown =
        |id: &str| Choice { value: id.to_owned(), text: String::from("Unknown"), ..Choice::default() };
    let of = |name: &str, choice: &dyn Fn(Id) -> Option<Choice>| -> Vec<Choice> {
        let mut ids: Vec<&str> = Vec::new();
        for id in all(pairs, name).map(str::trim).filter(|id| !id.is_empty()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids.into_iter().map(|id| id.parse().ok().and_then(choice).unwrap_or_else(|| unknown(id))).collect()
    };
    let person = |id: Id| view.people.get(&id).cloned().map(pickers::named);
    let team = |id: Id| {
        let (team, status) = view.teams.get(&id).cloned()?;
        let mut choice = pickers::named(team);
        if status == TeamStatus::Archived {
            choice.detail = String::from("Archived");
        }
        Some(choice)
    };
    let goal = |id: Id| view.goals.get(&id).map(pickers::goal_choice);
    HashMap::from([
        ("parents", of("parents", &goal)),
        ("team_ids", of("team_ids", &team)),
        ("owner_ids", of("owner_ids", &person)),
        ("check_in_owner_id", of("check_in_owner_id", &person)),
        ("delegate_id", of("delegate_id", &person)),
        ("tags", all(pairs, "tags").filter(|tag| !tag.trim().is_empty()).map(pickers::tag_choice).collect()),
    ])
}

/// The phases as they would be saved; as they were typed where they cannot be read.
fn phased(pairs: &Pairs, read: &Read) -> Phases {
    let line = read.line();
    let interval = value(pairs, "phase_interval").to_owned();
    let readable = !read.errors.iter().any(|error| error.field.starts_with("phases"));
    let rows = match &line {
        Some(line) if readable => {
            let inner = read.phases().iter().filter(|phase| phase.date != line.due);
            inner
                .map(|phase| PhaseRow {
                    date: phase.date.to_string(),
                    target: phases::shown(line, phase.target),
                })
                .collect()
        }
        _ => phases::typed(pairs).into_iter().map(|(date, target)| PhaseRow { date, target }).collect(),
    };
    let back = line.as_ref().and_then(|line| first_step_back(read.phases(), line));
    Phases {
        rows,
        end: line
            .as_ref()
            .map(|line| PhaseRow { date: format::day_long(line.due), target: phases::shown(line, line.to) }),
        line: match (&line, readable) {
            (Some(line), true) => phases::line_text(line),
            // The rows that could not be read belong to the line before.
            _ => value(pairs, "phase_line").to_owned(),
        },
        spread: interval,
        warning: back.map(|phase| {
            format!(
                "The target by {} goes back against the direction of the measure. It can be saved like this.",
                format::day_long(phase.date)
            )
        }),
    }
}
