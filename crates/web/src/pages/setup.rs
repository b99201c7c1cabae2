//! The set-up of a new installation, step by step.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::CookieJar;
use maud::Markup;
use northing_app::Error;
use northing_app::account::time_zones;
use northing_app::setup::{Draft, OwnerInput, PurposeInput, slug_of};
use northing_core::password::strength;
use northing_core::settings::OkrModel;
use northing_ui::pages::entry::{Typed, password_advice};
use northing_ui::pages::setup::{self, Frame, Periods, Step, Told, Welcome};
use northing_ui::{format, paths};

use super::entry::{FormToken, enter};
use super::{shell, typed};
use crate::extract::{Address, Browser, Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .open_get(paths::SET_UP, begin)
        .open_get(Step::You.path(), async |state, jar| show(state, jar, Step::You).await)
        .open_post(Step::You.path(), async |state, jar, fields| tell(state, jar, fields, Step::You).await)
        .open_get(Step::Organisation.path(), async |state, jar| show(state, jar, Step::Organisation).await)
        .open_post(Step::Organisation.path(), async |state, jar, fields| {
            tell(state, jar, fields, Step::Organisation).await
        })
        .open_get(Step::Purpose.path(), async |state, jar| show(state, jar, Step::Purpose).await)
        .open_post(Step::Purpose.path(), async |state, jar, fields| {
            tell(state, jar, fields, Step::Purpose).await
        })
        .open_get(Step::Planning.path(), async |state, jar| show(state, jar, Step::Planning).await)
        .open_post(Step::Planning.path(), async |state, jar, fields| {
            tell(state, jar, fields, Step::Planning).await
        })
        .open_get(Step::Check.path(), async |state, jar| show(state, jar, Step::Check).await)
        .open_post(Step::Check.path(), finish)
        .open_get("/setup/slug", slug)
        .open_get("/setup/planning/periods", periods)
        .open_post("/setup/advice", advice)
        .get(paths::WELCOME, welcome)
}

/// The first step; of a site that is set up the start page.
async fn begin(State(state): State<AppState>) -> Result<Response, Failure> {
    Ok(go(if state.app.is_set_up().await? { paths::HOME } else { Step::You.path() }, false))
}

/// What this browser told so far; a site that is set up has nothing to tell.
async fn draft(state: &AppState, token: &FormToken) -> Result<Result<Draft, Response>, Failure> {
    match state.app.set_up_draft(&token.secret).await {
        Ok(draft) => Ok(Ok(draft)),
        Err(Error::Refused(_)) => Ok(Err(go(paths::HOME, false))),
        Err(other) => Err(other.into()),
    }
}

