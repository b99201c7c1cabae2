//! What the pickers of forms find as one types: options to tick, ten at most, as far as the person may see and use them.

use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use northing_app::choices::{GoalChoice, Named};
use northing_app::tags::TagChoices;
use northing_core::values::Id;
use northing_ui::components::picker::{self, Choice, Of};

use super::explorer::Asked;
use crate::extract::Signed;
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/search/people", people)
        .get("/search/teams", teams)
        .get("/search/goals", goals)
        .get("/search/tags", tags)
}

/// What a search for parents depends on besides its text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct About {
    /// The period whose goals are suggested.
    pub(crate) period: Option<Id>,
    /// The goal to be aligned.
    pub(crate) child: Option<Id>,
    /// Every team, not only those for which the person may create goals: for filters.
    pub(crate) all: bool,
}

/// The options for a text.
pub(crate) async fn found(
    state: &AppState,
    signed: &Signed,
    of: Of,
    text: &str,
    about: About,
) -> Result<Vec<Choice>, Failure> {
    let (app, actor) = (&state.app, &signed.actor);
    Ok(match of {
        Of::People => app.find_people(actor, text).await?.into_iter().map(named).collect(),
        Of::Teams => app.find_teams(actor, text, !about.all).await?.into_iter().map(named).collect(),
        Of::Goals => {
            let goals = app.find_parents(actor, text, about.period, about.child).await?;
            goals.into_iter().map(|goal| goal_choice(&goal)).collect()
        }
        Of::Tags => tag_choices(app.find_tags(actor, text).await?),
    })
}

/// A person or a team as an option.
pub(crate) fn named(it: Named) -> Choice {
    Choice { value: it.id.to_string(), text: it.name, detail: it.detail.unwrap_or_default(), kind: None }
}

/// A goal as an option: with team, owner and period, which tell it from others.
pub(crate) fn goal_choice(it: &GoalChoice) -> Choice {
    let about = [it.team.as_deref(), it.owner.as_deref(), Some(it.period.as_str())];
    Choice {
        value: it.id.to_string(),
        text: it.title.clone(),
        detail: about.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        kind: Some(it.kind),
    }
}

/// A tag as an option.
pub(crate) fn tag_choice(name: &str) -> Choice {
    Choice { value: name.to_owned(), text: name.to_owned(), ..Choice::default() }
}

fn tag_choices(found: TagChoices) -> Vec<Choice> {
    let new = found.new.map(|name| Choice {
        text: name.clone(),
        value: name,
        detail: String::from("New tag"),
        kind: None,
    });
    found.names.iter().map(|name| tag_choice(name)).chain(new).collect()
}

async fn answer(state: &AppState, signed: &Signed, of: Of, raw: Option<String>) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let name = asked.one("name").unwrap_or("chosen");
    // The combobox sends its text under its own name.
    let text = asked.one("q").or_else(|| asked.one(&format!("{name}_query"))).unwrap_or_default();
    let all = asked.one("all") == Some("true");
    let about = About { period: asked.id("period")?, child: asked.id("child")?, all };
    let found = found(state, signed, of, text, about).await?;
    Ok(Html(picker::options(name, of, text, &found).into_string()).into_response())
}

macro_rules! searches {
    ($($(#[$meta:meta])* $name:ident = $of:ident;)+) => { $(
        $(#[$meta])*
        async fn $name(
            State(state): State<AppState>,
            signed: Signed,
            RawQuery(raw): RawQuery,
        ) -> Result<Response, Failure> {
            answer(&state, &signed, Of::$of, raw).await
        }
    )+ };
}

searches! {
    /// People who may own goals.
    people = People;
    /// Teams for which the person may create goals.
    teams = Teams;
    /// Goals that something can be aligned to.
    goals = Goals;
    /// Tags, and the text as a new one.
    tags = Tags;
}
