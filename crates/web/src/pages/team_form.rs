//! Making a team; its settings and people for those who may change it; putting it away.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use northing_app::invitations::Invitation;
use northing_app::teams::{NewTeam, Team, TeamChange, TeamSettings};
use northing_core::errors::FieldError;
use northing_core::people::TeamStatus;
use northing_core::permission::{Action, Thing};
use northing_core::settings::CreationPolicy;
use northing_core::values::Id;
use northing_ui::components::confirm::{self, Confirm};
use northing_ui::components::picker::Of;
use northing_ui::components::views::View;
use northing_ui::pages::admin::{Form, words};
use northing_ui::pages::entry::Typed;
use northing_ui::pages::team_form::{self, Head};
use northing_ui::paths;

use super::admin::invite::outcome;
use super::admin::{answer, dialog, form, not_saved, refuse, searching, typed, version};
use crate::extract::{Fields, Host, Signed};
use crate::failure::{Failure, go};
use crate::pages::explorer::Asked;
use crate::router::Pages;
use crate::state::AppState;

const NEW: &[(&str, Of)] = &[("parent_id", Of::Teams), ("owners", Of::People)];
const SETTINGS: &[(&str, Of)] = &[("parent_id", Of::Teams), ("creators", Of::People)];
const PEOPLE: &[(&str, Of)] = &[("owners", Of::People), ("members", Of::People)];

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(paths::NEW_TEAM, new)
        .post(paths::TEAMS, create)
        .get("/teams/{team}/settings", settings)
        .post("/teams/{team}/settings", save_settings)
        .get("/teams/{team}/members", people)
        .post("/teams/{team}/members", save_people)
        .post("/teams/{team}/invitations", invite)
        .get("/teams/{team}/archive", ask_archive)
        .post("/teams/{team}/archive", archive)
        .post("/teams/{team}/restoration", restore)
        .get("/teams/{team}/deletion", ask_deletion)
        .post("/teams/{team}/deletion", delete)
}

/// Every identifier in a field, in its order.
fn all(fields: &Fields, name: &'static str) -> Result<Vec<Id>, FieldError> {
    let values = fields.pairs().iter().filter(|(key, value)| key == name && !value.is_empty());
    values
        .map(|(_, value)| value.parse().map_err(|_| FieldError::new(name, "invalid", "is nobody here")))
        .collect()
}

fn one(fields: &Fields, name: &'static str) -> Result<Option<Id>, FieldError> {
    Ok(all(fields, name)?.first().copied())
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    typed: Typed,
    search: Option<&str>,
) -> Result<Response, Failure> {
    signed.actor.require(Action::TeamCreate, Thing::Organization, &signed.membership.settings)?;
    let form = form(state, signed, typed, NEW, search).await?;
    let shown = team_form::create(&signed.ctx(state), &form);
    dialog(state, signed, status, "New team", &shown).await
}

async fn new(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let values = form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).into_owned().collect();
    shown(&state, &signed, StatusCode::OK, Typed { values, ..Typed::default() }, None).await
}

async fn create(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let mut typed = typed(&fields);
    if let Some(field) = searching(&fields) {
        return shown(&state, &signed, StatusCode::OK, typed, Some(field)).await;
    }
    let read = || -> Result<NewTeam, FieldError> {
        let mut owners = all(&fields, "owners")?;
        if owners.is_empty() {
            owners.push(signed.actor.user_id);
        }
        Ok(NewTeam {
            name: fields.get("name").to_owned(),
            parent_id: one(&fields, "parent_id")?,
            team_type: fields.filled("team_type").map(str::to_owned),
            description: fields.filled("description").map(str::to_owned),
            owners,
            members: Vec::new(),
        })
    };
    let done = match read() {
        Ok(new) => state.app.create_team(&signed.actor, new).await,
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(team) => Ok(go(&paths::team(team.id), signed.htmx)),
        Err(error) => {
            refuse(&mut typed, error)?;
            shown(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, typed, None).await
        }
    }
}

