//! The shape of an organisation's settings for the API's document; a test compares it with what is sent.
#![expect(dead_code, reason = "described, never built: the document is made from it")]

use utoipa::ToSchema;

/// The settings of an organisation. Where they are sent, what is absent stays as it is, or takes its default.
#[derive(ToSchema)]
#[schema(as = Settings)]
pub(crate) struct SettingsFields {
    /// `classic` or `interchangeable`: for what is created from now on.
    #[schema(required = false)]
    okr_model: String,
    /// Classic model: objectives may sit under key results.
    #[schema(required = false)]
    objectives_under_key_results: bool,
    /// Classic model: child objectives never contribute.
    #[schema(required = false)]
    block_objective_contribution: bool,
    /// Classic model: key results may sit under key results.
    #[schema(required = false)]
    key_results_under_key_results: bool,
    #[schema(required = false)]
    initiatives: bool,
    /// If not empty: only these people (ids) may create initiatives.
    #[schema(required = false)]
    initiative_creators: Vec<String>,
    #[schema(required = false)]
    initiatives_under_key_results: bool,
    /// `contribute`, `do_not_contribute` or `blocked`.
    #[schema(required = false)]
    initiative_contribution: String,
    /// Goals may have several owners and teams.
    #[schema(required = false)]
    shared_goals: bool,
    /// Goals may have several parents.
    #[schema(required = false)]
    multiple_alignment: bool,
    /// Goals may be restricted to named people.
    #[schema(required = false)]
    private_goals: bool,
    /// Gap in points up to which progress is on track; 0 if nobody says otherwise.
    #[schema(required = false)]
    on_track_gap: f64,
    /// Gap in points up to which progress is behind; 25 if nobody says otherwise; beyond it at risk.
    #[schema(required = false)]
    behind_gap: f64,
    /// Where a parent's status comes from: `progress` or `key_results`.
    #[schema(required = false)]
    status_source: String,
    #[schema(required = false)]
    score_bands: ScoreBandsFields,
    /// Scoring guidance is shown and edited.
    #[schema(required = false)]
    scoring_guidance: bool,
    /// Alerts are computed and shown.
    #[schema(required = false)]
    health_indicators: bool,
    /// New goals belong to the organisation or to a team, never to a person alone.
    #[schema(required = false)]
    mandatory_team: bool,
    /// Who may create goals of the organisation: `anyone`, `team_owners`, `named`; so for those below.
    #[schema(required = false)]
    create_organization_goals: String,
    /// The people (ids) whom `named` names for that; so for those below.
    #[schema(required = false)]
    organization_goal_creators: Vec<String>,
    /// Also `team_members`.
    #[schema(required = false)]
    create_team_goals: String,
    #[schema(required = false)]
    team_goal_creators: Vec<String>,
    #[schema(required = false)]
    create_teams: String,
    #[schema(required = false)]
    team_creators: Vec<String>,
    #[schema(required = false)]
    create_tags: String,
    #[schema(required = false)]
    tag_creators: Vec<String>,
    #[schema(required = false)]
    invite_people: String,
    #[schema(required = false)]
    inviters: Vec<String>,
    /// What an invited person is: `regular` or `observer`.
    #[schema(required = false)]
    default_account: String,
    /// A restricted organisation may be asked to let people of others in.
    #[schema(required = false)]
    join_requests: bool,
    /// 1–12.
    #[schema(required = false)]
    planning_year_start_month: i8,
    /// IANA name.
    #[schema(required = false)]
    time_zone: String,
}

/// Where the colours of a score begin.
#[derive(ToSchema)]
#[schema(as = ScoreBands)]
pub(crate) struct ScoreBandsFields {
    /// From this score on yellow; below it red.
    yellow_from: f64,
    /// From this score on green.
    green_from: f64,
}
