//! Files that mean harm, sent to an import: bombs, lies, cuts, other encodings, mixed sets, paths in names. Each is refused with
//! a reason, leaves nothing behind, and costs no memory; what can be read is accounted for line by line and closes no circle.

use std::io::Write;

use anyhow::{Context, Result};
use northing_testkit::both_engines;
use northing_testkit::front_door::Answer;
use serde_json::{Value, json};

use crate::found::Found;
use crate::snapshot::Snapshot;
use crate::world::World;

const HEAD: &str = "Title,Team,Owner,Period,End Date,Object Type,Progress %\n";

fn zipped(entries: &[(&str, &[u8])]) -> Result<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The most memory that this process has had, in MiB.
fn peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).context("no peak")?;
    Ok(line.split_whitespace().nth(1).context("no number")?.parse::<u64>()? / 1024)
}

fn sample(name: &str) -> Result<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../connectors/tests/samples");
    Ok(std::fs::read(folder.join(name))?)
}

/// Pretends in the local and the central head of every entry that it is so large.
fn pretending(mut zip: Vec<u8>, size: u32, real: u32) -> Vec<u8> {
    for at in 0..zip.len().saturating_sub(4) {
        if zip[at..at + 4] == real.to_le_bytes() {
            zip[at..at + 4].copy_from_slice(&size.to_le_bytes());
        }
    }
    zip
}

async fn send(world: &World, files: &[(&str, &[u8])]) -> Result<Answer> {
    world.app.upload(&world.app.owner, "/orgs/calder/imports", &[], files).await
}

/// Waits for an import and returns it.
async fn done(world: &World, answer: &Answer) -> Result<Value> {
    while world.app.northing.work_once("test").await? {}
    let id = answer.json()["id"].as_str().with_context(|| answer.text.clone())?.to_owned();
    world.app.api_ok(&world.app.owner, "GET", &format!("/orgs/calder/imports/{id}"), None).await
}