fn head(it: &TeamSettings, open: &str) -> Head {
    let id = it.team.id;
    let tab =
        |name: &str, href: String| View { name: name.to_owned(), href, count: None, current: name == open };
    Head {
        id,
        name: it.team.name.clone(),
        above: it.above.iter().map(|(id, name)| (name.clone(), paths::team(*id))).collect(),
        views: vec![
            tab("Goals", paths::team(id)),
            tab("Members", format!("{}?tab=members", paths::team(id))),
            tab("Sub-teams", format!("{}?tab=sub-teams", paths::team(id))),
            tab("Settings", paths::team_part(id, "settings")),
        ],
        archived: it.team.status == TeamStatus::Archived,
        in_use: it.in_use,
        sub_teams: it.sub_teams,
        people: it.team.owners.len() + it.team.members.len(),
        version: it.team.version,
    }
}

fn pairs(values: &[(&str, String)], version: i64) -> Typed {
    let mut values: Vec<_> = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    values.push((String::from("version"), version.to_string()));
    Typed { values, ..Typed::default() }
}

fn stands(it: &Team) -> Typed {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut values = vec![
        ("name", it.name.clone()),
        ("parent_id", it.parent_id.map_or_else(String::new, |id| id.to_string())),
        ("team_type", text(&it.team_type)),
        ("description", text(&it.description)),
        ("goal_creation", it.goal_creation.map_or_else(String::new, |policy| policy.name().to_owned())),
        ("note_template", text(&it.note_template)),
    ];
    values.extend(it.creators.iter().map(|id| ("creators", id.to_string())));
    pairs(&values, it.version)
}

fn people_stand(it: &Team) -> Typed {
    let owners = it.owners.iter().map(|id| ("owners", id.to_string()));
    let members = it.members.iter().map(|id| ("members", id.to_string()));
    pairs(&owners.chain(members).collect::<Vec<_>>(), it.version)
}

async fn settings_page(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    it: &TeamSettings,
    form: &Form,
) -> Result<Response, Failure> {
    let default = match it.default_creation {
        CreationPolicy::TeamOwners => String::from("owners of the team"),
        other => words("create_team_goals", other.name()).to_lowercase(),
    };
    let page = team_form::settings(&signed.ctx(state), &head(it, "Settings"), form, &default);
    answer(state, signed, status, &page).await
}

async fn settings(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let it = state.app.team_settings(&signed.actor, id).await?;
    let form = form(&state, &signed, stands(&it.team), SETTINGS, None).await?;
    let saved = Asked::read(raw).one("saved").is_some();
    settings_page(&state, &signed, StatusCode::OK, &it, &Form { saved, ..form }).await
}

fn read_settings(fields: &Fields) -> Result<TeamChange, FieldError> {
    let text = |name| Some(fields.filled(name).map(str::to_owned));
    let rule = fields.filled("goal_creation").map(str::parse).transpose();
    Ok(TeamChange {
        name: Some(fields.get("name").to_owned()),
        parent_id: Some(one(fields, "parent_id")?),
        team_type: text("team_type"),
        description: text("description"),
        goal_creation: Some(rule.map_err(|_| FieldError::new("goal_creation", "invalid", "choose a rule"))?),
        creators: Some(all(fields, "creators")?),
        note_template: text("note_template"),
        ..TeamChange::default()
    })
}

async fn save_settings(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let typed = typed(&fields);
    if let Some(field) = searching(&fields) {
        let it = state.app.team_settings(&signed.actor, id).await?;
        let form = form(&state, &signed, typed, SETTINGS, Some(field)).await?;
        return settings_page(&state, &signed, StatusCode::OK, &it, &form).await;
    }
    let done = match read_settings(&fields) {
        Ok(change) => state.app.edit_team(&signed.actor, id, change, version(&fields)?).await,
        Err(error) => Err(error.into()),
    };
    let Err(error) = done else {
        return Ok(go(&format!("{}?saved=true", paths::team_part(id, "settings")), signed.htmx));
    };
    let it = state.app.team_settings(&signed.actor, id).await?;
    let now = stands(&it.team);
    let (status, form) =
        not_saved(&state, &signed, error, typed, &now, (team_form::LABELS, SETTINGS)).await?;
    settings_page(&state, &signed, status, &it, &form).await
}

