//! Who may change a goal and who may align to it, by page.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use northing_app::Error;
use northing_app::explorer::Narrowing;
use northing_app::goal::{AccessChange, Capacity, Edited, GoalAccess};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::components::feedback::{self, Tone};
use northing_ui::components::person::Person;
use northing_ui::components::picker::{Choice, Of};
use northing_ui::pages::entry::Typed;
use northing_ui::pages::goal_access::{self as ui, AccessForm};
use northing_ui::paths;

use super::check_in::closing;
use super::pickers::{About, found, named};
use super::shell;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default().get("/goals/{goal}/access", show).post("/goals/{goal}/access", save)
}

async fn show(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let now = state.app.goal_access(&signed.actor, id).await?;
    let align = if now.goal.align_restricted { "named" } else { "anyone" };
    let values = vec![
        (String::from("version"), now.goal.version.to_string()),
        (String::from("align"), align.to_owned()),
    ];
    let mut form = form(&now, Typed { values, ..Typed::default() });
    form.editors = now.editors.into_iter().map(named).collect();
    form.aligners = now.aligners.into_iter().map(named).collect();
    shell::dialog(&state, &signed, StatusCode::OK, ui::form(&signed.ctx(&state), &form)).await
}

async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let version = fields.filled("version").map(str::parse::<i64>).transpose();
    let version = version.map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))?;
    if let Some(picker) = fields.filled("search") {
        let mut form = typed(&state, &signed, id, &fields).await?;
        let text = fields.get(&format!("{picker}_query")).trim();
        form.found =
            Some((picker.to_owned(), found(&state, &signed, Of::People, text, About::default()).await?));
        return shell::dialog(&state, &signed, StatusCode::OK, ui::form(&signed.ctx(&state), &form)).await;
    }
    let change = AccessChange {
        editors: people(&fields, "editors")?,
        align_restricted: fields.get("align") == "named",
        aligners: people(&fields, "aligners")?,
    };
    let (status, wrong) = match state.app.grant_access(&signed.actor, id, version, change).await {
        Ok(Edited::Saved(goal)) if signed.htmx => {
            let text = format!("Who may change “{}” was saved", goal.title);
            return Ok(closing(&feedback::toast_swap(Tone::Good, &text, None)));
        }
        Ok(Edited::Saved(_)) => return Ok(go(&paths::goal(id), false)),
        Ok(Edited::Stale(_)) => (StatusCode::CONFLICT, None),
        Err(wrong @ (Error::Invalid(_) | Error::Refused(_))) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Some(wrong.to_string()))
        }
        Err(other) => return Err(other.into()),
    };
    let mut form = typed(&state, &signed, id, &fields).await?;
    form.changed_meanwhile = status == StatusCode::CONFLICT;
    form.typed.refusal = wrong;
    shell::dialog(&state, &signed, status, ui::form(&signed.ctx(&state), &form)).await
}

/// The people chosen under a name; somebody who has no right without a name is none.
fn people(fields: &Fields, name: &'static str) -> Result<Vec<Id>, FieldError> {
    let chosen = fields.pairs().iter().filter(|(key, value)| key == name && !value.is_empty());
    chosen
        .map(|(_, id)| {
            id.parse().map_err(|_| FieldError::new(name, "invalid", "choose a person from the list"))
        })
        .collect()
}

/// The form as it was typed, over the goal as it is now.
async fn typed(state: &AppState, signed: &Signed, id: Id, fields: &Fields) -> Result<AccessForm, Failure> {
    let now = state.app.goal_access(&signed.actor, id).await?;
    let mut values = fields.pairs().to_vec();
    values.retain(|(name, _)| name != "version");
    values.push((String::from("version"), now.goal.version.to_string()));
    let mut form = form(&now, Typed { values, ..Typed::default() });
    let (editors, aligners) = (people(fields, "editors")?, people(fields, "aligners")?);
    let owners: Vec<Id> = editors.iter().chain(&aligners).copied().collect();
    let narrowing = Narrowing { owners, ..Narrowing::default() };
    let names = state.app.offer_filters(&signed.actor, &narrowing).await?.owners;
    let of = |ids: &[Id]| -> Vec<Choice> {
        names.iter().filter(|it| ids.contains(&it.id)).cloned().map(named).collect()
    };
    (form.editors, form.aligners) = (of(&editors), of(&aligners));
    Ok(form)
}

fn form(now: &GoalAccess, typed: Typed) -> AccessForm {
    // A person once, with everything that they are to it, in the order of the first.
    let mut people: Vec<(Person, Vec<String>)> = Vec::new();
    for (who, what) in &now.by_capacity {
        let word = word(*what).to_owned();
        match people.iter_mut().find(|(person, _)| person.id == who.id) {
            Some((_, words)) => words.push(word),
            None => people.push((Person { id: who.id, name: who.name.clone() }, vec![word])),
        }
    }
    AccessForm {
        goal: now.goal.id,
        kind: now.goal.kind,
        title: now.goal.title.clone(),
        by_capacity: people,
        editors: Vec::new(),
        aligners: Vec::new(),
        found: None,
        changed_meanwhile: false,
        typed,
    }
}

/// What somebody is to the goal, and what that allows where it is not everything.
const fn word(capacity: Capacity) -> &'static str {
    match capacity {
        Capacity::Owner => "Owner",
        Capacity::Delegate => "Delegate: everything but other owners",
        Capacity::CheckInOwner => "Checks in, contributions, data source",
        Capacity::Creator => "Created it",
        Capacity::TeamOwner => "Owns a team of it",
        Capacity::Manager => "Manager of an owner",
        Capacity::ParentOwner => "Owns a goal above it",
    }
}
