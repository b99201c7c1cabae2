//! What a person was told and has not put away: of data sources, of requests to join, of people who ask for a check-in.

use maud::{Markup, html};
use northing_core::values::{Day, Id};

use crate::icons::icon;
use crate::{Ctx, format, layout, paths};

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its identifier.
    pub id: Id,
    /// What it says.
    pub said: Said,
    /// The goal that it is about, with its title.
    pub goal: Option<(Id, String)>,
    /// The connection that it is about.
    pub connection: Option<String>,
    /// When.
    pub at: northing_core::values::Moment,
}

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It does not work: what happened, and what to do.
    Failed(String, String),
    /// It works again.
    Recovered,
    /// Its token ends on this day.
    Ending(Day),
    /// Somebody asks to join: their name, and what they say.
    Asks(String, Option<String>),
    /// Somebody asks for a check-in on the goal: their name, and what they say.
    Nudge(String, Option<String>),
    /// Somebody made the person owner of so many goals: their name, the number, and where all the person's goals are.
    Owns(String, usize, String),
    /// The person was let into this organisation.
    Accepted(String),
    /// The person was not let into this organisation, with the reason.
    Declined(String, Option<String>),
}

/// The notices; nothing where there are none.
#[must_use]
pub fn notices(ctx: &Ctx, notices: &[Notice]) -> Markup {
    html! {
        @if !notices.is_empty() {
            section #notices aria-labelledby="h-notices" {
                div.sec-h { h2 #h-notices { "Notices" } span.n { (format::count(notices.len())) } }
                div.stack { @for each in notices { (notice(ctx, each)) } }
            }
        }
    }
}

fn notice(ctx: &Ctx, it: &Notice) -> Markup {
    let (icon_name, role) = match &it.said {
        Said::Failed(..) | Said::Ending(_) => ("warn", Some("behind")),
        Said::Recovered | Said::Accepted(_) => ("check", Some("track")),
        Said::Asks(..) => ("mail", None),
        Said::Nudge(..) => ("checkin", None),
        Said::Owns(..) => ("objective", None),
        Said::Declined(..) => ("info", None),
    };
    let connection = it.connection.as_deref().unwrap_or("A connection");
    html! {
        div.note data-st=[role] { (icon(icon_name)) div.stack {
            p {
                @match (&it.goal, &it.said) {
                    (Some((goal, title)), Said::Nudge(name, message)) => {
                        @let check_in = paths::goal_part(*goal, "check-ins/new");
                        b { (name) } " asks for a check-in on " a href=(paths::goal(*goal)) { (title) }
                        @if let Some(message) = message { ": “" (message) "”" } @else { "." } " "
                        a href=(check_in) hx-get=(check_in) hx-target="#dialog" hx-swap="innerHTML" { "Check in" }
                    }
                    (None, Said::Nudge(name, _)) => { b { (name) } " asks for a check-in on a goal that is gone." }
                    (Some((goal, title)), Said::Owns(name, ..)) => { b { (name) } " made you owner of " a href=(paths::goal(*goal)) { (title) } "." }
                    (None, Said::Owns(name, 1, _)) => { b { (name) } " made you owner of a goal that is gone." }
                    (None, Said::Owns(name, goals, all)) => {
                        b { (name) } " made you owner of " a href=(all) { (format::count(*goals)) " goals" } "."
                    }
                    (_, Said::Asks(name, message)) => {
                        b { (name) } " asks to join" @if let Some(message) = message { ": “" (message) "”" } @else { "." } " "
                        a href=(paths::MEMBERS) { "Decide" }
                    }
                    (_, Said::Accepted(organisation)) => {
                        "You are a member of " b { (organisation) } " now. " a href=(paths::ORGANISATIONS) { "Switch organisation" }
                    }
                    (_, Said::Declined(organisation, reason)) => {
                        b { (organisation) } " declined your request to join" @if let Some(reason) = reason { ": “" (reason) "”" } @else { "." }
                    }
                    (Some((goal, title)), Said::Failed(message, remedy)) => {
                        a href=(paths::goal(*goal)) { (title) } " is not updated: " (ended(message)) " " (remedy)
                    }
                    (Some((goal, title)), _) => { a href=(paths::goal(*goal)) { (title) } " is updated by its data source again." }
                    (None, Said::Failed(message, remedy)) => { b { (connection) } ": " (ended(message)) " " (remedy) }
                    (None, Said::Recovered) => { b { (connection) } " works again." }
                    (None, Said::Ending(day)) => {
                        "The token of " b { (connection) } " ends on " (format::day(*day, ctx.today))
                        ". Renew it before then, so that goals go on being updated."
                    }
                }
                " " span.mut { (format::ago(it.at, ctx)) }
            }
            form method="post" action=(format!("/notices/{}/dismissal", it.id)) {
                (layout::csrf(ctx))
                button.btn.btn-q type="submit" { (icon("close")) "Put away" }
            }
        } }
    }
}

fn ended(message: &str) -> String {
    format!("{}.", message.trim_end_matches('.'))
}
