//! The words of a generated organisation: names of people and teams, and titles as people write them.

use northing_core::goal::GoalKind;
use northing_core::metric::{Metric, MetricKind};

use super::dice::Dice;

const FIRST: &[&str] = &[
    "Amara", "Anton", "Beatriz", "Bo", "Carys", "Chidi", "Dalia", "Dmitri", "Edda", "Emeka", "Farah", "Finn",
    "Giulia", "Hana", "Hugo", "Ines", "Ivo", "Jasmin", "Jonas", "Kaveh", "Kirsi", "Lena", "Luca", "Maren",
    "Mateo", "Mira", "Nadia", "Niall", "Noor", "Oksana", "Oscar", "Paula", "Pavel", "Quentin", "Rania",
    "Rohan", "Saskia", "Selim", "Tamsin", "Tariq", "Tilda", "Uma", "Veit", "Wanda", "Xenia", "Yusuf", "Zoë",
    "Zuzana",
];
const LAST: &[&str] = &[
    "Abbott",
    "Adeyemi",
    "Almeida",
    "Bakker",
    "Bianchi",
    "Castellan",
    "Chaudhry",
    "Dahl",
    "Demir",
    "Eklund",
    "Eze",
    "Ferreira",
    "Fontaine",
    "Gallagher",
    "Grünwald",
    "Haddad",
    "Holmqvist",
    "Ionescu",
    "Iversen",
    "Jankowski",
    "Joubert",
    "Kaplan",
    "Kowalczyk",
    "Lindqvist",
    "Lowell",
    "Marchetti",
    "Moreau",
    "Nakata",
    "Novák",
    "Okafor",
    "Ortega",
    "Petrov",
    "Pryce",
    "Quist",
    "Rahman",
    "Rosen",
    "Santoro",
    "Sørensen",
    "Takeda",
    "Thorne",
    "Ueda",
    "Vance",
    "Vesely",
    "Whitlock",
    "Wójcik",
    "Yilmaz",
    "Zeller",
    "Zhou",
];
const FIELDS: &[&str] = &[
    "Billing",
    "Brand",
    "Care",
    "Claims",
    "Commerce",
    "Data",
    "Delivery",
    "Design",
    "Energy",
    "Field Service",
    "Finance",
    "Fleet",
    "Growth",
    "Hiring",
    "Identity",
    "Integrations",
    "Learning",
    "Legal",
    "Logistics",
    "Marketplace",
    "Mobile",
    "Onboarding",
    "Partners",
    "Payments",
    "Platform",
    "Pricing",
    "Procurement",
    "Quality",
    "Research",
    "Retail",
    "Safety",
    "Sales",
    "Search",
    "Security",
    "Support",
    "Training",
];
const GROUPS: &[&str] =
    &["Operations", "Engineering", "Studio", "Squad", "Desk", "Programme", "Lab", "Chapter"];