async fn show(State(state): State<AppState>, jar: CookieJar, step: Step) -> Result<Response, Failure> {
    let token = FormToken::of(&state, &jar);
    let draft = match draft(&state, &token).await? {
        Ok(draft) => draft,
        Err(elsewhere) => return Ok(elsewhere),
    };
    // Nobody looks at a step whose beginnings are not there.
    let first = [(Step::You, draft.owner.is_some()), (Step::Organisation, draft.is_named())];
    if let Some((missing, _)) = first.into_iter().find(|(needed, told)| *needed < step && !told) {
        return Ok(token.answer(go(missing.path(), false)));
    }
    let kept = draft.unfinished.get(step.path());
    let typed = Typed { values: kept.cloned().unwrap_or_else(|| values(&draft, step)), ..Typed::default() };
    let page = markup(&state, &token.csrf, &draft, step, &typed);
    let mut answer = token.answer(Html(page.into_string()));
    // A browser that goes back shows what was typed; the page with the password is never kept.
    if step != Step::You {
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    Ok(answer)
}

/// What a draft says, as the fields of a step.
fn values(draft: &Draft, step: Step) -> Vec<(String, String)> {
    let it = &draft.organization;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let fields = match step {
        Step::You => {
            let owner = draft.owner.as_ref();
            vec![
                ("name", owner.map_or_else(String::new, |owner| owner.name.clone())),
                ("email", owner.map_or_else(String::new, |owner| owner.email.clone())),
            ]
        }
        Step::Organisation => {
            let slug = if draft.is_named() { draft.slug() } else { String::new() };
            vec![("organization", it.name.clone()), ("slug", slug), ("suggested", suggestion(&it.name))]
        }
        Step::Purpose => vec![
            ("north_star", text(&it.north_star)),
            ("mission", text(&it.mission)),
            ("vision", text(&it.vision)),
            ("values", it.values.join("\n")),
        ],
        Step::Planning => vec![
            ("start_month", it.settings.planning_year_start_month.to_string()),
            ("time_zone", it.settings.time_zone.clone()),
            ("okr_model", it.settings.okr_model.name().to_owned()),
        ],
        Step::Check => Vec::new(),
    };
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn markup(state: &AppState, csrf: &str, draft: &Draft, step: Step, typed: &Typed) -> Markup {
    let told = [
        (Step::You, draft.owner.is_some()),
        (Step::Organisation, draft.is_named()),
        (Step::Purpose, draft.purpose_told),
        (Step::Planning, draft.planning_told),
    ];
    let done: Vec<Step> = told.iter().filter(|(_, told)| *told).map(|(step, _)| *step).collect();
    let frame = Frame { assets: state.assets(), csrf, done: &done, typed };
    match step {
        Step::You => setup::you(&frame, draft.owner.is_some()),
        Step::Organisation => setup::organisation(&frame),
        Step::Purpose => setup::purpose(&frame),
        Step::Planning => {
            let (month, zone) = (typed.value("start_month"), typed.value("time_zone"));
            setup::planning(&frame, &periods_of(state, draft, month, zone), &time_zones())
        }
        Step::Check => setup::check(&frame, &summary(state, draft)),
    }
}

fn summary(state: &AppState, draft: &Draft) -> Told {
    let it = &draft.organization;
    let owner = draft.owner.as_ref();
    let purpose = [("North Star", &it.north_star), ("Mission", &it.mission), ("Vision", &it.vision)];
    let mut purpose: Vec<(&'static str, String)> =
        purpose.iter().filter_map(|(label, text)| Some((*label, (*text).clone()?))).collect();
    if !it.values.is_empty() {
        purpose.push(("Values", it.values.join(" · ")));
    }
    let month =
        usize::try_from(it.settings.planning_year_start_month).ok().and_then(|month| month.checked_sub(1));
    let month = month.and_then(|at| format::LONG_MONTHS.get(at)).copied().unwrap_or_default();
    let model = match it.settings.okr_model {
        OkrModel::Classic => "Objectives aspire, key results measure",
        OkrModel::Interchangeable => "Either can measure",
    };
    Told {
        owner: owner.map_or_else(Default::default, |owner| (owner.name.clone(), owner.email.clone())),
        organization: (it.name.clone(), draft.slug()),
        purpose,
        planning: vec![
            ("Year starts in", month.to_owned()),
            ("Time zone", it.settings.time_zone.clone()),
            ("OKR model", model.to_owned()),
        ],
        periods: periods_of(state, draft, "", ""),
    }
}

/// The periods that a month makes, seen from today in a zone; what is empty or wrong is as the draft says.
fn periods_of(state: &AppState, draft: &Draft, month: &str, zone: &str) -> Periods {
    let mut draft = draft.clone();
    let settings = &mut draft.organization.settings;
    settings.planning_year_start_month = month.parse().unwrap_or(settings.planning_year_start_month);
    let zone = jiff::tz::TimeZone::get(zone).or_else(|_| jiff::tz::TimeZone::get(&settings.time_zone));
    let today = state.app.now().day_in(&zone.unwrap_or(jiff::tz::TimeZone::UTC));
    Periods { today, periods: draft.periods(today) }
}

async fn tell(
    State(state): State<AppState>,
    jar: CookieJar,
    fields: Fields,
    step: Step,
) -> Result<Response, Failure> {
    let token = FormToken::of(&state, &jar);
    let told = take(&state, &token.secret, &fields, step).await;
    let go_to = match (fields.get("go"), step.before(), step.after()) {
        ("back", Some(before), _) => before,
        ("stay", ..) => step,
        (_, _, Some(after)) => after,
        _ => step,
    };
    match told {
        Ok(()) => {
            state.app.keep_unfinished(&token.secret, step.path(), Vec::new()).await?;
            Ok(go(go_to.path(), false))
        }
        Err(Error::Refused(_)) => Ok(go(paths::HOME, false)),
        // Who goes back first finds it again when they come back.
        Err(Error::Invalid(_)) if fields.get("go") == "back" => {
            state.app.keep_unfinished(&token.secret, step.path(), typed::values(&fields)).await?;
            Ok(go(go_to.path(), false))
        }
        Err(error) => {
            let (status, typed) = typed::refused(error, &fields)?;
            let draft = state.app.set_up_draft(&token.secret).await?;
            let page = markup(&state, &token.csrf, &draft, step, &typed);
            Ok(token.answer((status, Html(page.into_string()))))
        }
    }
}

async fn take(state: &AppState, browser: &str, fields: &Fields, step: Step) -> Result<(), Error> {
    let text = |name: &str| fields.filled(name).map(ToOwned::to_owned);
    match step {
        Step::You => {
            let given = OwnerInput {
                name: fields.get("name").to_owned(),
                email: fields.get("email").to_owned(),
                password: fields.get("password").to_owned(),
            };
            state.app.tell_owner(browser, given).await
        }
        Step::Organisation => {
            state.app.tell_organization(browser, fields.get("organization"), fields.filled("slug")).await
        }
        Step::Purpose => {
            let lines = fields.get("values").lines().map(str::trim).filter(|line| !line.is_empty());
            let given = PurposeInput {
                mission: text("mission"),
                vision: text("vision"),
                values: lines.map(ToOwned::to_owned).collect(),
                north_star: text("north_star"),
            };
            state.app.tell_purpose(browser, given).await
        }
        Step::Planning => {
            let month = fields.get("start_month").parse().ok();
            let model = fields.get("okr_model").parse().ok();
            state.app.tell_planning(browser, month, fields.get("time_zone"), model).await
        }
        Step::Check => Ok(()),
    }
}

async fn finish(
    State(state): State<AppState>,
    jar: CookieJar,
    Address(address): Address,
    Browser(user_agent): Browser,
    fields: Fields,
) -> Result<Response, Failure> {
    if fields.get("go") == "back" {
        return Ok(go(Step::Planning.path(), false));
    }
    let token = FormToken::of(&state, &jar);
    match state.app.finish_set_up(&token.secret, &address, user_agent).await {
        Ok((_, session)) => Ok(enter(&state, &session, paths::WELCOME, true)),
        // Set up by somebody else meanwhile; or begun before the server was started again.
        Err(Error::Refused(_)) => Ok(go(paths::HOME, false)),
        Err(Error::NotFound(_)) => Ok(go(Step::You.path(), false)),
        Err(other) => Err(other.into()),
    }
}

fn suggestion(name: &str) -> String {
    if name.trim().is_empty() { String::new() } else { slug_of(name) }
}

/// The short name that follows the name, unless somebody has chosen one.
async fn slug(RawQuery(query): RawQuery) -> Response {
    let values: Vec<(String, String)> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let typed = Typed { values, ..Typed::default() };
    let (slug, before) = (typed.value("slug").trim(), typed.value("suggested"));
    let suggested = suggestion(typed.value("organization"));
    let slug = if slug.is_empty() || slug == before { suggested.clone() } else { slug.to_owned() };
    let values = vec![(String::from("slug"), slug), (String::from("suggested"), suggested)];
    Html(setup::slug(&Typed { values, ..Typed::default() }).into_string()).into_response()
}

/// The preview of the periods for a month.
async fn periods(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    let values: Vec<(String, String)> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let typed = Typed { values, ..Typed::default() };
    let (month, zone) = (typed.value("start_month"), typed.value("time_zone"));
    Html(setup::preview(&periods_of(&state, &Draft::default(), month, zone)).into_string()).into_response()
}

/// What is said of a password while it is typed.
async fn advice(fields: Fields) -> Response {
    let about = [fields.get("name"), fields.get("email")];
    Html(password_advice(strength(fields.get("password"), &about)).into_string()).into_response()
}

/// What one can begin with.
async fn welcome(State(state): State<AppState>, signed: Signed) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let one = ctx.terms.objective.one.as_str();
    let first = (
        "/goals/new?kind=objective&level=organization",
        "objective",
        format!("Write the first {one}"),
        String::from("One outcome that would make this period a success. The rest follows from it."),
    );
    let people = (
        "/admin/members/new",
        "team",
        String::from("Invite people"),
        String::from("Everyone gets a link that is good once, and chooses a password of their own."),
    );
    let samples = (
        paths::SAMPLES,
        "copy",
        String::from("Start from sample OKRs"),
        String::from(
            "Well-made goals for sales, engineering, people and more: take some and make them yours.",
        ),
    );
    let import = (
        paths::IMPORT,
        "upload",
        String::from("Import your goals"),
        String::from(
            "From Viva Goals, from a workbook, or from another Northing. You see what it would make first.",
        ),
    );
    let admin = state.app.shell(&signed.actor, None).await?.may_admin;
    let ways: Vec<_> =
        [Some(import).filter(|_| admin), Some(samples), Some(first), Some(people).filter(|_| admin)]
            .into_iter()
            .flatten()
            .collect();
    let page = setup::welcome(&Welcome { organisation: &signed.membership.organization, ways: &ways });
    shell::document(&state, &signed, &page).await
}
