//! The presets of Explorer (goals §7.3) and the filters of every list: all of it stands in the address.

use std::collections::HashSet;

use northing_app::explorer::{
    Counts, FilterOffer, GroupKey, LONG, ListPage, ListQuery, ListView, OPEN, RECENT, SHORT,
};
use northing_core::goal::{GoalKind, Level};
use northing_core::status::Status;
use northing_core::text::fold;
use northing_ui::components::filter::{
    Chip, ChipValue, FilterBar, FilterField, FilterOption, FilterPicker, ViewOptions,
};
use northing_ui::components::picker::{Choice, Of};
use northing_ui::components::status::Shown;
use northing_ui::components::views::View;
use northing_ui::{Ctx, paths};

use super::super::pickers::{About, found, named};
use super::Asked;
use crate::extract::Signed;
use crate::failure::Failure;
use crate::state::AppState;

/// What narrows a list, by the names in the address.
const NARROWING: [&str; 12] = [
    "q",
    "status",
    "kind",
    "level",
    "team",
    "exact",
    "owner",
    "tag",
    "aligned",
    "due",
    "unchecked",
    "closed",
];
/// What stays when a preset is chosen or all filters go.
const KEPT: [&str; 2] = ["period", "tab"];

/// A preset: its name, its filters, its count.
type Preset = (String, Vec<(String, String)>, fn(&Counts) -> i64);

/// The presets: links with their filters.
pub(super) fn presets(ctx: &Ctx, signed: &Signed, asked: &Asked, counts: Option<&Counts>) -> Vec<View> {
    let of = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let me = signed.actor.user_id.to_string();
    let (short, long, recent) = (SHORT.to_string(), LONG.to_string(), RECENT.to_string());
    let all: [Preset; 9] = [
        (String::from("All goals"), Vec::new(), |it| it.all),
        (
            format!("Company {}", ctx.terms.kind(GoalKind::Objective).many),
            of(&[("kind", "objective"), ("level", "organization")]),
            |it| it.company,
        ),
        (String::from("My goals"), of(&[("owner", &me)]), |it| it.mine),
        (String::from("Behind or at risk"), of(&[("status", "behind"), ("status", "at_risk")]), |it| {
            it.behind
        }),
        (String::from("Overdue"), of(&[("due", "overdue")]), |it| it.overdue),
        (format!("No check-in for {SHORT} days"), of(&[("unchecked", &short)]), |it| it.unchecked_short),
        (format!("For {LONG} days"), of(&[("unchecked", &long)]), |it| it.unchecked_long),
        (
            String::from("Unaligned"),
            of(&[("level", "team"), ("level", "individual"), ("aligned", "none")]),
            |it| it.unaligned,
        ),
        (String::from("Recently completed"), of(&[("closed", &recent)]), |it| it.closed),
    ];
    let set = |pairs: &[(String, String)]| -> HashSet<(String, String)> { pairs.iter().cloned().collect() };
    let now: Vec<(String, String)> = asked.pairs_of(&NARROWING).collect();
    all.into_iter()
        .map(|(name, pairs, count)| View {
            name,
            current: set(&pairs) == set(&now),
            count: counts.map(|counts| usize::try_from(count(counts)).unwrap_or(0)),
            href: Asked::of(paths::EXPLORER, asked.pairs_of(&KEPT).chain(pairs)),
        })
        .collect()
}

/// The filters of a list.
pub(super) async fn bar(
    state: &AppState,
    signed: &Signed,
    ctx: &Ctx,
    asked: &Asked,
    query: &ListQuery,
    (view, offer): (&ListView, FilterOffer),
    path: &str,
) -> Result<FilterBar, Failure> {
    let narrowing = &query.narrowing;
    let teams: Vec<Choice> = offer.teams.into_iter().map(named).collect();
    let owners: Vec<Choice> = offer.owners.into_iter().map(named).collect();
    let mut pickers = Vec::new();
    // A team's page and a person's page are of that team and that person already.
    for (of, name, label, chosen, here) in [
        (Of::Teams, "team", "Team", &teams, ListPage::Team),
        (Of::People, "owner", "Owner", &owners, ListPage::Person),
    ] {
        if query.page == here {
            continue;
        }
        let text = asked.one(&format!("{name}_query")).unwrap_or_default().to_owned();
        let found = match asked.one("search") {
            Some(search) if search == name => {
                Some(found(state, signed, of, &text, About { all: true, ..About::default() }).await?)
            }
            _ => None,
        };
        pickers.push(FilterPicker { of, name, label, chosen: chosen.clone(), query: text, found });
    }
    let clear = Asked::of(path, asked.pairs_of(&KEPT));
    Ok(FilterBar {
        action: path.to_owned(),
        query: narrowing.text.clone(),
        kept: asked.pairs_of(&["period", "goal", "tab"]).collect(),
        chips: chips(ctx, asked, query, path, &teams, &owners),
        pickers,
        fields: fields(ctx, query, &offer.tags),
        view: view_options(query, view),
        clear: query.is_changed().then_some(clear),
        levels: (!query.is_flat()).then(|| levels(asked, view, path)),
    })
}

