//! `northing serve --demo --demo-azure-devops`: a double of Azure DevOps beside the demonstration, and a connection to it that everybody
//! may use, so that a key result can be linked without an account.

use anyhow::{Context, Result, bail};
use northing_app::sources::{
    AZURE_DEVOPS, Config, Connection, ConnectionChange, NewConnection, Secret, TestResult,
};
use northing_app::{Actor, Clock, Northing, demo};
use northing_core::values::Moment;
use northing_doubles::azure_devops::{Double, Options, SAMPLE_TOKEN, sample};

use crate::system::SystemClock;

/// The connection's name, by which a later start finds it again.
const NAME: &str = "Calderfield, Controls";
const PROJECT: &str = "Controls";

/// Starts the double, switches the integration on and connects it. Returns the double, which ends when it is dropped, and what to tell.
pub(crate) async fn start(app: &Northing) -> Result<(Double, String)> {
    let actor = app.operator(&demo::address(demo::VISITOR), None).await?;
    app.set_integration(&actor, AZURE_DEVOPS, true).await?;
    let all = app.connections(&actor).await?;
    let earlier = all.iter().find(|it| it.kind == AZURE_DEVOPS && it.name == NAME);
    let double = open(earlier.and_then(|it| port_of(&it.config.account))).await?;
    let connection = connect(app, &actor, earlier, &double).await?;
    if let TestResult::Bad(trouble) = app.test_connection(&actor, connection).await? {
        bail!("the double of Azure DevOps does not answer: {}. {}", trouble.message, trouble.remedy);
    }
    let told = format!(
        "A double of Azure DevOps is at {}: link a key result to it by the connection “{NAME}” (its token: {SAMPLE_TOKEN})",
        double.account()
    );
    Ok((double, told))
}

/// On the port of an earlier start where that is free, so that links kept since lead somewhere; else on any.
async fn open(earlier: Option<u16>) -> Result<Double> {
    let options = |port| Options { port, clock: Some(now), pages: true, ..Options::default() };
    let world = || sample(now());
    if let Some(port) = earlier
        && let Ok(double) = Double::start(world(), options(port)).await
    {
        return Ok(double);
    }
    Double::start(world(), options(0)).await.context("the double of Azure DevOps cannot listen on loopback")
}

async fn connect(
    app: &Northing,
    actor: &Actor,
    earlier: Option<&Connection>,
    double: &Double,
) -> Result<northing_core::values::Id> {
    let config = Config { account: double.account(), project: PROJECT.to_owned(), ..Config::default() };
    let secret = Secret { pat: Some(SAMPLE_TOKEN.to_owned()), ..Secret::default() };
    let Some(earlier) = earlier else {
        let kind = AZURE_DEVOPS.to_owned();
        let new =
            NewConnection { kind, name: NAME.to_owned(), shared: true, config, secret, expires_on: None };
        return Ok(app.create_connection(actor, new).await?.id);
    };
    if earlier.config.account != config.account {
        let change =
            ConnectionChange { config: Some(config), secret: Some(secret), ..ConnectionChange::default() };
        app.change_connection(actor, earlier.id, None, change).await?;
    }
    Ok(earlier.id)
}

fn port_of(account: &str) -> Option<u16> {
    account.strip_prefix("http://127.0.0.1:")?.split('/').next()?.parse().ok()
}

fn now() -> Moment {
    SystemClock.now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_of_an_earlier_start() {
        assert_eq!(port_of("http://127.0.0.1:40123/contoso"), Some(40123));
        assert_eq!(port_of("https://dev.azure.com/contoso"), None);
    }
}
