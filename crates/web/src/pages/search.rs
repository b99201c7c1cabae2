//! The palette's results as one types, and the same as a page for links and readers without scripts.

use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use northing_app::search_all::Found;
use northing_core::text::fold;
use northing_ui::components::palette::{self, Group, Hit};
use northing_ui::components::status::Shown;
use northing_ui::pages::search;
use northing_ui::{format, icons, paths};

use super::explorer::Asked;
use super::{rows, shell};
use crate::extract::Signed;
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

mod acts;

/// What one types to check in on a goal.
const CHECK_IN: &str = "check in ";

pub(crate) fn routes() -> Pages {
    Pages::default().get(paths::SEARCH, results)
}

async fn results(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let query = asked.one("q").unwrap_or_default().trim();
    let about = asked.one("goal").and_then(|id| id.parse().ok());
    // "check in" and a goal: the goal is what is looked for.
    let (verb, words) = match query.get(..CHECK_IN.len()) {
        Some(verb) if verb.eq_ignore_ascii_case(CHECK_IN) => {
            (true, query.get(CHECK_IN.len()..).unwrap_or_default())
        }
        _ => (false, query),
    };
    let found = state.app.search_all(&signed.actor, words, about).await?;
    let mut all = acts::groups(&signed, &signed.ctx(&state), query, words, &found);
    let hits = groups(words, found, &signed.membership.organization);
    // What is found comes first, unless it is what to do that was asked for.
    let at = if verb || query.is_empty() { all.len() } else { 0 };
    all.splice(at..at, hits);
    let groups = all;
    if signed.htmx {
        return Ok(Html(palette::results(query, &groups).into_string()).into_response());
    }
    shell::document(&state, &signed, &search::page(query, &groups)).await
}

fn groups(query: &str, found: Found, organisation: &str) -> Vec<Group> {
    let plain = |icon, name: &str, detail, href| Hit {
        icon,
        text: marked(query, name),
        detail,
        status: None,
        key: None,
        href,
        dialog: false,
    };
    let goals = found.goals.iter().map(|line| {
        let team = rows::team(line, organisation);
        let detail = match line.progress_unclamped {
            Some(progress) if team.is_empty() => format::percent(progress),
            Some(progress) => format!("{team} {}", format::percent(progress)),
            None => team,
        };
        let status = Some(Shown::new(line.status, line.score, line.progress));
        Hit { status, ..plain(icons::station(line.kind), &line.title, detail, paths::goal(line.id)) }
    });
    let people = found
        .people
        .iter()
        .map(|it| plain("home", &it.name, it.detail.clone().unwrap_or_default(), paths::person(it.id)));
    let teams = found.teams.iter().map(|it| plain("team", &it.name, String::new(), paths::team(it.id)));
    let group = |name: &str, hits| Group { name: name.to_owned(), hits };
    vec![group("Goals", goals.collect()), group("People", people.collect()), group("Teams", teams.collect())]
}

/// Whether every word of the query begins a word of the text.
fn holds(query: &str, text: &str) -> bool {
    let (query, text) = (fold(query), fold(text));
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    query.split_whitespace().all(|begin| words.iter().any(|word| word.starts_with(begin)))
}

/// The text with each word marked that begins with a word of the query.
fn marked(query: &str, text: &str) -> Vec<(String, bool)> {
    let query = fold(query);
    let wanted: Vec<&str> = query.split_whitespace().collect();
    text.split_inclusive(' ')
        .map(|word| {
            let folded = fold(word);
            (word.to_owned(), wanted.iter().any(|begin| folded.starts_with(begin)))
        })
        .collect()
}
