//! The pages of integrations and connections against the double: who may open them, what they save, say and never say.

use anyhow::{Context, Result};
use northing_core::people::Role;
use northing_testkit::azure_devops::{Disguise, Double, Options, sample};
use northing_testkit::both_engines;
use northing_testkit::front_door::{Answer, App, Person};
use serde_json::{Value, json};

const ADMIN: &str = "/admin/integrations/azure_devops";

fn says(answer: &Answer, text: &str) {
    assert!(answer.text.contains(text), "{text} in {}", answer.text);
}

fn hides(answer: &Answer, text: &str) {
    assert!(!answer.text.contains(text), "{text} in {}", answer.text);
}

async fn double(app: &App) -> Result<Double> {
    Ok(Double::start(sample(app.clock.now()), Options::default()).await?)
}

async fn enable(app: &App) -> Result<()> {
    let done = app.post(&app.owner, &format!("{ADMIN}/activation"), &[]).await?;
    assert_eq!((done.status, done.header("location")), (303, ADMIN));
    Ok(())
}

async fn connections(app: &App, by: &Person) -> Result<Vec<Value>> {
    let list = app.api_ok(by, "GET", &format!("/orgs/{}/connections", app.slug), None).await?;
    Ok(list["items"].as_array().cloned().unwrap_or_default())
}

/// What the form of a connection sends, with changes.
fn form<'a>(account: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("name", "Firmware"),
        ("account", account),
        ("project", "Controls"),
        ("auth", "pat"),
        ("pat", "good-token"),
        ("expires_on", ""),
        ("shared", "true"),
    ];
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    fields.extend_from_slice(changes);
    fields
}