const PLACES: &[&str] = &[
    "Antwerp",
    "the Baltic region",
    "Bilbao",
    "Brno",
    "the Central depot",
    "Cork",
    "Dresden",
    "Ghent",
    "Gothenburg",
    "Graz",
    "Halifax",
    "Iberia",
    "Jutland",
    "Kraków",
    "Leeds",
    "Lille",
    "Ljubljana",
    "Malmö",
    "the Midlands",
    "Nantes",
    "the North",
    "Odense",
    "Porto",
    "Riga",
    "Sheffield",
    "the South-West",
    "Tampere",
    "Trieste",
    "Utrecht",
    "Zaragoza",
];
const AUDIENCES: &[&str] = &[
    "apprentices",
    "buyers",
    "care homes",
    "contractors",
    "councils",
    "dispatchers",
    "families",
    "field crews",
    "first-time customers",
    "housing associations",
    "installers",
    "new starters",
    "night shifts",
    "partners",
    "small firms",
    "store managers",
    "students",
    "suppliers",
    "tenants",
    "wholesale accounts",
];
const THINGS: &[&str] = &[
    "checkout",
    "complaints",
    "customer reports",
    "delivery slots",
    "emergency call-outs",
    "expense claims",
    "first visits",
    "forecasting",
    "home surveys",
    "incident reviews",
    "invoices",
    "job planning",
    "onboarding",
    "order tracking",
    "pay reviews",
    "quotations",
    "release days",
    "renewals",
    "returns",
    "rota planning",
    "self-service",
    "site handovers",
    "spare parts",
    "stock counts",
    "support chats",
    "tender replies",
    "warranties",
];
const WORKS: &[&str] = &[
    "a shared booking calendar",
    "an audit of old contracts",
    "a second supplier for valves",
    "a training day on site",
    "automatic reminders",
    "a weekly numbers review",
    "barcode labels",
    "better error messages",
    "a buddy scheme",
    "customer interviews",
    "dark mode",
    "a data clean-up",
    "the e-mail templates",
    "an escalation rota",
    "exit interviews",
    "faster search",
    "the glossary",
    "a hiring campaign",
    "the knowledge base",
    "a launch checklist",
    "load tests",
    "the mobile app",
    "a new price list",
    "the partner portal",
    "a pilot in two branches",
    "the returns desk",
    "a risk register",
    "single sign-on",
    "the status page",
    "tool vans",
    "a van stock app",
    "the welcome pack",
];
/// What is counted, its unit, and where it may go from and to on the way up.
const MEASURES: &[(&str, &str, f64, f64)] = &[
    ("repeat orders", "", 120.0, 400.0),
    ("first-time fix rate", "%", 61.0, 85.0),
    ("customer satisfaction", "%", 70.0, 90.0),
    ("monthly revenue", "€", 180_000.0, 320_000.0),
    ("orders from partners", "", 40.0, 150.0),
    ("average basket", "€", 38.0, 55.0),
    ("trained installers", "people", 14.0, 60.0),
    ("jobs finished in a week", "jobs", 75.0, 140.0),
    ("share of calls answered within a minute", "%", 52.0, 88.0),
    ("sign-ups a week", "", 210.0, 600.0),
];
/// The same on the way down.
const BURDENS: &[(&str, &str, f64, f64)] = &[
    ("time to first answer", "h", 26.0, 4.0),
    ("open complaints", "", 140.0, 30.0),
    ("days from order to delivery", "days", 19.0, 7.0),
    ("cost of a visit", "€", 118.0, 82.0),
    ("failed payments", "%", 4.8, 1.5),
    ("lost-time injuries", "", 9.0, 2.0),
    ("unplanned downtime", "min", 310.0, 60.0),
    ("staff turnover", "%", 17.0, 9.0),
];
const NOTES: &[&str] = &[
    "Two large accounts moved at once; the rest follows next week.",
    "Held up by the supplier. We have a second source from Monday on.",
    "Steady. The pilot showed what we hoped for.",
    "Slower than planned: three people were away.",
    "The new routine works, the numbers begin to show it.",
    "We changed how it is counted; see the thread.",
];

/// Tags of a generated organisation.
pub(super) const TAGS: &[&str] =
    &["customer promise", "cost", "people", "quality", "risk", "safety", "speed", "sustainability"];

/// A person's name.
pub(super) fn person(dice: &mut Dice) -> String {
    format!("{} {}", dice.pick(FIRST, ""), dice.pick(LAST, ""))
}

/// A team's name; with a place where the short ones are used up.
pub(super) fn team(dice: &mut Dice, round: usize) -> String {
    let field = dice.pick(FIELDS, "");
    match round {
        0 => field.to_owned(),
        1 => format!("{field} {}", dice.pick(GROUPS, "")),
        _ => {
            let place = dice.pick(PLACES, "").trim_start_matches("the ");
            format!("{field} {} {place}", dice.pick(GROUPS, ""))
        }
    }
}

/// What is said in a check-in.
pub(super) fn note(dice: &mut Dice) -> &'static str {
    dice.pick(NOTES, "")
}

