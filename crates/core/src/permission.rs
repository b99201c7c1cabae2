//! Who may do what (goals §10.1–10.3): one table of actions and the people who may do them. The caller looks up the facts;
//! this decides.

use crate::errors::Refusal;
use crate::goal::Visibility;
use crate::named_values;
use crate::people::Role;
use crate::settings::{CreationPolicy, Settings};

named_values! {
    /// Everything that needs a right.
    Action {
        /// See a goal with its check-ins, comments and activity.
        GoalView = "goal_view",
        /// Create a goal of the organisation's level.
        GoalCreateOrganization = "goal_create_organization",
        /// Create a goal of a team (facts of the team).
        GoalCreateTeam = "goal_create_team",
        /// Create a goal of a person.
        GoalCreateIndividual = "goal_create_individual",
        /// Create an initiative; needed besides the right for its level.
        InitiativeCreate = "initiative_create",
        /// Change a goal's fields, tasks and order.
        GoalEdit = "goal_edit",
        /// Change who owns a goal.
        GoalChangeOwner = "goal_change_owner",
        /// Delete a goal or restore it.
        GoalDelete = "goal_delete",
        /// Close, postpone or reopen a goal.
        GoalClose = "goal_close",
        /// Check in, stop and resume automatic updates.
        GoalCheckIn = "goal_check_in",
        /// Change the shares of a goal's children.
        GoalContributions = "goal_contributions",
        /// Set up or remove a goal's data source.
        GoalConnect = "goal_connect",
        /// Align another goal to this one.
        GoalAlignTo = "goal_align_to",
        /// Copy a goal.
        GoalClone = "goal_clone",
        /// Comment on a goal or a check-in.
        GoalComment = "goal_comment",
        /// Like and follow.
        GoalReact = "goal_react",
        /// Let others edit a goal.
        GoalGrant = "goal_grant",
        /// Change a check-in (facts of its goal and of it).
        CheckInEdit = "check_in_edit",
        /// Remove a check-in.
        CheckInDelete = "check_in_delete",
        /// Change a comment.
        CommentEdit = "comment_edit",
        /// Remove a comment.
        CommentDelete = "comment_delete",
        /// See a team and its members.
        TeamView = "team_view",
        /// Create a team.
        TeamCreate = "team_create",
        /// Change a team's name, parent and settings.
        TeamEdit = "team_edit",
        /// Archive a team or restore it.
        TeamArchive = "team_archive",
        /// Delete a team.
        TeamDelete = "team_delete",
        /// Change a team's owners and members.
        TeamMembers = "team_members",
        /// See the organisation with its purpose, people and periods.
        OrganizationView = "organization_view",
        /// Change the organisation's name, purpose and settings.
        OrganizationSettings = "organization_settings",
        /// Invite, change and deactivate members.
        OrganizationMembers = "organization_members",
        /// Invite somebody as a member or an observer.
        MemberInvite = "member_invite",
        /// Make or remove owners.
        OrganizationOwners = "organization_owners",
        /// Add, change and delete periods, and set the current one.
        OrganizationPeriods = "organization_periods",
        /// Create a tag.
        TagCreate = "tag_create",
        /// Rename or delete tags.
        TagManage = "tag_manage",
        /// Import from files.
        OrganizationImport = "organization_import",
        /// Export the whole organisation.
        OrganizationExport = "organization_export",
        /// Make a connection to another system.
        ConnectionCreate = "connection_create",
        /// Switch integrations on and off, and manage everybody's connections.
        IntegrationManage = "integration_manage",
        /// Make and revoke one's own API tokens.
        Tokens = "tokens",
        /// Read the audit log.
        AuditRead = "audit_read",
    }
}

/// What is known of the person who acts, in one organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActorFacts {
    /// Their role in the organisation.
    pub role: Role,
    /// Whether they own any active team.
    pub owns_a_team: bool,
    /// Whether they are named for the creation policy in question (goals of the organisation, teams, tags).
    pub is_named_creator: bool,
    /// Whether they are on the list of people who may create initiatives.
    pub is_named_initiative_creator: bool,
}

