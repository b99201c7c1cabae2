//! Reads the text of the demonstration and tells it as an import, as of a given day.

use std::collections::BTreeMap;

use northing_connectors::import_model::{
    Amount, Audience, CheckIn, Comment, Goal, ImportSet, Measure, ParentRef, Period, Person, PersonRef,
    Place, Record, Reference, Tag, Team,
};
use northing_core::expectation::expected;
use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::metric::{Metric, MetricKind};
use northing_core::people::{Role, TeamStatus};
use northing_core::period::planning_year;
use northing_core::status::Status;
use northing_core::values::Day;

use super::story::{Pace, chance, morning, steps};

const TEXT: &str = include_str!("calderfield.txt");
/// What the calendar expected on the day for which the text was written, in per cent.
const WRITTEN_AT: f64 = 55.0;

/// The whole demonstration as of `today`: the current quarter is the one that holds it.
#[must_use]
pub fn calderfield(today: Day) -> ImportSet {
    let calendar = Calendar::around(today);
    let mut set = ImportSet { files: vec![String::from("the demonstration")], ..ImportSet::default() };
    for (name, start, end) in calendar.all() {
        set.periods.push(record(
            &name,
            Period { name: name.clone(), start: Some(start), end: Some(end), own: None },
        ));
    }
    let mut notes: Vec<(&str, &str)> = Vec::new();
    for cells in lines("note") {
        if let [pace, text] = cells[..] {
            notes.push((pace, text));
        }
    }
    let mut tags: BTreeMap<&str, ()> = BTreeMap::new();
    let mut members: BTreeMap<&str, Vec<Reference>> = BTreeMap::new();
    for cells in lines("team") {
        if let [name, parent, owner] = cells[..] {
            members.entry(owner).or_default().push(named(name));
            set.teams.push(record(
                name,
                Team {
                    name: name.to_owned(),
                    parent: some(parent),
                    owners: vec![person(owner)],
                    status: TeamStatus::Active,
                    description: None,
                    own: None,
                },
            ));
        }
    }
    for cells in lines("goal") {
        if let [id, kind, period, parents, title, owner, team, metric, progress, tag] = cells[..] {
            if !tag.is_empty() {
                tags.insert(tag, ());
            }
            if !team.is_empty() {
                let teams = members.entry(owner).or_default();
                if !teams.iter().any(|t| t.name.as_deref() == Some(team)) {
                    teams.push(named(team));
                }
            }
            let told = Told { id, kind, period, parents, title, owner, team, metric, progress, tag };
            tell(&mut set, &told, &calendar, &notes, today);
        }
    }
    for cells in lines("person") {
        if let [name, title, manager] = cells[..] {
            let value = Person {
                name: name.to_owned(),
                email: Some(super::address(name)),
                manager: some(manager).map(|m| person(&m)),
                teams: members.remove(name).unwrap_or_default(),
                role: Some(if manager.is_empty() { Role::Owner } else { Role::Member }),
                active: true,
                own: None,
            };
            let mut entry = record(name, value);
            entry.extra.insert(String::from("title"), title.into());
            set.people.push(entry);
        }
    }
    set.tags = tags.into_keys().map(|tag| record(tag, Tag { name: tag.to_owned() })).collect();
    for (at, cells) in lines("comment").enumerate() {
        if let [goal, author, text] = cells[..] {
            let step = u32::try_from(at).unwrap_or(0);
            let day = today.plus_days(-6 + i32::try_from(at % 5).unwrap_or(0));
            set.comments.push(record(
                &format!("comment-{at}"),
                Comment {
                    goal: Reference { id: Some(goal.to_owned()), name: None },
                    text: text.to_owned(),
                    author: Some(person(author)),
                    created_at: Some(morning(day, goal, step)),
                    own: None,
                },
            ));
        }
    }
    set
}

/// A goal as the text tells it.
struct Told<'a> {
    id: &'a str,
    kind: &'a str,
    period: &'a str,
    parents: &'a str,
    title: &'a str,
    owner: &'a str,
    team: &'a str,
    metric: &'a str,
    progress: &'a str,
    tag: &'a str,
}

