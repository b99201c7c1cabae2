"""Runs the vendor's own client of Azure DevOps against an address and checks what it finds there.

The address is that of the double with its sample world; see crates/testkit/src/azure_devops/sample.rs.
"""

import sys

from azure.devops.connection import Connection
from azure.devops.exceptions import AzureDevOpsServiceError
from azure.devops.v7_1.work_item_tracking.models import TeamContext, Wiql, WorkItemBatchGetRequest
from msrest.authentication import BasicAuthentication


def expect(found, wanted, what):
    if found != wanted:
        sys.exit(f"{what}: {found!r} instead of {wanted!r}")


connection = Connection(base_url=sys.argv[1], creds=BasicAuthentication("", "good-token"))
core = connection.clients_v7_1.get_core_client()
work = connection.clients_v7_1.get_work_item_tracking_client()

projects = {project.name: project.id for project in core.get_projects()}
expect(sorted(projects), ["Controls", "Field Work"], "projects")
controls = projects["Controls"]
expect(core.get_project(controls).name, "Controls", "a project by its identifier")

roots = work.get_queries(controls, depth=2, expand="wiql")
expect([root.name for root in roots], ["My Queries", "Shared Queries"], "the roots of the queries")
folder = next(child for child in roots[1].children if child.name == "Release 4.2")
scope = next(child for child in folder.children if child.name.startswith("4.2 scope"))
expect((folder.is_folder, scope.query_type), (True, "flat"), "a folder and a query in it")
expect(work.get_query(controls, scope.path).id, scope.id, "a query by its path")
expect([found.name for found in work.search_queries(controls, "scope").value], [scope.name], "a search")

of_project = TeamContext(project_id=controls, project="Controls")
flat = work.query_by_id(scope.id, team_context=of_project)
written = work.query_by_wiql(Wiql(query=scope.wiql), team_context=of_project)
expect(len(written.work_items), len(flat.work_items), "the same list, written out")
expect(len(flat.work_items), 30, "a list")
tree = next(child for child in folder.children if child.query_type == "tree")
links = work.query_by_wiql(Wiql(query=tree.wiql)).work_item_relations
expect(len({link.target.id for link in links}), 35, "a tree")

batch = WorkItemBatchGetRequest(ids=[item.id for item in flat.work_items] + [999999], fields=["System.State", "System.AssignedTo"], error_policy="omit")
items = work.get_work_items_batch(batch, controls)
expect(len([item for item in items if item]), 30, "items of a batch")
closed = [item for item in items if item and item.fields["System.State"] == "Closed"]
expect((len(closed), closed[0].fields["System.AssignedTo"]["displayName"]), (12, "Jun Takeda"), "fields")

states = {state.name: state.category for state in work.get_work_item_type_states(controls, "User Story")}
expect(states["Closed"], "Completed", "the category of a state")
expect("User Story" in [kind.name for kind in work.get_work_item_types(controls)], True, "types")
fields = {field.reference_name: field.type for field in work.get_work_item_fields(controls)}
expect(fields["Microsoft.VSTS.Scheduling.StoryPoints"], "double", "fields of the project")

for call, code in [
    (lambda: work.get_query(controls, "no-such-query"), "TF401243"),
    (lambda: work.get_work_item(999999), "TF401232"),
    (lambda: work.query_by_wiql(Wiql(query="SELECT [Nope] FROM WorkItems")), "TF51005"),
    (lambda: work.get_work_items(list(range(1, 202))), "VS403474"),
]:
    try:
        call()
    except AzureDevOpsServiceError as error:
        expect(str(error).startswith(code), True, f"{code} as an error, not {error}")
    else:
        sys.exit(f"{code}: no error")

print("all is as it should be")
