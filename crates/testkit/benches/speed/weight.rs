//! What travels to a browser: pages of the demonstration organisation, as they are compressed for it.

use anyhow::Result;
use northing_store::Engine;
use northing_testkit::database::Database;
use northing_testkit::weight::{Demonstration, FIRST_VISIT, FOLLOWING_PAGE, SCRIPTS};

use crate::options::Options;
use crate::table::Table;

pub(crate) async fn run(_: &Options) -> Result<()> {
    let db = Database::new(Engine::Sqlite).await?;
    let demo = Demonstration::new(&db).await?;
    let table = Table::new(
        "Bytes to the browser, the demonstration organisation",
        &["what", "compressed", "plain", "target"],
    );
    let assets = demo.assets().await?;
    for asset in &assets {
        table.row([asset.path.clone(), asset.sent.to_string(), asset.plain.to_string(), String::new()]);
    }
    let scripts: usize = assets.iter().filter(|it| it.path.ends_with(".js")).map(|it| it.sent).sum();
    table.row(["scripts in all".into(), scripts.to_string(), String::new(), format!("≤ {SCRIPTS}")]);
    let mut first = true;
    for page in demo.pages().await? {
        if first {
            let all = page.sent + assets.iter().map(|it| it.sent).sum::<usize>();
            table.row([
                format!("first visit, {}", page.path),
                all.to_string(),
                String::new(),
                format!("≤ {FIRST_VISIT}"),
            ]);
            first = false;
        }
        table.row([page.path, page.sent.to_string(), page.plain.to_string(), format!("≤ {FOLLOWING_PAGE}")]);
    }
    db.finish().await
}
