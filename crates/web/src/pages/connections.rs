//! Connections to other systems by page: listed, made, tried, changed, removed. No answer carries a secret.

mod read;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::Error;
use northing_app::sources::{
    AZURE_DEVOPS, Connection, ConnectionChange, Failed, NewConnection, TestResult, place,
};
use northing_core::permission::{Action, Thing};
use northing_core::values::Id;
use northing_ui::pages::connection::{self, ConnectionForm, ConnectionLine, DRAFT, Found, SECRETS, Tested};
use northing_ui::pages::entry::Typed;
use northing_ui::paths;

use self::read::{Entered, read};
use super::explorer::Asked;
use super::goal_link::{self, Draft};
use super::{admin, shell, typed};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(paths::CONNECTIONS, list)
        .post(paths::CONNECTIONS, create)
        .get(paths::NEW_CONNECTION, new)
        .post("/connections/test", test)
        .post("/connections/projects", projects)
        .get("/connections/{connection}", edit)
        .post("/connections/{connection}", save)
        .get("/connections/{connection}/deletion", ask)
        .post("/connections/{connection}/deletion", delete)
}

/// Trouble as a sentence, and what to do about it.
pub(crate) fn words(it: &Failed) -> (String, String) {
    (format!("{}.", it.message.trim_end_matches('.')), it.remedy.clone())
}

/// A connection as lists show it; `off`: its integration is switched off.
pub(crate) fn line(signed: &Signed, it: &Connection, off: bool) -> ConnectionLine {
    ConnectionLine {
        id: it.id,
        name: it.name.clone(),
        place: place(&it.config),
        owner: it.owner.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
        mine: it.owner.as_ref().is_some_and(|(id, _)| *id == signed.actor.user_id),
        shared: it.shared,
        links: usize::try_from(it.links).unwrap_or(0),
        last_ok_at: it.last_ok_at,
        error: it.error.as_ref().map(words),
        expires_on: it.expires_on,
        off,
        may_manage: it.may_manage,
    }
}

async fn list(State(state): State<AppState>, signed: Signed) -> Result<Response, Failure> {
    let on = state.app.integration_is_on(&signed.actor, AZURE_DEVOPS).await?;
    let all = state.app.connections(&signed.actor).await?;
    let lines: Vec<ConnectionLine> = all.iter().map(|it| line(&signed, it, !on)).collect();
    let may = signed.actor.may(Action::ConnectionCreate, Thing::Organization, &signed.membership.settings);
    shell::document(&state, &signed, &connection::list(&signed.ctx(&state), &lines, on && may)).await
}

/// Where a form leads back to: the link that waits for it, else the list that the person sees.
fn back(signed: &Signed, goal: Option<Id>) -> String {
    let settings = &signed.membership.settings;
    match goal {
        Some(goal) => paths::goal(goal),
        None if signed.actor.may(Action::IntegrationManage, Thing::Organization, settings) => {
            paths::integration(AZURE_DEVOPS, "")
        }
        None => paths::CONNECTIONS.to_owned(),
    }
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    form: &ConnectionForm,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(state);
    if signed.htmx {
        return Ok((status, Html(connection::dialog(&ctx, form).into_string())).into_response());
    }
    admin::answer(state, signed, status, &connection::page(&ctx, form)).await
}

async fn new(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    fresh(&state, &signed, Asked::read(raw).id("goal")?).await
}

/// The form of a first connection, for a goal that waits to be linked.
pub(crate) async fn first(state: &AppState, signed: &Signed, goal: Id) -> Result<Response, Failure> {
    fresh(state, signed, Some(goal)).await
}

/// The form of a new connection, for a goal that is created with its link.
pub(crate) async fn first_of_draft(
    state: &AppState,
    signed: &Signed,
    draft: &Draft,
) -> Result<Response, Failure> {
    begun(state, signed, None, waiting(draft)).await
}

/// The form of a connection that a goal which is created with its link waits for.
pub(crate) async fn mend_for_draft(
    state: &AppState,
    signed: &Signed,
    draft: &Draft,
    id: Id,
) -> Result<Response, Failure> {
    let it = mine(state, signed, id).await?;
    let mut form = stands(signed, &it, None);
    form.typed.values.extend(waiting(draft));
    shown(state, signed, StatusCode::OK, &form).await
}