impl ActorFacts {
    /// A person of this role of whom nothing else is known.
    #[must_use]
    pub const fn of(role: Role) -> Self {
        Self { role, owns_a_team: false, is_named_creator: false, is_named_initiative_creator: false }
    }

    /// Owner or admin of the organisation.
    #[must_use]
    pub const fn is_admin(&self) -> bool {
        matches!(self.role, Role::Owner | Role::Admin)
    }
}

/// How the actor stands to a goal (and, for actions on a check-in or a comment, to that).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts, each looked up by itself")]
pub struct GoalFacts {
    /// Who may see it.
    pub visibility: Visibility,
    /// One of its owners.
    pub is_owner: bool,
    /// Made it.
    pub is_creator: bool,
    /// Is to check in on it.
    pub is_check_in_owner: bool,
    /// Stands in for its owner.
    pub is_delegate: bool,
    /// Owns one of its teams.
    pub is_team_owner: bool,
    /// Is the manager of one of its owners.
    pub is_manager_of_owner: bool,
    /// Owns one of its parents.
    pub is_owner_of_parent: bool,
    /// Is named as an editor.
    pub is_named_editor: bool,
    /// Is named as a viewer; counts where the goal is restricted.
    pub is_named_viewer: bool,
    /// Only named people may align to it.
    pub align_restricted: bool,
    /// Is one of those.
    pub is_named_aligner: bool,
    /// Wrote the check-in or the comment in question.
    pub is_author: bool,
}

impl GoalFacts {
    /// A stranger to a goal of this visibility.
    #[must_use]
    pub const fn stranger(visibility: Visibility) -> Self {
        Self {
            visibility,
            is_owner: false,
            is_creator: false,
            is_check_in_owner: false,
            is_delegate: false,
            is_team_owner: false,
            is_manager_of_owner: false,
            is_owner_of_parent: false,
            is_named_editor: false,
            is_named_viewer: false,
            align_restricted: false,
            is_named_aligner: false,
            is_author: false,
        }
    }
}

/// How the actor stands to a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TeamFacts {
    /// One of its owners.
    pub is_owner: bool,
    /// One of its members.
    pub is_member: bool,
    /// The team's own rule for the creation of its goals, where it differs from the organisation's.
    pub creation: Option<CreationPolicy>,
    /// Is named by that rule.
    pub is_named_creator: bool,
}

/// What is acted on.
#[derive(Debug, Clone, Copy)]
pub enum Thing<'a> {
    /// A goal, or a check-in or a comment on it.
    Goal(&'a GoalFacts),
    /// A team.
    Team(&'a TeamFacts),
    /// The organisation itself.
    Organization,
}

/// Why an action is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The actor may not know that the thing exists.
    #[error("not found")]
    NotFound,
    /// The actor may see it, but not do this.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// A capacity in which somebody may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Anyone,
    NotObserver,
    OrganizationOwner,
    Admin,
    Owner,
    Creator,
    CheckInOwner,
    Delegate,
    TeamOwner,
    Manager,
    ParentOwner,
    NamedEditor,
    Aligner,
    Author,
    Policy,
}

/// Those who edit a goal, but for the delegate (goals §10.2).
const EDITORS: &[Who] =
    &[Who::Owner, Who::Creator, Who::TeamOwner, Who::Admin, Who::Manager, Who::ParentOwner, Who::NamedEditor];
const OWN: &[Who] = &[Who::Author];
const ADMINS: &[Who] = &[Who::Admin];
const AUTHOR_OR_ADMIN: &[Who] = &[Who::Author, Who::Admin];

