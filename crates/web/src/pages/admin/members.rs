//! Members: the list, several changed together, one changed, and how they come in and go.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::PageRequest;
use northing_app::members::{ManagedMember, ManagedMembers, Member, MemberChange, MemberFilter};
use northing_core::errors::FieldError;
use northing_core::people::MemberStatus;
use northing_core::values::{Id, Moment};
use northing_ui::components::confirm::{self, Confirm};
use northing_ui::components::person::Person;
use northing_ui::components::picker::Of;
use northing_ui::pages::admin::members::{self, MemberLine, Narrowed};
use northing_ui::pages::admin::requests::Asking;
use northing_ui::pages::admin::{Form, invite, member, requests};
use northing_ui::pages::entry::Typed;
use northing_ui::{Ctx, format, paths};

use super::invite::address;
use super::{answer, dialog, form, not_saved, searching, typed, version, zones};
use crate::extract::{Fields, Host, Signed};
use crate::failure::{Failure, go};
use crate::pages::explorer::Asked;
use crate::pages::shell;
use crate::router::Pages;
use crate::state::AppState;

/// Rows before the list goes on by scrolling.
const ROWS: u32 = 60;
const PICKERS: &[(&str, Of)] = &[("manager_id", Of::People)];

pub(super) fn routes() -> Pages {
    Pages::default()
        .get(paths::MEMBERS, list)
        .get("/admin/members/rows", rows)
        .post("/admin/members/bulk", together)
        .post("/admin/requests/{join_request}/acceptance", accept)
        .post("/admin/requests/{join_request}/refusal", decline)
        .get("/admin/members/{user}", show)
        .post("/admin/members/{user}", save)
        .post("/admin/members/{user}/link", make_link)
        .post("/admin/members/{user}/link/cancellation", cancel_link)
        .post("/admin/members/{user}/activation", activate)
        .get("/admin/members/{user}/deactivation", ask_deactivation)
        .post("/admin/members/{user}/deactivation", deactivate)
        .get("/admin/members/{user}/deletion", ask_deletion)
        .post("/admin/members/{user}/deletion", delete)
}

struct Found {
    narrowed: Narrowed,
    lines: Vec<MemberLine>,
    more: Option<String>,
}

async fn found(state: &AppState, signed: &Signed, asked: &Asked) -> Result<Found, Failure> {
    let wrong =
        |field, error: northing_core::values::InvalidValue| FieldError::new(field, "invalid", error.0);
    let filter = MemberFilter {
        role: asked.one("role").map(str::parse).transpose().map_err(|error| wrong("role", error))?,
        status: asked.one("status").map(str::parse).transpose().map_err(|error| wrong("status", error))?,
        text: asked.one("q").map(|text| text.trim().to_owned()),
        manager: asked.id("manager")?,
    };
    let page = PageRequest::new(Some(ROWS), asked.one("cursor").map(str::to_owned))?;
    let found = state.app.manage_members(&signed.actor, &filter, &page).await?;
    let ctx = signed.ctx(state);
    let manager = filter.manager.map(|id| {
        let name = found.managers.get(&id).cloned().unwrap_or_else(|| String::from("somebody who is gone"));
        (Person { id, name }, asked.with(paths::MEMBERS, "manager", &[]))
    });
    let narrowed = Narrowed {
        text: filter.text.unwrap_or_default(),
        role: filter.role.map_or_else(String::new, |role| role.name().to_owned()),
        status: filter.status.map_or_else(String::new, |status| status.name().to_owned()),
        manager,
    };
    let more = found.page.next.clone().map(|cursor| asked.with("/admin/members/rows", "cursor", &[cursor]));
    let lines = found.page.items.iter().map(|it| line(&ctx, it, &found)).collect();
    Ok(Found { narrowed, lines, more })
}

fn line(ctx: &Ctx, it: &Member, found: &ManagedMembers) -> MemberLine {
    MemberLine {
        person: Person { id: it.user_id, name: it.name.clone() },
        email: it.email.clone(),
        role: it.role,
        status: it.status,
        link: found.links.get(&it.user_id).map(|(_, until)| until.day_in(&ctx.zone)),
        manager: it.manager_id.and_then(|id| Some(Person { id, name: found.managers.get(&id)?.clone() })),
    }
}

async fn list(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    listed(&state, &signed, &Asked::read(raw), &[], None).await
}

