//! What happened, as sentences: every kind of event says in plain English who did what, from what to what.

mod edit;

use std::collections::HashMap;

use northing_core::event::EventKind;
use northing_core::goal::GoalKind;
use northing_core::metric::Metric;
use northing_core::status::Status;
use northing_core::values::{Day, Id};
use serde_json::Value;

use crate::components::activity::Part;
use crate::components::person::Person;
use crate::components::status::Shown;
use crate::{Ctx, format, markdown, paths};

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Happening<'a> {
    /// Who did it; none for Northing itself, and for people who are gone.
    pub actor: Option<Person>,
    /// What was done.
    pub kind: EventKind,
    /// The goal it was done to.
    pub goal: Option<Id>,
    /// What else it was done to.
    pub subject: Option<Id>,
    /// What changed, as the log keeps it.
    pub detail: &'a Value,
}

/// What the identifiers in a log are called.
#[derive(Debug, Clone, Default)]
pub struct Book<'a> {
    /// People, teams and periods.
    pub names: Option<&'a HashMap<Id, String>>,
    /// Goals that the reader may see.
    pub goals: Option<&'a HashMap<Id, String>>,
    /// How the values of the goal are read.
    pub metric: Option<&'a Metric>,
}

/// The sentence, in parts: words, and links to what has a page.
#[must_use]
pub fn sentence(ctx: &Ctx, book: &Book<'_>, it: &Happening<'_>) -> Vec<Part> {
    let mut writer = Writer { ctx, book, it, parts: Vec::new() };
    match &it.actor {
        Some(person) => writer.link(&person.name, paths::person(person.id)),
        None => writer.say("Northing"),
    }
    writer.say(" ");
    writer.happened();
    writer.parts
}

struct Writer<'a> {
    ctx: &'a Ctx,
    book: &'a Book<'a>,
    it: &'a Happening<'a>,
    parts: Vec<Part>,
}

