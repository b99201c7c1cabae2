//! The shapes of data sources for the API's document; a test compares them with what is sent.
#![expect(dead_code, reason = "described, never built: the document is made from them")]

use utoipa::ToSchema;

/// An integration of an organisation.
#[derive(ToSchema)]
#[schema(as = Integration)]
pub(crate) struct IntegrationBody {
    /// `azure_devops`.
    kind: String,
    /// Whether whoever runs this server lets it be used; where not, it works nowhere and cannot be switched on.
    allowed: bool,
    enabled: bool,
    connections: u64,
    /// Connections in trouble.
    troubled: u64,
    links: i64,
    /// Whether a link to the goal is written on each linked item.
    write_back: bool,
    has_hook: bool,
}

/// An integration after a change.
#[derive(ToSchema)]
#[schema(as = IntegrationState)]
pub(crate) struct IntegrationStateBody {
    kind: String,
    enabled: bool,
    write_back: bool,
}

/// Trouble with another system.
#[derive(ToSchema)]
#[schema(as = Trouble)]
pub(crate) struct TroubleBody {
    kind: String,
    message: String,
    /// What to do.
    remedy: String,
    /// The other system's own code.
    #[schema(required = false)]
    code: String,
    at: String,
}

/// A connection; its secret never comes back.
#[derive(ToSchema)]
#[schema(as = Connection)]
pub(crate) struct ConnectionBody {
    id: String,
    org_id: String,
    kind: String,
    name: String,
    shared: bool,
    owner_id: Option<String>,
    owner_name: Option<String>,
    #[schema(value_type = ConfigBody)]
    config: serde_json::Value,
    /// Who the credentials are, as far as the other system says.
    identity: Option<String>,
    expires_on: Option<String>,
    /// `untested`, `ok` or `error`.
    state: String,
    last_error: Option<TroubleBody>,
    /// Why links to goals could not be written on items the last time.
    write_back_error: Option<TroubleBody>,
    last_ok_at: Option<String>,
    links: i64,
    version: i64,
    created_at: String,
    updated_at: String,
}

/// Where a connection leads.
#[derive(ToSchema)]
#[schema(as = ConnectionConfig)]
pub(crate) struct ConfigBody {
    /// The account's name, or its address.
    account: String,
    /// The project's name or id.
    project: String,
    /// The tenant, where an application signs in.
    #[schema(required = false)]
    tenant_id: String,
    /// The application.
    #[schema(required = false)]
    client_id: String,
    /// Where applications get their tokens; the public authority if absent.
    #[schema(required = false)]
    authority: String,
}

/// A connection's secret: one of them. It never comes back.
#[derive(ToSchema)]
#[schema(as = ConnectionSecret)]
pub(crate) struct SecretFields {
    /// A personal access token.
    #[schema(required = false)]
    pat: String,
    /// The secret of an application.
    #[schema(required = false)]
    client_secret: String,
}

/// A project of the other system.
#[derive(ToSchema)]
#[schema(as = SourceProject)]
pub(crate) struct ProjectBody {
    id: Option<String>,
    name: Option<String>,
}

/// What a link covers: a saved query, items picked by hand, or a query in the other system's language.
#[derive(ToSchema)]
#[schema(as = Selector)]
#[serde(untagged)]
pub(crate) enum SelectorBody {
    Query(QueryFields),
    Items(ItemsFields),
    Words(WordsFields),
}

/// A saved query.
#[derive(ToSchema)]
#[schema(as = QuerySelector)]
pub(crate) struct QueryFields {
    query_id: String,
    /// Count only items of this type.
    work_item_type: Option<String>,
}

/// Items picked by hand.
#[derive(ToSchema)]
#[schema(as = ItemsSelector)]
pub(crate) struct ItemsFields {
    work_item_ids: Vec<u64>,
    /// Whether everything below them belongs to it, on all levels.
    #[schema(required = false)]
    include_children: bool,
    /// Count only items of this type.
    work_item_type: Option<String>,
}

/// A query in the other system's language.
#[derive(ToSchema)]
#[schema(as = WordsSelector)]
pub(crate) struct WordsFields {
    wiql: String,
    /// Count only items of this type.
    work_item_type: Option<String>,
}

/// What a test of a connection found.
#[derive(ToSchema)]
#[schema(as = ConnectionTest)]
pub(crate) struct TestBody {
    ok: bool,
    #[schema(required = false)]
    identity: Option<String>,
    #[schema(required = false)]
    server: Option<String>,
    project: Option<ProjectBody>,
    #[schema(required = false)]
    queries: Option<u64>,
    error: Option<TroubleBody>,
}

