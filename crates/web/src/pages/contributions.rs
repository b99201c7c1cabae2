//! The dialog about contributions by page, with its preview.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::Error;
use northing_app::goal::{ContributionLine, Contributions, ContributionsInput, Out, ShareEntry};
use northing_core::errors::FieldError;
use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::rollup::Way;
use northing_core::values::Id;
use northing_ui::components::feedback::{self, Tone};
use northing_ui::pages::check_in::{Preview, moves};
use northing_ui::pages::contributions::{self as ui, ContributionsForm, Share, Table, plain};
use northing_ui::{Ctx, format, paths};

use super::goal_move::again;
use super::preview::{above, nothing, own};
use super::{rows, shell};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/goals/{goal}/contributions", show)
        .post("/goals/{goal}/contributions", save)
        .post("/goals/{goal}/contributions/preview", preview)
}

async fn show(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let found = state.app.weigh_contributions(&signed.actor, id).await?;
    shown(&state, &signed, &ctx, StatusCode::OK, &form(&signed, &ctx, &found)).await
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    ctx: &Ctx,
    status: StatusCode,
    form: &ContributionsForm,
) -> Result<Response, Failure> {
    shell::dialog(state, signed, status, ui::form(ctx, form)).await
}

async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let version = version(&fields)?;
    let saved = match read(&fields) {
        Ok(input) => state.app.set_contributions(&signed.actor, id, version, input).await.map(drop),
        Err(errors) => Err(errors.into()),
    };
    let wrong = match saved {
        Ok(()) if signed.htmx => {
            let text = "Contributions saved";
            return Ok(again(&feedback::toast_swap(Tone::Good, text, None)));
        }
        Ok(()) => return Ok(go(&paths::goal(id), false)),
        Err(wrong @ (Error::Invalid(_) | Error::Refused(_) | Error::Conflict)) => wrong,
        Err(other) => return Err(other.into()),
    };
    let ctx = signed.ctx(&state);
    let found = state.app.weigh_contributions(&signed.actor, id).await?;
    let mut form = form(&signed, &ctx, &found);
    typed(&mut form, &fields);
    let status = match &wrong {
        Error::Conflict => {
            form.conflict = true;
            StatusCode::CONFLICT
        }
        wrong => {
            blame(&mut form, &fields, wrong);
            StatusCode::UNPROCESSABLE_ENTITY
        }
    };
    shown(&state, &signed, &ctx, status, &form).await
}

async fn preview(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let shown = previewed(&state, &signed, id, &fields).await?;
    Ok(Html(moves(&signed.ctx(&state), &shown).into_string()).into_response())
}

async fn previewed(state: &AppState, signed: &Signed, id: Id, fields: &Fields) -> Result<Preview, Failure> {
    let goal = state.app.goal(&signed.actor, id).await?;
    let done = match read(fields) {
        Ok(input) => state.app.preview_contributions(&signed.actor, id, &input).await,
        Err(errors) => Err(errors.into()),
    };
    match done {
        Ok(done) => {
            let mut moves = above(state, signed, &done.changed).await?;
            moves.push(own(&goal, &done.goal));
            Ok(Preview { moves, ..Preview::default() })
        }
        Err(Error::Invalid(errors)) => {
            let words: Vec<String> = errors.iter().map(|it| sentence(&it.message)).collect();
            Ok(nothing(words.join(" ")))
        }
        Err(Error::Refused(refusal)) => Ok(nothing(refusal.message)),
        Err(other) => Err(other.into()),
    }
}

fn version(fields: &Fields) -> Result<Option<i64>, FieldError> {
    let version = fields.filled("version").map(str::parse).transpose();
    version.map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))
}

/// What the form says. Shares of goals that cannot count are not in it and stay as they are.
fn read(fields: &Fields) -> Result<ContributionsInput, Vec<FieldError>> {
    let mut input = ContributionsInput {
        new_children_contribute: Some(fields.ticked("new_children_contribute")),
        reset: fields.ticked("reset"),
        ..ContributionsInput::default()
    };
    if input.reset {
        return Ok(input);
    }
    let mut errors = Vec::new();
    let of = |name: &str| -> Vec<Id> {
        let all = fields.pairs().iter().filter(|(key, _)| key == name);
        all.filter_map(|(_, id)| id.parse().ok()).collect()
    };
    let counts = of("counts");
    for child_id in of("listed") {
        let share = (!counts.contains(&child_id)).then_some(0.0);
        input.shares.push(ShareEntry { child_id, share });
    }
    for child_id in of("zero") {
        input.shares.push(ShareEntry { child_id, share: Some(0.0) });
    }
    for (name, value) in fields.pairs() {
        let Some(child_id) = name.strip_prefix("share-").and_then(|id| id.parse().ok()) else { continue };
        match percent(value) {
            Ok(share) => input.shares.push(ShareEntry { child_id, share }),
            Err(message) => errors.push(FieldError::new(name.clone(), "wrong_type", message)),
        }
    }
    if errors.is_empty() { Ok(input) } else { Err(errors) }
}