async fn listed(
    state: &AppState,
    signed: &Signed,
    asked: &Asked,
    told: &[(String, Option<String>)],
    refused: Option<(Id, String, String)>,
) -> Result<Response, Failure> {
    let it = found(state, signed, asked).await?;
    let ctx = signed.ctx(state);
    let waiting = state.app.join_requests(&signed.actor, &PageRequest::first()).await?;
    let lines = waiting.items.into_iter().map(|it| {
        let of_this = refused.as_ref().filter(|(request, ..)| *request == it.request.id);
        Asking {
            id: it.request.id,
            name: it.name,
            email: it.email,
            message: it.request.message,
            at: it.request.created_at,
            refused: of_this.map(|(_, typed, why)| (typed.clone(), why.clone())),
        }
    });
    let requests = requests::requests(&ctx, &lines.collect::<Vec<_>>(), waiting.next.is_some());
    let page = members::page(&ctx, &it.narrowed, &it.lines, it.more.as_deref(), told, &requests);
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    answer(state, signed, status, &page).await
}

async fn accept(
    State(state): State<AppState>,
    signed: Signed,
    Path(request): Path<Id>,
) -> Result<Response, Failure> {
    state.app.accept_request(&signed.actor, request).await?;
    Ok(go(paths::MEMBERS, signed.htmx))
}

