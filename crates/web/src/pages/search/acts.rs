//! What can be done and where one can go, in the palette: the actions behind every key, and those of what one looks at.

use northing_app::search_all::{Acts, Found};
use northing_core::goal::GoalKind;
use northing_core::permission::{Action, Thing};
use northing_core::values::Id;
use northing_ui::components::palette::{Group, Hit};
use northing_ui::{Ctx, icons, paths};

use super::{holds, marked};
use crate::extract::Signed;

/// Goals found whose check-in is offered.
const OFFERED: usize = 3;

struct Act {
    icon: &'static str,
    label: String,
    key: Option<&'static str>,
    href: String,
    dialog: bool,
}

fn dialog(
    icon: &'static str,
    label: impl Into<String>,
    key: Option<&'static str>,
    href: impl Into<String>,
) -> Act {
    Act { icon, label: label.into(), key, href: href.into(), dialog: true }
}

fn link(
    icon: &'static str,
    label: impl Into<String>,
    key: Option<&'static str>,
    href: impl Into<String>,
) -> Act {
    Act { dialog: false, ..dialog(icon, label, key, href) }
}

/// "Do" and "Go to": all of it where nothing is typed, else what holds the words. `words` is what goals were looked for by.
pub(super) fn groups(signed: &Signed, ctx: &Ctx, query: &str, words: &str, found: &Found) -> Vec<Group> {
    let group = |name: &str, acts: Vec<Act>, always: Vec<Act>| {
        let fits = acts.into_iter().filter(|act| holds(query, &act.label));
        let hit = |act: Act| Hit {
            icon: act.icon,
            text: marked(query, &act.label),
            detail: String::new(),
            status: None,
            key: act.key,
            href: act.href,
            dialog: act.dialog,
        };
        Group { name: name.to_owned(), hits: always.into_iter().chain(fits).map(hit).collect() }
    };
    vec![
        group("Do", own(signed, ctx, found), of_hits(words, found)),
        group("Go to", places(signed), Vec::new()),
    ]
}

/// Checking in on what was found.
fn of_hits(words: &str, found: &Found) -> Vec<Act> {
    if words.trim().is_empty() {
        return Vec::new();
    }
    let about = found.about.as_ref().map(|line| line.id);
    let may = |id: Id| found.acts.get(&id).is_some_and(|acts| acts.check_in);
    let goals = found.goals.iter().filter(|line| may(line.id) && Some(line.id) != about);
    goals.take(OFFERED).map(|line| check_in(line.id, &line.title, None)).collect()
}

fn check_in(goal: Id, title: &str, key: Option<&'static str>) -> Act {
    dialog("checkin", format!("Check in: {title}"), key, paths::goal_part(goal, "check-ins/new"))
}

/// What can be done with the goal that one looks at, and without any.
fn own(signed: &Signed, ctx: &Ctx, found: &Found) -> Vec<Act> {
    let mut acts = Vec::new();
    if let Some(line) = &found.about {
        let (id, title) = (line.id, &line.title);
        let may: Acts = found.acts.get(&id).copied().unwrap_or_default();
        let part = |part: &str| paths::goal_part(id, part);
        if may.check_in {
            acts.push(check_in(id, title, Some("I")));
        }
        if may.edit {
            acts.push(dialog("edit", format!("Edit: {title}"), Some("E"), part("edit")));
            acts.push(dialog("edit", format!("Rename: {title}"), Some("F2"), part("fields/title")));
            acts.push(dialog("link", format!("Change alignment: {title}"), Some("A"), part("alignments")));
            acts.push(dialog("arrow", format!("Move: {title}"), None, part("placement")));
        }
        if may.add {
            acts.push(dialog("plus", format!("New goal under: {title}"), Some("C"), paths::new_child(id)));
        }
        if may.close {
            acts.push(dialog("st-closed", format!("Close: {title}"), None, part("close")));
        }
        acts.push(link("expand", format!("Open as full page: {title}"), None, paths::goal(id)));
    }
    let about = found.about.is_some();
    let may = |action| signed.actor.may(action, Thing::Organization, &signed.membership.settings);
    let all = "Check in, one after the other";
    acts.push(dialog("checkin", all, (!about).then_some("Ctrl Shift C"), paths::CHECK_INS));
    if may(Action::GoalCreateIndividual) {
        let new = |kind: GoalKind, key| {
            let href = format!("{}?kind={}", paths::NEW_GOAL, kind.name());
            dialog(icons::station(kind), format!("New {}", ctx.terms.kind(kind).one), key, href)
        };
        acts.push(dialog("plus", "New goal", (!about).then_some("C"), paths::NEW_GOAL));
        acts.push(new(GoalKind::Objective, Some("Ctrl Shift O")));
        acts.push(new(GoalKind::Initiative, Some("Ctrl Shift P")));
        acts.push(link("edit", "Change several goals", None, paths::SEVERAL));
    }
    if may(Action::TeamCreate) {
        acts.push(dialog("team", "New team", None, paths::NEW_TEAM));
    }
    acts.push(dialog("help", "Show all keys", Some("?"), paths::SHORTCUTS));
    acts
}

fn places(signed: &Signed) -> Vec<Act> {
    let may = |action| signed.actor.may(action, Thing::Organization, &signed.membership.settings);
    let mut places = vec![
        link("home", "My OKRs", Some("g h"), paths::HOME),
        link("explorer", "Explorer", Some("g e"), paths::EXPLORER),
        link("org", &*signed.membership.organization, None, paths::ORGANISATION),
        link("team", "Teams", Some("g t"), paths::TEAMS),
        link("home", "People", Some("g p"), paths::PEOPLE),
        link("link", "Tags", None, paths::TAGS),
        link("trash", "Deleted goals", None, paths::TRASH),
        link("home", "Your account", None, paths::ACCOUNT),
    ];
    if may(Action::OrganizationSettings) {
        places.push(link("admin", "Admin", None, paths::ADMIN));
    }
    places
}
