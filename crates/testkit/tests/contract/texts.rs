//! Texts of every kind, from the form to the page and the file: kept as they were typed or refused, shown as text and never as
//! markup, written so that no spreadsheet calculates them, and never part of a header.

use std::io::Read;

use anyhow::{Context, Result};
use northing_app::export::ExportFormat;
use northing_testkit::both_engines;
use northing_testkit::front_door::Answer;
use serde_json::{Value, json};

use crate::found::Found;
use crate::world::World;

/// What would run, load or lead somewhere if it were taken for markup.
const MARKUP: [&str; 16] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=https://evil.example></iframe>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](vbscript:x)",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<style>*{display:none}</style>",
    "<form action=https://evil.example><input name=csrf></form>",
    "\"><script>alert(1)</script>",
    "'\"--></style></script><script>alert(1)</script>",
    "![x](x\" onerror=\"alert(1))",
    "<div style=\"position:fixed\" hx-get=\"/sign-out\" hx-trigger=\"load\">x</div>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
];

/// The tags of a page that are none of ours: scripts without a file of ours, frames, handlers, addresses that run, forms that lead
/// elsewhere. What is escaped is no tag.
fn strange(page: &str) -> Vec<String> {
    let bad = |tag: &str| {
        let tag = tag.to_lowercase();
        let name = tag.split([' ', '/', '\n']).next().unwrap_or("");
        let runs = ["javascript:", "data:text", "vbscript:"];
        // The names of attributes: what stands outside of quotation marks.
        let outside: String = tag.split('"').step_by(2).collect();
        let attributes = outside.split_once(' ').map_or("", |(_, rest)| rest);
        matches!(name, "iframe" | "object" | "embed" | "style" | "base" | "marquee")
            || (name == "script" && !tag.contains("src=\"/assets/"))
            || (name == "form" && !tag.contains("action=\"/"))
            || (name == "img" && !tag.contains("src=\"/assets/") && !tag.contains("src=\"data:image/"))
            || attributes.split_whitespace().any(|word| word.starts_with("on") && word.contains('='))
            || attributes.split_whitespace().any(|word| word.starts_with("style="))
            || runs
                .iter()
                .any(|run| tag.contains(&format!("href=\"{run}")) || tag.contains(&format!("src=\"{run}")))
    };
    let tags = page.split('<').skip(1).filter_map(|part| part.split_once('>')).map(|(tag, _)| tag);
    tags.filter(|tag| bad(tag)).map(str::to_owned).collect()
}

/// Titles as the world writes them, and as it should not.
const TITLES: [&str; 14] = [
    "زيادة الإيرادات",
    "הגדלת הכנסות 2026",
    "👩‍👩‍👧‍👦 family 🏳️‍🌈 flag",
    "e\u{301}e\u{301} NFD",
    "éé NFC",
    "Ⅷ ﬁ ½ ①",
    "日本語のタイトル",
    "Z\u{335}\u{321}\u{322}\u{31b}\u{316}\u{317}\u{318}\u{319}\u{31a}algo",
    "\u{200f}right to left mark",
    "\u{2067}isolated\u{2069} text",
    "𝕬𝖘𝖙𝖗𝖆𝖑 plane 𒐫",
    "tab\u{a0}less spaces",
    "Robert'); DROP TABLE goals;--",
    "{{7*7}} ${7*7} %s %n %x \\",
];

/// What a spreadsheet would calculate.
const FORMULAS: [&str; 8] = [
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "=cmd|' /C calc'!A1",
    "\u{ff1d}1+1",
    "\u{200b}=1+1",
    " =1+1",
];

async fn objective(world: &World, title: &str, more: Value) -> Result<Answer> {
    let mut body = json!({"kind": "objective", "title": title, "level": "organization", "period_id": world.id("period")});
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    world.app.api(&world.app.owner, "POST", "/orgs/calder/goals", Some(body)).await
}

/// Pages and answers that show what was typed.
async fn shown(world: &World, goal: &str) -> Result<Vec<(String, Answer)>> {
    let owner = &world.app.owner;
    let mut all = Vec::new();
    for path in [
        format!("/goals/{goal}"),
        format!("/goals/{goal}/panel"),
        format!("/goals/{goal}/edit"),
        format!("/goals/{goal}/activity"),
        format!("/goals/{goal}/check-ins"),
        format!("/goals/{goal}/deletion"),
        format!("/goals/{goal}/clone"),
        format!("/explorer?period={}", world.id("period")),
        String::from("/organisation"),
        String::from("/search?q=alert"),
        String::from("/tags"),
        String::from("/admin/audit"),
        String::from("/teams"),
        String::from("/people"),
        String::from("/"),
    ] {
        let answer = world.app.page(owner, &path).await?;
        all.push((path, answer));
    }
    Ok(all)
}

