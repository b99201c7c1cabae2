//! The rights of goals §10.1–10.3, capacity by capacity.

use northing_core::goal::Visibility;
use northing_core::people::Role;
use northing_core::permission::{Action, ActorFacts, Denied, GoalFacts, TeamFacts, Thing, decide};
use northing_core::settings::{CreationPolicy, Settings};

/// A capacity by name, with what gives it.
type Capacity = (&'static str, fn(&mut GoalFacts));

const CAPACITIES: [Capacity; 10] = [
    ("owner", |g| g.is_owner = true),
    ("creator", |g| g.is_creator = true),
    ("check_in_owner", |g| g.is_check_in_owner = true),
    ("delegate", |g| g.is_delegate = true),
    ("team_owner", |g| g.is_team_owner = true),
    ("manager", |g| g.is_manager_of_owner = true),
    ("parent_owner", |g| g.is_owner_of_parent = true),
    ("editor", |g| g.is_named_editor = true),
    ("viewer", |g| g.is_named_viewer = true),
    ("stranger", |_| {}),
];

/// In which capacities a person of this role may do something.
fn who(role: Role, action: Action, visibility: Visibility) -> Vec<&'static str> {
    let may = |give: fn(&mut GoalFacts)| {
        let mut goal = GoalFacts::stranger(visibility);
        give(&mut goal);
        decide(&ActorFacts::of(role), action, Thing::Goal(&goal), &Settings::default()).is_ok()
    };
    CAPACITIES.iter().filter(|(_, give)| may(*give)).map(|(name, _)| *name).collect()
}

const ALL: [&str; 10] = [
    "owner",
    "creator",
    "check_in_owner",
    "delegate",
    "team_owner",
    "manager",
    "parent_owner",
    "editor",
    "viewer",
    "stranger",
];

#[test]
fn members_act_on_a_public_goal_as_the_table_says() {
    let members = |action| who(Role::Member, action, Visibility::Everyone);
    for action in
        [Action::GoalView, Action::GoalComment, Action::GoalReact, Action::GoalAlignTo, Action::GoalClone]
    {
        assert_eq!(members(action), ALL, "{action}");
    }
    let editors = ["owner", "creator", "delegate", "team_owner", "manager", "parent_owner", "editor"];
    for action in [Action::GoalEdit, Action::GoalDelete, Action::GoalClose, Action::GoalGrant] {
        assert_eq!(members(action), editors, "{action}");
    }
    let owners = ["owner", "creator", "team_owner", "manager", "parent_owner", "editor"];
    assert_eq!(members(Action::GoalChangeOwner), owners);
    let check_in =
        ["owner", "creator", "check_in_owner", "delegate", "team_owner", "manager", "parent_owner"];
    assert_eq!(members(Action::GoalCheckIn), check_in);
    assert_eq!(members(Action::GoalContributions).len(), editors.len() + 1);
    // What somebody said is theirs: not even the owner or the manager of an owner of the goal changes or removes it (goals §5.2).
    for action in [Action::CheckInEdit, Action::CheckInDelete, Action::CommentEdit, Action::CommentDelete] {
        assert_eq!(members(action), [""; 0], "{action}");
    }
}

#[test]
fn what_somebody_said_is_removed_by_them_and_by_admins_of_what_these_manage() {
    for (action, admins) in
        [(Action::CheckInDelete, &ALL[..]), (Action::CommentDelete, &ALL[..]), (Action::CommentEdit, &[])]
    {
        for role in [Role::Owner, Role::Admin] {
            assert_eq!(who(role, action, Visibility::Everyone), admins, "{role} {action}");
            assert_eq!(
                who(role, action, Visibility::Restricted),
                [""; 0],
                "{role} {action} on a restricted goal"
            );
        }
        let author = |role: Role, visibility: Visibility, give: fn(&mut GoalFacts)| {
            let mut goal = GoalFacts::stranger(visibility);
            give(&mut goal);
            goal.is_author = true;
            decide(&ActorFacts::of(role), action, Thing::Goal(&goal), &Settings::default()).is_ok()
        };
        assert!(author(Role::Member, Visibility::Everyone, |_| {}), "{action} by its author");
        assert!(
            author(Role::Member, Visibility::Restricted, |goal| goal.is_delegate = true),
            "{action} by its author"
        );
        assert!(
            !author(Role::Member, Visibility::Restricted, |_| {}),
            "{action} by an author who sees the goal no more"
        );
    }
}

#[test]
fn admins_do_everything_to_a_public_goal_and_nothing_to_a_private_one() {
    for role in [Role::Owner, Role::Admin] {
        for action in [Action::GoalEdit, Action::GoalCheckIn, Action::GoalChangeOwner, Action::CheckInDelete]
        {
            assert_eq!(who(role, action, Visibility::Everyone), ALL, "{role} {action}");
        }
        assert_eq!(who(role, Action::GoalEdit, Visibility::Restricted), ["owner", "delegate", "editor"]);
        assert_eq!(who(role, Action::GoalCheckIn, Visibility::Restricted), ["owner", "delegate"]);
        let seen = who(role, Action::GoalView, Visibility::Restricted);
        assert_eq!(seen, ["owner", "check_in_owner", "delegate", "editor", "viewer"]);
    }
}

