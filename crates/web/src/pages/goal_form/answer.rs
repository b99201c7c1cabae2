//! What the browser gets when a goal was created or saved: without scripts the goal's page; under htmx a toast, while the list
//! shows the new row and live updates the rest.

use axum::http::{HeaderMap, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use maud::html;
use northing_app::goal::view::GoalView;
use northing_ui::components::feedback;
use northing_ui::pages::goal_form;
use northing_ui::paths;
use serde_json::json;

use super::prefill::Wanted;
use super::units::{Pairs, value};
use crate::extract::Signed;
use crate::failure::{Failure, go};
use crate::pages::explorer::Asked;
use crate::pages::goal_link;
use crate::state::AppState;

/// A new goal; with `another` the form for the next one beside it.
pub(crate) async fn created(
    state: &AppState,
    signed: &Signed,
    goal: &GoalView,
    pairs: &Pairs,
) -> Result<Response, Failure> {
    let another = (value(pairs, "another") == "true").then(|| next(goal));
    if !signed.htmx {
        return Ok(go(&another.unwrap_or_else(|| paths::goal(goal.id)), false));
    }
    let made = if goal.link.is_some() { "Created and linked: " } else { "Created: " };
    let toast = feedback::toast_link(made, &goal.title, &paths::goal(goal.id));
    let parent = goal.parents.first().map(|parent| parent.id);
    let mut events = json!({ "tree:changed": { "goal": goal.id, "parent": parent } });
    let body = match another {
        Some(address) => {
            let query = address.split_once('?').map(|(_, query)| query.to_owned());
            let form = super::new_form(state, signed, &Wanted::read(&Asked::read(query))?).await?;
            html! { (goal_form::dialog(&signed.ctx(state), &form)) (toast) }
        }
        None => {
            if let Some(events) = events.as_object_mut() {
                events.insert(String::from("dialog:close"), json!({}));
            }
            toast
        }
    };
    let mut headers = HeaderMap::new();
    if let Ok(events) = HeaderValue::from_str(&events.to_string()) {
        headers.insert("hx-trigger", events);
    }
    Ok((headers, Html(body.into_string())).into_response())
}

/// The goal is saved; what follows is its data source.
async fn connect(state: &AppState, signed: &Signed, goal: &GoalView) -> Result<Response, Failure> {
    if !signed.htmx {
        return Ok(go(&paths::goal_part(goal.id, "link?saved=changed"), false));
    }
    let mut answer = goal_link::opened(state, signed, goal.id, None, Some("changed")).await?;
    let parent = goal.parents.first().map(|parent| parent.id);
    let events = json!({ "tree:changed": { "goal": goal.id, "parent": parent } });
    if let Ok(events) = HeaderValue::from_str(&events.to_string()) {
        answer.headers_mut().insert("hx-trigger", events);
    }
    Ok(answer)
}

/// The address of the form for a goal beside this one.
fn next(goal: &GoalView) -> String {
    let mut pairs = vec![
        ("kind", goal.kind.to_string()),
        ("period", goal.period_id.to_string()),
        ("another", String::from("true")),
    ];
    pairs.extend(goal.parents.first().map(|parent| ("parent", parent.id.to_string())));
    match goal.team_ids.first() {
        Some(team) => pairs.push(("team", team.to_string())),
        None => pairs.push(("level", goal.level.to_string())),
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{}?{query}", paths::NEW_GOAL)
}

/// A goal that was changed; `inline`: in its row, which takes the focus again.
pub(crate) async fn saved(
    state: &AppState,
    signed: &Signed,
    goal: &GoalView,
    pairs: &Pairs,
) -> Result<Response, Failure> {
    if value(pairs, "then") == "connect" {
        return connect(state, signed, goal).await;
    }
    if !signed.htmx {
        return Ok(go(&paths::goal(goal.id), false));
    }
    let in_list = value(pairs, "inline") == "true";
    let toast = feedback::toast_link("Saved: ", &goal.title, &paths::goal(goal.id));
    let changed = if in_list { json!({ "goal": goal.id }) } else { json!({}) };
    let events = json!({ "tree:changed": changed, "dialog:close": {} });
    let headers = [("hx-trigger", events.to_string())];
    Ok((headers, Html(toast.into_string())).into_response())
}
