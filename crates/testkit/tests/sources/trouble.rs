//! Everything that goes wrong has its own kind, message and remedy (integrations §2.8.10, 5, 11–14, 16–19, 21).

use std::collections::BTreeSet;
use std::time::Duration;

use northing_connectors::azure_devops::{Account, AzureDevOps, Credential};
use northing_connectors::http::{Guard, Http, HttpOptions};
use northing_connectors::source::{Fetch, Source};
use northing_connectors::trouble::{Trouble, TroubleKind};
use northing_testkit::azure_devops::{Disguise, Double, FaultKind};
use serde_json::json;

use super::azure_devops::{client, double, options, query, selector};

async fn trouble(double: &Double, id: &str) -> Trouble {
    let trouble = client(double, "Controls", "good-token").fetch(&query(id)).await.unwrap_err();
    assert!(!trouble.message.is_empty() && !trouble.remedy.is_empty());
    trouble
}

#[tokio::test]
async fn credentials_that_are_no_longer_good_in_all_five_disguises() {
    let double = double().await;
    let disguises =
        [Disguise::Json401, Disguise::Html401, Disguise::Html203, Disguise::Redirect302, Disguise::Html200];
    for disguise in disguises {
        double.disguise(disguise);
        let source = client(&double, "Controls", "expired-token");
        let fetched = source.fetch(&query("q-scope")).await.unwrap_err();
        assert_eq!(fetched.kind, TroubleKind::AuthExpired, "{disguise:?}");
        let tested = source.test().await.unwrap_err();
        assert_eq!(tested.kind, TroubleKind::AuthExpired, "{disguise:?}");
        assert!(!format!("{fetched:?}").contains("expired-token"), "no secret in an error");
    }
}

#[tokio::test]
async fn a_query_that_is_gone_a_folder_a_broken_one() {
    let double = double().await;
    assert_eq!(trouble(&double, "q-gone").await.kind, TroubleKind::SelectorMissing);
    let folder = trouble(&double, "f-42").await;
    assert_eq!(folder.kind, TroubleKind::SelectorInvalid);
    assert!(folder.message.contains("folder"), "{folder}");
    assert_eq!(trouble(&double, "q-broken").await.kind, TroubleKind::SelectorInvalid);
    let words = Fetch {
        selector: selector(json!({ "wiql": "SELECT [System.Id] FROM WorkItems WHERE [Custom.Gone] = 1" })),
        fields: BTreeSet::new(),
        as_of: None,
    };
    let unknown = client(&double, "Controls", "good-token").fetch(&words).await.unwrap_err();
    assert_eq!((unknown.kind, unknown.code.as_deref()), (TroubleKind::SelectorInvalid, Some("TF51005")));
    assert!(unknown.message.contains("Custom.Gone"), "{unknown}");
}

#[tokio::test]
async fn a_field_that_the_process_lacks_never_reaches_a_batch() {
    let double = double().await;
    let asked = Fetch { fields: BTreeSet::from(["Custom.Gone".to_owned()]), ..query("q-scope") };
    let refused = client(&double, "Controls", "good-token").fetch(&asked).await.unwrap_err();
    assert_eq!(refused.kind, TroubleKind::SelectorInvalid);
    assert!(double.log().iter().all(|it| !it.path.contains("workitemsbatch")));
}

#[tokio::test]
async fn more_than_the_service_answers_is_never_cut_short_in_silence() {
    let double = double().await;
    double.world().limit = 20;
    let large = trouble(&double, "q-scope").await;
    assert_eq!((large.kind, large.code.as_deref()), (TroubleKind::TooLarge, Some("VS402337")));
    assert!(large.message.contains("(20)"), "{large}");
}

#[tokio::test]
async fn a_project_or_account_that_is_gone_or_closed() {
    let double = double().await;
    let missing = client(&double, "Nowhere", "good-token").test().await.unwrap_err();
    assert_eq!((missing.kind, missing.code.as_deref()), (TroubleKind::ContainerMissing, Some("TF200016")));
    let account = Account::parse(&format!("{}/fabrikam", double.authority())).unwrap();
    let other = AzureDevOps::new(
        Http::new(&options()).unwrap(),
        account,
        "Controls",
        Credential::Token("good-token".into()),
    );
    assert_eq!(other.test().await.unwrap_err().kind, TroubleKind::ContainerMissing);
    double.fault("wit/wiql", None, FaultKind::Error(403, "Access denied.".into()));
    assert_eq!(trouble(&double, "q-scope").await.kind, TroubleKind::Forbidden);
}

#[tokio::test]
async fn a_long_wait_is_told_and_a_short_one_waited_out() {
    let double = double().await;
    double.fault("wit/wiql", Some(1), FaultKind::Limited(300));
    let limited = trouble(&double, "q-scope").await;
    assert_eq!(
        (limited.kind, limited.retry_after),
        (TroubleKind::RateLimited, Some(Duration::from_secs(300)))
    );
    double.fault("wit/wiql", Some(1), FaultKind::LimitedUntil(120));
    let until = trouble(&double, "q-scope").await;
    assert_eq!((until.kind, until.retry_after), (TroubleKind::RateLimited, Some(Duration::from_secs(120))));
    double.fault("wit/wiql", Some(1), FaultKind::Limited(1));
    let source = client(&double, "Controls", "good-token");
    assert_eq!(source.fetch(&query("q-scope")).await.unwrap().items.len(), 30);
}