async fn decline(
    State(state): State<AppState>,
    signed: Signed,
    Path(request): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let reason = fields.get("reason");
    match state.app.decline_request(&signed.actor, request, Some(reason)).await {
        Ok(()) => Ok(go(paths::MEMBERS, signed.htmx)),
        Err(northing_app::Error::Invalid(errors)) => {
            let why = errors.iter().map(|it| it.message.to_string()).collect::<Vec<_>>().join("; ");
            let refused = Some((request, reason.to_owned(), why));
            listed(&state, &signed, &Asked::default(), &[], refused).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn rows(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let it = found(&state, &signed, &Asked::read(raw)).await?;
    Ok(Html(members::rows(&signed.ctx(&state), &it.lines, it.more.as_deref()).into_string()).into_response())
}

async fn together(
    State(state): State<AppState>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Failure> {
    let chosen: Vec<Id> = fields
        .pairs()
        .iter()
        .filter(|(name, _)| name == "member")
        .filter_map(|(_, value)| value.parse().ok())
        .collect();
    let change = match fields.get("act") {
        "role" => MemberChange {
            role: Some(
                fields
                    .get("role")
                    .parse()
                    .map_err(|_| FieldError::new("role", "required", "choose the new role"))?,
            ),
            ..MemberChange::default()
        },
        "deactivate" => MemberChange { status: Some(MemberStatus::Deactivated), ..MemberChange::default() },
        "activate" => MemberChange { status: Some(MemberStatus::Active), ..MemberChange::default() },
        _ => return Err(FieldError::new("act", "required", "choose what to do").into()),
    };
    if chosen.is_empty() {
        return Err(FieldError::new("member", "required", "choose somebody first").into());
    }
    if change.status == Some(MemberStatus::Deactivated) && !fields.ticked("confirmed") {
        let names = state.app.names(&signed.actor, &chosen).await?;
        let people: Vec<(Id, String)> =
            chosen.iter().filter_map(|id| Some((*id, names.get(*id)?.to_owned()))).collect();
        let page = members::deactivation(&signed.ctx(&state), &people);
        // Whoever may not do it is told so before the question.
        state.app.manage_members(&signed.actor, &MemberFilter::default(), &PageRequest::first()).await?;
        return shell::document(&state, &signed, &page).await;
    }
    let done = state.app.edit_members(&signed.actor, &chosen, &change).await?;
    let told: Vec<(String, Option<String>)> = done
        .into_iter()
        .map(|(name, outcome)| (name, outcome.err().map(|error| error.to_string())))
        .collect();
    listed(&state, &signed, &Asked::default(), &told, None).await
}

fn stands(it: &Member) -> Typed {
    let values = [
        ("name", it.name.clone()),
        ("email", it.email.clone()),
        ("role", it.role.name().to_owned()),
        ("manager_id", it.manager_id.map_or_else(String::new, |id| id.to_string())),
        ("time_zone", it.time_zone.clone().unwrap_or_default()),
        ("version", it.version.to_string()),
    ];
    Typed { values: values.map(|(name, value)| (name.to_owned(), value)).to_vec(), ..Typed::default() }
}

fn view(ctx: &Ctx, it: &ManagedMember) -> member::Member {
    let count = |number: i64| usize::try_from(number).unwrap_or(0);
    member::Member {
        id: it.member.user_id,
        name: it.member.name.clone(),
        role: it.member.role,
        status: it.member.status,
        teams: it.teams.clone(),
        traces: member::Traces {
            goals: count(it.traces.goals),
            check_ins: count(it.traces.check_ins),
            teams: count(it.traces.teams),
            teams_alone: count(it.traces.teams_alone),
            reports: count(it.traces.reports),
        },
        link: it.link.as_ref().map(|(kind, until)| (kind.clone(), until_words(ctx, *until))),
        may_manage: it.may_manage,
        may_make_owner: it.may_make_owner,
        version: it.member.version,
    }
}

/// The moment at which a link ends.
pub(super) fn until_words(ctx: &Ctx, until: Moment) -> String {
    format!("{}, {}", format::day_long(until.day_in(&ctx.zone)), format::clock(until, &ctx.zone))
}

async fn page(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    it: &ManagedMember,
    form: &Form,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(state);
    answer(state, signed, status, &member::page(&ctx, &view(&ctx, it), form, &zones())).await
}

async fn show(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let it = state.app.manage_member(&signed.actor, id).await?;
    let form = form(&state, &signed, stands(&it.member), PICKERS, None).await?;
    let saved = Asked::read(raw).one("saved").is_some();
    page(&state, &signed, StatusCode::OK, &it, &Form { saved, ..form }).await
}

fn read(fields: &Fields) -> Result<MemberChange, FieldError> {
    let manager = match fields.filled("manager_id") {
        None => None,
        Some(id) => Some(id.parse().map_err(|_| FieldError::new("manager_id", "invalid", "is nobody"))?),
    };
    Ok(MemberChange {
        name: Some(fields.get("name").to_owned()),
        email: Some(fields.get("email").to_owned()),
        role: Some(
            fields.get("role").parse().map_err(|_| FieldError::new("role", "invalid", "choose a role"))?,
        ),
        manager_id: Some(manager),
        time_zone: Some(fields.filled("time_zone").map(str::to_owned)),
        status: None,
    })
}

async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let typed = typed(&fields);
    if let Some(field) = searching(&fields) {
        let it = state.app.manage_member(&signed.actor, id).await?;
        let form = form(&state, &signed, typed, PICKERS, Some(field)).await?;
        return page(&state, &signed, StatusCode::OK, &it, &form).await;
    }
    let done = match read(&fields) {
        Ok(change) => state.app.edit_member(&signed.actor, id, change, version(&fields)?).await,
        Err(error) => Err(error.into()),
    };
    let error = match done {
        Ok(_) => return Ok(go(&format!("{}?saved=true", paths::member(id, "")), signed.htmx)),
        Err(error) => error,
    };
    let it = state.app.manage_member(&signed.actor, id).await?;
    let now = stands(&it.member);
    let (status, form) = not_saved(&state, &signed, error, typed, &now, (member::LABELS, PICKERS)).await?;
    page(&state, &signed, status, &it, &form).await
}

async fn make_link(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    Host(host): Host,
) -> Result<Response, Failure> {
    let link = state.app.create_link(&signed.actor, id).await?;
    let it = state.app.member(&signed.actor, id).await?;
    let kind = link.kind.name();
    let address = address(&state, &host, &paths::way_in(kind, &link.secret));
    let until = until_words(&signed.ctx(&state), link.expires_at);
    let page = invite::link(&it.name, kind, &address, &until, &paths::member(id, ""));
    shell::document(&state, &signed, &page).await
}

async fn cancel_link(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    state.app.cancel_link(&signed.actor, id).await?;
    Ok(go(&paths::member(id, ""), signed.htmx))
}

async fn change_status(
    state: &AppState,
    signed: &Signed,
    id: Id,
    status: MemberStatus,
    fields: &Fields,
) -> Result<Response, Failure> {
    let change = MemberChange { status: Some(status), ..MemberChange::default() };
    state.app.edit_member(&signed.actor, id, change, version(fields)?).await?;
    Ok(go(&paths::member(id, ""), signed.htmx))
}

async fn activate(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    change_status(&state, &signed, id, MemberStatus::Active, &fields).await
}

async fn deactivate(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    change_status(&state, &signed, id, MemberStatus::Deactivated, &fields).await
}

async fn ask(
    state: &AppState,
    signed: &Signed,
    id: Id,
    question: fn(&member::Member) -> Confirm,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(state);
    let it = state.app.manage_member(&signed.actor, id).await?;
    let question = question(&view(&ctx, &it));
    dialog(state, signed, StatusCode::OK, &question.title, &confirm::dialog(&ctx, &question)).await
}

async fn ask_deactivation(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    ask(&state, &signed, id, member::deactivation).await
}

async fn ask_deletion(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    ask(&state, &signed, id, member::deletion).await
}

async fn delete(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    state.app.delete_member(&signed.actor, id, version(&fields)?).await?;
    Ok(go(paths::MEMBERS, signed.htmx))
}
