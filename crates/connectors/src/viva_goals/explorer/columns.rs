//! The headers of format A, matched by name and never by position (integrations §4.2 A).

use super::super::values::plain;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Column {
    Id,
    Title,
    Team,
    Tag,
    Level,
    LevelName,
    Creator,
    CreatorEmail,
    Owner,
    OwnerEmail,
    CheckInOwnerEmail,
    DelegateEmail,
    Period,
    StartDate,
    EndDate,
    Description,
    AlignedTo,
    MetricName,
    MetricType,
    Unit,
    Start,
    Target,
    ObjectType,
    GoalType,
    CreatedAt,
    LastCheckIn,
    LastNote,
    Progress,
    Actual,
    ProgressFrom,
    Status,
    Score,
    Visibility,
    /// Check-ins begin here and go on in the unnamed columns to the right.
    CheckIns,
}

impl Column {
    fn of(header: &str) -> Option<Self> {
        let word = plain(header);
        Some(match word.as_str() {
            "id" | "objectiveid" => Self::Id,
            "title" => Self::Title,
            "team" | "teams" => Self::Team,
            "okrtype" => Self::Level,
            "typename" => Self::LevelName,
            "creator" => Self::Creator,
            "creatoremail" => Self::CreatorEmail,
            "owner" | "owners" => Self::Owner,
            "owneremail" | "owneremails" => Self::OwnerEmail,
            "checkinowneremail" => Self::CheckInOwnerEmail,
            "delegatedtoemail" => Self::DelegateEmail,
            "period" | "timeperiod" => Self::Period,
            "startdate" => Self::StartDate,
            "enddate" => Self::EndDate,
            "description" => Self::Description,
            "metricname" => Self::MetricName,
            "metrictype" => Self::MetricType,
            "unit" => Self::Unit,
            "start" => Self::Start,
            "target" => Self::Target,
            "objecttype" => Self::ObjectType,
            "goaltype" => Self::GoalType,
            "createdat" => Self::CreatedAt,
            "lastcheckin" => Self::LastCheckIn,
            "lastcheckinnote" => Self::LastNote,
            "progress" => Self::Progress,
            "actualprogress" => Self::Actual,
            "progressfrom" => Self::ProgressFrom,
            "status" => Self::Status,
            "score" => Self::Score,
            "visibility" => Self::Visibility,
            "checkins" => Self::CheckIns,
            _ if word.starts_with("alignedto") => Self::AlignedTo,
            // "tags in separate columns": their names are not known for sure.
            _ if word.starts_with("tag") => Self::Tag,
            _ => return None,
        })
    }
}

/// What a place in a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Known(Column),
    /// A header that nobody knows, or one that stands twice.
    Unknown(String),
    /// To the right of the headers, or between them without a name.
    Unnamed,
}

/// A header row, read.
#[derive(Debug, Clone)]
pub(super) struct Columns(Vec<Place>);

impl Columns {
    pub(super) fn of(headers: &[String]) -> Self {
        let mut places: Vec<Place> = Vec::with_capacity(headers.len());
        for header in headers {
            let place = match Column::of(header) {
                _ if header.trim().is_empty() => Place::Unnamed,
                Some(column) if column == Column::Tag || !places.contains(&Place::Known(column)) => {
                    Place::Known(column)
                }
                Some(_) => Place::Unknown(format!("{} ({})", header.trim(), places.len().saturating_add(1))),
                None => Place::Unknown(header.trim().to_owned()),
            };
            places.push(place);
        }
        Self(places)
    }

    /// Whether these are the headers of an Explorer view: a title, and at least two more that no other table has together.
    pub(super) fn are_of_a_view(&self) -> bool {
        let telling = [
            Column::AlignedTo,
            Column::ObjectType,
            Column::Period,
            Column::CheckIns,
            Column::LastCheckIn,
            Column::Progress,
            Column::Actual,
            Column::Owner,
            Column::Status,
            Column::GoalType,
            Column::Team,
            Column::MetricName,
        ];
        self.has(Column::Title) && telling.into_iter().filter(|column| self.has(*column)).count() >= 2
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.0.contains(&Place::Known(column))
    }

    /// Whether tags stand in columns of their own.
    pub(super) fn has_tag_columns(&self) -> bool {
        self.0.iter().filter(|place| **place == Place::Known(Column::Tag)).count() > 1
    }

    pub(super) fn at(&self, position: usize) -> &Place {
        self.0.get(position).unwrap_or(&Place::Unnamed)
    }
}

/// Whether a header row is that of format A.
pub(in crate::viva_goals) fn is_view(headers: &[String]) -> bool {
    Columns::of(headers).are_of_a_view()
}
