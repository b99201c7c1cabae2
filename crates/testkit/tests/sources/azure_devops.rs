//! Reading Azure DevOps: queries of every shape, states, fields, people, the past (integrations §2.8.10, 1–10, 14, 15, 18, 20–23).

use std::collections::BTreeSet;

use northing_connectors::azure_devops::{Account, AzureDevOps, Credential};
use northing_connectors::http::{Guard, Http, HttpOptions};
use northing_connectors::measure::{LinkMode, Measure, Measurement, measure};
use northing_connectors::source::{Browse, Category, Choice, Fetch, Harvest, Selector, Source};
use northing_connectors::trouble::Trouble;
use northing_core::values::Moment;
use northing_testkit::azure_devops::{Double, Options, Process, sample};
use serde_json::{Value, json};

pub(crate) const POINTS: &str = "Microsoft.VSTS.Scheduling.StoryPoints";

pub(crate) fn now() -> Moment {
    "2026-02-15T09:00:00Z".parse().unwrap()
}

pub(crate) fn options() -> HttpOptions {
    let guard = Guard::allowing(&["127.0.0.0/8".parse().unwrap()]);
    HttpOptions { guard, ..HttpOptions::default() }
}

pub(crate) async fn double() -> Double {
    Double::start(sample(now()), Options::default()).await.unwrap()
}

pub(crate) fn client(double: &Double, project: &str, token: &str) -> AzureDevOps {
    let http = Http::new(&options()).unwrap();
    let account = Account::parse(&double.account()).unwrap();
    AzureDevOps::new(http, account, project, Credential::Token(token.into()))
}

pub(crate) fn selector(value: Value) -> Selector {
    serde_json::from_value(value).unwrap()
}

pub(crate) fn query(id: &str) -> Fetch {
    Fetch { selector: selector(json!({ "query_id": id })), fields: BTreeSet::new(), as_of: None }
}

fn how(mode: LinkMode, field: Option<&str>) -> Measure {
    Measure {
        mode,
        field: field.map(ToOwned::to_owned),
        count_only_completed: true,
        resolved_counts: false,
        leave_out_removed: false,
        work_item_type: None,
    }
}

fn percent(harvest: &Harvest) -> Measurement {
    measure(harvest, &how(LinkMode::Percent, None))
}

async fn fetched(double: &Double, project: &str, id: &str) -> Result<Harvest, Trouble> {
    client(double, project, "good-token").fetch(&query(id)).await
}

#[tokio::test]
async fn a_list_is_counted_with_its_split() {
    let double = double().await;
    let harvest = fetched(&double, "Controls", "q-scope").await.unwrap();
    let measured = percent(&harvest);
    assert_eq!((measured.matching, measured.completed, measured.removed, measured.value), (30, 12, 2, 40.0));
    assert!(measured.warnings.is_empty(), "{:?}", measured.warnings);
    let first = &harvest.items[0];
    assert_eq!((first.title.as_str(), first.state.as_str()), ("Release item 1", "Closed"));
    assert_eq!(first.assignee.as_deref(), Some("Jun Takeda"));
    assert!(first.url.ends_with("/contoso/Controls/_workitems/edit/100"), "{}", first.url);
}

#[tokio::test]
async fn trees_and_direct_links_count_each_item_once() {
    let double = double().await;
    let tree = fetched(&double, "Controls", "q-tree").await.unwrap();
    assert_eq!(tree.items.len(), 35, "the epic, its four features, and their thirty items");
    // A bug that two features link to stands in the answer twice.
    double.world().below(3, 104);
    let direct = fetched(&double, "Controls", "q-direct").await.unwrap();
    let bugs = direct.items.iter().filter(|item| item.kind == "Bug").count();
    assert_eq!((direct.items.len(), bugs), (10, 6));
}

#[tokio::test]
async fn nothing_matching_is_zero_with_a_warning_and_no_batch() {
    let double = double().await;
    let measured = percent(&fetched(&double, "Controls", "q-none").await.unwrap());
    assert_eq!((measured.matching, measured.value, measured.warnings.len()), (0, 0.0, 1));
    assert!(double.log().iter().all(|it| !it.path.contains("workitemsbatch")));
}

#[tokio::test]
async fn four_hundred_and_one_items_come_in_three_batches() {
    let double = double().await;
    for id in 1_000..1_371 {
        let fields = json!({ "System.Tags": "4.2" });
        double.world().item(id, "11111111-aaaa-4aaa-8aaa-000000000001", "Task", "Closed", now(), fields);
    }
    double.clear_log();
    let harvest = fetched(&double, "Controls", "q-scope").await.unwrap();
    assert_eq!(harvest.items.len(), 401);
    assert_eq!(double.log().iter().filter(|it| it.path.contains("workitemsbatch")).count(), 3);
}