/// A metric of a key result.
pub(super) fn metric(dice: &mut Dice) -> Metric {
    let kind = match dice.below(100) {
        0..=37 => MetricKind::Increase,
        38..=57 => MetricKind::Decrease,
        58..=67 => MetricKind::Reach,
        68..=87 => return Metric::percent(),
        88..=91 => MetricKind::StayAbove,
        92..=95 => MetricKind::StayBelow,
        _ => MetricKind::Baseline,
    };
    let falls = matches!(kind, MetricKind::Decrease | MetricKind::StayBelow);
    let list = if falls { BURDENS } else { MEASURES };
    let (name, unit, from, to) =
        list.get(dice.below(list.len())).copied().unwrap_or(("value", "", 0.0, 10.0));
    // Rounded to what people write: one decimal for small numbers, none for large ones.
    let round = |value: f64| if value < 100.0 { (value * 10.0).round() / 10.0 } else { value.round() };
    let scale = dice.between(0.85, 1.15);
    let (from, to) = (round(from * scale), round(to * scale));
    let (start, target, risk_threshold) = match kind {
        MetricKind::Reach => (0.0, Some(to), None),
        MetricKind::StayAbove => (0.0, Some(from), Some(round(from * 0.9))),
        MetricKind::StayBelow => (0.0, Some(from), Some(round(from * 1.1))),
        MetricKind::Baseline => (0.0, None, None),
        _ => (from, Some(to), None),
    };
    let unit = (!unit.is_empty()).then(|| unit.to_owned());
    Metric { kind, name: Some(name.to_owned()), unit, start, target, risk_threshold, current: None }
}

/// A title that fits the metric.
pub(super) fn title(dice: &mut Dice, kind: GoalKind, metric: &Metric) -> String {
    let (place, audience) = (dice.pick(PLACES, ""), dice.pick(AUDIENCES, ""));
    let (thing, work) = (dice.pick(THINGS, ""), dice.pick(WORKS, ""));
    match kind {
        GoalKind::Objective => match dice.below(8) {
            0 => format!("Make {thing} effortless for {audience}"),
            1 => format!("Become the first choice of {audience} in {place}"),
            2 => format!("Win back {audience} in {place}"),
            3 => format!("Build {thing} that {audience} trust"),
            4 => format!("Take the waiting out of {thing} in {place}"),
            5 => format!("Give {audience} one clear view of {thing}"),
            6 => format!("Run {thing} without surprises in {place}"),
            _ => format!("Bring {thing} closer to {audience}"),
        },
        GoalKind::Initiative => match dice.below(4) {
            0 => format!("Introduce {work} for {audience}"),
            1 => format!("Try {work} in {place}"),
            2 => format!("Finish {work} with {audience}"),
            _ => format!("Plan and build {work} for {thing}"),
        },
        GoalKind::KeyResult => measured(metric, place, audience, work),
    }
}

fn measured(metric: &Metric, place: &str, audience: &str, work: &str) -> String {
    let name = metric.name.as_deref().unwrap_or("progress");
    let written = |value: Option<f64>| {
        let value = value.unwrap_or(0.0);
        match metric.unit_text() {
            "" => format!("{value}"),
            "%" => format!("{value}%"),
            "€" => format!("€{value}"),
            unit => format!("{value} {unit}"),
        }
    };
    let (start, target) = (written(Some(metric.start)), written(metric.target));
    match metric.kind {
        MetricKind::Increase => format!("Raise {name} in {place} from {start} to {target}"),
        MetricKind::Decrease => format!("Cut {name} in {place} from {start} to {target}"),
        MetricKind::Reach => format!("Reach {target} {name} with {audience}"),
        MetricKind::StayAbove => format!("Keep {name} in {place} above {target}"),
        MetricKind::StayBelow => format!("Keep {name} in {place} below {target}"),
        MetricKind::Baseline => format!("Find out {name} for {audience}"),
        MetricKind::Percent => format!("Finish {work} in {place}"),
    }
}