async fn people_page(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    it: &TeamSettings,
    form: &Form,
) -> Result<Response, Failure> {
    let page = team_form::people(&signed.ctx(state), &head(it, "Members"), form, it.may_invite);
    answer(state, signed, status, &page).await
}

async fn people(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let it = state.app.team_settings(&signed.actor, id).await?;
    let form = form(&state, &signed, people_stand(&it.team), PEOPLE, None).await?;
    let saved = Asked::read(raw).one("saved").is_some();
    people_page(&state, &signed, StatusCode::OK, &it, &Form { saved, ..form }).await
}

async fn save_people(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let typed = typed(&fields);
    if let Some(field) = searching(&fields) {
        let it = state.app.team_settings(&signed.actor, id).await?;
        let form = form(&state, &signed, typed, PEOPLE, Some(field)).await?;
        return people_page(&state, &signed, StatusCode::OK, &it, &form).await;
    }
    let read = || -> Result<TeamChange, FieldError> {
        let (owners, members) = (all(&fields, "owners")?, all(&fields, "members")?);
        Ok(TeamChange { owners: Some(owners), members: Some(members), ..TeamChange::default() })
    };
    let done = match read() {
        Ok(change) => state.app.edit_team(&signed.actor, id, change, version(&fields)?).await,
        Err(error) => Err(error.into()),
    };
    let Err(error) = done else {
        return Ok(go(&format!("{}?tab=members", paths::team(id)), signed.htmx));
    };
    let it = state.app.team_settings(&signed.actor, id).await?;
    let now = people_stand(&it.team);
    let (status, form) =
        not_saved(&state, &signed, error, typed, &now, (team_form::PEOPLE_LABELS, PEOPLE)).await?;
    people_page(&state, &signed, status, &it, &form).await
}

async fn invite(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    Host(host): Host,
    fields: Fields,
) -> Result<Response, Failure> {
    let invitation = Invitation { people: fields.get("people").to_owned(), role: None, team: Some(id) };
    match state.app.invite(&signed.actor, invitation).await {
        Ok(done) => outcome(&state, &signed, &host, done, &format!("{}?tab=members", paths::team(id))).await,
        Err(error) => {
            let it = state.app.team_settings(&signed.actor, id).await?;
            let mut typed = people_stand(&it.team);
            typed.values.push((String::from("people"), fields.get("people").to_owned()));
            refuse(&mut typed, error)?;
            let form = form(&state, &signed, typed, PEOPLE, None).await?;
            people_page(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, &it, &form).await
        }
    }
}

async fn ask(
    state: &AppState,
    signed: &Signed,
    id: Id,
    question: fn(&Head) -> Confirm,
) -> Result<Response, Failure> {
    let it = state.app.team_settings(&signed.actor, id).await?;
    let question = question(&head(&it, "Settings"));
    let shown = confirm::dialog(&signed.ctx(state), &question);
    dialog(state, signed, StatusCode::OK, &question.title, &shown).await
}

async fn ask_archive(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    ask(&state, &signed, id, team_form::archive).await
}

async fn ask_deletion(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    ask(&state, &signed, id, team_form::deletion).await
}

async fn change_status(
    state: &AppState,
    signed: &Signed,
    id: Id,
    status: TeamStatus,
    fields: &Fields,
) -> Result<Response, Failure> {
    let change = TeamChange { status: Some(status), ..TeamChange::default() };
    state.app.edit_team(&signed.actor, id, change, version(fields)?).await?;
    Ok(go(&paths::team(id), signed.htmx))
}

async fn archive(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    change_status(&state, &signed, id, TeamStatus::Archived, &fields).await
}

async fn restore(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    change_status(&state, &signed, id, TeamStatus::Active, &fields).await
}

async fn delete(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    state.app.delete_team(&signed.actor, id, version(&fields)?).await?;
    Ok(go(paths::TEAMS, signed.htmx))
}