#[tokio::test]
async fn a_good_answer_that_asks_to_wait_is_used_and_then_waited_for() {
    let double = double().await;
    double.fault("wit/wiql", Some(1), FaultKind::Slowed(120));
    let hasty = HttpOptions { patience: Duration::from_millis(10), ..options() };
    let account = Account::parse(&double.account()).unwrap();
    let credential = Credential::Token("good-token".into());
    let source = AzureDevOps::new(Http::new(&hasty).unwrap(), account, "Controls", credential);
    assert_eq!(source.fetch(&query("q-scope")).await.unwrap().items.len(), 30, "what was begun is used");
    assert!(source.resting().unwrap() > Duration::from_secs(110));
    double.clear_log();
    let waits = source.fetch(&query("q-scope")).await.unwrap_err();
    assert_eq!(waits.kind, TroubleKind::RateLimited);
    assert!(waits.retry_after.unwrap() > Duration::from_secs(110));
    assert!(double.log().is_empty(), "nothing was asked while the service wanted rest");
}

#[tokio::test]
async fn a_refusal_is_waited_for_in_the_middle_of_things_too() {
    let double = double().await;
    double.fault("workitemsbatch", Some(1), FaultKind::Limited(300));
    let source = client(&double, "Controls", "good-token");
    assert_eq!(source.fetch(&query("q-scope")).await.unwrap_err().kind, TroubleKind::RateLimited);
    double.clear_log();
    // An answer that asks for less, to a request that was on its way, takes nothing from it.
    assert!(source.resting().unwrap() > Duration::from_secs(290));
    source.rest(Duration::from_secs(1));
    assert!(source.resting().unwrap() > Duration::from_secs(290));
    assert_eq!(source.fetch(&query("q-scope")).await.unwrap_err().kind, TroubleKind::RateLimited);
    assert!(double.log().is_empty());
}

#[tokio::test]
async fn bodies_that_are_cut_off_strange_or_huge() {
    let double = double().await;
    double.fault("wit/wiql", Some(1), FaultKind::CutOff);
    let cut = trouble(&double, "q-scope").await;
    assert_eq!(cut.kind, TroubleKind::BadPayload);
    double.fault("wit/wiql", Some(1), FaultKind::Html);
    assert_eq!(trouble(&double, "q-scope").await.kind, TroubleKind::AuthExpired);
    double.fault("wit/wiql", Some(1), FaultKind::Large(50 * 1024 * 1024));
    let huge = trouble(&double, "q-scope").await;
    assert_eq!(huge.kind, TroubleKind::BadPayload);
    assert!(huge.message.contains("16 MB"), "{huge}");
    double.fault("wit/wiql", Some(1), FaultKind::Overload);
    assert_eq!(trouble(&double, "q-scope").await.kind, TroubleKind::Unreachable);
}

#[tokio::test]
async fn slow_answers_and_slow_drips_end_in_time() {
    let double = double().await;
    let quick = HttpOptions { timeout: Duration::from_millis(300), ..options() };
    let account = Account::parse(&double.account()).unwrap();
    let source = AzureDevOps::new(
        Http::new(&quick).unwrap(),
        account,
        "Controls",
        Credential::Token("good-token".into()),
    );
    double.fault("wit/wiql", Some(1), FaultKind::Late(Duration::from_secs(20)));
    let late = source.fetch(&query("q-scope")).await.unwrap_err();
    assert_eq!(late.kind, TroubleKind::Unreachable);
    assert!(late.message.contains("in time"), "{late}");
    double.fault("wit/wiql", Some(1), FaultKind::Drip(Duration::from_millis(100)));
    assert_eq!(source.fetch(&query("q-scope")).await.unwrap_err().kind, TroubleKind::Unreachable);
}

#[tokio::test]
async fn a_redirect_elsewhere_takes_no_token_along() {
    let (double, other) = (double().await, double().await);
    double.fault("wit/wiql", Some(1), FaultKind::Redirect(format!("{}/x", other.account())));
    let moved = trouble(&double, "q-scope").await;
    assert_eq!(moved.kind, TroubleKind::Unreachable);
    assert!(other.log().is_empty(), "nothing was sent on");
}

#[tokio::test]
async fn the_servers_own_network_is_closed_unless_it_was_opened() {
    let double = double().await;
    let closed = HttpOptions { guard: Guard::default(), ..options() };
    for account in [double.account(), double.account().replace("127.0.0.1", "localhost")] {
        let account = Account::parse(&account).unwrap();
        let source = AzureDevOps::new(
            Http::new(&closed).unwrap(),
            account,
            "Controls",
            Credential::Token("good-token".into()),
        );
        let refused = source.test().await.unwrap_err();
        assert_eq!(refused.kind, TroubleKind::AddressRefused);
        assert!(refused.remedy.contains("--allow-address"), "{}", refused.remedy);
    }
    assert!(double.log().is_empty());
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    let gone = {
        let double = double().await;
        double.account()
    };
    let account = Account::parse(&gone).unwrap();
    let source =
        AzureDevOps::new(Http::new(&options()).unwrap(), account, "Controls", Credential::Token("x".into()));
    assert_eq!(source.test().await.unwrap_err().kind, TroubleKind::Unreachable);
}