fn waiting(draft: &Draft) -> Vec<(String, String)> {
    let [goal, link] = DRAFT;
    vec![(goal.to_owned(), draft.goal_text()), (link.to_owned(), draft.link_text())]
}

async fn fresh(state: &AppState, signed: &Signed, goal: Option<Id>) -> Result<Response, Failure> {
    begun(state, signed, goal, Vec::new()).await
}

async fn begun(
    state: &AppState,
    signed: &Signed,
    goal: Option<Id>,
    mut values: Vec<(String, String)>,
) -> Result<Response, Failure> {
    state.app.may_connect(&signed.actor, AZURE_DEVOPS).await?;
    values.push((String::from("auth"), String::from("pat")));
    let form = ConnectionForm {
        typed: Typed { values, ..Typed::default() },
        goal,
        back: back(signed, goal),
        ..ConnectionForm::default()
    };
    shown(state, signed, StatusCode::OK, &form).await
}

/// The form again with what was typed, but for secrets.
fn again(signed: &Signed, fields: &Fields) -> ConnectionForm {
    let mut values = typed::values(fields);
    values.retain(|(name, _)| !SECRETS.contains(&name.as_str()));
    let id = |name| fields.filled(name).and_then(|text| text.parse().ok());
    let goal = id("goal");
    ConnectionForm {
        typed: Typed { values, ..Typed::default() },
        connection: id("connection"),
        goal,
        back: back(signed, goal),
        ..ConnectionForm::default()
    }
}

async fn refused(
    state: &AppState,
    signed: &Signed,
    fields: &Fields,
    error: Error,
) -> Result<Response, Failure> {
    let (status, wrong) = typed::refused(error, fields)?;
    let mut form = again(signed, fields);
    form.typed.errors = wrong.errors;
    form.typed.refusal = wrong.refusal;
    shown(state, signed, status, &form).await
}

/// Asks the other system as soon as a connection is saved, so that lists say how it stands; then goes on to where the form came
/// from: to the link that waits, with the connection chosen.
async fn done(
    state: &AppState,
    signed: &Signed,
    fields: &Fields,
    connection: Id,
) -> Result<Response, Failure> {
    match state.app.test_connection(&signed.actor, connection).await {
        // What the other system says is kept with the connection; one that is off is not asked.
        Ok(_) | Err(Error::Refused(_)) => {}
        Err(error) => return Err(error.into()),
    }
    if fields.filled("draft").is_some() {
        return goal_link::begin_draft(state, signed, Draft::of_link(fields.pairs()), Some(connection)).await;
    }
    let goal: Option<Id> = fields.filled("goal").and_then(|text| text.parse().ok());
    match goal {
        Some(goal) if signed.htmx => goal_link::opened(state, signed, goal, Some(connection), None).await,
        Some(goal) => Ok(go(&format!("{}?connection={connection}", paths::goal_part(goal, "link")), false)),
        None => Ok(go(&back(signed, None), signed.htmx)),
    }
}

async fn create(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let made = match read(&fields) {
        Ok(Entered { name, shared, config, secret, expires_on }) => {
            let new =
                NewConnection { kind: AZURE_DEVOPS.to_owned(), name, shared, config, secret, expires_on };
            state.app.create_connection(&signed.actor, new).await
        }
        Err(error) => Err(error.into()),
    };
    match made {
        Ok(made) => done(&state, &signed, &fields, made.id).await,
        Err(error) => refused(&state, &signed, &fields, error).await,
    }
}

/// The form with a connection as it stands.
fn stands(signed: &Signed, it: &Connection, goal: Option<Id>) -> ConnectionForm {
    let config = &it.config;
    let app = config.client_id.is_some();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let values = [
        ("name", it.name.clone()),
        ("account", config.account.clone()),
        ("project", config.project.clone()),
        ("auth", String::from(if app { "app" } else { "pat" })),
        ("tenant_id", text(&config.tenant_id)),
        ("client_id", text(&config.client_id)),
        ("authority", text(&config.authority)),
        ("expires_on", it.expires_on.map(|day| day.to_string()).unwrap_or_default()),
        ("shared", it.shared.to_string()),
        ("version", it.version.to_string()),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value)).to_vec();
    ConnectionForm {
        typed: Typed { values, ..Typed::default() },
        connection: Some(it.id),
        goal,
        back: back(signed, goal),
        ..ConnectionForm::default()
    }
}

