//! The tree of teams with archived ones.

use std::collections::HashMap;

use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use northing_app::PageRequest;
use northing_app::teams::{Branch, TeamTree};
use northing_core::people::TeamStatus;
use northing_core::values::Id;
use northing_ui::pages::admin::teams;
use northing_ui::paths;

use crate::extract::Signed;
use crate::failure::Failure;
use crate::pages::explorer::Asked;
use crate::pages::shell;
use crate::router::Pages;
use crate::state::AppState;

/// Teams at the top before the list goes on by scrolling.
const ROWS: u32 = 60;

pub(super) fn routes() -> Pages {
    Pages::default().get(paths::ADMIN_TEAMS, tree).get("/admin/teams/rows", rows)
}

struct Found {
    query: String,
    lines: Vec<teams::Branch>,
    more: Option<String>,
}

async fn found(state: &AppState, signed: &Signed, asked: &Asked) -> Result<Found, Failure> {
    let query = asked.one("q").unwrap_or_default().trim().to_owned();
    let open: Vec<Id> = asked.all("open").filter_map(|id| id.parse().ok()).collect();
    let page = PageRequest::new(Some(ROWS), asked.one("cursor").map(str::to_owned))?;
    let TeamTree { top, below } = state.app.team_tree(&signed.actor, &query, &open, &page).await?;
    let more = top.next.map(|cursor| asked.with("/admin/teams/rows", "cursor", &[cursor]));
    let mut children: HashMap<Id, Vec<Branch>> = HashMap::new();
    for branch in below {
        if let Some(parent) = branch.parent_id {
            children.entry(parent).or_default().push(branch);
        }
    }
    let mut lines = Vec::new();
    for branch in top.items {
        put(branch, 0, query.is_empty(), &open, &mut children, asked, &mut lines);
    }
    Ok(Found { query, lines, more })
}

/// Puts a team and what is shown below it.
fn put(
    it: Branch,
    depth: usize,
    nested: bool,
    open: &[Id],
    children: &mut HashMap<Id, Vec<Branch>>,
    asked: &Asked,
    lines: &mut Vec<teams::Branch>,
) {
    let is_open = open.contains(&it.id);
    let toggle = (nested && it.children > 0).then(|| {
        let others = open.iter().filter(|id| **id != it.id).copied();
        let open: Vec<String> = others.chain((!is_open).then_some(it.id)).map(|id| id.to_string()).collect();
        asked.with(paths::ADMIN_TEAMS, "open", &open)
    });
    let count = |number: i64| usize::try_from(number).unwrap_or(0);
    lines.push(teams::Branch {
        id: it.id,
        name: it.name,
        depth,
        team_type: it.team_type.unwrap_or_default(),
        lead: it.lead,
        people: count(it.people),
        goals: count(it.goals),
        archived: it.status == TeamStatus::Archived,
        toggle,
        open: is_open,
    });
    for child in children.remove(&it.id).unwrap_or_default() {
        put(child, depth + 1, nested, open, children, asked, lines);
    }
}

async fn tree(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let it = found(&state, &signed, &Asked::read(raw)).await?;
    shell::document(&state, &signed, &teams::page(&it.query, &it.lines, it.more.as_deref())).await
}

async fn rows(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let it = found(&state, &signed, &Asked::read(raw)).await?;
    Ok(Html(teams::rows(&it.lines, it.more.as_deref()).into_string()).into_response())
}