both_engines! {
    async fn files_that_harm_are_refused_and_leave_nothing(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let before = Snapshot::take(&world.store).await?;
        let mut found = Found::default();
        let at_rest = peak()?;
        let export = sample("brindlewick/brindlewick_goals_export.zip")?;
        let spaces = vec![b' '; 300 * 1024 * 1024];
        let bomb = zipped(&[("Tags_1.json", &spaces)])?;
        drop(spaces);
        let after_making = peak()?;
        let many: Vec<(String, &[u8])> = (0..20_000).map(|n| (format!("f{n}.json"), &b"[]"[..])).collect();
        let many = zipped(&many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect::<Vec<_>>())?;
        let tags = br#"[{"Id":1,"Name":"a"}]"#;
        let small = zipped(&[("VivaGoals_1_Tags.json", tags)])?;
        let lying = pretending(small.clone(), 1_000_000_000, u32::try_from(tags.len())?);
        let mut csv = HEAD.as_bytes().to_vec();
        csv.extend(b"\"Cut off");
        let utf16: Vec<u8> = format!("\u{feff}{HEAD}a,b,c,d,e,f,g\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut latin = HEAD.as_bytes().to_vec();
        latin.extend(b"J\xf6rg,,,,,,\n");
        let nested = zipped(&[("inner.zip", &export)])?;
        let climbing = zipped(&[("../../../../tmp/Tags_1.json", tags), ("/etc/passwd", b"x")])?;
        let cut = &export[..export.len() / 2];
        let head_only = &export[..40];
        let no_end = &export[..export.len() - 10];
        let (mut noise, mut seed) = (Vec::new(), 7_u32);
        for _ in 0..100_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise.push(seed.to_le_bytes()[3]);
        }
        let wide = format!("{}\n", "Title,".repeat(50_000));
        for (name, files) in [
            ("a bomb", vec![("set.zip", bomb.as_slice())]),
            ("many entries", vec![("set.zip", &many)]),
            ("a lie about the size", vec![("set.zip", &lying)]),
            ("nested", vec![("set.zip", &nested)]),
            ("climbing", vec![("set.zip", &climbing)]),
            ("cut in the middle", vec![("set.zip", cut)]),
            ("cut after the head", vec![("set.zip", head_only)]),
            ("without its end", vec![("set.zip", no_end)]),
            ("a cell cut off", vec![("a.csv", &csv)]),
            ("UTF-16", vec![("a.csv", &utf16)]),
            ("Latin-1", vec![("a.csv", &latin)]),
            ("wrong columns", vec![("a.csv", b"Colour,Size\nred,1\n")]),
            ("a head alone, wide", vec![("a.csv", wide.as_bytes())]),
            ("noise", vec![("a.csv", &noise)]),
            ("noise as a workbook", vec![("a.xlsx", &noise)]),
            ("JSON cut off", vec![("VivaGoals_1_Goals.json", b"[{\"Id\":1,")]),
            ("JSON of nothing known", vec![("a.json", b"{\"a\":1}")]),
            ("JSON without end", vec![("VivaGoals_1_Goals.json", "[".repeat(100_000).as_bytes())]),
            ("nothing", vec![("a.csv", b"")]),
            ("a program", vec![("a.exe", b"MZ\x90\x00\x03")]),
            ("an export and something else", vec![("set.zip", export.as_slice()), ("a.csv", b"Colour\nred\n")]),
            ("no file", vec![]),
        ] {
            let answer = send(&world, &files).await?;
            let told = answer.status == 422 && answer.fields() == ["files"] && answer.json()["errors"][0]["message"].as_str().is_some_and(|text| text.len() > 10);
            found.check(told, || format!("{name}: {} {}", answer.status, answer.text));
            let changes = before.changes(&Snapshot::take(&world.store).await?);
            found.check(changes.is_empty(), || format!("{name} leaves {changes:?}"));
        }
        found.nothing();
        // The bomb of this test is itself the most that it has in memory.
        let most = peak()?;
        assert!(most < after_making + 100, "{at_rest} MiB at rest, {after_making} with the bomb, {most} MiB at most");
        assert_eq!(world.app.page(&world.app.owner, "/healthz").await?.status, 200);
        Ok(())
    }

    async fn names_of_files_are_labels(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let mut found = Found::default();
        let sheet = format!("{HEAD}Climbed,,,Sesame time,2026-03-31,Objective,10\n");
        for name in ["../../../../tmp/climbed.csv", "/etc/passwd", "C:\\\\windows\\\\x.csv", "<script>alert(1)</script>.csv", "=cmd.csv"] {
            let answer = send(&world, &[(name, sheet.as_bytes())]).await?;
            found.check(answer.status == 202, || format!("{name}: {} {}", answer.status, answer.text));
            let import = done(&world, &answer).await?;
            found.check(import["state"] == "finished", || format!("{name}: {import}"));
            let page = world.app.page(&world.app.owner, &format!("/import/{}", import["id"].as_str().unwrap_or_default())).await?;
            found.check(page.status == 200 && !page.text.contains("<script>alert"), || format!("{name}: {}", page.status));
            let report = world.app.page(&world.app.owner, &format!("/import/{}/report.csv", import["id"].as_str().unwrap_or_default())).await?;
            found.check(report.status == 200 && !report.text.contains(",=cmd"), || format!("{name}: {}", report.text));
        }
        assert!(!std::path::Path::new("/tmp/climbed.csv").exists());
        found.nothing();
        Ok(())
    }

    async fn circles_doubles_and_nonsense_in_a_file_are_told_and_close_nothing(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let head = "Id,Title,Owner,Period,Start Date,End Date,\"Aligned To (weight, Objective ID)\",Metric Name,Unit,Start,Target,Object Type,Progress %\n";
        let rows = "1,Round,,Sesame time,2026-01-01,2026-03-31,\"Around (100%, 2)\",,%,0,100,Objective,10\n\
            2,Around,,Sesame time,2026-01-01,2026-03-31,\"Round (100%, 1)\",,%,0,100,Objective,10\n\
            3,Itself,,Sesame time,2026-01-01,2026-03-31,\"Itself (100%, 3)\",,%,0,100,Objective,10\n\
            4,Twice,,Sesame time,2026-01-01,2026-03-31,,,%,0,100,Objective,10\n\
            4,Twice again,,Sesame time,2026-01-01,2026-03-31,,,%,0,100,Objective,10\n\
            5,Backwards,,Sesame time,2026-03-31,2026-01-01,,,%,0,100,Objective,10\n\
            6,Too much,,Sesame time,2026-01-01,2026-03-31,,,%,0,1e400,Objective,NaN\n\
            7,,,Sesame time,2026-01-01,2026-03-31,,,%,0,100,Objective,10\n\
            8,\"Two\nlines\",,Sesame time,0000-01-01,99999-12-31,,,%,0,100,Objective,10\n";
        let answer = send(&world, &[("goals.csv", format!("{head}{rows}").as_bytes())]).await?;
        assert_eq!(answer.status, 202, "{}", answer.text);
        let import = done(&world, &answer).await?;
        assert_eq!(import["state"], "finished", "{import}");
        let id = import["id"].as_str().context("an import")?;
        let lines = world.app.api_ok(&world.app.owner, "GET", &format!("/orgs/calder/imports/{id}/lines?entity=goal&limit=200"), None).await?;
        let lines = lines["items"].as_array().cloned().unwrap_or_default();
        assert_eq!(lines.len(), 9, "{lines:?}");
        let noted = |title: &str| lines.iter().any(|it| it["title"] == title && it["notes"].as_array().is_some_and(|notes| !notes.is_empty()));
        for title in ["Itself", "Backwards", "Too much"] {
            assert!(noted(title), "{title}: {lines:?}");
        }
        assert!(noted("Round") || noted("Around"), "{lines:?}");
        // What came in forms no circle, and every number is one.
        let goals = world.app.api_ok(&world.app.owner, "GET", "/orgs/calder/goals?limit=200", None).await?;
        let goals = goals["items"].as_array().cloned().unwrap_or_default();
        let parents = |id: &Value| goals.iter().find(|it| it["id"] == *id).map(|it| it["parents"].clone()).unwrap_or_default();
        for goal in &goals {
            assert!(goal["progress"].is_f64() || goal["progress"].is_null(), "{goal}");
            let (mut above, mut steps) = (vec![goal["id"].clone()], 0);
            while let Some(one) = above.pop() {
                steps += 1;
                assert!(steps < 1000, "a circle above {goal}");
                above.extend(parents(&one).as_array().into_iter().flatten().map(|it| it["id"].clone()));
            }
        }
        let today = "2026-02-15".parse()?;
        let wrong = northing_testkit::tree::wrong(&mut world.store.read().await?, world.app.org, today).await?;
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(world.app.api(&world.app.owner, "GET", "/me", None).await?.json()["user"]["email"], json!("owner@calder.test"));
        Ok(())
    }
}