#[tokio::test]
async fn an_item_that_goes_between_query_and_batch_is_left_out_and_told() {
    let double = double().await;
    // Deleted items stay in the answer of a query that was cut in stone: ask for picked items, one of which is gone.
    double.world().items.get_mut(&100).unwrap().deleted = true;
    let asked = Fetch {
        selector: selector(json!({ "work_item_ids": [100, 101] })),
        fields: BTreeSet::new(),
        as_of: None,
    };
    let harvest = client(&double, "Controls", "good-token").fetch(&asked).await.unwrap();
    assert_eq!(harvest.items.len(), 1);
    assert!(harvest.warnings[0].contains("1 of the matching"), "{:?}", harvest.warnings);
}

#[tokio::test]
async fn custom_states_count_as_their_category_says_and_new_ones_are_learnt() {
    let double = double().await;
    double.world().projects[0].process = Process::agile().with_state("Verified", "Resolved");
    double.world().change(100, now(), json!({ "System.State": "Verified" }));
    let source = client(&double, "Controls", "good-token");
    let harvest = source.fetch(&query("q-scope")).await.unwrap();
    assert_eq!(percent(&harvest).completed, 11);
    // A state that is made after the table was read makes it be read again.
    double.world().projects[0].process = Process::agile().with_state("Shipped", "InProgress");
    double.world().change(101, now(), json!({ "System.State": "Shipped" }));
    let harvest = source.fetch(&query("q-scope")).await.unwrap();
    assert!(harvest.warnings.iter().all(|it| !it.contains("Shipped")), "{:?}", harvest.warnings);
    let shipped = harvest.items.iter().find(|item| item.id == 101).unwrap();
    assert_eq!(shipped.category, Category::InProgress);
}

#[tokio::test]
async fn a_state_that_no_table_has_is_asked_for_once_an_hour_however_many_items_have_it() {
    let double = double().await;
    let source = client(&double, "Controls", "good-token");
    source.fetch(&query("q-scope")).await.unwrap();
    let reads = || double.log().iter().filter(|it| it.path.ends_with("/states")).count();
    let known = reads();
    let kinds: BTreeSet<String> =
        source.fetch(&query("q-scope")).await.unwrap().items.into_iter().map(|item| item.kind).collect();
    assert_eq!(reads(), known, "tables are kept");
    for id in 100..130 {
        let state = if id % 2 == 0 { "Odd" } else { "Odder" };
        double.world().change(id, now(), json!({ "System.State": state }));
    }
    double.clear_log();
    for _ in 0..3 {
        let harvest = source.fetch(&query("q-scope")).await.unwrap();
        assert!(harvest.warnings.iter().any(|it| it.contains("Odd")), "{:?}", harvest.warnings);
        assert!(reads() <= 2 * kinds.len(), "{} reads of the tables of {} types", reads(), kinds.len());
    }
    // After an hour they are read again, once each for what they lack.
    double.clear_log();
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(3_601)).await;
    tokio::time::resume();
    source.fetch(&query("q-scope")).await.unwrap();
    assert!((1..=2 * kinds.len()).contains(&reads()), "{}", reads());
}

#[tokio::test]
async fn a_query_over_projects_uses_the_table_of_each_and_names_those_it_cannot_read() {
    let double = double().await;
    double.world().projects[1].hidden_states = true;
    let harvest = fetched(&double, "Field Work", "q-both").await.unwrap();
    let done = harvest.items.iter().filter(|item| item.state == "Done").map(|item| item.category);
    assert!(done.clone().count() == 5 && done.clone().all(|it| it == Category::Completed), "by their names");
    let told = harvest.warnings.iter().filter(|it| it.contains("Field Work")).count();
    assert_eq!(told, 1, "{:?}", harvest.warnings);
}

