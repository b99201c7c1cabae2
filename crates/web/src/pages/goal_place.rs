//! *Move to …* by page: the form, its places for another goal above, and the move itself.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::Error;
use northing_app::explorer::ListPage;
use northing_app::goal::{MoveInput, Place, Placing, PlacingAsk};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::components::feedback::{self, Tone};
use northing_ui::components::picker::Of;
use northing_ui::pages::check_in::Preview;
use northing_ui::pages::placement::{self, FIRST, LAST, PlacementForm, Places};
use northing_ui::paths;
use serde_json::json;

use super::around::{Around, named_list};
use super::explorer::Asked;
use super::goal_move::{ordered, sentence, undo_of};
use super::pickers::{About, found, goal_choice};
use super::preview::{above, nothing};
use super::shell;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/goals/{goal}/placement", show)
        .post("/goals/{goal}/placement", save)
        .post("/goals/{goal}/placement/places", places)
}

/// A list and whose it is.
type List = (ListPage, Option<Id>);

fn list_name((page, entity): List) -> String {
    entity.map_or_else(|| page.to_string(), |id| format!("{page}:{id}"))
}

/// What the form says: where the goal stands, and where it is to go.
struct Typed {
    list: List,
    from: Option<Id>,
    to: Option<Id>,
    position: String,
}

impl Typed {
    fn read(fields: &Fields) -> Result<Self, FieldError> {
        let list = named_list(fields.filled("list").unwrap_or("all"));
        let list = list.ok_or_else(|| FieldError::new("list", "invalid", "is no list"))?;
        let id = |name: &'static str, text: &str| {
            text.parse::<Id>().map_err(|_| FieldError::new(name, "invalid", "is no goal"))
        };
        let from = fields.filled("from").map(|text| id("from", text)).transpose()?;
        let mut above = fields.pairs().iter().filter(|(name, value)| name == "parent" && !value.is_empty());
        let to = above.next().map(|(_, text)| id("parent", text)).transpose()?;
        if above.next().is_some() {
            let message = "Choose one goal: untick the other. Further ones are set by Change alignment.";
            return Err(FieldError::new("parent", "too_many", message));
        }
        Ok(Self { list, from, to, position: fields.get("position").to_owned() })
    }

    fn ask(&self) -> PlacingAsk {
        PlacingAsk { listed: true, from: self.from, to: Some(self.to) }
    }
}

async fn show(
    State(state): State<AppState>,
    signed: Signed,
    around: Around,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let from = asked.id("under")?;
    // A row says where it stands; elsewhere the goal's first parent counts.
    let listed = from.is_some() || asked.one("top").is_some();
    let list = if listed { around.list(&signed) } else { (ListPage::All, None) };
    let ask = PlacingAsk { listed, from, to: None };
    let found = state.app.placing(&signed.actor, id, ask, ordered(list.0), list.1).await?;
    let form = form(&state, &signed, list, found, None).await?;
    answer(&state, &signed, StatusCode::OK, &form).await
}

async fn answer(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    form: &PlacementForm,
) -> Result<Response, Failure> {
    shell::dialog(state, signed, status, placement::form(&signed.ctx(state), form)).await
}

async fn form(
    state: &AppState,
    signed: &Signed,
    list: List,
    it: Placing,
    position: Option<&str>,
) -> Result<PlacementForm, Failure> {
    let places = offered(state, signed, &it, position).await?;
    Ok(PlacementForm {
        goal: it.goal.id,
        kind: it.goal.kind,
        title: it.goal.title,
        from: it.from,
        list: list_name(list),
        with: format!("&child={}&period={}", it.goal.id, it.period_id),
        parent: it.to.iter().map(goal_choice).collect(),
        others: it.others.len(),
        query: String::new(),
        found: None,
        places,
        error: None,
        conflict: false,
    })
}

/// The places there; chosen is the one that was typed, or where the goal stands, or the last one.
async fn offered(
    state: &AppState,
    signed: &Signed,
    it: &Placing,
    position: Option<&str>,
) -> Result<Places, Failure> {
    let stands = match (it.here, it.behind) {
        (true, Some(behind)) => format!("after:{behind}"),
        (true, None) => FIRST.to_owned(),
        (false, _) => it.beside.last().map_or(FIRST.to_owned(), |(id, _)| format!("after:{id}")),
    };
    let known = |position: &&str| {
        *position == FIRST
            || (*position == LAST && it.beside.len() > 1)
            || it.beside.iter().any(|(id, _)| position.strip_prefix("after:") == Some(&id.to_string()))
    };
    let position = position.filter(known).map_or(stands, ToOwned::to_owned);
    let to = it.to.as_ref().map(|to| to.id);
    let preview = if to == it.from {
        Preview::default()
    } else {
        let wanted: Vec<Id> = to.into_iter().chain(it.others.iter().copied()).collect();
        match state.app.preview_parents(&signed.actor, it.goal.id, &wanted).await {
            Ok(changed) if changed.is_empty() => nothing("No progress moves by this."),
            Ok(changed) => Preview { moves: above(state, signed, &changed).await?, ..Preview::default() },
            Err(error) => nothing(why(&error).ok_or(error)?),
        }
    };
    Ok(Places { beside: it.beside.clone(), position, preview })
}