both_engines! {
    async fn texts_of_every_kind_come_back_as_they_were_typed_and_are_found(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let mut found = Found::default();
        for title in TITLES {
            let answer = objective(&world, title, json!({"description": format!("# {title}\n\n{title}"), "tags": [title]})).await?;
            let made = answer.json();
            found.check(answer.status == 201 && made["title"] == title, || format!("{title}: {} {}", answer.status, answer.text));
            let id = made["id"].as_str().unwrap_or_default();
            for (path, answer) in shown(&world, id).await? {
                found.check(answer.status == 200, || format!("{title} {path}: {} {}", answer.status, answer.text));
            }
            let word = title.split(' ').find(|word| word.chars().any(char::is_alphanumeric)).unwrap_or("");
            let query = northing_testkit::front_door::form(&[("q", word), ("limit", "200")]);
            let listed = world.app.api_ok(&world.app.owner, "GET", &format!("/orgs/calder/goals?{query}"), None).await?;
            let there = listed["items"].as_array().into_iter().flatten().any(|it| it["title"] == title);
            found.check(there, || format!("{title} is not found by {query}"));
        }
        // The same word in another form is the same tag, once.
        let tags = world.app.api_ok(&world.app.owner, "GET", "/orgs/calder/tags?limit=200", None).await?;
        let names: Vec<&str> = tags["items"].as_array().into_iter().flatten().filter_map(|it| it["name"].as_str()).collect();
        found.check(names.len() == TITLES.len() + 1, || format!("{names:?}"));
        let twice = objective(&world, "Twice", json!({"tags": ["Café", "CAFE\u{301}", "cafe\u{301}"]})).await?;
        found.check(twice.json()["tags"] == json!(["Café"]), || twice.text.clone());
        // Blank, invisible, of several lines, turned around, or too long.
        for (title, code) in [("", "required"), ("\u{200b}\u{feff}", "required"), ("a\u{7}b", "control_character"), ("a\u{2028}b", "control_character"),
            ("invoice\u{202e}fdp.exe", "control_character"), (&"x".repeat(501), "too_long"), (&"e\u{301}".repeat(251), "too_long")] {
            let answer = objective(&world, title, json!({})).await?;
            found.check(answer.status == 422 && answer.json()["errors"][0]["code"] == code, || format!("{title:?}: {} {}", answer.status, answer.text));
        }
        found.nothing();
        Ok(())
    }

    async fn what_looks_like_markup_is_shown_as_text(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let mut found = Found::default();
        let all = MARKUP.join("\n\n");
        let made = objective(&world, MARKUP[0], json!({"description": all, "scoring_guidance": all, "tags": [MARKUP[1], MARKUP[2], MARKUP[3]]})).await?;
        let made = made.json();
        let id = made["id"].as_str().context("a goal")?;
        let result = json!({"kind": "key_result", "title": MARKUP[11], "parents": [{"id": id}],
            "metric": {"kind": "reach", "name": MARKUP[1], "unit": "<svg/onload=alert(1)>", "target": 10}});
        let result = world.app.api_ok(&world.app.owner, "POST", "/orgs/calder/goals", Some(result)).await?;
        let result = result["id"].as_str().context("a key result")?.to_owned();
        world.app.api_ok(&world.app.owner, "POST", &format!("/goals/{result}/check-ins"), Some(json!({"value": 3, "note": all}))).await?;
        world.app.api_ok(&world.app.owner, "POST", &format!("/goals/{result}/comments"), Some(json!({"body": all}))).await?;
        world.app.api_ok(&world.app.owner, "POST", "/orgs/calder/teams", Some(json!({"name": MARKUP[0], "description": all, "team_type": MARKUP[1]}))).await?;
        let person = json!({"name": MARKUP[8]});
        world.app.api_ok(&world.app.owner, "PATCH", &format!("/orgs/calder/members/{}", world.member.id), Some(person)).await?;
        let about = json!({"name": MARKUP[9], "mission": all, "vision": all, "north_star": MARKUP[0], "values": [MARKUP[1], MARKUP[14]]});
        world.app.api_ok(&world.app.owner, "PATCH", "/orgs/calder", Some(about)).await?;
        for goal in [id, &result] {
            for (path, answer) in shown(&world, goal).await? {
                found.check(answer.status == 200, || format!("{path}: {} {}", answer.status, answer.text));
                let strange = strange(&answer.text);
                found.check(strange.is_empty(), || format!("{path}: {strange:?}"));
            }
        }
        found.nothing();
        Ok(())
    }

    async fn no_file_is_calculated_and_no_name_becomes_a_header(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let mut found = Found::default();
        let owner = &world.app.owner;
        for formula in FORMULAS {
            let made = objective(&world, &format!("{formula} "), json!({"description": formula, "tags": [formula]})).await?;
            found.check(made.status == 201, || made.text.clone());
            let id = made.json()["id"].as_str().unwrap_or_default().to_owned();
            world.app.api_ok(owner, "POST", &format!("/goals/{id}/comments"), Some(json!({"body": formula}))).await?;
        }
        world.app.api_ok(owner, "PATCH", &format!("/orgs/calder/members/{}", world.member.id), Some(json!({"name": FORMULAS[0]}))).await?;
        let calculated = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
        for (path, kind) in [("/orgs/calder/export?format=csv", "text/csv"), ("/admin/audit.csv", "text/csv")] {
            let answer = if path.starts_with("/orgs") { world.app.api(owner, "GET", path, None).await? } else { world.app.page(owner, path).await? };
            found.check(answer.status == 200 && answer.header("content-type").starts_with(kind), || format!("{path}: {} {:?}", answer.status, answer.headers));
            let mut cells = Vec::new();
            let (mut cell, mut quoted) = (String::new(), false);
            for character in answer.text.chars() {
                match (character, quoted) {
                    ('"', _) => quoted = !quoted,
                    ('\r', false) => {}
                    (',' | '\n', false) => cells.push(std::mem::take(&mut cell)),
                    (other, _) => cell.push(other),
                }
            }
            found.check(cells.iter().any(|cell| cell.contains("SUM(A1:A9)")), || format!("{path}: no formula came through"));
            for cell in &cells {
                found.check(!calculated(cell), || format!("{path}: {cell}"));
            }
        }
        let mut export = world.app.northing.export_organization(&owner.actor, ExportFormat::Xlsx).await?;
        let mut bytes = Vec::new();
        while let Some(part) = export.next().await? {
            bytes.extend(part);
        }
        let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes))?;
        let mut sheets = 0;
        for number in 0..book.len() {
            let mut text = String::new();
            let mut entry = book.by_index(number)?;
            let name = entry.name()?.into_owned();
            if name.ends_with(".xml") {
                entry.read_to_string(&mut text)?;
                sheets += usize::from(name.contains("sheet"));
                found.check(!text.contains("<f>") && !text.contains("<f "), || format!("{name} calculates"));
                found.check(!text.contains("<hyperlink"), || format!("{name} links"));
            }
        }
        found.check(sheets > 0, || String::from("no sheets"));
        // Names of files are of the short name, whatever the organisation is called.
        for name in ["Evil\"; filename=\"x.exe", "../../etc/passwd", "Ünïcödé 组织", "a;b=c"] {
            world.app.api_ok(owner, "PATCH", "/orgs/calder", Some(json!({ "name": name }))).await?;
            for format in ["csv", "json", "xlsx"] {
                let answer = world.app.api(owner, "GET", &format!("/orgs/calder/export?format={format}"), None).await?;
                let given = answer.header("content-disposition").to_owned();
                let plain = given.strip_prefix("attachment; filename=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or("/");
                let safe = plain.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) && !plain.contains("..");
                found.check(safe, || format!("{name}: {given}"));
            }
        }
        // What comes back in a header is no more than it should be.
        for path in ["/sign-in?next=%0d%0aSet-Cookie:%20x=1", "/sign-in?next=https://evil.example", "/sign-in?next=//evil.example", "/sign-in?next=/%5Cevil.example"] {
            let answer = world.app.page(owner, path).await?;
            let place = answer.header("location").to_owned();
            found.check(!place.contains("evil") && answer.headers.get("set-cookie").is_none_or(|it| !it.as_bytes().starts_with(b"x=")), || format!("{path}: {place}"));
        }
        found.nothing();
        Ok(())
    }
}
