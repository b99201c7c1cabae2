//! What was changed of a goal's fields, each as a clause.

use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::metric::MetricKind;
use northing_core::values::{Day, Id};
use serde_json::{Map, Value};

use super::{Writer, difference, joint};
use crate::components::activity::Part;
use crate::format;

/// The identifiers of a list.
pub(super) fn ids(list: &Value) -> Vec<Id> {
    let items = list.as_array().map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(|item| item.as_str()?.parse().ok()).collect()
}

impl Writer<'_> {
    /// "renamed it from “A” to “B” and made Priya Raman an owner".
    pub(super) fn edited(&mut self) {
        let changes = self.at("/changes").as_object().cloned().unwrap_or_default();
        let mut clauses: Vec<Vec<Part>> = Vec::new();
        for (field, change) in &changes {
            let was = change.get("before").unwrap_or(&Value::Null);
            let is = change.get("after").unwrap_or(&Value::Null);
            self.field(field, was, is, &mut clauses);
        }
        if clauses.is_empty() {
            return self.say("changed it");
        }
        let total = clauses.len();
        for (at, clause) in clauses.into_iter().enumerate() {
            self.say(joint(at, total));
            for part in clause {
                match part {
                    Part::Text(text) => self.say(&text),
                    Part::Link(text, href) => self.link(&text, href),
                }
            }
        }
    }

    fn field(&self, field: &str, was: &Value, is: &Value, out: &mut Vec<Vec<Part>>) {
        let mut say = |text: String| out.push(vec![Part::Text(text)]);
        let yes = is.as_bool() == Some(true);
        match field {
            "title" => say(format!("renamed it from “{}” to “{}”", words(was), words(is))),
            "kind" => {
                let kind = |value: &Value| value.as_str().and_then(|text| text.parse::<GoalKind>().ok());
                let called = |value| kind(value).map_or("goal", |kind| &self.ctx.terms.kind(kind).one);
                say(format!("turned it from {} to {}", called(was), called(is)));
            }
            "level" => say(format!("moved it from the {} level to the {} level", level(was), level(is))),
            "period_id" => {
                say(format!("moved it from {} to {}", self.one(was, "a period"), self.one(is, "a period")))
            }
            "start_date" => say(format!("moved the start from {} to {}", self.date(was), self.date(is))),
            "due_date" => say(format!("moved the due date from {} to {}", self.date(was), self.date(is))),
            "progress_mode" => say(mode(is).to_owned()),
            "committed" => say(String::from(if yes { "made it committed" } else { "made it aspirational" })),
            "visibility" => say(String::from(if is.as_str() == Some("restricted") {
                "let only named people see it"
            } else {
                "let everyone see it"
            })),
            "align_restricted" => say(String::from(if yes {
                "let only named people align goals to it"
            } else {
                "let everyone align goals to it"
            })),
            "new_children_contribute" => say(String::from(if yes {
                "let new goals below contribute"
            } else {
                "left new goals below out of its progress"
            })),
            "check_in_owner_id" => say(match self.name(is) {
                Some(name) => format!("asked {name} to check in"),
                None => String::from("left checking in to the first owner"),
            }),
            "delegate_id" => say(match self.name(is) {
                Some(name) => format!("made {name} the delegate"),
                None => String::from("took the delegate off"),
            }),
            "metric" => metric(was, is).into_iter().for_each(say),
            "owner_ids" => self.people("made", "an owner", "the owners", (was, is)).into_iter().for_each(say),
            "team_ids" => self.people("gave it to", "", "the teams", (was, is)).into_iter().for_each(say),
            "tags" => tags(was, is).into_iter().for_each(say),
            "description" => say(String::from("changed the description")),
            "phases" => say(String::from("changed the phased targets")),
            "scoring_guidance" => say(String::from("changed the scoring guidance")),
            "access" => say(String::from("changed who may see and edit it")),
            other => say(format!("changed the {}", other.replace('_', " "))),
        }
    }

    fn name(&self, id: &Value) -> Option<String> {
        self.named(id.as_str()?.parse().ok()).map(str::to_owned)
    }

    fn one(&self, id: &Value, otherwise: &str) -> String {
        self.name(id).unwrap_or_else(|| otherwise.to_owned())
    }

    fn date(&self, day: &Value) -> String {
        let day = day.as_str().and_then(|text| text.parse::<Day>().ok());
        day.map_or_else(|| String::from("no day"), |day| format::day(day, self.ctx.today))
    }

    /// Who came and who went, of owners or teams.
    fn people(&self, verb: &str, as_what: &str, of: &str, (was, is): (&Value, &Value)) -> Vec<String> {
        let (added, removed) = difference(&ids(was), &ids(is));
        let names = |ids: &[Id]| {
            let names =
                ids.iter().map(|id| self.named(Some(*id)).unwrap_or("somebody who is gone").to_owned());
            list(&names.collect::<Vec<_>>())
        };
        let mut out = Vec::new();
        if !added.is_empty() {
            out.push(format!("{verb} {} {as_what}", names(&added)).trim_end().to_owned());
        }
        if !removed.is_empty() {
            out.push(format!("took {} off {of}", names(&removed)));
        }
        if out.is_empty() {
            out.push(format!("changed the order of {of}"));
        }
        out
    }
}

