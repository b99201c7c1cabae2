//! The smaller entities of format B (integrations §4.2 B): users, teams, periods, tags, check-ins, comments.

use northing_core::people::TeamStatus;

use crate::import_model::{Amount, CheckIn, Comment, Effect, Period, Person, Reference, Tag, Team};

use super::fields::Fields;
use super::values;

pub(super) fn person(f: &mut Fields) -> Result<Person, String> {
    let email = f.text("Email");
    let name = f.text("Name").or_else(|| email.clone()).ok_or("a user has neither Name nor Email")?;
    let role = f.text("Role").and_then(|word| {
        let role = values::role(&word);
        if role.is_none() {
            f.note("Role", Effect::Dropped, format!("unknown role {word}; imported as member"));
        }
        role
    });
    let active = f.text("Status").is_none_or(|word| values::plain(&word) == "active");
    let person = Person {
        name,
        email,
        manager: f.person("Manager"),
        teams: f.references("Teams", "Name"),
        role,
        active,
        own: f.own()?,
    };
    for key in ["Last Active", "Source", "Member Type"] {
        if let Some(text) = f.text(key) {
            f.note(key, Effect::Dropped, format!("Northing keeps no such field ({text})"));
        }
    }
    Ok(person)
}

pub(super) fn team(f: &mut Fields) -> Result<Team, String> {
    let name = f.text("Team Name").ok_or("a team has no Team Name")?;
    let archived = f.text("Status").is_some_and(|word| values::plain(&word) == "archived");
    let team = Team {
        name,
        parent: f.references("Parent Team", "Name").into_iter().next().and_then(|r| r.name),
        owners: f.people("Team Owners"),
        status: if archived { TeamStatus::Archived } else { TeamStatus::Active },
        description: f.text("Description"),
        own: f.own()?,
    };
    if let Some(text) = f.text("Team Type") {
        f.note("Team Type", Effect::Dropped, format!("Northing has one type of team ({text})"));
    }
    Ok(team)
}

pub(super) fn period(f: &mut Fields) -> Result<Period, String> {
    let name = f.text("Time Period Name").ok_or("a time period has no Time Period Name")?;
    let (mut start, mut end) = (f.day("Start Date"), f.day("End Date"));
    if start > end && end.is_some() {
        std::mem::swap(&mut start, &mut end);
        f.note("End Date", Effect::Changed, "the period ended before it began; the dates were exchanged");
    }
    Ok(Period { name, start, end, own: f.own()? })
}

pub(super) fn tag(f: &mut Fields) -> Result<Tag, String> {
    f.text("Tag Name").map(|name| Tag { name }).ok_or_else(|| "a tag has no Tag Name".to_owned())
}

pub(super) fn comment(f: &mut Fields) -> Result<Comment, String> {
    let goal = f.text("OKR ID").ok_or("a comment has no OKR ID")?;
    Ok(Comment {
        goal: Reference { id: Some(goal), name: None },
        text: f.text("Comment").unwrap_or_default(),
        author: f.person("Created By"),
        created_at: f.moment("Created At"),
        own: f.own()?,
    })
}

pub(super) fn check_in(f: &mut Fields) -> Result<CheckIn, String> {
    let goal = f.text("OKR ID").ok_or("a check-in has no OKR ID")?;
    let (effective, recorded_at) = dates(f);
    let (note, note_html) = note(f);
    let status = f.status();
    Ok(CheckIn {
        goal: Reference { id: Some(goal), name: None },
        effective,
        recorded_at,
        author: f.person("Check In Owner"),
        note,
        note_html,
        metric_name: f.text("Metric Name"),
        status,
        value: f.number("Current Value").map(Amount::exact),
        own: f.own()?,
    })
}

/// CheckIn Date is the day reported and Activity Date the time of entry when it has a time of day; else the reverse.
fn dates(f: &mut Fields) -> (Option<northing_core::values::Day>, Option<northing_core::values::Moment>) {
    let (check_in, activity) = (f.dated("CheckIn Date"), f.dated("Activity Date"));
    let timed = |date: &Option<(_, Option<northing_core::values::Moment>)>| {
        date.as_ref().and_then(|d| d.1).filter(|m| values::has_time(*m))
    };
    match (timed(&check_in), timed(&activity)) {
        (_, Some(entered)) => (check_in.or(activity).map(|d| d.0), Some(entered)),
        (Some(entered), None) => {
            if activity.is_some() {
                f.note("CheckIn Date", Effect::Changed, "only this date has a time of day: it was taken as the time of entry, Activity Date as the day reported");
            }
            (activity.or(check_in).map(|d| d.0), Some(entered))
        }
        (None, None) => {
            let day = check_in.or(activity).map(|d| d.0);
            (day, day.map(|d| d.start_in(&jiff::tz::TimeZone::UTC)))
        }
    }
}

fn note(f: &mut Fields) -> (Option<String>, Option<String>) {
    match f.take("Check In Note") {
        Some(serde_json::Value::Object(map)) => {
            let mut inner = Fields::new(map);
            let found = (inner.text("Check In Note"), inner.text("Check In Note HTML"));
            let (left, _) = inner.finish();
            for (key, value) in left {
                f.note(
                    "Check In Note",
                    Effect::Dropped,
                    format!("unknown part {key}: {}", super::fields::short(&value)),
                );
            }
            found
        }
        Some(value) => (super::fields::scalar(&value).filter(|text| !text.trim().is_empty()), None),
        None => (None, None),
    }
}