/// Why a place was refused, where that is for the form to say.
fn why(error: &Error) -> Option<String> {
    match error {
        Error::Invalid(errors) => {
            Some(errors.iter().map(|error| error.message.as_ref()).collect::<Vec<&str>>().join(" "))
        }
        Error::Refused(refusal) | Error::Forbidden(refusal) => Some(refusal.message.to_string()),
        _ => None,
    }
}

async fn places(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let typed = Typed::read(&fields)?;
    let (page, entity) = typed.list;
    let found = state.app.placing(&signed.actor, id, typed.ask(), ordered(page), entity).await?;
    let places = offered(&state, &signed, &found, None).await?;
    Ok(Html(placement::places(&signed.ctx(&state), &places).into_string()).into_response())
}

async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let typed = match Typed::read(&fields) {
        Ok(typed) => typed,
        Err(error) if error.field == "parent" => {
            let found = state
                .app
                .placing(&signed.actor, id, PlacingAsk::default(), ordered(ListPage::All), None)
                .await?;
            let mut again = form(&state, &signed, (ListPage::All, None), found, None).await?;
            again.error = Some(error.message.to_string());
            return answer(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, &again).await;
        }
        Err(error) => return Err(error.into()),
    };
    match fields.filled("search") {
        Some("places") => return again(&state, &signed, id, &typed, None).await,
        Some(_) => return search(&state, &signed, id, &typed, fields.get("parent_query").trim()).await,
        None => {}
    }
    let (place, reference) = read(&typed.position)?;
    let (page, entity_id) = typed.list;
    let input =
        MoveInput { place, reference, from: typed.from, to: typed.to, page: ordered(page), entity_id };
    match state.app.move_goal(&signed.actor, id, input).await {
        Ok(_) if !signed.htmx => Ok(go(&paths::goal(id), false)),
        Ok(done) => {
            let text = sentence(&signed.ctx(&state), &done, place);
            let undo = done.change.map(|change| undo_of(&signed, id, change));
            let toast = feedback::toast_swap(Tone::Good, &text, undo.as_ref());
            let events = json!({ "tree:changed": { "goal": id, "parent": typed.to }, "dialog:close": {} });
            Ok(([("hx-trigger", events.to_string())], Html(toast.into_string())).into_response())
        }
        Err(error @ (Error::Conflict | Error::Refused(_) | Error::Invalid(_) | Error::Forbidden(_))) => {
            again(&state, &signed, id, &typed, Some(error)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The place and the goal beside it; none chosen is the last.
fn read(position: &str) -> Result<(Place, Option<Id>), FieldError> {
    let wrong = || FieldError::new("position", "invalid", "is no place here");
    match position {
        FIRST => Ok((Place::First, None)),
        LAST | "" => Ok((Place::Last, None)),
        other => {
            let id = other.strip_prefix("after:").and_then(|id| id.parse().ok()).ok_or_else(wrong)?;
            Ok((Place::After, Some(id)))
        }
    }
}

/// The form as it was typed: with the places there, and with why it was refused.
async fn again(
    state: &AppState,
    signed: &Signed,
    id: Id,
    typed: &Typed,
    refused: Option<Error>,
) -> Result<Response, Failure> {
    let (page, entity) = typed.list;
    let ask = match refused {
        // Where it stood is no longer so: as it is now.
        Some(Error::Conflict) => PlacingAsk::default(),
        _ => typed.ask(),
    };
    let found = state.app.placing(&signed.actor, id, ask, ordered(page), entity).await?;
    let mut form = form(state, signed, typed.list, found, Some(&typed.position)).await?;
    let status = match refused {
        None => StatusCode::OK,
        Some(Error::Conflict) => {
            form.conflict = true;
            StatusCode::CONFLICT
        }
        Some(error) => {
            form.error = why(&error);
            form.places.preview = Preview::default();
            StatusCode::UNPROCESSABLE_ENTITY
        }
    };
    answer(state, signed, status, &form).await
}

/// The form with what its search found: for readers without scripts.
async fn search(
    state: &AppState,
    signed: &Signed,
    id: Id,
    typed: &Typed,
    text: &str,
) -> Result<Response, Failure> {
    let (page, entity) = typed.list;
    let it = state.app.placing(&signed.actor, id, typed.ask(), ordered(page), entity).await?;
    let about = About { period: Some(it.period_id), child: Some(id), ..About::default() };
    let mut form = form(state, signed, typed.list, it, Some(&typed.position)).await?;
    let mut options = found(state, signed, Of::Goals, text, about).await?;
    options.retain(|option| !form.parent.iter().any(|it| it.value == option.value));
    form.found = Some(options);
    text.clone_into(&mut form.query);
    answer(state, signed, StatusCode::OK, &form).await
}
