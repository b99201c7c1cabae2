//! A team's page: how it stands, its goals, its sub-teams and its people.

use maud::{Markup, html};
use northing_core::values::{Day, Id};

use super::organisation::progress_fact;
use super::teams::{self, TeamLine};
use super::{entity, explorer};
use crate::components::check_in::CheckIn;
use crate::components::crumbs;
use crate::components::empty::{self, Art};
use crate::components::filter::{self, FilterBar};
use crate::components::menu::{self, Entry};
use crate::components::period::Strip;
use crate::components::person::{self, Person};
use crate::components::progress::Progress;
use crate::components::status::{self, Shown};
use crate::components::summary::{self, Summary};
use crate::components::tree::Grid;
use crate::components::views::{self, View};
use crate::icons::icon;
use crate::layout::{self, Page, Section};
use crate::{Ctx, format, markdown, paths};

/// Somebody who belongs to a team.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// What they do.
    pub title: String,
    /// Whether they own the team.
    pub owner: bool,
    /// How many goals they own in the period.
    pub goals: usize,
    /// Their last check-in.
    pub last_check_in: Option<Day>,
}

/// The teams directly below a team.
#[derive(Debug, Clone, Default)]
pub struct SubTeams {
    /// The first of them.
    pub lines: Vec<TeamLine>,
    /// How many there are.
    pub all: usize,
    /// Where the list goes on.
    pub more: Option<String>,
}

/// A goal of the team and one of another team, one of them aligned to the other.
#[derive(Debug, Clone)]
pub struct Tie {
    /// The team's own goal.
    pub own: (Id, String),
    /// The other team's.
    pub other: (Id, String),
    /// The other team.
    pub team: String,
    /// How the other goal stands.
    pub status: Shown,
    /// Whether the own goal is aligned to the other one.
    pub serves: bool,
}

/// What stands under the open tab.
#[derive(Debug, Clone)]
pub enum Tab {
    /// The goals, the sub-teams and the goal owners.
    Goals {
        /// The goals.
        grid: Grid,
        /// The sub-teams.
        sub_teams: SubTeams,
        /// The first of what ties the goals to those of other teams.
        ties: Vec<Tie>,
        /// How many ties there are.
        all_ties: usize,
        /// Members that own goals.
        owners: Vec<Member>,
    },
    /// All initiatives, aligned or not.
    Initiatives {
        /// The initiatives.
        grid: Grid,
        /// Where a new one is made, for those who may.
        new: Option<String>,
    },
    /// The check-ins on its goals, the newest first, each with the goal's title.
    CheckIns {
        /// The check-ins.
        list: Vec<(String, CheckIn)>,
        /// Where the older ones are.
        more: Option<String>,
    },
    /// The first of those in the team, and how many they are.
    Members(Vec<Member>, usize),
    /// The teams directly below it.
    SubTeams(SubTeams),
}

/// What a team's page shows.
#[derive(Debug, Clone)]
pub struct Team {
    /// The team.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// What it does, in Markdown.
    pub description: String,
    /// The teams above, from the top, with addresses.
    pub above: Vec<(String, String)>,
    /// The period.
    pub strip: Strip,
    /// How its goals stand together.
    pub progress: Option<Progress>,
    /// Counts of its goals.
    pub summary: Summary,
    /// Goals that were checked in during the last seven days.
    pub checked_in: usize,
    /// Its owners.
    pub owners: Vec<Person>,
    /// The filters of its goals.
    pub filters: FilterBar,
    /// The tabs.
    pub views: Vec<View>,
    /// What is open.
    pub tab: Tab,
    /// The actions of its menu.
    pub actions: Vec<Entry>,
    /// Whether the person may create goals for it.
    pub may_create: bool,
    /// Whether the person may change its people.
    pub may_manage: bool,
    /// Whether it was put away.
    pub archived: bool,
    /// The open panel.
    pub panel: Option<Markup>,
    /// The address of live updates.
    pub live: Option<String>,
}

/// The page.
#[must_use]
pub fn page(ctx: &Ctx, team: &Team) -> Page {
    let actions = html! {
        @if !team.actions.is_empty() { (menu::more(ctx, "team-menu", "Team actions", &team.actions)) }
        @if team.may_create { (layout::new_goal(&format!("{}?team={}", paths::NEW_GOAL, team.id))) }
    };
    Page {
        title: team.name.clone(),
        description: markdown::plain(&team.description, 150),
        section: Section::Team(team.id),
        strip: Some(team.strip.clone()),
        head: layout::head(&crumbs::crumbs(&team.above), &team.name, &actions),
        above: html! {
            @if team.archived { div.pad { div.note { (icon("info")) span { "This team is archived: its goals stay usable, new ones cannot be made." } } } }
            (facts(ctx, team)) (views::views("Team sections", &team.views)) @if matches!(team.tab, Tab::Goals { .. } | Tab::Initiatives { .. }) { (filter::bar(&team.filters)) }
        },
        main: main(ctx, team),
        foot: Some(summary::foot(ctx, &team.summary, false)),
        panel: team.panel.clone(),
        live: team.live.clone(),
    }
}