impl Action {
    /// The table: in which capacities the action is allowed, and why not otherwise.
    const fn rule(self) -> (&'static [&'static [Who]], &'static str) {
        match self {
            Self::GoalView
            | Self::TeamView
            | Self::OrganizationView
            | Self::GoalComment
            | Self::GoalReact => (&[&[Who::Anyone]], "You may not see this."),
            Self::GoalCreateOrganization => {
                (&[ADMINS, &[Who::Policy]], "You may not create goals of the organisation.")
            }
            Self::GoalCreateTeam => {
                (&[ADMINS, &[Who::TeamOwner, Who::Policy]], "You may not create goals of this team.")
            }
            Self::InitiativeCreate => {
                (&[&[Who::Policy]], "You are not among those who may create initiatives.")
            }
            Self::GoalCreateIndividual | Self::GoalClone | Self::ConnectionCreate | Self::Tokens => {
                (&[&[Who::NotObserver]], "Observers may not do this.")
            }
            Self::GoalEdit | Self::GoalDelete | Self::GoalClose | Self::GoalGrant => (
                &[EDITORS, &[Who::Delegate]],
                "Only the goal's owners, those above them and the people they name may change it.",
            ),
            Self::GoalChangeOwner => {
                (&[EDITORS], "Only those who may edit the goal, but not a delegate, may change its owners.")
            }
            Self::GoalCheckIn => (
                &[&[
                    Who::Owner,
                    Who::Creator,
                    Who::TeamOwner,
                    Who::Admin,
                    Who::Manager,
                    Who::ParentOwner,
                    Who::CheckInOwner,
                    Who::Delegate,
                ]],
                "Only the goal's check-in owner, its owners and those above them may check in.",
            ),
            Self::GoalContributions | Self::GoalConnect => (
                &[EDITORS, &[Who::Delegate, Who::CheckInOwner]],
                "Only those who may edit the goal and its check-in owner may change this.",
            ),
            Self::GoalAlignTo => {
                (&[&[Who::Aligner]], "Only people named by the goal's owner may align to it.")
            }
            Self::CheckInEdit | Self::CheckInDelete => {
                (&[AUTHOR_OR_ADMIN], "Only its author and the organisation's admins may change a check-in.")
            }
            Self::CommentEdit => (&[OWN], "Only its author may change a comment."),
            Self::CommentDelete => {
                (&[AUTHOR_OR_ADMIN], "Only its author and the organisation's admins may remove a comment.")
            }
            Self::TeamCreate => (&[ADMINS, &[Who::Policy]], "You may not create teams."),
            Self::MemberInvite => (&[ADMINS, &[Who::Policy]], "You may not invite people. Ask an admin."),
            Self::TagCreate => (&[ADMINS, &[Who::Policy]], "You may not create tags."),
            Self::TeamEdit | Self::TeamArchive | Self::TeamDelete | Self::TeamMembers => (
                &[ADMINS, &[Who::TeamOwner]],
                "Only the team's owners and the organisation's admins may do this.",
            ),
            Self::OrganizationOwners => {
                (&[&[Who::OrganizationOwner]], "Only owners of the organisation may make or remove owners.")
            }
            Self::OrganizationSettings
            | Self::OrganizationMembers
            | Self::OrganizationPeriods
            | Self::TagManage
            | Self::IntegrationManage
            | Self::OrganizationImport
            | Self::OrganizationExport
            | Self::AuditRead => (&[ADMINS], "Only owners and admins of the organisation may do this."),
        }
    }

    /// What observers may do as well: see, comment, like, follow, and change or remove their own comments.
    const fn open_to_observers(self) -> bool {
        matches!(
            self,
            Self::GoalView
                | Self::TeamView
                | Self::OrganizationView
                | Self::GoalComment
                | Self::GoalReact
                | Self::CommentEdit
                | Self::CommentDelete
        )
    }
}

