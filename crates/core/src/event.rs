//! The names of what happens: in activity entries, the audit log and live updates.

use crate::named_values;

named_values! {
    /// A kind of event. The name says the thing first, then what happened to it.
    EventKind {
        /// A goal was created.
        GoalCreated = "goal.created",
        /// A goal's fields changed.
        GoalEdited = "goal.edited",
        /// A goal was deleted.
        GoalDeleted = "goal.deleted",
        /// A deleted goal came back.
        GoalRestored = "goal.restored",
        /// A deleted goal was removed for good, 30 days after.
        GoalPurged = "goal.purged",
        /// A goal got, lost or changed a parent.
        GoalAligned = "goal.aligned",
        /// The order of a goal among its siblings changed.
        GoalMoved = "goal.moved",
        /// The shares of a goal's children changed.
        GoalContributions = "goal.contributions",
        /// A goal was closed, by a person or because its key results are.
        GoalClosed = "goal.closed",
        /// A goal was opened again.
        GoalReopened = "goal.reopened",
        /// A goal was put off.
        GoalPostponed = "goal.postponed",
        /// A goal went on in another period, or was copied.
        GoalCloned = "goal.cloned",
        /// A key result became an initiative or the other way round.
        GoalConverted = "goal.converted",
        /// A goal's progress or status moved because something below it did.
        GoalRolledUp = "goal.rolled_up",
        /// A goal was linked to a data source.
        GoalConnected = "goal.connected",
        /// A goal's data source was removed.
        GoalDisconnected = "goal.disconnected",
        /// Somebody was given or lost a right on a goal.
        GoalGranted = "goal.granted",
        /// Somebody asked for a check-in.
        GoalNudged = "goal.nudged",
        /// A check-in was made.
        CheckInAdded = "check_in.created",
        /// A check-in was changed.
        CheckInEdited = "check_in.edited",
        /// A check-in was removed.
        CheckInDeleted = "check_in.deleted",
        /// A comment was written.
        CommentAdded = "comment.created",
        /// A comment was changed.
        CommentEdited = "comment.edited",
        /// A comment was removed.
        CommentDeleted = "comment.deleted",
        /// An initiative's task was added.
        TaskAdded = "task.added",
        /// A task was changed, done or undone.
        TaskEdited = "task.edited",
        /// A task was removed.
        TaskDeleted = "task.deleted",
        /// A team was created.
        TeamCreated = "team.created",
        /// A team's fields changed.
        TeamEdited = "team.updated",
        /// A team was put away.
        TeamArchived = "team.archived",
        /// An archived team came back.
        TeamRestored = "team.restored",
        /// A team was deleted.
        TeamDeleted = "team.deleted",
        /// A team's owners or members changed.
        TeamMembersChanged = "team.members_changed",
        /// Somebody became a member.
        MemberAdded = "member.added",
        /// A member's role, manager or other fields changed.
        MemberEdited = "member.updated",
        /// A member can no longer sign in.
        MemberDeactivated = "member.deactivated",
        /// A deactivated member can sign in again.
        MemberReactivated = "member.reactivated",
        /// A member was removed from the organisation.
        MemberRemoved = "member.removed",
        /// Somebody joined an organisation that is open to everyone.
        MemberJoined = "member.joined",
        /// Somebody asked to be let in.
        MemberRequested = "member.requested",
        /// Somebody took their request to be let in back.
        MemberRequestWithdrawn = "member.request_withdrawn",
        /// A request to be let in was declined.
        MemberRequestDeclined = "member.request_declined",
        /// Somebody changed their own profile.
        ProfileEdited = "profile.updated",
        /// Somebody changed their own password.
        PasswordChanged = "password.changed",
        /// A link was made that invites somebody or lets them set a new password.
        LinkCreated = "link.created",
        /// Such a link was taken back before it was used.
        LinkEnded = "link.ended",
        /// Such a link was used.
        LinkUsed = "link.used",
        /// The organisation was set up.
        OrganizationCreated = "organization.created",
        /// The organisation's fields or settings changed.
        OrganizationEdited = "organization.updated",
        /// A period was added.
        PeriodCreated = "period.created",
        /// A period changed.
        PeriodEdited = "period.updated",
        /// A period became the current one.
        PeriodCurrent = "period.current",
        /// A period was deleted.
        PeriodDeleted = "period.deleted",
        /// A tag was created.
        TagCreated = "tag.created",
        /// A tag was renamed.
        TagEdited = "tag.edited",
        /// A tag was deleted.
        TagDeleted = "tag.deleted",
        /// Goals were made from sample OKRs.
        SamplesAdded = "samples.added",
        /// Files were imported.
        ImportFinished = "import.finished",
        /// An import was taken back.
        ImportUndone = "import.undone",
        /// The organisation was exported.
        ExportFinished = "export.finished",
        /// An integration was switched on.
        IntegrationEnabled = "integration.enabled",
        /// An integration was switched off.
        IntegrationDisabled = "integration.disabled",
        /// A connection to another system was made.
        ConnectionCreated = "connection.created",
        /// A connection was changed, or its credentials were renewed.
        ConnectionEdited = "connection.updated",
        /// A connection was removed.
        ConnectionDeleted = "connection.deleted",
        /// A goal's data source could not be read.
        GoalSyncFailed = "goal.sync_failed",
        /// It can be read again.
        GoalSyncRecovered = "goal.sync_recovered",
        /// An API token was made.
        TokenCreated = "token.created",
        /// An API token was revoked.
        TokenRevoked = "token.revoked",
        /// Somebody signed in.
        SignedIn = "session.created",
        /// Somebody signed out.
        SignedOut = "session.deleted",
    }
}