/// `33,3 %` and `33.3` alike; nothing for an equal part of what is left.
fn percent(typed: &str) -> Result<Option<f64>, &'static str> {
    let plain = typed.trim().trim_end_matches('%').trim().replace(',', ".");
    if plain.is_empty() {
        return Ok(None);
    }
    plain.parse::<f64>().ok().filter(|it| it.is_finite()).map(Some).ok_or("Type a number from 0 to 100.")
}

/// The form as it stands in the store.
fn form(signed: &Signed, ctx: &Ctx, found: &Contributions) -> ContributionsForm {
    let summed = found.way == Some(Way::Summed);
    ContributionsForm {
        goal: found.goal.id,
        kind: found.goal.kind,
        title: found.goal.title.clone(),
        version: found.goal.version,
        table: match found.way {
            Some(Way::Weighted) => Table::Shares,
            Some(Way::Summed) => Table::YesNo,
            None => Table::None(no_way(found)),
        },
        rows: found.lines.iter().map(|line| share(signed, ctx, line, summed)).collect(),
        hidden: found.hidden.clone(),
        new_children: found.goal.new_children_contribute,
        error: None,
        conflict: false,
        preview: nothing(if found.goal.automatic_stopped {
            "Automatic updates are stopped: the progress of this goal stays as it was checked in until you resume them."
        } else {
            "Change a share to see what moves."
        }),
    }
}

fn no_way(found: &Contributions) -> String {
    let reason = match (found.goal.kind, found.goal.progress_mode) {
        (GoalKind::Initiative, _) => "An initiative takes its progress from its tasks or from check-ins.",
        (_, ProgressMode::DataSource) => {
            "This goal takes its progress from a data source, not from the goals below it."
        }
        _ => {
            "This goal is checked in by hand, so the goals below it do not change its progress. Edit it and let its progress roll up to give them shares."
        }
    };
    reason.to_owned()
}

fn share(signed: &Signed, ctx: &Ctx, it: &ContributionLine, summed: bool) -> Share {
    let line = &it.line;
    let plural = ctx.terms.heading(line.kind);
    Share {
        id: line.id,
        kind: line.kind,
        title: line.title.clone(),
        team: rows::team(line, &signed.membership.organization),
        progress: rows::progress(line, None),
        value: line
            .metric
            .current
            .filter(|_| summed)
            .map_or_else(String::new, |value| format::value_with_unit(value, line.metric.unit.as_deref())),
        typed: it.fixed.map_or_else(String::new, plain),
        share: it.share,
        counts: it.fixed != Some(0.0),
        out: it.out.map(|out| match out {
            Out::Blocked if it.fixed == Some(0.0) => {
                format!("{plural} do not contribute in this organisation: an admin can allow it in OKR model.")
            }
            Out::Blocked => format!(
                "{plural} do not contribute in this organisation. This one still counts from before; it can only be set to 0%."
            ),
            Out::OtherUnit => String::from("Not counted: it is measured in another unit than this goal."),
        }),
        error: None,
        theirs: None,
    }
}

/// Puts back what was typed; where the store says otherwise, it says so beside it.
fn typed(form: &mut ContributionsForm, fields: &Fields) {
    form.new_children = fields.ticked("new_children_contribute");
    for row in &mut form.rows {
        let name = format!("share-{}", row.id);
        if let Some((_, typed)) = fields.pairs().iter().find(|(key, _)| *key == name) {
            if *typed != row.typed {
                let theirs =
                    if row.typed.is_empty() { String::from("automatic") } else { format!("{}%", row.typed) };
                row.theirs = Some(format!("Stored: {theirs}"));
            }
            row.typed.clone_from(typed);
        }
        let id = row.id.to_string();
        if fields.pairs().iter().any(|(key, value)| key == "listed" && *value == id) {
            row.counts = fields.pairs().iter().any(|(key, value)| key == "counts" && *value == id);
        }
    }
}

/// Puts what is wrong to the field that it is about.
fn blame(form: &mut ContributionsForm, fields: &Fields, wrong: &Error) {
    let errors = match wrong {
        Error::Invalid(errors) => errors.clone(),
        Error::Refused(refusal) => vec![FieldError::new("", refusal.code, refusal.message.clone())],
        _ => Vec::new(),
    };
    let entries = read(fields).map(|input| input.shares).unwrap_or_default();
    for error in errors {
        let place = error
            .field
            .strip_prefix("shares[")
            .and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
        let child = place.and_then(|at| entries.get(at)).map(|entry| entry.child_id);
        let child = child.or_else(|| error.field.strip_prefix("share-").and_then(|id| id.parse().ok()));
        match child.and_then(|id| form.rows.iter_mut().find(|row| row.id == id)) {
            Some(row) => row.error = Some(sentence(&error.message)),
            None => form.error = Some(sentence(&error.message)),
        }
    }
}

fn sentence(message: &str) -> String {
    let mut chars = message.chars();
    let first: String = chars.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}
