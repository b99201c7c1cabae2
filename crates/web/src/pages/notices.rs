//! What the person was told, on My OKRs; and putting it away.

use axum::extract::{Path, State};
use axum::response::Response;
use northing_app::sources::{Notice, Troubled};
use northing_core::values::{Day, Id};
use northing_ui::components::notices::{self, Said};
use northing_ui::paths;
use serde::Deserialize;

use crate::extract::Signed;
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default().post("/notices/{notice}/dismissal", dismiss)
}

async fn dismiss(
    State(state): State<AppState>,
    signed: Signed,
    Path(notice): Path<Id>,
) -> Result<Response, Failure> {
    state.app.dismiss_notice(&signed.actor, notice).await?;
    Ok(go(paths::HOME, signed.htmx))
}

/// The part of a notice's detail that is shown.
#[derive(Default, Deserialize)]
struct Detail {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    remedy: String,
    /// Other goals of the connection with the same trouble.
    #[serde(default)]
    others: usize,
    expires_on: Option<Day>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    organization: String,
    #[serde(default)]
    goals: usize,
    user_id: Option<Id>,
    reason: Option<String>,
}

/// A remedy, and how many others it would help.
fn with_others(remedy: String, others: usize) -> String {
    match others {
        0 => remedy,
        1 => format!("{remedy} 1 other goal of the connection has the same trouble."),
        _ => format!("{remedy} {others} other goals of the connection have the same trouble."),
    }
}

/// Notices as pages show them, beside the goals whose trouble stands there anyway.
pub(crate) fn told(found: Vec<Notice>, troubled: &[Troubled]) -> Vec<notices::Notice> {
    let said = |it: &Notice| {
        it.kind == "link_failed" && troubled.iter().any(|goal| Some(goal.goal_id) == it.goal_id)
    };
    let shown = found.into_iter().filter(|it| !said(it)).map(|it| {
        let detail: Detail = serde_json::from_str(&it.detail).unwrap_or_default();
        let said = match (it.kind.as_str(), detail.expires_on) {
            ("token_ending", Some(day)) => Said::Ending(day),
            ("link_recovered" | "connection_recovered", _) => Said::Recovered,
            ("nudge", _) => Said::Nudge(detail.name, detail.message),
            ("made_owner", _) => {
                let all = detail.user_id.map_or_else(|| paths::HOME.to_owned(), paths::person);
                Said::Owns(detail.name, detail.goals, all)
            }
            ("join_requested", _) => Said::Asks(detail.name, detail.message),
            ("join_accepted", _) => Said::Accepted(detail.organization),
            ("join_declined", _) => Said::Declined(detail.organization, detail.reason),
            _ => Said::Failed(detail.message.unwrap_or_default(), with_others(detail.remedy, detail.others)),
        };
        notices::Notice {
            id: it.id,
            said,
            goal: it.goal_id.zip(it.goal_title),
            connection: it.connection_name,
            at: it.at,
        }
    });
    shown.collect()
}