#[tokio::test]
async fn a_renamed_project_goes_on_by_its_identifier() {
    let double = double().await;
    let id = double.world().projects[0].id.clone();
    let source = client(&double, &id, "good-token");
    double.world().projects[0].name = String::from("Controls and Firmware");
    assert_eq!(source.project().await.unwrap().name, "Controls and Firmware");
    let asked =
        Fetch { selector: selector(json!({ "work_item_ids": [100] })), fields: BTreeSet::new(), as_of: None };
    assert_eq!(source.fetch(&asked).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn numbers_absent_decimal_and_negative_are_summed() {
    let double = double().await;
    double.world().change(100, now(), json!({ POINTS: -2.5 }));
    double.world().change(101, now(), json!({ POINTS: 0.25 }));
    let asked = Fetch { fields: BTreeSet::from([POINTS.to_owned()]), ..query("q-scope") };
    let harvest = client(&double, "Controls", "good-token").fetch(&asked).await.unwrap();
    let by_hand: f64 = harvest
        .items
        .iter()
        .filter(|item| item.category == Category::Completed)
        .filter_map(|item| item.numbers.get(POINTS))
        .sum();
    let measured = measure(&harvest, &how(LinkMode::Metric, Some(POINTS)));
    assert_eq!(measured.value, by_hand);
    assert!(harvest.items.iter().any(|item| !item.numbers.contains_key(POINTS)), "absent ones stay absent");
}

#[tokio::test]
async fn the_fields_that_can_be_measured() {
    let double = double().await;
    let fields = client(&double, "Controls", "good-token").measures().await.unwrap();
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(
        names,
        ["Completed Work", "Effort", "Homes", "Original Estimate", "Remaining Work", "Story Points"]
    );
    let remaining = fields.iter().find(|field| field.name == "Remaining Work").unwrap();
    assert!(!remaining.as_percent);
}

#[tokio::test]
async fn the_past_is_told_as_it_was() {
    let double = double().await;
    let source = client(&double, "Controls", "good-token");
    let mut seen = Vec::new();
    for weeks in [13_i64, 12, 8, 4, 0] {
        let as_of = Some(now().plus_millis(-weeks * 7 * 86_400_000));
        let harvest = source.fetch(&Fetch { as_of, ..query("q-scope") }).await.unwrap();
        let measured = percent(&harvest);
        seen.push((measured.matching, measured.completed));
    }
    assert_eq!(seen.first(), Some(&(0, 0)), "before anything was planned");
    assert_eq!(seen[1], (30, 0));
    assert_eq!(seen.last(), Some(&(30, 12)));
    assert!(seen.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{seen:?}");
}

#[tokio::test]
async fn picked_items_bring_everything_below_them() {
    let double = double().await;
    let source = client(&double, "Controls", "good-token");
    let asked = |children| Fetch {
        selector: selector(
            json!({ "work_item_ids": [1], "include_children": children, "work_item_type": null }),
        ),
        fields: BTreeSet::new(),
        as_of: None,
    };
    assert_eq!(source.fetch(&asked(false)).await.unwrap().items.len(), 1);
    let harvest = source.fetch(&asked(true)).await.unwrap();
    assert_eq!(harvest.items.len(), 35);
    let stories = Measure { work_item_type: Some("User Story".into()), ..how(LinkMode::Percent, None) };
    assert_eq!(measure(&harvest, &stories).matching, 24);
}

#[tokio::test]
async fn queries_are_browsed_lazily_and_searched() {
    let double = double().await;
    let source = client(&double, "Controls", "good-token");
    let top = source.browse(&Browse::default()).await.unwrap();
    let names = |choices: &[Choice]| choices.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&top), ["Shared Queries"], "nobody's own queries on a shared connection");
    assert_eq!(names(&top[0].children), ["Release 4.2", "Büro & 100% / gemischt", "Nothing yet"]);
    let own = source.browse(&Browse { personal: true, ..Browse::default() }).await.unwrap();
    assert_eq!(names(&own), ["My Queries", "Shared Queries"]);
    let odd = &top[0].children[1];
    let inside = source.browse(&Browse { place: Some(odd.id.clone()), ..Browse::default() }).await.unwrap();
    assert!(inside[0].warning.as_deref().unwrap().contains("@Me"));
    assert!(inside[1].unusable.is_some());
    let found = source.browse(&Browse { search: Some("scope".into()), ..Browse::default() }).await.unwrap();
    assert_eq!(names(&found), ["4.2 scope, all items"]);
    assert_eq!(found[0].shape.as_deref(), Some("List"));
}

#[tokio::test]
async fn a_path_with_signs_of_its_own_is_one_segment() {
    let double = double().await;
    let source = client(&double, "Controls", "good-token");
    let place = Some(String::from("Shared Queries/Büro & 100% / gemischt"));
    let inside = source.browse(&Browse { place, ..Browse::default() }).await.unwrap();
    assert_eq!(inside.len(), 2);
}

#[tokio::test]
async fn a_server_of_ones_own_with_an_older_api_is_asked_in_its_version() {
    let options = Options { account: "tfs/DefaultCollection".into(), newest: (6, 0), ..Options::default() };
    let double = Double::start(sample(now()), options).await.unwrap();
    let source = client(&double, "Controls", "good-token");
    assert_eq!(percent(&source.fetch(&query("q-scope")).await.unwrap()).value, 40.0);
    let refused = double.log().iter().filter(|it| it.status == 400).count();
    assert_eq!(refused, 1, "the version is learnt once");
    assert!(double.log().iter().skip(1).all(|it| it.query.contains("api-version=6.0")));
    assert_eq!(source.test().await.unwrap().server, "Azure DevOps Server");
}

#[tokio::test]
async fn a_test_says_as_whom_and_what_was_found() {
    let double = double().await;
    let tested = client(&double, "controls", "good-token").test().await.unwrap();
    assert_eq!((tested.identity.as_str(), tested.container_name.as_str()), ("Priya Raman", "Controls"));
    assert_eq!((tested.container_id.len(), tested.choices), (36, 3));
}

#[tokio::test]
async fn projects_come_in_pages() {
    let double = double().await;
    for number in 0..230 {
        double.world().project(&format!("p-{number}"), &format!("Project {number:03}"), Process::basic());
    }
    let all = client(&double, "Controls", "good-token").projects().await.unwrap();
    assert_eq!(all.len(), 232);
    assert_eq!(all[0].name, "Controls");
}

#[tokio::test]
async fn an_application_gets_its_token_once_and_anew_when_it_is_revoked() {
    let double = double().await;
    double.world().applications.insert("app-1".into(), "right".into());
    let with = |secret: &str| {
        let credential = Credential::Application {
            authority: double.authority().to_owned(),
            tenant: "calderfield.example".into(),
            client_id: "app-1".into(),
            secret: secret.into(),
        };
        let account = Account::parse(&double.account()).unwrap();
        AzureDevOps::new(Http::new(&options()).unwrap(), account, "Controls", credential)
    };
    let source = with("right");
    assert_eq!(source.test().await.unwrap().identity, "Application app-1");
    assert_eq!(percent(&source.fetch(&query("q-scope")).await.unwrap()).matching, 30);
    let wrong = with("wrong").test().await.unwrap_err();
    assert_eq!(wrong.code.as_deref(), Some("AADSTS7000215"));
}

#[tokio::test]
async fn a_project_that_is_named_is_asked_for_by_its_identifier() {
    let double = double().await;
    let id = double.world().projects[0].id.clone();
    let source = client(&double, "Controls", "good-token");
    assert_eq!(source.container(), None);
    source.fetch(&query("q-scope")).await.unwrap();
    source.browse(&Browse::default()).await.unwrap();
    source.measures().await.unwrap();
    assert_eq!(source.container(), Some(id.as_str()));
    let log = double.log();
    let asked: Vec<&str> =
        log.iter().map(|it| it.path.as_str()).filter(|path| path.contains("Controls")).collect();
    assert!(
        asked.iter().all(|path| path.ends_with("_apis/projects/Controls") || path.contains("workitemtypes")),
        "{asked:?}"
    );
    assert_eq!(asked.iter().filter(|path| path.contains("_apis/projects")).count(), 1, "{asked:?}");
    assert!(log.iter().any(|it| it.path.contains(&format!("{id}/_apis/wit/wiql"))));
    // One that is known is not asked for.
    double.clear_log();
    client(&double, &id, "good-token").fetch(&query("q-scope")).await.unwrap();
    assert!(double.log().iter().all(|it| !it.path.contains("_apis/projects")));
}

#[tokio::test]
async fn somebody_who_did_not_sign_in_is_no_identity() {
    let double = double().await;
    let mut nobody = double.world().tokens["good-token"].clone();
    nobody.id = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa".into();
    double.world().tokens.insert("anonymous".into(), nobody);
    let trouble = client(&double, "Controls", "anonymous").test().await.unwrap_err();
    assert_eq!(trouble.kind, northing_connectors::trouble::TroubleKind::AuthExpired);
    assert!(trouble.message.contains("did not sign in"), "{trouble}");
}

#[tokio::test]
async fn a_link_to_a_goal_is_written_once_and_taken_off_again() {
    let double = double().await;
    let source = client(&double, "Controls", "good-token");
    let (one, other) = ("https://okr.example/goals/1", "https://okr.example/goals/2");
    for _ in 0..2 {
        source.put_hyperlink(100, one, "Northing").await.unwrap();
        source.put_hyperlink(100, other, "Northing").await.unwrap();
    }
    assert_eq!(double.world().items[&100].hyperlinks, [one, other]);
    assert_eq!(double.log().iter().filter(|it| it.method == "PATCH").count(), 2);
    for _ in 0..2 {
        source.remove_hyperlink(100, one).await.unwrap();
    }
    assert_eq!(double.world().items[&100].hyperlinks, [other], "what others put there stays");
    double.world().tokens.get_mut("good-token").unwrap().may_write = false;
    let refused = source.put_hyperlink(101, one, "Northing").await.unwrap_err();
    assert_eq!(refused.kind.name(), "forbidden");
}

#[tokio::test]
async fn the_items_above_one_are_climbed_to_the_top() {
    let double = double().await;
    let source = client(&double, "Controls", "good-token");
    assert_eq!(source.ancestors(100).await.unwrap(), [2, 1]);
    assert_eq!(source.ancestors(1).await.unwrap(), Vec::<u64>::new());
    // A circle, which the service would not allow, ends.
    double.world().below(100, 1);
    assert_eq!(source.ancestors(100).await.unwrap(), [2, 1]);
}
