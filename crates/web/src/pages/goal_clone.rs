//! Copying a goal by page.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use northing_app::Error;
use northing_app::goal::{CloneInput, CloneOffer, CloneScope};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::components::feedback;
use northing_ui::components::picker::{Choice, Of};
use northing_ui::pages::clone_goal::{self as ui, CloneForm};
use northing_ui::pages::entry::Typed;
use northing_ui::paths;

use super::goal_move::again;
use super::pickers::{About, found, goal_choice};
use super::shell;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default().get("/goals/{goal}/clone", show).post("/goals/{goal}/clone", copy)
}

async fn show(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let offer = state.app.offer_clone(&signed.actor, id).await?;
    let mut values = vec![(String::from("scope"), String::from("goal"))];
    values.push((String::from("request"), offer.request_id.to_string()));
    let current = offer.periods.iter().find(|period| period.is_current);
    values.extend(current.map(|period| (String::from("period"), period.id.to_string())));
    let form = form(&signed, offer, Typed { values, ..Typed::default() });
    shown(&state, &signed, StatusCode::OK, &form).await
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    form: &CloneForm,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(state);
    shell::dialog(state, signed, status, ui::form(&ctx, form)).await
}

async fn copy(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    if let Some(picker) = fields.filled("search") {
        let of = if picker == "owner" { Of::People } else { Of::Goals };
        let mut form = typed(&state, &signed, id, &fields).await?;
        let text = fields.get(&format!("{picker}_query")).trim();
        form.found = Some((picker.to_owned(), found(&state, &signed, of, text, About::default()).await?));
        return shown(&state, &signed, StatusCode::OK, &form).await;
    }
    let made = match read(&fields) {
        Ok(input) => state.app.clone_goal(&signed.actor, id, input).await,
        Err(errors) => Err(errors.into()),
    };
    let wrong = match made {
        Ok(goal) if signed.htmx => {
            let period = state.app.period(&signed.actor, goal.period_id).await?;
            let what = format!("Copied to {}: ", period.name);
            return Ok(again(&feedback::toast_link(&what, &goal.title, &paths::goal(goal.id))));
        }
        Ok(goal) => return Ok(go(&paths::goal(goal.id), false)),
        Err(wrong @ (Error::Invalid(_) | Error::Refused(_))) => wrong,
        Err(other) => return Err(other.into()),
    };
    let mut form = typed(&state, &signed, id, &fields).await?;
    match wrong {
        Error::Invalid(errors) => {
            let field = |it: &FieldError| {
                if it.field.starts_with("parents") { String::from("parents") } else { it.field.to_string() }
            };
            form.typed.errors = errors.iter().map(|it| (field(it), it.message.to_string())).collect();
        }
        other => form.typed.refusal = Some(other.to_string()),
    }
    shown(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, &form).await
}

fn read(fields: &Fields) -> Result<CloneInput, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut id = |name: &str, field: &'static str, text: &str| -> Option<Id> {
        let read = text.parse().ok();
        if read.is_none() {
            errors.push(FieldError::new(field, "invalid", format!("Choose the {name} from the list.")));
        }
        read
    };
    let period_id = fields.filled("period").and_then(|text| id("period", "period_id", text));
    let owner_id = fields.filled("owner").and_then(|text| id("owner", "owner_id", text));
    let parents = fields.pairs().iter().filter(|(name, _)| name == "parent");
    let parents = parents.filter_map(|(_, text)| id("goal", "parents", text)).collect();
    let scope = fields.filled("scope").map(str::parse::<CloneScope>).transpose();
    let scope = scope.unwrap_or_else(|_| {
        errors.push(FieldError::new("scope", "invalid", "Choose how much is copied."));
        None
    });
    let request_id = fields.filled("request").map(ToOwned::to_owned);
    if errors.is_empty() {
        Ok(CloneInput { period_id, scope, owner_id, parents, request_id })
    } else {
        Err(errors)
    }
}

/// The form as it was typed.
async fn typed(state: &AppState, signed: &Signed, id: Id, fields: &Fields) -> Result<CloneForm, Failure> {
    let offer = state.app.offer_clone(&signed.actor, id).await?;
    let mut form = form(signed, offer, Typed { values: fields.pairs().to_vec(), ..Typed::default() });
    let parents: Vec<Id> = fields
        .pairs()
        .iter()
        .filter(|(name, _)| name == "parent")
        .filter_map(|(_, id)| id.parse().ok())
        .collect();
    form.parents = state.app.chosen_goals(&signed.actor, &parents).await?.iter().map(goal_choice).collect();
    if let Some(owner) = fields.filled("owner").and_then(|id| id.parse::<Id>().ok()) {
        let member = state.app.person_page(&signed.actor, owner, None).await.ok();
        form.owner = member
            .map(|it| Choice { value: owner.to_string(), text: it.person.name, ..Choice::default() })
            .into_iter()
            .collect();
    }
    Ok(form)
}

fn form(signed: &Signed, offer: CloneOffer, typed: Typed) -> CloneForm {
    let name = |current: bool, name: String| if current { format!("{name} (current)") } else { name };
    CloneForm {
        goal: offer.goal.id,
        kind: offer.goal.kind,
        title: offer.goal.title,
        has_children: offer.goal.child_count > 0,
        periods: offer
            .periods
            .into_iter()
            .map(|it| (it.id.to_string(), name(it.is_current, it.name)))
            .collect(),
        owner: Vec::new(),
        parents: Vec::new(),
        several: signed.membership.settings.multiple_alignment,
        found: None,
        typed,
    }
}
