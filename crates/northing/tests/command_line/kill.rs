//! A server that is killed while programs check in: what it acknowledged is there after the restart, every ancestor is right, and
//! whoever repeats a request under its key has it done once.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use northing_store::sql;
use northing_testkit::both_engines;
use serde_json::{Value, json};

use crate::contract::{Place, SETUP, Server, head};

/// Programs that check in at once, each on a goal of its own.
const PROGRAMS: usize = 4;

/// A check-in that was asked for: the key, and its number where it was acknowledged.
struct Asked {
    goal: String,
    key: String,
    acknowledged: Option<String>,
}

/// Sends a request; nothing where the connection broke off before the whole answer.
fn send(
    address: &str,
    token: &str,
    method: &str,
    path: &str,
    key: &str,
    body: &Value,
) -> Option<(u16, Value)> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{method} /api/v1{path} HTTP/1.1\r\n{}Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        head(token),
        body.len()
    );
    let mut connection = TcpStream::connect(address).ok()?;
    connection.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    Some((status, serde_json::from_str(body).ok()?))
}

fn make(address: &str, token: &str, path: &str, key: &str, body: &Value) -> Result<Value> {
    let (status, made) = send(address, token, "POST", path, key, body).context("no answer")?;
    ensure!((200..300).contains(&status), "{path}: {status} {made}");
    Ok(made)
}

fn id(made: &Value) -> Result<String> {
    Ok(made["id"].as_str().with_context(|| format!("no id: {made}"))?.to_owned())
}

/// Checks in on each goal until the server is gone; it is killed after so many acknowledgements.
fn until_killed(mut server: Server, token: &str, goals: &[String], round: usize) -> Result<Vec<Asked>> {
    let (count, gone) = (AtomicUsize::new(0), AtomicBool::new(false));
    let address = server.address.clone();
    let program = |goal: &String| {
        let mut asked = Vec::new();
        while !gone.load(Ordering::SeqCst) {
            let key = format!("{round}-{goal}-{}", asked.len());
            let body = json!({"value": asked.len() % 101, "note": key});
            let done = send(&address, token, "POST", &format!("/goals/{goal}/check-ins"), &key, &body);
            let id = done.as_ref().and_then(|(_, made)| made["check_in"]["id"].as_str().map(str::to_owned));
            asked.push(Asked { goal: goal.clone(), key, acknowledged: id });
            count.fetch_add(1, Ordering::SeqCst);
            if done.is_none() {
                break;
            }
        }
        asked
    };
    let program = &program;
    let all = std::thread::scope(|scope| {
        let programs: Vec<_> = goals.iter().map(|goal| scope.spawn(move || program(goal))).collect();
        while count.load(Ordering::SeqCst) < 30 + 25 * round {
            std::thread::sleep(Duration::from_micros(400));
        }
        std::thread::sleep(Duration::from_micros(700 * u64::try_from(round)?));
        server.child.kill()?;
        server.child.wait()?;
        gone.store(true, Ordering::SeqCst);
        let mut all = Vec::new();
        for program in programs {
            all.extend(program.join().map_err(|_| anyhow::anyhow!("a program broke off"))?);
        }
        anyhow::Ok(all)
    })?;
    Ok(all)
}

/// The check-ins of a goal by the key in their note.
async fn kept(db: &northing_store::Store, goal: &str) -> Result<HashMap<String, Vec<String>>> {
    let rows = sql("SELECT id, note FROM check_ins WHERE goal_id = $1").bind(goal.to_owned());
    let mut kept: HashMap<String, Vec<String>> = HashMap::new();
    for row in rows.fetch_all(&mut db.read_once().await?).await? {
        kept.entry(row.text("note")?).or_default().push(row.text("id")?);
    }
    Ok(kept)
}

both_engines! {
    async fn a_killed_server_keeps_what_it_acknowledged_and_does_nothing_twice(db: Database) -> Result<()> {
        let place = Place::on(&db)?;
        place.done(&SETUP, "correct horse battery\n")?;
        let token = place.done(&["token", "create", "--email", "ruth@calder.test", "--scopes", "read,write,checkin,admin"], "")?;
        let token = token.trim_end();
        let serve = || Server::start(place.command(&["serve", "--listen", "127.0.0.1:0"]));
        let server = serve()?;
        let address = server.address.clone();
        let goals = "/orgs/calder-homes/goals";
        let top = json!({"kind": "objective", "title": "Top", "level": "organization"});
        let mut above = id(&make(&address, token, goals, "top", &top)?)?;
        for level in ["Middle", "Bottom"] {
            let body = json!({"kind": "objective", "title": level, "level": "organization", "parents": [{"id": above}]});
            above = id(&make(&address, token, goals, level, &body)?)?;
        }
        let mut leaves = Vec::new();
        for number in 0..PROGRAMS {
            let body = json!({"kind": "key_result", "title": format!("Leaf {number}"), "parents": [{"id": above}],
                "metric": {"kind": "reach", "start": 0, "target": 100}});
            leaves.push(id(&make(&address, token, goals, &format!("leaf {number}"), &body)?)?);
        }
        let (mut asked, mut server) = (Vec::new(), server);
        for round in 0..4 {
            asked.extend(until_killed(server, token, &leaves, round)?);
            server = serve()?;
        }
        let unsure = asked.iter().filter(|it| it.acknowledged.is_none()).count();
        assert!(asked.len() > 4 * 40 && unsure > 0, "{} asked, {unsure} cut off", asked.len());
        // Whoever was cut off asks again: it is done once, now or before, or nobody knows yet and it is not there.
        let (mut before, mut now, mut later) = (0, 0, 0);
        for it in asked.iter().filter(|it| it.acknowledged.is_none()) {
            let number: usize = it.key.rsplit('-').next().context("a number")?.parse()?;
            let body = json!({"value": number % 101, "note": it.key});
            let there = kept(&db, &it.goal).await?.get(&it.key).map_or(0, Vec::len);
            let path = format!("/goals/{}/check-ins", it.goal);
            let (status, told) = send(&server.address, token, "POST", &path, &it.key, &body).context("no answer")?;
            match (status, there) {
                (409, 1) if told["code"] == "answer_not_kept" => before += 1,
                (201, 1) => before += 1,
                (201, 0) => now += 1,
                (422, 0) if told["errors"][0]["code"] == "in_progress" => later += 1,
                _ => panic!("{there} there: {status} {told}"),
            }
        }
        assert_eq!(before + now + later, unsure);
        server.terminate()?;
        server.ended()?;
        for goal in &leaves {
            let kept = kept(&db, goal).await?;
            for it in asked.iter().filter(|it| it.goal == *goal) {
                let there = kept.get(&it.key).map_or(&[][..], Vec::as_slice);
                assert!(there.len() <= 1, "{} was done twice", it.key);
                if let Some(id) = &it.acknowledged {
                    assert_eq!(there, std::slice::from_ref(id), "{} was acknowledged", it.key);
                }
            }
        }
        let mut rx = db.read().await?;
        let org = sql("SELECT id FROM organizations").fetch_one(&mut rx).await?.id("id")?;
        let last = sql("SELECT max(at) AS at FROM check_ins").fetch_one(&mut rx).await?.moment("at")?;
        let wrong = northing_testkit::tree::wrong(&mut rx, org, last.day_in(&jiff::tz::TimeZone::UTC)).await?;
        assert!(wrong.is_empty(), "{wrong:?}");
        Ok(())
    }
}
