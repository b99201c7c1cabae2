//! An organisation's settings about goals (goals §2.1, §2.2, §4.5, §9.2). Stored as one JSON text; what a
//! stored text lacks takes its default, so that a new setting needs no migration.

use serde::{Deserialize, Serialize};

use crate::named_values;
use crate::status::StatusSource;
use crate::values::Id;

named_values! {
    /// The two OKR models (goals §2.1).
    OkrModel {
        /// A: objectives are aspirational, key results measurable.
        Classic = "classic",
        /// B: either may measure, and nest under the other.
        Interchangeable = "interchangeable",
    }
}

named_values! {
    /// Whether initiatives count in their parent's progress (goals §2.1, option 6).
    InitiativeContribution {
        /// They start contributing; may be changed for each.
        Contribute = "contribute",
        /// They start at 0; may be changed for each.
        DoNotContribute = "do_not_contribute",
        /// Always 0.
        Blocked = "blocked",
    }
}

named_values! {
    /// Who may do something besides those who always may: create goals of a level, teams or tags, invite (goals §10.2, §10.5).
    CreationPolicy {
        /// Every member.
        Anyone = "anyone",
        /// Owners of teams.
        TeamOwners = "team_owners",
        /// Everyone in the team; only for the goals of a team.
        TeamMembers = "team_members",
        /// Only organisation owners and admins (with the people they name).
        Named = "named",
    }
}

named_values! {
    /// What a new person is where nobody says otherwise (goals §10.1).
    AccountType {
        /// A member.
        Regular = "regular",
        /// An observer.
        Observer = "observer",
    }
}

/// The settings of an organisation. Defaults are those of the specification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent switch of the specification")]
pub struct Settings {
    /// Which OKR model holds for what is created from now on.
    pub okr_model: OkrModel,
    /// Classic model: objectives may sit under key results.
    pub objectives_under_key_results: bool,
    /// Classic model: child objectives never contribute.
    pub block_objective_contribution: bool,
    /// Classic model: key results may sit under key results.
    pub key_results_under_key_results: bool,
    /// Whether initiatives are used at all.
    pub initiatives: bool,
    /// If not empty: only these people (ids) may create initiatives.
    pub initiative_creators: Vec<Id>,
    /// Initiatives may sit under key results.
    pub initiatives_under_key_results: bool,
    /// Whether initiatives count.
    pub initiative_contribution: InitiativeContribution,
    /// Goals may have several owners and teams.
    pub shared_goals: bool,
    /// Goals may have several parents.
    pub multiple_alignment: bool,
    /// Goals may be restricted to named people.
    pub private_goals: bool,
    /// Gap in points up to which progress is on track (goals §4.5); 0 by default.
    pub on_track_gap: f64,
    /// Gap in points up to which progress is behind; 25 by default; beyond it at risk.
    pub behind_gap: f64,
    /// Where a parent's status comes from.
    pub status_source: StatusSource,
    /// Lower bounds of the yellow and the green score band (goals §9.2).
    pub score_bands: ScoreBands,
    /// Scoring guidance is shown and edited.
    pub scoring_guidance: bool,
    /// Alerts (goals §4.8) are computed and shown.
    pub health_indicators: bool,
    /// New goals belong to the organisation or to a team, never to a person alone (goals §2.4).
    pub mandatory_team: bool,
    /// Who may create goals of the organisation's level.
    pub create_organization_goals: CreationPolicy,
    /// The people (ids) whom [`CreationPolicy::Named`] names for that; so for the others below.
    pub organization_goal_creators: Vec<Id>,
    /// Who may create goals of a team, where the team has no rule of its own.
    pub create_team_goals: CreationPolicy,
    /// Those named for it.
    pub team_goal_creators: Vec<Id>,
    /// Who may create teams.
    pub create_teams: CreationPolicy,
    /// Those named for it.
    pub team_creators: Vec<Id>,
    /// Who may create tags.
    pub create_tags: CreationPolicy,
    /// Those named for it.
    pub tag_creators: Vec<Id>,
    /// Who may invite people into the organisation.
    pub invite_people: CreationPolicy,
    /// Those named for it.
    pub inviters: Vec<Id>,
    /// What an invited person is where nobody says otherwise.
    pub default_account: AccountType,
    /// A restricted organisation is shown by name to people of others in the installation, who may ask to join (goals §1.1).
    pub join_requests: bool,
    /// Month in which the planning year starts, 1–12.
    pub planning_year_start_month: i8,
    /// IANA name of the organisation's time zone; its days are the days of expectation.
    pub time_zone: String,
}

/// Where the colours of a score begin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreBands {
    /// From this score on yellow; below it red.
    pub yellow_from: f64,
    /// From this score on green.
    pub green_from: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            okr_model: OkrModel::Classic,
            objectives_under_key_results: false,
            block_objective_contribution: false,
            key_results_under_key_results: false,
            initiatives: true,
            initiative_creators: Vec::new(),
            initiatives_under_key_results: true,
            initiative_contribution: InitiativeContribution::DoNotContribute,
            shared_goals: false,
            multiple_alignment: true,
            private_goals: false,
            on_track_gap: 0.0,
            behind_gap: 25.0,
            status_source: StatusSource::Progress,
            score_bands: ScoreBands { yellow_from: 0.5, green_from: 0.7 },
            scoring_guidance: false,
            health_indicators: true,
            mandatory_team: false,
            create_organization_goals: CreationPolicy::TeamOwners,
            organization_goal_creators: Vec::new(),
            create_team_goals: CreationPolicy::TeamOwners,
            team_goal_creators: Vec::new(),
            create_teams: CreationPolicy::TeamOwners,
            team_creators: Vec::new(),
            create_tags: CreationPolicy::Anyone,
            tag_creators: Vec::new(),
            invite_people: CreationPolicy::Named,
            inviters: Vec::new(),
            default_account: AccountType::Regular,
            join_requests: false,
            planning_year_start_month: 1,
            time_zone: String::from("UTC"),
        }
    }
}

impl Settings {
    /// Every list of people who are named for something, by the name of its setting.
    #[must_use]
    pub fn named_people(&self) -> [(&'static str, &[Id]); 6] {
        [
            ("initiative_creators", &self.initiative_creators),
            ("organization_goal_creators", &self.organization_goal_creators),
            ("team_goal_creators", &self.team_goal_creators),
            ("team_creators", &self.team_creators),
            ("tag_creators", &self.tag_creators),
            ("inviters", &self.inviters),
        ]
    }
}