fn list(names: &[String]) -> String {
    let joined = names.iter().enumerate().map(|(at, name)| format!("{}{name}", joint(at, names.len())));
    joined.collect()
}

fn words(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn level(value: &Value) -> &'static str {
    match value.as_str() {
        Some("organization") => "organisation",
        Some("individual") => "individual",
        _ => "team",
    }
}

fn mode(value: &Value) -> &'static str {
    match value.as_str().and_then(|text| text.parse::<ProgressMode>().ok()) {
        Some(ProgressMode::Rollup) => "let its progress follow what is below it",
        Some(ProgressMode::DataSource) => "let its progress follow a data source",
        _ => "left its progress to check-ins",
    }
}

fn tags(was: &Value, is: &Value) -> Vec<String> {
    let texts = |list: &Value| -> Vec<String> {
        let items = list.as_array().cloned().unwrap_or_default();
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let (was, is) = (texts(was), texts(is));
    let minus = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|tag| !those.contains(tag)).cloned().collect()
    };
    let (added, removed) = (minus(&is, &was), minus(&was, &is));
    let plural = |tags: &[String]| if tags.len() == 1 { "tag" } else { "tags" };
    let mut out = Vec::new();
    if !added.is_empty() {
        out.push(format!("added the {} {}", plural(&added), list(&added)));
    }
    if !removed.is_empty() {
        out.push(format!("took off the {} {}", plural(&removed), list(&removed)));
    }
    out
}

/// Each part of the measure that changed.
fn metric(was: &Value, is: &Value) -> Vec<String> {
    let empty = Map::new();
    let (was, is) = (was.as_object().unwrap_or(&empty), is.as_object().unwrap_or(&empty));
    let unit = |of: &Map<String, Value>| of.get("unit").and_then(Value::as_str).map(str::to_owned);
    let shown = |of: &Map<String, Value>, field: &str| {
        let number = of.get(field).and_then(Value::as_f64);
        number.map_or_else(|| String::from("none"), |number| format::value(number, unit(of).as_deref()))
    };
    let kind = |of: &Map<String, Value>| {
        let kind = of.get("kind").and_then(Value::as_str).and_then(|text| text.parse::<MetricKind>().ok());
        kind.map_or("a measure", measure)
    };
    let mut out = Vec::new();
    if was.get("kind") != is.get("kind") {
        out.push(format!("changed the measure from {} to {}", kind(was), kind(is)));
    }
    for (field, called) in [("start", "start"), ("target", "target"), ("risk_threshold", "risk threshold")] {
        if was.get(field) != is.get(field) {
            out.push(format!("changed the {called} from {} to {}", shown(was, field), shown(is, field)));
        }
    }
    if was.get("name") != is.get("name") || unit(was) != unit(is) {
        out.push(String::from("changed what is measured"));
    }
    out
}

const fn measure(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Percent => "per cent complete",
        MetricKind::Reach => "reach a target",
        MetricKind::Increase => "increase to a target",
        MetricKind::Decrease => "decrease to a target",
        MetricKind::StayAbove => "stay above a threshold",
        MetricKind::StayBelow => "stay below a threshold",
        MetricKind::Baseline => "find a baseline",
    }
}
