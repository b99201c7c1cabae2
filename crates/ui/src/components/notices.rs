//! What a person was told of data sources and has not put away.

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
}

/// The notices; nothing where there are none.
#[must_use]
pub fn notices(ctx: &Ctx, notices: &[Notice]) -> Markup {
    html! {
        @if !notices.is_empty() {
            section #notices aria-labelledby="h-notices" {
                div.sec-h { h2 #h-notices { "Data sources" } span.n { (format::count(notices.len())) } }
                div.stack { @for each in notices { (notice(ctx, each)) } }
            }
        }
    }
}

fn notice(ctx: &Ctx, it: &Notice) -> Markup {
    let (icon_name, role) = match &it.said {
        Said::Failed(..) | Said::Ending(_) => ("warn", "behind"),
        Said::Recovered => ("check", "track"),
    };
    let connection = it.connection.as_deref().unwrap_or("A connection");
    html! {
        div.note data-st=(role) { (icon(icon_name)) div.stack {
            p {
                @match (&it.goal, &it.said) {
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