/// A connection that the person may change.
async fn mine(state: &AppState, signed: &Signed, id: Id) -> Result<Connection, Failure> {
    let it = state.app.connection(&signed.actor, id).await?;
    if it.may_manage { Ok(it) } else { Err(Failure::App(Error::NotFound("connection"))) }
}

async fn edit(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let it = mine(&state, &signed, id).await?;
    let form = stands(&signed, &it, Asked::read(raw).id("goal")?);
    shown(&state, &signed, StatusCode::OK, &form).await
}

async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let version = admin::version(&fields)?;
    let saved = match read(&fields) {
        Ok(it) => {
            let change = ConnectionChange {
                secret: it.new_secret(),
                name: Some(it.name),
                shared: Some(it.shared),
                config: Some(it.config),
                expires_on: Some(it.expires_on),
            };
            state.app.change_connection(&signed.actor, id, version, change).await
        }
        Err(error) => Err(error.into()),
    };
    match saved {
        Ok(_) => done(&state, &signed, &fields, id).await,
        Err(Error::Conflict) => {
            let now = mine(&state, &signed, id).await?;
            let mut form = again(&signed, &fields);
            form.connection = Some(id);
            admin::renew(&mut form.typed, now.version);
            form.typed.refusal = Some(format!(
                "Somebody else changed {} meanwhile. Save again to put what you typed in its place.",
                now.name
            ));
            shown(&state, &signed, StatusCode::CONFLICT, &form).await
        }
        Err(error) => refused(&state, &signed, &fields, error).await,
    }
}

async fn test(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let it = read(&fields)?;
    let mut form = again(&signed, &fields);
    let found = state.app.test_draft(&signed.actor, &it.config, &it.secret, form.connection).await;
    form.tested = Some(match found {
        Ok(TestResult::Good(found)) => Tested::Good {
            identity: found.identity,
            server: found.server,
            project: found.container_name,
            queries: found.choices,
        },
        Ok(TestResult::Bad(failed)) => {
            let (message, remedy) = words(&failed);
            Tested::Bad { message, remedy }
        }
        Err(error) => {
            Tested::Bad { message: unfit(error)?, remedy: String::from("Correct it and test again.") }
        }
    });
    if signed.htmx {
        return Ok(Html(connection::result(form.tested.as_ref()).into_string()).into_response());
    }
    shown(&state, &signed, StatusCode::OK, &form).await
}

/// What is wrong with the entries, in one sentence; other errors are no matter of the form.
fn unfit(error: Error) -> Result<String, Failure> {
    match error {
        Error::Invalid(errors) => {
            let all: Vec<String> = errors
                .iter()
                .map(|it| {
                    let field = it.field.rsplit('.').next().unwrap_or("");
                    let label = match field {
                        "account" => "Account: ",
                        "project" => "Project: ",
                        "tenant_id" => "Tenant: ",
                        "client_id" => "Application: ",
                        "secret" => "Token or secret: ",
                        _ => "",
                    };
                    format!("{label}{}", it.message)
                })
                .collect();
            Ok(all.join("; "))
        }
        Error::Refused(refusal) => Ok(refusal.message.to_string()),
        other => Err(other.into()),
    }
}

async fn projects(
    State(state): State<AppState>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Failure> {
    let it = read(&fields)?;
    let mut form = again(&signed, &fields);
    let found = state.app.projects_of_draft(&signed.actor, &it.config, &it.secret, form.connection).await;
    form.found = match found {
        Ok(projects) => Found::Projects(projects.into_iter().map(|project| project.name).collect()),
        Err(error) => Found::Failed(unfit(error)?),
    };
    if signed.htmx {
        return Ok(Html(connection::project(&form).into_string()).into_response());
    }
    shown(&state, &signed, StatusCode::OK, &form).await
}

async fn ask(State(state): State<AppState>, signed: Signed, Path(id): Path<Id>) -> Result<Response, Failure> {
    let it = mine(&state, &signed, id).await?;
    let shown = connection::deletion(&signed.ctx(&state), &line(&signed, &it, false), it.version);
    admin::dialog(&state, &signed, StatusCode::OK, "Remove connection", &shown).await
}

async fn delete(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    state.app.delete_connection(&signed.actor, id, admin::version(&fields)?).await?;
    Ok(go(&back(&signed, None), signed.htmx))
}
