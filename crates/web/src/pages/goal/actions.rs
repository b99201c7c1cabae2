//! What can be done with a goal: the menu of its page, its panel and its rows.

use northing_app::goal::page::GoalPage;
use northing_ui::components::menu::{Entry, Item};
use northing_ui::paths;

/// The actions that the person may take now.
pub(super) fn of(found: &GoalPage) -> Vec<Entry> {
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
    if found.may_align_to && !found.goal.status.is_locked() {
        entries.push(Entry::Dialog(item("plus", "New goal under this one", paths::new_child(id), false)));
    }
    if found.may_delete {
        entries.push(Entry::Rule);
        entries.push(Entry::Dialog(item("close", "Delete", paths::goal_part(id, "deletion"), true)));
    }
    entries
}