both_engines! {
    async fn an_integration_is_switched_on_managed_and_switched_off(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let list = app.page(&app.owner, "/admin/integrations").await?;
        says(&list, "Azure DevOps");
        says(&list, "action=\"/admin/integrations/azure_devops/activation\"");
        hides(&list, ">Manage<");
        enable(&app).await?;
        says(&app.page(&app.owner, "/admin/integrations").await?, ">Manage<");
        says(&app.page(&app.owner, ADMIN).await?, "No connection yet");
        let double = double(&app).await?;
        let made = app.post(&app.owner, "/connections", &form(&double.account(), &[])).await?;
        assert_eq!((made.status, made.header("location")), (303, ADMIN), "{}", made.text);
        let id = connections(&app, &app.owner).await?[0]["id"].as_str().context("an id")?.to_owned();
        let goal = linked(&app, &id).await?;
        // The question names what stops, and that nothing is lost.
        let question = app.fragment(&app.owner, &format!("{ADMIN}/deactivation")).await?;
        for text in ["Disable Azure DevOps?", "1 connection", "1 goal", "keeps its last value"] {
            says(&question, text);
        }
        assert_eq!(app.post(&app.owner, &format!("{ADMIN}/deactivation"), &[]).await?.status, 303);
        let off = app.page(&app.owner, ADMIN).await?;
        for text in ["Azure DevOps is off.", "Firmware", ">Off<"] {
            says(&off, text);
        }
        let link = app.api_ok(&app.owner, "GET", &format!("/goals/{goal}/link"), None).await?;
        assert_eq!((link["state"].as_str(), link["value"].as_f64()), (Some("suspended"), Some(40.0)));
        enable(&app).await?;
        let link = app.api_ok(&app.owner, "GET", &format!("/goals/{goal}/link"), None).await?;
        assert_eq!(link["state"], "pending");
        // The hook's secret is told once.
        let told = app.post(&app.owner, &format!("{ADMIN}/hook"), &[]).await?;
        says(&told, "Copy the secret now");
        says(&told, "/hooks/azure-devops");
        let again = app.page(&app.owner, ADMIN).await?;
        hides(&again, "hook-secret");
        says(&again, "Make a new secret");
        Ok(())
    }

    async fn a_test_says_what_it_found_or_exactly_what_is_wrong_and_saves_nothing(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        enable(&app).await?;
        let double = double(&app).await?;
        let account = double.account();
        let good = app.post_htmx(&app.owner, "/connections/test", &form(&account, &[])).await?;
        for text in ["Connection works.", "Priya Raman", "Controls", "Nothing was saved"] {
            says(&good, text);
        }
        let cases: [(&[(&str, &str)], &str); 4] = [
            (&[("pat", "wrong")], "token"),
            (&[("project", "Nowhere")], "Choose the project again"),
            (&[("account", "con toso")], "Account: "),
            (&[("pat", "")], "enter a personal access token"),
        ];
        for (changes, says_what) in cases {
            let bad = app.post_htmx(&app.owner, "/connections/test", &form(&account, changes)).await?;
            assert_eq!(bad.status, 200, "{}", bad.text);
            says(&bad, says_what);
            says(&bad, "role=\"alert\"");
        }
        for disguise in [Disguise::Html401, Disguise::Html203, Disguise::Redirect302, Disguise::Html200] {
            double.disguise(disguise);
            says(&app.post_htmx(&app.owner, "/connections/test", &form(&account, &[("pat", "old")])).await?, "role=\"alert\"");
        }
        // The projects that the token sees, to choose from; without scripts the whole form comes back.
        let found = app.post_htmx(&app.owner, "/connections/projects", &form(&account, &[("project", "")])).await?;
        for text in ["2 projects found", "<option value=\"Controls\"", "<option value=\"Field Work\""] {
            says(&found, text);
        }
        let page = app.post(&app.owner, "/connections/projects", &form(&account, &[("project", "")])).await?;
        says(&page, "2 projects found");
        says(&page, "value=\"Firmware\"");
        hides(&page, "good-token");
        let failed = app.post_htmx(&app.owner, "/connections/projects", &form(&account, &[("pat", "wrong")])).await?;
        says(&failed, "project-error");
        assert!(connections(&app, &app.owner).await?.is_empty());
        Ok(())
    }

    async fn a_connection_is_made_changed_renewed_and_removed_and_its_secret_never_comes_back(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        enable(&app).await?;
        let double = double(&app).await?;
        let account = double.account();
        let wrong = form("con toso", &[("name", " "), ("project", "a/b")]);
        let refused = app.post(&app.owner, "/connections", &wrong).await?;
        assert_eq!(refused.status, 422);
        for text in ["id=\"name-error\"", "id=\"account-error\"", "id=\"project-error\"", "con toso"] {
            says(&refused, text);
        }
        hides(&refused, "good-token");
        assert_eq!(app.post(&app.owner, "/connections", &form(&account, &[("expires_on", "2026-02-24")])).await?.status, 303);
        let twice = app.post(&app.owner, "/connections", &form(&account, &[])).await?;
        says(&twice, "id=\"name-error\"");
        let id = connections(&app, &app.owner).await?[0]["id"].as_str().context("an id")?.to_owned();
        let path = format!("/connections/{id}");
        for (page, text) in [(ADMIN, "Token expires in 9 days"), (path.as_str(), "Token expires in 9 days"), (path.as_str(), "keep the one that is stored")] {
            let shown = app.page(&app.owner, page).await?;
            says(&shown, text);
            hides(&shown, "good-token");
        }
        app.clock.advance_days(10);
        says(&app.page(&app.owner, ADMIN).await?, "Token expired 24 Feb");
        // An empty secret keeps the one that is there; testing uses it too.
        let version = connections(&app, &app.owner).await?[0]["version"].to_string();
        let same = form(&account, &[("pat", ""), ("name", "Controller firmware"), ("version", &version), ("connection", &id), ("expires_on", "2026-12-31")]);
        says(&app.post_htmx(&app.owner, "/connections/test", &same).await?, "Connection works.");
        assert_eq!(app.post(&app.owner, &path, &same).await?.status, 303);
        let kept = &connections(&app, &app.owner).await?[0];
        assert_eq!((kept["name"].as_str(), kept["expires_on"].as_str()), (Some("Controller firmware"), Some("2026-12-31")));
        let works = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/connections/{id}/test", app.slug), None).await?;
        assert_eq!(works["ok"], true, "{works}");
        // Somebody else was first.
        let late = app.post(&app.owner, &path, &same).await?;
        assert_eq!(late.status, 409);
        says(&late, "Somebody else changed");
        // Another account asks for the secret again.
        let version = connections(&app, &app.owner).await?[0]["version"].to_string();
        let moved = form("https://elsewhere.example/tfs/Other", &[("pat", ""), ("version", &version), ("connection", &id)]);
        let refused = app.post(&app.owner, &path, &moved).await?;
        assert_eq!(refused.status, 422);
        says(&refused, "given for another account");
        let goal = linked(&app, &id).await?;
        let question = app.fragment(&app.owner, &format!("{path}/deletion")).await?;
        for text in ["Remove Controller firmware?", "1 goal follows it"] {
            says(&question, text);
        }
        assert_eq!(app.post(&app.owner, &format!("{path}/deletion"), &[("version", &version)]).await?.status, 303);
        assert!(connections(&app, &app.owner).await?.is_empty());
        let page = app.page(&app.owner, ADMIN).await?;
        says(&page, "Goals that cannot be synced");
        says(&page, &goal);
        says(&page, "was removed");
        Ok(())
    }

    async fn an_application_of_entra_signs_in_as_well(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        enable(&app).await?;
        let double = double(&app).await?;
        double.world().applications.insert(String::from("app-1"), String::from("right"));
        let (account, authority) = (double.account(), double.authority().to_owned());
        let of = |secret: &'static str| form(&account, &[("auth", "app"), ("pat", "left over"), ("tenant_id", "t-1"), ("client_id", "app-1"), ("client_secret", secret), ("authority", &authority), ("expires_on", "2026-03-01")]);
        says(&app.post_htmx(&app.owner, "/connections/test", &of("right")).await?, "Connection works.");
        says(&app.post_htmx(&app.owner, "/connections/test", &of("wrong")).await?, "role=\"alert\"");
        let missing = form(&account, &[("auth", "app"), ("client_secret", "right")]);
        let refused = app.post(&app.owner, "/connections", &missing).await?;
        assert_eq!(refused.status, 422);
        for text in ["id=\"tenant_id-error\"", "id=\"client_id-error\""] {
            says(&refused, text);
        }
        assert_eq!(app.post(&app.owner, "/connections", &of("right")).await?.status, 303);
        let kept = &connections(&app, &app.owner).await?[0];
        assert_eq!((kept["config"]["client_id"].as_str(), &kept["expires_on"]), (Some("app-1"), &Value::Null));
        let page = app.page(&app.owner, &format!("/connections/{}", kept["id"].as_str().context("an id")?)).await?;
        says(&page, "value=\"app\" checked");
        hides(&page, "right\"");
        Ok(())
    }

    async fn members_have_their_own_connections_and_never_see_the_admins_page(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        enable(&app).await?;
        let double = double(&app).await?;
        let account = double.account();
        app.post(&app.owner, "/connections", &form(&account, &[("name", "Everyone's")])).await?;
        app.post(&app.owner, "/connections", &form(&account, &[("name", "The owner's"), ("shared", "")])).await?;
        let member = app.person(Role::Member).await?;
        assert_eq!(app.page(&member, ADMIN).await?.status, 403);
        let made = app.post(&member, "/connections", &form(&account, &[("name", "Mine"), ("shared", "")])).await?;
        assert_eq!((made.status, made.header("location")), (303, "/connections"));
        let list = app.page(&member, "/connections").await?;
        for text in ["Everyone&#39;s", "Mine", "Only me"] {
            assert!(list.text.contains(text) || list.text.contains(&text.replace("&#39;", "'")), "{text} in {}", list.text);
        }
        hides(&list, "The owner");
        let all = connections(&app, &app.owner).await?;
        let of = |name: &str| all.iter().find(|it| it["name"] == name).and_then(|it| it["id"].as_str()).map(ToOwned::to_owned);
        let (shared, private, mine) = (of("Everyone's").context("shared")?, of("The owner's").context("private")?, of("Mine").context("mine")?);
        assert_eq!(app.page(&member, &format!("/connections/{mine}")).await?.status, 200);
        for id in [&shared, &private] {
            assert_eq!(app.page(&member, &format!("/connections/{id}")).await?.status, 404);
        }
        assert_eq!(app.page(&app.owner, &format!("/connections/{mine}")).await?.status, 200, "admins mend any");
        let observer = app.observer().await?;
        assert_eq!(app.page(&observer, "/connections/new").await?.status, 403);
        // While it is off nothing is offered.
        app.post(&app.owner, &format!("{ADMIN}/deactivation"), &[]).await?;
        assert_eq!(app.page(&member, "/connections/new").await?.status, 422);
        Ok(())
    }

    async fn the_pages_take_the_same_statements_at_any_number_of_connections(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        enable(&app).await?;
        let double = double(&app).await?;
        let account = double.account();
        let mut counted = Vec::new();
        for names in [0..1, 1..30] {
            for number in names {
                let name = format!("Connection {number}");
                assert_eq!(app.post(&app.owner, "/connections", &form(&account, &[("name", &name)])).await?.status, 303);
            }
            let mut of = Vec::new();
            for path in ["/admin/integrations", ADMIN, "/connections"] {
                let before = db.statements();
                assert_eq!(app.page(&app.owner, path).await?.status, 200);
                of.push(db.statements() - before);
            }
            counted.push(of);
        }
        assert_eq!(counted[0], counted[1]);
        Ok(())
    }
}