/// Decides whether an actor may do something to a thing.
///
/// # Errors
/// [`Denied::NotFound`] where the actor may not know of the goal, [`Denied::Refused`] with the reason otherwise.
pub fn decide(
    actor: &ActorFacts,
    action: Action,
    thing: Thing<'_>,
    settings: &Settings,
) -> Result<(), Denied> {
    if let Thing::Goal(goal) = thing
        && !may_see(goal)
    {
        return Err(Denied::NotFound);
    }
    if actor.role == Role::Observer && !action.open_to_observers() {
        return Err(Refusal::new(
            "observer",
            "Observers see, follow, like and comment; they change nothing.",
        )
        .into());
    }
    let (capacities, reason) = action.rule();
    let allowed =
        capacities.iter().copied().flatten().any(|&who| acts_as(actor, who, action, thing, settings));
    if allowed { Ok(()) } else { Err(Refusal::new("not_allowed", reason).into()) }
}

/// Whether somebody may know of a goal: everyone, or the people on a restricted goal's lists. Being an admin does not
/// help (goals §10.3).
#[must_use]
pub const fn may_see(goal: &GoalFacts) -> bool {
    matches!(goal.visibility, Visibility::Everyone)
        || goal.is_owner
        || goal.is_delegate
        || goal.is_named_editor
        || goal.is_named_viewer
        || goal.is_check_in_owner
}

fn acts_as(actor: &ActorFacts, who: Who, action: Action, thing: Thing<'_>, settings: &Settings) -> bool {
    match who {
        Who::Anyone => true,
        Who::NotObserver => actor.role != Role::Observer,
        Who::Policy => by_policy(actor, action, thing, settings),
        Who::OrganizationOwner => actor.role == Role::Owner,
        // Of a restricted goal an admin, who sees it as a named viewer, is no more than that.
        Who::Admin => {
            actor.is_admin()
                && !matches!(thing, Thing::Goal(goal) if goal.visibility == Visibility::Restricted)
        }
        _ => match thing {
            Thing::Goal(goal) => stands_to_goal(goal, who),
            Thing::Team(team) => who == Who::TeamOwner && team.is_owner,
            Thing::Organization => false,
        },
    }
}

fn stands_to_goal(goal: &GoalFacts, who: Who) -> bool {
    let open = goal.visibility == Visibility::Everyone;
    match who {
        Who::Owner => goal.is_owner,
        Who::Delegate => goal.is_delegate,
        Who::NamedEditor => goal.is_named_editor,
        Who::Author => goal.is_author,
        Who::Creator => open && goal.is_creator,
        Who::TeamOwner => open && goal.is_team_owner,
        Who::Manager => open && goal.is_manager_of_owner,
        Who::ParentOwner => open && goal.is_owner_of_parent,
        Who::CheckInOwner => open && goal.is_check_in_owner,
        Who::Aligner => !goal.align_restricted || goal.is_named_aligner || goal.is_owner,
        _ => false,
    }
}

/// The organisation's (or team's) rule for who may create something.
fn by_policy(actor: &ActorFacts, action: Action, thing: Thing<'_>, settings: &Settings) -> bool {
    let policy = match (action, thing) {
        (Action::InitiativeCreate, _) => {
            return settings.initiatives
                && (settings.initiative_creators.is_empty() || actor.is_named_initiative_creator);
        }
        (Action::GoalCreateTeam, Thing::Team(team)) => {
            return match team.creation.unwrap_or(settings.create_team_goals) {
                CreationPolicy::Anyone => true,
                CreationPolicy::TeamOwners => team.is_owner,
                CreationPolicy::TeamMembers => team.is_member || team.is_owner,
                // The team's own list, or without a rule of its own the organisation's.
                CreationPolicy::Named if team.creation.is_some() => team.is_named_creator,
                CreationPolicy::Named => actor.is_named_creator,
            };
        }
        (Action::GoalCreateOrganization, _) => settings.create_organization_goals,
        (Action::TeamCreate, _) => settings.create_teams,
        (Action::TagCreate, _) => settings.create_tags,
        (Action::MemberInvite, _) => settings.invite_people,
        _ => return false,
    };
    match policy {
        CreationPolicy::Anyone => true,
        CreationPolicy::TeamOwners => actor.owns_a_team,
        // There is no team whose members they could be.
        CreationPolicy::TeamMembers => false,
        CreationPolicy::Named => actor.is_named_creator,
    }
}