/// How the list is shown.
fn view_options(query: &ListQuery, view: &ListView) -> ViewOptions {
    let text = |group| match group {
        GroupKey::Period => "Period",
        GroupKey::Team => "Team",
        GroupKey::Owner => "Owner",
        GroupKey::Status => "Status",
    };
    let group = |group: &GroupKey| FilterOption {
        value: group.name().to_owned(),
        text: text(*group).to_owned(),
        chosen: query.group == Some(*group),
    };
    // Goals of one period need no such heading.
    let several = view.shown.len() > 1;
    let groups = GroupKey::ALL.iter().filter(|it| several || **it != GroupKey::Period).map(group).collect();
    ViewOptions { flat: query.flat, info: query.info, groups, print: !several }
}

fn chips(
    ctx: &Ctx,
    asked: &Asked,
    query: &ListQuery,
    path: &str,
    teams: &[Choice],
    owners: &[Choice],
) -> Vec<Chip> {
    let narrowing = &query.narrowing;
    let mut chips = Vec::new();
    let mut add = |label: &str, name: &str, values: Vec<ChipValue>| {
        if !values.is_empty() {
            chips.push(Chip { label: label.to_owned(), values, remove: asked.with(path, name, &[]) });
        }
    };
    let text = |text: String| ChipValue::Text(text);
    let below = if query.exact_teams { "" } else { " and below" };
    add("Team", "team", teams.iter().map(|it| text(format!("{}{below}", it.text))).collect());
    let nobody = narrowing.unowned.then(|| text(String::from("Nobody")));
    add("Owner", "owner", owners.iter().map(|it| text(it.text.clone())).chain(nobody).collect());
    add(
        "Status",
        "status",
        narrowing.statuses.iter().map(|it| ChipValue::Status(Shown::from(*it))).collect(),
    );
    add("Kind", "kind", narrowing.kinds.iter().map(|it| text(ctx.terms.label(*it))).collect());
    add("Level", "level", narrowing.levels.iter().map(|it| text(level(*it).to_owned())).collect());
    add("Tag", "tag", narrowing.tags.iter().cloned().map(ChipValue::Text).collect());
    add(
        "Aligned",
        "aligned",
        narrowing.unaligned.then(|| text(String::from("To nothing"))).into_iter().collect(),
    );
    add("Due", "due", query.overdue.then(|| text(String::from("Overdue"))).into_iter().collect());
    let days = |days: u16| text(format!("{days} days"));
    add("No check-in for", "unchecked", query.unchecked_days.map(days).into_iter().collect());
    add("Closed in the last", "closed", query.closed_days.map(days).into_iter().collect());
    chips
}

fn fields(ctx: &Ctx, query: &ListQuery, tags: &[String]) -> Vec<FilterField> {
    let narrowing = &query.narrowing;
    let option = |value: &str, text: String, chosen| FilterOption { value: value.to_owned(), text, chosen };
    let field = |name: &str, label: &str, one, options| FilterField {
        name: name.to_owned(),
        label: label.to_owned(),
        one,
        options,
    };
    let statuses = Status::ALL
        .iter()
        .map(|it| option(it.name(), Shown::from(*it).word().to_owned(), narrowing.statuses.contains(it)));
    let kinds =
        GoalKind::ALL.iter().map(|it| option(it.name(), ctx.terms.label(*it), narrowing.kinds.contains(it)));
    let levels =
        Level::ALL.iter().map(|it| option(it.name(), level(*it).to_owned(), narrowing.levels.contains(it)));
    let days = [SHORT, LONG, 30].into_iter().map(|days| {
        option(&days.to_string(), format!("For {days} days"), query.unchecked_days == Some(days))
    });
    let chosen = |name: &str| narrowing.tags.iter().any(|tag| fold(tag) == fold(name));
    let others = narrowing.tags.iter().filter(|tag| !tags.iter().any(|it| fold(it) == fold(tag)));
    let tags = tags.iter().chain(others).map(|name| option(name, name.clone(), chosen(name)));
    let special = [
        ("due", "overdue", "Overdue", query.overdue),
        ("aligned", "none", "Aligned to nothing", narrowing.unaligned),
        ("owner", "none", "Without an owner", narrowing.unowned),
        ("exact", "true", "Without the teams below", query.exact_teams),
    ];
    let mut fields = vec![
        field("status", "Status", false, statuses.collect()),
        field("level", "Level", false, levels.collect()),
        field("unchecked", "No check-in", true, days.collect()),
        field("tag", "Tag", false, tags.collect()),
    ];
    if !query.initiatives {
        fields.insert(1, field("kind", "Kind", false, kinds.collect()));
    }
    for (name, value, text, chosen) in special {
        fields.push(field(name, "", false, vec![option(value, text.to_owned(), chosen)]));
    }
    fields
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Organization => "Organisation",
        Level::Team => "Team",
        Level::Individual => "Individual",
    }
}

/// The page with every shown branch open one level further, and with the deepest open ones closed.
fn levels(asked: &Asked, view: &ListView, path: &str) -> (Option<String>, Option<String>) {
    let mut open = asked.branches();
    let closed = view.lines.iter().filter(|row| !row.open && row.line.child_count > 0);
    let more: Vec<String> =
        closed.map(|row| row.line.id.to_string()).filter(|id| !open.contains(id)).collect();
    let deepest = view.lines.iter().filter(|row| row.open).map(|row| row.depth).max();
    let least: Vec<String> = view
        .lines
        .iter()
        .filter(|row| row.open && Some(row.depth) < deepest)
        .map(|row| row.line.id.to_string())
        .collect();
    let expand = (!more.is_empty()).then(|| {
        open.extend(more);
        open.truncate(OPEN);
        asked.opened(path, &open)
    });
    (expand, deepest.map(|_| asked.opened(path, &least)))
}
