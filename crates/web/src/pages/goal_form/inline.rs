//! Goals added in their list: a line to type the title into, at the end of an open branch or of the list.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use northing_app::Error;
use northing_app::goal::form::FormAsk;
use northing_core::errors::FieldError;
use northing_core::goal::GoalKind;
use northing_core::values::Id;
use northing_ui::components::add_row::{self, Add};
use northing_ui::components::tree;
use northing_ui::paths;

use super::prefill::{self, Wanted};
use super::read::read;
use super::shown;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go, sentence_case};
use crate::pages::around::Around;
use crate::pages::explorer::Asked;
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default().get("/goals/inline", line).post("/goals/inline", create)
}

/// Where a line stands.
struct Place {
    kind: GoalKind,
    add: Add,
}

impl Place {
    fn read(asked: &Asked) -> Result<Self, Failure> {
        let kind = asked.one("kind").unwrap_or_default().parse();
        let kind = kind.map_err(|_| FieldError::new("kind", "invalid", "is no kind of goal"))?;
        let about = ["period", "team", "owner", "level"];
        let about = about.iter().filter_map(|name| Some((*name, asked.one(name)?.to_owned()))).collect();
        let depth = asked.one("depth").and_then(|depth| depth.parse().ok()).unwrap_or(1).clamp(1, 64);
        Ok(Self { kind, add: Add { parent: asked.id("parent")?, kinds: vec![kind], depth, about } })
    }
}

/// The line; with `leave` what stood there before it.
async fn line(
    State(state): State<AppState>,
    signed: Signed,
    around: Around,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let mut place = Place::read(&asked)?;
    if !signed.htmx {
        return Ok(go(&format!("{}?{}", paths::NEW_GOAL, about(&place)), false));
    }
    place.add.kinds = match place.add.parent {
        Some(parent) => state.app.kinds_below(&signed.actor, parent).await?,
        None => {
            let (page, entity) = around.list(&signed);
            state.app.kinds_on_top(&signed.actor, page, entity).await?
        }
    };
    let ctx = signed.ctx(&state);
    let fragment = if asked.one("leave") == Some("true") {
        add_row::links(&ctx, &place.add)
    } else {
        add_row::line(&ctx, &place.add, place.kind, "", None)
    };
    Ok(Html(fragment.into_string()).into_response())
}

fn about(place: &Place) -> String {
    let parent = place.add.parent.map(|parent| ("parent", parent.to_string()));
    let pairs = place.add.about.iter().cloned().chain(parent);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("kind", place.kind.name()).extend_pairs(pairs).finish()
}

async fn create(
    State(state): State<AppState>,
    signed: Signed,
    around: Around,
    fields: Fields,
) -> Result<Response, Failure> {
    let asked = Asked::posted(fields.pairs().to_vec());
    let place = Place::read(&asked)?;
    let ctx = signed.ctx(&state);
    match make(&state, &signed, &asked).await {
        Ok(id) if !signed.htmx => Ok(go(&paths::goal(id), false)),
        Ok(id) => {
            let row = row(&state, &signed, &around, &place, id).await?;
            let next = add_row::line(&ctx, &place.add, place.kind, "", None);
            Ok(Html(html! { (row) (next) }.into_string()).into_response())
        }
        Err(Failure::App(error @ (Error::Invalid(_) | Error::Refused(_) | Error::Forbidden(_))))
            if signed.htmx =>
        {
            let (status, words) = refusal(&error);
            let again = add_row::line(&ctx, &place.add, place.kind, fields.get("title"), Some(&words));
            Ok((status, Html(again.into_string())).into_response())
        }
        Err(other) => Err(other),
    }
}

/// Makes the goal as the form would that opens there.
async fn make(state: &AppState, signed: &Signed, asked: &Asked) -> Result<Id, Failure> {
    let wanted = Wanted::read(asked)?;
    let ask = FormAsk {
        goal: None,
        parents: wanted.parents.clone(),
        teams: wanted.teams.clone(),
        people: wanted.owners.clone(),
    };
    let view = state.app.goal_form(&signed.actor, &ask).await?;
    let mut values = prefill::new(&wanted, &view, signed.actor.user_id);
    // What was asked for is what is made, or refused: the form would offer another kind.
    for (name, value) in &mut values {
        if name == "kind" {
            asked.one("kind").unwrap_or_default().clone_into(value);
        }
    }
    let input = read(&values, shown::days(&view, &values)).input().map_err(Error::from)?;
    Ok(state.app.create_goal(&signed.actor, input).await?.id)
}

/// The new goal's row, where the line stood.
async fn row(
    state: &AppState,
    signed: &Signed,
    around: &Around,
    place: &Place,
    id: Id,
) -> Result<Markup, Failure> {
    let mut line = state.app.list_line(&signed.actor, id, around.info()).await?;
    line.depth = place.add.depth;
    line.under = place.add.parent;
    // It stands at the end; in a list without a parent the page knows how many there are.
    if let Some(parent) = place.add.parent {
        let above = state.app.list_lines(&signed.actor, &[parent]).await?;
        let children = above.first().and_then(|it| usize::try_from(it.line.child_count).ok());
        line.siblings = children.unwrap_or(1).max(1);
        line.place = line.siblings;
    }
    let ctx = signed.ctx(state);
    let row = around.rows(signed, &ctx).one(line, false);
    Ok(tree::row(&ctx, &row))
}

fn refusal(error: &Error) -> (StatusCode, String) {
    match error {
        Error::Invalid(errors) => {
            let words: Vec<String> = errors.iter().map(|error| sentence_case(&error.message)).collect();
            (StatusCode::UNPROCESSABLE_ENTITY, words.join(" "))
        }
        Error::Forbidden(refusal) => (StatusCode::FORBIDDEN, refusal.message.to_string()),
        other => (StatusCode::UNPROCESSABLE_ENTITY, sentence_case(&other.to_string())),
    }
}
