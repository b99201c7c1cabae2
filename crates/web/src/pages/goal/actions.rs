//! What can be done with a goal: the menu of its page, its panel and its rows.

use northing_app::goal::page::GoalPage;
use northing_core::values::Id;
use northing_ui::components::menu::{Entry, Item};
use northing_ui::paths;

/// Where a row stands in its list, for its menu to move it there.
pub(super) struct InList {
    /// The parent under which it stands; none at the top.
    pub(super) under: Option<Id>,
}

/// The actions that the person may take now; `row` where the menu is that of a row whose order people give.
pub(super) fn of(found: &GoalPage, row: Option<&InList>) -> Vec<Entry> {
    let id = found.goal.id;
    let item = |icon, label: &str, href: String, danger| Item {
        icon,
        label: label.to_owned(),
        href,
        key: None,
        danger,
    };
    let mut entries = vec![Entry::Link(item("expand", "Open as full page", paths::goal(id), false))];
    if found.may_check_in {
        entries.push(Entry::Dialog(item(
            "checkin",
            "Check in",
            paths::goal_part(id, "check-ins/new"),
            false,
        )));
    }
    if found.may_edit {
        let edit = item("edit", "Edit", paths::goal_part(id, "edit"), false);
        entries.push(Entry::Dialog(Item { key: Some("E"), ..edit }));
        if row.is_some() {
            let rename = item("edit", "Rename", paths::goal_part(id, "fields/title"), false);
            entries.push(Entry::Dialog(Item { key: Some("F2"), ..rename }));
            for (icon, label, field) in [
                ("home", "Change owners", "owners"),
                ("team", "Change team", "place"),
                ("calendar", "Change period", "period"),
            ] {
                entries.push(Entry::Dialog(item(
                    icon,
                    label,
                    paths::goal_part(id, &format!("fields/{field}")),
                    false,
                )));
            }
        }
    }
    if found.may_align_to && !found.goal.status.is_locked() {
        entries.push(Entry::Dialog(item("plus", "New goal under this one", paths::new_child(id), false)));
    }
    if found.may_edit {
        let href = paths::goal_part(id, "alignments");
        entries.push(Entry::Rule);
        entries.push(Entry::Dialog(Item { key: Some("A"), ..item("link", "Change alignment", href, false) }));
    }
    if found.may_edit {
        let href = paths::goal_part(id, "access");
        entries.push(Entry::Dialog(item("lock", "Who may change it", href, false)));
    }
    if found.may_contribute {
        let href = paths::goal_part(id, "contributions");
        entries.push(Entry::Dialog(item("group", "Contributions", href, false)));
    }
    let source = &found.source;
    if source.may_connect && (source.on || source.link.is_some()) {
        let label = if source.link.is_some() { "Edit data source" } else { "Connect to Azure DevOps" };
        entries.push(Entry::Dialog(item("ado", label, paths::goal_part(id, "link"), false)));
    }
    if found.may_move {
        let here = row.map_or_else(String::new, |row| {
            row.under.map_or_else(|| String::from("?top=true"), |parent| format!("?under={parent}"))
        });
        let href = paths::goal_part(id, &format!("placement{here}"));
        entries.push(Entry::Rule);
        entries.push(Entry::Dialog(item("arrow", "Move to…", href, false)));
    }
    if let Some(row) = row.filter(|_| found.may_move) {
        let parent = row.under.map_or_else(String::new, |id| id.to_string());
        let step = |place: &str| format!("move?place={place}&from={parent}&to={parent}");
        let key = |entry: Item, key| Item { key: Some(key), ..entry };
        let up = item("up", "Move up", paths::goal_part(id, &step("up")), false);
        entries.push(Entry::Post(key(up, "Alt ↑")));
        let down = item("down", "Move down", paths::goal_part(id, &step("down")), false);
        entries.push(Entry::Post(key(down, "Alt ↓")));
    }
    if found.may_clone || found.may_close {
        entries.push(Entry::Rule);
    }
    if found.may_clone {
        entries.push(Entry::Dialog(item("copy", "Copy…", paths::goal_part(id, "clone"), false)));
    }
    if found.may_close {
        if found.goal.status.is_locked() {
            entries.push(Entry::Dialog(item("sync", "Reopen", paths::goal_part(id, "reopen"), false)));
        } else {
            entries.push(Entry::Dialog(item("st-closed", "Close", paths::goal_part(id, "close"), false)));
            let postpone = paths::goal_part(id, "close?end=postponed");
            entries.push(Entry::Dialog(item("st-post", "Postpone", postpone, false)));
        }
    }
    if found.may_delete {
        entries.push(Entry::Rule);
        entries.push(Entry::Dialog(item("trash", "Delete", paths::goal_part(id, "deletion"), true)));
    }
    entries
}