/// A key result that follows the connection: its identifier.
async fn linked(app: &App, connection: &str) -> Result<String> {
    let goals = format!("/orgs/{}/goals", app.slug);
    let top = json!({ "kind": "objective", "title": "Ship 4.2", "level": "organization", "period_id": app.period("Q1 2026").await? });
    let top = app.api_ok(&app.owner, "POST", &goals, Some(top)).await?;
    let goal = json!({ "kind": "key_result", "title": "Close the scope", "parents": [{ "id": top["id"] }] });
    let goal = app.api_ok(&app.owner, "POST", &goals, Some(goal)).await?;
    let id = goal["id"].as_str().context("an id")?.to_owned();
    let link =
        json!({ "connection_id": connection, "mode": "percent", "selector": { "query_id": "q-scope" } });
    app.api_ok(&app.owner, "PUT", &format!("/goals/{id}/link"), Some(link)).await?;
    Ok(id)
}

both_engines! {
    async fn the_tab_on_work_items_is_set_up_by_page_and_its_key_never_comes_back(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let path = format!("{ADMIN}/embedding");
        let member = app.person(Role::Member).await?;
        assert!((400..500).contains(&app.page(&member, &path).await?.status));
        enable(&app).await?;
        says(&app.page(&app.owner, ADMIN).await?, "Tab on work items");
        says(&app.page(&member, "/account/azure-devops").await?, "This organisation has no tab on work items.");
        let page = app.page(&app.owner, &path).await?;
        for text in ["Not set up", "https://dev.azure.com", &format!("value=\"{}\"", app.slug), "deploy/azure-devops-extension"] {
            says(&page, text);
        }
        let version = |page: &Answer| {
            let rest = page.text.split("name=\"version\" value=\"").nth(1).unwrap_or_default();
            rest.split('"').next().unwrap_or_default().to_owned()
        };
        // What is wrong is said at its field; what was typed stays, but for the key.
        let wrong = [("version", "0"), ("origins", "https://dev.azure.com\nhttps://*.example"), ("key", "sesame-key")];
        let refused = app.post(&app.owner, &path, &wrong).await?;
        assert_eq!(refused.status, 422);
        says(&refused, "Must be https:// and a host, nothing else, such as https://dev.azure.com; “https://*.example” is not");
        says(&refused, "origins-error");
        hides(&refused, "sesame-key");
        let good = [("version", "0"), ("origins", "https://dev.azure.com\r\n\r\nhttps://me.gallerycdn.vsassets.io"), ("key", "sesame-key")];
        let saved = app.post(&app.owner, &path, &good).await?;
        assert_eq!(saved.status, 303, "{}", saved.text);
        let page = app.page(&app.owner, saved.header("location")).await?;
        for text in ["Saved.", "Open", "It is stored; leave this empty to keep it.", "https://me.gallerycdn.vsassets.io"] {
            says(&page, text);
        }
        hides(&page, "sesame-key");
        // Without a key the one that is stored stays; an old version is told, nothing lost.
        let change = [("version", &*version(&page)), ("origins", "https://dev.azure.com"), ("key", "")];
        assert_eq!(app.post(&app.owner, &path, &change).await?.status, 303);
        let stale = app.post(&app.owner, &path, &change).await?;
        assert_eq!(stale.status, 409);
        says(&stale, "Somebody else changed this meanwhile.");
        let read = app.api_ok(&app.owner, "GET", &format!("/orgs/{}/integrations/azure_devops/embedding", app.slug), None).await?;
        assert_eq!((read["has_key"].as_bool(), read["origins"].clone()), (Some(true), serde_json::json!(["https://dev.azure.com"])));
        says(&app.page(&member, "/account/azure-devops").await?, "Show a code");
        // Forgotten, the tab is closed.
        let question = app.page(&app.owner, &format!("{path}/closing")).await?;
        says(&question, "Forget the key of the extension?");
        let done = app.post(&app.owner, &format!("{path}/closing"), &[("version", &version(&question))]).await?;
        assert_eq!(done.status, 303, "{}", done.text);
        says(&app.page(&app.owner, &path).await?, "Not set up");
        let audit = app.api_ok(&app.owner, "GET", &format!("/orgs/{}/audit", app.slug), None).await?;
        assert!(!audit.to_string().contains("sesame-key"));
        Ok(())
    }
}