/// What can be picked.
#[derive(ToSchema)]
#[schema(as = Choice)]
pub(crate) struct ChoiceBody {
    id: String,
    name: String,
    path: String,
    folder: bool,
    /// Why it cannot be picked.
    unusable: Option<String>,
    shape: Option<String>,
    warning: Option<String>,
    #[schema(no_recursion)]
    children: Vec<ChoiceBody>,
}

/// A numeric field that can be measured.
#[derive(ToSchema)]
#[schema(as = NumericField)]
pub(crate) struct FieldBody {
    reference: String,
    name: String,
    as_percent: bool,
}

/// What a link would measure.
#[derive(ToSchema)]
#[schema(as = LinkPreview)]
pub(crate) struct LinkPreviewBody {
    matching: u64,
    completed: u64,
    removed: u64,
    value: f64,
    unit: Option<String>,
    warnings: Vec<String>,
}

/// A goal's data source.
#[derive(ToSchema)]
#[schema(as = Link)]
pub(crate) struct GoalLinkBody {
    goal_id: String,
    connection_id: Option<String>,
    connection_name: Option<String>,
    kind: String,
    /// `percent` or `metric`.
    mode: String,
    #[schema(value_type = SelectorBody)]
    selector: serde_json::Value,
    label: String,
    measure: String,
    count_only_completed: bool,
    resolved_counts: bool,
    leave_out_removed: bool,
    with_tasks: bool,
    url: Option<String>,
    state: String,
    value: Option<f64>,
    matching: Option<i64>,
    completed: Option<i64>,
    removed: Option<i64>,
    warnings: Vec<String>,
    last_error: Option<TroubleBody>,
    last_synced_at: Option<String>,
    next_sync_at: Option<String>,
    version: i64,
}

/// A work item that an initiative lists.
#[derive(ToSchema)]
#[schema(as = LinkItem)]
pub(crate) struct ItemBody {
    id: i64,
    kind: String,
    title: String,
    state: String,
    category: String,
    assignee: Option<String>,
    url: String,
}

/// What the caller was told of a data source.
#[derive(ToSchema)]
#[schema(as = Notice)]
pub(crate) struct NoticeBody {
    id: String,
    /// `link_failed`, `link_recovered`, `connection_failed`, `connection_recovered`, `token_ending`, `join_requested`,
    /// `join_accepted`, `join_declined`, `nudge` or `made_owner`.
    kind: String,
    goal_id: Option<String>,
    goal_title: Option<String>,
    connection_id: Option<String>,
    connection_name: Option<String>,
    /// `kind`, `message` and `remedy` of a failure; `expires_on` and `days` of a token that ends; `name` and `message` of somebody who
    /// asks to join; `organization_id`, `organization` and `reason` of the answer; `name` and `message` of somebody who asks for
    /// a check-in; `name` of whoever made the caller owner of so many `goals`.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    detail: serde_json::Value,
    at: String,
}

/// Where the page of the extension may be framed.
#[derive(ToSchema)]
#[schema(as = Embedding)]
pub(crate) struct EmbeddingBody {
    origins: Vec<String>,
    /// Whether there is a key; it never comes back.
    has_key: bool,
    /// 0 before anything was kept.
    version: i64,
}

/// A sync of goals of one connection.
#[derive(ToSchema)]
#[schema(as = SyncRun)]
pub(crate) struct SyncRunBody {
    id: String,
    connection_id: String,
    connection_name: String,
    /// Who asked for it; null where it ran by itself.
    asked_by: Option<String>,
    asked_by_name: Option<String>,
    started_at: String,
    milliseconds: i64,
    /// Requests to the other system.
    requests: i64,
    /// Goals that were looked at.
    goals: i64,
    /// Goals whose source said something new.
    changed: i64,
    /// Goals that could not be synced.
    failed: i64,
    /// The first trouble.
    error: Option<TroubleBody>,
}

/// What a goal's data source said, once or several times in a row.
#[derive(ToSchema)]
#[schema(as = SyncResult)]
pub(crate) struct SyncResultBody {
    first_at: String,
    last_at: String,
    times: u32,
    /// Null where it could not be read.
    value: Option<f64>,
    matching: Option<i64>,
    completed: Option<i64>,
    removed: Option<i64>,
    warnings: Vec<String>,
    error: Option<TroubleBody>,
}