fn facts(ctx: &Ctx, team: &Team) -> Markup {
    let total = team.summary.total;
    let initiatives = matches!(team.tab, Tab::Initiatives { .. });
    let noun = if initiatives { ctx.terms.initiative.many.as_str() } else { "goals" };
    html! {
        section.facts aria-label="Team at a glance" {
            @if let Some(progress) = &team.progress { (progress_fact(progress)) }
            div.kpi { p.l { (crate::capitalised(noun)) } p.x { (format::count(total)) } }
            @if !initiatives { div.kpi { p.l { "Checked in this week" } p.x { (format::count(team.checked_in)) " " small { "of " (format::count(total)) } } } }
            div.kpi { p.l { @if team.owners.len() > 1 { "Owners" } @else { "Owner" } } p.k { @if team.owners.is_empty() { span.dim { "No owner" } } @for owner in &team.owners { (person::who(owner)) " " } } }
            @if total > 0 { div.kpi.grow { p.l { "Status of " (format::count(total)) " " (noun) } (summary::distribution(&team.summary)) } }
        }
    }
}

fn main(ctx: &Ctx, team: &Team) -> Markup {
    match &team.tab {
        Tab::Goals { grid, sub_teams, ties, all_ties, owners } => html! {
            @let action = html! { @if team.may_create { (layout::new_goal(&format!("{}?team={}", paths::NEW_GOAL, team.id))) } };
            @let none = empty::empty(Art::Summit, "No goals here yet", &format!("{} has no goals in {}.", team.name, team.strip.name), &action);
            (explorer::tree_or(ctx, grid, &team.filters, &none))
            div.pad { div.team-g {
                (below(ctx, sub_teams))
                (depends(ctx, ties, *all_ties))
                @if !owners.is_empty() { section aria-labelledby="h-owners" { div.sec-h { h2 #h-owners { "Goal owners" } span.n { (owners.len()) } } (members(ctx, owners)) } }
                @if !team.description.trim().is_empty() { section aria-labelledby="h-about" { div.sec-h { h2 #h-about { "About" } } div.frame.frame-b.sm.stack { (markdown::render(&team.description)) } } }
            } }
        },
        Tab::Initiatives { grid, new } => entity::initiatives(ctx, grid, &team.filters, new.as_deref()),
        Tab::CheckIns { list, more } => entity::check_ins(ctx, list, more.as_deref()),
        Tab::Members(list, all) => {
            let href = paths::team_part(team.id, "members");
            let change =
                html! { @if team.may_manage { a.btn href=(href) { (icon("edit")) "Change people" } } };
            html! { div.pad {
                @if list.is_empty() { (empty::empty(Art::Summit, "Nobody in this team yet", "Add the people who work towards its goals, and at least one owner.", &change)) }
                @else { div.stack {
                    (members(ctx, list))
                    @if *all > list.len() { p { a.btn.btn-q href=(paths::people_of_team(team.id)) { "All " (format::count(*all)) " people" } } }
                    div.btns { (change) }
                } }
            } }
        }
        Tab::SubTeams(list) => {
            html! { div.pad { @if list.lines.is_empty() { (empty::empty(Art::Summit, "No sub-teams", "A sub-team begins with this team's rules. Its goals can serve the goals here.", &html! { @if team.may_manage { (super::team_form::new_button(Some(team.id))) } })) } @else { (below(ctx, list)) } } }
        }
    }
}

fn below(ctx: &Ctx, teams: &SubTeams) -> Markup {
    teams::table(ctx, "Sub-teams", &teams.lines, teams.all, teams.more.as_deref())
}

/// What ties the goals here to those of other teams.
fn depends(_: &Ctx, ties: &[Tie], all: usize) -> Markup {
    let goal = |(id, title): &(Id, String)| html! { a.pl href=(paths::goal(*id)) { (title) } };
    html! {
        @if !ties.is_empty() {
            section aria-labelledby="h-ties" {
                div.sec-h { h2 #h-ties { "Depends on other teams" } span.n { (format::count(all)) } }
                ul.frame.dep { @for tie in ties { li {
                    (icon("link"))
                    span {
                        @if tie.serves { (goal(&tie.own)) " also serves " (goal(&tie.other)) } @else { (goal(&tie.other)) " serves " (goal(&tie.own)) }
                        br; span.mut.xs { (tie.team) }
                    }
                    (status::word(tie.status))
                } } }
                @if all > ties.len() { p.xs.dim { "These are the first " (format::count(ties.len())) ", those in trouble before the others." } }
            }
        }
    }
}

fn members(ctx: &Ctx, members: &[Member]) -> Markup {
    html! {
        ul.frame.own {
            @for member in members {
                li {
                    (person::avatar_large(&member.person.name))
                    span { a.pl href=(paths::person(member.person.id)) { b { (member.person.name) } } @if member.owner { " " span.tag { "Owner" } } br; span.mut.xs { (member.title) } }
                    span.r { b { (format::count(member.goals)) } " " span.dim.xs { @if member.goals == 1 { "goal" } @else { "goals" } } br;
                        span.xs.dim { @if let Some(day) = member.last_check_in { (format::age_words(day, ctx.today)) } } }
                }
            }
        }
    }
}
