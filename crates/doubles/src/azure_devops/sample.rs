//! A small world: the firmware and field work of the demonstration organisation.

use northing_core::values::Moment;
use serde_json::json;

use super::process::Process;
use super::world::{Node, World};

const CONTROLS: &str = "11111111-aaaa-4aaa-8aaa-000000000001";
const FIELD: &str = "11111111-aaaa-4aaa-8aaa-000000000002";

/// The token of the sample.
pub const SAMPLE_TOKEN: &str = "good-token";

/// Two projects: *Controls* (Agile), whose query *4.2 scope, all items* matches 30 items of which 12 are completed and 2 removed at
/// `now`, and *Field Work* (Scrum). Token: [`SAMPLE_TOKEN`]. Items became completed one by one in the weeks before.
#[must_use]
pub fn sample(now: Moment) -> World {
    let mut world = World::new(now);
    world.project(CONTROLS, "Controls", Process::agile());
    world.project(FIELD, "Field Work", Process::scrum());
    world.custom_fields.push(("Custom.Homes".into(), "Homes".into(), "integer".into()));
    let weeks_ago = |weeks: i64| now.plus_millis(-weeks * 7 * 86_400_000);
    world.item(1, CONTROLS, "Epic", "Active", weeks_ago(14), json!({ "System.Title": "Controller 4.2" }));
    for id in 2..=5_u64 {
        world.item(id, CONTROLS, "Feature", "Active", weeks_ago(13), json!({}));
        world.below(1, id);
    }
    for number in 0..30_u64 {
        let id = 100 + number;
        let kind = if number % 5 == 4 { "Bug" } else { "User Story" };
        let person = json!({ "displayName": if number % 2 == 0 { "Jun Takeda" } else { "Priya Raman" }, "uniqueName": "x" });
        let fields = json!({
            "System.Title": format!("Release item {}", number + 1), "System.Tags": "4.2",
            "System.AreaPath": "Controls\\Firmware", "System.AssignedTo": person,
            "Microsoft.VSTS.Scheduling.StoryPoints": (number % 3 != 2).then_some(number % 5 + 1),
            "Microsoft.VSTS.Scheduling.RemainingWork": 3.5, "Custom.Homes": number,
        });
        world.item(id, CONTROLS, kind, "New", weeks_ago(12), fields);
        world.below(2 + number % 4, id);
        let state = match number {
            0..=11 => "Closed",
            12..=13 => "Removed",
            14..=17 => "Resolved",
            18..=23 => "Active",
            _ => continue,
        };
        let week = 11 - i64::try_from(number % 11).unwrap_or(0);
        world.change(id, weeks_ago(week), json!({ "System.State": state }));
    }
    for number in 0..20_u64 {
        let state = if number < 5 { "Done" } else { "Committed" };
        let fields = json!({ "Microsoft.VSTS.Scheduling.Effort": number + 1 });
        world.item(500 + number, FIELD, "Product Backlog Item", state, weeks_ago(10), fields);
    }
    let scope = "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.Tags] CONTAINS '4.2' ORDER BY [System.Id]";
    let bugs = "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.WorkItemType] = 'Bug'";
    let tree = "SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.WorkItemType] = 'Epic' AND \
        [System.Links.LinkType] = 'System.LinkTypes.Hierarchy-Forward' MODE (Recursive)";
    let direct = "SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.WorkItemType] = 'Feature' AND \
        [System.Links.LinkType] = 'System.LinkTypes.Hierarchy-Forward' AND [Target].[System.WorkItemType] = 'Bug' MODE (MayContain)";
    let mine = "SELECT [System.Id] FROM WorkItems WHERE [System.AssignedTo] = @Me";
    let mut broken = Node::query("q-broken", "Old iteration", "SELECT [System.Id] FROM WorkItems WHERE");
    broken.broken = true;
    world.share(
        CONTROLS,
        vec![
            Node::folder(
                "f-42",
                "Release 4.2",
                vec![
                    Node::query("q-scope", "4.2 scope, all items", scope),
                    Node::query("q-bugs", "Escaped defects", bugs),
                    Node::query("q-tree", "4.2 as a tree", tree),
                    Node::query("q-direct", "Features with their bugs", direct),
                ],
            ),
            Node::folder(
                "f-odd",
                "Büro & 100% / gemischt",
                vec![Node::query("q-mine", "Assigned to me", mine), broken],
            ),
            Node::query("q-none", "Nothing yet", "SELECT [System.Id] FROM WorkItems WHERE [System.Id] = 0"),
        ],
    );
    let field = "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project";
    let both = "SELECT [System.Id] FROM WorkItems WHERE [System.State] <> 'Removed'";
    world.share(
        FIELD,
        vec![Node::query("q-field", "Backlog", field), Node::query("q-both", "All projects", both)],
    );
    world
}
