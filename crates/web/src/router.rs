//! Every route on one page.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on};
use axum_extra::extract::CookieJar;
use utoipa_axum::router::OpenApiRouter;

use crate::failure::Failure;
use crate::state::AppState;
use crate::{api, assets, layers, live, pages};

/// A route, for tests that walk over all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path with its parameters in braces.
    pub path: String,
    /// Whether it belongs to the API (bearer token) or to the pages (session).
    pub api: bool,
    /// Whether it answers people who are not signed in.
    pub open: bool,
}

/// The routes of pages, which know their own list.
#[derive(Default)]
pub(crate) struct Pages {
    router: Router<AppState>,
    list: Vec<Route>,
}

impl Pages {
    fn add<H, T>(mut self, method: Method, filter: MethodFilter, path: &str, open: bool, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.list.push(Route { method, path: path.to_owned(), api: false, open });
        self.router = self.router.route(path, on(filter, handler));
        self
    }

    /// A page or fragment for signed-in people.
    pub(crate) fn get<H: Handler<T, AppState>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::GET, MethodFilter::GET, path, false, handler)
    }

    /// A form's address for signed-in people.
    pub(crate) fn post<H: Handler<T, AppState>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::POST, MethodFilter::POST, path, false, handler)
    }

    /// A page for anybody.
    pub(crate) fn open_get<H: Handler<T, AppState>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::GET, MethodFilter::GET, path, true, handler)
    }

    /// A form's address for anybody.
    pub(crate) fn open_post<H: Handler<T, AppState>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::POST, MethodFilter::POST, path, true, handler)
    }

    /// These and others.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.list.extend(other.list);
        self.router = self.router.merge(other.router);
        self
    }
}

/// All pages. One line for each slice.
fn all_pages() -> Pages {
    Pages::default()
        .merge(pages::start::routes())
        .merge(pages::entry::routes())
        .merge(pages::admin::routes())
        .merge(pages::setup::routes())
        .merge(pages::links::routes())
        .merge(pages::organisations::routes())
        .merge(pages::account::routes())
        .merge(pages::samples::routes())
        .merge(pages::check_in::routes())
        .merge(pages::close::routes())
        .merge(pages::connections::routes())
        .merge(pages::comments::routes())
        .merge(pages::tasks::routes())
        .merge(pages::home::routes())
        .merge(pages::entities::routes())
        .merge(pages::search::routes())
        .merge(pages::team_form::routes())
        .merge(pages::explorer::routes())
        .merge(pages::goal::routes())
        .merge(pages::goal_form::routes())
        .merge(pages::goal_link::routes())
        .merge(pages::sync_log::routes())
        .merge(pages::goal_delete::routes())
        .merge(pages::several::routes())
        .merge(pages::goal_access::routes())
        .merge(pages::goal_move::routes())
        .merge(pages::goal_place::routes())
        .merge(pages::pickers::routes())
        .merge(pages::tags::routes())
        .merge(pages::contributions::routes())
        .merge(pages::alignments::routes())
        .merge(pages::goal_clone::routes())
        .merge(pages::imports::routes())
        .merge(pages::notices::routes())
        .merge(pages::embed_code::routes())
        .get("/live", live::live)
}

/// What stands beside pages and API: for programs, and for everybody.
fn beside() -> Pages {
    Pages::default()
        .merge(crate::embed::routes())
        .open_get("/api/openapi.json", api::openapi)
        .open_get("/api/docs", api::docs)
        .open_get("/assets/{build}/{*name}", assets::serve)
        .open_post("/hooks/azure-devops", api::sources::hook)
        .open_get("/healthz", healthz)
        .open_get("/readyz", readyz)
}

/// The whole API under `/api/v1`. One line for each slice.
fn all_api() -> OpenApiRouter<AppState> {
    let routes = OpenApiRouter::new()
        .merge(api::me::routes())
        .merge(api::joining::routes())
        .merge(api::organizations::routes())
        .merge(api::exports::routes())
        .merge(api::members::routes())
        .merge(api::teams::routes())
        .merge(api::periods::routes())
        .merge(api::check_ins::routes())
        .merge(api::history::routes())
        .merge(api::comments::routes())
        .merge(api::goals::routes())
        .merge(api::nudge::routes())
        .merge(api::beforehand::routes())
        .merge(api::rows::routes())
        .merge(api::search::routes())
        .merge(api::samples::routes())
        .merge(api::standings::routes())
        .merge(api::tags::routes())
        .merge(api::tasks::routes())
        .merge(api::imports::routes())
        .merge(api::sources::routes())
        .merge(api::notices::routes())
        .merge(api::embedding::routes());
    OpenApiRouter::with_openapi(api::document()).nest("/api/v1", routes)
}

/// Every route of the site, for tests that walk over all of them.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut routes = all_pages().merge(beside()).list;
    for (path, item) in all_api().into_openapi().paths.paths {
        let methods = [
            (Method::GET, item.get.is_some()),
            (Method::POST, item.post.is_some()),
            (Method::PUT, item.put.is_some()),
            (Method::PATCH, item.patch.is_some()),
            (Method::DELETE, item.delete.is_some()),
        ];
        let of_path = methods.into_iter().filter(|(_, there)| *there);
        routes.extend(of_path.map(|(method, _)| Route {
            method,
            path: path.clone(),
            api: true,
            open: false,
        }));
    }
    routes
}

/// The API's document, put together once.
pub(crate) fn openapi() -> &'static utoipa::openapi::OpenApi {
    static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(|| all_api().into_openapi());
    &DOCUMENT
}

/// The whole site.
pub fn router(state: AppState) -> Router {
    let https = state.site.options.https;
    let (api, _) = all_api().split_for_parts();
    let api = api.layer(from_fn_with_state(state.clone(), api::gate));
    let pages = all_pages()
        .router
        .layer(from_fn(move |jar: CookieJar, request, next| layers::forged(https, jar, request, next)));
    let gallery = if state.site.options.development {
        Router::new().route("/styleguide", get(pages::start::style_guide))
    } else {
        Router::new()
    };
    let site = pages.merge(gallery).merge(api).merge(beside().router).fallback(nowhere);
    layers::around(site, &state).with_state(state)
}

/// No such address: before the set-up, every address of a page leads to it.
async fn nowhere(State(state): State<AppState>, request: Request) -> Failure {
    let page = request.method() == Method::GET && !request.uri().path().starts_with("/api/");
    match state.app.is_set_up().await {
        Ok(false) if page => Failure::SetUp,
        _ => Failure::NOT_FOUND,
    }
}

/// The process runs.
async fn healthz() -> &'static str {
    "ok"
}

/// The store answers.
async fn readyz(State(state): State<AppState>) -> Response {
    match state.app.ready().await {
        Ok(()) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "ready").into_response(),
        Err(error) => {
            tracing::warn!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer").into_response()
        }
    }
}
