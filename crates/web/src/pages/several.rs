//! Changing or copying several goals by page: tick, say what, see what would happen, do it.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use northing_app::Error;
use northing_app::explorer::{ListPage, Narrowing, TreeLine};
use northing_app::goal::{CloneInput, EditedMany, ListPatch, ManyPatch, Rejected};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::components::picker::Of;
use northing_ui::components::status::Shown;
use northing_ui::pages::entry::Typed;
use northing_ui::pages::several::{self as ui, Line, Outcome, Several};
use northing_ui::paths;

use super::explorer::{Asked, list_path};
use super::pickers::{About, found, named, tag_choice};
use super::rows::team;
use super::shell;
use crate::extract::{Fields, Signed};
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default().get(paths::SEVERAL, show).post(paths::SEVERAL, act)
}

/// The list from which the goals come: its page's address, and the filters.
struct From {
    page: ListPage,
    entity: Option<Id>,
    asked: Asked,
    raw: String,
}

impl From {
    fn read(raw: String) -> Result<Self, Failure> {
        let asked = Asked::read(Some(raw.clone()));
        let (page, entity) = asked.list();
        Ok(Self { page, entity, asked, raw })
    }

    /// The page of the list with its filters.
    fn back(&self) -> String {
        self.asked.without(&list_path(self.page, self.entity), &["list", "all"])
    }
}

async fn show(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let from = From::read(raw.unwrap_or_default())?;
    let values = [("act", "edit".to_owned()), ("request", state.app.new_id().to_string())];
    let values = values.map(|(name, value)| (name.to_owned(), value)).to_vec();
    let fields = Fields::from(values);
    form(&state, &signed, &from, &fields, StatusCode::OK, Vec::new()).await
}

async fn act(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let from = From::read(fields.get("from").to_owned())?;
    let step = fields.get("step");
    if fields.filled("search").is_some() || !matches!(step, "preview" | "apply") {
        return form(&state, &signed, &from, &fields, StatusCode::OK, Vec::new()).await;
    }
    let dry_run = step == "preview";
    let done = match fields.get("act") {
        "copy" => copy(&state, &signed, &fields, dry_run).await,
        _ => edit(&state, &signed, &fields, dry_run).await,
    };
    let ctx = signed.ctx(&state);
    match done {
        Ok(outcome) if dry_run => {
            let told = |(name, _): &&(String, String)| !matches!(name.as_str(), "step" | "csrf" | "search");
            let fields: Vec<(String, String)> = fields.pairs().iter().filter(told).cloned().collect();
            shell::document(&state, &signed, &ui::preview(&ctx, &outcome, &fields)).await
        }
        Ok(outcome) => shell::document(&state, &signed, &ui::report(&outcome, &from.back())).await,
        Err(Failure::App(Error::Invalid(errors))) => {
            form(&state, &signed, &from, &fields, StatusCode::UNPROCESSABLE_ENTITY, errors).await
        }
        Err(other) => Err(other),
    }
}

fn ids(fields: &Fields, name: &str, field: &'static str) -> Result<Vec<Id>, FieldError> {
    let values = fields.pairs().iter().filter(|(key, value)| key == name && !value.is_empty());
    values
        .map(|(_, id)| id.parse().map_err(|_| FieldError::new(field, "invalid", "choose from the list")))
        .collect()
}

/// What the form says.
fn read(fields: &Fields, dry_run: bool) -> Result<ManyPatch, FieldError> {
    let texts = |name: &str| -> Vec<String> {
        let values = fields.pairs().iter().filter(|(key, value)| key == name && !value.is_empty());
        values.map(|(_, value)| value.clone()).collect()
    };
    let how = |name: &'static str| {
        let wrong = |_| FieldError::new(name, "invalid", "choose from the list");
        fields.filled(name).map(str::parse).transpose().map_err(wrong)
    };
    let owners =
        how("owners_how")?.map(|how| Ok(ListPatch { how, values: ids(fields, "owners", "owner_ids")? }));
    let level = fields.filled("place").map(str::parse).transpose();
    Ok(ManyPatch {
        goal_ids: ids(fields, "goal", "goal_ids")?,
        owners: owners.transpose()?,
        period_id: ids(fields, "period", "period_id")?.first().copied(),
        level: level.map_err(|_| FieldError::new("level", "invalid", "choose from the list"))?,
        team_ids: Some(ids(fields, "teams", "team_ids")?)
            .filter(|teams| !teams.is_empty() && fields.get("place") == "team"),
        tags: how("tags_how")?.map(|how| ListPatch { how, values: texts("tags") }),
        dry_run,
    })
}

async fn edit(state: &AppState, signed: &Signed, fields: &Fields, dry_run: bool) -> Result<Outcome, Failure> {
    let patch = read(fields, dry_run)?;
    let goals = patch.goal_ids.clone();
    let done = state.app.edit_goals(&signed.actor, patch).await?;
    let EditedMany { edited, unchanged, rejected } = done;
    let words = |fields: Vec<String>| {
        let mut words: Vec<&str> = fields.iter().map(|field| word(field)).collect();
        words.dedup();
        words.join(", ")
    };
    Ok(Outcome {
        changed: edited.into_iter().map(|it| (it.goal_id, it.title, words(it.changed))).collect(),
        unchanged: unchanged.len(),
        left_out: left_out(state, signed, &goals, rejected).await?,
        done: !dry_run,
        copies: false,
    })
}

/// What a field is called on the page.
fn word(field: &str) -> &'static str {
    match field {
        "owner_ids" => "Owners",
        "period_id" => "Period",
        "start_date" | "due_date" | "phases" => "Days",
        "level" | "team_ids" => "Belongs to",
        "tags" => "Tags",
        _ => "Other fields",
    }
}

