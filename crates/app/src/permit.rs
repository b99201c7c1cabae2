//! The actor as the table of rights sees them (goals §10).

use northing_core::permission::{Action, ActorFacts, Denied, Thing, decide};
use northing_core::settings::Settings;
use northing_core::values::Id;

use crate::actor::Actor;
use crate::error::{Error, Result};

impl Actor {
    /// What the table of rights needs to know for an action.
    #[must_use]
    pub fn facts(&self, action: Action, settings: &Settings) -> ActorFacts {
        let named: &[Id] = match action {
            Action::GoalCreateOrganization => &settings.organization_goal_creators,
            Action::GoalCreateTeam => &settings.team_goal_creators,
            Action::TeamCreate => &settings.team_creators,
            Action::TagCreate => &settings.tag_creators,
            Action::MemberInvite => &settings.inviters,
            _ => &[],
        };
        ActorFacts {
            role: self.role,
            owns_a_team: self.owns_a_team,
            is_named_creator: named.contains(&self.user_id),
            is_named_initiative_creator: settings.initiative_creators.contains(&self.user_id),
        }
    }

    /// Whether the actor may do this.
    #[must_use]
    pub fn may(&self, action: Action, thing: Thing<'_>, settings: &Settings) -> bool {
        decide(&self.facts(action, settings), action, thing, settings).is_ok()
    }

    /// Lets only those pass who may do this.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they may not know of the goal, [`Error::Forbidden`] with the reason otherwise.
    pub fn require(&self, action: Action, thing: Thing<'_>, settings: &Settings) -> Result<()> {
        decide(&self.facts(action, settings), action, thing, settings).map_err(|denied| match denied {
            Denied::NotFound => Error::NotFound("goal"),
            Denied::Refused(refusal) => Error::Forbidden(refusal),
        })
    }
}
