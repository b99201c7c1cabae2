//! The pages of the organisation, of teams and of people: the same tree of goals, with what surrounds it.

use std::collections::HashMap;

use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use northing_app::entity::{PersonLine, TeamLine, TeamView, Which, Whom};
use northing_app::explorer::ListPage;
use northing_app::shell::{ShellView, Standing, TeamLine as TeamOfNavigation};
use northing_app::{Error, PageRequest};
use northing_core::goal::{GoalKind, Level};
use northing_core::people::{MemberStatus, TeamStatus};
use northing_core::permission::{Action, Thing};
use northing_core::values::Id;
use northing_ui::components::menu::{Entry, Item};
use northing_ui::components::person::Person;
use northing_ui::components::views::View;
use northing_ui::pages::entity::Part;
use northing_ui::pages::{organisation, people, person, team, teams};
use northing_ui::{Ctx, layout, paths};

use super::around::Around;
use super::explorer::{Asked, tree};
use super::goal::check_ins::plain;
use super::shell;
use crate::extract::Signed;
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

/// The teams at the top, in `below`.
const TOP: &str = "top";
/// Rows of a list of teams or people before it goes on by scrolling.
const ROWS: u16 = 60;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(paths::ORGANISATION, organization_page)
        .get(paths::TEAMS, team_list)
        .get("/teams/rows", team_rows)
        .get("/teams/{team}", team_page)
        .get(paths::PEOPLE, people_list)
        .get("/people/rows", people_rows)
        .get("/people/{person}", person_page)
        .get(paths::NAV_TEAMS, nav_teams)
        .get("/nav/teams/{team}", nav_branch)
}

/// Where several goals of a page's list are changed at once, with its filters; for those who may.
fn several(asked: &Asked, around: &ShellView, list: &str) -> Option<String> {
    let filters = asked.without("", &["open", "tab", "goal"]);
    let filters = Asked::read(filters.strip_prefix('?').map(ToOwned::to_owned));
    around.may_create_goals.then(|| filters.with(paths::SEVERAL, "list", &[list.to_owned()]))
}

/// The tabs that the pages of the organisation, of teams and of people share.
struct Tabs<'a> {
    signed: &'a Signed,
    ctx: &'a Ctx,
    asked: &'a Asked,
    path: &'a str,
    list: (ListPage, Option<Id>),
}

/// The list of initiatives, which `Asked::query` knows.
const INITIATIVES: &str = "initiatives";
/// The check-ins on the page's goals.
const CHECK_INS: &str = "check-ins";
/// Check-ins before they go on by a link.
const FEED: u16 = 30;

impl Tabs<'_> {
    fn open(&self) -> &str {
        self.asked.one("tab").unwrap_or_default()
    }

    fn view(&self, name: String, tab: &str, count: Option<usize>) -> View {
        let values: Vec<String> = Some(tab.to_owned()).filter(|tab| !tab.is_empty()).into_iter().collect();
        View { name, href: self.asked.with(self.path, "tab", &values), count, current: self.open() == tab }
    }

    /// Goals, initiatives and check-ins. What the filters leave is counted of the list that is open.
    fn views(&self, total: usize) -> Vec<View> {
        let initiatives = self.open() == INITIATIVES;
        let mut views = vec![self.view(String::from("Goals"), "", (!initiatives).then_some(total))];
        if initiatives || self.signed.membership.settings.initiatives {
            let name = self.ctx.terms.heading(GoalKind::Initiative);
            views.push(self.view(name, INITIATIVES, initiatives.then_some(total)));
        }
        views.push(self.view(String::from("Check-ins"), CHECK_INS, None));
        views
    }

    /// What is open. `before` is where the check-ins before ended.
    async fn part(
        &self,
        state: &AppState,
        before: Option<String>,
        period: Option<Id>,
        may_create: bool,
    ) -> Result<Part, Failure> {
        match self.open() {
            INITIATIVES => {
                let may = may_create && may(self.signed, Action::InitiativeCreate);
                Ok(Part::Initiatives { new: may.then(|| self.new_initiative(period)) })
            }
            CHECK_INS => {
                let query = self.asked.query(self.list.0, self.list.1)?;
                let part = PageRequest { limit: FEED, cursor: before };
                let found = state.app.list_feed(&self.signed.actor, &query, &part).await?;
                let more = found.next.map(|cursor| self.asked.with(self.path, BEFORE, &[cursor]));
                let list = found.items.into_iter();
                let list = list.map(|(line, row)| (line.title, plain(&line.metric, &row))).collect();
                Ok(Part::CheckIns { list, more })
            }
            _ => Ok(Part::Goals),
        }
    }

    fn new_initiative(&self, period: Option<Id>) -> String {
        let place = match self.list {
            (ListPage::Team, Some(team)) => ("team", team.to_string()),
            (ListPage::Person, Some(person)) => ("owner", person.to_string()),
            _ => ("level", Level::Organization.to_string()),
        };
        let about = [("kind", GoalKind::Initiative.to_string()), place];
        let period = period.map(|id| ("period", id.to_string()));
        let pairs = about.into_iter().chain(period).map(|(name, value)| (name.to_owned(), value));
        Asked::of(paths::NEW_GOAL, pairs)
    }
}

