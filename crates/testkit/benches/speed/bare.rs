//! The least that a page of this kind can be: axum, one indexed query, maud; nobody signs in, nothing is compressed.

use anyhow::Result;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{FromRow, query_as};

#[derive(FromRow)]
struct Goal {
    id: String,
    title: String,
    status: String,
    progress: Option<f64>,
}

/// A site of one page on this database: `/teams/{team}` in this period.
pub(crate) async fn site(path: &std::path::Path, period: String) -> Result<Router> {
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .connect_with(SqliteConnectOptions::new().filename(path).read_only(true))
        .await?;
    Ok(Router::new().route("/teams/{team}", get(team)).with_state((pool, period)))
}

async fn team(State((pool, period)): State<(SqlitePool, String)>, Path(team): Path<String>) -> Markup {
    let goals: Vec<Goal> = query_as(
        "SELECT g.id, g.title, g.status, g.progress FROM placements p JOIN goals g ON g.id = p.goal_id \
         WHERE p.page = 'team' AND p.entity_id = ? AND p.period_id = ? ORDER BY p.position, p.goal_id LIMIT 100",
    )
    .bind(&team)
    .bind(&period)
    .fetch_all(&pool)
    .await
    .unwrap_or_default();
    html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "A team" } }
            body {
                h1 { "A team" }
                ul {
                    @for goal in &goals {
                        li {
                            a href={ "/goals/" (goal.id) } { (goal.title) }
                            " " (goal.status) " "
                            @if let Some(progress) = goal.progress { (progress.round()) "%" }
                        }
                    }
                }
            }
        }
    }
}