impl Writer<'_> {
    fn say(&mut self, text: &str) {
        match self.parts.last_mut() {
            Some(Part::Text(before)) => before.push_str(text),
            _ => self.parts.push(Part::Text(text.to_owned())),
        }
    }

    fn link(&mut self, text: &str, href: String) {
        self.parts.push(Part::Link(text.to_owned(), href));
    }

    fn at(&self, path: &str) -> &Value {
        self.it.detail.pointer(path).unwrap_or(&Value::Null)
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.at(path).as_str().filter(|text| !text.trim().is_empty())
    }

    fn named(&self, id: Option<Id>) -> Option<&str> {
        self.book.names?.get(&id?).map(String::as_str)
    }

    /// A goal by its title with a link; "another goal" where the reader may not see it or it is gone.
    fn goal(&mut self, id: Option<Id>) {
        let title = id.and_then(|id| Some((id, self.book.goals?.get(&id)?.clone())));
        match title {
            Some((id, title)) => self.link(&title, paths::goal(id)),
            None => self.say("another goal"),
        }
    }

    fn person(&mut self, id: Option<Id>) {
        match (id, self.named(id).map(str::to_owned)) {
            (Some(id), Some(name)) => self.link(&name, paths::person(id)),
            _ => self.say("somebody"),
        }
    }

    fn subject_or(&self, path: &str, otherwise: &str) -> String {
        let named = self.named(self.it.subject).or_else(|| self.text(path));
        named.map_or_else(|| otherwise.to_owned(), str::to_owned)
    }

    /// The thing that has this name after or before the change: "the team Field Operations".
    fn thing(&mut self, what: &str, href: impl Fn(Id) -> Option<String>) {
        let name = self.text("/after/name").or_else(|| self.text("/before/name"));
        let name = name.or_else(|| self.named(self.it.subject)).map(str::to_owned);
        self.say(what);
        if let Some(name) = name {
            self.say(" ");
            match self.it.subject.and_then(href) {
                Some(href) => self.link(&name, href),
                None => self.say(&name),
            }
        }
    }

    /// A member by the name that the change tells, linked where they are still one.
    fn member(&mut self, verb: &str, there: bool) {
        let name = self.text("/after/name").or_else(|| self.text("/before/name"));
        let name = name.or_else(|| self.named(self.it.subject)).unwrap_or("somebody").to_owned();
        self.say(verb);
        self.say(" ");
        match self.it.subject.filter(|_| there && name != "somebody") {
            Some(id) => self.link(&name, paths::person(id)),
            None => self.say(&name),
        }
    }

    /// Every kind of event: whoever adds one finds this place by the compiler.
    fn happened(&mut self) {
        let team = |id| Some(paths::team(id));
        let nowhere = |_| None;
        match self.it.kind {
            EventKind::GoalCreated => self.created(),
            EventKind::GoalEdited | EventKind::GoalConverted => self.edited(),
            EventKind::GoalDeleted => self.deleted(),
            EventKind::GoalRestored => self.say("restored it"),
            EventKind::GoalPurged => self.thing("removed for good the deleted goal", |_| None),
            EventKind::GoalAligned => self.aligned(),
            EventKind::GoalMoved => self.say("changed its place in the order"),
            EventKind::GoalContributions => self.contributions(),
            EventKind::GoalClosed => self.closed(),
            EventKind::GoalReopened => self.reopened(),
            EventKind::GoalPostponed => self.ended("postponed it"),
            EventKind::GoalCloned => {
                self.say("copied it to ");
                self.goal(self.it.subject);
            }
            EventKind::GoalRolledUp => self.say("rolled it up from the goals below"),
            EventKind::GoalConnected => self.say("linked it to a data source"),
            EventKind::GoalDisconnected => self.say("removed its data source"),
            EventKind::GoalSyncFailed => self.say("could not read its data source"),
            EventKind::GoalSyncRecovered => self.say("can read its data source again"),
            EventKind::GoalGranted => self.say("changed who may see and edit it"),
            EventKind::CheckInAdded => self.checked_in(),
            EventKind::CheckInEdited => self.check_in_changed(),
            EventKind::CheckInDeleted => {
                self.say("deleted a check-in of ");
                let said = self.amount("/before");
                self.say(&said);
            }
            EventKind::GoalNudged => {
                self.say("asked for a check-in by ");
                self.person(self.it.subject);
                if let Some(comment) = self.text("/comment").map(str::to_owned) {
                    self.say(&format!(": “{comment}”"));
                }
            }
            EventKind::CommentAdded => self.quoted("commented", "/after"),
            EventKind::CommentEdited => self.quoted("changed a comment", "/after"),
            EventKind::CommentDeleted => self.quoted("deleted a comment", "/before"),
            EventKind::TaskAdded => {
                let restored = self.at("/restored").as_bool() == Some(true);
                self.task(if restored { "restored" } else { "added" });
            }
            EventKind::TaskEdited => self.task_changed(),
            EventKind::TaskDeleted => self.task("deleted"),
            EventKind::TeamCreated => self.thing("created the team", team),
            EventKind::TeamEdited => self.thing("changed the team", team),
            EventKind::TeamArchived => self.thing("archived the team", team),
            EventKind::TeamRestored => self.thing("restored the team", team),
            EventKind::TeamDeleted => self.thing("deleted the team", nowhere),
            EventKind::TeamMembersChanged => self.thing("changed the members of the team", team),
            EventKind::MemberAdded => self.member("added", true),
            EventKind::MemberEdited => self.member("changed the membership of", true),
            EventKind::MemberDeactivated => self.member("deactivated", true),
            EventKind::MemberReactivated => self.member("reactivated", true),
            EventKind::MemberJoined => self.say("joined the organisation"),
            EventKind::MemberRequested => self.say("asked to join the organisation"),
            EventKind::MemberRequestWithdrawn => self.say("took the request to join back"),
            EventKind::MemberRequestDeclined => self.member("declined to let in", false),
            EventKind::ProfileEdited => self.member("changed the profile of", true),
            EventKind::PasswordChanged => self.member("changed the password of", true),
            EventKind::MemberRemoved => self.member("removed", false),
            EventKind::LinkCreated => {
                let reset = self.text("/after/kind").is_some_and(|kind| kind.contains("reset"));
                self.say(if reset { "made a link to set a new password for " } else { "invited " });
                self.person(self.it.subject);
            }
            EventKind::LinkEnded => {
                self.say("withdrew the link of ");
                self.person(self.it.subject);
            }
            EventKind::LinkUsed => self.say("used the link to sign in"),
            EventKind::OrganizationCreated => self.say("set up the organisation"),
            EventKind::OrganizationEdited => self.say("changed the organisation"),
            EventKind::PeriodCreated => self.thing("added the period", nowhere),
            EventKind::PeriodEdited => self.thing("changed the period", nowhere),
            EventKind::PeriodCurrent => {
                let name = self.subject_or("/after/name", "a period");
                self.say(&format!("made {name} the current period"));
            }
            EventKind::PeriodDeleted => {
                self.thing("deleted the period", nowhere);
                if let Some(moved) = self.at("/moved").as_u64() {
                    let to = self.text("/moved_to").and_then(|id| id.parse().ok());
                    let to = self.named(to).unwrap_or("another period").to_owned();
                    self.say(&format!(
                        " and moved its {} to {to}",
                        if moved == 1 { "goal" } else { "goals" }
                    ));
                }
            }
            EventKind::TagCreated => self.thing("added the tag", nowhere),
            EventKind::TagEdited => self.renamed("the tag"),
            EventKind::TagDeleted => self.thing("deleted the tag", nowhere),
            EventKind::ImportFinished => self.say("imported goals from files"),
            EventKind::SamplesAdded => self.say("started from the sample OKRs"),
            EventKind::ImportUndone => self.say("took an import back"),
            EventKind::ExportFinished => {
                let what = self.text("/after/what").unwrap_or("organisation").to_owned();
                self.say(&format!("exported the {what}"));
            }
            EventKind::TokenCreated => self.thing("made the API token", nowhere),
            EventKind::TokenRevoked => self.say("revoked an API token"),
            EventKind::IntegrationEnabled => self.say("switched an integration on"),
            EventKind::IntegrationDisabled => self.say("switched an integration off"),
            EventKind::ConnectionCreated => self.thing("made the connection", nowhere),
            EventKind::ConnectionEdited => self.thing("changed the connection", nowhere),
            EventKind::ConnectionDeleted => self.thing("removed the connection", nowhere),
            EventKind::SignedIn => self.say("signed in"),
            EventKind::SignedOut => self.say("signed out"),
        }
    }

    fn renamed(&mut self, what: &str) {
        match (self.text("/before/name").map(str::to_owned), self.text("/after/name").map(str::to_owned)) {
            (Some(before), Some(after)) => self.say(&format!("renamed {what} “{before}” to “{after}”")),
            _ => self.say(&format!("changed {what}")),
        }
    }

    fn created(&mut self) {
        match self.it.detail.get("copy_of").and_then(Value::as_str).map(str::parse::<Id>) {
            Some(from) => {
                self.say("created it as a copy of ");
                self.goal(from.ok());
            }
            None => self.say("created it"),
        }
    }

    fn deleted(&mut self) {
        let more = self.at("/goals").as_array().map_or(0, Vec::len).saturating_sub(1);
        self.say(&match more {
            0 => String::from("deleted it"),
            1 => String::from("deleted it with the goal below it"),
            many => format!("deleted it with {} goals below it", format::count(many)),
        });
    }

    fn aligned(&mut self) {
        let (before, after) = (self.ids("/changes/parents/before"), self.ids("/changes/parents/after"));
        let (added, removed) = difference(&before, &after);
        if added.is_empty() && removed.is_empty() {
            return self.say("changed the order of what it is aligned to");
        }
        if !added.is_empty() {
            self.say("aligned it to ");
            self.goals(&added);
        }
        if !removed.is_empty() {
            self.say(if added.is_empty() { "took it out from under " } else { " instead of " });
            self.goals(&removed);
        }
    }

    fn goals(&mut self, ids: &[Id]) {
        for (at, id) in ids.iter().enumerate() {
            self.say(joint(at, ids.len()));
            self.goal(Some(*id));
        }
    }

    fn ids(&self, path: &str) -> Vec<Id> {
        edit::ids(self.at(path))
    }

    fn contributions(&mut self) {
        let table = |side: &str| -> HashMap<Id, Option<f64>> {
            let rows = self.at(&format!("/changes/shares/{side}")).as_array().cloned().unwrap_or_default();
            rows.iter()
                .filter_map(|row| {
                    let id = row.get("child_id")?.as_str()?.parse().ok()?;
                    Some((id, row.get("fixed").and_then(Value::as_f64)))
                })
                .collect()
        };
        let (before, after) = (table("before"), table("after"));
        let mut changed: Vec<(Id, Option<f64>, Option<f64>)> = after
            .iter()
            .map(|(id, now)| (*id, before.get(id).copied().flatten(), *now))
            .filter(|(_, was, now)| was != now)
            .collect();
        changed.sort_by_key(|(id, _, _)| *id);
        if changed.is_empty() {
            let on = self.at("/changes/new_children_contribute/after").as_bool() == Some(true);
            let switch = self.at("/changes/new_children_contribute/before").as_bool();
            return self.say(match switch {
                Some(was) if was != on && on => "let new goals below contribute",
                Some(was) if was != on => "left new goals below out of its progress",
                _ => "changed the weights of what contributes to it",
            });
        }
        let words = |share: Option<f64>| share.map_or_else(|| String::from("automatic"), format::share);
        let total = changed.len();
        for (at, (id, was, now)) in changed.into_iter().enumerate() {
            self.say(joint(at, total));
            self.say(if at == 0 { "changed the weight of " } else { "" });
            self.goal(Some(id));
            self.say(&format!(" from {} to {}", words(was), words(now)));
        }
    }

    fn closed(&mut self) {
        if self.at("/automatic").as_bool() == Some(true) {
            let score = self.at("/score").as_f64().map(format::score);
            let score = score.map_or_else(String::new, |score| format!(" with a score of {score}"));
            let what = &self.ctx.terms.kind(GoalKind::KeyResult).many;
            return self.say(&format!("closed it{score}, since all its {what} are closed"));
        }
        self.ended("closed it");
    }

    fn ended(&mut self, verb: &str) {
        self.say(verb);
        if let Some(score) = self.at("/score").as_f64() {
            self.say(&format!(" with a score of {}", format::score(score)));
        }
        if let Some(next) = self.it.subject {
            self.say("; it goes on as ");
            self.goal(Some(next));
        }
        self.because("/note");
    }

    fn reopened(&mut self) {
        self.say("reopened it");
        if let Some(status) = self.status("/before/status") {
            self.say(&format!(", which was {}", status.to_lowercase()));
            if let Some(score) = self.at("/before/score").as_f64() {
                self.say(&format!(" with {}", format::score(score)));
            }
        }
        self.because("/note");
    }

    fn because(&mut self, path: &str) {
        if let Some(note) = self.text(path).map(|note| markdown::plain(note, 160)) {
            self.say(&format!(": “{note}”"));
        }
    }

    fn quoted(&mut self, verb: &str, path: &str) {
        self.say(verb);
        self.because(path);
    }

    fn status(&self, path: &str) -> Option<&'static str> {
        self.text(path)?.parse::<Status>().ok().map(|status| Shown::from(status).word())
    }

    /// What a check-in said, in the goal's unit or per cent.
    fn amount(&self, side: &str) -> String {
        let value = self.at(&format!("{side}/value")).as_f64();
        let progress = self.at(&format!("{side}/progress")).as_f64();
        match (self.book.metric, value, progress) {
            (Some(metric), Some(value), _) => format::value_with_unit(value, metric.unit.as_deref()),
            (_, _, Some(progress)) => format::percent(progress),
            (None, Some(value), None) => format::number(value),
            _ => String::from("no value"),
        }
    }

    fn checked_in(&mut self) {
        let said = self.amount("/after");
        let link = self.it.goal.zip(self.it.subject);
        self.say("checked in ");
        match link {
            Some((goal, check_in)) => {
                self.link(&said, format!("{}#check-in-{check_in}", paths::check_in_page(goal, check_in)));
            }
            None => self.say(&said),
        }
        let before = self.amount("/before");
        if !self.at("/before/value").is_null() && before != said {
            self.say(&format!(", before {before}"));
        }
        let (was, now) = (self.status("/before/status"), self.status("/after/status"));
        if let Some(now) = now.filter(|_| was != now) {
            self.say(&format!(", {now}"));
        }
    }

    fn check_in_changed(&mut self) {
        let (before, after) = (self.amount("/before"), self.amount("/after"));
        let (was, now) = (self.status("/before/status"), self.status("/after/status"));
        if before != after {
            self.say(&format!("changed a check-in from {before} to {after}"));
        } else if was != now {
            let words = (was.unwrap_or("no status"), now.unwrap_or("no status"));
            self.say(&format!("changed the status of a check-in from {} to {}", words.0, words.1));
        } else {
            self.say("changed the note of a check-in");
        }
    }

    fn task(&mut self, verb: &str) {
        let name = self.text("/name").map(str::to_owned);
        self.say(&name.map_or_else(|| format!("{verb} a task"), |name| format!("{verb} the task “{name}”")));
    }

    fn task_changed(&mut self) {
        let name = self.text("/name").unwrap_or("a task").to_owned();
        let done = self.at("/changes/done/after").as_bool();
        if let Some(done) = done.filter(|done| self.at("/changes/done/before").as_bool() != Some(*done)) {
            return self.say(&if done {
                format!("finished the task “{name}”")
            } else {
                format!("took up the task “{name}” again")
            });
        }
        if let Some(before) = self.text("/changes/name/before").map(str::to_owned) {
            return self.say(&format!("renamed the task “{before}” to “{name}”"));
        }
        if !self.at("/changes/owner_id").is_null() {
            self.say(&format!("gave the task “{name}” to "));
            let owner = self.text("/changes/owner_id/after").and_then(|id| id.parse().ok());
            return if owner.is_some() { self.person(owner) } else { self.say("nobody") };
        }
        if !self.at("/changes/due_date").is_null() {
            let day = self.day("/changes/due_date/after").unwrap_or_else(|| String::from("no day"));
            return self.say(&format!("made the task “{name}” due on {day}"));
        }
        self.say(&format!("changed the task “{name}”"));
    }

    fn day(&self, path: &str) -> Option<String> {
        let day: Day = self.text(path)?.parse().ok()?;
        Some(format::day(day, self.ctx.today))
    }
}

/// What stands between the parts of a list.
const fn joint(at: usize, of: usize) -> &'static str {
    match at {
        0 => "",
        last if last + 1 == of => " and ",
        _ => ", ",
    }
}

/// What is in the second and not in the first, and the other way round.
fn difference(before: &[Id], after: &[Id]) -> (Vec<Id>, Vec<Id>) {
    let minus = |these: &[Id], those: &[Id]| these.iter().copied().filter(|id| !those.contains(id)).collect();
    (minus(after, before), minus(before, after))
}

#[cfg(test)]
mod tests;