/// Where the check-ins of a page begin, in its address.
const BEFORE: &str = "before";

/// The address without its place among the check-ins, and that place.
fn parted(raw: Option<String>) -> (Asked, Option<String>) {
    let asked = Asked::read(raw);
    let Some(before) = asked.one(BEFORE).map(ToOwned::to_owned) else { return (asked, None) };
    let rest = asked.without("", &[BEFORE]);
    (Asked::read(rest.strip_prefix('?').map(ToOwned::to_owned)), Some(before))
}

/// Where the list of teams below one (or at the top) goes on.
fn more_teams(shown: &[TeamLine], all: i64, below: Option<Id>) -> Option<String> {
    let last = shown.last().filter(|_| count(all) > shown.len())?;
    let below = below.map_or_else(|| String::from(TOP), |id| id.to_string());
    let cursor = northing_app::entity::after(last)?;
    let list = Asked::read(Some(format!("below={below}")));
    Some(list.with(paths::TEAM_ROWS, "cursor", &[cursor]))
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

fn named((id, name): (Id, String)) -> Person {
    Person { id, name }
}

fn team_line(line: TeamLine, standings: &HashMap<Id, Standing>) -> teams::TeamLine {
    teams::TeamLine {
        progress: standings.get(&line.id).map(shell::progress_of),
        id: line.id,
        name: line.name,
        depth: 0,
        lead: line.lead.map(named),
        goals: count(line.goals),
        archived: line.status == TeamStatus::Archived,
    }
}

fn person_line(line: PersonLine) -> people::PersonLine {
    people::PersonLine {
        person: Person { id: line.id, name: line.name },
        title: line.title.unwrap_or_default(),
        teams: line.teams,
        goals: count(line.goals),
        deactivated: line.status == MemberStatus::Deactivated,
    }
}

async fn organization_page(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let (asked, before) = parted(raw);
    let ctx = signed.ctx(&state);
    let path = paths::ORGANISATION;
    let goals = tree(&state, &signed, &ctx, &asked, (ListPage::Organization, None, path)).await?;
    let view = state.app.organization_page(&signed.actor, goals.period).await?;
    let list = (ListPage::Organization, None);
    let tabs = Tabs { signed: &signed, ctx: &ctx, asked: &asked, path, list };
    let part = tabs.part(&state, before, goals.period, view.may_create).await?;
    let content = organisation::Organisation {
        name: view.organization.name,
        purpose: organisation::Purpose {
            mission: view.organization.mission.unwrap_or_default(),
            vision: view.organization.vision.unwrap_or_default(),
            values: view.organization.values,
            north_star: view.organization.north_star.unwrap_or_default(),
        },
        strip: goals.strip,
        filters: goals.filters,
        progress: view.standings.get(&signed.actor.org_id).map(shell::progress_of),
        views: tabs.views(goals.summary.total),
        part,
        summary: goals.summary,
        grid: goals.grid,
        all_teams: count(view.all_teams),
        more_teams: more_teams(&view.teams, view.all_teams, None),
        teams: view.teams.into_iter().map(|line| team_line(line, &view.standings)).collect(),
        may_create: view.may_create,
        several: several(&asked, &goals.around, "organization"),
        close: view.may_create.then(|| paths::closing("organization", goals.period)),
        due: view.may_create.then(|| paths::due_in("organization", goals.period)),
        may_edit: view.may_edit,
        panel: goals.panel,
        live: Some(String::from("/live")),
    };
    Ok(shell::document_in(&state, &signed, goals.around, &organisation::page(&ctx, &content)))
}

async fn team_page(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let (asked, before) = parted(raw);
    let ctx = signed.ctx(&state);
    let path = paths::team(id);
    let period = asked.id("period")?;
    let view = state.app.team_page(&signed.actor, id, period).await?;
    let goals = tree(&state, &signed, &ctx, &asked, (ListPage::Team, Some(id), &path)).await?;
    let lines =
        || view.sub_teams.iter().cloned().map(|line| team_line(line, &view.standings)).collect::<Vec<_>>();
    let owners = &view.team.owners;
    let member = |line: &PersonLine| team::Member {
        person: Person { id: line.id, name: line.name.clone() },
        title: line.title.clone().unwrap_or_default(),
        owner: owners.contains(&line.id),
        goals: count(line.goals),
        last_check_in: line.last_check_in_at.map(|at| at.day_in(&ctx.zone)),
    };
    let sub_teams = || team::SubTeams {
        lines: lines(),
        all: count(view.all_sub_teams),
        more: more_teams(&view.sub_teams, view.all_sub_teams, Some(id)),
    };
    let all_people = count(view.all_people);
    let list = (ListPage::Team, Some(id));
    let tabs = Tabs { signed: &signed, ctx: &ctx, asked: &asked, path: &path, list };
    let tab = match (tabs.open(), tabs.part(&state, before, goals.period, view.may_create).await?) {
        ("members", _) => team::Tab::Members(view.people.iter().map(member).collect(), all_people),
        ("sub-teams", _) => team::Tab::SubTeams(sub_teams()),
        (_, Part::Initiatives { new }) => team::Tab::Initiatives { grid: goals.grid, new },
        (_, Part::CheckIns { list, more }) => team::Tab::CheckIns { list, more },
        (_, Part::Goals) => team::Tab::Goals {
            grid: goals.grid,
            sub_teams: sub_teams(),
            ties: view.around.ties.iter().map(tie).collect(),
            all_ties: count(view.around.all_ties),
            owners: view.people.iter().filter(|line| line.goals > 0).map(member).collect(),
        },
    };
    let mut views = tabs.views(goals.summary.total);
    views.push(tabs.view(String::from("Members"), "members", Some(all_people)));
    views.push(tabs.view(String::from("Sub-teams"), "sub-teams", Some(count(view.all_sub_teams))));
    if view.may_manage {
        views.push(View {
            name: String::from("Settings"),
            href: paths::team_part(id, "settings"),
            count: None,
            current: false,
        });
    }
    let content = team::Team {
        id,
        name: view.team.name.clone(),
        description: view.team.description.clone().unwrap_or_default(),
        above: view.above.iter().map(|(id, name)| (name.clone(), paths::team(*id))).collect(),
        strip: goals.strip,
        filters: goals.filters,
        progress: view.standings.get(&id).map(shell::progress_of),
        summary: goals.summary,
        checked_in: count(view.around.checked_in),
        owners: view
            .people
            .iter()
            .filter(|line| owners.contains(&line.id))
            .map(|line| Person { id: line.id, name: line.name.clone() })
            .collect(),
        views,
        tab,
        actions: team_actions(id, &view, goals.period, several(&asked, &goals.around, &format!("team:{id}"))),
        may_create: view.may_create,
        may_manage: view.may_manage && view.team.status == TeamStatus::Active,
        archived: view.team.status == TeamStatus::Archived,
        panel: goals.panel,
        live: Some(String::from("/live")),
    };
    Ok(shell::document_in(&state, &signed, goals.around, &team::page(&ctx, &content)))
}

fn tie(tie: &northing_app::entity::Tie) -> team::Tie {
    team::Tie {
        own: tie.own.clone(),
        other: tie.other.clone(),
        team: tie.team.clone(),
        status: northing_ui::components::status::Shown::from(tie.status),
        serves: tie.serves,
    }
}

/// What one may do to a team besides its goals.
fn team_actions(id: Id, view: &TeamView, period: Option<Id>, several: Option<String>) -> Vec<Entry> {
    let dialog = |icon, label: &str, href| {
        Entry::Dialog(Item { icon, label: label.to_owned(), href, ..Item::default() })
    };
    let link = |icon, label: &str, href| {
        Entry::Link(Item { icon, label: label.to_owned(), href, ..Item::default() })
    };
    let active = view.team.status == TeamStatus::Active;
    let list = format!("team:{id}");
    let mut actions = Vec::new();
    if view.may_manage {
        actions.push(dialog("checkin", "Check in what is due", paths::due_in(&list, period)));
    }
    actions.push(dialog("st-closed", "Close goals", paths::closing(&list, period)));
    actions.extend(several.map(|href| link("edit", "Change several goals", href)));
    if view.may_create_teams && active {
        actions.push(dialog("plus", "New sub-team", format!("{}?parent_id={id}", paths::NEW_TEAM)));
    }
    if view.may_manage && active {
        actions.push(link("team", "Change people", paths::team_part(id, "members")));
    }
    if view.may_manage {
        actions.push(link("admin", "Team settings", paths::team_part(id, "settings")));
    }
    actions
}

async fn person_page(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let (asked, before) = parted(raw);
    let ctx = signed.ctx(&state);
    let view = state.app.person_page(&signed.actor, id, asked.id("period")?).await?;
    let path = paths::person(id);
    let goals = tree(&state, &signed, &ctx, &asked, (ListPage::Person, Some(id), &path)).await?;
    let link = |icon, label: &str, href| {
        Entry::Link(Item { icon, label: label.to_owned(), href, ..Item::default() })
    };
    let several = several(&asked, &goals.around, &format!("person:{id}"));
    let manages = view.may_manage || view.manager.as_ref().is_some_and(|(id, _)| *id == signed.actor.user_id);
    let mut actions = Vec::new();
    if manages && id != signed.actor.user_id {
        actions.push(Entry::Dialog(Item {
            icon: "checkin",
            label: String::from("Check in what is due"),
            href: paths::due_in(&format!("person:{id}"), goals.period),
            ..Item::default()
        }));
    }
    actions.extend(several.map(|href| link("edit", "Change several goals", href)));
    if view.may_manage {
        actions.push(link("admin", "Manage member", paths::member(id, "")));
    }
    let list = (ListPage::Person, Some(id));
    let tabs = Tabs { signed: &signed, ctx: &ctx, asked: &asked, path: &path, list };
    let part = tabs.part(&state, before, goals.period, goals.around.may_create_goals).await?;
    let content = person::Person {
        views: tabs.views(goals.summary.total),
        part,
        who: person_line(view.person),
        email: view.email,
        manager: view.manager.map(named),
        all_reports: count(view.all_reports),
        reports: view.reports.into_iter().map(|line| Person { id: line.id, name: line.name }).collect(),
        strip: goals.strip,
        filters: goals.filters,
        grid: goals.grid,
        summary: goals.summary,
        actions,
        panel: goals.panel,
        live: Some(String::from("/live")),
    };
    Ok(shell::document_in(&state, &signed, goals.around, &person::page(&ctx, &content)))
}

/// Whether somebody may do something to the organisation.
fn may(signed: &Signed, action: Action) -> bool {
    signed.actor.may(action, Thing::Organization, &signed.membership.settings)
}

fn part(asked: &Asked) -> PageRequest {
    PageRequest { limit: ROWS, cursor: asked.one("cursor").map(ToOwned::to_owned) }
}

fn go_on(asked: &Asked, path: &str, next: Option<String>) -> Option<String> {
    next.map(|cursor| asked.with(path, "cursor", &[cursor]))
}

async fn team_list(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let found = state.app.browse_teams(&signed.actor, &which(&asked)?, &part(&asked)).await?;
    let more = go_on(&asked, "/teams/rows", found.next);
    let lines = standing_lines(&state, &signed, found.items).await?;
    let may_create = may(&signed, Action::TeamCreate);
    let content = teams::page(&signed.ctx(&state), &lines, more.as_deref(), may_create);
    shell::document(&state, &signed, &content).await
}

/// Which teams an address means: all, or with `below` those at the top or directly below one.
fn which(asked: &Asked) -> Result<Which, Failure> {
    Ok(match asked.one("below") {
        None => Which::All,
        Some(TOP) => Which::Below(None),
        Some(_) => Which::Below(asked.id("below")?),
    })
}

/// Whom an address means: everyone, or with `of` one's reports, those in one's teams, a team, another's reports.
fn whom(signed: &Signed, asked: &Asked) -> Result<Whom, Failure> {
    let me = signed.actor.user_id;
    Ok(match asked.one("of") {
        None | Some("") => Whom::All,
        Some("reports") => Whom::ReportsOf(me),
        Some("teams") => Whom::WithTeamsOf(me),
        Some(of) => match of.split_once(':').and_then(|(kind, id)| Some((kind, id.parse().ok()?))) {
            Some(("team", team)) => Whom::InTeam(team),
            Some(("reports", person)) => Whom::ReportsOf(person),
            _ => return Err(Failure::NOT_FOUND),
        },
    })
}

/// Lines of teams with how their current goals stand together.
async fn standing_lines(
    state: &AppState,
    signed: &Signed,
    lines: Vec<TeamLine>,
) -> Result<Vec<teams::TeamLine>, Failure> {
    let ids: Vec<Id> = lines.iter().map(|line| line.id).collect();
    let standings = state.app.standings(&signed.actor, ListPage::Team, &ids, None).await?;
    Ok(lines.into_iter().map(|line| team_line(line, &standings)).collect())
}

async fn team_rows(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let found = state.app.browse_teams(&signed.actor, &which(&asked)?, &part(&asked)).await?;
    let more = go_on(&asked, "/teams/rows", found.next);
    let lines = standing_lines(&state, &signed, found.items).await?;
    Ok(Html(teams::rows(&signed.ctx(&state), &lines, more.as_deref()).into_string()).into_response())
}

async fn people_list(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let text = asked.one("q").unwrap_or_default();
    let found = state.app.browse_people(&signed.actor, &whom(&signed, &asked)?, text, &part(&asked)).await?;
    let more = go_on(&asked, "/people/rows", found.next);
    let lines: Vec<_> = found.items.into_iter().map(person_line).collect();
    let may_invite = may(&signed, Action::MemberInvite);
    let of = asked.one("of").unwrap_or_default();
    let tab = |name: &str, to: &str| View {
        name: name.to_owned(),
        href: asked.with(
            paths::PEOPLE,
            "of",
            &Some(to.to_owned()).filter(|to| !to.is_empty()).into_iter().collect::<Vec<_>>(),
        ),
        count: None,
        current: of == to,
    };
    let views = vec![tab("Everyone", ""), tab("Direct reports", "reports"), tab("Team members", "teams")];
    let shown = people::People { query: text, of, views, lines: &lines, more: more.as_deref(), may_invite };
    shell::document(&state, &signed, &people::page(&shown)).await
}

async fn people_rows(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let text = asked.one("q").unwrap_or_default();
    let found = state.app.browse_people(&signed.actor, &whom(&signed, &asked)?, text, &part(&asked)).await?;
    let more = go_on(&asked, "/people/rows", found.next);
    let lines: Vec<_> = found.items.into_iter().map(person_line).collect();
    Ok(Html(people::rows(&lines, more.as_deref()).into_string()).into_response())
}

/// The teams of the navigation with how they stand.
async fn nav_teams(
    State(state): State<AppState>,
    signed: Signed,
    around: Around,
) -> Result<Response, Failure> {
    let current = match around.list(&signed) {
        (ListPage::Team, team) => team,
        _ => None,
    };
    let section = match current {
        Some(team) => layout::Section::Team(team),
        None if around.path == paths::TEAMS => layout::Section::Teams,
        None => layout::Section::Elsewhere,
    };
    let found = state.app.navigation(&signed.actor, current).await?;
    let teams = shell::branches(found.top, found.below, &found.standings, current);
    Ok(Html(layout::nav_teams(&teams, found.more, section, false).into_string()).into_response())
}

/// A team of the navigation with the teams below it.
async fn nav_branch(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let found = state.app.navigation(&signed.actor, Some(id)).await?;
    let team = state.app.team(&signed.actor, id).await?;
    let line = TeamOfNavigation { id, name: team.name, parent_id: None, has_children: true };
    let below = found.below.into_iter().filter(|it| it.parent_id == Some(id)).collect();
    let branch = shell::branches(vec![line], below, &found.standings, None).pop();
    let branch = branch.ok_or(Error::NotFound("team"))?;
    Ok(Html(layout::nav_team(&branch).into_string()).into_response())
}
