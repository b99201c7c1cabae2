//! What a token is good for: every route of the API with a token of each scope.

use anyhow::{Context, Result};
use northing_app::Scope;
use northing_app::tokens::TokenInput;
use northing_testkit::both_engines;
use northing_testkit::front_door::Person;
use serde_json::json;

use crate::examples;
use crate::world::World;

/// The scopes that include another: write includes check-in and read, admin includes all.
fn enough(given: Scope, needed: Scope) -> bool {
    match needed {
        Scope::Read => true,
        Scope::CheckIn => given != Scope::Read,
        Scope::Write => matches!(given, Scope::Write | Scope::Admin),
        Scope::Admin => given == Scope::Admin,
    }
}

async fn token(world: &World, scope: Scope) -> Result<Person> {
    let actor = world.app.northing.operator(&world.app.owner.email, Some("calder")).await?;
    let new = TokenInput { name: scope.to_string(), scopes: vec![scope], ..TokenInput::default() };
    let token = world.app.northing.create_token(&actor, new).await?.secret;
    Ok(Person { token, ..world.app.owner.clone() })
}

both_engines! {
    async fn a_token_does_what_its_scopes_say_and_nothing_else(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        for given in [Scope::Read, Scope::CheckIn, Scope::Write, Scope::Admin] {
            let by = token(&world, given).await?;
            let me = world.app.api_ok(&by, "GET", "/me", None).await?;
            assert_eq!(me["scopes"], json!([given.name()]));
            // Allowed requests are sent empty: that they pass the gate is seen by what they complain about.
            for example in examples::all(&world) {
                let path = world.path(example.path);
                let may = enough(given, example.scope);
                if may && given != Scope::Read && matches!(example.method, "DELETE" | "POST") && example.body.is_none() {
                    continue;
                }
                let body = match (&example.body, may) {
                    (Some(_), true) => Some(json!({"nonsense": 1})),
                    (body, _) => body.clone(),
                };
                let answer = world.app.api(&by, example.method, &format!("{path}{}", example.query), body).await?;
                let refused = answer.status == 403 && answer.json()["code"] == "scope";
                assert_eq!(refused, !may, "{given}: {} {path}: {} {}", example.method, answer.status, answer.text);
                assert!(answer.status < 500 || answer.json()["title"] == "Bad Gateway", "{} {path}: {}", example.method, answer.text);
            }
            let upload = world.app.upload(&by, &world.path("/orgs/{org}/imports"), &[], &[]).await?;
            assert_eq!(upload.status == 403, given != Scope::Admin, "{}", upload.text);
        }
        Ok(())
    }

    async fn the_table_of_examples_is_the_list_of_the_router(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let mut examples: Vec<String> =
            examples::all(&world).iter().map(|it| format!("{} /api/v1{}", it.method, it.path)).collect();
        examples.push(String::from("POST /api/v1/orgs/{org}/imports"));
        let mut routes: Vec<String> = northing_web::routes()
            .iter()
            .filter(|route| route.api)
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        examples.sort();
        routes.sort();
        assert_eq!(examples, routes);
        routes.first().context("no routes")?;
        Ok(())
    }
}