#[test]
fn observers_see_and_talk_and_change_nothing() {
    for &action in Action::ALL {
        let open = ["goal_view", "team_view", "organization_view", "goal_comment", "goal_react"]
            .contains(&action.name());
        let expected: &[&str] = if open { &ALL } else { &[] };
        assert_eq!(who(Role::Observer, action, Visibility::Everyone), expected, "{action}");
    }
}

#[test]
fn authors_alone_change_their_words() {
    let mut goal = GoalFacts::stranger(Visibility::Everyone);
    let may = |role, action, goal: &GoalFacts| {
        decide(&ActorFacts::of(role), action, Thing::Goal(goal), &Settings::default()).is_ok()
    };
    assert!(!may(Role::Admin, Action::CommentEdit, &goal));
    assert!(may(Role::Admin, Action::CommentDelete, &goal));
    goal.is_author = true;
    for action in [Action::CommentEdit, Action::CommentDelete] {
        assert!(may(Role::Member, action, &goal) && may(Role::Observer, action, &goal), "{action}");
    }
    assert!(
        may(Role::Member, Action::CheckInEdit, &goal) && !may(Role::Observer, Action::CheckInEdit, &goal)
    );
}

#[test]
fn alignment_can_be_kept_to_named_people() {
    let goal = GoalFacts { align_restricted: true, ..GoalFacts::stranger(Visibility::Everyone) };
    let may = |goal: &GoalFacts| {
        let actor = ActorFacts::of(Role::Member);
        decide(&actor, Action::GoalAlignTo, Thing::Goal(goal), &Settings::default()).is_ok()
    };
    assert!(!may(&goal));
    assert!(may(&GoalFacts { is_named_aligner: true, ..goal }));
    assert!(may(&GoalFacts { is_owner: true, ..goal }));
}

#[test]
fn creation_follows_the_policies() {
    let mut settings = Settings::default();
    let member = ActorFacts::of(Role::Member);
    let team_owner = ActorFacts { owns_a_team: true, ..member };
    let named = ActorFacts { is_named_creator: true, ..member };
    let may = |actor: &ActorFacts, action, thing: Thing<'_>, settings: &Settings| {
        decide(actor, action, thing, settings).is_ok()
    };
    for action in [Action::GoalCreateOrganization, Action::TeamCreate] {
        assert!(!may(&member, action, Thing::Organization, &settings), "{action}");
        assert!(may(&team_owner, action, Thing::Organization, &settings), "{action}");
        assert!(may(&ActorFacts::of(Role::Admin), action, Thing::Organization, &settings), "{action}");
    }
    settings.create_organization_goals = CreationPolicy::Named;
    assert!(!may(&team_owner, Action::GoalCreateOrganization, Thing::Organization, &settings));
    assert!(may(&named, Action::GoalCreateOrganization, Thing::Organization, &settings));
    assert!(may(&member, Action::GoalCreateIndividual, Thing::Organization, &settings));
    assert!(may(&member, Action::TagCreate, Thing::Organization, &settings));

    let team = |is_owner, creation| TeamFacts { is_owner, creation, ..TeamFacts::default() };
    let create = |team: TeamFacts| may(&team_owner, Action::GoalCreateTeam, Thing::Team(&team), &settings);
    assert!(!create(team(false, None)), "owning another team does not help");
    assert!(create(team(true, None)) && create(team(true, Some(CreationPolicy::Named))));
    assert!(create(team(false, Some(CreationPolicy::Anyone))));

    let listed = northing_core::values::Id::new(northing_core::values::Moment::from_millis(1), [1; 10]);
    assert!(may(&member, Action::InitiativeCreate, Thing::Organization, &settings));
    settings.initiative_creators = vec![listed];
    assert!(!may(&member, Action::InitiativeCreate, Thing::Organization, &settings));
    let on_list = ActorFacts { is_named_initiative_creator: true, ..member };
    assert!(may(&on_list, Action::InitiativeCreate, Thing::Organization, &settings));
}

#[test]
fn only_owners_manage_owners() {
    let settings = Settings::default();
    let may = |role, action| decide(&ActorFacts::of(role), action, Thing::Organization, &settings);
    assert_eq!(may(Role::Owner, Action::OrganizationOwners), Ok(()));
    assert!(matches!(may(Role::Admin, Action::OrganizationOwners), Err(Denied::Refused(_))));
    assert_eq!(may(Role::Admin, Action::OrganizationMembers), Ok(()));
    assert!(may(Role::Member, Action::AuditRead).is_err());
}