async fn copy(state: &AppState, signed: &Signed, fields: &Fields, dry_run: bool) -> Result<Outcome, Failure> {
    let goals = ids(fields, "goal", "goal_ids")?;
    if goals.is_empty() {
        return Err(FieldError::new("goal_ids", "required", "name the goals to be copied").into());
    }
    let period_id = ids(fields, "into", "into")?.first().copied();
    if dry_run {
        let lines = state.app.list_lines(&signed.actor, &goals).await?;
        let (closed, open): (Vec<_>, Vec<_>) =
            lines.into_iter().map(|it| it.line).partition(|line| line.status.is_locked());
        let why = "Closed and postponed goals are copied one by one.";
        return Ok(Outcome {
            changed: open.into_iter().map(|it| (it.id, it.title, String::new())).collect(),
            left_out: closed.into_iter().map(|it| (it.id, it.title, why.to_owned())).collect(),
            copies: true,
            ..Outcome::default()
        });
    }
    let request_id = fields.filled("request").map(ToOwned::to_owned);
    let input = CloneInput { period_id, request_id, ..CloneInput::default() };
    let done = state.app.clone_goals(&signed.actor, goals.clone(), input).await?;
    Ok(Outcome {
        changed: done.cloned.into_iter().map(|it| (it.id, it.title, String::new())).collect(),
        left_out: left_out(state, signed, &goals, done.rejected).await?,
        done: true,
        copies: true,
        ..Outcome::default()
    })
}

/// Goals that were left out, by their titles; those that may not be seen have none.
async fn left_out(
    state: &AppState,
    signed: &Signed,
    goals: &[Id],
    rejected: Vec<Rejected>,
) -> Result<Vec<(Id, String, String)>, Failure> {
    if rejected.is_empty() {
        return Ok(Vec::new());
    }
    let lines = state.app.list_lines(&signed.actor, goals).await?;
    let title = |id| {
        let line = lines.iter().find(|it| it.line.id == id);
        line.map_or_else(|| String::from("A goal that is not there"), |it| it.line.title.clone())
    };
    Ok(rejected.into_iter().map(|it| (it.goal_id, title(it.goal_id), it.message)).collect())
}

async fn form(
    state: &AppState,
    signed: &Signed,
    from: &From,
    fields: &Fields,
    status: StatusCode,
    errors: Vec<FieldError>,
) -> Result<Response, Failure> {
    let mut query = from.asked.query(from.page, from.entity)?;
    query.flat = true;
    query.open.clear();
    let view = state.app.list_tree(&signed.actor, &query).await?;
    let ticked = ids(fields, "goal", "goal_ids").unwrap_or_default();
    let all = from.asked.one("all") == Some("true") && fields.filled("step").is_none();
    let narrowing = Narrowing {
        owners: ids(fields, "owners", "owner_ids").unwrap_or_default(),
        teams: ids(fields, "teams", "team_ids").unwrap_or_default(),
        ..Narrowing::default()
    };
    let offer = state.app.offer_filters(&signed.actor, &narrowing).await?;
    let mut typed = Typed { values: fields.pairs().to_vec(), ..Typed::default() };
    let at = |it: &FieldError| it.field.split(['[', '.']).next().unwrap_or_default().to_owned();
    typed.errors = errors.iter().map(|it| (at(it), it.message.to_string())).collect();
    let picker = fields.filled("search").unwrap_or_default();
    let found = match picker {
        "owners" | "teams" | "tags" => {
            let of = match picker {
                "owners" => Of::People,
                "teams" => Of::Teams,
                _ => Of::Tags,
            };
            let text = fields.get(&format!("{picker}_query")).trim();
            Some((picker.to_owned(), found(state, signed, of, text, About::default()).await?))
        }
        _ => None,
    };
    let names = view.shown.iter().map(|period| period.name.as_str()).collect::<Vec<_>>().join(" and ");
    let organisation = &signed.membership.organization;
    let tick = |it: TreeLine| line(it, organisation, |id| all || ticked.contains(&id));
    let shown = Several {
        what: format!("Goals, {names}"),
        back: from.back(),
        from: from.raw.clone(),
        lines: view.lines.into_iter().map(tick).collect(),
        tick: (
            from.asked.with(paths::SEVERAL, "all", &[String::from("true")]),
            from.asked.with(paths::SEVERAL, "all", &[]),
        ),
        more: view.next.map(|cursor| from.asked.with(paths::SEVERAL, "cursor", &[cursor])),
        periods: view.periods.into_iter().map(|it| (it.id.to_string(), it.name)).collect(),
        owners: offer.owners.into_iter().map(named).collect(),
        teams: offer.teams.into_iter().map(named).collect(),
        tags: fields
            .pairs()
            .iter()
            .filter(|(name, _)| name == "tags")
            .map(|(_, it)| tag_choice(it))
            .collect(),
        found,
        typed,
    };
    let mut answer = shell::document(state, signed, &ui::page(&signed.ctx(state), &shown)).await?;
    *answer.status_mut() = status;
    Ok(answer)
}

fn line(it: TreeLine, organisation: &str, ticked: impl Fn(Id) -> bool) -> Line {
    let line = it.line;
    let owners = line.owners.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
    let about = [owners, team(&line, organisation)];
    Line {
        goal: line.id,
        kind: line.kind,
        about: about.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · "),
        status: Shown::new(line.status, line.score, line.progress),
        ticked: ticked(line.id),
        title: line.title,
    }
}
