//! The columns of Northing's own import template (integrations §4.1), matched whatever their case, spaces and punctuation,
//! and by what else people call them.

/// What a column of the template holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Column {
    Reference,
    ObjectType,
    Title,
    Description,
    Owner,
    CheckInOwner,
    Type,
    Team,
    Period,
    StartDate,
    EndDate,
    Parent,
    Weight,
    MetricName,
    MetricType,
    Unit,
    TargetType,
    Start,
    Target,
    Current,
    Progress,
    Status,
    GoalType,
    Tags,
    Visibility,
}

/// A column as the template has it.
pub(super) struct Heading {
    pub(super) column: Column,
    pub(super) name: &'static str,
    /// Other spellings, only letters and digits, in lower case.
    synonyms: &'static [&'static str],
    pub(super) required: bool,
    pub(super) help: &'static str,
    /// What may stand in it, where it is a choice.
    pub(super) choices: &'static [&'static str],
}

const fn heading(
    column: Column,
    name: &'static str,
    synonyms: &'static [&'static str],
    help: &'static str,
) -> Heading {
    Heading { column, name, synonyms, required: false, help, choices: &[] }
}

impl Heading {
    const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    const fn choices(self, choices: &'static [&'static str]) -> Self {
        Self { choices, ..self }
    }
}

/// Every column, in the order of the template.
pub(super) const HEADINGS: [Heading; 25] = [
    heading(Column::Reference, "OKR Reference", &["reference", "okrref", "ref", "okrid"], "A short name of the row, such as O1 or KR1.2, by which other rows name it as their parent. It means something in this file only.").required(),
    heading(Column::ObjectType, "Object type", &["kind", "goalkind"], "What the row is.").required().choices(&["Objective", "Key result", "Initiative"]),
    heading(Column::Title, "Title", &["okrtitle", "name"], "At most 500 characters.").required(),
    heading(Column::Description, "Description", &["details"], "Text; Markdown is kept."),
    heading(Column::Owner, "Owner", &["owners", "owneremail", "owneremails"], "Mail addresses; several separated by ;").required(),
    heading(Column::CheckInOwner, "Check-in owner", &["checkinowneremail", "checkinowners"], "The mail address of who checks in, where it is not the first owner."),
    heading(Column::Type, "Type", &["level", "okrtype", "entitytype"], "Whose goal it is.").required().choices(&["Organization", "Team", "Individual"]),
    heading(Column::Team, "Team", &["teams", "teamname"], "The team's name; several separated by ;"),
    heading(Column::Period, "Time period", &["period", "timeperiodname"], "A period that exists, such as Q1 2026.").required(),
    heading(Column::StartDate, "Start date", &["startson", "begin"], "As 2026-01-31; empty: the first day of the period."),
    heading(Column::EndDate, "End date", &["duedate", "due", "endson"], "As 2026-03-31; empty: the last day of the period."),
    heading(Column::Parent, "Parent OKR", &["parent", "parents", "parentreference", "alignedto"], "The OKR Reference of the goal above, or the title of one that exists; several separated by ;"),
    heading(Column::Weight, "Weight %", &["weightage", "share", "contribution"], "The share in the first parent, 0 to 100; empty: an equal share."),
    heading(Column::MetricName, "Metric name", &["metric", "kpi"], "What is measured."),
    heading(Column::MetricType, "Metric type", &["measure", "outcometype"], "What kind of figure it is; empty: per cent.").choices(&["number", "percent", "currency", "boolean"]),
    heading(Column::Unit, "Unit", &["metricunit", "currency"], "Written beside the figure, such as € or days."),
    heading(Column::TargetType, "Target type", &["targetkind"], "What the target asks of the figure.").choices(&["reach", "increase to", "decrease to", "keep above", "keep below"]),
    heading(Column::Start, "Start", &["startvalue", "startingvalue", "baseline"], "Where the figure began."),
    heading(Column::Target, "Target", &["targetvalue", "goal"], "Where it is to go."),
    heading(Column::Current, "Current", &["currentvalue", "actual"], "Where it stands."),
    heading(Column::Progress, "Progress %", &["progresspercent", "percentcomplete"], "Where it stands in per cent, if Current is empty."),
    heading(Column::Status, "Status", &["state"], "Empty: Northing works it out.").choices(&["Not started", "On track", "Behind", "At risk", "Closed", "Postponed"]),
    heading(Column::GoalType, "Goal type", &["commitment"], "Empty: aspirational.").choices(&["committed", "aspirational"]),
    heading(Column::Tags, "Tags", &["tag", "labels"], "Several separated by ;"),
    heading(Column::Visibility, "Visibility", &["privacy", "access"], "Restricted: only the owners see it until someone opens it.").choices(&["everyone", "restricted"]),
];

/// The heading of a header cell.
pub(super) fn find(header: &str) -> Option<&'static Heading> {
    let word = crate::viva_goals::plain(header);
    HEADINGS
        .iter()
        .find(|it| crate::viva_goals::plain(it.name) == word || it.synonyms.contains(&word.as_str()))
}

/// The heading of a column.
pub(super) fn of(column: Column) -> &'static str {
    HEADINGS.iter().find(|it| it.column == column).map_or("", |it| it.name)
}

/// Whether a header row is that of a template: the reference, and most of what is required.
pub(crate) fn is_template(headers: &[String]) -> bool {
    let found: Vec<Column> = headers.iter().filter_map(|header| find(header)).map(|it| it.column).collect();
    let own = headers.iter().any(|header| {
        let word = crate::viva_goals::plain(header);
        ["okrreference", "parentokr"].contains(&word.as_str())
    });
    own && found.contains(&Column::Title)
        && [Column::Owner, Column::Type, Column::Period]
            .iter()
            .filter(|column| found.contains(column))
            .count()
            >= 2
}