/// Adds a goal and its check-ins.
fn tell(set: &mut ImportSet, told: &Told<'_>, calendar: &Calendar, notes: &[(&str, &str)], today: Day) {
    let Some((period, start, end)) = calendar.find(told.period) else { return };
    let kind = match told.kind {
        "o" => GoalKind::Objective,
        "k" => GoalKind::KeyResult,
        _ => GoalKind::Initiative,
    };
    let metric = metric(told.metric);
    let (finish, number) = match told.progress.split_once(':') {
        Some(("closed", number)) => (Some(Status::Closed), number),
        Some(("postponed", number)) => (Some(Status::Postponed), number),
        _ => (None, told.progress),
    };
    let number: Option<f64> = number.parse().ok();
    let last = if today < end { today } else { end };
    let due_now = expected(last, start, end, &Metric::percent(), &[]).unwrap_or(0.0);
    let measured =
        !matches!(metric.kind, MetricKind::StayBelow | MetricKind::StayAbove | MetricKind::Baseline);
    // Progress of an open goal of this quarter is stretched to the day; everything else is as written.
    let progress = number.map(|n| {
        if finish.is_none() && measured { (n * due_now.max(4.0) / WRITTEN_AT).min(100.0) } else { n }
    });
    let rolls_up = kind == GoalKind::Objective && finish.is_none();
    let value_at = |progress: f64| {
        let raw = if measured { metric.value_at_progress(progress).unwrap_or(progress) } else { progress };
        let scale = if metric.target.is_some_and(|t| t.abs() > 100.0) { 1.0 } else { 10.0 };
        (raw * scale).round() / scale
    };
    let status = finish.unwrap_or_else(|| match progress {
        None => Status::NotStarted,
        Some(_) if metric.kind == MetricKind::Baseline => Status::InProgress,
        Some(_) if !measured => Status::OnTrack,
        Some(p) if p <= 0.0 => Status::NotStarted,
        Some(p) if p >= due_now => Status::OnTrack,
        Some(p) if due_now - p <= 25.0 => Status::Behind,
        Some(_) => Status::AtRisk,
    });
    let age = i32::from(chance(told.id, 99) > 0.3) + i32::from(chance(told.id, 98) > 0.6) * 5;
    let last_step = if finish.is_none() { last.plus_days(-age) } else { last };
    if let Some(progress) = progress.filter(|p| *p > 0.0 && !rolls_up) {
        let pace = Pace::of(progress, due_now);
        let every = if told.period == "0" { 7 } else { 14 };
        let path = if measured {
            steps(told.id, start, last_step, every, progress, pace)
        } else {
            // A control or a baseline: the value itself moves a little around where it ends.
            steps(told.id, start, last_step, every, 50.0, Pace::Steady)
                .into_iter()
                .map(|(day, p)| (day, progress * (1.0 + (p - 50.0) / 400.0)))
                .collect()
        };
        let count = path.len();
        for (at, (day, p)) in path.into_iter().enumerate() {
            let step = u32::try_from(at).unwrap_or(0);
            let matching: Vec<&str> =
                notes.iter().filter(|(word, _)| *word == pace.word()).map(|(_, text)| *text).collect();
            let choice = (step as usize + told.id.len()) % matching.len().max(1);
            let note = (at + 1 == count || at % 3 == 0)
                .then(|| matching.get(choice).map(|t| (*t).to_owned()))
                .flatten();
            set.check_ins.push(record(
                &format!("{}-{at}", told.id),
                CheckIn {
                    goal: Reference { id: Some(told.id.to_owned()), name: None },
                    effective: Some(day),
                    recorded_at: Some(morning(day, told.id, step)),
                    author: Some(person(told.owner)),
                    note,
                    note_html: None,
                    metric_name: None,
                    status: None,
                    value: Some(Amount::exact(value_at(p))),
                    own: None,
                },
            ));
        }
    }
    let parents = told
        .parents
        .split(',')
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .map(|parent| {
            let (id, weight) = parent.split_once(':').map_or((parent, None), |(id, w)| (id, w.parse().ok()));
            let weight = weight.or((kind == GoalKind::Initiative).then_some(0.0));
            ParentRef { id: Some(id.to_owned()), title: None, weight }
        })
        .collect();
    let goal = Goal {
        title: told.title.to_owned(),
        type_name: None,
        kind: Some(kind),
        level: None,
        creator: Some(person(told.owner)),
        owners: vec![person(told.owner)],
        check_in_owners: vec![person(told.owner)],
        delegate: None,
        teams: some(told.team).map(|t| vec![named(&t)]).unwrap_or_default(),
        period: Some(named(&period)),
        start: Some(start),
        end: Some(end),
        parents,
        view: Audience::Everyone,
        align: Audience::Everyone,
        description: None,
        tags: some(told.tag).map(|t| vec![named(&t)]).unwrap_or_default(),
        progress_mode: Some(if rolls_up { ProgressMode::Rollup } else { ProgressMode::Manual }),
        linked_to: None,
        measure: Measure {
            kind: metric.kind,
            name: metric.name.clone(),
            unit: metric.unit.clone(),
            start: Some(metric.start),
            target: metric.target,
        },
        current: progress.map(|p| Amount::exact(value_at(p))),
        progress: progress.filter(|_| measured).map(Amount::exact),
        status: (!rolls_up).then_some(status),
        phases: Vec::new(),
        score: finish.filter(|s| *s == Status::Closed).and(progress).map(|p| (p / 10.0).round() / 10.0),
        committed: Some(told.tag == "safety"),
        created_at: Some(morning(start.plus_days(-9), told.id, 1)),
        last_check_in: progress.map(|_| last_step),
        own: None,
    };
    set.goals.push(record(told.id, goal));
}

/// The periods of two planning years around a day, and how the text names them.
struct Calendar {
    quarters: Vec<(String, Day, Day)>,
    years: Vec<(String, Day, Day)>,
    current: usize,
}

impl Calendar {
    fn around(today: Day) -> Self {
        let year = today.date().year();
        let (mut quarters, mut years) = (Vec::new(), Vec::new());
        for year in [year.saturating_sub(2), year.saturating_sub(1), year] {
            for (at, period) in planning_year(year, 1).unwrap_or_default().into_iter().enumerate() {
                let place = if at == 0 { &mut years } else { &mut quarters };
                place.push((period.name, period.start, period.end));
            }
        }
        let current =
            quarters.iter().position(|(_, start, end)| *start <= today && today <= *end).unwrap_or(0);
        Self { quarters, years, current }
    }

    /// `0` is the current quarter, `2` two quarters back, `year:1` last year.
    fn find(&self, name: &str) -> Option<(String, Day, Day)> {
        match name.strip_prefix("year:") {
            Some(back) => self.years.iter().rev().nth(back.parse().ok()?).cloned(),
            None => self.quarters.get(self.current.checked_sub(name.parse().ok()?)?).cloned(),
        }
    }

    /// Those that the text uses: six quarters and two years.
    fn all(&self) -> Vec<(String, Day, Day)> {
        let quarters = (0..6).filter_map(|back| self.quarters.get(self.current.checked_sub(back)?).cloned());
        self.years.iter().rev().take(2).cloned().chain(quarters).collect()
    }
}

/// `increase,%,22,60` → a metric; nothing → percent.
fn metric(text: &str) -> Metric {
    let mut parts = text.split(',').map(str::trim);
    let kind = parts.next().and_then(|k| k.parse().ok()).unwrap_or(MetricKind::Percent);
    if kind == MetricKind::Percent {
        return Metric::percent();
    }
    let unit = parts.next().and_then(some);
    let start = parts.next().and_then(|n| n.parse().ok()).unwrap_or(0.0);
    let target = parts.next().and_then(|n| n.parse().ok());
    Metric { kind, name: None, unit, start, target, risk_threshold: None, current: None }
}

/// The lines of the text that begin with this word, cut into cells.
fn lines(word: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    TEXT.lines().filter_map(move |line| {
        let mut cells = line.split('|').map(str::trim);
        (cells.next() == Some(word)).then(|| cells.collect())
    })
}

fn record<T>(id: &str, value: T) -> Record<T> {
    let place = Place { file: 0, row: 0 };
    Record { place, source_id: Some(id.to_owned()), value, extra: serde_json::Map::new(), notes: Vec::new() }
}

fn person(name: &str) -> PersonRef {
    PersonRef { id: Some(name.to_owned()), name: Some(name.to_owned()), email: Some(super::address(name)) }
}

fn named(name: &str) -> Reference {
    Reference { id: Some(name.to_owned()), name: Some(name.to_owned()) }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn every_goal_of_the_text_is_told_on_any_day() {
        let written = TEXT.lines().filter(|line| line.starts_with("goal |")).count();
        for today in ["2026-11-20", "2026-01-01", "2027-02-28", "2028-12-31"] {
            let set = calderfield(day(today));
            assert_eq!(set.goals.len(), written, "{today}");
            assert_eq!(set.periods.len(), 8, "{today}");
            assert!(set.check_ins.iter().all(|c| c.value.effective <= Some(day(today))), "{today}");
        }
    }

    #[test]
    fn parents_owners_and_teams_exist() {
        let set = calderfield(day("2026-11-20"));
        let ids: Vec<_> = set.goals.iter().map(|g| g.source_id.clone()).collect();
        let people: Vec<_> = set.people.iter().map(|p| p.value.name.clone()).collect();
        let teams: Vec<_> = set.teams.iter().map(|t| Some(t.value.name.clone())).collect();
        for goal in &set.goals {
            assert!(goal.value.parents.iter().all(|p| ids.contains(&p.id)), "{:?}", goal.value.title);
            assert!(goal.value.teams.iter().all(|t| teams.contains(&t.name)), "{:?}", goal.value.title);
            assert!(
                goal.value.owners.iter().all(|o| people.contains(o.name.as_ref().unwrap())),
                "{:?}",
                goal.value.title
            );
        }
        assert!(set.people.iter().all(|p| p.value.email.as_deref().unwrap().is_ascii()));
        assert!(set.check_ins.len() > 250, "{}", set.check_ins.len());
    }

    #[test]
    fn the_story_shows_every_status() {
        let set = calderfield(day("2026-11-20"));
        for status in [
            Status::OnTrack,
            Status::Behind,
            Status::AtRisk,
            Status::NotStarted,
            Status::Closed,
            Status::Postponed,
        ] {
            assert!(set.goals.iter().any(|g| g.value.status == Some(status)), "{status}");
        }
    }
}
